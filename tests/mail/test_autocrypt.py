"""The Autocrypt field of a mail, read as strictly as its specification wants it."""

from base64 import b64encode
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.mail.autocrypt import LARGEST_KEY, autocrypt, effective_date, read_field
from gateway.mail.parse import parse
from gateway.model.message import Automatic

KEY = bytes(range(200)) * 3
KEYDATA = b64encode(KEY).decode()
FIELD = f"addr=maria@example.org; prefer-encrypt=mutual; keydata={KEYDATA}"
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def mail(*fields: str, author: str = "Maria <maria@example.org>"):
    lines = [f"From: {author}", *(f"Autocrypt: {field}" for field in fields)]
    return parse("\r\n".join([*lines, "", "Hello", ""]).encode())


def test_a_field_says_whose_key_it_is_and_what_its_owner_prefers():
    found = autocrypt(mail(FIELD))
    assert (found.keydata, found.prefer_encrypt) == (KEY, True)


def test_a_folded_key_is_read_as_one():
    folded = "\r\n ".join(KEYDATA[at : at + 60] for at in range(0, len(KEYDATA), 60))
    assert autocrypt(mail(f"addr=maria@example.org; keydata=\r\n {folded}")).keydata == KEY


@pytest.mark.parametrize(
    "field",
    [
        f"addr=maria@example.org; prefer-encrypt=nopreference; keydata={KEYDATA}",
        f"addr=MARIA@Example.ORG; keydata={KEYDATA}",
        f"addr=maria@example.org; _colour=blue; keydata={KEYDATA};",
        f"keydata={KEYDATA}; addr=maria@example.org",
    ],
)
def test_what_is_not_critical_does_not_spoil_the_field(field):
    found = autocrypt(mail(field))
    assert (found.keydata, found.prefer_encrypt) == (KEY, False)


@pytest.mark.parametrize(
    "field",
    [
        f"addr=somebody@example.org; keydata={KEYDATA}",  # another one's key
        f"addr=maria@example.org; colour=blue; keydata={KEYDATA}",  # critical and unknown
        f"addr=maria@example.org; addr=maria@example.org; keydata={KEYDATA}",
        f"addr=maria@example.org; keydata={KEYDATA}; keydata={KEYDATA}",
        f"addr=maria@example.org; rubbish; keydata={KEYDATA}",
        f"keydata={KEYDATA}",
        "addr=maria@example.org",
        "addr=maria@example.org; keydata=",
        "addr=maria@example.org; keydata=###",
        f"addr=maria; keydata={KEYDATA}",
        "",
    ],
)
def test_whatever_is_wrong_makes_it_no_field(field):
    assert autocrypt(mail(field)) is None


def test_of_two_fields_for_the_author_none_counts():
    assert autocrypt(mail(FIELD, FIELD)) is None
    assert autocrypt(mail(FIELD, FIELD.replace("maria@", "ben@"))).keydata == KEY


def test_nothing_is_taken_where_it_is_not_clear_who_wrote():
    assert autocrypt(mail(FIELD, author="maria@example.org, ben@example.org")) is None
    assert autocrypt(mail(FIELD, author="ben@example.org")) is None


def test_nothing_is_taken_of_a_machine():
    machine = replace(mail(FIELD), automatic=Automatic("auto-submitted"))
    assert autocrypt(machine) is None


def test_a_flooded_key_is_not_looked_at():
    big = b64encode(bytes(LARGEST_KEY + 1)).decode()
    assert read_field(f"addr=maria@example.org; keydata={big}") is None
    largest = b64encode(bytes(LARGEST_KEY)).decode()
    assert read_field(f"addr=maria@example.org; keydata={largest}") is not None


def test_a_mail_is_never_from_the_future():
    dated = replace(mail(FIELD), date=NOON)
    assert effective_date(dated, NOON + timedelta(hours=1)) == NOON
    assert effective_date(dated, NOON - timedelta(hours=1)) == NOON - timedelta(hours=1)
    assert effective_date(replace(dated, date=None), NOON) == NOON


@given(st.text(alphabet=st.sampled_from("addr=maria@example.org; keydata_ \x00ü"), max_size=80))
def test_no_field_is_ever_an_error(value):
    read_field(value)
