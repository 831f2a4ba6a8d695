"""escalations.yaml as the values that the watch over tickets works with."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from gateway.model.escalation import (
    Action,
    Assign,
    Calendar,
    Escalation,
    Escalations,
    Move,
    Remind,
    RuleId,
    SetStatus,
    Since,
    Span,
    Step,
    Tell,
    Unit,
    When,
    WriteNote,
)
from gateway.model.organisation import Organisation
from gateway.model.people import DepartmentId
from gateway.model.text import Text
from gateway.model.ticket import FieldId, State, StatusId, TopicId
from gateway.model.topic import Field
from gateway.policy.values import key_of, read_value
from gateway.rulebook.schema_escalations import (
    CalendarPart,
    EscalationPart,
    EscalationsFile,
    StepPart,
    Weekday,
    WhenPart,
)
from gateway.rulebook.spans import days_off

_SOME_DAY = date(2026, 1, 1)
ADMINS = "admins"
"""Who is meant by this word behind `notify`: all admins."""

_WEEKDAYS: tuple[Weekday, ...] = (
    *("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"),
)  # fmt: skip
_ABOUT: Mapping[Unit, timedelta] = {
    Unit.MINUTE: timedelta(minutes=1),
    Unit.HOUR: timedelta(hours=1),
    Unit.DAY: timedelta(days=1),
    Unit.WEEK: timedelta(days=7),
    Unit.MONTH: timedelta(days=30),
    Unit.WORKING_DAY: timedelta(days=1.4),
}


def escalations(file: EscalationsFile, organisation: Organisation) -> Escalations:
    """The rules and the calendar. The file must be free of mistakes."""
    rules = (_rule(short, part, organisation) for short, part in file.escalations.items())
    return Escalations(tuple(rules), _calendar(file.calendar))


def about(span: Span) -> timedelta:
    """How long it is, roughly: what steps are ordered by."""
    return span.count * _ABOUT[span.unit]


def value_of(field: Field, written: str) -> frozenset[str] | None:
    """The value of a field as it is found; None when it cannot be one."""
    values = read_value(field, written, _SOME_DAY)
    if isinstance(values, Text) or not values:
        return None
    return frozenset({key_of(values[0])})


def _calendar(part: CalendarPart) -> Calendar:
    weekend = frozenset(_WEEKDAYS.index(day) for day in part.weekend)
    return Calendar(weekend, days_off(part.holidays or "") | frozenset(part.days_off))


def _rule(short: str, part: EscalationPart, organisation: Organisation) -> Escalation:
    steps = sorted((_step(each, organisation) for each in part.steps), key=lambda s: about(s.after))
    return Escalation(
        RuleId(short),
        part.name,
        _when(part.when, organisation),
        Since(part.since),
        tuple(steps),
    )


def _when(part: WhenPart, organisation: Organisation) -> When:
    statuses = organisation.workflow.statuses
    named = frozenset(map(StatusId, part.statuses))
    fields = organisation.topics.fields
    return When(
        statuses=named or frozenset(s for s, rule in statuses.items() if rule.state is State.OPEN),
        departments=frozenset(map(DepartmentId, part.departments)),
        topics=frozenset(map(TopicId, part.topics)),
        taken=part.taken,
        fields=tuple(
            (FieldId(name), value_of(fields[FieldId(name)], value) or frozenset())
            for name, value in part.fields.items()
        ),
        filled=frozenset(map(FieldId, part.filled)),
        empty=frozenset(map(FieldId, part.empty)),
    )


def _step(part: StepPart, organisation: Organisation) -> Step:
    return Step(part.after, tuple(_actions(part, organisation)), part.text or "")


def _actions(part: StepPart, organisation: Organisation) -> Iterator[Action]:
    if part.remind:
        yield Remind()
    if part.notify:
        names = [name for name in part.notify if name != ADMINS]
        yield Tell(
            tuple(name for name in names if name not in organisation.departments),
            tuple(DepartmentId(name) for name in names if name in organisation.departments),
            ADMINS in part.notify,
        )
    if part.assign:
        yield Assign(part.assign)
    if part.status:
        yield SetStatus(StatusId(part.status))
    if part.move:
        yield Move(DepartmentId(part.move))
    if part.note:
        yield WriteNote(part.note)
