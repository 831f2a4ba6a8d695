"""Reasons to hold an agent's mail until they say yes, although all of it is understood."""

from collections.abc import Mapping

from gateway.model.command import CommandMail
from gateway.model.held import Guard
from gateway.model.text import Text, say
from gateway.model.ticket import EntryKind, Status
from gateway.policy.commands.verbs.status import SetStatus
from gateway.policy.facts import Facts, TicketFacts
from gateway.policy.leaks import quoted_elsewhere, quoted_note
from gateway.policy.proof import missing
from gateway.policy.readable import readable

MANY = 5
"""So many tickets may be deleted by one mail without asking."""

REPLY_ONLY = frozenset({Guard.COLLISION})
"""Guards that hold the reply alone; everything else of the mail is done."""


def guards(facts: Facts, mail: CommandMail, thread: TicketFacts | None) -> Mapping[Guard, Text]:
    """The reasons, each with the sentence for the agent."""
    found = {
        Guard.OUTSIDE: _outside(facts),
        Guard.COLLISION: _collision(facts, mail, thread),
        Guard.QUOTED_NOTE: quoted_note(mail.reply, thread.entries) if thread else None,
        Guard.OTHER_TICKET: _other_ticket(facts, mail),
        Guard.READABLE: readable(facts, mail, thread),
        Guard.MANY: None if facts.proposed else _many(mail),
        Guard.PROOF: missing(facts, mail, thread),
    }
    return {guard: why for guard, why in found.items() if why is not None}


def _other_ticket(facts: Facts, mail: CommandMail) -> Text | None:
    if not facts.quoted_elsewhere or not mail.reply:
        return None
    return quoted_elsewhere(facts.quoted_elsewhere)


def _outside(facts: Facts) -> Text | None:
    if not facts.outside:
        return None
    return say(
        "your mail also went to %(addresses)s: they have seen all of it, also the commands.",
        addresses=", ".join(facts.outside[:5]),
    )


def _collision(facts: Facts, mail: CommandMail, thread: TicketFacts | None) -> Text | None:
    """Another agent has answered since the mail that is being answered was written."""
    if thread is None or not mail.reply or facts.answered_mail_at is None:
        return None
    for entry in reversed(thread.entries):
        if entry.created_at <= facts.answered_mail_at:
            break
        is_other = facts.author_agent is None or entry.agent != facts.author_agent.id
        if entry.kind is EntryKind.RESPONSE and is_other:
            return say(
                "%(name)s has answered since the mail that you answer.",
                name=entry.author.name or entry.author.address,
            )
    return None


def _many(mail: CommandMail) -> Text | None:
    deleted = {
        number
        for command in mail.commands
        if isinstance(command, SetStatus) and command.status in ("delete", Status.DELETED)
        for number in command.tickets
    }
    if len(deleted) <= MANY:
        return None
    return say("%(count)s tickets would be deleted.", count=len(deleted))
