"""Commands that only ask: `!list`, `!show`, `!help`. Only what the agent may see is answered."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from gateway.model.answers import Answer, HelpText, TicketView
from gateway.model.command import At, Command
from gateway.model.text import Text, say
from gateway.model.ticket import Entry
from gateway.policy.around import surroundings
from gateway.policy.commands.arguments import (
    numbered,
    too_much,
    without,
)
from gateway.policy.commands.verb import Asked, Built, Needs, Rank, Verb, Word, both
from gateway.policy.facts import TicketFacts
from gateway.policy.fields import details
from gateway.policy.history_lines import told
from gateway.policy.key_lines import key_lines
from gateway.policy.work import Desk, Work, result, targets

SHOWN_ENTRIES = 20
"""Most thread entries of `!show`."""
ALL_ENTRIES = 500
"""Most thread entries of `!show full`."""

SHOWN_ACTS = 50
"""Most acts of `!show history`, the last ones."""

HISTORY = frozenset({"history", "verlauf"})
FULL = frozenset({"full", "ganz", "voll"})


@dataclass(frozen=True, slots=True)
class Show(Command):
    """`!show [#12] [full|history]`."""

    full: bool = False
    history: bool = False


@dataclass(frozen=True, slots=True)
class Help(Command):
    """`!help [word]`."""

    word: str = ""


def _answered(work: Work, at: At, result: Text, answer: Answer) -> Work:
    return replace(work, answers=(*work.answers, answer)).noting(at, result)


def _show(command: Show, work: Work, desk: Desk) -> Work:
    """The tickets with their last entries; with `full`, all that were gathered."""
    for about in targets(command.tickets, work, desk):
        if isinstance(about, Text):
            work = work.noting(command.at, about, ok=False)
            continue
        view = TicketView(
            about.ticket,
            desk.facts.organisation.department(about.ticket.department).name,
            about.responsible.name if about.responsible else "",
            () if command.history else _entries(command, about),
            command.full,
            about.entry_count,
            (
                *_details(about, desk),
                *surroundings(desk.facts, about),
                *key_lines(desk.facts, about),
            ),
            tuple(
                told(each, about, desk.facts)
                for each in desk.facts.histories.get(about.ticket.id, ())
            ),
        )
        work = _answered(work, command.at, result(say("see below"), about, desk.thread), view)
    return work


def _entries(command: Show, about: TicketFacts) -> tuple[Entry, ...]:
    return about.entries if command.full else about.entries[-SHOWN_ENTRIES:]


def _history(about: TicketFacts, desk: Desk) -> tuple[Text, ...]:
    acts = desk.facts.histories.get(about.ticket.id, ())
    return tuple(told(each, about, desk.facts) for each in acts)


def _details(about: TicketFacts, desk: Desk) -> Iterator[Text]:
    for name, value in details(about, desk.agent, desk.facts.organisation):
        yield say("%(name)s: %(value)s", name=name, value=value)


def _help(command: Help, work: Work, _: Desk) -> Work:
    """The help card, or the entry of one word."""
    return _answered(work, command.at, say("help"), HelpText(command.word))


def _read_show(asked: Asked) -> Built:
    rest, full = without(asked.words, FULL)
    rest, history = without(rest, HISTORY)
    return too_much(asked, rest) or Show(asked.at, asked.tickets, full, history)


def _read_help(asked: Asked) -> Built:
    """Whether there is such a word is not known here."""
    word = asked.words[0].removeprefix("!") if asked.words else ""
    return too_much(asked, asked.words[1:]) or Help(asked.at, word=word)


def _printed_show(command: Show) -> Iterator[str]:
    yield from ("show", *numbered(command.tickets), "full" if command.full else "")
    yield "history" if command.history else ""


def _printed_help(command: Help) -> Iterator[str]:
    yield from ("help", command.word)


VERBS = (
    Verb(
        Show,
        Rank.ASK,
        _show,
        _printed_show,
        (
            Word(
                ("show",),
                ("zeige",),
                _read_show,
                2,
                say(
                    "Sends you a ticket; with “full” the whole thread, with “history” who did what"
                    " and with which proof."
                ),
                both("[#1042 …] [full|history]", "[#1042 …] [ganz|verlauf]"),
                both("!show #1042", "!zeige #1042"),
            ),
        ),
        needs=lambda command: Needs(
            entries=ALL_ENTRIES if command.full else SHOWN_ENTRIES, keys=True
        ),
    ),
    Verb(
        Help,
        Rank.ASK,
        _help,
        _printed_help,
        (
            Word(
                ("help",),
                ("hilfe",),
                _read_help,
                0,
                say("Sends you this card, or the explanation of one word."),
                both("[word]", "[Wort]"),
                both("!help move", "!hilfe verschieben"),
                numbers=False,
            ),
        ),
    ),
)
