"""`gateway retention`: what the rules are about to delete, and sweeping the files."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

from cyclopts import Parameter

from gateway.cli.shared import DEFAULT_CONFIG, ConfigOption, MistakeError, parts, say
from gateway.model.retention import Then
from gateway.policy.retention import ASK_AGAIN, retiring

_MOST = 10_000


def show(*, config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Show how many tickets are due to be deleted, proposed and purged. Changes nothing.

    Parameters
    ----------
    config
        The configuration file.

    """
    gateway = parts(config)
    now, organisation = datetime.now(UTC), gateway.rules.rulebook.organisation
    before = now - timedelta(days=organisation.retention.purge_days)
    try:
        with gateway.store.begin(write=False) as transaction:
            deleted = transaction.retiring(
                retiring(Then.DELETE, organisation, now), now, now, _MOST
            )
            asked = transaction.retiring(
                retiring(Then.PROPOSE, organisation, now), now - ASK_AGAIN, now, _MOST
            )
            purged = transaction.purgeable(before, now, _MOST)
            swept = not transaction.must_sweep()
    finally:
        gateway.store.close()
    say(f"to be deleted by the rules: {len(deleted)}")
    say(f"to be proposed to admins:   {len(asked)}")
    say(f"to be purged today:         {len(purged)}")
    say("The files hold nothing that was removed." if swept else "The files are still to be swept.")


def sweep(
    *,
    thorough: Annotated[bool, Parameter(negative="")] = False,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Take what was removed from the tables out of the files too; the daemon does it daily.

    Parameters
    ----------
    thorough
        Write all tables anew, also the big ones. Everything waits for that: with PostgreSQL this
        takes the last bytes of removed rows out of big tables.
    config
        The configuration file.

    """
    gateway = parts(config)
    try:
        if not gateway.store.sweep(thorough=thorough):
            raise MistakeError("Somebody reads the database just now. Please try again.")
    finally:
        gateway.store.close()
    say("The files hold nothing that was removed.")
