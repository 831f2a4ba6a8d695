"""What escalations.yaml says against itself and the other files."""

from collections.abc import Collection, Iterator

from gateway.model.text import Text, say
from gateway.model.ticket import FieldId
from gateway.model.workflow import DEFAULT_WORKFLOW
from gateway.policy.values import permitted
from gateway.rulebook import build_work
from gateway.rulebook.build_escalations import ADMINS, about, value_of
from gateway.rulebook.errors import RuleError, RuleWarning, error
from gateway.rulebook.files import Files
from gateway.rulebook.names import closest
from gateway.rulebook.reading import Document, Loc
from gateway.rulebook.schema import TopicsFile
from gateway.rulebook.schema_escalations import EscalationPart, StepPart

Named = Iterator[tuple[Document, Loc, str]]


def departments_in(files: Files) -> Named:
    """Every place where escalations.yaml names a department that must exist."""
    if files.escalations is None:
        return
    document = files.escalations.document
    for short, rule in files.escalations.content.escalations.items():
        for number, name in enumerate(rule.when.departments):
            yield document, ("escalations", short, "when", "departments", number), name
        for place, step in enumerate(rule.steps):
            if step.move is not None:
                yield document, ("escalations", short, "steps", place, "move"), step.move


def contradictions_of_escalations(files: Files) -> Iterator[RuleError]:
    """Statuses, topics and fields that do not exist; steps that come too late."""
    if files.escalations is None:
        return
    document = files.escalations.document
    topics = files.topics.content if files.topics else TopicsFile()
    statuses = files.workflow.content.statuses if files.workflow else DEFAULT_WORKFLOW.statuses
    for short, rule in files.escalations.content.escalations.items():
        loc: Loc = ("escalations", short)
        when = (*loc, "when")
        yield from _unknown(document, (*when, "statuses"), rule.when.statuses, statuses, _STATUS)
        yield from _unknown(document, (*when, "topics"), rule.when.topics, topics.topics, _TOPIC)
        for key in ("filled", "empty"):
            names: tuple[str, ...] = getattr(rule.when, key)
            yield from _unknown(document, (*when, key), names, topics.fields, _FIELD)
        yield from _values(document, (*when, "fields"), rule, topics)
        for place_of, step in enumerate(rule.steps):
            at = (*loc, "steps", place_of)
            if step.status is not None and step.status not in statuses:
                what = _no(step.status, statuses, _STATUS)
                yield error(document.place((*at, "status")), *what)
        yield from _order(document, loc, rule)


def _values(
    document: Document, loc: Loc, rule: EscalationPart, topics: TopicsFile
) -> Iterator[RuleError]:
    """Fields that do not exist, and values that they cannot have."""
    fields = build_work.topics(topics).fields
    for name, value in rule.when.fields.items():
        field = fields.get(FieldId(name))
        if field is None:
            yield error(document.key_place((*loc, name)), *_no(name, fields, _FIELD))
        elif value_of(field, value) is None:
            yield error(
                document.place((*loc, name)),
                say('"%(value)s" cannot stand in this field', value=value[:60]),
                say("possible: %(all)s", all=permitted(field)),
            )


def warnings_about_escalations(files: Files) -> Iterator[RuleWarning]:
    """Agents that no file names: they may have been added by command, or be a slip."""
    if files.escalations is None:
        return
    departments = files.departments.content.departments if files.departments else {}
    agents = files.agents.content.agents if files.agents else {}
    known = {*departments, *agents, ADMINS}
    for rule in files.escalations.content.escalations.values():
        for name in _people(rule.steps):
            if name in known:
                continue
            meant = closest(name, known)
            right = (
                say('did you mean "%(known)s"?', known=meant)
                if meant
                else say("look whether it is in: gateway agent list")
            )
            what = say('no file names the agent or department "%(name)s"', name=name)
            yield RuleWarning(files.escalations.document.file, what, right)


def _people(steps: Collection[StepPart]) -> Iterator[str]:
    for step in steps:
        yield from step.notify
        if step.assign is not None:
            yield step.assign


def _order(document: Document, loc: Loc, rule: EscalationPart) -> Iterator[RuleError]:
    """A step that stands below one that comes after it."""
    before = None
    for number, step in enumerate(rule.steps):
        if before is not None and about(step.after) <= about(before):
            yield error(
                document.place((*loc, "steps", number, "after")),
                say("this step does not come after the one above it"),
                say("put the steps in the order of their times, each with a time of its own"),
            )
            return
        before = step.after


_STATUS = say('there is no status "%(name)s"')
_TOPIC = say('there is no help topic "%(name)s"')
_FIELD = say('there is no field "%(name)s"')


def _unknown(
    document: Document, loc: Loc, names: Collection[str], known: Collection[str], what: Text
) -> Iterator[RuleError]:
    for number, name in enumerate(names):
        if name not in known:
            yield error(document.place((*loc, number)), *_no(name, known, what))


def _no(name: str, known: Collection[str], what: Text) -> tuple[Text, Text]:
    meant = closest(name, known)
    right = (
        say('did you mean "%(known)s"?', known=meant)
        if meant
        else say("known here: %(known)s", known=", ".join(known))
    )
    return Text(what.msgid, (("name", name),)), right
