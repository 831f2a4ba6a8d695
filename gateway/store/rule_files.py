"""The rules of the nodes: what is wrong with them, and how they were when they were in order."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, assert_never

from sqlalchemy import Connection, bindparam, delete, insert, select

from gateway.model.rule_trouble import EndTrouble, RuleChange, Trouble, WriteTrouble
from gateway.store.engine import Database
from gateway.store.occasion import Occasion
from gateway.store.schema_times import good_rules, trouble

_TROUBLES = select(trouble).order_by(trouble.c.since, trouble.c.node).with_for_update()
_END = delete(trouble).where(trouble.c.node == bindparam("whose"))
_OF_NODE = select(good_rules).where(good_rules.c.node == bindparam("whose"))
_NEWEST = select(good_rules).order_by(good_rules.c.at.desc()).limit(1)
_FORGET = delete(good_rules).where(good_rules.c.node == bindparam("whose"))
_ROWS = (trouble.c.node, trouble.c.digest, trouble.c.text, trouble.c.since, trouble.c.told)


def troubles(connection: Connection, *, lock: bool) -> Sequence[Trouble]:
    """What is wrong on each node."""
    found = connection.execute(_TROUBLES if lock else select(trouble))
    return [Trouble(row.node, row.digest, row.text, row.since, row.told) for row in found]


def write(connection: Connection, changes: Sequence[Any], _: Occasion) -> None:
    """Write what is wrong, or that nothing is."""
    for change in changes:
        _write(connection, change)


def _write(connection: Connection, change: RuleChange) -> None:
    match change:
        case WriteTrouble(found):
            connection.execute(_END, {"whose": found.node})
            row = {each.name: getattr(found, each.name) for each in _ROWS}
            connection.execute(insert(trouble), row)
        case EndTrouble(node):
            connection.execute(_END, {"whose": node})
        case _:
            assert_never(change)


class RuleShelf:
    """The files of rules and templates, packed, as they were when they were last in order."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(self, node: str, digest: str, at: datetime, files: bytes) -> bool:
        """Keep them, unless just they are kept already; true when they were new."""
        with self._database.reading() as connection:
            row = connection.execute(_OF_NODE, {"whose": node}).first()
            if row is not None and row.digest == digest:
                return False
        with self._database.writing() as connection:
            connection.execute(_FORGET, {"whose": node})
            values = {"node": node, "digest": digest, "at": at, "files": files}
            connection.execute(insert(good_rules), values)
        return True

    def kept(self, node: str) -> tuple[str, datetime] | None:
        """The digest of the last ones of the node, and when they were read."""
        with self._database.reading() as connection:
            row = connection.execute(_OF_NODE, {"whose": node}).first()
            return (row.digest, row.at) if row is not None else None

    def last(self, node: str) -> tuple[datetime, bytes] | None:
        """The last ones of the node, or else the newest of another one."""
        with self._database.reading() as connection:
            row = connection.execute(_OF_NODE, {"whose": node}).first()
            row = row or connection.execute(_NEWEST).first()
            return (row.at, row.files) if row is not None else None
