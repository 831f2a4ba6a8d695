"""Being away: `!away`."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from gateway.model.command import Command
from gateway.model.notice_changes import SetAbsence
from gateway.model.people import Absence, Agent
from gateway.model.text import Text, say
from gateway.policy.absence import offers
from gateway.policy.acts import Acts
from gateway.policy.around import moment_text
from gateway.policy.commands.arguments import too_much, unknown_argument
from gateway.policy.commands.folding import folded
from gateway.policy.commands.lines import copy_of
from gateway.policy.commands.moments import When, moment
from gateway.policy.commands.verb import Asked, Built, Goal, Rank, Sort, Verb, Word, both
from gateway.policy.commands.when import when
from gateway.policy.facts import Facts
from gateway.policy.work import Desk, Work

_OFF = frozenset({"off", "end", "ende", "aus", "over", "vorbei", "back", "zurueck", "no", "nein"})


@dataclass(frozen=True, slots=True)
class Away(Command):
    """`!away until 1.3.`, `!away off`; alone it only tells."""

    until: When | None = None
    off: bool = False


def _away(command: Away, work: Work, desk: Desk) -> Work:
    facts, agent = desk.facts, desk.agent
    if command.off:
        return _back(command, work, desk)
    if command.until is None:
        return work.noting(command.at, _now(agent, facts))
    until = moment(command.until, facts.now, facts.organisation.zone)
    if isinstance(until, Text):
        return work.noting(command.at, until, ok=False)
    since = facts.now
    if agent.absence is not None and agent.is_away(facts.now):
        since = agent.absence.since
    absence = Absence(since, until)
    offered = offers(facts, agent, absence)
    work = replace(work, acts=work.acts + Acts((SetAbsence(agent.id, absence),)) + offered)
    what = say(
        "you are away until %(moment)s: you get no notifications, the department hears of your"
        " tickets. Then you get a mail with what happened. Sooner back: !away off",
        moment=moment_text(until, facts.organisation),
    )
    return work.noting(command.at, what).noting(command.at, _offered(facts, offered))


def _offered(facts: Facts, offered: Acts) -> Text:
    if not facts.urgent:
        return say("none of your tickets needs anybody in that time")
    numbers = ", ".join(f"#{each.number}" for each in facts.urgent)
    if not offered.outgoing:
        return say("nobody is there to take over what is urgent: %(numbers)s", numbers=numbers)
    return say("offered to colleagues, because it can hardly wait: %(numbers)s", numbers=numbers)


def _back(command: Away, work: Work, desk: Desk) -> Work:
    """The absence ends now; the mail about what happened is written as at any end of one."""
    facts, agent = desk.facts, desk.agent
    if agent.absence is None or not agent.is_away(facts.now):
        return work.noting(command.at, say("you are not away"))
    over = SetAbsence(agent.id, replace(agent.absence, until=facts.now))
    what = say("you get notifications again, and a mail with what happened meanwhile")
    return replace(work, acts=work.acts + Acts((over,))).noting(command.at, what)


def _now(agent: Agent, facts: Facts) -> Text:
    if agent.absence is None or not agent.is_away(facts.now):
        return say("you are not away. To be so: !away until 1.3.")
    return say(
        "you are away until %(moment)s", moment=moment_text(agent.absence.until, facts.organisation)
    )


def _read(asked: Asked) -> Built:
    words = copy_of(" ".join(asked.text.split())).split()
    if not words:
        return Away(asked.at)
    if folded(words[0].strip(".")) in _OFF:
        return too_much(asked, tuple(words[1:])) or Away(asked.at, off=True)
    found = when(words)
    if isinstance(found, Text):
        return found
    if found is None:
        return unknown_argument(asked, words[0])
    return too_much(asked, found[1]) or Away(asked.at, until=found[0])


def _printed(command: Away) -> Iterator[str]:
    yield from ("away", f"until {command.until}" if command.until else "")
    yield "off" if command.off else ""


VERBS = (
    Verb(
        Away,
        Rank.TASK,
        _away,
        _printed,
        (
            Word(
                ("away",),
                ("abwesend",),
                _read,
                1,
                say(
                    "You get no notifications until then; the department hears of your tickets, and"
                    " what is urgent is offered to it. Then you get a mail with what happened."
                ),
                both("[until 1.3.|off]", "[bis 1.3.|ende]"),
                both("!away until 1.3.", "!abwesend bis 1.3."),
                numbers=False,
                one_line=True,
            ),
        ),
        decides=lambda command: (
            Goal(Sort.NEWS, f"{command.until} {command.off}", "\0away")
            if command.until or command.off
            else None
        ),
    ),
)
