"""Texts as agents' programs make them (history and signature are cut off before)."""

from dataclasses import dataclass

import pytest

from gateway.policy.commands.plan import printed
from gateway.policy.commands.read import read


@dataclass(frozen=True)
class Sample:
    name: str
    text: str
    reply: str = ""
    note: str = ""
    commands: tuple[str, ...] = ()


SAMPLES = [
    Sample(
        "iOS Mail, German: capital, quotes, dashes, ellipsis, mark at the end",
        "!Nehmen \n\nLiebe Frau Öztürk,\n\nwir haben „Ihr“ Gerät – es kommt …\n\nAnna\n\ufeff",
        reply="Liebe Frau Öztürk,\n\nwir haben „Ihr“ Gerät – es kommt …\n\nAnna",
        commands=("!claim",),
    ),
    Sample(
        "iOS Mail, English: smart quotes around an argument",
        "Dear Tom,\n\nit’s on its way.\n\n!Status “on waiting”\n!Assign ‘@ben’",
        reply="Dear Tom,\n\nit’s on its way.",
        commands=("!wait", "!assign @ben"),
    ),
    Sample(
        "Outlook desktop: an empty line after every line",
        "!zu\r\n\r\n!notiz\r\n\r\nHat angerufen.\r\n\r\nIst zufrieden.\r\n\r\n \r\n",
        note="Hat angerufen.\n\nIst zufrieden.",
        commands=("!close",),
    ),
    Sample(
        "Outlook desktop: reply first, commands at the end, non-breaking blanks",
        "Guten Tag,\r\n\r\nanbei die Liste.\r\n\r\nViele Grüße\r\n\r\nBen\r\n\r\n"
        "\u00a0\r\n\r\n!verschieben\u00a0Berlin\r\n\r\n!zu still\r\n\r\n",
        reply="Guten Tag,\n\nanbei die Liste.\n\nViele Grüße\n\nBen",
        commands=("!move berlin", "!close quiet"),
    ),
    Sample(
        "Outlook: address made a link",
        "!zuweisen ben@mitglieder.example<mailto:ben@mitglieder.example>\r\n",
        commands=("!assign ben@mitglieder.example",),
    ),
    Sample(
        "K-9, German",
        "!nehmen\n!arbeit\n\nHallo Herr Weiß,\n\nkommen Sie gern am Freitag.\n\nGruß, Clara",
        reply="Hallo Herr Weiß,\n\nkommen Sie gern am Freitag.\n\nGruß, Clara",
        commands=("!claim", "!progress"),
    ),
    Sample(
        "Gmail: note wrapped hard at 78",
        "Dear Maria,\nthe form is attached.\n\n!note I called her, and she said that her brother "
        "would pick it\nup; see the paper in the office. She must never read\n!!close here.",
        reply="Dear Maria,\nthe form is attached.",
        note="I called her, and she said that her brother would pick it\n"
        "up; see the paper in the office. She must never read\n!close here.",
    ),
    Sample(
        "Thunderbird: bullets and command in the middle",
        "Hello,\n\n * one\n * two\n\n!close #812 #815\n\nBye",
        reply="Hello,\n\n * one\n * two\n\nBye",
        commands=("!close #812 #815",),
    ),
    Sample(
        "Yahoo: first line indented",
        "  !take\n\nHello",
        reply="Hello",
        commands=("!claim",),
    ),
    Sample(
        "Samsung: commands as a list with bullets",
        "• !Nehmen\n• !Zu\n",
        commands=("!claim", "!close"),
    ),
    Sample(
        "inline answers between quoted lines that were kept",
        "> Was kostet das?\nNichts.\n\n> !löschen\nDas bitte nicht.\n\n!zu",
        reply="> Was kostet das?\nNichts.\n\n> !löschen\nDas bitte nicht.",
        commands=("!close",),
    ),
    Sample(
        "a decomposed umlaut, as macOS writes it",
        "!u\u0308bernehmen\n\nGru\u0308\u00dfe",
        reply="Gru\u0308\u00dfe",
        commands=("!claim",),
    ),
]


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_the_mail_is_read_as_it_was_meant(sample: Sample) -> None:
    mail = read(sample.text)
    assert [str(problem.what) for problem in mail.problems] == []
    assert mail.reply == sample.reply
    assert mail.note == sample.note
    assert tuple(printed(command) for command in mail.commands) == sample.commands


@pytest.mark.parametrize(
    "text",
    [
        "!Close. \n\nDear Tom",  # two blanks on a phone make a full stop
        "!close —quiet",  # two hyphens on a phone make a dash
        "!zuweisen Ben Example<mailto:ben@mitglieder.example>",  # a mention instead of the handle
        "!close #812 #815 #820 #821 #822 #823 #824 #825 #826 #827 #828 #829\n#830 #831",  # wrapped
        "!nehmen Liebe Maria, anbei das Formular.",  # a program that joins lines
        "!frist +2d",
    ],
)
def test_what_a_program_spoiled_is_held(text: str) -> None:
    assert read(text).problems
