"""Values as JSON objects (a contract, see the README) and as lines for people."""

import dataclasses
from collections.abc import Mapping
from datetime import datetime
from enum import Enum
from typing import Any

from gateway.cli.opening_views import answer_object, answer_text, opened, ticket_text
from gateway.cli.rule_views import print_steps, step_object
from gateway.cli.shared import say
from gateway.cli.speaking import Voice, sentence
from gateway.mail.inspect import as_object
from gateway.model.address import Mailbox
from gateway.model.composed import Composed
from gateway.model.people import AgentId
from gateway.model.text import Text, loads
from gateway.model.ticket import Entry, EntryKind, Ticket
from gateway.pipeline import Explanation
from gateway.policy.facts import Facts, TicketFacts, Trust
from gateway.policy.proof import needed, proven


def ticket_object(ticket: Ticket, handles: Mapping[AgentId, str]) -> dict[str, object]:
    """A ticket, without its thread. `handles` are the short names of the agents by their ids."""
    return {
        "number": ticket.number,
        "subject": ticket.subject,
        "status": str(ticket.status),
        "department": ticket.department,
        "topic": ticket.topic,
        "priority": str(ticket.priority) if ticket.priority else None,
        "tags": list(ticket.tags),
        "requester": {"name": ticket.requester.name, "address": ticket.requester.address},
        "language": str(ticket.language),
        "responsible": handles.get(ticket.responsible) if ticket.responsible else None,
        "rejected": ticket.rejected,
        "created_at": ticket.created_at.isoformat(),
        "updated_at": ticket.updated_at.isoformat(),
    }


def thread_object(about: TicketFacts, handles: Mapping[AgentId, str]) -> dict[str, object]:
    """A ticket with its thread. `handles` are the short names of the agents by their ids."""
    return {
        **ticket_object(about.ticket, handles),
        "participants": [
            {"address": party.address, "role": str(party.role)} for party in about.parties.values()
        ],
        "referrals": [
            *sorted(about.referred_departments),
            *sorted(f"@{handles[agent]}" for agent in about.referred_agents),
        ],
        "thread": [_entry_object(entry) for entry in about.entries],
    }


def _entry_object(entry: Entry) -> dict[str, object]:
    return {
        "kind": str(entry.kind),
        "author": {"name": entry.author.name, "address": entry.author.address},
        "created_at": entry.created_at.isoformat(),
        "text": str(loads(entry.event)) if entry.kind is EntryKind.EVENT else entry.text,
        "flags": sorted(entry.flags),
        "attachments": list(entry.attachments),
    }


def ticket_row(ticket: Ticket) -> tuple[str, ...]:
    """A ticket as one line of a table."""
    return (
        f"#{ticket.number}",
        str(ticket.status),
        ticket.department,
        f"{ticket.updated_at:%Y-%m-%d %H:%M}",
        _shown(ticket.requester),
        ticket.subject[:60],
    )


def thread(about: TicketFacts) -> None:
    """Print a ticket with its thread."""
    ticket = about.ticket
    responsible = about.responsible.name if about.responsible else "nobody"
    say(f"#{ticket.number}  {ticket.subject}")
    say(f"{ticket.status}, {ticket.department}, responsible: {responsible}")
    say(f"requester: {_shown(ticket.requester)}")
    if ticket.priority or ticket.tags:
        say(f"priority: {ticket.priority or 'by topic'}, tags: {', '.join(ticket.tags) or 'none'}")
    for entry in about.entries:
        flags = f" ({', '.join(sorted(entry.flags))})" if entry.flags else ""
        when = f"{entry.created_at:%Y-%m-%d %H:%M}"
        say(f"\n{when}  {entry.kind}  {_shown(entry.author)}{flags}")
        said = str(loads(entry.event)) if entry.kind is EntryKind.EVENT else entry.text
        for line in said.splitlines():
            say(f"    {line}")
        for name in entry.attachments:
            say(f"    [{name}]")


def inspected(seen: Mapping[str, Any]) -> None:
    """Print what `mail.inspect` saw."""
    for key in ("message_id", "subject", "date", "in_reply_to", "references", "defects"):
        say(f"{key}: {seen[key]}")
    author = seen["from"] or {"name": "", "address": "(none)"}
    say(f"from: {author['name']} <{author['address']}>")
    for key in ("to", "cc"):
        say(f"{key}: " + ", ".join(box["address"] for box in seen[key]))
    say(f"automatic: {seen['auto']['reason'] or 'no'}")
    for attachment in seen["attachments"]:
        say(f"attachment: {attachment['filename']} ({attachment['size']} bytes)")
    say("\n--- new text ---\n" + seen["reply"])
    if seen["reply"] != seen["text"]:
        say("\n--- whole text ---\n" + seen["text"])


def explanation_object(explanation: Explanation) -> dict[str, object]:
    """What would happen to a message."""
    facts, decision = explanation.facts, explanation.decision
    return {
        "outcome": str(decision.outcome),
        "reason": decision.reason,
        "ticket": _number(facts, decision.ticket),
        "trust": _trust_object(facts.trust),
        "agent": facts.author_agent.handle if facts.author_agent else None,
        "level": _level_object(facts),
        "recipients": [
            {"address": r.address.address, "kind": str(r.address.kind)} for r in facts.recipients
        ],
        "match": {"by": str(facts.match.by), "ticket": _number(facts, facts.match.ticket)}
        if facts.match
        else None,
        "rules": [step_object(step) for step in explanation.steps],
        "answer": answer_object(explanation),
        "changes": [_change_object(change) for change in decision.changes],
        "outgoing": [_outgoing_object(mail) for mail in explanation.composed],
        "message": as_object(facts.message),
    }


