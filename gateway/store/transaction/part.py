"""What every part of a transaction has."""

from sqlalchemy import Connection


class Part:
    """Works on the connection of its transaction; with `write` false nothing is written or held."""

    def __init__(self, connection: Connection, *, write: bool) -> None:
        self._connection = connection
        self._write = write
