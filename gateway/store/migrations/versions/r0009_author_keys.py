"""The key that came with the mail that opened a ticket."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Add the column."""
    op.add_column("ticket", sa.Column("came_with", sa.Text(), nullable=False, server_default=""))
