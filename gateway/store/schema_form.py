"""The table of signatures of the contact form that had their effect."""

from sqlalchemy import Column, ForeignKey, Index, LargeBinary, Table

from gateway.store.schema import metadata

# As long as the ticket is there: a signature counts once.
form_signature = Table(
    "form_signature",
    metadata,
    Column("signature", LargeBinary, primary_key=True),
    Column("ticket_id", ForeignKey("ticket.id"), nullable=False),
)
Index("form_signature_ticket", form_signature.c.ticket_id)
