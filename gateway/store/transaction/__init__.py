"""A transaction on a connection, in the parts that `ports.Transaction` has."""

from gateway.store.transaction.sql import SqlTransaction

__all__ = ["SqlTransaction"]
