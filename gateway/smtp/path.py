"""Envelope syntax: the arguments of MAIL FROM and RCPT TO (RFC 5321 sections 4.1.2 and 4.5.3.1).

Stricter than a parser for header fields: no comments, no white space, no control characters, no
source routes. What is refused here can never reach a log, a table or another server.
"""

import re
from dataclasses import dataclass

from gateway.model.refusal import BadAddress, Refusal, UnknownRecipient

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~\-\u0080-\U0010FFFF]+"
_DOT_STRING = rf"{_ATOM}(?:\.{_ATOM})*"
_QUOTED = r'"(?:[ !#-\[\]-~\u0080-\U0010FFFF]|\\[ -~])*"'
# An underscore is no host name, but there are mail domains with one.
_LABEL = r"(?!-)[A-Za-z0-9_\-\u0080-\U0010FFFF]{1,63}(?<!-)"
_LITERAL = r"\[[!-Z^-~]{1,80}\]"
_MAILBOX = re.compile(rf"({_DOT_STRING}|{_QUOTED})@({_LABEL}(?:\.{_LABEL})*|{_LITERAL})")
_PATH = re.compile(r" *<((?:\"(?:[^\"\\]|\\.)*\"|[^\"<>])*)>(?: +(.*))?")
_PARAMETER = re.compile(r"([A-Za-z0-9][A-Za-z0-9-]*)(?:=([!-<>-~]+))?")

_MAX_PATH = 254  # 256 with the angle brackets (RFC 5321 section 4.5.3.1.3)
_MAX_LOCAL_PART = 64
# Return paths that carry the recipient's address in them are longer than the RFC allows, and
# such mail is wanted.
_MAX_REVERSE_LOCAL_PART = 128
_MAX_DOMAIN = 255


class NotAsciiAddress(Refusal):
    """A non-ASCII address without SMTPUTF8 (RFC 6531 section 3.7.4.2)."""

    code, status, text = 553, "5.6.7", "Non-ASCII address needs SMTPUTF8"


class UnknownParameter(Refusal):
    """A MAIL or RCPT parameter that was not offered (RFC 5321 section 4.1.1.11)."""

    code, status, text = 555, "5.5.4", "Parameter not recognized"


class BadParameter(Refusal):
    """A parameter that was offered, with a value that it cannot have."""

    code, status, text = 501, "5.5.4", "Bad parameter value"


@dataclass(frozen=True, slots=True)
class MailFrom:
    """A parsed MAIL argument. `address` is None for `<>`, `size` 0 when it was not declared."""

    address: str | None
    size: int = 0
    smtputf8: bool = False


def parse_mail(argument: str, *, login: bool = False) -> MailFrom:
    """What stands behind `MAIL FROM:`. Raises BadAddress or a refusal of a parameter.

    After a `login` the parameter AUTH may come, which says nothing to us (RFC 4954 section 5).
    """
    path, parameters = _split(argument)
    size, smtputf8 = 0, False
    for name, value in parameters:
        match name.upper():
            case "SIZE" if value.isascii() and value.isdigit() and len(value) <= 20:
                size = int(value)
            case "BODY" if value.upper() in {"7BIT", "8BITMIME"}:
                pass
            case "SMTPUTF8" if not value:
                smtputf8 = True
            case "AUTH" if login:
                pass
            case "SIZE" | "BODY" | "SMTPUTF8":
                raise BadParameter(name)
            case _:
                raise UnknownParameter(name)
    if not path:
        return MailFrom(None, size, smtputf8)
    _check_address(path, smtputf8=smtputf8, max_local_part=_MAX_REVERSE_LOCAL_PART)
    return MailFrom(path, size, smtputf8)


def parse_rcpt(argument: str, *, smtputf8: bool) -> str:
    """The address behind `RCPT TO:`; `postmaster` may stand alone (RFC 5321 section 4.5.1).

    Raises UnknownRecipient for every way of asking us to relay: source routes, `%` and `!` in
    the local part, a second `@`.
    """
    path, parameters = _split(argument)
    for name, _ in parameters:
        raise UnknownParameter(name)
    if path.lower() == "postmaster":
        return path
    local_part, _, _ = path.rpartition("@")
    if any(sign in local_part for sign in "@%!"):
        raise UnknownRecipient("asks for relaying")
    _check_address(path, smtputf8=smtputf8, max_local_part=_MAX_LOCAL_PART)
    return path


def _split(argument: str) -> tuple[str, list[tuple[str, str]]]:
    """Path without angle brackets, and parameters as (name, value or empty)."""
    match = _PATH.fullmatch(argument)
    if match is None:
        raise BadAddress("no path in angle brackets")
    path, rest = match.groups()
    parameters = []
    for word in (rest or "").split():
        parameter = _PARAMETER.fullmatch(word)
        if parameter is None:
            raise BadParameter(word)
        parameters.append((parameter[1], parameter[2] or ""))
    return path, parameters


def _check_address(path: str, *, smtputf8: bool, max_local_part: int) -> None:
    """Raise when `path` is no mailbox or too long. Lengths count octets."""
    mailbox = _MAILBOX.fullmatch(path)
    if mailbox is None:
        raise BadAddress("no mailbox")
    ascii_only = path.isascii()
    if not ascii_only and not smtputf8:
        raise NotAsciiAddress("no SMTPUTF8")
    # Beyond ASCII: no line separators, no direction marks, no controls.
    if not ascii_only and not path.isprintable():
        raise BadAddress("not printable")
    local_part, domain = mailbox.groups()
    if (
        len(path.encode()) > _MAX_PATH
        or len(local_part.encode()) > max_local_part
        or len(domain.encode()) > _MAX_DOMAIN
    ):
        raise BadAddress("too long")
