"""The table of words: what every word does, in both languages."""

from dataclasses import replace

import pytest

from gateway.model.address import Mailbox
from gateway.model.command import At, Command
from gateway.model.people import Language
from gateway.model.query import Bare, FreeText, Key, Named, Query, Term
from gateway.policy.commands.read import read
from gateway.policy.commands.verb import Word
from gateway.policy.commands.verbs.ask import Help, Show
from gateway.policy.commands.verbs.copies import Copy
from gateway.policy.commands.verbs.departments import Accept, Move
from gateway.policy.commands.verbs.lists import ForgetQuery, ListTickets
from gateway.policy.commands.verbs.opening import NewTicket
from gateway.policy.commands.verbs.responsible import Assign, Claim, Release
from gateway.policy.commands.verbs.status import SetStatus
from gateway.policy.commands.words import WORDS, card, find, row_of

_AT = At(1, "")
MARIA = Mailbox("maria@x.org")
COLOGNE = Named(Key.DEPARTMENT, "Köln")


def asked(*terms: Bare | Named | FreeText) -> Query:
    return Query(tuple((Term(each),) for each in terms))


def only(line: str) -> Command:
    mail = read(line)
    assert not mail.problems, str(mail.problems[0].what)
    (command,) = mail.commands
    assert command.at == At(1, line)
    return command


def at(line: str) -> At:
    return At(1, line)


@pytest.mark.parametrize(
    ("line", "command"),
    [
        ("!claim", Claim(_AT)),
        ("!take #7", Claim(_AT, ("7",))),
        ("!new", NewTicket(_AT)),
        ("!neu still", NewTicket(_AT, quiet=True)),
        ("!new maria@x.org Ein Titel", NewTicket(_AT, (), MARIA, "Ein Titel")),
        ("!neu maria@x.org<mailto:maria@x.org> Titel", NewTicket(_AT, (), MARIA, "Titel")),
        (
            "!new <maria@x.org> Frage zu #12, bitte!",
            NewTicket(_AT, (), MARIA, "Frage zu #12, bitte!"),
        ),
        (
            '!new "Maria M." <maria@x.org>, Titel quiet',
            NewTicket(_AT, (), Mailbox("maria@x.org", "Maria M."), "Titel", quiet=True),
        ),
        ("!new maria@x.org Titel in Berlin", NewTicket(_AT, (), MARIA, "Titel in Berlin")),
        (
            "!new maria@x.org Titel still in Berlin",
            NewTicket(_AT, (), MARIA, "Titel in Berlin", quiet=True),
        ),
        ("!new maria@x.org dept=Köln Titel", NewTicket(_AT, (), MARIA, "Titel", "koeln")),
        ('!new Abteilung="Nord Ost"', NewTicket(_AT, (), None, "", "nord ost")),
        ("!new Nur ein Titel", NewTicket(_AT, (), None, "Nur ein Titel")),
        ("!cc", Copy(_AT)),
        ("!cc add A@x.org b@x.org a@x.org", Copy(_AT, (), ("A@x.org", "b@x.org"))),
        ("!cc a@x.org", Copy(_AT, (), ("a@x.org",))),
        ("!kopie weg #7 a@x.org", Copy(_AT, ("7",), ("a@x.org",), add=False)),
        ("!kopie hinzufügen <a@x.org>", Copy(_AT, (), ("a@x.org",))),
        ("!nehmen trotzdem", Claim(_AT, (), force=True)),
        ("!übernehmen #7 #8 force", Claim(_AT, ("7", "8"), force=True)),
        ("!assign @Ben", Assign(_AT, (), "ben")),
        ("!assign @ben #821", Assign(_AT, ("821",), "ben")),
        ("!zuweisen #821 @ben trotzdem", Assign(_AT, ("821",), "ben", force=True)),
        ("!zuweisen ben@mitglieder.example", Assign(_AT, (), "ben@mitglieder.example")),
        ("!assign b@x.org<mailto:b@x.org>", Assign(_AT, (), "b@x.org")),
        ("!release", Release(_AT)),
        ("!freigeben #7", Release(_AT, ("7",))),
        ("!open", SetStatus(_AT, (), "open")),
        ("!offen", SetStatus(_AT, (), "open")),
        ("!progress", SetStatus(_AT, (), "progress")),
        ("!arbeit", SetStatus(_AT, (), "progress")),
        ("!wait", SetStatus(_AT, (), "wait")),
        ("!warten #9", SetStatus(_AT, ("9",), "wait")),
        ("!close", SetStatus(_AT, (), "close")),
        ("!close quiet", SetStatus(_AT, (), "close", quiet=True)),
        ("!zu #1, #2 still", SetStatus(_AT, ("1", "2"), "close", quiet=True)),
        ("!fertig #1,#2; #1", SetStatus(_AT, ("1", "2"), "close")),
        ("!schließen", SetStatus(_AT, (), "close")),
        ("!reopen", SetStatus(_AT, (), "open")),
        ("!wieder #7", SetStatus(_AT, ("7",), "open")),
        ("!spam", SetStatus(_AT, (), "spam")),
        ("!spam #7 block", SetStatus(_AT, ("7",), "spam", block=True)),
        ("!spam sperren", SetStatus(_AT, (), "spam", block=True)),
        ("!ham", SetStatus(_AT, (), "open")),
        ("!keinspam", SetStatus(_AT, (), "open")),
        ("!status in progress", SetStatus(_AT, (), "progress")),
        ("!status in-progress", SetStatus(_AT, (), "progress")),
        ("!status #7 in Bearbeitung", SetStatus(_AT, ("7",), "progress")),
        ('!status "on waiting"', SetStatus(_AT, (), "wait")),
        ("!status Warteliste", SetStatus(_AT, (), "wait")),
        ("!status liegt beim Amt", SetStatus(_AT, (), "liegt beim amt")),
        ("!archiv", SetStatus(_AT, (), "archive")),
        ("!löschen #7", SetStatus(_AT, ("7",), "delete")),
        ("!restore", SetStatus(_AT, (), "open", back=True)),
        ("!status geschlossen still", SetStatus(_AT, (), "close", quiet=True)),
        ("!move Berlin", Move(_AT, (), "berlin")),
        ("!move #7 berlin keep", Move(_AT, ("7",), "berlin", keep=True)),
        ("!verschieben München behalten", Move(_AT, (), "muenchen", keep=True)),
        ('!move "Allgemeine Anfragen"', Move(_AT, (), "allgemeine anfragen")),
        ("!accept", Accept(_AT)),
        ("!annehmen #7", Accept(_AT, ("7",))),
        ("!list", ListTickets(_AT)),
        ("!list open", ListTickets(_AT, query=asked(Bare("open")))),
        ("!liste meine", ListTickets(_AT, query=asked(Bare("meine")))),
        (
            "!liste geschlossen abteilung Köln",
            ListTickets(_AT, query=asked(Bare("geschlossen"), COLOGNE)),
        ),
        ("!list dept Köln", ListTickets(_AT, query=asked(COLOGNE))),
        (
            "!list dept Köln page 2 csv",
            ListTickets(_AT, query=replace(asked(COLOGNE), page=2, csv=True)),
        ),
        ("!suche müller", ListTickets(_AT, query=asked(FreeText("müller")), texts=True)),
        ("!search a als x", ListTickets(_AT, query=asked(FreeText("a")), texts=True, name="x")),
        ("!search forget x", ForgetQuery(_AT, name="x")),
        ("!show", Show(_AT)),
        ("!show #12 full", Show(_AT, ("12",), full=True)),
        ("!zeige #R-12A ganz", Show(_AT, ("R-12A",), full=True)),
        ("!help", Help(_AT)),
        ("!hilfe zu", Help(_AT, (), "close")),
        ("!help !notiz", Help(_AT, (), "note")),
    ],
)
def test_a_word_means(line: str, command: Command) -> None:
    found = only(line)
    assert type(found) is type(command)
    assert repr(found).replace(repr(at(line)), repr(_AT)) == repr(command)


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ("!assign", "Something is missing after !assign. Write it like this: !assign @ben"),
        ("!zuweisen", "Write it like this: !zuweisen @ben"),
        ("!assign ben", "Write the agent with an @ in front: !assign @ben"),
        ("!assign @ben @cleo", "does not understand “@cleo”"),
        ("!assign @", "does not understand “@”"),
        ("!move", "Something is missing after !move"),
        ("!verschieben berlin köln", "!verschieben does not understand “köln”"),
        ("!close now", "!close does not understand “now”. Write it like this: !close #812"),
        ("!close -- quiet", "does not understand"),
        ("!close 812", "does not understand “812”"),
        ("!close #x", "“#x” is not a ticket number"),
        ("!close #", "“#” is not a ticket number"),
        ("!close #12 und #13", "does not understand “und”"),
        ("!open quiet", "does not understand “quiet”"),
        ("!wait 31.2.", "“31.2.” is no date. Write it like this: 1.3. or 2026-03-01"),
        ("!warten #7 bis dann", "does not understand “bis”"),
        ("!status", "Something is missing"),
        ("!list dept", "Something is missing"),
        ("!list #12", "!list takes no ticket number"),
        ("!help #12", "!help takes no ticket number"),
        ("!help nothing", "There is no command “!nothing”"),
        ("!help move close", "does not understand “close”"),
        ("!show everything", "does not understand “everything”"),
        ("!claim !close", "does not understand “!close”"),
    ],
)
def test_a_wrong_argument_says_what_to_write(line: str, hint: str) -> None:
    mail = read(line)
    assert mail.commands == ()
    assert hint in str(mail.problems[0].what)


