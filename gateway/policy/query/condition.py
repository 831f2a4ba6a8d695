"""One term of a query with ids and moments in the place of names and ages."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from gateway.model.address import fold
from gateway.model.organisation import Organisation
from gateway.model.people import Agent
from gateway.model.query import (
    Bare,
    Condition,
    CreatedBefore,
    CreatedSince,
    Criterion,
    DepartmentIs,
    FreeText,
    HasAttachment,
    HeldBy,
    Key,
    Late,
    Named,
    PriorityIs,
    RequesterIs,
    StatusIs,
    TagIs,
    Term,
    TextHas,
    TopicIs,
)
from gateway.model.text import Text, say
from gateway.model.ticket import Priority, State, Status
from gateway.policy.commands.folding import folded, near_name
from gateway.policy.query import words
from gateway.policy.query.fieldvalues import field_test
from gateway.policy.query.folding import ways
from gateway.policy.query.times import day, hours

LATE_AFTER = timedelta(days=3)
"""How long a requester may wait for an answer before the ticket is late."""

OPEN, CLOSED = frozenset({State.OPEN}), frozenset({State.CLOSED})
STATES: Mapping[str, frozenset[State]] = {
    "open": OPEN,
    "closed": CLOSED,
    "all": OPEN | CLOSED,
}


@dataclass(frozen=True, slots=True)
class Around:
    """Whose names the words are. `agent` None: the operator, who is nobody's colleague.

    `agents` are those that the query names, by the folded word used. `lists`: a query without a
    word about statuses is about open tickets, else about closed ones too. `saved` are the names
    of the agent's queries.
    """

    organisation: Organisation
    agent: Agent | None
    now: datetime
    lists: bool
    agents: Mapping[str, Agent]
    saved: frozenset[str] = frozenset()


def handle(value: str) -> str:
    """The folded handle or address of an agent."""
    return fold(value.removeprefix("@"))


def is_pronoun(value: str) -> bool:
    """True for `me` and `nobody`."""
    return folded(value) in words.ME or folded(value) in words.NOBODY


def condition_of(term: Term, around: Around) -> Criterion | Text:
    """The condition of a term; the sentence of its problem when a name is unknown."""
    asked = term.asked
    match asked:
        case FreeText():
            found: Criterion | Condition | Text = _text(asked)
        case Bare():
            found = _bare(asked.word, around)
        case Named():
            found = _named(asked, around)
    if isinstance(found, Text):
        return found
    test = found if isinstance(found, Criterion) else Criterion(found)
    return Criterion(test.condition, test.negated != term.negated)


def _text(asked: FreeText) -> Condition | Text:
    found = ways(asked.text)
    if not found:
        return say("“%(text)s” has no letters to be searched for.", text=asked.text[:30])
    return TextHas(found, asked.exact)


def _list(name: str, around: Around) -> Condition | Text:
    match name:
        case "mine":
            return _held("me", around)
        case "free":
            return HeldBy(None)
        case "waiting":
            return StatusIs(frozenset({Status.ON_WAITING}))
        case "late":
            return Late(around.now, around.now - LATE_AFTER)
        case _:
            statuses = around.organisation.workflow.statuses.values()
            return StatusIs(frozenset(s.id for s in statuses if s.state in STATES[name]))


def _bare(word: str, around: Around) -> Criterion | Condition | Text:
    """A word of a list, by the first sort of names that knows it."""
    name, organisation = folded(word), around.organisation
    if name in words.LISTS:
        return _list(words.LISTS[name], around)
    if name in organisation.department_names:
        return DepartmentIs(frozenset({organisation.department_names[name]}))
    if name in organisation.topics.topic_names:
        return TopicIs(organisation.topics.topic_names[name])
    if name in organisation.topics.field_names:
        return field_test(name, "", around.organisation, around.agent)
    if name in organisation.workflow.names:
        return _status(name, around)
    return _unknown(word, around)


def _unknown(word: str, around: Around) -> Text:
    organisation = around.organisation
    known = (
        *around.saved,
        *words.LISTS,
        *organisation.department_names,
        *organisation.topics.topic_names,
        *organisation.topics.field_names,
    )
    near = near_name(word, known)
    if near:
        return say(
            "No list, department, topic or field is called “%(word)s”. Did you mean “%(near)s”? "
            "Words of a text are found with !search.",
            word=word[:30],
            near=near,
        )
    return say(
        "No list, department, topic or field is called “%(word)s”. "
        "Words of a text are found with !search.",
        word=word[:30],
    )


def _named(asked: Named, around: Around) -> Criterion | Condition | Text:  # noqa: C901 (one case each)
    organisation, value = around.organisation, asked.value
    match asked.key:
        case Key.STATUS:
            return _status(folded(value), around)
        case Key.DEPARTMENT:
            return _department(value, organisation)
        case Key.TOPIC:
            return _topic(value, organisation)
        case Key.TAG:
            return TagIs(fold(value))
        case Key.PRIORITY:
            return _priority(value, organisation)
        case Key.FROM:
            return _from(value)
        case Key.AGENT:
            return _held(value, around)
        case Key.HAS:
            return HasAttachment()
        case Key.IS:
            return _list(value, around)
        case Key.OLDER | Key.NEWER | Key.SINCE | Key.UNTIL:
            return _time(asked.key, value, around.now)
        case _:
            return _field(asked.key, value, around)


def _time(key: str, value: str, now: datetime) -> Condition:
    age = timedelta(hours=hours(value) or 0)
    match key:
        case Key.OLDER:
            return CreatedBefore(now - age)
        case Key.NEWER:
            return CreatedSince(now - age)
        case Key.SINCE:
            return CreatedSince(day(value, now) or now)
        case _:
            return CreatedBefore((day(value, now) or now) + timedelta(days=1))


def _field(key: str, value: str, around: Around) -> Criterion | Condition | Text:
    names = around.organisation.topics.field_names
    found = field_test(key, value, around.organisation, around.agent)
    if not isinstance(found, Text) or key in names:
        return found
    near = near_name(key, (*words.KEYS, *names))
    known = ", ".join([*(each.value for each in Key), *sorted(dict.fromkeys(names.values()))])
    if near:
        return say(
            "Nothing is called “%(key)s:”. Did you mean “%(near)s:”? Known are: %(known)s.",
            key=key[:30],
            near=near,
            known=known,
        )
    return say("Nothing is called “%(key)s:”. Known are: %(known)s.", key=key[:30], known=known)


def _status(name: str, around: Around) -> Condition | Text:
    workflow = around.organisation.workflow
    found = workflow.names.get(name)
    if found is None or workflow.state(found) is State.DELETED:
        if name in ("all", "alle"):
            return _list("all", around)
        rules = [rule for rule in workflow.statuses.values() if rule.state is not State.DELETED]
        return say(
            "No status is called “%(name)s”. Known are: %(known)s.",
            name=name[:30],
            known=", ".join(rule.id for rule in rules),
        )
    return StatusIs(frozenset({found}))


def _department(name: str, organisation: Organisation) -> Condition | Text:
    found = organisation.department_names.get(folded(name))
    if found is not None:
        return DepartmentIs(frozenset({found}))
    near = near_name(name, organisation.department_names)
    if near:
        return say(
            "there is no department “%(name)s”. Did you mean “%(near)s”?",
            name=name[:30],
            near=near,
        )
    return say("there is no department “%(name)s”.", name=name[:30])


def _topic(name: str, organisation: Organisation) -> Condition | Text:
    topics = organisation.topics
    found = topics.topic_names.get(folded(name))
    if found is not None:
        return TopicIs(found)
    return say(
        "No help topic is called “%(name)s”. Known are: %(known)s.",
        name=name[:30],
        known=", ".join(topics.topics),
    )


def _priority(name: str, organisation: Organisation) -> Condition | Text:
    found = words.PRIORITIES.get(folded(name))
    if found is None:
        return say(
            "No priority is called “%(name)s”. Known are: %(known)s.",
            name=name[:30],
            known=", ".join(Priority),
        )
    return has_priority(found, organisation)


def has_priority(priority: Priority, organisation: Organisation) -> PriorityIs:
    """The condition that a ticket has the priority, its topic's or its own."""
    topics = organisation.topics.topics
    same = frozenset(each.id for each in topics.values() if each.priority is priority)
    return PriorityIs(priority, same, frozenset(topics), others=priority is Priority.NORMAL)


def _from(value: str) -> Condition:
    user, _, domain = value.rpartition("@")
    whole = bool(user) and "." in domain.strip(".")
    return RequesterIs(fold(value), whole)


def _held(value: str, around: Around) -> Condition | Text:
    plain = folded(value)
    if plain in words.NOBODY:
        return HeldBy(None)
    if plain in words.ME:
        if around.agent is None:
            return say("Nobody is “me” here. Name the agent: @ben.")
        return HeldBy(around.agent.id)
    found = around.agents.get(handle(value))
    if found is None:
        return say("there is no agent “%(name)s”.", name=value[:40])
    return HeldBy(found.id)
