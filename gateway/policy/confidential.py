"""What may leave the house readable: the one place that every outgoing mail passes.

For each mail of a decision it says one of three things:

- *sealed*: its reader's key is known, so that nobody else can read it;
- *as it is*: nothing in it is confidential;
- *without content*: it is about something confidential, and it would be read on its way. Then it
  has numbers, sentences of the house and links, and no word of anybody's.

Agents are written to with the key that an admin has pinned, whatever the mail is about. The
requester's side is written to with the key that came from there (`author_keys`), if the ticket is
confidential or if they prefer it (Autocrypt). An answer to a confidential ticket that would leave
readable is held before (`guards`), and passes here only if the agent has said yes to just that.

A new kind of mail, or of answer in a receipt, does not pass the type check until somebody has
decided here what may be read of it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import NewType, TypeVar, assert_never

from gateway.model.address import fold
from gateway.model.answers import TicketList
from gateway.model.keys import NO_KEYS, Keys
from gateway.model.openpgp import NOBODY, Fingerprint, Key
from gateway.model.outgoing import (
    AccountNews,
    AutomaticAnswer,
    CodesToScan,
    Confirmation,
    Digest,
    Handover,
    Notification,
    NotificationEvent,
    Outgoing,
    ProofNotice,
    Proposal,
    PublicKey,
    Receipt,
    Rejection,
    Relay,
    Released,
    Response,
    StatusNotice,
    Undeliverable,
    WithoutContent,
)
from gateway.model.route import Action, Blank
from gateway.model.seal import Seal
from gateway.model.text import Text, say
from gateway.model.ticket import Ticket
from gateway.policy.bringing import ADVICE
from gateway.policy.secrecy import without_values
from gateway.policy.signatures import REASONS
from gateway.policy.veiled import (
    untitled,
    veiled,
    veiled_answer,
    veiled_fits,
    veiled_line,
    veiled_list,
    veiled_receipt_line,
)

Protected = NewType("Protected", tuple[Outgoing, ...])
"""Outgoing mail that has passed here; nothing else is ever made into bytes."""

Sealable = (
    Response
    | Notification
    | Receipt
    | Digest
    | Handover
    | AccountNews
    | CodesToScan
    | Released
    | Proposal
    | ProofNotice
    | Confirmation
    | PublicKey
    | AutomaticAnswer
    | Rejection
    | StatusNotice
    | Undeliverable
    | WithoutContent
)
"""Everything but `Relay`."""

AnyKind = TypeVar("AnyKind", bound=Sealable)


@dataclass(frozen=True, slots=True)
class Keyring:
    """The keys that matter for some mails: their readers', by folded address, and ours.

    `own` are the fingerprints of secret keys that sign, by our address (folded).
    """

    now: datetime
    readers: Mapping[str, Keys] = field(default_factory=dict)
    own: Mapping[str, Fingerprint] = field(default_factory=dict)

    def of_agent(self, address: str) -> Key | None:
        """The key that an admin has named as this agent's; keys that only came by mail are none."""
        keys = self.readers.get(fold(address), NO_KEYS)
        return next((key for key in keys.pinned if key.is_usable(self.now)), None)

    def of_author(self, address: str, ticket: Ticket | None) -> Key | None:
        """The key that answers to this address are encrypted to, in this ticket.

        A key of which nothing proves whose it is counts only where nothing else is known, for the
        requester of the ticket that was opened by the very mail that brought it.
        """
        keys = self.readers.get(fold(address), NO_KEYS)
        found = (*keys.pinned, *((keys.known,) if keys.known else _opening(keys, address, ticket)))
        return next((key for key in found if key.is_usable(self.now)), None)

    def prefers(self, address: str, ticket: Ticket) -> bool:
        """True when the author wants all mail encrypted (Autocrypt's `prefer-encrypt=mutual`)."""
        keys = self.readers.get(fold(address), NO_KEYS)
        if keys.known is not None:
            return keys.prefer_encrypt
        return any(key.fingerprint in keys.prefers for key in _opening(keys, address, ticket))


