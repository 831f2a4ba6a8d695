"""How values look in the tables: the same on SQLite and PostgreSQL."""

import json
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from pydantic import TypeAdapter
from sqlalchemy import BigInteger, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

from gateway.model.authentication import Authentication

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_LONGEST_KEY = 200
_FOUND = TypeAdapter(Authentication)


def clean(text: str) -> str:
    """`text` as both databases can keep it: NUL and lone surrogates become U+FFFD."""
    if text.isascii():
        return text.replace("\0", "\ufffd")
    kept = text.replace("\0", "\ufffd")
    return kept.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def key(text: str) -> str:
    """`text` as it is indexed: itself, or a digest of it when it is longer than an index takes."""
    kept = clean(text)
    if len(kept) <= _LONGEST_KEY:
        return kept
    return "sha256:" + sha256(kept.encode()).hexdigest()


def hidden(text: str) -> str:
    """What is kept of a key after a purge: it may name a person, a digest of it does not."""
    kept = key(text)
    return kept if kept.startswith("sha256:") else "sha256:" + sha256(kept.encode()).hexdigest()


class Moment(TypeDecorator[datetime]):
    """Microseconds since 1970 in UTC. Order and equality are those of the moments."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002 (given by SQLAlchemy)
        """The number for a timezone-aware time."""
        return None if value is None else (value - EPOCH) // _MICROSECOND

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 (given by SQLAlchemy)
        """Timezone-aware UTC."""
        return None if value is None else EPOCH + value * _MICROSECOND


class Words(TypeDecorator[str]):
    """Text without NUL and lone surrogates, which PostgreSQL and both drivers refuse."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002 (given by SQLAlchemy)
        """The cleaned text."""
        return None if value is None else clean(value)


class Key(TypeDecorator[str]):
    """Text that is looked up: as `Words`, and short enough for every index."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002 (given by SQLAlchemy)
        """The key of the text."""
        return None if value is None else key(value)


class WordList(TypeDecorator[tuple[str, ...]]):
    """Several texts in order, as a JSON array in ASCII; any string comes back as it went in."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: tuple[str, ...] | None, dialect: Dialect) -> str | None:  # noqa: ARG002 (given by SQLAlchemy)
        """The JSON array."""
        return None if value is None else json.dumps(list(value))

    def process_result_value(self, value: str | None, dialect: Dialect) -> tuple[str, ...] | None:  # noqa: ARG002 (given by SQLAlchemy)
        """The texts."""
        return None if value is None else tuple(json.loads(value))


class Found(TypeDecorator[Authentication]):
    """What was found about the sender of a mail, as JSON."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Authentication | None, dialect: Dialect) -> str | None:  # noqa: ARG002 (given by SQLAlchemy)
        """The JSON object."""
        return None if value is None else clean(_FOUND.dump_json(value).decode())

    def process_result_value(self, value: str | None, dialect: Dialect) -> Authentication | None:  # noqa: ARG002 (given by SQLAlchemy)
        """What was found."""
        return None if value is None else _FOUND.validate_json(value)
