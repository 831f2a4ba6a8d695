"""A parsed mail: everything the rest of the house may know about the bytes."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from gateway.model.address import Mailbox, fold
from gateway.model.keys import FoundKey
from gateway.model.openpgp import OpenPgp


@dataclass(frozen=True, slots=True)
class Attachment:
    """One attachment. `part` finds its content in the raw message (`mail.parse.attachment_bytes`).

    `filename` is a safe display name (no path, no control or bidi characters), never a path to
    write to. `size` and `sha256` (hex) are of the decoded content. `content_type` is lower-case
    `type/subtype`. `inline` is true for parts with a Content-ID or `Content-Disposition: inline`.
    """

    filename: str
    content_type: str
    size: int
    sha256: str
    part: int
    inline: bool = False


COMPLAINT = "complaint"


@dataclass(frozen=True, slots=True)
class Bounce:
    """What a delivery report says (RFC 3464, or an informal one).

    `status` is the enhanced code (`5.1.1`, RFC 3463) or empty, `action` one of failed, delayed,
    delivered, relayed, expanded, or empty; `COMPLAINT` is the action of a feedback report, whose
    reader got the mail and called it unwanted (RFC 5965). `original_message_id` names the mail
    that bounced.
    """

    recipient: str
    status: str
    action: str
    original_message_id: str = ""
    diagnostic: str = ""


@dataclass(frozen=True, slots=True)
class Automatic:
    """Whether a machine wrote it, and which test says so (RFC 3834). `reason` is empty for people.

    `vacation` marks an absence notice. `bounces` is not empty for delivery reports; `is_bounce`
    is true when one of them says that something did not arrive, or not yet.
    """

    reason: str = ""
    vacation: bool = False
    is_bounce: bool = False
    bounces: tuple[Bounce, ...] = ()

    @property
    def is_auto_generated(self) -> bool:
        """True when this must never be answered."""
        return bool(self.reason) or self.is_bounce

    @property
    def is_delivery_report(self) -> bool:
        """True for bounces, and for reports that a mail arrived."""
        return self.is_bounce or bool(self.bounces)


@dataclass(frozen=True, slots=True)
class Message:
    """A mail as a value.

    Text fields are clean Unicode: no CR, no NUL, no lone surrogate; header values are unfolded to
    one line. Lists of ids are without angle brackets, in the order of the header, duplicates
    removed. `message_id` is never empty: where the mail had none (or an unusable one) it is made
    from the digest and `message_id_made` is true. `digest` (hex) is the same for two deliveries of
    the same mail, whatever way they came: it covers authors, recipients, subject, date, id and
    body, not the trace fields.

    `authors` are all mailboxes of all From fields; `from_fields` counts those fields. Authority
    needs exactly one of each. `text` is the whole readable body, `reply` the new text without
    quoted history and signature, `html` the source of the chosen HTML part or empty.
    `keys` are the first public keys that it brings, in the Autocrypt field or attached, whosever
    they are; filled where gpg has looked at the mail.
    `headers` are (lower-case name, decoded one-line value) in order, from the top.
    """

    message_id: str
    digest: str
    authors: tuple[Mailbox, ...] = ()
    from_fields: int = 1
    sender: Mailbox | None = None
    reply_to: tuple[Mailbox, ...] = ()
    to: tuple[Mailbox, ...] = ()
    cc: tuple[Mailbox, ...] = ()
    subject: str = ""
    date: datetime | None = None
    in_reply_to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    text: str = ""
    reply: str = ""
    html: str = ""
    attachments: tuple[Attachment, ...] = ()
    automatic: Automatic = field(default_factory=Automatic)
    openpgp: OpenPgp = field(default_factory=OpenPgp)
    keys: tuple[FoundKey, ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    defects: tuple[str, ...] = ()
    message_id_made: bool = False

    @property
    def author(self) -> Mailbox | None:
        """The one author, or None when there is none or when it is not clear who it is."""
        return self.authors[0] if len(self.authors) == 1 and self.from_fields == 1 else None

    def header_values(self, name: str) -> Sequence[str]:
        """All values of a header field, top first. `name` is compared without case."""
        wanted = fold(name)
        return [value for key, value in self.headers if key == wanted]
