"""Bytes to `Message`, once, with every defect named. Never raises."""

from collections.abc import Sequence
from hashlib import sha256

from gateway.mail import automatic, body, bounce
from gateway.mail.address import mailboxes
from gateway.mail.attachment import describe
from gateway.mail.dates import read_date
from gateway.mail.digest import digest
from gateway.mail.headers import MAX_ID, all_fields, charset_of_fields, ids
from gateway.mail.seen import seen
from gateway.mail.tree import Part, grow
from gateway.mail.unpack import contents as contents_of
from gateway.mail.unpack import octets_of
from gateway.model.address import Mailbox
from gateway.model.message import Message

_MADE_ID_DOMAIN = "made.invalid"
_MAX_DEFECTS = 100


def parse(raw: bytes) -> Message:
    """The mail in `raw` (RFC 5322, any line ends) as a value; any bytes give one.

    Limits (header block, fields, depth, parts, addresses, references) shorten the value and are
    named in `defects`, like everything else that was wrong with the mail.
    """
    try:
        return _parse(raw)
    except Exception as error:  # noqa: BLE001 - whatever a library does with hostile bytes, the mail stays visible
        name = sha256(raw).hexdigest()
        return Message(
            message_id=f"{name}@{_MADE_ID_DOMAIN}",
            digest=name,
            from_fields=0,
            defects=(f"not readable: {type(error).__name__}",),
            message_id_made=True,
        )


def attachment_bytes(raw: bytes, parts: Sequence[int]) -> list[bytes]:
    """The decoded contents of the attachments with these `part` numbers, in their order.

    A number that names no part gives an empty content.
    """
    root, _ = grow(raw)
    return octets_of(root, parts)


def _parse(raw: bytes) -> Message:
    root, defects = grow(raw)
    charset = charset_of_fields(root)
    headers = all_fields(root, charset)
    by_name: dict[str, list[str]] = {}
    for name, value in headers:
        by_name.setdefault(name, []).append(value)

    def people(field: str) -> tuple[Mailbox, ...]:
        found, problems = mailboxes(root.get_all(field, []), field, charset)
        defects.extend(problems)
        return found

    def references(field: str) -> tuple[str, ...]:
        found, cut = ids(by_name.get(field, []))
        if cut:
            defects.append(f"{field}: too many ids")
        return found

    authors, sender = people("from"), people("sender")
    held = contents_of(root)
    contents = held.all
    chosen = body.read(root, contents)
    is_bounce, bounces = bounce.find(raw, root, contents, by_name, authors, chosen.text)
    name = digest(headers, held.leaves)
    message_id = _message_id(by_name.get("message-id", []), defects)
    _count_fields(by_name, defects)
    return Message(
        message_id=message_id or f"{name}@{_MADE_ID_DOMAIN}",
        message_id_made=not message_id,
        digest=name,
        authors=authors,
        from_fields=len(by_name.get("from", [])),
        sender=sender[0] if sender else None,
        reply_to=people("reply-to"),
        to=people("to"),
        cc=people("cc"),
        subject=by_name.get("subject", [""])[0],
        date=read_date(by_name.get("date", []), defects),
        in_reply_to=references("in-reply-to"),
        references=references("references"),
        text=chosen.text,
        reply=chosen.reply,
        html=chosen.html,
        attachments=tuple(
            describe(part, number, octets)
            for number, (part, octets) in enumerate(contents)
            if id(part) not in chosen.parts | held.opened and not _is_hollow(part, octets)
        ),
        automatic=automatic.judge(
            by_name,
            authors,
            is_report=root.media_type == "multipart/report",
            is_bounce=is_bounce,
            bounces=bounces,
            text=chosen.reply,
        ),
        openpgp=seen(root, held.leaves),
        headers=headers,
        defects=tuple(dict.fromkeys(defects))[:_MAX_DEFECTS],
    )


def _is_hollow(part: Part, octets: bytes) -> bool:
    """True for the empty leaf of a mail without a body."""
    return part.depth == 0 and not octets.strip()


def _message_id(values: list[str], defects: list[str]) -> str:
    """The usable Message-ID, or empty."""
    if len(values) > 1:
        defects.append("more than one Message-ID")
    value = values[0].strip() if values else ""
    found, _ = ids([value])
    if found:
        return found[0]
    bare = value.strip("<> ")
    if bare and len(bare) <= MAX_ID and not any(char.isspace() or char in "<>" for char in bare):
        return bare
    defects.append("no usable Message-ID")
    return ""


def _count_fields(by_name: dict[str, list[str]], defects: list[str]) -> None:
    once = ("from", "to", "cc", "subject", "date", "sender")
    defects.extend(f"more than one {name} field" for name in once if len(by_name.get(name, [])) > 1)
    if "from" not in by_name:
        defects.append("no from field")
