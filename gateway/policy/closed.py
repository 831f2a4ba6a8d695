"""A mail that could not be opened when it came, and can be now: its text comes into the ticket."""

from dataclasses import replace

from gateway.mail.protected import hides_subject
from gateway.model.closed import ClosedEntry, OpenEntry
from gateway.model.decision import Decision, Outcome
from gateway.model.field_changes import SetSubject
from gateway.model.outgoing import NotificationEvent
from gateway.model.text import say
from gateway.policy.acts import Acts
from gateway.policy.facts import Facts
from gateway.policy.notify import notify
from gateway.policy.said import entry, event, said_by_message


def opened_after_all(facts: Facts, closed: ClosedEntry) -> Decision:
    """The text as an entry of the same kind, and its agents are told. The author hears nothing."""
    about = facts.tickets[closed.ticket]
    said = said_by_message(facts, new_text_only=False)
    what = say("an encrypted mail could be opened, as the right key is there now")
    acts = Acts(
        (
            OpenEntry(closed.ticket, closed.entry),
            event(closed.ticket, what),
            entry(closed.ticket, closed.kind, said),
        )
    )
    if "subject" in facts.message.openpgp.protected and hides_subject(about.ticket.subject):
        subject = facts.message.subject[:500]
        acts += Acts((SetSubject(closed.ticket, subject),))
        about = replace(about, ticket=replace(about.ticket, subject=subject))
    remark = say("This mail could not be opened when it came; now the right key is there.")
    acts += notify(facts, about, NotificationEvent.MESSAGE, said=said, remark=remark)
    reason = f"opened after all, in #{about.ticket.number}"
    return Decision(Outcome.ENTRY, reason, acts.changes, acts.outgoing, closed.ticket)
