"""People and departments from a table (CSV), as other programs export them.

The first line names the columns, in German or English; the delimiter is found out. All mistakes
are told at once, with their line; with one of them, nothing is taken over.
"""

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from typing import TypeVar

from gateway.model.address import Mailbox
from gateway.model.people import AgentSpec, DepartmentId, Language
from gateway.model.text import Text, say
from gateway.rulebook import words
from gateway.rulebook.errors import Place, RuleError, error
from gateway.rulebook.names import closest, written_out

_COLUMNS: Mapping[str, str] = {
    "handle": "handle",
    "short name": "handle",
    "kurzname": "handle",
    "username": "handle",
    "benutzername": "handle",
    "name": "name",
    "email": "address",
    "e-mail": "address",
    "mail": "address",
    "address": "address",
    "adresse": "address",
    "departments": "departments",
    "department": "departments",
    "abteilungen": "departments",
    "abteilung": "departments",
    "standort": "departments",
    "standorte": "departments",
    "admin": "admin",
    "vorstand": "admin",
    "language": "language",
    "sprache": "language",
    "kind": "kind",
    "art": "kind",
    "aliases": "aliases",
    "id": "handle",
}
_YES = frozenset({"yes", "ja", "j", "y", "x", "1", "true", "wahr"})
_NO = frozenset({"no", "nein", "n", "", "0", "false", "falsch", "-"})
_LANGUAGES = {
    "de": Language.GERMAN,
    "deutsch": Language.GERMAN,
    "german": Language.GERMAN,
    "en": Language.ENGLISH,
    "englisch": Language.ENGLISH,
    "english": Language.ENGLISH,
}
_KINDS = {
    "": "location",
    "location": "location",
    "standort": "location",
    "office": "office",
    "supraregional": "supraregional",
    "ueberregional": "supraregional",
}

ValueT = TypeVar("ValueT")


@dataclass(frozen=True, slots=True)
class DepartmentRow:
    """A department to be declared. `address` is the part before the @."""

    id: str
    name: str
    kind: str
    address: str
    aliases: tuple[str, ...] = ()


@dataclass(slots=True)
class _Table:
    """The rows of a file, and the mistakes found in them."""

    file: str
    errors: list[RuleError]
    rows: list[tuple[int, dict[str, str]]]

    def wrong(self, line: int, what: Text, right: Text) -> None:
        self.errors.append(error(Place(self.file, line), what, right))

    def checked(self, line: int, check: Callable[[str], str], value: str) -> str:
        """The value, or the mistake in it."""
        try:
            return check(value)
        except ValueError as wrong:
            context = getattr(wrong, "context", None) or {}
            self.wrong(line, Text(str(wrong)), Text(str(context.get("right", ""))))
            return ""


def people(
    text: str, file: str, departments: Mapping[str, DepartmentId], language: Language
) -> tuple[tuple[AgentSpec, ...], tuple[RuleError, ...]]:
    """The agents of a table, and the mistakes in it. `departments` are the known words for them."""
    table = _read(text, file, needed=("address",))
    specs = [_agent(table, line, row, departments, language) for line, row in table.rows]
    _twice(
        table, [(line, spec.mailbox.key) for (line, _), spec in zip(table.rows, specs, strict=True)]
    )
    _twice(table, [(line, spec.handle) for (line, _), spec in zip(table.rows, specs, strict=True)])
    return tuple(specs), tuple(table.errors)


def departments(text: str, file: str) -> tuple[tuple[DepartmentRow, ...], tuple[RuleError, ...]]:
    """The departments of a table, and the mistakes in it."""
    table = _read(text, file, needed=("name",))
    rows = [_department(table, line, row) for line, row in table.rows]
    _twice(table, [(line, row.id) for (line, _), row in zip(table.rows, rows, strict=True)])
    return tuple(rows), tuple(table.errors)


def _read(text: str, file: str, *, needed: Sequence[str]) -> _Table:
    table = _Table(file, [], [])
    lines = text.lstrip("\ufeff")
    head = lines.partition("\n")[0]
    delimiter = max(";,\t", key=head.count)
    reader = csv.reader(StringIO(lines), delimiter=delimiter, skipinitialspace=True)
    columns = [_COLUMNS.get(" ".join(each.strip().lower().split())) for each in next(reader, [])]
    for column in needed:
        if column not in columns:
            table.wrong(
                1,
                say("there is no column “%(name)s”", name=column),
                say("name the columns in the first line, for example: %(example)s",
                    example="name;address;departments;admin"),
            )  # fmt: skip
    if table.errors:
        return table
    for cells in reader:
        if any(cell.strip() for cell in cells):
            row = {name: cell.strip() for name, cell in zip(columns, cells, strict=False) if name}
            table.rows.append((reader.line_num, row))
    return table