def _opening(keys: Keys, address: str, ticket: Ticket | None) -> tuple[Key, ...]:
    if ticket is None or ticket.requester.key != fold(address):
        return ()
    return tuple(key for key in keys.unproved if key.fingerprint == ticket.came_with)


def readers(outgoing: Iterable[Outgoing]) -> frozenset[str]:
    """The addresses whose keys `protected` needs to know."""
    return frozenset(
        fold(mail.route.to.address) for mail in outgoing if not isinstance(mail, Relay)
    )


def protected(outgoing: Iterable[Outgoing], keys: Keyring) -> Protected:
    """Each mail as it may leave, in the same order."""
    return Protected(tuple(_protected(mail, keys) for mail in outgoing))


def _protected(mail: Outgoing, keys: Keyring) -> Outgoing:
    if isinstance(mail, Relay | Undeliverable):
        return mail  # bytes that came in as they came: what was encrypted in them still is
    sign_with = keys.own.get(fold(mail.route.sender.address), NOBODY)
    key = _key_for(mail, keys)
    shown = mail if key is not None else _readable(mail)
    return _sealed(shown, Seal(sign_with, key.fingerprint if key is not None else NOBODY))


def _sealed(mail: AnyKind, seal: Seal) -> AnyKind:
    if mail.route.seal == seal:
        return mail
    return replace(mail, route=replace(mail.route, seal=seal))


def _key_for(mail: Sealable, keys: Keyring) -> Key | None:
    """The key of the mail's reader, if it is to be encrypted."""
    to = mail.route.to.address
    match mail:
        case (
            Notification()
            | Receipt()
            | Digest()
            | Handover()
            | AccountNews()
            | CodesToScan()
            | Released()
            | Proposal()
            | ProofNotice()
        ):
            return keys.of_agent(to)
        case WithoutContent(for_agent=for_agent):
            return keys.of_agent(to) if for_agent else None
        case Response() | StatusNotice() | Confirmation() | PublicKey() | AutomaticAnswer():
            wanted = mail.ticket.confidential or keys.prefers(to, mail.ticket)
            return keys.of_author(to, mail.ticket) if wanted else None
        case Rejection() | Undeliverable():
            return None  # to somebody about whom nothing is known but that they wrote
        case _ as never:
            assert_never(never)


def _readable(mail: Sealable) -> Sealable:
    """The mail as everybody on its way may read it."""
    match mail:
        case Notification():
            return _notification(mail)
        case Receipt():
            return _receipt(mail)
        case Response():
            return _response(mail)
        case Digest() | Handover() | Released() | Proposal():
            return _lists(mail)
        case StatusNotice(ticket=ticket) | Confirmation(ticket=ticket) | PublicKey(ticket=ticket):
            return replace(mail, ticket=veiled(ticket))
        case AutomaticAnswer(ticket=ticket):
            return _automatic_answer(mail) if ticket.confidential else mail
        case CodesToScan(otherwise=otherwise):
            return otherwise
        case AccountNews() | ProofNotice() | WithoutContent():
            return mail  # about accounts; of tickets they say nothing
        case Rejection() | Undeliverable():
            return mail  # sentences of ours, and what another mail server said
        case _ as never:
            assert_never(never)


def _lists(mail: Digest | Handover | Released | Proposal) -> Sealable:
    match mail:
        case Digest(lists=lists, counts=counts):
            shown = tuple(untitled(veiled_list(each)) for each in lists)
            return replace(mail, lists=shown, counts=tuple(map(without_values, counts)))
        case Handover(listing=listing) | Proposal(listing=listing):
            return replace(mail, listing=untitled(veiled_list(listing)))
        case Released(lines=lines):
            return replace(mail, lines=tuple(map(veiled_line, lines)))
        case _ as never:
            assert_never(never)


