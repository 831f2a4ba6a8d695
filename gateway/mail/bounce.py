"""Delivery reports (RFC 3464), and the prose of servers that do not write them."""

import re
from collections.abc import Iterator, Mapping, Sequence

from gateway.mail import informal
from gateway.mail.charset import clean, decode, one_line
from gateway.mail.headers import ids, readable
from gateway.mail.tree import Part
from gateway.model.address import Mailbox
from gateway.model.message import Bounce

_STATUS_TYPES = frozenset({"message/delivery-status", "message/global-delivery-status"})
_RETURNED_TYPES = frozenset(
    {
        "message/rfc822",
        "message/global",
        "text/rfc822-headers",
        "message/rfc822-headers",
        "message/global-headers",
    }
)
_ACTIONS = frozenset({"failed", "delayed", "delivered", "relayed", "expanded"})
_MAX_REPORT = 256 * 1024
_MAX_RECIPIENTS = 100
_MAX_DIAGNOSTIC = 500
_FIELD = re.compile(r"([!-9;-~]+)[ \t]*:[ \t]*(.*)")
_MESSAGE_ID = re.compile(rb"(?im)^[>\t ]{0,4}message-id:[ \t]*(?:\r?\n[ \t]+)?(<[^<>\r\n]{1,500}>)")


def find(
    root: Part,
    contents: Sequence[tuple[Part, bytes]],
    fields: Mapping[str, Sequence[str]],
    authors: Sequence[Mailbox],
    text: str,
) -> tuple[bool, tuple[Bounce, ...]]:
    """Whether the mail is a delivery report, and what it says of each recipient.

    `contents` are the leaves with their decoded octets. A report that somebody forwards is none:
    the parts must be those of this mail, and it must be a multipart/report or from a mail server.
    """
    status = next((octets for part, octets in contents if part.media_type in _STATUS_TYPES), None)
    from_server = informal.is_from_server(fields, authors)
    if status is not None and (root.media_type == "multipart/report" or from_server):
        found = _recipients(clean(decode(status[:_MAX_REPORT])), _original_id(contents))
        if found:
            return True, found
    if not from_server:
        return False, ()
    is_bounce, failed = informal.read(fields, text)
    original = _original_id(contents) if is_bounce else ""
    return is_bounce, tuple(
        Bounce(one.recipient, one.status, one.action, original, one.diagnostic) for one in failed
    )


def _original_id(contents: Sequence[tuple[Part, bytes]]) -> str:
    """Message-ID of the mail that came back, out of the returned part or the text."""
    returned = [octets for part, octets in contents if part.media_type in _RETURNED_TYPES]
    for octets in returned or [octets for _, octets in contents]:
        for match in _MESSAGE_ID.finditer(octets[:_MAX_REPORT]):
            found, _ = ids([readable(match[1].decode("ascii", "surrogateescape"))])
            if found:
                return found[0]
    return ""


def _recipients(report: str, original_id: str) -> tuple[Bounce, ...]:
    found: list[Bounce] = []
    for fields in _blocks(report):
        recipient = _address(fields.get("original-recipient", "")) or _address(
            fields.get("final-recipient", "")
        )
        if recipient and len(found) < _MAX_RECIPIENTS:
            found.append(_bounce(recipient, fields, original_id))
    return tuple(found)


def _bounce(recipient: str, fields: Mapping[str, str], original_id: str) -> Bounce:
    action = fields.get("action", "").lower().split(" ")[0].strip(";")
    diagnostic = fields.get("diagnostic-code", "").partition(";")[2].strip()
    diagnostic = diagnostic or fields.get("diagnostic-code", "")
    return Bounce(
        recipient=recipient,
        status=informal.enhanced_status(fields.get("status", ""))
        or informal.status_of(diagnostic)
        or "",
        action=action if action in _ACTIONS else "",
        original_message_id=original_id,
        diagnostic=one_line(diagnostic)[:_MAX_DIAGNOSTIC],
    )


def _blocks(report: str) -> Iterator[dict[str, str]]:
    """The groups of fields, parted by blank lines, unfolded (RFC 3464 section 2.1)."""
    for block in re.split(r"\n[ \t]*\n", report):
        fields: dict[str, str] = {}
        last = ""
        for line in block.split("\n"):
            if line[:1] in {" ", "\t"} and last:
                fields[last] += " " + line.strip()
            elif match := _FIELD.match(line):
                last = match[1].lower()
                fields[last] = match[2].strip()
        if fields:
            yield fields


def _address(value: str) -> str:
    """The address of `rfc822; anna@firma.example`; empty when there is none."""
    address = one_line(value.rpartition(";")[2]).strip("<> \"'")
    return address if "@" in address and len(address) <= 320 and " " not in address else ""
