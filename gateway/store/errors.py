"""What can go wrong with a database, in our own words."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import exc

from gateway.model.refusal import StorageFull, TemporaryFailure

_SQLITE_FULL = 13
_DISK_FULL = "53100"  # SQLSTATE of PostgreSQL


class StoreError(Exception):
    """The database cannot be used; `str` is one sentence for the operator."""


class AlreadyRunning(StoreError):  # noqa: N818 (reads as what it is)
    """Another daemon works on the same database file."""


class NewerDatabase(StoreError):  # noqa: N818 (reads as what it is)
    """The database was written by a newer version of the gateway."""


class Conflict(TemporaryFailure):
    """Another node was faster with the same work; trying again sees what it did."""


@contextmanager
def translated() -> Iterator[None]:
    """Database errors inside the block rise as `StorageFull`, `Conflict` or `TemporaryFailure`.

    Mistakes of ours (wrong SQL, wrong types) rise unchanged.
    """
    try:
        yield
    except exc.IntegrityError as error:
        raise Conflict(_first_line(error)) from error
    except (exc.OperationalError, exc.InterfaceError, exc.InternalError) as error:
        raise as_refusal(error) from error
    except exc.TimeoutError as error:  # all connections of the pool are in use
        raise TemporaryFailure(str(error)) from error


def as_refusal(error: exc.DBAPIError) -> StorageFull | TemporaryFailure:
    """`StorageFull` when the database says that the disk is full, else `TemporaryFailure`."""
    original = error.orig
    sqlite_code = getattr(original, "sqlite_errorcode", 0) & 0xFF
    if sqlite_code == _SQLITE_FULL or getattr(original, "sqlstate", "") == _DISK_FULL:
        return StorageFull(_first_line(error))
    return TemporaryFailure(_first_line(error))


def _first_line(error: exc.DBAPIError) -> str:
    """The driver's words without SQL and values: those may hold what people wrote."""
    return str(error.orig).partition("\n")[0][:300]