@pytest.mark.parametrize("language", list(Language))
def test_every_example_of_the_card_works_as_it_is_printed(language: Language) -> None:
    for row in card(language):
        mail = read(row.example)
        assert not mail.problems
        assert not mail.is_empty


def test_the_card_has_every_word_once_and_the_own_language_first() -> None:
    rows = card(Language.GERMAN)
    assert len(rows) == len(WORDS)
    take = rows[2]
    assert take.written.startswith("!nehmen [#1042 …]")
    assert take.also == ("!übernehmen", "!claim", "!take")
    spam = next(row for row in rows if row.written.startswith("!spam"))
    assert spam.also == ()


def test_the_row_of_a_word_is_found_by_any_of_its_words() -> None:
    assert row_of("Übernehmen", Language.ENGLISH) == card(Language.ENGLISH)[2]
    assert row_of("nothing", Language.ENGLISH) is None


@pytest.mark.parametrize("entry", WORDS, ids=lambda entry: entry.name)
def test_no_sentence_begins_like_a_command(entry: Word) -> None:
    assert not str(entry.meaning).startswith("!")
    for argument in ("nonsense", "#", "#12 #x", "+7d"):
        mail = read(f"!{entry.name} {argument}")
        assert not any(str(problem.what).startswith("!") for problem in mail.problems)


def test_no_word_stands_in_the_table_twice() -> None:
    words = [word for entry in WORDS for word in {*entry.english, *entry.german}]
    assert len(words) == len(set(words))
    assert all(find(word) is not None for word in words)
