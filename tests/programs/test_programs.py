"""What an agent types into any program is read as it was meant, and the quotation never."""

from dataclasses import dataclass

import pytest

from gateway.mail.body import new_text_of_html
from gateway.mail.parse import parse
from gateway.model.command import CommandMail
from gateway.policy.commands.plan import printed
from gateway.policy.commands.read import read
from gateway.render.composer import MailComposer
from gateway.render.samples import SAMPLE_NOW, SAMPLE_ORGANISATION
from tests.programs.shapes import SHAPES, Notice, Shape
from tests.render.render_values import body_of, html_of, notification, parsed

ASKED = """\
Guten Tag,

!löschen
!close
!spam
/close

haben Sie einen Laptop?
--
Maria
Von meinem iPhone gesendet"""


@pytest.fixture(scope="module")
def notice() -> Notice:
    """A notification of ours about a mail that looks as dangerous as it can."""
    composer = MailComposer(SAMPLE_ORGANISATION)
    (mail,) = composer.compose((notification(ASKED),), b"", SAMPLE_NOW)
    return Notice(parsed(mail)["Subject"], body_of(mail), html_of(mail))


REASON = (
    "Anfrage der Zeitung, bitte bis Freitag ansehen und dann mit der Redaktion sprechen; ihre"
    " Nummer steht im Ticket"
)


@dataclass(frozen=True)
class Typed:
    """What was typed, and how it is meant."""

    name: str
    text: str
    reply: str = ""
    note: str = ""
    commands: tuple[str, ...] = ()


MEANT = [
    Typed("a reply", "Liebe Maria,\n\nja, morgen.\n\nViele Grüße\nAnna",
          "Liebe Maria,\n\nja, morgen.\n\nViele Grüße\nAnna"),
    Typed("one word", "Ja.", "Ja."),
    Typed("one command", "!nehmen", commands=("!claim",)),
    Typed("commands in both languages", "!Nehmen\n!help-topic Spendenangebot",
          commands=("!claim", "!help-topic Spendenangebot")),
    Typed("a command, then a reply", "!zu\n\nLiebe Maria, das ist erledigt.",
          "Liebe Maria, das ist erledigt.", commands=("!close",)),
    Typed("a reply, then a command", "Liebe Maria, das ist erledigt.\n\n!zu",
          "Liebe Maria, das ist erledigt.", commands=("!close",)),
    Typed("a reply and a note", "Ja, gern.\n\n!notiz\nSie hat angerufen.\n\nBitte aufpassen.",
          "Ja, gern.", "Sie hat angerufen.\n\nBitte aufpassen."),
    Typed("only a note", "!notiz Nur für uns.", note="Nur für uns."),
    Typed("a field", "!feld Berechtigungsnachweis = Nein, kein Bescheid",
          commands=("!set Berechtigungsnachweis = Nein, kein Bescheid",)),
    Typed("an agent", "!zuweisen @ben\n\nBen kümmert sich.", "Ben kümmert sich.",
          commands=("!assign @ben",)),
    Typed("a long reason", f"!verweisen vorstand {REASON}",
          commands=(f"!refer vorstand {REASON}",)),
    Typed("a long note", f"Ja.\n\n!note {REASON}", "Ja.", REASON),
    Typed("a long answer", f"{REASON} {REASON}", f"{REASON} {REASON}"),
    Typed("a task with a day", "!aufgabe Rückruf bei Maria @ben bis 1.3.",
          commands=("!task by 1.3. @ben Rückruf bei Maria",)),
    Typed("smart punctuation", "!Status “on waiting”\n\nDon’t worry – it’s “here”…",
          "Don’t worry – it’s “here”…", commands=("!wait",)),
    Typed("several tickets", "!zu #812 #815 #820 still",
          commands=("!close #812 #815 #820 quiet",)),
    Typed("umlauts", "!übernehmen\n!verschieben münchen behalten",
          commands=("!claim", "!move muenchen keep")),
    Typed("a list", "Bitte mitbringen:\n- Ausweis\n- Bescheid\n1. und Zeit",
          "Bitte mitbringen:\n- Ausweis\n- Bescheid\n1. und Zeit"),
    Typed("a link", "Siehe https://truhe.example/kontakt?a=1&b=2",
          "Siehe https://truhe.example/kontakt?a=1&b=2"),
    Typed("an escape", "Das ist\n\n!!wichtig\n\nfür Sie.", "Das ist\n\n!wichtig\n\nfür Sie."),
    Typed("emphasis", "!!! Wichtig: bitte den Ausweis mitbringen.",
          "!!! Wichtig: bitte den Ausweis mitbringen."),
    Typed("dates and prices", "Am 24.12. kostet das 5 €.\n\nVon: Bahnhof, An: Markt.",
          "Am 24.12. kostet das 5 €.\n\nVon: Bahnhof, An: Markt."),
]  # fmt: skip


def understood(shape: Shape, notice: Notice, typed: str) -> CommandMail:
    """As the gateway reads it."""
    message = parse(shape(notice, typed).as_bytes())
    return read(message.reply, new_text_of_html(message.html) or None)


@pytest.mark.parametrize("typed", MEANT, ids=lambda each: each.name)
@pytest.mark.parametrize("shape", SHAPES, ids=lambda each: each.__name__)
def test_it_is_read_as_it_was_meant(shape: Shape, typed: Typed, notice: Notice) -> None:
    mail = understood(shape, notice, typed.text)
    assert [str(problem.what) for problem in mail.problems] == []
    assert _folded(mail.reply) == _folded(typed.reply)
    assert _folded(mail.note) == _folded(typed.note)
    commands = tuple(_folded(printed(command)) for command in mail.commands)
    assert commands == typed.commands


def _folded(text: str) -> str:
    """Blank lines are the programs' own, and some wrap what is long."""
    return " ".join(text.split())


@pytest.mark.parametrize("shape", SHAPES, ids=lambda each: each.__name__)
def test_without_new_text_nothing_is_understood(shape: Shape, notice: Notice) -> None:
    assert understood(shape, notice, "").is_empty
