"""The single things that an escalation does to a ticket, and whom it tells."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from gateway.model.address import Mailbox
from gateway.model.changes import AddEntry, Change, CountAutomatic, MoveTicket
from gateway.model.outgoing import NotificationEvent, StatusNotice
from gateway.model.people import Agent, AgentState, DepartmentId
from gateway.model.text import Text, say
from gateway.model.ticket import EntryKind, Status, StatusId
from gateway.model.workflow import Holder
from gateway.policy import routes
from gateway.policy.access import ADMINS, is_member, may_see, members_of
from gateway.policy.acts import NOTHING, Acts
from gateway.policy.facts import Facts, TicketFacts
from gateway.policy.fields import missing_fields
from gateway.policy.notify import Way, audience, hears, notify
from gateway.policy.said import NOBODY, Said
from gateway.policy.workflow import enumerated, is_possible, with_status


@dataclass(frozen=True, slots=True)
class Turn:
    """A ticket while an escalation has its turn: as it stands, and what was done to it."""

    facts: Facts
    about: TicketFacts
    acts: Acts = NOTHING
    done: tuple[Text, ...] = ()
    """Sentences for the history and the mails."""

    def adding(self, *changes: Change, done: Text | None = None) -> "Turn":
        """The same with more changes."""
        return replace(
            self,
            acts=self.acts + Acts(changes),
            done=(*self.done, done) if done is not None else self.done,
        )


@dataclass(frozen=True, slots=True)
class Readers:
    """Who is told. `matrix`: the responsible agent, else the department, else the admins."""

    matrix: bool = False
    agents: tuple[Agent, ...] = ()
    departments: tuple[DepartmentId, ...] = ()
    admins: bool = False

    def and_those(self, others: "Readers") -> "Readers":
        """Both."""
        return Readers(
            self.matrix or others.matrix,
            (*self.agents, *others.agents),
            (*self.departments, *others.departments),
            self.admins or others.admins,
        )


def in_a_row(sentences: Sequence[Text]) -> Text:
    """One sentence behind the other."""
    values = tuple((f"n{place}", each) for place, each in enumerate(sentences))
    return Text(" ".join(f"%({key})s" for key, _ in values), values)


def assign(turn: Turn, agent: Agent | None, handle: str) -> Turn:
    """The agent is responsible; what stands in the way is said instead."""
    facts, about = turn.facts, turn.about
    if agent is None or agent.state is not AgentState.ACTIVE:
        return turn.adding(done=say("It could not be given to %(name)s: no such active account.",
                                    name=handle))  # fmt: skip
    if not may_see(agent, about, facts.organisation):
        return turn.adding(done=say("It could not be given to %(name)s, who does not see it.",
                                    name=agent.name))  # fmt: skip
    if about.ticket.responsible == agent.id:
        return turn
    status = Status.IN_PROGRESS if about.ticket.status == Status.OPEN else about.ticket.status
    after, changes = with_status(about, status, agent, facts)
    done = say("%(name)s is responsible now.", name=agent.name)
    return replace(turn, about=after).adding(*changes, done=done)


def set_status(turn: Turn, wanted: StatusId) -> Turn:
    """The status, as the workflow lets anybody set it; the requester is told where it says so."""
    facts, about = turn.facts, turn.about
    workflow, now = facts.organisation.workflow, about.ticket.status
    rule = workflow.rule(wanted)
    if wanted == now:
        return turn
    why = _in_the_way(turn, wanted)
    if why is not None:
        done = say("It could not become “%(status)s”: %(why)s", status=rule.name, why=why)
        return turn.adding(done=done)
    holder = None if rule.holder is Holder.NOBODY else about.responsible
    after, changes = with_status(about, wanted, holder, facts)
    done = say("Its status was “%(before)s” and is “%(after)s” now.",
               before=workflow.rule(now).name, after=rule.name)  # fmt: skip
    turn = replace(turn, about=after).adding(*changes, done=done)
    return _inform(turn) if rule.informs else turn


def move(turn: Turn, target: DepartmentId) -> Turn:
    """Another department owns it; who is responsible stays so only as a member there."""
    facts, about = turn.facts, turn.about
    organisation, before = facts.organisation, about.ticket.department
    if target == before or target not in organisation.departments:
        return turn
    after = replace(about, ticket=replace(about.ticket, department=target))
    changes: tuple[Change, ...] = (MoveTicket(about.ticket.id, target),)
    holder = about.responsible
    if holder is not None and not is_member(holder, target, organisation):
        status = after.ticket.status
        status = Status.OPEN if status == Status.IN_PROGRESS else status
        after, released = with_status(after, status, None, facts)
        changes += released
    done = say("It was moved from %(before)s to %(after)s.",
               before=organisation.department(before).name,
               after=organisation.department(target).name)  # fmt: skip
    return replace(turn, about=after).adding(*changes, done=done)


def note(turn: Turn, text: str) -> Turn:
    """A note in the thread."""
    author = Mailbox("", turn.facts.organisation.name)
    return turn.adding(AddEntry(turn.about.ticket.id, EntryKind.NOTE, author, text))


def tell(turn: Turn, remark: Text, readers: Readers, part: str) -> Turn:
    """One mail for each reader, also for who is named twice."""
    facts, about = turn.facts, turn.about
    event = NotificationEvent.ESCALATION
    to = dict.fromkeys(audience(facts, about, event)) if readers.matrix else {}
    named = _named(facts, about, readers)
    to |= dict.fromkeys(named)
    wanted = readers.agents or readers.departments or readers.admins
    if wanted and not named:  # nobody of them can be reached: those whose work it is
        to |= dict.fromkeys(audience(facts, about, event))
    if not to:
        return turn
    acts = notify(facts, about, event, said=_last_message(about), remark=remark, to=to, part=part)
    return replace(turn, acts=turn.acts + acts)


def _named(facts: Facts, about: TicketFacts, readers: Readers) -> list[Agent]:
    """Those whom the rule names and who can be reached, by what they chose to hear."""
    own = about.ticket.department
    found = [each for each in readers.agents if hears(each, own, Way.BY_NAME)]
    for department in readers.departments:
        members = members_of(department, facts.members, facts.organisation)
        found += [each for each in members if hears(each, department, Way.DEPARTMENT)]
    if readers.admins:
        found += facts.members.get(ADMINS, ())
    return [
        each
        for each in found
        if not each.is_away(facts.now) and each.mailbox.key != about.ticket.requester.key
    ]


def _in_the_way(turn: Turn, wanted: StatusId) -> Text | None:
    facts, about = turn.facts, turn.about
    workflow, now = facts.organisation.workflow, about.ticket.status
    rule = workflow.rule(wanted)
    if not is_possible(workflow, now, wanted):
        return say("from “%(now)s” there is no way to it.", now=workflow.rule(now).name)
    if rule.needs_tasks and any(not task.done for task in about.tasks):
        return say("tasks are still open.")
    fields = missing_fields(about, facts.organisation) if rule.needs_fields else ()
    if fields:
        return say(
            "these fields are empty: %(fields)s.", fields=enumerated(each.name for each in fields)
        )
    return None


def _inform(turn: Turn) -> Turn:
    """The requester hears of it, unless enough automatic mail went there today."""
    facts, about = turn.facts, turn.about
    requester = about.ticket.requester
    is_ours = facts.organisation.kind_of(requester.address) is not None
    too_many = facts.automatic_sent >= facts.organisation.automatic_per_day
    if "@" not in requester.address or is_ours or too_many:
        return turn
    route, changes = routes.automatic_to_requester(facts, about, "status")
    count = CountAutomatic(requester.key, "status")
    mail = Acts((count,), (StatusNotice(route, about.ticket),))
    return replace(turn, acts=turn.acts + changes + mail)


def _last_message(about: TicketFacts) -> Said:
    """What the requester wrote last, so that the ticket need not be looked up."""
    messages = [entry for entry in about.entries if entry.kind is EntryKind.MESSAGE]
    return Said(messages[-1].author, messages[-1].text, messages[-1].flags) if messages else _SAID


_SAID = Said(NOBODY, "")