def _trust_object(trust: Trust) -> dict[str, object]:
    """What proves the author, and each thing that was looked at."""
    return {
        "proof": str(trust.proof),
        "reason": trust.reason,
        "forged": trust.forged,
        "checks": [
            {"check": each.what, "result": each.result, "why": each.why} for each in trust.checks
        ],
    }


def _level_object(facts: Facts) -> dict[str, object] | None:
    """How much proof the agent's mail needs and has; None where nobody's proved mail is read."""
    if facts.command_mail is None:
        return None
    thread = facts.tickets.get(facts.match.ticket) if facts.match else None
    found = proven(facts)
    return {
        "needed": needed(facts, facts.command_mail, thread),
        "proved": found.level,
        "second_factor": str(found.factor) if found.factor else None,
    }


def _number(facts: Facts, ticket: Any) -> str | None:  # noqa: ANN401  (a TicketId or None)
    if ticket in facts.tickets:
        return facts.tickets[ticket].ticket.number
    return facts.fresh.ticket_number if ticket == facts.fresh.ticket_id and ticket else None


def _change_object(change: object) -> dict[str, object]:
    return {"change": type(change).__name__, **_fields(change)}


def _fields(value: Any) -> dict[str, object]:  # noqa: ANN401  (any frozen value)
    """The fields of a frozen value; secrets are left out."""
    names = (field.name for field in dataclasses.fields(value) if field.name != "token")
    return {name: _plain(getattr(value, name)) for name in names}


def _plain(value: object) -> object:
    """A value as JSON knows it."""
    match value:
        case Enum():
            return str(value)
        case datetime():
            return value.isoformat()
        case frozenset():
            return sorted(str(each) for each in value)
        case tuple():
            return [_plain(each) for each in value]
        case None | bool() | int() | str():
            return value
        case _:
            return _fields(value)


def _outgoing_object(mail: Composed) -> dict[str, object]:
    return {
        "kind": mail.kind,
        "to": mail.rcpt_to,
        "content": as_mail(mail)["text"],
        "subject": as_mail(mail)["subject"],
    }


def as_mail(mail: Composed) -> dict[str, object]:
    """A composed mail, read back as its reader's program would."""
    from gateway.mail.parse import parse  # noqa: PLC0415

    return as_object(parse(mail.head + mail.tail))


def explained(explanation: Explanation, voice: Voice) -> None:
    """Print what would happen to a message."""
    facts, decision = explanation.facts, explanation.decision

    def line(label: Text, text: str) -> None:
        say(f"{voice(label) + ':':12}{text}")

    line(sentence("outcome"), f"{decision.outcome}: {decision.reason}")
    line(sentence("proof"), f"{facts.trust.proof}: {facts.trust.reason}")
    for check in facts.trust.checks:
        say(f"            {check.what} {check.result}{check.why and f': {check.why}'}")
    if facts.trust.forged:
        disowned = sentence("forged: the author's domain disowns this mail; nothing answers it")
        say(f"            {voice(disowned)}")
    agent = facts.author_agent
    line(sentence("agent"), agent.handle if agent else voice(sentence("no")))
    if (level := _level_object(facts)) is not None:
        line(sentence("level"), voice(_level_text(level)))
    kinds = ", ".join(f"{r.address.address} ({r.address.kind})" for r in facts.recipients)
    line(sentence("recipients"), kinds)
    if facts.match:
        number = _number(facts, facts.match.ticket) or ""
        found = sentence("#%(number)s by %(way)s", number=number, way=str(facts.match.by))
        line(sentence("ticket"), voice(found))
    print_steps(explanation.steps, voice)
    if (ticket := opened(explanation)) is not None:
        line(sentence("ticket"), voice(ticket_text(ticket, explanation)))
        line(sentence("answer"), voice(answer_text(ticket, explanation)))
    for change in decision.changes:
        values = ", ".join(f"{name}={_short(value)}" for name, value in _fields(change).items())
        line(sentence("change"), f"{type(change).__name__}: {values}")
    for mail in explanation.composed:
        read = as_mail(mail)
        sent = sentence("would be sent: %(kind)s to %(reader)s", kind=mail.kind,
                        reader=mail.rcpt_to)  # fmt: skip
        say(f"\n--- {voice(sent)} ---")
        say(f"Subject: {read['subject']}\n\n{read['text']}")


def _level_text(level: dict[str, object]) -> Text:
    needed, proved = str(level["needed"]), str(level["proved"])
    if not level["second_factor"]:
        return sentence("%(needed)s needed, %(proved)s proved", needed=needed, proved=proved)
    return sentence("%(needed)s needed, %(proved)s proved, by %(factor)s", needed=needed,
                    proved=proved, factor=str(level["second_factor"]))  # fmt: skip


def _short(value: object) -> str:
    if isinstance(value, dict):
        return str(value.get("address") or value.get("number") or value)
    return " ".join(str(value).split())[:60]


def _shown(mailbox: Mailbox) -> str:
    if mailbox.name and mailbox.address:
        return f"{mailbox.name} <{mailbox.address}>"
    return mailbox.name or mailbox.address or "-"
