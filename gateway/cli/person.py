"""`gateway person`: all that is stored about somebody, for them to have, or to be forgotten."""

import json
import os
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, is_dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from gateway.cli.shared import DEFAULT_CONFIG, ConfigOption, MistakeError, parts, say
from gateway.mail.nameless import nameless
from gateway.model.history import Act, ActKind

if TYPE_CHECKING:
    from gateway.store.erasing import Forgotten
    from gateway.store.store import SqlStore


def export(
    address: str,
    *,
    out: Annotated[Path | None, Parameter(name=["--out", "-o"])] = None,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Write all that is stored about a person into a ZIP file: readable mails, and JSON.

    Without what agents wrote among themselves, and without mails of other people. Of an agent:
    the account, and what they wrote and got as a person who asks.

    Parameters
    ----------
    address
        The mail address of the person.
    out
        The ZIP file to write; one that exists is not touched. Without it: person.zip.
    config
        The configuration file.

    """
    _check(address)
    file = out or Path("person.zip")
    gateway = parts(config)
    try:
        with _new(file) as archive:
            count = _write(archive, gateway.store, address)
        act = Act(ActKind.OPERATOR, ("export",))
        gateway.store.history.append(act, datetime.now(UTC))
    finally:
        gateway.store.close()
    say(f"{count} mails and what is known beside them written to {file}")
    say("It is for this person alone: send it encrypted, and delete it afterwards.")


def forget(
    address: str,
    *,
    yes: Annotated[bool, Parameter(negative="")] = False,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Forget a person: tickets of theirs that are closed are purged at once, for good.

    In tickets that are still open, or where they only take part, a pseudonym stands instead;
    tickets that somebody keeps (!keep) stay as they are. Without --yes it only says what it would
    do. Make sure that the person asked for it: with a mail alone, anybody can ask.

    Parameters
    ----------
    address
        The mail address of the person.
    yes
        Do it. It cannot be undone.
    config
        The configuration file.

    """
    from gateway.store.erasing import forget as erase  # noqa: PLC0415
    from gateway.store.erasing import plan  # noqa: PLC0415

    _check(address)
    gateway = parts(config)
    try:
        _refuse_agent(gateway.store, address)
        now = datetime.now(UTC)
        if not yes:
            _tell(plan(gateway.store.database, address, now), would=True)
            lists = gateway.store.persons.beside(address).lists
            if lists:
                say(f"allow and block list: stays, because it protects you: {', '.join(lists)}")
            say("Nothing was done. With --yes it is done, and cannot be undone.")
            return
        _tell(erase(gateway.store.database, address, now), would=False)
        if not gateway.store.sweep():
            say("Somebody reads the database: the daemon takes the rest out of the files soon.")
    finally:
        gateway.store.close()


def _tell(done: "Forgotten", *, would: bool) -> None:
    for what, numbers in (
        ("purged", done.purged),
        ("with a pseudonym from now on", done.pseudonymised),
        ("kept as they are, because somebody said !keep", done.kept),
        ("later, because mail about them is under way: say it again", done.later),
    ):
        if numbers:
            say(f"{what}: {', '.join(f'#{each}' for each in numbers)}")
    say(f"other mails {'that would go' if would else 'gone'}: {done.mails}")


def _check(address: str) -> None:
    if nameless(address) == address:
        raise MistakeError(f"{address} is no mail address.")


def _refuse_agent(store: "SqlStore", address: str) -> None:
    agent = store.people.find(address) if store.persons.agent(address) is not None else None
    if agent is not None:
        raise MistakeError(
            f"{address} is the address of the agent {agent.handle}. First: gateway agent remove"
            f" {agent.handle}"
        )


@contextmanager
def _new(file: Path) -> Iterator[zipfile.ZipFile]:
    """Readable by its owner alone."""
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise MistakeError(f"{file} exists already.") from None
    except OSError as wrong:
        raise MistakeError(f"{file} cannot be written: {wrong.strerror}.") from None
    with (
        os.fdopen(descriptor, "wb") as opened,
        zipfile.ZipFile(opened, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        yield archive


def _write(archive: zipfile.ZipFile, store: "SqlStore", address: str) -> int:
    now, persons = datetime.now(UTC), store.persons
    is_agent = persons.agent(address) is not None
    received, sent = [], []
    for place, mail in enumerate(persons.mails_from(address, agent=is_agent), 1):
        name = f"from/{place:05}-{mail.queue_id}.eml"
        archive.writestr(name, mail.raw)
        received.append({"file": name, **_without(mail, "raw")})
    for place, written in enumerate(persons.mails_to(address, agent=is_agent), 1):
        name = f"to/{place:05}-{written.kind}.eml"
        archive.writestr(name, written.content)
        sent.append({"file": name, **_without(written, "content")})
    beside = persons.beside(address)
    content = {
        "address": address,
        "made_at": now.isoformat(),
        "tickets": [
            {
                **_ticket(store, each.number),
                "role": "requester" if each.requester else "participant",
                "thread": persons.thread(each.id, address, requester=each.requester),
            }
            for each in persons.tickets(address, now)
        ],
        "mails_from": received,
        "mails_to": sent,
        "account": _account(store, address) if is_agent else None,
        "lists": list(beside.lists),
        "openpgp_keys": list(beside.keys),
        "automatic_mails": beside.automatic,
    }
    archive.writestr("person.json", json.dumps(content, ensure_ascii=False, indent=2, default=str))
    return len(received) + len(sent)


def _ticket(store: "SqlStore", number: str) -> dict[str, object]:
    about = store.tickets.show(number, entries=0)
    if about is None:
        raise MistakeError(f"#{number} is gone meanwhile. Please try again.")
    ticket = about.ticket
    return {
        "number": number,
        "subject": ticket.subject,
        "status": ticket.status,
        "created_at": ticket.created_at.isoformat(),
        "closed_at": ticket.closed_at.isoformat() if ticket.closed_at else None,
        "language": str(ticket.language),
    }


def _account(store: "SqlStore", address: str) -> dict[str, object]:
    agent = store.people.find(address)
    if agent is None:
        raise MistakeError("The account is gone meanwhile. Please try again.")
    return {
        "handle": agent.handle,
        "name": agent.mailbox.name,
        "departments": sorted(agent.departments),
        "admin": agent.admin,
        "language": str(agent.language),
        "state": str(agent.state),
        "last_mail": agent.seen_at.isoformat() if agent.seen_at else None,
    }


def _without(value: object, left_out: str) -> dict[str, object]:
    assert is_dataclass(value)  # noqa: S101
    assert not isinstance(value, type)  # noqa: S101
    return {name: one for name, one in asdict(value).items() if name != left_out}
