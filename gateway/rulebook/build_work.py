"""The checked workflow.yaml and topics.yaml as the values that the road works with."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import TypeVar

from gateway.model.people import DepartmentId
from gateway.model.text import Text, named
from gateway.model.ticket import FieldId, Priority, State, StatusId, TopicId
from gateway.model.topic import Field, FieldType, Side, Topic, Topics
from gateway.model.workflow import DEFAULT_WORKFLOW, STATUS_NAMES, Holder, StatusRule, Workflow
from gateway.policy.fields import name_key
from gateway.rulebook.schema import FieldPart, StatusPart, TopicPart, TopicsFile, WorkflowFile

IdT = TypeVar("IdT", bound=str)


def workflow(file: WorkflowFile | None) -> Workflow:
    """The statuses and the words for them; the default without a file."""
    if file is None:
        return DEFAULT_WORKFLOW
    days = file.reopen_within_days
    own = {
        name_key(word): StatusId(short)
        for short, part in file.statuses.items()
        for word in (short, part.name, part.english or "", *part.words)
        if word
    }
    return Workflow(
        {StatusId(short): _status(short, part) for short, part in file.statuses.items()},
        {**STATUS_NAMES, **own},
        timedelta(days=days) if days else None,
    )


def _status(short: str, part: StatusPart) -> StatusRule:
    return StatusRule(
        StatusId(short),
        _name(part.name, part.english),
        State(part.state),
        frozenset(map(StatusId, part.to)),
        Holder(part.holder),
        admins=part.admins,
        needs_fields=part.needs_fields,
        needs_tasks=part.needs_tasks,
        informs=part.informs,
        reopens=part.reopens,
    )


def topics(file: TopicsFile) -> Topics:
    """The help topics and fields, with the words that mean them."""
    return Topics(
        {TopicId(short): _topic(short, part) for short, part in file.topics.items()},
        {FieldId(short): _field(short, part) for short, part in file.fields.items()},
        _names((TopicId(short), part) for short, part in file.topics.items()),
        _names((FieldId(short), part) for short, part in file.fields.items()),
        TopicId(file.default) if file.default else None,
    )


def _topic(short: str, part: TopicPart) -> Topic:
    return Topic(
        TopicId(short),
        _name(part.name, part.english),
        tuple(map(FieldId, part.fields)),
        DepartmentId(part.department) if part.department else None,
        Priority(part.priority),
        part.autoresponse or "",
        Side(part.side) if part.side else None,
    )


def _field(short: str, part: FieldPart) -> Field:
    return Field(
        FieldId(short),
        _name(part.name, part.english),
        FieldType(part.type),
        choices=part.choices,
        pattern=part.pattern,
        example=part.example or "",
        unique=part.unique,
        required_to_close=part.required_to_close,
        matched=part.matched,
        departments=frozenset(map(DepartmentId, part.departments)),
    )


def _name(name: str, english: str | None) -> Text:
    return named(english or name, name)


def _names(parts: Iterable[tuple[IdT, TopicPart | FieldPart]]) -> Mapping[str, IdT]:
    found: dict[str, IdT] = {}
    for short, part in parts:
        words: tuple[str, ...] = (short, part.name, part.english or part.name, *part.aliases)
        found |= {name_key(word): short for word in words}
    return found
