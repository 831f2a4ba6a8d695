"""Named places where tests let the process die or fail; without the setting they do nothing.

`GATEWAY_FAULT=name:kill:3` kills the process the third time the point `name` is reached,
`name:raise:3` raises there instead. Tests of the promises (never lose, never repeat) go through
every name.
"""

import os
import signal
from collections import Counter

POINTS = (
    "inbound-before-commit",
    "inbound-after-commit",
    "claimed",
    "decided",
    "recorded-before-commit",
    "recorded-after-commit",
    "outbox-claimed",
    "delivered-before-commit",
    "delivered-after-commit",
)
"""Every place, in the order of the road."""

_wanted, _action, _count = [*os.environ.get("GATEWAY_FAULT", "").split(":"), "", ""][:3]
_reached: Counter[str] = Counter()


class InjectedFaultError(Exception):
    """Raised at a fault point by a test."""


def reach(name: str) -> None:
    """Die or raise if a test asked for it here; else nothing."""
    if name != _wanted:
        return
    _reached[name] += 1
    if _reached[name] != int(_count or 1):
        return
    if _action == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    raise InjectedFaultError(name)
