"""Changes into rows: a run of changes of one kind is written at once."""

from collections.abc import Callable, Mapping, Sequence
from itertools import groupby
from typing import Any, get_args

from sqlalchemy import Connection

from gateway.model.account_changes import AccountChange
from gateway.model.address import fold, mailbox_of
from gateway.model.around_changes import AroundChange
from gateway.model.author_changes import AuthorChange
from gateway.model.changes import (
    AddEntry,
    AddParty,
    Change,
    ChangeResponsible,
    ChangeStatus,
    CountAutomatic,
    KeepSecret,
    MarkFailed,
    MoveTicket,
    OpenTicket,
    Refer,
    SeeMessageId,
)
from gateway.model.clock import WriteBeat
from gateway.model.closed import OpenEntry
from gateway.model.escalation import WriteMarks
from gateway.model.field_changes import FieldChange
from gateway.model.form_changes import SeeForm
from gateway.model.held_changes import HeldChange
from gateway.model.key_changes import KeyChange
from gateway.model.list_changes import ListChange
from gateway.model.notice_changes import NoticeChange
from gateway.model.proof_changes import ProofChange
from gateway.model.retention_changes import RetentionChange
from gateway.model.rule_trouble import RuleChange
from gateway.model.ticket import EntryFlag, EntryKind, State, Status
from gateway.store import (
    clock,
    closed,
    escalations,
    record_accounts,
    record_around,
    record_authors,
    record_fields,
    record_form,
    record_held,
    record_keys,
    record_lists,
    record_notices,
    record_proof,
    record_retention,
    record_tally,
    rule_files,
    search,
    statements,
)
from gateway.store.occasion import Occasion

Values = Mapping[str, Any]


def apply(connection: Connection, changes: Sequence[Change], occasion: Occasion) -> None:
    """Write the changes in their order; parties and Message-IDs last, all of them at once.

    Nothing else of a decision depends on those two, and a new ticket brings one for each reader.
    """
    for kind, run in groupby(changes, key=type):
        WRITERS[kind](connection, list(run), occasion)
    parties = [change for change in changes if isinstance(change, AddParty)]
    seen = [change for change in changes if isinstance(change, SeeMessageId)]
    if parties:
        _add_parties(connection, parties, seen)
    if seen:
        _see(connection, seen, {(each.ticket, fold(each.address)) for each in parties})
    search.index(connection, changes)


def _open(connection: Connection, changes: Sequence[OpenTicket], occasion: Occasion) -> None:
    record_tally.opened(connection, changes, occasion)
    tickets = [change.ticket for change in changes]
    statements.OPEN.run(
        connection,
        [
            {
                "id": each.id,
                "number": each.number,
                "subject": each.subject,
                "status": each.status,
                "state": each.state.value,
                "topic": each.topic,
                "department": each.department,
                "responsible": each.responsible,
                "rejected": each.rejected,
                "requester_address": each.requester.address,
                "requester_key": each.requester.key,
                "requester_name": each.requester.name,
                "language": each.language.value,
                "created_at": each.created_at,
                "updated_at": each.updated_at,
                "waiting_since": each.updated_at if each.status == Status.ON_WAITING else None,
                "closed_at": None if each.is_open else each.updated_at,
                "confidential": each.confidential,
                "came_with": each.came_with,
            }
            for each in tickets
        ],
    )
    statements.COUNT.run(connection, [{"id": max(each.id for each in tickets)}])
    _work(connection, [(each.id, each.responsible) for each in tickets])


def _keep_secret(connection: Connection, changes: Sequence[KeepSecret], _: Occasion) -> None:
    connection.execute(statements.SECRET, [{"ticket": each.ticket} for each in changes])


def _add_entries(connection: Connection, changes: Sequence[AddEntry], occasion: Occasion) -> None:
    statements.ENTRY.run(connection, [_entry(change, occasion) for change in changes])
    record_tally.answered(connection, changes, occasion)
    for ticket, run in groupby(changes, key=lambda change: change.ticket):
        entries = list(run)
        said = [each.kind.value for each in entries if _is_said(each)]
        values = {"ticket": ticket, "now": occasion.now, "more": len(entries)}
        statements.GROWN.run(connection, [values | {"said": said[-1] if said else ""}])
    _work(connection, [(change.ticket, change.agent) for change in changes])


def _is_said(change: AddEntry) -> bool:
    """True when somebody waits for an answer since then, or got one; for machines nobody does."""
    if change.kind is EntryKind.MESSAGE:
        return EntryFlag.AUTOMATIC not in change.flags
    return change.kind is EntryKind.RESPONSE


def _entry(change: AddEntry, occasion: Occasion) -> Values:
    own = change.from_this_message
    return {
        "ticket_id": change.ticket,
        "kind": change.kind.value,
        "author_address": change.author.address,
        "author_name": change.author.name,
        "created_at": occasion.now,
        "text": change.text,
        "agent_id": change.agent,
        "flags": tuple(sorted(flag.value for flag in change.flags)),
        "attachments": change.attachments,
        "event": change.event,
        "message_id": occasion.message_id if own else None,
        "queue": occasion.queue_id if own else None,
    }


