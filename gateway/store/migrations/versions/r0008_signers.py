"""Entries of the allow list by OpenPGP fingerprint, and their keys."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Add the column, create the table; a used signature may be nobody's of ours."""
    op.add_column(
        "author_entry", sa.Column("fingerprint", sa.Text(), nullable=False, server_default="")
    )
    op.create_table(
        "listed_key",
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("blob", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("key_id", "fingerprint"),
    )
    with op.batch_alter_table("used_signature") as batch:
        batch.alter_column("agent_id", existing_type=sa.BigInteger(), nullable=True)
