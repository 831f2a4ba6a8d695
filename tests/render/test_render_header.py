import email
from email import policy

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gateway.model.address import Mailbox
from gateway.render.header import (
    MAX_NAME,
    addr_spec,
    attachment_fields,
    ids_field,
    mailboxes_field,
    one_line,
    safe_filename,
    text_field,
)

ANYTHING = st.text(st.characters(), max_size=300)
NASTY = st.text(
    st.sampled_from('ab ü€😀"\\<>@,;:()=?\r\n\t\0\x0b\x85\u2028\u202e._-!'), max_size=120
)
HOSTILE = [
    "x\r\nBcc: thief@example.org",
    "x\nBcc: thief@example.org",
    "x\rBcc: thief@example.org",
    "x\0\x0b\x85\u2028Bcc: thief@example.org",
    '"\r\n\r\nbody',
    "=?utf-8?q?a=0D=0ABcc:_x@y?=",
    "=?utf-8?b?DQpCY2M6IHg=?=",
]


def read(field: str):
    """The field as the standard library reads it; there must be that one field, and no more."""
    assert field.endswith("\r\n")
    assert field.count("\r") == field.count("\n") == field.count("\r\n")
    assert all(line and (n == 0 or line[0] == " ") for n, line in enumerate(field.splitlines()))
    assert max(len(line.encode()) for line in field.split("\r\n")) <= 998
    message = email.message_from_bytes(field.encode() + b"\r\n", policy=policy.default)
    assert len(message.items()) == 1
    assert message.get_payload() == ""
    return message


@given(ANYTHING | NASTY)
@example("")
@example(" ".join(["wort"] * 60))
@example("x" * 200)
@example("ü" * 200)
@example("a =?utf-8?q?b?= c")
def test_every_subject_arrives_as_one_line(text):
    field = text_field("Subject", text)
    assert read(field)["subject"] == one_line(text)
    assert field.isascii()
    assert max(map(len, field.splitlines())) <= 78


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_subject_adds_no_field(text):
    assert read(text_field("Subject", text)).keys() == ["Subject"]


@given(ANYTHING | NASTY)
@example("Müller, Maria")
@example('Anna "die Schnelle" \\ Meier')
@example("=?utf-8?q?x?=")
@example("a@b.example")
@example("Dr. Jörg (Verein)")
@example("O'Neill")
def test_every_display_name_arrives(name):
    field = mailboxes_field("From", [Mailbox("maria@example.org", name)])
    (address,) = read(field)["from"].addresses
    assert address.addr_spec == "maria@example.org"
    # The standard library reads a blank between two encoded-words of a name, where none is meant.
    assert address.display_name.replace(" ", "") == one_line(name, MAX_NAME).replace(" ", "")
    if len(name.encode("utf-8", "replace")) < 39:
        assert address.display_name == one_line(name, MAX_NAME)
    assert field.isascii()


@given(st.lists(ANYTHING | NASTY, min_size=1, max_size=5))
def test_many_recipients_stay_as_many(names):
    people = [Mailbox(f"p{n}@example.org", name) for n, name in enumerate(names)]
    found = read(mailboxes_field("To", people))["to"].addresses
    assert [one.addr_spec for one in found] == [one.address for one in people]


@given(ANYTHING | NASTY)
@example("x@y>,\r\n<thief@example.org")
@example("thief@example.org, maria@example.org")
@example('"a b"@example.org')
@example("a..b@example.org")
@example("x@y@z")
@example("@")
def test_no_address_can_become_two_or_a_field(address):
    found = read(mailboxes_field("To", [Mailbox(address, "Ä")]))["to"].addresses
    assert len(found) == 1


def test_good_addresses_stay_as_they_are():
    for address in ("maria@example.org", "o'neill+tag@sub.example.org", '"a b"@example.org'):
        assert addr_spec(address) == address


def test_a_domain_with_umlauts_is_written_in_ascii():
    assert addr_spec("maria@müller.example") == "maria@xn--mller-kva.example"


@given(st.lists(ANYTHING | NASTY, max_size=40))
def test_message_ids_are_copied_only_when_they_are_message_ids(ids):
    field = ids_field("References", [*ids, "good@example.org"])
    message = read(field)
    assert message["references"].split()[-1] == "<good@example.org>"
    assert all(one[0] == "<" and one[-1] == ">" for one in message["references"].split())


def test_a_long_list_of_references_keeps_the_first_and_the_last():
    found = ids_field("References", [f"{n}@example.org" for n in range(500)])
    ids = read(found)["references"].split()
    assert (ids[0], ids[-1]) == ("<0@example.org>", "<499@example.org>")
    assert len(ids) == 20


@given(ANYTHING | NASTY)
@example("Übersicht Köln.pdf")
@example('x"; name=evil.exe\r\nX: y')
@example("../../etc/passwd")
@example("C:\\x\\bericht.pdf")
@example("ü" * 400 + ".pdf")
@example("a%20b'c*.txt")
def test_every_file_name_arrives_as_one_parameter(name):
    field = attachment_fields(name, "application/pdf")
    message = email.message_from_bytes(field.encode() + b"\r\n", policy=policy.default)
    assert message.keys() == ["Content-Type", "Content-Transfer-Encoding", "Content-Disposition"]
    assert message.get_filename() == safe_filename(name)
    assert list(message["content-type"].params) == ["name"]
    assert message["content-disposition"].content_disposition == "attachment"
    assert field.isascii()
    assert max(map(len, field.splitlines())) <= 78
    assert "/" not in safe_filename(name)


@given(ANYTHING | NASTY)
@example("message/rfc822")
@example("multipart/mixed")
@example("text/plain\r\nX: y")
@example("text/html; charset=x")
def test_no_content_type_is_a_structure_or_a_field(content_type):
    field = attachment_fields("a.bin", content_type)
    message = email.message_from_bytes(field.encode() + b"\r\n", policy=policy.default)
    assert len(message.keys()) == 3
    assert message.get_content_maintype() not in ("message", "multipart")


def test_a_long_file_name_keeps_its_ending():
    assert safe_filename("a" * 500 + ".docx").endswith("a.docx")
