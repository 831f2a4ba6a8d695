"""`gateway inspect`, `explain`, `ticket`, `queue`: looking at mail, decisions, tickets, queues."""

import os
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from gateway.cli import queue_views, views
from gateway.cli.mailboxes import is_mailbox, mails, mails_in
from gateway.cli.reading import Reading, reading
from gateway.cli.shared import (
    DEFAULT_CONFIG,
    ConfigOption,
    JsonOption,
    LanguageOption,
    MistakeError,
    parts,
    say,
    say_json,
    table,
)
from gateway.cli.speaking import voice_of_rules
from gateway.mail.inspect import as_object
from gateway.model.envelope import QueueId
from gateway.model.history import Act, ActKind
from gateway.model.outbox import OutboxId
from gateway.model.people import AgentId, DepartmentId
from gateway.model.text import Text
from gateway.model.ticket import StatusId, Ticket

if TYPE_CHECKING:
    from gateway.daemon import Parts

MailFile = Annotated[Path, Parameter(allow_leading_hyphen=True)]
"""A file with a mail; `-` is standard input."""


def inspect(
    file: MailFile | None = None,
    *,
    paths: Annotated[str | None, Parameter(name="--paths", allow_leading_hyphen=True)] = None,
    keys: Path | None = None,
    config: Annotated[Path | None, Parameter(name=["--config", "-c"])] = None,
    as_json: JsonOption = False,
) -> None:
    """Show what a mail says: sender, text, new text, attachments, automatic or not, defects.

    Parameters
    ----------
    file
        The mail; `-` for standard input. Of an mbox or a Maildir each mail: one JSON object a line.
    paths
        A file with one path a line, `-` for standard input: one JSON object a line for each mail.
    keys
        A folder of OpenPGP keys and a passphrase file, to open and to check mail with.
    config
        A configuration file, to open and to check mail with the keys of that gateway.
    as_json
        Print one JSON object.

    """
    if paths is None and file is None:
        raise MistakeError("Name a mail: gateway inspect FILE.eml (or - for standard input).")
    with reading(keys, config) as read:
        _inspect(file, paths, read, as_json=as_json)


def _inspect(file: Path | None, paths: str | None, read: Reading, *, as_json: bool) -> None:
    if file is None:
        with sys.stdin.buffer if paths in (None, "-") else Path(paths).open("rb") as lines:
            for line in lines:
                for seen in _inspected(os.fsdecode(line.rstrip(b"\r\n")), read):
                    say_json(seen)
        return
    if is_mailbox(file):
        for each in _inspected(str(file), read):
            say_json(each)
        return
    several = list(mails_in(_read(file)))
    if as_json or len(several) > 1:
        for raw in several:
            say_json(as_object(read(raw)))
    else:
        views.inspected(as_object(read(several[0])))


