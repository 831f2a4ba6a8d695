"""`gateway ticket export`: tickets with their original mails, readable without the gateway."""

import json
import zipfile
from collections.abc import Mapping, Sequence
from contextlib import redirect_stdout
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from gateway.cli import views
from gateway.cli.shared import DEFAULT_CONFIG, ConfigOption, MistakeError, parts, say
from gateway.model.history import Act, ActKind, Step
from gateway.model.people import AgentId
from gateway.policy.facts import TicketFacts
from gateway.store.tickets import Filter, Tickets

AT_ONCE = 200
"""Tickets that are listed with one look-up."""


def export_tickets(
    file: Path,
    *numbers: str,
    everything: Annotated[bool, Parameter(name="--all", negative="")] = False,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Write tickets into a ZIP file: a folder each, with JSON, readable text and original mails.

    Parameters
    ----------
    file
        The ZIP file to write; one that exists is not touched.
    numbers
        Numbers of the tickets, with or without `#`.
    everything
        All tickets there are.
    config
        The configuration file.

    """
    if bool(numbers) == everything:
        raise MistakeError("Name the tickets to export, or say --all.")
    gateway = parts(config)
    tickets = gateway.store.tickets
    try:
        handles = {each.id: each.handle for each in gateway.store.people.list_agents()}
        wanted = _all(tickets) if everything else [each.removeprefix("#") for each in numbers]
        with _new(file) as archive:
            for number in wanted:
                _write(archive, number, tickets, handles)
        step = Step("tickets exported", "", str(len(wanted)))
        act = Act(ActKind.OPERATOR, ("export",), steps=(step,))
        gateway.store.history.append(act, datetime.now(UTC))
    finally:
        gateway.store.close()
    say(f"{len(wanted)} tickets written to {file}")


def _new(file: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(file, "x", zipfile.ZIP_DEFLATED)
    except FileExistsError:
        raise MistakeError(f"{file} exists already.") from None
    except OSError as wrong:
        raise MistakeError(f"{file} cannot be written: {wrong.strerror}.") from None


def _all(tickets: Tickets) -> Sequence[str]:
    return [ticket.number for ticket in tickets.list(Filter(), 10**9)]


def _write(
    archive: zipfile.ZipFile, number: str, tickets: Tickets, handles: Mapping[AgentId, str]
) -> None:
    about = tickets.show(number, entries=10**9)
    if about is None:
        raise MistakeError(f"There is no ticket #{number}.")
    content = json.dumps(
        views.thread_object(about, handles), ensure_ascii=False, indent=2, default=str
    )
    archive.writestr(f"{number}/ticket.json", content)
    archive.writestr(f"{number}/ticket.txt", _readable(about))
    for place, entry in enumerate(about.entries, start=1):
        source = tickets.source(entry.id)
        if source is not None:
            archive.writestr(f"{number}/{place:04}-{entry.kind}.eml", source)


def _readable(about: TicketFacts) -> str:
    with redirect_stdout(StringIO()) as printed:
        views.thread(about)
    return printed.getvalue()
