"""Changes of mails that wait for an agent's word, and of work that can be taken back."""

from dataclasses import dataclass
from datetime import datetime

from gateway.model.held import Before, Guard, HeldId, HeldState, NewsBefore, WorkId
from gateway.model.people import AgentId
from gateway.model.ticket import TicketId


@dataclass(frozen=True, slots=True)
class HoldMail:
    """The message being decided waits for the agent's word, which answers `receipt_id`.

    `token_digest` is of the token in the address that the answer goes to. The rest is as in `Held`.
    """

    agent: AgentId
    receipt_id: str
    plan: str
    guards: frozenset[Guard]
    expires_at: datetime
    ticket: TicketId | None = None
    reply_only: bool = False
    token_digest: str = ""
    needs: int = 0
    proved: int = 0
    version: str = ""


@dataclass(frozen=True, slots=True)
class SettleHeld:
    """A held mail waits no longer."""

    held: HeldId
    state: HeldState


@dataclass(frozen=True, slots=True)
class RememberWork:
    """What a mail did, so that it can be taken back for a while."""

    agent: AgentId
    receipt_id: str
    tickets: tuple[Before, ...]
    mails: tuple[str, ...] = ()
    ticket: TicketId | None = None
    opened: str = ""
    """The number of the ticket that it opened."""
    news: NewsBefore | None = None
    entered: tuple[str, ...] = ()
    ended: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TakeBack:
    """Work was undone: it can be taken back only once, and these mails do not leave."""

    work: WorkId
    mails: tuple[str, ...] = ()


HeldChange = HoldMail | SettleHeld | RememberWork | TakeBack