def explain(
    file: MailFile | None = None,
    *,
    to: Annotated[tuple[str, ...], Parameter(negative="")] = (),
    mail_from: str | None = None,
    since: str | None = None,
    rules: Path | None = None,
    config: ConfigOption = DEFAULT_CONFIG,
    language: LanguageOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show what would happen to a mail now, without doing it.

    With `--since` it is what edited rules would change about the mail that came since then.

    Parameters
    ----------
    file
        The mail; `-` for standard input.
    to
        Envelope recipients; without them the addresses of ours in To and Cc.
    mail_from
        Envelope sender; without it the author. `<>` is the null sender.
    since
        An age as 7d or 12h, or a day as 2026-11-20: all mail that was accepted since then.
    rules
        The folder of the edited rules; without it that of the configuration.
    config
        The configuration file.
    language
        de or en; without it as LC_ALL, LC_MESSAGES or LANG say.
    as_json
        Print one JSON object.

    """
    from gateway.cli.explaining import item_of  # noqa: PLC0415
    from gateway.cli.replaying import replay  # noqa: PLC0415

    if since is not None:
        replay(config, since, rules, language, as_json=as_json)
        return
    if file is None or rules is not None:
        raise MistakeError("Name the file of a mail; or --since 7d, with --rules for edited rules.")
    gateway = parts(config)
    try:
        item = item_of(_read(file), to, mail_from, gateway.rules.rulebook.organisation)
        explanation = gateway.pipeline.explain(item)
    finally:
        gateway.close()
    if as_json:
        say_json(views.explanation_object(explanation))
    else:
        views.explained(explanation, voice_of_rules(language, gateway.rules))


def list_tickets(
    *query: str,
    status: str | None = None,
    department: str | None = None,
    limit: int = 100,
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """List tickets, the newest first; with a query as agents write it behind `!list`.

    Parameters
    ----------
    query
        Conditions such as `waiting laptop`, `closed dept:berlin`, `text:müller older:7d`.
    status
        Only tickets with this status (open, in-progress, on-waiting, closed …).
    department
        Only tickets of this department (its short name).
    limit
        At most so many.
    config
        The configuration file.
    as_json
        Print one JSON object a line.

    """
    from gateway.store.tickets import Filter  # noqa: PLC0415

    gateway = parts(config)
    try:
        if query:
            options = (("status", status), ("dept", department))
            named = [f'{key}:"{value}"' for key, value in options if value]
            found = _asked_for(gateway, " ".join((*query, *named)), limit)
        else:
            statuses = (StatusId(status),) if status else ()
            where = DepartmentId(department) if department else None
            found = gateway.store.tickets.list(Filter(statuses=statuses, department=where), limit)
        handles = _handles(gateway)
    finally:
        gateway.store.close()
    if as_json:
        for each in found:
            say_json(views.ticket_object(each, handles))
        return
    table(views.ticket_row(each) for each in found)


def _asked_for(gateway: "Parts", typed: str, limit: int) -> tuple[Ticket, ...]:
    """The tickets of a query; the operator sees all."""
    from gateway.model.query import Scope  # noqa: PLC0415
    from gateway.policy.query.condition import Around  # noqa: PLC0415
    from gateway.policy.query.read import read  # noqa: PLC0415
    from gateway.policy.query.resolve import people, resolve  # noqa: PLC0415

    query = read(typed, lists=True)
    if isinstance(query, Text):
        raise MistakeError(str(query))
    with gateway.store.begin(write=False) as transaction:
        agents = transaction.agents_by_handle(people(query)) if people(query) else {}
        organisation = gateway.rules.rulebook.organisation
        around = Around(organisation, None, datetime.now(UTC), lists=True, agents=agents)
        wanted = resolve(query, around)
        if isinstance(wanted, Text):
            raise MistakeError(str(wanted))
        skip = (query.page - 1) * limit
        return transaction.list_tickets(wanted, Scope(frozenset(), None), limit, skip).tickets


def show_ticket(
    number: str, *, config: ConfigOption = DEFAULT_CONFIG, as_json: JsonOption = False
) -> None:
    """Show one ticket with its thread.

    Parameters
    ----------
    number
        The number, with or without `#`.
    config
        The configuration file.
    as_json
        Print one JSON object.

    """
    gateway = parts(config)
    try:
        found = gateway.store.tickets.show(number.removeprefix("#"))
        handles = _handles(gateway)
    finally:
        gateway.store.close()
    if found is None:
        raise MistakeError(f"There is no ticket #{number.removeprefix('#')}.")
    if as_json:
        say_json(views.thread_object(found, handles))
    else:
        views.thread(found)


def list_queue(
    *,
    limit: int = 100,
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """List mail that waits: accepted and not processed, quarantined, not delivered, failed.

    Parameters
    ----------
    limit
        At most so many of each kind.
    config
        The configuration file.
    as_json
        Print one JSON object a line.

    """
    gateway = parts(config)
    try:
        rows = [
            *(
                queue_views.inbound_object(entry)
                for state in ("queued", "quarantined")
                for entry in gateway.store.inbound.listing(state, limit)
            ),
            *(
                queue_views.outbox_object(entry)
                for state in ("queued", "failed")
                for entry in gateway.store.outbox.listing(state, limit)
            ),
        ]
    finally:
        gateway.store.close()
    if as_json:
        for row in rows:
            say_json(row)
    elif rows:
        table([tuple(row[key] for key in queue_views.QUEUE_COLUMNS) for row in rows])
    else:
        say("Nothing waits.")


def _handles(gateway: "Parts") -> dict[AgentId, str]:
    """The short names of all agents, by their ids."""
    return {agent.id: agent.handle for agent in gateway.store.people.list_agents()}


def retry_queue(name: str, *, config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Try a quarantined message or a failed mail again, once its cause is mended.

    Parameters
    ----------
    name
        Its id, as `gateway queue list` shows it.
    config
        The configuration file.

    """
    gateway = parts(config)
    try:
        found = gateway.store.inbound.retry(QueueId(name)) or (
            name.isdecimal() and gateway.store.outbox.retry(OutboxId(int(name)))
        )
        if found:
            act = Act(ActKind.OPERATOR, ("retry",), queue_id=name)
            gateway.store.history.append(act, datetime.now(UTC))
    finally:
        gateway.store.close()
    if not found:
        raise MistakeError(f"Nothing with the id {name} is quarantined or failed.")
    say(f"{name} will be tried again.")


def _read(file: Path) -> bytes:
    if str(file) == "-":
        return sys.stdin.buffer.read()
    try:
        return file.read_bytes()
    except OSError as error:
        raise MistakeError(f"{file}: {error.strerror}") from None


def _inspected(path: str, read: Reading) -> Iterator[dict[str, object]]:
    """An object for each mail at a path; one with `error` when it cannot be read."""
    shown = os.fsencode(path).decode("utf-8", "replace")
    if not path:
        return
    try:
        for name, raw in mails(Path(path)):
            seen = as_object(read(raw))
            yield {"path": os.fsencode(name).decode("utf-8", "replace"), **seen}
    except (OSError, ValueError) as error:
        yield {"path": shown, "error": os.fsencode(str(error)).decode("utf-8", "replace")}
