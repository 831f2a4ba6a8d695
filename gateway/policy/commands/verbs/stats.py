"""`!stats`: how much there is to do, for the departments that the agent may see."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from gateway.model.answers import (
    DepartmentStatistics,
    RejectedStatistics,
    Statistics,
    TopicStatistics,
    Week,
)
from gateway.model.command import Command
from gateway.model.organisation import DepartmentKind, Organisation
from gateway.model.people import Agent, DepartmentId
from gateway.model.statistics import (
    FIRST_ANSWER,
    Counted,
    Figures,
    Rejected,
    Rejections,
    Standing,
    Tally,
)
from gateway.model.text import say
from gateway.model.ticket import TopicId
from gateway.policy.access import readable
from gateway.policy.commands.arguments import quoted, too_much
from gateway.policy.commands.folding import folded
from gateway.policy.commands.verb import Asked, Built, Rank, Verb, Word, both
from gateway.policy.commands.verbs.departments import no_department
from gateway.policy.entries import REASONS
from gateway.policy.work import Desk, Work

WEEKS = 12
"""Weeks that are looked back at, the present one included."""


@dataclass(frozen=True, slots=True)
class ShowStatistics(Command):
    """`!stats [berlin]`; the department's name is folded, empty for all."""

    department: str = ""


def wanted(command: ShowStatistics, agent: Agent, organisation: Organisation) -> list[DepartmentId]:
    """The departments whose figures the agent gets, in the order of the rules."""
    mine = readable(agent, organisation)
    only = organisation.department_names.get(command.department)
    return [
        department.id
        for department in organisation.departments.values()
        if department.id in mine
        and (not command.department or only in (department.id, department.main))
    ]


def _show(command: ShowStatistics, work: Work, desk: Desk) -> Work:
    organisation = desk.facts.organisation
    if command.department and command.department not in organisation.department_names:
        why = no_department(command.department, organisation)
        return work.noting(command.at, why, ok=False)
    figures = desk.facts.figures.get(command.department)
    if figures is None or not figures.standing:
        return work.noting(command.at, say("there is no department that you may see."), ok=False)
    today = desk.facts.now.date()
    answer = Statistics(
        weeks=tuple(_weeks(figures.counted, today)),
        departments=tuple(_departments(figures, organisation, today)),
        topics=tuple(_topics(figures.counted, organisation)),
        first_answers=_first_answers(figures.counted),
        rejected=rejected_statistics(figures.rejections, organisation, today),
    )
    result = say("statistics of %(count)s weeks", count=WEEKS)
    return replace(work, answers=(*work.answers, answer)).noting(command.at, result)


def _mondays(today: date) -> list[date]:
    monday = today - timedelta(days=today.weekday())
    return [monday - timedelta(weeks=back) for back in reversed(range(WEEKS))]


def _weeks(counted: Iterable[Counted], today: date) -> Iterator[Week]:
    sums = Counter[tuple[int, Tally]]()
    for each in counted:
        sums[each.week, each.what] += each.count
    for monday in _mondays(today):
        week = _week(monday)
        yield Week(monday, sums[week, Tally.OPENED], sums[week, Tally.CLOSED])


def _departments(
    figures: Figures, organisation: Organisation, today: date
) -> Iterator[DepartmentStatistics]:
    sums = Counter[tuple[DepartmentId, Tally]]()
    this_week = Counter[tuple[DepartmentId, Tally]]()
    for each in figures.counted:
        sums[each.department, each.what] += each.count
        if each.week == _week(today):
            this_week[each.department, each.what] += each.count
    for standing in figures.standing:
        department = organisation.department(standing.department)
        if department.kind is DepartmentKind.REJECTED:
            continue
        yield _one(standing, organisation, sums, this_week)


def _one(
    standing: Standing,
    organisation: Organisation,
    sums: Counter[tuple[DepartmentId, Tally]],
    this_week: Counter[tuple[DepartmentId, Tally]],
) -> DepartmentStatistics:
    department = organisation.department(standing.department)
    key = standing.department
    return DepartmentStatistics(
        name=department.name,
        standing=standing,
        opened=sums[key, Tally.OPENED],
        closed=sums[key, Tally.CLOSED],
        opened_this_week=this_week[key, Tally.OPENED],
        closed_this_week=this_week[key, Tally.CLOSED],
        rejected=sum(sums[place, Tally.REJECTED] for place in {key, department.rejected} if place),
        first_answers=tuple(sums[key, bucket] for bucket in FIRST_ANSWER),
    )


def rejected_statistics(
    found: Rejections, organisation: Organisation, today: date
) -> RejectedStatistics | None:
    """What was not let in, the most frequent first; None when nothing was."""
    reasons, departments, weeks = Counter[Rejected](), Counter[DepartmentId](), Counter[int]()
    for each in found.mails:
        reasons[each.why] += each.count
        departments[each.department] += each.count
        weeks[each.week] += each.count
    if not reasons:
        return None
    return RejectedStatistics(
        total=reasons.total(),
        reasons=tuple((REASONS[why], count) for why, count in reasons.most_common()),
        departments=tuple(
            (organisation.department(one).name, count) for one, count in departments.most_common()
        ),
        domains=found.domains,
        weeks=tuple((monday, weeks[_week(monday)]) for monday in _mondays(today)),
    )


def _week(day: date) -> int:
    year, number, _ = day.isocalendar()
    return year * 100 + number


def _topics(counted: Sequence[Counted], organisation: Organisation) -> Iterator[TopicStatistics]:
    sums = Counter[tuple[TopicId | None, Tally]]()
    for each in counted:
        sums[each.topic, each.what] += each.count
    topics = organisation.topics.topics
    for topic in dict.fromkeys([*topics, *(each.topic for each in counted)]):
        opened, closed = sums[topic, Tally.OPENED], sums[topic, Tally.CLOSED]
        if opened or closed:
            known = topics.get(topic) if topic else None
            name = known.name if known else say("without a topic")
            yield TopicStatistics(name, opened, closed)


def _first_answers(counted: Iterable[Counted]) -> tuple[int, ...]:
    sums = Counter[Tally]()
    for each in counted:
        sums[each.what] += each.count
    return tuple(sums[bucket] for bucket in FIRST_ANSWER)


def _read(asked: Asked) -> Built:
    rest = asked.words[1:]
    name = folded(asked.words[0]) if asked.words else ""
    return too_much(asked, rest) or ShowStatistics(asked.at, department=name)


def _printed(command: ShowStatistics) -> Iterator[str]:
    yield from ("stats", quoted(command.department))


VERBS = (
    Verb(
        ShowStatistics,
        Rank.ASK,
        _show,
        _printed,
        (
            Word(
                ("stats",),
                ("statistik",),
                _read,
                1,
                say("Sends you figures: open tickets, opened and closed a week, first answers."),
                both("[berlin]"),
                both("!stats", "!statistik berlin"),
                numbers=False,
            ),
        ),
    ),
)
