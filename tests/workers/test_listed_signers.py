"""Direct mail that is let in for its signature, and what others make of such a mail."""

from base64 import b64encode
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count

import pytest
from pgpmail import (
    HEADER,
    encrypted,
    gone,
    gpg_itself,
    key_folder,
    new_keys,
    signed,
    signed_entity,
    text,
)

from gateway.mail.keyblob import key_ids
from gateway.mail.parse import parse
from gateway.model.author_changes import CountRejected, EndEntry, EnterAuthor
from gateway.model.authors import Allow, ByCommand
from gateway.model.changes import OpenTicket
from gateway.model.envelope import Peer, Protocol
from gateway.model.people import AgentId
from gateway.model.statistics import Rejected
from tests.workers.test_openpgp import Desk

BERLIN = "berlin@truhe.example"
_numbers = count(1)


def a_text():
    """A text that no other test signs: a signature counts once."""
    plain = text(f"Der Schlüssel hängt am Haken {next(_numbers)}.\n")
    return plain.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


FROM_INSIDE = (
    b'Content-Type: text/plain; charset=utf-8; hp="clear"\r\n'
    b"From: Anna <anna@example.org>\r\nTo: berlin@truhe.example\r\nSubject: Haken\r\n"
    b"\r\nDer Haken.\r\n"
)


@pytest.fixture(scope="module")
def keys():
    made = new_keys()
    yield made
    gone(made)


class Elsewhere(Desk):
    """Mail comes from a machine that proves nothing."""

    def take(self, raw, mail_from="anna@example.org", to=BERLIN):
        return super().take(raw, mail_from, to)

    def item(self, raw, mail_from, to):
        peer = Peer("192.0.2.7", "client", Protocol.ESMTP)
        return replace(super().item(raw, mail_from, to), peer=peer)


@pytest.fixture(scope="module")
def desk(keys, tmp_path_factory):
    folder = tmp_path_factory.mktemp("listed")
    passphrase = key_folder(keys, folder / "keys") / "passphrase.txt"
    made = Elsewhere(folder / "desk", keys.gpg.home, passphrase)
    blob = gpg_itself(keys.theirs.home, "--armor", "--export", keys.anna, octets=b"")
    (folder / "desk" / "rules" / "keys").mkdir()
    (folder / "desk" / "rules" / "keys" / "anna.asc").write_bytes(blob)
    yield made
    made.parts.close()


@pytest.fixture
def listing(desk):
    """Puts one entry with these lines into the allow list; the gateway."""

    def put(*lines):
        entry = "\n    ".join(("reason: Haus", *lines))
        path = desk.parts.rules.folders["rules"] / "allow.yaml"
        path.write_text(f"allow:\n  - {entry}\n", "utf-8")
        desk.parts.rules.reload()
        desk.sent()
        return desk

    return put


def outcome(decision):
    """The department, and why it was not let in; None when it was."""
    (ticket,) = (each.ticket for each in decision.changes if isinstance(each, OpenTicket))
    why = [each.why for each in decision.changes if isinstance(each, CountRejected)]
    return ticket.department, (why[0] if why else None)


def events(desk, decision):
    return " ".join(
        each.event or each.text for each in desk.entries(decision) if each.kind == "event"
    )


def _signed(keys, header=HEADER, *more):
    body = a_text()
    return signed(body, keys.signature(body), header, *more)


LET_IN = ("berlin", None)


def test_a_mail_signed_by_a_key_of_the_list_is_let_in_once(listing, keys):
    desk = listing("key: anna.asc", "departments: [berlin]")
    raw = _signed(keys)
    first = desk.take(raw)
    assert outcome(first) == LET_IN
    assert "signed with a key that may write to berlin@truhe.example by rules/allow.yaml:2" in (
        first.reason
    )
    told = parse(desk.sent()["anna@mitglieder.example"]).text
    assert "weil sie ganz mit dem Schlüssel" in told
    assert "ist nicht unterschrieben" in told

    # The same signed part once more: by somebody who got hold of it.
    stranger = raw.replace(b"anna@example.org", b"eve@evil.example")
    again = desk.take(stranger, "eve@evil.example")
    assert outcome(again) == ("abgelehnt-berlin", Rejected.UNSIGNED)
    assert "used for another mail" in events(desk, again)
    assert outcome(desk.take(_signed(keys), to="freiburg@truhe.example")) == (
        "abgelehnt-freiburg",
        Rejected.OTHER_DEPARTMENT,
    )


def test_what_names_its_author_inside_is_let_in_without_a_warning(listing, keys):
    desk = listing("key: anna.asc", "authenticated: true")
    decision = desk.take(signed(FROM_INSIDE, keys.signature(FROM_INSIDE)))
    assert outcome(decision) == LET_IN
    assert "it is signed with the key" in events(desk, decision)
    assert "is not signed" not in events(desk, decision)


