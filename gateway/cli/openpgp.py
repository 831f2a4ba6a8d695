"""`gateway openpgp`: encrypted mail that could not be opened."""

from gateway.cli.shared import DEFAULT_CONFIG, ConfigOption, JsonOption, parts, say, say_json
from gateway.model.decision import Decision
from gateway.model.ticket import EntryId


def retry(*, config: ConfigOption = DEFAULT_CONFIG, as_json: JsonOption = False) -> None:
    """Open the mails that could not be opened, once the right key is there.

    Their text comes into their tickets, and the agents are told.

    Parameters
    ----------
    config
        The configuration file.
    as_json
        Print one JSON object a line.

    """
    from gateway.duties.closed import ClosedMails  # noqa: PLC0415

    gateway = parts(config)
    opened = left = 0
    try:
        mails, last = ClosedMails(gateway.office, gateway.opener), EntryId(0)
        while waiting := mails.waiting(last):
            for closed in waiting:
                last = closed.entry
                found = mails.open(closed)
                is_open = isinstance(found, Decision)
                opened, left = opened + is_open, left + (not is_open and found is not None)
                problem = None if is_open or found is None else str(found)
                if as_json:
                    row = {"ticket": closed.ticket, "entry": closed.entry, "problem": problem}
                    say_json(row | {"opened": is_open})
                elif problem:
                    say(f"{closed.queue_id}: stays closed: {problem}")
    finally:
        gateway.close()
    if not as_json:
        say(f"{opened} opened, {left} stay closed.")
