"""What escalations.yaml says against itself and the other files."""

from collections.abc import Collection, Iterator, Sequence

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
        yield from _never(document, loc, rule, topics)


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
    document = files.escalations.document
    for short, rule in files.escalations.content.escalations.items():
        for loc, name in _people(("escalations", short, "steps"), rule.steps):
            if name in known:
                continue
            meant = closest(name, known)
            right = (
                say('did you mean "%(known)s"?', known=meant)
                if meant
                else say("look whether it is in: gateway agent list")
            )
            what = say('no file names the agent or department "%(name)s"', name=name)
            yield RuleWarning(str(document.place(loc)), what, right)


def _people(loc: Loc, steps: Sequence[StepPart]) -> Iterator[tuple[Loc, str]]:
    for number, step in enumerate(steps):
        for place, name in enumerate(step.notify):
            yield (*loc, number, "notify", place), name
        if step.assign is not None:
            yield (*loc, number, "assign"), step.assign


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


def _never(
    document: Document, loc: Loc, rule: EscalationPart, topics: TopicsFile
) -> Iterator[RuleError]:
    """What no ticket can be, and what is so already."""
    when = rule.when
    for number, name in enumerate(when.empty):
        if name in when.filled or name in when.fields:
            yield error(
                document.place((*loc, "when", "empty", number)),
                say('"%(name)s" cannot be empty and filled in at once', name=name),
                say("keep one of them"),
            )
    with_fields = {
        field for short in when.topics if short in topics.topics
        for field in topics.topics[short].fields
    }  # fmt: skip
    if when.topics and with_fields:
        for name in (*when.fields, *when.filled):
            if name in topics.fields and name not in with_fields:
                yield error(
                    document.key_place((*loc, "when", "fields", name))
                    if name in when.fields
                    else document.place((*loc, "when", "filled", when.filled.index(name))),
                    say('no help topic that stands here has the field "%(name)s"', name=name),
                    say("take another field, or name the help topic that has it"),
                )
    for number, step in enumerate(rule.steps):
        if step.move is not None and when.departments == (step.move,):
            yield error(
                document.place((*loc, "steps", number, "move")),
                say('the ticket is in "%(name)s" already', name=step.move),
                say("take another department, or leave the line out"),
            )
        if step.status is not None and when.statuses == (step.status,):
            yield error(
                document.place((*loc, "steps", number, "status")),
                say('the ticket has the status "%(name)s" already', name=step.status),
                say("take another status, or leave the line out"),
            )


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
