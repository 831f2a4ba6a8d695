"""How one attempt to hand over one outgoing mail ended (RFC 5321 section 4.2.1)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Delivered:
    """The next hop has taken the mail over; `reply` is what it said, for the log."""

    reply: str = ""


@dataclass(frozen=True, slots=True)
class Deferred:
    """Not now: try again later. `host_down`: the host as a whole could not be used.

    `unknown` is true when the connection broke after the final dot: the host may have the mail.
    `here`: it is we who are not ready, no host was asked.
    """

    reason: str
    host_down: bool = False
    unknown: bool = False
    here: bool = False


@dataclass(frozen=True, slots=True)
class Failed:
    """Never: `status` is the enhanced status code (RFC 3463), `5.0.0` when none was given.

    `unsealed`: it could not be protected as it must be, so no host was asked.
    """

    reason: str
    status: str = "5.0.0"
    unsealed: bool = False


DeliveryOutcome = Delivered | Deferred | Failed
