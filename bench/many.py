"""Many tickets out of one: every row that belongs to it is copied, keys and all."""

from collections.abc import Iterator, Sequence

from sqlalchemy import Column, Connection, Engine, Table, Text, UniqueConstraint

from gateway.store.schema import metadata
from gateway.store.schema_search import PARTS, ticket_text

STAND_ALONE = {"agent", "agent_department", "counter"}
STRIDE = 1_000_000
"""Distance of one copy's ids to those of the next; the first ticket's are all below."""

Row = tuple[object, ...]


def multiply(engine: Engine, tickets: int) -> None:
    """Copy the rows of the first ticket until there are `tickets` tickets in the SQLite file."""
    with engine.connect() as connection:
        connection.execution_options(writing=True)
        with connection.begin():
            connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
            have = connection.exec_driver_sql("SELECT count(*) FROM ticket").scalar_one()
            if have >= tickets:
                return
            last = connection.exec_driver_sql("SELECT max(id) FROM ticket").scalar_one()
            first = last // STRIDE + 1
            copies = range(first, first + tickets - have)
            for table in metadata.sorted_tables:
                if table.name not in STAND_ALONE and any(map(_is_shifted, table.columns)):
                    _copy(connection, table, copies)
            rebuilt = "INSERT INTO ticket_words (ticket_words) VALUES ('rebuild')"
            connection.exec_driver_sql(rebuilt)
            beyond = {"value": (copies.stop + 1) * STRIDE}
            connection.exec_driver_sql("UPDATE counter SET value = :value", beyond)


def _copy(connection: Connection, table: Table, copies: range) -> None:
    names = ", ".join(column.name for column in table.columns)
    shifted = [_is_shifted(column) for column in table.columns]
    by = next(column.name for column in table.columns if _is_shifted(column))
    stride = STRIDE * PARTS if table is ticket_text else STRIDE
    model = connection.exec_driver_sql(f"SELECT {names} FROM {table.name} WHERE {by} < {stride}")
    marks = ", ".join("?" * len(shifted))
    connection.connection.cursor().executemany(
        f"INSERT INTO {table.name} ({names}) VALUES ({marks})",
        _copies([tuple(row) for row in model], shifted, _told_apart(table), copies, stride),
    )


def _copies(
    model: Sequence[Row],
    shifted: Sequence[bool],
    apart: Sequence[bool],
    copies: range,
    stride: int,
) -> Iterator[Row]:
    for copy in copies:
        for row in model:
            yield tuple(
                value
                if value is None
                else value + copy * stride
                if move
                else f"{value}.{copy}"
                if unlike
                else value
                for value, move, unlike in zip(row, shifted, apart, strict=True)
            )


def _is_shifted(column: Column[object]) -> bool:
    """True for ids of what is copied, and for what points at them."""
    targets = {key.column.table.name for key in column.foreign_keys}
    return not targets & STAND_ALONE if targets else column.name == "id"


def _told_apart(table: Table) -> list[bool]:
    """For each column, whether it is a text that must be another one in each copy."""
    keys = [set(c.columns) for c in table.constraints if isinstance(c, UniqueConstraint)]
    keys += [set(index.columns) for index in table.indexes if index.unique]
    keys.append(set(table.primary_key.columns))
    apart = {
        column.name
        for key in keys
        if not any(_is_shifted(column) for column in key)
        for column in key
        if isinstance(getattr(column.type, "impl", column.type), Text)
    }
    return [column.name in apart for column in table.columns]
