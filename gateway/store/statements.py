"""The statements that record a decision, each prepared once."""

from collections.abc import Mapping

from sqlalchemy import Table, bindparam, case, func, insert, select, true, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.dml import Insert

from gateway.model.ticket import State, Status
from gateway.store import schema
from gateway.store.prepared import Prepared

TICKET_COUNTER = "ticket"

_TICKET = schema.ticket
_PARTY = schema.party
_OUTBOX = schema.outbox


def _insert_new(table: Table) -> Mapping[str, Insert]:
    """For each dialect, an INSERT that leaves rows alone whose primary key is there already."""
    keys = list(table.primary_key)
    return {
        "sqlite": sqlite.insert(table).on_conflict_do_nothing(index_elements=keys),
        "postgresql": postgresql.insert(table).on_conflict_do_nothing(index_elements=keys),
    }


def _insert_party() -> Mapping[str, Insert]:
    """For each dialect, an INSERT that of a party who is there already moves only the last id."""
    statements: dict[str, Insert] = {}
    for dialect in (sqlite, postgresql):
        new = dialect.insert(_PARTY)
        statements[dialect.__name__.rpartition(".")[2]] = new.on_conflict_do_update(
            index_elements=list(_PARTY.primary_key),
            set_={
                "first_id": func.coalesce(_PARTY.c.first_id, new.excluded.first_id),
                "last_id": func.coalesce(new.excluded.last_id, _PARTY.c.last_id),
            },
        )
    return statements


OPEN = Prepared(
    insert(_TICKET),
    *("id", "number", "subject", "status", "state", "topic", "department", "responsible"),
    *("rejected", "requester_address", "requester_key", "requester_name", "language"),
    *("created_at", "updated_at", "waiting_since", "closed_at", "confidential"),
    "came_with",
)
COUNT = Prepared(
    update(schema.counter)
    .where(schema.counter.c.name == TICKET_COUNTER, schema.counter.c.value < bindparam("id"))
    .values(value=bindparam("id"))
)
ENTRY = Prepared(
    insert(schema.entry).values(
        raw_id=select(schema.inbound.c.raw_id)
        .where(schema.inbound.c.queue_id == bindparam("queue"))
        .scalar_subquery()
    ),
    *("ticket_id", "kind", "author_address", "author_name", "created_at", "text"),
    *("agent_id", "flags", "attachments", "event", "message_id"),
)
CHANGED = update(_TICKET).where(_TICKET.c.id == bindparam("ticket"))
NEXT = {"version": _TICKET.c.version + 1, "updated_at": bindparam("now")}
GROWN = Prepared(
    CHANGED.values(
        NEXT
        | {
            "entry_count": _TICKET.c.entry_count + bindparam("more"),
            "asked_at": case(
                (
                    bindparam("said") == "message",
                    func.coalesce(
                        _TICKET.c.asked_at, bindparam("now", type_=_TICKET.c.asked_at.type)
                    ),
                ),
                (bindparam("said") == "response", None),
                else_=_TICKET.c.asked_at,
            ),
            "replied_at": case(
                (bindparam("said") == "response", bindparam("now", type_=_TICKET.c.asked_at.type)),
                (bindparam("said") == "message", None),
                else_=_TICKET.c.replied_at,
            ),
        }
    )
)
STATUS = CHANGED.values(
    NEXT
    | {
        "status": bindparam("new"),
        "state": bindparam("becomes"),
        "waiting_since": case(
            (bindparam("new") != Status.ON_WAITING, None),
            (_TICKET.c.status == Status.ON_WAITING, _TICKET.c.waiting_since),
            else_=bindparam("now", type_=_TICKET.c.updated_at.type),
        ),
        "closed_at": case(
            (bindparam("becomes") == State.OPEN.value, None),
            (_TICKET.c.state != State.OPEN.value, _TICKET.c.closed_at),
            else_=bindparam("now", type_=_TICKET.c.updated_at.type),
        ),
        "deleted_at": case(
            (bindparam("becomes") != State.DELETED.value, None),
            (_TICKET.c.state == State.DELETED.value, _TICKET.c.deleted_at),
            else_=bindparam("now", type_=_TICKET.c.updated_at.type),
        ),
    }
)
RESPONSIBLE = CHANGED.values(NEXT | {"responsible": bindparam("agent")})
SECRET = update(_TICKET).where(_TICKET.c.id == bindparam("ticket")).values(confidential=true())
MOVED = CHANGED.values(NEXT | {"department": bindparam("where"), "rejected": bindparam("refused")})
WORKER = _insert_new(schema.ticket_worker)
REFERRAL = _insert_new(schema.referral)
NEW_PARTY = Prepared(
    _insert_party(),
    *("ticket_id", "address_key", "address", "name", "role", "token", "first_id", "last_id"),
)
REFERENCE = Prepared(_insert_new(schema.message_ref), "message_key", "ticket_id", "party", "sent")
SEEN = Prepared(
    update(_PARTY)
    .where(_PARTY.c.ticket_id == bindparam("ticket"), _PARTY.c.address_key == bindparam("who"))
    .values(
        first_id=func.coalesce(
            _PARTY.c.first_id, bindparam("message", type_=_PARTY.c.first_id.type)
        ),
        last_id=bindparam("message", type_=_PARTY.c.first_id.type),
    )
)
AUTOMATIC = Prepared(insert(schema.automatic_mail), "address", "kind", "sent_at")
FAILED = (
    update(_OUTBOX)
    .where(_OUTBOX.c.message_key == bindparam("message"))
    .values(
        state="failed",
        last_error=bindparam("error"),
        finished_at=bindparam("now"),
        lease_until=None,
        node=None,
    )
)
