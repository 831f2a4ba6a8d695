"""Statements that write on the road, prepared once.

The toolkit builds each statement and knows the types, but working out the parameters anew for each
execution costs more than the database does. Here a statement is compiled at its first use, and
values then go to the driver through the same type processors, in the order the SQL wants them.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Executable, Insert
from sqlalchemy.engine import Dialect
from sqlalchemy.sql.compiler import SQLCompiler

Row = Mapping[str, Any]
_Process = Callable[[Any], Any]


class _Plan:
    """One statement in one dialect."""

    def __init__(self, statement: Executable, names: Sequence[str], dialect: Dialect) -> None:
        if isinstance(statement, Insert):
            statement = statement.inline()  # nobody asks for the new key
        compiled = statement.compile(dialect=dialect, column_keys=list(names))  # type: ignore[attr-defined] # every statement has it
        assert isinstance(compiled, SQLCompiler)  # noqa: S101  (of every statement there is)
        self.sql = str(compiled)
        self._is_positional = bool(compiled.positional)
        binds = {name: bind for bind, name in compiled.bind_names.items()}
        self._parts: list[tuple[str, _Process | None]] = []
        self._constants: dict[str, Any] = {}
        for name in compiled.positiontup or binds:
            bind = binds[name]
            process = bind.type.dialect_impl(dialect).bind_processor(dialect)
            self._parts.append((name, process))
            if not bind.required:
                self._constants[name] = bind.effective_value

    def values(self, row: Row) -> tuple[Any, ...] | dict[str, Any]:
        """The parameters as the driver takes them."""
        if self._constants:
            row = {**row, **self._constants}
        if self._is_positional:
            return tuple(
                [process(row[name]) if process else row[name] for name, process in self._parts]
            )
        return {name: process(row[name]) if process else row[name] for name, process in self._parts}


class Prepared:
    """An INSERT or UPDATE with the names of the values it takes.

    `statement` is the same for every database, or one for each by the dialect's name. Names that
    `bindparam` gave are part of the statement already; those of an INSERT's columns are `names`.
    """

    def __init__(self, statement: Executable | Mapping[str, Executable], *names: str) -> None:
        self._statement = statement
        self._names = names
        self._plans: dict[str, _Plan] = {}

    def run(self, connection: Connection, rows: Sequence[Row]) -> int:
        """Execute once for each row; how many rows of the table were met by a single one."""
        plan = self._plans.get(connection.dialect.name) or self._prepare(connection.dialect)
        values: Any = [plan.values(row) for row in rows]
        if len(rows) == 1:
            values = values[0]
        return connection.exec_driver_sql(plan.sql, values).rowcount

    def _prepare(self, dialect: Dialect) -> _Plan:
        statement = self._statement
        if isinstance(statement, Mapping):
            statement = statement[dialect.name]
        plan = _Plan(statement, self._names, dialect)
        self._plans[dialect.name] = plan
        return plan
