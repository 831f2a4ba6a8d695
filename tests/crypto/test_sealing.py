"""Outgoing mail as it leaves: signed and encrypted octets that other programs read."""

import asyncio
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default

import pytest

from gateway.crypto.gpg import CannotSeal, GpgTrouble
from gateway.crypto.own_keys import OwnKeys
from gateway.crypto.sealer import Sealer
from gateway.mail.parse import parse
from gateway.model.address import Mailbox
from gateway.model.delivery import Deferred, Delivered, Failed
from gateway.model.keys import Keys
from gateway.model.openpgp import Covers, Fingerprint, Verdict
from gateway.model.outbox import OutboxId, OutboxMail
from gateway.model.seal import Seal
from gateway.policy.confidential import Protected
from gateway.ports import Unsealable
from gateway.render.composer import MailComposer
from gateway.render.samples import SAMPLE_NOW, SAMPLE_ORGANISATION, samples
from gateway.workers.seal import sealing

NOW = datetime.now(UTC)
READER = "anna@example.org"


def outbox_mail(content, seal):
    return OutboxMail(
        OutboxId(1),
        "1042.x@verein.example",
        "response",
        None,
        READER,
        content,
        "",
        None,
        1,
        NOW,
        seal,
    )


@pytest.fixture(scope="module")
def composed(keys):
    """All kinds of mail of ours, as they wait in the outbox to be signed by us."""
    sender = Mailbox("help@verein.example", "Hilfe")
    mails = tuple(
        replace(each, route=replace(each.route, sender=sender, seal=Seal(keys.ours)))
        for each in samples()[::5]
    )
    return [
        each.head + each.tail
        for each in MailComposer(SAMPLE_ORGANISATION).compose(Protected(mails), b"", SAMPLE_NOW)
        if each.kind != "undeliverable"
    ]


def sealer(keys, **found):
    key = keys.gpg.read_keys(keys.theirs.export(keys.anna))[0]
    known = Keys(known=replace(key, **found))
    return Sealer(
        keys.gpg, OwnKeys(keys.gpg), lambda asked, _: dict.fromkeys(asked, known), lambda: NOW
    )


def opened(keys, raw):
    """As Anna's program sees it."""
    from gateway.crypto.opener import GpgOpener  # noqa: PLC0415

    ours = keys.gpg.export(keys.ours)
    return GpgOpener(keys.theirs, lambda _: (ours,)).open(raw, parse(raw))


def test_what_is_signed_is_valid_and_survives_every_way(keys, composed):
    for content in composed:
        raw = sealer(keys).seal(outbox_mail(content, Seal(keys.ours)))
        assert raw.isascii()
        body = raw.partition(b"\r\n\r\n")[2]
        assert not re.search(rb"[ \t]\r\n|\r\nFrom ", body)
        assert max(map(len, raw.split(b"\r\n"))) < 998
        found = opened(keys, raw).message
        assert found.openpgp.signature.verdict is Verdict.VALID
        assert found.openpgp.signature.covers is Covers.ALL
        assert found.openpgp.signature.fingerprint == keys.ours
        before = parse(content)
        assert (found.subject, found.text, found.html) == (before.subject, before.text, before.html)
        changed = raw.replace(b"</html>", b"</html >")
        assert opened(keys, changed).message.openpgp.signature.verdict is not Verdict.VALID


def test_what_is_encrypted_is_read_by_its_reader_with_its_header(keys, composed):
    for content in composed:
        raw = sealer(keys).seal(outbox_mail(content, Seal(keys.ours, keys.anna)))
        before, found = parse(content), opened(keys, raw).message
        assert found.openpgp.decrypted
        assert found.openpgp.signature.verdict is Verdict.VALID
        assert (found.subject, found.text, found.html) == (before.subject, before.text, before.html)
        assert found.message_id == before.message_id
        outside = message_from_bytes(raw, policy=default)
        assert outside["Subject"] in {"...", "[#1042]"}
        assert outside["Message-ID"] == f"<{before.message_id}>"
        assert len(found.openpgp.key_ids) == 1


def test_each_attempt_has_other_octets_and_the_same_message_id(keys, composed):
    mail = outbox_mail(composed[0], Seal(keys.ours, keys.anna))
    first, second = sealer(keys).seal(mail), sealer(keys).seal(mail)
    assert first != second
    assert parse(first).message_id == parse(second).message_id


def test_our_key_travels_in_the_autocrypt_field(keys, composed):
    from gateway.mail.autocrypt import read_field  # noqa: PLC0415

    raw = sealer(keys).seal(outbox_mail(composed[0], Seal(keys.ours)))
    ((address, found),) = [read_field(v) for v in parse(raw).header_values("autocrypt")]
    assert address == "help@verein.example"
    (key,) = keys.theirs.read_keys(found.keydata)
    assert key.fingerprint == keys.ours


@pytest.mark.parametrize(
    "now", [{"revoked": True}, {"expired": True}, {"can_encrypt": False}, {"expires": NOW}]
)
def test_a_key_that_cannot_be_used_any_more_makes_a_mail_unsealable(keys, composed, now):
    with pytest.raises(Unsealable):
        sealer(keys, **now).seal(outbox_mail(composed[0], Seal(keys.ours, keys.anna)))


def test_without_our_key_a_mail_is_still_encrypted_and_one_to_be_signed_leaves_unsigned(
    keys, composed
):
    gone = Fingerprint("C" * 40)
    strange = composed[0].replace(b"help@verein.example", b"weg@verein.example")
    raw = sealer(keys).seal(outbox_mail(strange, Seal(gone, keys.anna)))
    assert opened(keys, raw).message.openpgp.decrypted
    assert sealer(keys).seal(outbox_mail(strange, Seal(gone))) == strange


@pytest.mark.parametrize(
    ("trouble", "outcome"),
    [
        (Unsealable("the key has expired"), Failed),
        (GpgTrouble("gone"), Deferred),
        (CannotSeal("no"), Deferred),
        (OSError("disk"), Deferred),
        (ValueError("?"), Deferred),
    ],
)
def test_what_cannot_be_sealed_is_never_sent(trouble, outcome):
    sent = []

    async def deliver(mail):
        sent.append(mail)
        return Delivered()

    def seal(_):
        raise trouble

    mail = outbox_mail(b"Subject: x\r\n\r\nRosenkohl\r\n", Seal(encrypt_to=Fingerprint("A" * 40)))
    found = asyncio.run(sealing(deliver, seal)(mail))
    assert isinstance(found, outcome)
    assert "Rosenkohl" not in found.reason
    assert sent == []


def test_open_mail_is_handed_on_as_it_is():
    sent = []

    async def deliver(mail):
        sent.append(mail)
        return Delivered()

    mail = outbox_mail(b"x", Seal())
    assert asyncio.run(sealing(deliver, lambda _: b"never")(mail)) == Delivered()
    assert sent == [mail]


def test_the_newest_key_signs_for_an_address(keys):
    own = OwnKeys(keys.gpg)
    assert own.signing(NOW) == {"help@verein.example": keys.ours}
    assert own.signing(NOW + timedelta(seconds=1)) == own.signing(NOW)
