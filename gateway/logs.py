"""Log lines to standard error: readable, or one JSON object each; always one line an event.

Above the level `debug` no line says anything of a person: a message is a queue id, tickets and
agents are numbers. What a decision was about in words is for `debug`.
"""

import logging
import re
import sys
import traceback
from collections.abc import MutableMapping
from typing import Any, TextIO

import structlog

from gateway.config import LogSettings
from gateway.mail.nameless import nameless

_STEERING = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
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
            _exceptions_harmless,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ]
        if settings.json_lines
        else [
            structlog.dev.ConsoleRenderer(
                colors=sys.stderr.isatty(), exception_formatter=_traceback
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
    """No control characters, bounded length, and no address of a person."""
    for name, value in event.items():
        if isinstance(value, str):
            shown = _STEERING.sub("\ufffd", value[: 4 * _LONGEST])
            event[name] = (shown if name in _NAMES else nameless(shown))[:_LONGEST]
    return event


def _traceback(out: TextIO, failure: Any) -> None:  # noqa: ANN401  (as structlog gives it)
    """A readable traceback; of what the error says of itself, no address."""
    text = "".join(traceback.format_exception(*failure))
    out.write("\n" + nameless(text.rstrip("\n")))


def _exceptions_harmless(
    _logger: object, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """The same for exceptions as JSON."""
    for each in event.get("exception", ()):
        each["exc_value"] = nameless(each["exc_value"])
    return event
