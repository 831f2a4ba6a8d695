"""Log lines to standard error: readable, or one JSON object each; always one line an event."""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

from gateway.config import LogSettings

_STEERING = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_ADDRESS = re.compile(r"([^\s<>\"'()=,;:])[^\s<>\"'()=,;@]*@(?=[\w-]+\.)")
_LONGEST = 500

_NAMES = frozenset({"message_id", "queue_id", "event", "timestamp", "level"})
"""Values that are no words of a person and are needed whole to follow a message."""


def configure(settings: LogSettings) -> None:
    """Log as the settings say. Nothing from a mail can begin a new line or steer a terminal."""
    level = logging.getLevelNamesMapping()[settings.level.upper()]
    # Tracebacks without the values of variables: those are bodies, tokens and passwords.
    last: list[Any] = (
        [
            structlog.processors.ExceptionRenderer(
                structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
            ),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ]
        if settings.json_lines
        else [
            structlog.dev.ConsoleRenderer(
                colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
            )
        ]
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _harmless,
            *last,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )


def _harmless(
    _logger: object, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """No control characters, bounded length, and of people's addresses the first letter only."""
    for name, value in event.items():
        if isinstance(value, str):
            shown = _STEERING.sub("\ufffd", value[: 4 * _LONGEST])
            event[name] = (shown if name in _NAMES else _ADDRESS.sub(r"\1…@", shown))[:_LONGEST]
    return event
