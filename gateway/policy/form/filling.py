"""The fields of the help topic that a form fills in."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from gateway.mail.charset import one_line
from gateway.model.text import Text, named, say
from gateway.model.ticket import FieldId, TopicId
from gateway.model.topic import Field, FieldType, Topics
from gateway.policy.fields import name_key
from gateway.policy.form.body import FormLine
from gateway.policy.values import YES, Values, read_value


@dataclass(slots=True)
class Filled:
    """The topic, its fields with their values, and the lines that these are of.

    A line that says something impossible is none of them: it stays to be seen, and `problems` says
    what would be possible.
    """

    topic: TopicId | None
    values: dict[FieldId, Values] = field(default_factory=dict)
    lines: set[FormLine] = field(default_factory=set)
    problems: list[Text] = field(default_factory=list)


def filled_in(lines: Iterable[FormLine], topics: Topics, today: date) -> Filled:
    """What the lines fill in of the topic that they name, or else of the default one."""
    lines = tuple(lines)
    named_topic = next((one_line(line.first) for line in lines if line.meaning == "topic"), "")
    filled = Filled(topics.topic_names.get(name_key(named_topic)) or topics.default)
    for line in lines:
        found = _found(line, topics, filled.topic, today)
        if isinstance(found, Text):
            filled.problems.append(found)
        elif found:
            filled.lines.add(line)
            filled.values |= found
    return filled


Found = dict[FieldId, Values] | Text | None


def _found(line: FormLine, topics: Topics, topic: TopicId | None, today: date) -> Found:
    if line.meaning == "devices":
        return _devices(line, topics, topic)
    field = topics.fields.get(FieldId(line.meaning))
    if field is None or field not in topics.of(topic) or not line.first:
        return None
    return _one_value(line, field, today)


def _one_value(line: FormLine, field: Field, today: date) -> Found:
    text = line.whole if field.type is FieldType.LONG_TEXT else one_line(line.whole)
    found = read_value(field, text, today)
    if isinstance(found, Text):
        return found
    return {field.id: found} if found else {}


def _devices(line: FormLine, topics: Topics, topic: TopicId | None) -> Found:
    """The flags named in a list of devices; None where the topic has no flags at all."""
    known = {field.id: field for field in topics.of(topic) if field.type is FieldType.FLAG}
    if not known:
        return None
    found: dict[FieldId, Values] = {}
    for name in filter(None, map(str.strip, re.split(r"[,;/\n]+", line.whole))):
        field = known.get(topics.field_names.get(name_key(name), FieldId("")))
        if field is None:
            return say(
                "“%(value)s” is not possible for %(field)s. Permitted: %(permitted)s.",
                value=name[:200],
                field=named(line.key, line.key),
                permitted=_listed(known.values()),
            )
        found[field.id] = (YES,)
    return found


def _listed(fields: Iterable[Field]) -> Text:
    values = tuple((f"n{place}", field.name) for place, field in enumerate(fields))
    return Text(", ".join(f"%({key})s" for key, _ in values), values)
