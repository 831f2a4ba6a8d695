"""The gateway itself: rules, database, disk, queues, clock."""

import os
import pwd
import shutil
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from gateway.config import Config, DeliveryMode
from gateway.duties.clock import running_time, start_of_machine
from gateway.model.clock import Tick
from gateway.model.health import ClockSeen, DiskSeen, RulesSeen, SettingsSeen
from gateway.model.rule_trouble import Trouble
from gateway.parts import Rules, machine
from gateway.policy.clocks import judged
from gateway.reloading import mistakes_of
from gateway.rulebook.packing import pack
from gateway.store import clock as clocks
from gateway.store.engine import Database
from gateway.store.health import file_of
from gateway.store.rule_files import RuleShelf, troubles


def settings(config: Config, database: Database | None) -> SettingsSeen:
    """Who asks, and whether mail is believed that should not be."""
    file = file_of(database) if database is not None else None
    owner = ""
    if file is not None and file.stat().st_uid != os.geteuid():
        owner = _name(file.stat().st_uid)
    return SettingsSeen(config.trust.development, owner)


def _name(user: int) -> str:
    try:
        return pwd.getpwuid(user).pw_name
    except KeyError:
        return f"#{user}"


def rules(
    config: Config, read: Rules | None, wrong: Exception | None, database: Database | None
) -> RulesSeen:
    """What the files say, beside what is in force. `wrong`: why they cannot be used."""
    node = machine(config)
    mistakes = mistakes_of(wrong) if wrong is not None else ()
    warnings = tuple(each.text for each in read.rulebook.warnings) if read and not wrong else ()
    kept, met = (None, ()) if database is None else _in_force(database, node)
    is_kept = False
    if kept is not None and not mistakes:
        templates = config.templates
        own = {"templates": templates} if templates is not None else {}
        packed = pack({"rules": config.rules, **own})
        is_kept = packed is None or packed[0] == kept[0]
    at = kept[1] if kept is not None else None
    return RulesSeen(node, str(config.rules), mistakes, warnings, at, is_kept, tuple(met))


def _in_force(
    database: Database, node: str
) -> tuple[tuple[str, datetime] | None, Sequence[Trouble]]:
    kept = RuleShelf(database).kept(node)
    with database.reading() as connection:
        return kept, troubles(connection, lock=False)


def disks(config: Config, base: Path, database: Database | None) -> list[DiskSeen]:
    """Each disk once, with the folder that needs it most."""
    file = file_of(database) if database is not None else None
    folders = [file.parent if file is not None else base]
    if config.delivery.mode is DeliveryMode.MAILDIR:
        folders.append(config.delivery.maildir)
    folders.append(config.openpgp.home)
    found: dict[int, DiskSeen] = {}
    for folder in folders:
        here = next((each for each in (folder, *folder.parents) if each.is_dir()), Path("/"))
        usage = shutil.disk_usage(here)
        found.setdefault(here.stat().st_dev, DiskSeen(str(folder), usage.free, usage.total))
    return list(found.values())


def clock(database: Database, now: datetime) -> ClockSeen:
    """What the daemon would think of the clock now, and what others think of theirs."""
    tick = Tick(start_of_machine(), now, running_time())
    with database.reading() as connection:
        known, latest = clocks.read(connection, tick.boot)
        others = [each for each in clocks.beats(connection) if each.last.boot != tick.boot]
    suspect = tuple(each for each in others if now - each.last.at < clocks.LATELY)
    return ClockSeen(judged(tick, known, latest), suspect)