def _automatic_answer(mail: AutomaticAnswer) -> Confirmation | WithoutContent:
    """That there is an answer: it may be filled with what stands in the ticket, or tell its topic.

    Where it only says that the mail has arrived, that can be said without it.
    """
    if mail.confirms:
        return Confirmation(mail.route, veiled(mail.ticket))
    return WithoutContent(mail.route, mail.ticket.number, None, for_agent=False)


def _response(mail: Response) -> Response | WithoutContent:
    if not mail.ticket.confidential:
        return mail
    if mail.may_be_read:
        return replace(mail, ticket=veiled(mail.ticket))
    return WithoutContent(mail.route, mail.ticket.number, None, for_agent=False)


def _notification(mail: Notification) -> Notification | WithoutContent:
    if not (mail.confidential or mail.ticket.confidential):
        return replace(mail, fits=veiled_fits(mail.fits)) if mail.fits else mail
    actions = tuple(filter(_is_plain, mail.actions))
    closed = next((note for note in mail.notes if note in REASONS), None)
    news = NEWS.get(mail.event)
    remark = ADVICE if ADVICE in mail.notes else None
    return WithoutContent(
        mail.route, mail.ticket.number, news, actions, closed=closed, remark=remark
    )


def _is_plain(action: Action) -> bool:
    """True for a link with a word of ours alone."""
    return " " not in action.command and action.draft is None and not action.blanks


# An event that is missing here is told without saying which it is.
NEWS: Mapping[NotificationEvent, Text] = {
    NotificationEvent.NEW_TICKET: say("It is new."),
    NotificationEvent.MESSAGE: say("Somebody has written."),
    NotificationEvent.REOPENED: say("Somebody has written, and it is open again."),
    NotificationEvent.ASSIGNED: say("You are now responsible for it."),
    NotificationEvent.MOVED: say("It belongs to a department of yours now."),
    NotificationEvent.REFERRED: say("You have access to it now."),
    NotificationEvent.NOTE: say("It has a new note."),
    NotificationEvent.RESPONSE: say("It was answered."),
    NotificationEvent.NOT_DELIVERED: say("A mail of it did not arrive."),
    NotificationEvent.UNVERIFIED: say(
        "A mail came in for it, and it is not proved who wrote it. It was only filed."
    ),
    NotificationEvent.ACCEPTED: say("It was accepted."),
    NotificationEvent.CLOSED: say("It was closed."),
    NotificationEvent.MERGED: say("Another ticket was merged into it."),
    NotificationEvent.TASK: say("You have a task in it."),
    NotificationEvent.TASK_DUE: say("A task of it is to be done today."),
    NotificationEvent.REMINDER: say("This is the reminder of it that was asked for."),
    NotificationEvent.ESCALATION: say("It waits for too long already."),
    NotificationEvent.WAITED: say("It was to wait until now."),
}


def _receipt(mail: Receipt) -> Receipt:
    """Lists leave out what is confidential; a receipt that is confidential has no values at all."""
    answers = tuple(shown for each in mail.answers if (shown := veiled_answer(each)) is not None)
    if not (mail.confidential or (mail.ticket and mail.ticket.confidential)):
        return replace(mail, answers=answers)
    return replace(
        mail,
        head=without_values(mail.head),
        lines=tuple(veiled_receipt_line(line) for line in mail.lines),
        answers=tuple(untitled(each) if isinstance(each, TicketList) else each for each in answers),
        ticket=veiled(replace(mail.ticket, confidential=True)) if mail.ticket else None,
        own_text="",
        ask=without_values(mail.ask) if mail.ask else None,
        offer=without_values(mail.offer) if mail.offer else None,
        blanks=tuple(Blank(blank.name) for blank in mail.blanks),
        actions=tuple(action for action in mail.actions if action.draft is None),
        files=(),
        images=(),
        without_content=True,
    )
