"""Which mails ask for our key, and what becomes of them."""

from dataclasses import replace

import pytest

from gateway.model.key_request import AskedForKey, KeyRequest
from gateway.model.message import Attachment
from gateway.model.openpgp import Fingerprint
from gateway.model.outgoing import Confirmation, PublicKey
from gateway.model.people import Language
from gateway.policy.decide import decide
from gateway.policy.key_words import asked_for_key
from tests.policy.policy_facts import FORGED, facts, message

ONLY_DE, ONLY_EN = AskedForKey(True, Language.GERMAN), AskedForKey(True, Language.ENGLISH)
MORE = AskedForKey(False, Language.ENGLISH)
KEY = KeyRequest(ONLY_DE, "info@truhe.example", Fingerprint("A" * 40), b"\x99key")


@pytest.mark.parametrize(
    ("subject", "text", "asked"),
    [
        ("key", "", ONLY_EN),
        ("Re: Öffentlicher Schlüssel!", "", ONLY_DE),
        ("Oeffentlicher Schluessel", "Bitte. Danke", ONLY_DE),
        ("PGP-Schlüssel", "", ONLY_DE),
        ("OpenPGP", "", AskedForKey(True)),
        ("send key", "", ONLY_EN),
        ("", "!key", ONLY_EN),
        ("Hallo", "!Schlüssel", ONLY_DE),
        ("kein Betreff", "Bitte schicken Sie mir Ihren öffentlichen PGP-Schlüssel.", ONLY_DE),
        ("public key", "Hi,\nplease send it\n\nRegards\nMaria", ONLY_EN),
        ("public key", "I need a laptop as well, have you one?", MORE),
        ("Re: Laptop [#1042]", "pgp key", MORE),
        ("Re: Laptop [#1042]", "!key", MORE),
        ("Schlüssel", "Ich habe meinen bei euch vergessen, das Fahrrad steht noch da.", None),
        ("Re: Fundsache [#1042]", "Schlüssel", None),
        ("Re: Unser OpenPGP-Schlüssel [#1042]", "Danke, hat geklappt", None),
        ("Our key to success", "", None),
        ("Hallo", "", None),
        ("", "", None),
    ],
)
def test_a_mail_asks_for_the_key_with_words_that_mean_nothing_else(subject, text, asked):
    mail = message(text, subject=subject, sender="Maria <maria@example.org>")
    assert asked_for_key(mail) == asked


def test_a_file_is_something_else_to_read():
    files = facts(message("", subject="pgp key")).message
    scan = replace(files, attachments=(_file("application/pdf"),))
    assert asked_for_key(scan) == MORE
    own_key = replace(files, attachments=(_file("application/pgp-keys"),))
    assert asked_for_key(own_key) == ONLY_EN


def _file(kind):
    return Attachment("x", kind, 1, "0" * 64, 1)


def sorts(decision):
    return [type(each) for each in decision.outgoing]


def test_who_only_asks_is_answered_and_nobody_is_told():
    decision = decide(facts(message("", subject="PGP-Schlüssel"), key_request=KEY))
    (mail,) = decision.outgoing
    assert isinstance(mail, PublicKey)
    assert mail.route.sender.address == "info@truhe.example"
    assert mail.route.return_path is None
    assert mail.route.auto_submitted == "auto-replied"
    assert mail.route.language is Language.GERMAN
    assert b"BEGIN PGP PUBLIC KEY" in mail.files[0].content
    assert not mail.ticket.is_open


def test_with_a_further_text_it_is_a_ticket_and_one_mail_says_both():
    asked = replace(KEY, asked=MORE)
    decision = decide(facts(message("Hi", subject="pgp key"), key_request=asked))
    assert PublicKey in sorts(decision)
    assert Confirmation not in sorts(decision)
    (mail,) = (each for each in decision.outgoing if isinstance(each, PublicKey))
    assert mail.opened
    assert mail.ticket.is_open


MACHINE = message("", subject="pgp key", head="Auto-Submitted: auto-generated\n")
LIST = message("", subject="pgp key", head="List-Id: <all.example.org>\nPrecedence: list\n")


@pytest.mark.parametrize(
    "changes",
    [
        {"key_request": replace(KEY, answered=True)},
        {"trust": FORGED},
        {"mail_from": None},
        {"automatic_sent": 5},
        {"mail": MACHINE},
        {"mail": LIST},
    ],
)
def test_what_must_not_be_answered_is_a_ticket_like_any_other(changes):
    asking = {"mail": message("", subject="pgp key"), "key_request": KEY}
    decision = decide(facts(**(asking | changes)))
    assert PublicKey not in sorts(decision)
    assert decision.changes[0].ticket.is_open
