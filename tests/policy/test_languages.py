"""In which language somebody is answered."""

import pytest
from policy_facts import message

from gateway.model.people import Language
from gateway.policy.language import language_of

DE, EN = Language.GERMAN, Language.ENGLISH


@pytest.mark.parametrize(
    ("subject", "text", "language"),
    [
        ("Laptop", "Guten Tag, haben Sie einen Laptop für mich? Viele Grüße", DE),
        ("Laptop", "Hello, do you have a laptop for me? Kind regards", EN),
        ("Question about a donation", "Please see the attachment.", EN),
        ("GUTEN TAG", "ICH SUCHE EINEN LAPTOP", DE),
        ("Frage", "Hallo liebes Team, the printer ist kaputt und ich brauche bitte Hilfe", DE),
    ],
)
def test_the_words_of_the_mail_tell_the_language(
    subject: str, text: str, language: Language
) -> None:
    for default in (DE, EN):
        assert language_of(message(text, subject=subject), default) is language


@pytest.mark.parametrize(
    "text", ["", "Laptop?", "Bonjour, avez-vous un ordinateur ?", "漢字", "123"]
)
def test_where_it_is_not_clear_the_organisations_language_is_used(text: str) -> None:
    for default in (DE, EN):
        assert language_of(message(text, subject="Laptop"), default) is default


def test_only_the_beginning_counts() -> None:
    german = "Guten Tag, ich habe eine Frage und bitte um Hilfe. " + "x " * 1500
    assert language_of(message(german + "the and you are " * 500), EN) is DE
