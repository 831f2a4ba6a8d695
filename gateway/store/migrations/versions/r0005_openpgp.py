"""OpenPGP: keys of agents and authors, what protects mails and entries."""

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Nothing yet."""
