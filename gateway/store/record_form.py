"""Signatures of the contact form, into rows and back."""

from typing import Any

from sqlalchemy import Connection, bindparam, insert, select

from gateway.model.ticket import TicketId
from gateway.store.occasion import Occasion
from gateway.store.schema_form import form_signature

_INSERT = insert(form_signature)
_TICKET = select(form_signature.c.ticket_id).where(form_signature.c.signature == bindparam("which"))


def write(connection: Connection, run: list[Any], _: Occasion) -> None:
    """Remember signatures; one that is known makes the transaction fail, and it is looked up."""
    connection.execute(
        _INSERT,
        [{"signature": bytes.fromhex(each.signature), "ticket_id": each.ticket} for each in run],
    )


def ticket_of(connection: Connection, signature: str) -> TicketId | None:
    """The ticket of the form with this signature (hex)."""
    found = connection.execute(_TICKET, {"which": bytes.fromhex(signature)}).scalar()
    return TicketId(found) if found is not None else None
