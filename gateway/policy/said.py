"""What somebody said, as it goes into the thread and into notifications."""

from dataclasses import dataclass, replace

from gateway.model.address import Mailbox
from gateway.model.changes import AddEntry
from gateway.model.message import Attachment, Message
from gateway.model.people import Agent
from gateway.model.text import Text, dumps
from gateway.model.ticket import EntryFlag, EntryKind, PartyRole, TicketId
from gateway.policy import bringing, signatures
from gateway.policy.commands.lines import without_codes
from gateway.policy.facts import Facts

LONGEST_TEXT = 200_000
"""Characters of a text that are kept beside the raw message, which always holds all of it."""

NOBODY = Mailbox("")


@dataclass(frozen=True, slots=True)
class Said:
    """Author, text and what must be known about it."""

    author: Mailbox
    text: str
    flags: frozenset[EntryFlag] = frozenset()
    attachments: tuple[Attachment, ...] = ()
    fields: tuple[tuple[str, str], ...] = ()
    notes: tuple[Text, ...] = ()
    """What there is to know of its signature and encryption."""

    def flagged(self, *flags: EntryFlag) -> "Said":
        """The same with more flags."""
        return replace(self, flags=self.flags | frozenset(flags))


def said_by_message(facts: Facts, *, new_text_only: bool) -> Said:
    """What the message says: its new text, or for the first message of a ticket all of it."""
    message = facts.message
    text = (message.reply or message.text) if new_text_only else message.text
    if _may_hold_a_code(facts):
        text = without_codes(text)
    about = (*signatures.notes(message.openpgp), *bringing.notes(facts))
    flags = _flags(facts)
    return Said(author_of(facts), text[:LONGEST_TEXT], flags, message.attachments, notes=about)


def _may_hold_a_code(facts: Facts) -> bool:
    """True for mail in an agent's name, or in answer to one: it may not be proved or obeyed."""
    party = facts.match.party if facts.match else None
    return facts.author_agent is not None or (party is not None and party.role is PartyRole.AGENT)


def author_of(facts: Facts) -> Mailbox:
    """Who to answer: the form's requester, else the (first) author, else the reverse-path."""
    if facts.form is not None:
        return facts.form.requester
    if facts.message.authors:
        return facts.message.authors[0]
    return Mailbox(facts.envelope.mail_from) if facts.envelope.mail_from else NOBODY


def entry(ticket: TicketId, kind: EntryKind, said: Said, agent: Agent | None = None) -> AddEntry:
    """A thread entry whose source is the message being decided."""
    return AddEntry(
        ticket,
        kind,
        said.author,
        said.text,
        agent=agent.id if agent else None,
        flags=said.flags,
        attachments=tuple(attachment.filename for attachment in said.attachments),
        from_this_message=True,
    )


def event(ticket: TicketId, what: Text, agent: Agent | None = None) -> AddEntry:
    """An entry of the gateway's own: what was done, and by whom."""
    author = Mailbox("", agent.name) if agent else NOBODY
    return AddEntry(
        ticket, EntryKind.EVENT, author, "", agent=agent.id if agent else None, event=dumps(what)
    )


def _flags(facts: Facts) -> frozenset[EntryFlag]:
    message: Message = facts.message
    found = {
        EntryFlag.AUTOMATIC: message.automatic.is_auto_generated,
        EntryFlag.SAME_ID_OTHER_CONTENT: facts.same_id_seen,
        EntryFlag.DEFECTIVE: message.author is None,
    }
    plain = frozenset(flag for flag, is_set in found.items() if is_set)
    return plain | signatures.flags(message.openpgp)