def _agent(
    table: _Table,
    line: int,
    row: Mapping[str, str],
    departments: Mapping[str, DepartmentId],
    language: Language,
) -> AgentSpec:
    address = table.checked(line, words.mail_address, row.get("address", ""))
    handle = row.get("handle", "").lower() or address.partition("@")[0].lower()
    handle = table.checked(line, words.short_name, written_out(handle)) if handle else ""
    return AgentSpec(
        handle,
        Mailbox(address, row.get("name", "")),
        frozenset(_departments(table, line, row.get("departments", ""), departments)),
        _choice(table, line, row.get("admin", ""), _flags()) or False,
        _choice(table, line, row.get("language") or language, _LANGUAGES) or language,
    )


def _flags() -> dict[str, bool]:
    return dict.fromkeys(_YES, True) | dict.fromkeys(_NO, False)


def _choice(table: _Table, line: int, value: str, known: Mapping[str, ValueT]) -> ValueT | None:
    folded = written_out(value)
    if folded not in known:
        table.wrong(
            line,
            say("“%(name)s” is not known", name=value),
            say("known here: %(known)s", known=", ".join(each for each in known if each)),
        )
        return None
    return known[folded]


def _departments(
    table: _Table, line: int, value: str, known: Mapping[str, DepartmentId]
) -> Iterator[DepartmentId]:
    for name in value.replace("|", ",").replace(";", ",").replace("/", ",").split(","):
        if not name.strip():
            continue
        found = known.get(written_out(name.strip()))
        if found is not None:
            yield found
            continue
        near = closest(name.strip(), known)
        table.wrong(
            line,
            say("“%(name)s” is not known", name=name.strip()),
            say('did you mean "%(known)s"?', known=near)
            if near
            else say("known here: %(known)s", known=", ".join(sorted(set(known.values())))),
        )


def _department(table: _Table, line: int, row: Mapping[str, str]) -> DepartmentRow:
    name = row.get("name", "")
    short = row.get("handle", "") or written_out(name).replace(" ", "-")
    short = table.checked(line, words.short_name, short.lower())
    kind = _choice(table, line, row.get("kind", ""), _KINDS) or "location"
    address = row.get("address", "").partition("@")[0] or short
    aliases = tuple(each.strip() for each in row.get("aliases", "").split(",") if each.strip())
    return DepartmentRow(short, name, kind, address.lower(), aliases)


def _twice(table: _Table, values: Sequence[tuple[int, str]]) -> None:
    first: dict[str, int] = {}
    for line, value in values:
        if value and first.setdefault(value, line) != line:
            table.wrong(
                line,
                say("“%(name)s” stands in line %(line)s already", name=value, line=first[value]),
                say("leave one of the two lines out"),
            )


def declared(rules: Mapping[str, str], rows: Sequence[DepartmentRow]) -> dict[str, str]:
    """The texts of `departments.yaml` and `organisation.yaml` with the new departments in them.

    Comments and order of the files stay as they are; the new ones stand at the end.
    """
    blocks = [_block(row) for row in rows]
    added = rules["departments.yaml"].rstrip("\n") + "\n\n" + "\n".join(blocks)
    lines = rules["organisation.yaml"].split("\n")
    place = next(
        (number for number, line in enumerate(lines) if line.rstrip() == "  internal:"), None
    )
    if place is None:
        raise ValueError("organisation.yaml has no line “  internal:”")
    lines[place + 1 : place + 1] = [f"    {row.address}: {row.id}" for row in rows]
    return {"departments.yaml": added, "organisation.yaml": "\n".join(lines)}


def _block(row: DepartmentRow) -> str:
    lines = [f"  {row.id}:", f"    name: {_scalar(row.name)}"]
    lines += [f"    kind: {row.kind}"] if row.kind != "office" else []
    if row.aliases:
        lines.append(f"    aliases: [{', '.join(map(_scalar, row.aliases))}]")
    return "\n".join(lines) + "\n"


def _scalar(text: str) -> str:
    plain = text.replace("-", "").replace(" ", "").replace(".", "").isalnum()
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return text if plain and text.lower() not in _YES | _NO else f'"{escaped}"'