def test_whoever_puts_another_author_around_it_stays_outside(listing, keys):
    desk = listing("key: anna.asc")
    body = FROM_INSIDE.replace(b"Der Haken.", b"Der andere Haken.")
    raw = signed(body, keys.signature(body)).replace(b"From: Anna", b"From: Eve", 1)
    raw = raw.replace(b"<anna@example.org>", b"<eve@evil.example>", 1)
    decision = desk.take(raw, "eve@evil.example")
    assert outcome(decision) == ("abgelehnt-berlin", Rejected.UNSIGNED)


def test_encrypted_and_signed_is_let_in_too(listing, keys):
    desk = listing("key: anna.asc")
    armor = keys.encrypted(a_text(), signed=True)
    assert outcome(desk.take(encrypted(armor))) == LET_IN


def _changed(keys):
    return _signed(keys).replace(b"am Haken", b"im Kasten")


def _beside(keys):
    return _signed(keys, HEADER, text("Und ein Satz daneben."))


def _by_another(keys):
    name = keys.theirs.generate(("Eve", "anna@example.org"), years=1)
    body = a_text()
    return signed(body, keys.theirs.sign(body, name)[0].replace(b"\n", b"\r\n"))


def _made_at(keys, when):
    stamp, body = when.strftime("%Y%m%dT%H%M%S!"), a_text()
    made = keys.run("--faked-system-time", stamp, "--armor", "--detach-sign", "--local-user",
                    keys.anna, octets=body)  # fmt: skip
    return signed(body, made.replace(b"\n", b"\r\n"))


def _old(keys):
    return _made_at(keys, datetime.now().astimezone() - timedelta(days=3))


def _to_others(keys):
    header = HEADER.replace(b"To: help@verein.example", b"To: rest@elsewhere.example")
    return _signed(keys, header)


def _twice(keys):
    body = a_text()
    once = signed_entity(body, keys.signature(body))
    return HEADER + signed_entity(once, keys.signature(once)).replace(b'"sig"', b'"outer"')


def _unsigned(_keys):
    return HEADER + a_text()


@pytest.mark.parametrize(
    "mail", [_changed, _beside, _by_another, _old, _to_others, _twice, _unsigned]
)
def test_what_is_not_signed_just_so_stays_outside(listing, keys, mail):
    desk = listing("key: anna.asc", "address: anna@example.org")
    place, why = outcome(desk.take(mail(keys)))
    assert (place, why) == ("abgelehnt-berlin", Rejected.UNSIGNED)


def test_a_name_in_the_from_field_is_no_key(listing, keys):
    desk = listing("key: anna.asc")
    assert outcome(desk.take(_by_another(keys)))[1] is Rejected.NOT_ALLOWED
    assert outcome(desk.take(_unsigned(keys)))[1] is Rejected.NOT_ALLOWED


def _with_key(raw, keys, name, address="anna@example.org"):
    """The mail with the key in its Autocrypt field."""
    data = b64encode(keys.theirs.export(name))
    return f"Autocrypt: addr={address}; keydata=".encode() + data + b"\r\n" + raw


@pytest.mark.parametrize("author", ["anna@example.org", "haus@verein.example"])
def test_the_key_may_come_with_the_mail_whatever_names_it_has(listing, keys, author):
    name = keys.theirs.generate(("Anna", "anna@example.org"), years=1)
    desk = listing(f"fingerprint: {name}")
    body = a_text()
    raw = signed(body, keys.theirs.sign(body, name)[0].replace(b"\n", b"\r\n"))
    raw = raw.replace(b"anna@example.org", author.encode())
    assert outcome(desk.take(raw, author))[1] is Rejected.NOT_ALLOWED
    assert outcome(desk.take(_with_key(raw, keys, name, author), author)) == LET_IN


def test_a_key_of_another_name_that_comes_with_the_mail_opens_nothing(listing, keys):
    desk = listing(f"fingerprint: {keys.anna}", "address: anna@example.org")
    name = keys.theirs.generate(("Eve", "anna@example.org"), years=1)
    body = a_text()
    raw = signed(body, keys.theirs.sign(body, name)[0].replace(b"\n", b"\r\n"))
    assert outcome(desk.take(_with_key(raw, keys, name)))[1] is Rejected.UNSIGNED


def test_a_key_that_came_with_a_command_is_found_by_what_has_signed(listing, keys):
    desk = listing(f"fingerprint: {'AB' * 20}")
    blob = keys.theirs.export(keys.anna)
    source = ByCommand("k1", "Dora", datetime.now().astimezone().date())
    entry = Allow("", "Haus", source=source, fingerprint=keys.anna)
    with desk.parts.store.begin() as transaction:
        change = EnterAuthor(entry, AgentId(4), blob)
        transaction.apply((change,), datetime.now().astimezone())
        (found,) = transaction.entries(10)
    assert (found.fingerprint, found.author) == (keys.anna, "")
    assert desk.parts.store.keys.listed(key_ids(blob)[0]) == (blob,)
    decision = desk.take(_signed(keys))
    assert outcome(decision) == LET_IN
    assert "a command of" in decision.reason
    with desk.parts.store.begin() as transaction:
        transaction.apply((EndEntry("k1", AgentId(4)),), datetime.now().astimezone())
    assert outcome(desk.take(_signed(keys)))[1] is Rejected.NOT_ALLOWED
