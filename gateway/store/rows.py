"""Rows into values: each of our nouns is built from its columns in one place."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, func, select

from gateway.model.address import Mailbox
from gateway.model.openpgp import Fingerprint
from gateway.model.people import (
    Absence,
    Agent,
    AgentId,
    AgentState,
    DepartmentId,
    Language,
    NotifyChoice,
    Rhythm,
)
from gateway.model.ticket import (
    Entry,
    EntryFlag,
    EntryId,
    EntryKind,
    Kept,
    Party,
    PartyRole,
    Priority,
    State,
    StatusId,
    Ticket,
    TicketId,
)
from gateway.store import schema
from gateway.store.schema_work import notify_choice

AnyRow = Row[*tuple[Any, ...]]
"""A row of any columns."""

_AGENT = schema.agent
_TICKET = schema.ticket
_CHOSEN = notify_choice.c

AGENT_COLUMNS = (
    _AGENT.c.id,
    _AGENT.c.handle_key,
    _AGENT.c.handle,
    _AGENT.c.address_key,
    _AGENT.c.address,
    _AGENT.c.name,
    _AGENT.c.admin,
    _AGENT.c.language,
    _AGENT.c.state,
    _AGENT.c.seen_at,
    select(func.aggregate_strings(schema.agent_department.c.department, "\n"))
    .where(schema.agent_department.c.agent_id == _AGENT.c.id)
    .correlate(_AGENT)
    .scalar_subquery()
    .label("departments"),
    _AGENT.c.digest,
    _AGENT.c.away_since,
    _AGENT.c.away_until,
    _AGENT.c.away_by_notice,
    select(func.aggregate_strings(_CHOSEN.department + "=" + _CHOSEN.choice, "\n"))
    .where(_CHOSEN.agent_id == _AGENT.c.id)
    .correlate(_AGENT)
    .scalar_subquery()
    .label("choices"),
)
"""What `agent` reads; departments and choices as one string, so that an agent is one row."""

TICKET_COLUMNS = (
    _TICKET.c.id,
    _TICKET.c.number,
    _TICKET.c.subject,
    _TICKET.c.status,
    _TICKET.c.department,
    _TICKET.c.requester_address,
    _TICKET.c.requester_name,
    _TICKET.c.language,
    _TICKET.c.created_at,
    _TICKET.c.updated_at,
    _TICKET.c.responsible,
    _TICKET.c.rejected,
    _TICKET.c.state,
    _TICKET.c.topic,
    _TICKET.c.waiting_since,
    _TICKET.c.due,
    _TICKET.c.closed_at,
    _TICKET.c.merged_into,
    _TICKET.c.priority,
    _TICKET.c.tags,
    _TICKET.c.entry_count,
    _TICKET.c.kept_reason,
    _TICKET.c.kept_until,
    _TICKET.c.confidential,
    _TICKET.c.came_with,
)
"""What `ticket` reads."""


def agent(row: AnyRow) -> Agent:
    """An agent from `AGENT_COLUMNS`."""
    return Agent(
        id=AgentId(row.id),
        handle=row.handle,
        mailbox=Mailbox(row.address, row.name),
        departments=frozenset(map(DepartmentId, (row.departments or "").split())),
        admin=row.admin,
        language=Language(row.language),
        state=AgentState(row.state),
        choices=frozenset(map(_choice, (row.choices or "").split())),
        digest=Rhythm(row.digest),
        absence=_absence(row),
        seen_at=row.seen_at,
    )


def _absence(row: AnyRow) -> Absence | None:
    if row.away_until is None:
        return None
    return Absence(row.away_since or row.away_until, row.away_until, bool(row.away_by_notice))


def _choice(pair: str) -> tuple[DepartmentId, NotifyChoice]:
    department, _, choice = pair.rpartition("=")
    return DepartmentId(department), NotifyChoice(choice)


def agents(rows: Sequence[AnyRow]) -> tuple[Agent, ...]:
    """Agents in the order of the rows."""
    return tuple(map(agent, rows))


def ticket(row: AnyRow) -> Ticket:
    """A ticket from `TICKET_COLUMNS`."""
    return Ticket(
        id=TicketId(row.id),
        number=row.number,
        subject=row.subject,
        status=StatusId(row.status),
        department=DepartmentId(row.department),
        requester=Mailbox(row.requester_address, row.requester_name),
        language=Language(row.language),
        created_at=row.created_at,
        updated_at=row.updated_at,
        responsible=row.responsible,
        rejected=row.rejected,
        state=State(row.state),
        topic=row.topic,
        waiting_since=row.waiting_since,
        due=row.due,
        closed_at=row.closed_at,
        merged_into=row.merged_into,
        kept=None if row.kept_reason is None else Kept(row.kept_reason, row.kept_until),
        confidential=row.confidential,
        came_with=Fingerprint(row.came_with),
        priority=Priority(row.priority) if row.priority else None,
        tags=row.tags or (),
    )


def entry(row: AnyRow) -> Entry:
    """A thread entry from its table."""
    return Entry(
        id=EntryId(row.id),
        kind=EntryKind(row.kind),
        author=Mailbox(row.author_address, row.author_name),
        created_at=row.created_at,
        text=row.text,
        agent=row.agent_id,
        flags=frozenset(map(EntryFlag, row.flags)),
        attachments=row.attachments,
        event=row.event,
        message_id=row.message_id or "",
    )


def party(row: AnyRow) -> Party:
    """A party from its table."""
    return Party(TicketId(row.ticket_id), row.address, PartyRole(row.role), row.token, row.name)
