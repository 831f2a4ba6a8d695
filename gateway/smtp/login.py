"""AUTH (RFC 4954): an agent logs in to send mail. PLAIN (RFC 4616) and LOGIN, only encrypted."""

import binascii
from base64 import b64decode, b64encode
from collections.abc import Awaitable, Callable
from typing import Protocol

from gateway.model.refusal import Refusal

MECHANISMS = "PLAIN LOGIN"

Ask = Callable[[str], Awaitable[str]]
"""Sends `334` with a challenge and returns the peer's line."""


class BadMechanism(Refusal):
    """A mechanism that was not offered."""

    code, status, text = 504, "5.5.4", "Mechanism not offered"


class BadResponse(Refusal):
    """No base64, or not of the form of the mechanism; or the peer gave up with `*`."""

    code, status, text = 501, "5.5.2", "Cannot read the response"


class LoginNeeded(Refusal):
    """Only agents come in by this door (RFC 4954 section 6)."""

    code, status, text = 530, "5.7.0", "Authentication required"


class TlsNeeded(Refusal):
    """No word is said here in clear (RFC 3207 section 4)."""

    code, status, text = 530, "5.7.0", "Must issue a STARTTLS command first"


class WrongLogin(Refusal):
    """The same for an unknown name, a wrong password and an account that is locked."""

    code, status, text = 535, "5.7.8", "Name or password is wrong"


class LoginsLocked(Refusal):
    """Too many wrong passwords, or too many logins at a time: it will pass."""

    code, status, text = 454, "4.7.0", "Too many attempts, try again later"


class Logins(Protocol):
    """What knows the passwords. It lives behind the store."""

    async def are_possible(self) -> bool:
        """False while nobody has a password: then nothing is offered."""
        ...

    async def check(self, name: str, password: str, ip: str) -> str:
        """The folded address of the agent. Raises WrongLogin or LoginsLocked."""
        ...


async def credentials(argument: str, ask: Ask) -> tuple[str, str]:
    """Name and password from an AUTH command. Raises BadMechanism or BadResponse."""
    mechanism, _, initial = argument.partition(" ")
    match mechanism.upper():
        case "PLAIN":
            return _plain(_decoded(initial or await ask("")))
        case "LOGIN":
            name = _decoded(initial or await ask(_challenge("Username:")))
            return name, _decoded(await ask(_challenge("Password:")))
        case _:
            raise BadMechanism(mechanism[:20])


def _plain(response: str) -> tuple[str, str]:
    parts = response.split("\0")
    if len(parts) != 3 or parts[0] not in ("", parts[1]):
        raise BadResponse("PLAIN")
    return parts[1], parts[2]


def _challenge(words: str) -> str:
    return b64encode(words.encode()).decode()


def _decoded(line: str) -> str:
    if line == "=":  # an empty initial response
        return ""
    try:
        return b64decode(line, validate=True).decode()
    except (binascii.Error, ValueError):
        raise BadResponse("not base64") from None
