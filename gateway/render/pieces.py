"""Small pieces that the values of all mails share."""

import re
from typing import Any

from gateway.model.address import Mailbox
from gateway.model.text import Text, say
from gateway.model.ticket import Ticket
from gateway.render.header import one_line
from gateway.render.wording import Wording

_ANSWER_PREFIX = re.compile(r"^(?:(?:re|aw|antw|sv)(?:\[\d+\])?\s*:\s*)+", re.IGNORECASE)
_LONG_SUBJECT = 200
CONFIDENTIAL = say("confidential")

View = dict[str, Any]


def subject_of(ticket: Ticket, wording: Wording, limit: int = _LONG_SUBJECT) -> str:
    """The ticket's subject without `Re:` and without its own number; never empty.

    Of a confidential ticket it is left out where everybody could read it.
    """
    if ticket.confidential and not ticket.subject:
        return wording.sentence(CONFIDENTIAL)
    line = one_line(ticket.subject, 998).replace(f"[#{ticket.number}]", "").strip()
    return one_line(_ANSWER_PREFIX.sub("", line), limit) or wording.sentence(say("(no subject)"))


def shown(mailbox: Mailbox) -> str:
    """Name and address, on one line: `Maria Muster <maria@example.org>`."""
    address, name = one_line(mailbox.address), one_line(mailbox.name)
    return f"{name} <{address}>" if name and address else name or address


def short(mailbox: Mailbox) -> str:
    """The name, else the address."""
    return one_line(mailbox.name) or one_line(mailbox.address)


def about(ticket: Ticket, wording: Wording, limit: int) -> str:
    """Who asked, and what for: `Maria Muster: Laptop`."""
    subject = subject_of(ticket, wording, limit)
    requester = one_line(short(ticket.requester), limit)
    return f"{requester}: {subject}" if requester or not ticket.confidential else subject


def said(text: Text | None, wording: Wording) -> str:
    """The sentence on one line; empty for none."""
    return one_line(wording.sentence(text), 2_000) if text else ""
