"""What happens when the time of a reminder has come: who is told what."""

from typing import assert_never

from gateway.model.around_changes import DropReminder
from gateway.model.decision import Decision, Outcome
from gateway.model.outgoing import NotificationEvent
from gateway.model.people import Agent, AgentId
from gateway.model.reminder import Reminder, ReminderKind
from gateway.model.text import Text, say
from gateway.model.ticket import EntryKind, Status
from gateway.policy.acts import Acts
from gateway.policy.around import task_line
from gateway.policy.facts import Facts, TicketFacts
from gateway.policy.notify import is_reached, notify
from gateway.policy.said import NOBODY, Said, event


def when_due(facts: Facts, reminder: Reminder) -> Decision:
    """The reminder is gone in any case; what it was for decides who is told."""
    about = facts.tickets.get(reminder.ticket)
    gone = Acts((DropReminder(reminder.ticket, reminder.id),))
    told = _told(facts, reminder, about) if about is not None else None
    reason = f"reminder {reminder.id} ({reminder.kind})"
    if told is None:
        return Decision(Outcome.ENTRY, f"{reason}: no longer wanted", gone.changes)
    acts = gone + told
    return Decision(Outcome.ENTRY, reason, acts.changes, acts.outgoing, reminder.ticket)


def _told(facts: Facts, reminder: Reminder, about: TicketFacts) -> Acts | None:
    """The mails, or None when nobody needs to be reminded any more."""
    if not about.ticket.is_open:
        return None
    match reminder.kind:
        case ReminderKind.REMIND:
            return _remind(facts, reminder, about)
        case ReminderKind.WAIT:
            return _waited(facts, about)
        case ReminderKind.TASK:
            return _task(facts, reminder, about)
        case _:
            assert_never(reminder.kind)


def _remind(facts: Facts, reminder: Reminder, about: TicketFacts) -> Acts:
    """The agent; where they cannot be reached any more, those whose work it is now."""
    agent = _reached(facts, about, reminder.agent)
    remark = _quoted(reminder.text)
    asker = facts.agents.get(reminder.agent) if reminder.agent is not None else None
    if agent is None and asker is not None:
        text = reminder.text or "–"
        remark = say("%(name)s wanted to be reminded: %(text)s", name=asker.name, text=text)
    return _notify(facts, about, NotificationEvent.REMINDER, remark, agent, reminder)


def _quoted(text: str) -> Text | None:
    return say("Your note: %(text)s", text=text) if text else None


def _waited(facts: Facts, about: TicketFacts) -> Acts | None:
    """The department, if the ticket is still waiting; it stays where it is."""
    if about.ticket.status != Status.ON_WAITING:
        return None
    what = event(about.ticket.id, say("the time of waiting is over"))
    return Acts((what,)) + notify(facts, about, NotificationEvent.WAITED, said=_last_message(about))


def _task(facts: Facts, reminder: Reminder, about: TicketFacts) -> Acts | None:
    """The task's agent, else whoever is responsible, else the department."""
    found = [task for task in about.tasks if str(task.number) == reminder.text and not task.done]
    if not found:
        return None
    agent = _reached(facts, about, found[0].agent)
    line = task_line(facts, found[0])
    return _notify(facts, about, NotificationEvent.TASK_DUE, line, agent, reminder)


def _reached(facts: Facts, about: TicketFacts, agent: AgentId | None) -> Agent | None:
    found = facts.agents.get(agent) if agent is not None else None
    return found if found is not None and is_reached(facts, about, found) else None


def _notify(
    facts: Facts,
    about: TicketFacts,
    kind: NotificationEvent,
    remark: Text | None,
    agent: Agent | None,
    reminder: Reminder,
) -> Acts:
    return notify(
        facts,
        about,
        kind,
        said=_last_message(about),
        remark=remark,
        to=(agent,) if agent is not None else None,
        part=str(reminder.id),
    )


def _last_message(about: TicketFacts) -> Said:
    """What the requester wrote last, so that the ticket need not be looked up."""
    messages = [entry for entry in about.entries if entry.kind is EntryKind.MESSAGE]
    last = messages[-1] if messages else None
    return Said(last.author, last.text, last.flags) if last else Said(NOBODY, "")
