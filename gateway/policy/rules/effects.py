"""What a ruling does to a ticket, new or known: notes, marks, people who are told.

Agents whom a rule names, and who are gone or away by then, are named in the thread instead: an edit
of the rules never costs a mail.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from gateway.model.address import Mailbox
from gateway.model.changes import AddEntry, Change, Refer
from gateway.model.field_changes import SetField, SetPriority, SetTags
from gateway.model.outgoing import NotificationEvent, Outgoing
from gateway.model.people import Agent, AgentState, DepartmentId
from gateway.model.text import Text, say
from gateway.model.ticket import EntryKind, StatusId, TicketId
from gateway.policy.access import may_see, members_of
from gateway.policy.acts import NOTHING, Acts
from gateway.policy.canned import values_of
from gateway.policy.facts import Facts, TicketFacts
from gateway.policy.fields import fields_of, missing_fields
from gateway.policy.notify import is_reached, notify
from gateway.policy.rules.ruling import Ruling
from gateway.policy.rules.run import filled
from gateway.policy.said import LONGEST_TEXT, Said, event
from gateway.policy.values import key_of
from gateway.policy.workflow import is_possible


def agent_named(facts: Facts, handle: str) -> Agent | None:
    """The agent whom a rule names, when they can work."""
    found = facts.rule_agents.get(handle)
    return found if found is not None and found.state is AgentState.ACTIVE else None


def marked(about: TicketFacts, ruling: Ruling) -> tuple[TicketFacts, tuple[Change, ...]]:
    """Priority and tags."""
    ticket, changes = about.ticket, []
    if ruling.priority is not None and ruling.priority is not ticket.priority:
        changes.append(SetPriority(ticket.id, ruling.priority))
        ticket = replace(ticket, priority=ruling.priority)
    new = tuple(tag for tag in ruling.tags if tag not in ticket.tags)
    tags: list[Change] = []
    if new:
        ticket = replace(ticket, tags=(*ticket.tags, *new))
        tags.append(SetTags(ticket.id, ticket.tags))
    return replace(about, ticket=ticket), (*changes, *tags)


def with_fields(
    about: TicketFacts, ruling: Ruling, facts: Facts
) -> tuple[TicketFacts, tuple[Change, ...]]:
    """Fields that the ticket's topic has, filled in."""
    known = {field.id for field in fields_of(about, facts.organisation)}
    values = {name: each for name, each in ruling.fields.items() if name in known}
    changes = tuple(
        SetField(about.ticket.id, name, each, tuple(map(key_of, each)))
        for name, each in values.items()
        if about.fields.get(name) != each
    )
    return replace(about, fields={**about.fields, **values}), changes


def left_undone(about: TicketFacts, ruling: Ruling, facts: Facts) -> Iterator[Text]:
    """What rules wanted and could not have, for the thread."""
    for handle in ruling.handles:
        if agent_named(facts, handle) is None:
            yield say("A rule names the agent %(handle)s, who is not active.", handle=handle)
    known = {field.id for field in fields_of(about, facts.organisation)}
    for rule, name, text in ruling.left_out:
        yield say(
            "The rule “%(rule)s” could not fill in “%(field)s” with “%(value)s”.",
            rule=rule,
            field=name,
            value=text[:100],
        )
    for name in sorted(ruling.fields.keys() - known):
        yield say("The help topic of the ticket has no field “%(field)s”.", field=name)


def may_become(about: TicketFacts, status: StatusId, facts: Facts) -> Text | None:
    """None when the ticket may get the status; else why it does not."""
    workflow = facts.organisation.workflow
    rule = workflow.rule(status)
    if status not in workflow.statuses or not is_possible(workflow, about.ticket.status, status):
        return say(
            "A rule wants the status “%(wanted)s”, which is not possible from “%(now)s”.",
            wanted=rule.name,
            now=workflow.rule(about.ticket.status).name,
        )
    if rule.needs_fields and missing_fields(about, facts.organisation):
        return say(
            "A rule wants the status “%(wanted)s”, but fields are missing for it.",
            wanted=rule.name,
        )
    if rule.needs_tasks and any(not task.done for task in about.tasks):
        return say(
            "A rule wants the status “%(wanted)s”, but a task is not done.", wanted=rule.name
        )
    return None


def notes(about: TicketFacts, ruling: Ruling, facts: Facts) -> Iterator[AddEntry]:
    """The notes, in the name of their rules."""
    known = values_of(about, None, facts.organisation)
    for each in ruling.notes:
        text = filled(each.text, known | dict(each.caught))[:LONGEST_TEXT]
        if text.strip():
            author = Mailbox("", each.rule)
            yield AddEntry(about.ticket.id, EntryKind.NOTE, author, text)


def told_why(ticket: TicketId, ruling: Ruling, undone: Iterable[Text] = ()) -> Iterator[AddEntry]:
    """The rules that held, in the thread, so that nobody wonders who did that."""
    if ruling.hits:
        yield event(ticket, say("by rule: %(names)s", names=", ".join(ruling.names)))
    yield from (event(ticket, each) for each in undone)


def referred(about: TicketFacts, ruling: Ruling, facts: Facts) -> tuple[TicketFacts, Acts]:
    """Access for those whom rules name, also for those who are only to be told of it."""
    agents = [agent_named(facts, handle) for handle in (*ruling.referred_agents, *ruling.agents)]
    departments = [*ruling.referred_departments, *ruling.departments]
    new = {each for each in departments if _is_new(each, about, facts)}
    people = {
        agent.id
        for agent in agents
        if agent is not None and not may_see(agent, about, facts.organisation)
    }
    changes = [Refer(about.ticket.id, department=each) for each in sorted(new)]
    changes += [Refer(about.ticket.id, agent=each) for each in sorted(people)]
    about = replace(
        about,
        referred_departments=about.referred_departments | new,
        referred_agents=about.referred_agents | people,
    )
    return about, Acts(tuple(changes))


def _is_new(department: DepartmentId, about: TicketFacts, facts: Facts) -> bool:
    known = {about.ticket.department, *about.referred_departments}
    return department in facts.organisation.departments and department not in known


def told_as_well(
    about: TicketFacts, ruling: Ruling, facts: Facts, said: Said, sent: Iterable[Outgoing]
) -> Acts:
    """Those whom rules want to be told, when nobody has told them in the same decision."""
    known = {mail.route.to.key for mail in sent if hasattr(mail, "route")}
    people = [agent_named(facts, handle) for handle in (*ruling.agents, *ruling.referred_agents)]
    wanted = {agent for agent in people if agent is not None}
    for department in (*ruling.departments, *ruling.referred_departments):
        wanted |= set(members_of(department, facts.members, facts.organisation))
    left = [
        agent
        for agent in sorted(wanted, key=lambda each: each.id)
        if agent.mailbox.key not in known and is_reached(facts, about, agent)
    ]
    if not left:
        return NOTHING
    return notify(facts, about, NotificationEvent.REFERRED, said=said, to=left, part=".rule")
