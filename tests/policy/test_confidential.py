"""Nothing that came encrypted leaves readable: every kind of outgoing mail is walked through."""

from dataclasses import fields, is_dataclass, replace
from datetime import timedelta
from typing import get_args

import pytest

from gateway.mail.parse import attachment_bytes, parse
from gateway.model.address import Mailbox
from gateway.model.answers import (
    AccountList,
    AuthorList,
    CannedList,
    Fits,
    HelpText,
    NewsChoices,
    SavedQueries,
    Statistics,
    TicketView,
)
from gateway.model.keys import Keys
from gateway.model.openpgp import Fingerprint, Key
from gateway.model.outgoing import (
    AccountNews,
    CodesToScan,
    NotificationEvent,
    Outgoing,
    ProofNotice,
    PublicKey,
    Receipt,
    Rejection,
    Relay,
    Response,
    Undeliverable,
    WithoutContent,
)
from gateway.model.route import Blank, Route
from gateway.model.seal import Seal
from gateway.model.text import Text, say
from gateway.model.ticket import Ticket
from gateway.policy.confidential import NEWS, Keyring, Protected, protected, readers
from gateway.policy.secrecy import without_values
from gateway.render.composer import MailComposer
from gateway.render.samples import SAMPLE_NOW, SAMPLE_ORGANISATION, samples

MARK = "Rosenkohl"
KEY = Key(Fingerprint("A" * 40), b"key", can_encrypt=True)
OWN = Fingerprint("B" * 40)
NOBODY = Keyring(SAMPLE_NOW)

ABOUT_NO_TICKET = (AccountNews, CodesToScan, ProofNotice, Rejection, Undeliverable)
"""What they say comes from admins, from the organisation or from other mail servers."""
_AS_THEY_ARE = (
    *(Blank, Route, HelpText, CannedList, SavedQueries, NewsChoices, Statistics),
    *(AuthorList, AccountList),
)
_NO_WORDS = (
    "number command department departments responsible content_type kind content_id agent_name name"
    " columns"
).split()


def marked(value, name=""):
    """`value` with a mark in every place where somebody's words may stand."""
    if isinstance(value, Ticket):
        requester = Mailbox(f"{MARK}@example.org", MARK)
        return replace(value, subject=f"Betreff {MARK}", requester=requester, confidential=True)
    if isinstance(value, Text):
        if value.german:
            return Text(MARK, german=MARK)
        return replace(value, values=tuple((each, marked(said)) for each, said in value.values))
    if isinstance(value, PublicKey):  # all of it is ours, and known to everybody
        return replace(value, ticket=marked(value.ticket))
    if isinstance(value, _AS_THEY_ARE) or name in _NO_WORDS:
        return value
    if is_dataclass(value):
        return replace(
            value,
            **{each.name: marked(getattr(value, each.name), each.name) for each in fields(value)},
        )
    if isinstance(value, tuple):
        return tuple(marked(each) for each in value)
    if type(value) is str:
        return f"!subject {MARK}" if name == "typed" else MARK
    if isinstance(value, bytes):
        return MARK.encode()
    return value


def secrets():
    found = []
    for mail in samples():
        secret = mail if isinstance(mail, ABOUT_NO_TICKET) else marked(mail)
        found.append(replace(secret, attachments=()) if hasattr(secret, "attachments") else secret)
    return tuple(found)


@pytest.fixture(scope="module")
def composer():
    return MailComposer(SAMPLE_ORGANISATION)


def all_words(composed):
    """All that can be read in the bytes of a mail, decoded."""
    raw = composed.head + composed.tail
    message = parse(raw)
    files = attachment_bytes(raw, [each.part for each in message.attachments])
    headers = "\n".join(f"{name}: {value}" for name, value in message.headers)
    names = " ".join(each.filename for each in message.attachments)
    texts = [message.text, message.html, headers, names, raw.decode("latin-1")]
    return "\n".join([*texts, *(each.decode("utf-8", "replace") for each in files)])


def test_the_samples_hold_every_kind_of_mail_and_every_event():
    kinds = set(map(type, samples()))
    assert kinds | {Relay} == set(get_args(Outgoing))
    assert set(NEWS) == set(NotificationEvent)


def test_without_keys_no_kind_of_mail_has_a_word_of_a_confidential_ticket(composer):
    mails = protected(secrets(), NOBODY)
    assert len(mails) == len(samples())
    for mail, composed in zip(mails, composer.compose(mails, b"", SAMPLE_NOW), strict=True):
        assert mail.route.seal == Seal()
        assert MARK.casefold() not in all_words(composed).casefold(), composed.kind


def test_the_secret_of_codes_leaves_encrypted_or_not_at_all(composer):
    codes = [mail for mail in samples() if isinstance(mail, CodesToScan)]
    assert codes
    for composed in composer.compose(protected(codes, NOBODY), b"", SAMPLE_NOW):
        assert composed.kind == "account"
        assert codes[0].codes.secret[:4] not in all_words(composed)


