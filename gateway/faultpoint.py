"""Named places where tests let the process die or fail; without the setting they do nothing.

`GATEWAY_FAULT=name:kill:3` kills the process the third time the point `name` is reached,
`name:raise:3` raises there instead; several of them are separated by commas. Tests of the promises
(never lose, never repeat) go through every name.
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

_reached: Counter[str] = Counter()


def _read(setting: str) -> dict[tuple[str, int], str]:
    """What to do the how-manieth time a name is reached."""
    wanted = {}
    for fault in filter(None, setting.split(",")):
        name, action, count = [*fault.split(":"), "", ""][:3]
        wanted[name, int(count or 1)] = action
    return wanted


_wanted = _read(os.environ.get("GATEWAY_FAULT", ""))


class InjectedFaultError(Exception):
    """Raised at a fault point by a test."""


def reach(name: str) -> None:
    """Die or raise if a test asked for it here; else nothing."""
    if not _wanted:
        return
    _reached[name] += 1
    action = _wanted.get((name, _reached[name]))
    if action is None:
        return
    if action == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    raise InjectedFaultError(name)
