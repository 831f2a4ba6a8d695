"""What every outgoing mail has: its way, and what it may carry."""

from dataclasses import dataclass

from gateway.model.address import Mailbox
from gateway.model.people import Language
from gateway.model.seal import OPEN, Seal
from gateway.model.text import Text
from gateway.model.ticket import TicketId


@dataclass(frozen=True, slots=True)
class Route:
    """Who gets one outgoing mail, who it is from, and how its answer or bounce finds back.

    `return_path` None is the null reverse-path, for all automatic answers (RFC 3834 section 3.3).
    `auto_submitted` is the value of that header, empty for a person's own words.
    """

    to: Mailbox
    sender: Mailbox
    message_id: str
    language: Language
    reply_to: str = ""
    return_path: str | None = None
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    auto_submitted: str = ""
    ticket: TicketId | None = None
    seal: Seal = OPEN
    """How the mail is protected, as `policy.confidential` has decided."""


@dataclass(frozen=True, slots=True)
class File:
    """A file that the gateway itself attaches: a list, a form of a canned response."""

    filename: str
    content_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Action:
    """Something the reader can do by sending one prepared mail.

    `command` is the canonical (English) word without `!`, written in the reader's language, and
    possibly ticket numbers. With `blanks` the mail has a line to be filled in for each instead of
    the command; `draft` is a text for the requester, in their language, that may be changed before
    it is sent.
    """

    label: Text
    command: str
    blanks: tuple[Text, ...] = ()
    draft: Text | None = None


@dataclass(frozen=True, slots=True)
class Blank:
    """A field to be filled in: its name, and what may stand in it."""

    name: Text
    hint: Text | None = None


@dataclass(frozen=True, slots=True)
class InlineImage:
    """A PNG that is shown in the mail itself. `alternative` is read where it is not seen.

    `content_id` is unique in the world, as a Message-ID is (RFC 2392), without `<>`.
    """

    content_id: str
    content: bytes
    alternative: Text