def _change_status(
    connection: Connection, changes: Sequence[ChangeStatus], occasion: Occasion
) -> None:
    record_tally.closing(connection, changes, occasion)
    for each in changes:
        values = {"ticket": each.ticket, "now": occasion.now, "new": each.status}
        connection.execute(statements.STATUS, values | {"becomes": each.state.value})
    closed = {each.ticket for each in changes if each.state is not State.OPEN}
    record_fields.release(connection, closed)


def _change_responsible(
    connection: Connection, changes: Sequence[ChangeResponsible], occasion: Occasion
) -> None:
    for each in changes:
        values = {"ticket": each.ticket, "now": occasion.now, "agent": each.agent}
        connection.execute(statements.RESPONSIBLE, values)
    _work(connection, [(each.ticket, each.agent) for each in changes])


def _move(connection: Connection, changes: Sequence[MoveTicket], occasion: Occasion) -> None:
    for each in changes:
        values = {"ticket": each.ticket, "now": occasion.now, "where": each.department}
        connection.execute(statements.MOVED, values | {"refused": each.rejected})


def _refer(connection: Connection, changes: Sequence[Refer], _: Occasion) -> None:
    connection.execute(
        statements.REFERRAL[connection.dialect.name],
        [
            {
                "ticket_id": each.ticket,
                "department": each.department or "",
                "agent_id": each.agent or 0,
            }
            for each in changes
        ],
    )


def _add_parties(
    connection: Connection, changes: Sequence[AddParty], seen: Sequence[SeeMessageId]
) -> None:
    """Each party with the first and the last Message-ID that it sees in these changes."""
    ends: dict[tuple[int, str], tuple[str, str]] = {}
    for each in seen:
        who = each.ticket, fold(each.party)
        ends[who] = (ends[who][0] if who in ends else each.message_id, each.message_id)
    rows: dict[tuple[int, str], Values] = {}
    for party in changes:
        who = party.ticket, fold(party.address)
        first, last = ends.get(who, (None, None))
        row = {
            "ticket_id": party.ticket,
            "address_key": who[1],
            "address": party.address,
            "name": party.name,
            "role": party.role.value,
            "token": party.token,
            "first_id": first,
            "last_id": last,
        }
        rows.setdefault(who, row)
    statements.NEW_PARTY.run(connection, list(rows.values()))


def _see(
    connection: Connection, changes: Sequence[SeeMessageId], added: set[tuple[int, str]]
) -> None:
    """Message-IDs, and what they mean for parties that were not `added` with them just now."""
    statements.REFERENCE.run(
        connection,
        [
            {
                "message_key": each.message_id,
                "ticket_id": each.ticket,
                "party": each.party,
                "sent": each.sent,
            }
            for each in changes
        ],
    )
    known = [
        {"ticket": each.ticket, "who": fold(each.party), "message": each.message_id}
        for each in changes
        if (each.ticket, fold(each.party)) not in added
    ]
    if known:
        statements.SEEN.run(connection, known)


def _count_automatic(
    connection: Connection, changes: Sequence[CountAutomatic], occasion: Occasion
) -> None:
    statements.AUTOMATIC.run(
        connection,
        [
            {"address": mailbox_of(each.address), "kind": each.kind, "sent_at": occasion.now}
            for each in changes
        ],
    )


def _mark_failed(connection: Connection, changes: Sequence[MarkFailed], occasion: Occasion) -> None:
    for each in changes:
        values = {"message": each.message_id, "error": each.reason, "now": occasion.now}
        connection.execute(statements.FAILED, values)


def _work(connection: Connection, worked: Sequence[tuple[int, int | None]]) -> None:
    """Remember the agents who worked on the tickets."""
    workers = [{"ticket_id": ticket, "agent_id": agent} for ticket, agent in worked if agent]
    if workers:
        connection.execute(statements.WORKER[connection.dialect.name], workers)


def _written_last(connection: Connection, changes: Sequence[Change], occasion: Occasion) -> None:
    """Parties and Message-IDs: see `apply`."""


WRITERS: Mapping[type[Change], Callable[[Connection, list[Any], Occasion], None]] = {
    OpenTicket: _open,
    AddEntry: _add_entries,
    ChangeStatus: _change_status,
    ChangeResponsible: _change_responsible,
    MoveTicket: _move,
    Refer: _refer,
    KeepSecret: _keep_secret,
    AddParty: _written_last,
    SeeMessageId: _written_last,
    CountAutomatic: _count_automatic,
    MarkFailed: _mark_failed,
    SeeForm: record_form.write,
    **dict.fromkeys(get_args(AccountChange), record_accounts.write),
    **dict.fromkeys(get_args(HeldChange), record_held.write),
    **dict.fromkeys(get_args(AroundChange), record_around.write),
    **dict.fromkeys(get_args(FieldChange), record_fields.write),
    **dict.fromkeys(get_args(ListChange), record_lists.write),
    **dict.fromkeys(get_args(NoticeChange), record_notices.write),
    **dict.fromkeys(get_args(AuthorChange), record_authors.write),
    **dict.fromkeys(get_args(ProofChange), record_proof.write),
    **dict.fromkeys(get_args(RetentionChange), record_retention.write),
    **dict.fromkeys(get_args(KeyChange), record_keys.write),
    OpenEntry: closed.write,
    WriteMarks: escalations.write,
    WriteBeat: clock.write,
    **dict.fromkeys(get_args(RuleChange), rule_files.write),
}
"""What writes changes of each kind; a run of changes of one kind is written at once."""
