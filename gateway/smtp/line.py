"""A command line, before anybody looks at what it says (RFC 5321 sections 2.3.8 and 4.5.3.1.4)."""

from gateway.model.refusal import Refusal
from gateway.smtp.limits import COMMAND_LINE


class BadLine(Refusal):
    """A command line with bytes that no command has."""

    code, status, text = 500, "5.5.2", "Syntax error"


class LineTooLong(Refusal):
    """A command line over the limit (RFC 5321 section 4.5.3.1.4)."""

    code, status, text = 500, "5.5.6", "Line too long"


def split(line: bytes) -> tuple[str, str]:
    """Verb in upper case and argument. Raises when the line is none that a command can be."""
    if len(line) > COMMAND_LINE:
        raise LineTooLong("command")
    if not line.endswith(b"\r\n"):
        raise BadLine("bare LF")
    try:
        text = line[:-2].decode()
    except UnicodeDecodeError:
        raise BadLine("not UTF-8") from None
    # Printable also says: no CR, no NUL, no other controls, no direction marks.
    if not text.isprintable():
        raise BadLine("control characters")
    verb, _, argument = text.partition(" ")
    return verb.upper(), argument.strip(" ")
