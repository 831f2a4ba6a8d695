"""`gateway agent import` and `gateway department import`: a table becomes accounts or rules."""

import shutil
import tempfile
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from gateway.cli.shared import DEFAULT_CONFIG, ConfigOption, MistakeError, parts, say

TryOption = Annotated[bool, Parameter(name="--try", negative="")]


def import_agents(
    file: Path, *, only_try: TryOption = False, config: ConfigOption = DEFAULT_CONFIG
) -> None:
    """Add the people of a table as agents, and bring those that are there up to date.

    Parameters
    ----------
    file
        CSV in UTF-8. The first line names the columns: name, address, departments, and if wanted
        handle, admin, language (German names are understood). Several departments are parted by a
        comma. Who is not in the table is left alone.
    only_try
        Say what would be done, and do nothing.
    config
        The configuration file.

    """
    from gateway.rulebook.importing import people  # noqa: PLC0415

    text = _text(file)
    gateway = parts(config)
    try:
        organisation = gateway.rules.rulebook.organisation
        specs, errors = people(
            text, file.name, organisation.department_names, organisation.language
        )
        if errors:
            raise MistakeError("\n".join(map(str, errors)))
        done = gateway.store.people.import_agents(specs, only_try=only_try)
    finally:
        gateway.store.close()
    for spec, what in done:
        departments = ", ".join(sorted(spec.departments)) or "no department"
        say(f"{what}  {spec.handle} <{spec.mailbox.address}>  {departments}")
    say("tried only, nothing was changed" if only_try else f"{len(done)} people")


def import_departments(
    file: Path, *, only_try: TryOption = False, config: ConfigOption = DEFAULT_CONFIG
) -> None:
    """Write the departments of a table into the rule files, with an internal address each.

    The rules are checked as a whole before anything is written. Send the daemon SIGHUP afterwards.

    Parameters
    ----------
    file
        CSV in UTF-8. The first line names the columns: name, and if wanted id, kind (location,
        office, supraregional), address, aliases.
    only_try
        Say what would be done, and do nothing.
    config
        The configuration file.

    """
    from gateway.config import load  # noqa: PLC0415
    from gateway.rulebook.importing import declared, departments  # noqa: PLC0415
    from gateway.rulebook.load import load as load_rules  # noqa: PLC0415

    rows, errors = departments(_text(file), file.name)
    if errors:
        raise MistakeError("\n".join(map(str, errors)))
    folder = load(config).rules
    known = load_rules(folder).organisation.departments
    new = [row for row in rows if row.id not in known]
    names = ("departments.yaml", "organisation.yaml")
    texts = {name: (folder / name).read_text(encoding="utf-8") for name in names}
    try:
        changed = declared(texts, new)
    except ValueError as wrong:
        raise MistakeError(str(wrong)) from None
    with tempfile.TemporaryDirectory() as scratch:
        copy = Path(scratch) / folder.name
        shutil.copytree(folder, copy)
        for name, text in changed.items():
            (copy / name).write_text(text, encoding="utf-8")
        load_rules(copy)
    for row in rows:
        say(f"{'added' if row in new else 'there already'}  {row.id}  {row.name}  {row.address}@")
    if only_try or not new:
        say("nothing was changed")
        return
    for name, text in changed.items():
        (folder / name).write_text(text, encoding="utf-8")
    say(f"{len(new)} departments written to {folder}; put them in force: systemctl reload gateway")


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise MistakeError(
            f"{file} is not UTF-8: save it as CSV with the encoding UTF-8."
        ) from None
    except OSError as wrong:
        raise MistakeError(f"{file} cannot be read: {wrong.strerror}.") from None
