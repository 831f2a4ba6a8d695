"""What is opened and kept closed: encrypted mail, and the agents' secrets."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from gateway.mail.opened import OpenedMail
from gateway.model.message import Message
from gateway.model.people import Agent, AgentId
from gateway.model.second_factor import NewCodes


class Opener(Protocol):
    """Opens what is encrypted and checks what is signed; never inside of a transaction."""

    def open(self, raw: bytes, outside: Message) -> OpenedMail:
        """The mail `raw`, which reads as `outside` before it is opened.

        Raises a `Refusal` when it has to wait; what cannot be opened is told in the message.
        """
        ...

    def expect(self, mails: Sequence[tuple[bytes, Message]]) -> None:
        """These will be asked for soon, in their order: as many as there are cores may begin."""
        ...


class Unsealable(Exception):  # noqa: N818  (says what it is)
    """A mail can never be signed or encrypted as it is to be; the text names nobody."""


class Vault(Protocol):
    """The agents' secrets, which nobody else opens. Raises `VaultClosed`."""

    def steps(
        self, agent: AgentId, sealed: bytes, code: str, first: datetime, last: datetime
    ) -> tuple[int, ...]:
        """The time steps between two moments whose code this is, the latest first."""
        ...

    def recovery_digest(self, agent: AgentId, code: str) -> str:
        """What is kept of a recovery code."""
        ...

    def new_codes(self, agent: Agent, organisation: str) -> NewCodes:
        """A new secret for the agent's one-time codes; `organisation` is what their app shows."""
        ...


class VaultClosed(Exception):  # noqa: N818  (says what it is)
    """The key of the agents' secrets cannot be used; the text is for the operator."""