def test_the_marks_would_be_seen(composer):
    """The walk proves something: as they are, the same mails do show the mark."""
    mails = Protected(secrets())
    shown = {
        composed.kind
        for composed in composer.compose(mails, b"", SAMPLE_NOW)
        if MARK in all_words(composed)
    }
    hidden = {"account", "account-news", "proof-notice", "rejection", "undeliverable"}
    assert shown >= {composed.kind for composed in composer.compose(mails, b"", SAMPLE_NOW)} - (
        hidden | {"without-content", "confirmation", "public-key", "new-codes"}
    )


def test_agents_with_a_key_get_everything_and_only_they_can_read_it():
    mails = secrets()
    found = Keyring(SAMPLE_NOW, {each: Keys(pinned=(KEY,)) for each in readers(mails)})
    for mail, sealed in zip(mails, protected(mails, found), strict=True):
        if isinstance(mail, Rejection | Undeliverable) or getattr(mail, "for_agent", True) is False:
            assert not sealed.route.seal.is_encrypted
        else:
            seal = Seal(encrypt_to=KEY.fingerprint)
            assert sealed == replace(mail, route=replace(mail.route, seal=seal))


def test_a_key_that_only_came_by_mail_is_none_of_an_agents():
    receipt = next(each for each in secrets() if isinstance(each, Receipt) and each.own_text)
    keys = {receipt.route.to.key: Keys(known=KEY, prefer_encrypt=True)}
    (sealed,) = protected((receipt,), Keyring(SAMPLE_NOW, keys))
    assert sealed.without_content
    assert not sealed.route.seal.is_encrypted


@pytest.mark.parametrize(
    "key",
    [
        replace(KEY, can_encrypt=False),
        replace(KEY, revoked=True),
        replace(KEY, expired=True),
        replace(KEY, expires=SAMPLE_NOW),
        replace(KEY, expires=SAMPLE_NOW - timedelta(days=1)),
    ],
)
def test_a_key_that_cannot_be_used_now_is_none(key):
    mail = secrets()[0]
    keys = {mail.route.to.key: Keys(known=key)}
    (sealed,) = protected((mail,), Keyring(SAMPLE_NOW, keys))
    assert not sealed.route.seal.is_encrypted


def response(**changes):
    found = next(each for each in samples() if isinstance(each, Response))
    return replace(found, ticket=replace(found.ticket, **changes))


def test_an_answer_is_encrypted_where_the_ticket_is_confidential_or_the_author_wants_it():
    plain, secret = response(), response(confidential=True)
    known = {plain.route.to.key: Keys(known=KEY)}
    wanted = {plain.route.to.key: Keys(known=KEY, prefer_encrypt=True)}
    for mail, keys, encrypted in [
        (plain, known, False),
        (plain, wanted, True),
        (secret, known, True),
        (secret, {}, False),
    ]:
        (sealed,) = protected((mail,), Keyring(SAMPLE_NOW, keys))
        assert sealed.route.seal.is_encrypted is encrypted


def test_a_confidential_answer_leaves_readable_only_after_a_yes(composer):
    secret = replace(response(confidential=True, subject=MARK), text="Ja, am Freitag.")
    (held,) = protected((secret,), NOBODY)
    assert isinstance(held, WithoutContent)
    (said,) = protected((replace(secret, may_be_read=True),), NOBODY)
    (composed,) = composer.compose(Protected((said,)), b"", SAMPLE_NOW)
    words = all_words(composed)
    assert "Ja, am Freitag." in words
    assert MARK not in words


def test_mail_of_an_address_with_a_key_is_signed():
    mails = samples()
    own = {mails[0].route.sender.key: OWN}
    for mail in protected(mails, Keyring(SAMPLE_NOW, own=own)):
        signs = not isinstance(mail, Undeliverable)
        assert mail.route.seal == Seal(OWN if signs else "")


def test_what_is_relayed_is_passed_on_as_it_came():
    relay = Relay("id@example.org", None, "liste@verein.example", "", "Received: from x")
    assert protected((relay,), Keyring(SAMPLE_NOW, own={"liste@verein.example": OWN})) == (relay,)


def test_lists_name_a_confidential_ticket_by_its_number_alone(composer):
    for mail in protected(secrets(), NOBODY):
        for answer in getattr(mail, "answers", ()):
            assert not isinstance(answer, TicketView | Fits)


def test_sentences_keep_their_numbers_and_lose_their_words():
    inner = say("by %(name)s", name="Maria")
    text = say("#%(number)s: %(title)s, %(count)s, %(who)s", number="12", title="x", count=3,
               who=inner)  # fmt: skip
    assert str(without_values(text)) == "#12: …, 3, by …"
    assert str(without_values(say("%(number)s", number="Rosenkohl"))) == "…"
    name = " ".join(["AB12"] * 10)
    assert str(without_values(say("%(key)s", key=name))) == name
    assert str(without_values(say("%(key)s", key=f"{name} Rosenkohl"))) == "…"
