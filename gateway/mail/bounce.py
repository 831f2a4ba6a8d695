"""Delivery reports: those of RFC 3464, and the prose of servers that do not write them."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from gateway.mail import feedback, informal, ses
from gateway.mail.charset import clean, decode, one_line
from gateway.mail.headers import ids, readable
from gateway.mail.smtp_status import enhanced_status, status_of
from gateway.mail.tree import Part
from gateway.model.address import Mailbox
from gateway.model.message import Bounce

Contents = Sequence[tuple[Part, bytes]]
Fields = Mapping[str, Sequence[str]]

_STATUS_TYPES = frozenset({"message/delivery-status", "message/global-delivery-status"})
_OTHER_REPORTS = frozenset(
    {
        "message/feedback-report",
        "message/disposition-notification",
        "message/global-disposition-notification",
    }
)
_RETURNED_TYPES = frozenset(
    {
        "message/rfc822",
        "message/global",
        "text/rfc822-headers",
        "message/rfc822-headers",
        "message/global-headers",
    }
)
_ACTIONS = {name: name for name in ("failed", "delayed", "delivered", "relayed", "expanded")} | {
    "failure": "failed",
    "fail": "failed",
    "error": "failed",  # OpenSMTPD
    "delay": "delayed",
}
_ARRIVED = frozenset({"delivered", "relayed", "expanded"})
_MAX_REPORT = 256 * 1024
_MAX_RECIPIENTS = 100
_MAX_DIAGNOSTIC = 500
_FIELD = re.compile(r"([!-9;-~]+)[ \t]*:[ \t]*(.*)")
_REPORT_IN_TEXT = re.compile(rb"(?im)^[>| \t]{0,8}(?:Original|Final)-Recipient[ \t]*:.{0,20};")
_MESSAGE_ID = re.compile(
    rb"(?im)^[>|\t *]{0,8}(?:x-original-|original-)?message-id[ \t]*:[ \t*]*(?:\r?\n[ \t]+)?"
    rb"(?:<mailto:[^<>\r\n]{1,300}>)?(<[^<>\r\n]{1,500}>)"
)
_RETURNED_TO = re.compile(rb"(?im)^[>|\t *]{0,8}to[ \t]*:[ \t]*(.{1,500})")
_BETTER = re.compile(r"[245]\.0\.0")


def find(
    raw: bytes,
    root: Part,
    contents: Contents,
    fields: Fields,
    authors: Sequence[Mailbox],
    text: str,
) -> tuple[bool, tuple[Bounce, ...]]:
    """Whether the mail says that something did not arrive (yet), and what of each recipient.

    A report that all arrived (RFC 3464 actions delivered, relayed, expanded) is no bounce, but
    what it says is given too.

    `contents` are the leaves with their decoded octets. A report that somebody forwards is none:
    the parts must be those of this mail, and it must be a multipart/report or from a mail server.
    Receipts (RFC 8098) are no bounces unless a filter rejected the mail with one. Complaints
    (RFC 5965) are bounces with an action of their own and no status.
    """
    if complaints := feedback.find(contents, fields):
        return True, _addressed(complaints, contents, fields)
    if notified := ses.find(text):
        return True, notified
    if any(part.media_type in _OTHER_REPORTS for part, _ in contents):
        return _rejected(contents, fields, text)
    from_server = informal.is_from_server(fields, authors)
    is_report = root.media_type == "multipart/report"
    status = _report(contents, from_server=from_server)
    if status and (is_report or from_server):
        found = _recipients(clean(decode(status[:_MAX_REPORT])))
        if found:
            found = tuple(sorted(found, key=lambda one: one.action in _ARRIVED))
            failed = found[0].action not in _ARRIVED
            return failed, _completed(found, raw, contents, fields, text)
    is_bounce, told = informal.read(
        raw,
        fields,
        text,
        from_server=from_server,
        report=is_report,
        from_daemon=informal.is_from_daemon(authors),
    )
    return is_bounce, _completed(told, raw, contents, fields, text) if is_bounce else ()


def _addressed(found: Sequence[Bounce], contents: Contents, fields: Fields) -> tuple[Bounce, ...]:
    """The same with the id of the mail that they are about, and to whom it was written."""
    original = _original_id(contents, fields)
    named = _returned_to(contents) if any(not one.recipient for one in found) else []
    return tuple(
        replace(
            one,
            recipient=one.recipient or next(iter(named), ""),
            original_message_id=original,
        )
        for one in found
    )


def _rejected(contents: Contents, fields: Fields, text: str) -> tuple[bool, tuple[Bounce, ...]]:
    """A rejection by a filter of the reader (RFC 5429), which comes in the shape of a receipt."""
    if not informal.is_rejection(text):
        return False, ()
    for part, octets in contents:
        if part.media_type in _OTHER_REPORTS:
            found = _recipients(clean(decode(octets[:_MAX_REPORT])))
            told = informal.status(text) or "5.7.1"
            bounces = [replace(one, action="failed", status=told) for one in found]
            return bool(bounces), _addressed(bounces, contents, fields)
    return False, ()


def _report(contents: Contents, *, from_server: bool) -> bytes:
    """The fields of RFC 3464, wherever the server put them; empty when there are none."""
    for part, octets in contents:
        if part.media_type in _STATUS_TYPES:
            return octets
    if from_server:
        for part, octets in contents:
            if part.media_type not in _RETURNED_TYPES:
                match = _REPORT_IN_TEXT.search(octets, 0, _MAX_REPORT)
                if match:
                    return octets[match.start() : match.start() + _MAX_REPORT]
    return b""


def _completed(
    found: Sequence[Bounce], raw: bytes, contents: Contents, fields: Fields, text: str
) -> tuple[Bounce, ...]:
    """The same with what else the mail tells: the id of the original, the missing recipient."""
    original = _original_id(contents, fields)
    if any(not one.recipient for one in found):
        named = informal.recipients(raw, fields, text) or _returned_to(contents)
        known = {one.recipient for one in found}
        names = iter([name for name in named if name not in known])
        found = [one if one.recipient else replace(one, recipient=next(names, "")) for one in found]
    if any(not one.status for one in found) or len(found) == 1:
        told = informal.status(text)
        found = [replace(one, status=_surer(one.status, told)) for one in found]
    return tuple(
        replace(
            one,
            original_message_id=original,
            status=_at_least(one.status, one.action),
        )
        for one in found
    )


def _surer(status: str, told: str) -> str:
    """The status of the report, unless it says no more than its class and the prose says more."""
    if not status or (_BETTER.fullmatch(status) and told[:1] == status[:1]):
        return told or status
    return status


def _at_least(status: str, action: str) -> str:
    """The status, or the one that says no more than the action does (RFC 3463 section 2)."""
    if status:
        return status
    return {"failed": "5.0.0", "delayed": "4.0.0"}.get(action, "2.0.0" if action else "")


def _original_id(contents: Contents, fields: Fields) -> str:
    """Message-ID of the mail that came back: of the returned part, the text, or the header."""
    returned = [octets for part, octets in contents if part.media_type in _RETURNED_TYPES]
    others = [octets for part, octets in contents if part.media_type not in _RETURNED_TYPES]
    for octets in (*returned, *others):
        for match in _MESSAGE_ID.finditer(octets[:_MAX_REPORT]):
            found, _ = ids([readable(match[1].decode("ascii", "surrogateescape"))])
            if found:
                return found[0]
    for name in ("x-original-message-id", "original-message-id", "in-reply-to", "references"):
        found, _ = ids(fields.get(name, ()))
        if found:
            return found[-1]
    return ""


def _returned_to(contents: Contents) -> list[str]:
    """To whom the mail that came back was written, where it was one only."""
    returned = [octets for part, octets in contents if part.media_type in _RETURNED_TYPES]
    for octets in returned or [octets for _, octets in contents]:
        if match := _RETURNED_TO.search(octets, 0, _MAX_REPORT):
            named = informal.addresses(clean(decode(match[1])))
            return named if len(named) == 1 else []
    return []


def _recipients(report: str) -> tuple[Bounce, ...]:
    found: dict[str, Bounce] = {}
    for fields in _whole(_blocks(report)):
        if "action" not in fields and "final-recipient" not in fields:
            continue
        bounce = _bounce(fields)
        if bounce.recipient not in found and len(found) < _MAX_RECIPIENTS:
            found[bounce.recipient] = bounce
    if len(found) > 1:
        found.pop("", None)
    return tuple(found.values())


def _whole(blocks: Iterable[dict[str, str]]) -> Iterator[dict[str, str]]:
    """The blocks, with those put together that a blank line tore after the recipient."""
    torn: dict[str, str] = {}
    for block in blocks:
        if torn and "final-recipient" in block:
            yield torn
            torn = {}
        fields = torn | block
        alone = "final-recipient" in fields and not ("action" in fields or "status" in fields)
        torn = fields if alone else {}
        if not alone:
            yield fields
    if torn:
        yield torn


def _bounce(fields: Mapping[str, str]) -> Bounce:
    words = re.split(r"[\s;(,]", fields.get("action", "").lower().strip(), maxsplit=1)
    kind, _, diagnostic = fields.get("diagnostic-code", "").partition(";")
    diagnostic = diagnostic.strip() or kind
    status = enhanced_status(fields.get("status", ""))
    action = _ACTIONS.get(words[0], "")
    status = _surer(status, status_of(diagnostic))
    return Bounce(
        recipient=_recipient(fields),
        status=status,
        action=action or {"4": "delayed", "2": "delivered"}.get(status[:1], "failed"),
        diagnostic=one_line(diagnostic)[:_MAX_DIAGNOSTIC],
    )


def _recipient(fields: Mapping[str, str]) -> str:
    """The address as the sender wrote it, else the one where it ended; empty without any."""
    for name in ("original-recipient", "final-recipient", "x-actual-recipient"):
        kind, _, value = fields.get(name, "").rpartition(";")
        found = informal.address_in(one_line(value))
        if found and "x400" not in kind.lower():
            return found
    return ""


def _blocks(report: str) -> Iterator[dict[str, str]]:
    """The groups of fields, parted by blank lines, unfolded (RFC 3464 section 2.1).

    Where the blank line between two recipients is missing, a second Final-Recipient parts them.
    """
    for block in re.split(r"\n[ \t]*\n", report):
        fields: dict[str, str] = {}
        last = ""
        for line in block.split("\n"):
            if line[:1] in {" ", "\t"} and last:
                fields[last] += " " + line.strip()
            elif match := _FIELD.match(line.lstrip(">| ")):
                last = match[1].lower()
                if last == "final-recipient" and last in fields:
                    yield fields
                    fields = {}
                fields[last] = match[2].strip()
        if fields:
            yield fields
