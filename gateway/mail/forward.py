"""A mail that was passed on in another one: attached (RFC 2046 section 5.2.1) or in its body."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from gateway.mail.forward_block import Block, View, find_block, first_hint, view_of
from gateway.mail.forward_dates import read_local
from gateway.mail.forward_people import author_of, people_of
from gateway.mail.forward_words import Field, Mark, mark_of
from gateway.mail.history import has_marker, history_begins, is_quoted, next_text
from gateway.mail.marker import MARKER
from gateway.mail.parse import attachment_bytes, parse
from gateway.mail.reply import new_text
from gateway.mail.unpack import inside
from gateway.mail.wrote import find_attributions
from gateway.model.address import Mailbox
from gateway.model.message import Attachment, Message

MAX_CHAIN = 8
_MAX_SUBJECT = 1000
_MAIL_TYPES = frozenset({"message/rfc822", "message/global"})
_FILE_TYPES = frozenset({"application/octet-stream", "text/plain", "application/x-eml"})
_PREFIX = re.compile(
    r"(?i)\s*\[?(?:fwd?|wg|wtr|weiterleitung|tr|rv|enc|i|doorst|pd|podaj dalej|ilt|ynt|пер|vb|vs)"
    r"\s?[:：]\s*"
)
_COMMAND_LIKE = re.compile(r"(?m)^(?=[^\w\n>]{0,100}[!\uff01\ufe15\ufe57\u203c\u2049])")
_RULED = frozenset("-=_*")
_RULE = re.compile(r"\s*-{20,}\s*")


@dataclass(frozen=True, slots=True)
class Forwarded:
    """A mail that was passed on inside another one, as far as it can be recovered.

    `author` is None where no address, several, or a forged one stands there. `text` is its body
    without the header block and without the quote signs of the program that passed it on; older
    mail below stays in it. `date` is in the time zone of the forwarder where a program names none.
    `attached` mails are faithful copies, the others are what a program wrote into the body; only
    the first kind has a `message_id`, else it is empty. `attachments` are found by
    `mail.parse.attachment_bytes` in the raw message that it was forwarded in; for an inline one
    they are those of that message.
    """

    author: Mailbox | None
    subject: str
    text: str
    date: datetime | None
    message_id: str
    to: tuple[Mailbox, ...]
    cc: tuple[Mailbox, ...]
    attachments: tuple[Attachment, ...]
    attached: bool


def forwarded(message: Message, raw: bytes) -> Forwarded | None:
    """The mail that `message` (read from `raw`) passes on, the outermost one; None without one.

    Linear in the size of the mail; never raises.
    """
    return next(_all(message, raw), None)


def chain(message: Message, raw: bytes) -> tuple[Forwarded, ...]:
    """The same, and after it what that mail passes on or quotes below a header block, and so on.

    An agent who passes on what a colleague passed on means the first one that is not from the own
    organisation. At most `MAX_CHAIN`; the attachments of the later ones are those of the first.
    """
    return tuple(mail for _, mail in zip(range(MAX_CHAIN), _all(message, raw), strict=False))


def text_above(message: Message) -> str:
    """What the forwarder typed above the forwarded mail: the only place for commands.

    Without a forward in the body it is `message.reply`. No line of the forwarded mail is in it, and
    below a header block that lost a line nothing has the look of a command any more.
    """
    view = view_of(message.text)
    block = _own_block(view)
    if block is None:
        return _harmless(message.reply)
    typed = new_text("\n".join(view.raw[: block.start]))
    # What the whole mail shows to be older is not typed, even where the block begins below it.
    return _harmless(min(typed, message.reply, key=len) if message.reply else typed)


def _harmless(typed: str) -> str:
    """`typed` with the quote sign before what looks like a command below what may be a header."""
    if "!" not in unicodedata.normalize("NFKC", typed):
        return typed
    view = view_of(typed)
    hint = first_hint(view)
    if hint is None:
        return typed
    return "\n".join((*view.raw[:hint], _COMMAND_LIKE.sub("> ", "\n".join(view.raw[hint:]))))


def _all(message: Message, raw: bytes) -> Iterator[Forwarded]:
    if message.automatic.is_bounce:
        return
    view = view_of(message.text)
    block = _own_block(view)
    inline = _inline(message, view, block) if block else None
    if inline is None or inline.author is None:
        found = _attached(message, raw)
        if found and (inline is None or _bare(inline.subject) == _bare(found[0].subject)):
            yield found[0]
            yield from _below_attached(*found)
            return
    if inline:
        yield inline
        yield from _below(inline, message)


def _own_block(view: View) -> Block | None:
    """The forward in a body, unless what stands above it is history already."""
    block = find_block(view)
    if block is None:
        return None
    if _is_ours(view, block):
        return None
    above = list(view.raw[: block.start])
    quoted = [is_quoted(line) for line in view.raw]
    found = find_attributions(view.raw[: block.start + 2], quoted)
    found = {number: one for number, one in found.items() if number < block.start}
    history = above[history_begins(above, quoted, found) :]
    if has_marker(above) or any(map(str.isalnum, "".join(history))):
        return None
    announced = (next_text(view.raw, number + one.lines) for number, one in found.items())
    return None if any(line is not None and quoted[line] for line in announced) else block


def _is_ours(view: View, block: Block) -> bool:
    """True when the mail below the header block is a notification of ours: it is answered."""
    first = next_text(view.texts, block.body)
    if first is None or not view.texts[first].lstrip().startswith(MARKER[:3]):
        return False
    return has_marker(view.texts[first : first + 3])


def _inline(message: Message, view: View, block: Block) -> Forwarded:
    fields = block.fields
    zone = message.date.tzinfo if message.date else None
    subject = " ".join(fields.get(Field.SUBJECT, "").split())
    return Forwarded(
        author=author_of(fields.get(Field.FROM) or _from_announcement(block.announced)),
        subject=(subject if Field.SUBJECT in fields else _bare(message.subject))[:_MAX_SUBJECT],
        text=_body(view, block),
        date=read_local(fields.get(Field.DATE, ""), zone),
        message_id="",
        to=people_of(fields.get(Field.TO, "")),
        cc=people_of(fields.get(Field.CC, "")),
        attachments=tuple(one for one in message.attachments if not one.inline),
        attached=False,
    )


def _from_announcement(line: str) -> str:
    """Whom a line like `----- Forwarded message from Anna <a@b> -----` names."""
    return line.strip("-_=~#* ") if "@" in line else ""


def _body(view: View, block: Block) -> str:
    """The lines below the header block, without the quote signs of the program."""
    lines: list[str] = []
    below = _below_header(view, block)
    level = block.depth
    if block.announced and not level:
        level = min((depth for depth, text in below if text.strip()), default=0)
    for depth, text in below:
        if depth < level and text.strip() and not (lines and lines[-1].strip()):
            break  # else it is the rest of a line that was wrapped on the way
        lines.append(">" * (depth - level) + " " + text if depth > level else text)
    while lines and (not lines[-1].strip() or (block.announced and _RULE.fullmatch(lines[-1]))):
        lines.pop()
    return "\n".join(line.rstrip() for line in lines).strip("\n")


def _below_header(view: View, block: Block) -> list[tuple[int, str]]:
    """Depth and text of the lines down to where a program says that the forwarded mail ends."""
    below = list(zip(view.depths[block.body :], view.texts[block.body :], strict=True))
    if not block.announced:
        return below
    for number, (_, text) in enumerate(below):
        mark = mark_of(text) if text[:1] in _RULED else None
        if mark is Mark.END:
            return below[:number]
        if mark is Mark.ORIGINAL and not any(line.strip() for _, line in below[:number]):
            below[number] = (0, "")  # a second line of the program, below its header
    return below


def _below(mail: Forwarded, message: Message) -> Iterator[Forwarded]:
    """What a forwarded mail passes on or quotes in its own text, again and again."""
    inner: Forwarded | None = mail
    while inner:
        view = view_of(inner.text)
        block = find_block(view)
        inner = _inline(message, view, block) if block else None
        if inner:
            inner = replace(inner, attachments=mail.attachments)
            yield inner


def _attached(message: Message, raw: bytes) -> tuple[Forwarded, Message, bytes] | None:
    """The first attached mail with a readable header, as a value and as it was sent."""
    mails = [one for one in message.attachments if may_be_mail(one)]
    contents = attachment_bytes(raw, [one.part for one in mails]) if mails else []
    for outer, octets in zip(mails, contents, strict=True):
        inner = parse(octets)
        if not inner.authors or not (inner.date or inner.subject or inner.to):
            continue
        found = _of_message(inner)
        parts = tuple(replace(one, part=inside(outer.part, one.part)) for one in inner.attachments)
        return replace(found, attachments=parts), inner, octets
    return None


def may_be_mail(attachment: Attachment) -> bool:
    """True for an attachment that is a mail by its type or its name."""
    if attachment.content_type in _MAIL_TYPES:
        return True
    named = attachment.filename.lower().endswith((".eml", ".mht"))
    return named and attachment.content_type in _FILE_TYPES


def _of_message(inner: Message) -> Forwarded:
    author = inner.author
    return Forwarded(
        author=author_of(f"<{author.address}>") and author if author else None,
        subject=inner.subject,
        text=inner.text,
        date=inner.date,
        message_id="" if inner.message_id_made else inner.message_id,
        to=inner.to,
        cc=inner.cc,
        attachments=inner.attachments,
        attached=True,
    )


def _below_attached(mail: Forwarded, inner: Message, octets: bytes) -> Iterator[Forwarded]:
    """What an attached mail passes on itself."""
    for found in _all(inner, octets):
        yield replace(found, attachments=mail.attachments)


def _bare(subject: str) -> str:
    """A subject without the words that programs put in front when a mail is passed on."""
    for _ in range(5):
        shorter = _PREFIX.sub("", subject, count=1) if _PREFIX.match(subject) else subject
        if shorter == subject:
            break
        subject = shorter
    return subject.strip()
