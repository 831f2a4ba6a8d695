"""What an agent's answer to us is about: a held mail, work to be undone, the mail answered."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from gateway.gather.looking import Looking
from gateway.model.address import fold
from gateway.model.command import CommandMail
from gateway.model.held import Guard, Held, HeldState, Undoable, token_digest
from gateway.model.people import Agent
from gateway.model.query import Criterion, Scope, TextHas, Wanted
from gateway.model.ticket import PartyRole, State
from gateway.policy.commands.verbs.answers import answer_in, asks_for_undo
from gateway.policy.facts import Match
from gateway.policy.leaks import from_elsewhere
from gateway.policy.match import by_token, ids_to_look_up
from gateway.policy.query.folding import ways

UNDO_WINDOW = timedelta(minutes=15)
_MOST_ADDRESSES = 50

WaitingT = TypeVar("WaitingT", Held, Undoable)


def asked_about(looking: Looking, agent: Agent | None) -> Held | None:
    """The agent's held mail, in any state, whose question has the token that this one is sent to.

    The agent is whom From shows; where that is not proved, nothing of it counts.
    """
    for recipient in looking.recipients if agent is not None else ():
        if recipient.token.startswith("c"):
            known = looking.transaction.held_by_token(token_digest(recipient.token))
            if known is not None and agent is not None and known[1].agent == agent.id:
                return known[1]
    return None


def match_of(looking: Looking, agent: Agent, about: Held) -> Match | None:
    """The ticket of a held mail as the thread of the answer, which the token leads to."""
    ticket = looking.ticket(about.ticket) if about.ticket is not None else None
    party = ticket.parties.get(agent.mailbox.key) if ticket is not None else None
    if ticket is None or party is None or party.role is not PartyRole.AGENT:
        return None
    return by_token(party)


def held(
    looking: Looking,
    agent: Agent | None,
    mail: CommandMail | None,
    found: Match | None,
    asked: Held | None,
) -> Held | None:
    """The held mail that a yes, a no or a one-time code answers. `asked`: the token names it."""
    if agent is None or mail is None or not (mail.codes or answer_in(mail)):
        return None
    if asked is not None:
        is_waiting = asked.state is HeldState.HELD and asked.expires_at > looking.now
        return asked if is_waiting else None
    waiting = looking.transaction.held_mails(agent.id, looking.now)
    return _meant(looking, waiting, found)


def asking(looking: Looking, agent: Agent | None, found: Match | None) -> tuple[Held | None, bool]:
    """The held mail whose missing fields this one may bring, and whether it answers just that."""
    if agent is None:
        return None, False
    waiting = looking.transaction.held_mails(agent.id, looking.now)
    waiting = [(key, one) for key, one in waiting if Guard.FIELDS in one.guards]
    meant = _meant(looking, waiting, found)
    keys = {key for key, one in waiting if one is meant}
    return meant, not keys.isdisjoint(_receipts(looking))


def undoable(
    looking: Looking, agent: Agent | None, mail: CommandMail | None, found: Match | None
) -> Undoable | None:
    """The work that `!undo` takes back; the tickets it changed are read."""
    if agent is None or mail is None or not asks_for_undo(mail):
        return None
    done = looking.transaction.undoable(agent.id, looking.now - UNDO_WINDOW)
    meant = _meant(looking, done, found, last=True)
    for before in meant.tickets if meant else ():
        looking.ticket(before.ticket)
    return meant


def _meant(
    looking: Looking,
    waiting: Sequence[tuple[str, WaitingT]],
    found: Match | None,
    *,
    last: bool = False,
) -> WaitingT | None:
    """The one whose receipt is answered; else the only one (or the `last`) of the same ticket."""
    keys = _receipts(looking)
    for key, one in waiting:
        if key in keys:
            return one
    ticket = found.ticket if found else None
    here = [one for _, one in waiting if one.ticket == ticket]
    return here[0] if here and (last or len(here) == 1) else None


def _receipts(looking: Looking) -> frozenset[str]:
    """The keys of what the mail answers, should they be receipts."""
    key = looking.transaction.receipt_key
    return frozenset(key(each) for each in ids_to_look_up(looking.message))


def outside(looking: Looking, agent: Agent | None, mail: CommandMail | None) -> tuple[str, ...]:
    """Addresses in To and Cc of an agent's mail that are neither ours nor an agent's."""
    if agent is None or mail is None:
        return ()
    people = (*looking.message.to, *looking.message.cc)[:_MOST_ADDRESSES]
    domain = "@" + looking.organisation.domain
    strangers = [
        one for one in people if "@" in one.address and not fold(one.address).endswith(domain)
    ]
    if not strangers:
        return ()
    known = looking.transaction.agents_by_handle([one.key for one in strangers])
    return tuple(
        one.address for one in strangers if one.key not in known and one.key != agent.mailbox.key
    )


def quoted_elsewhere(looking: Looking, mail: CommandMail | None, found: Match | None) -> str:
    """The number of another ticket that the reply quotes; empty where it quotes none."""
    about = looking.tickets.get(found.ticket) if found else None
    line = from_elsewhere(mail.reply, about.entries) if mail and about else ""
    words = ways(line) if line else ()
    if about is None or not words:
        return ""
    wanted = Wanted(frozenset(State), ((Criterion(TextHas(words, exact=True)),),))
    everywhere = Scope(frozenset(), None)
    listing = looking.transaction.list_tickets(wanted, everywhere, 2)
    others = [each.number for each in listing.tickets if each.id != about.ticket.id]
    return others[0] if others else ""


def answered_mail_at(
    looking: Looking, mail: CommandMail | None, found: Match | None
) -> datetime | None:
    """When the mail of ours was written that an agent's reply answers."""
    if mail is None or found is None or not mail.reply or not looking.message.in_reply_to:
        return None
    sent = looking.transaction.sent_mail(message_id=looking.message.in_reply_to[0])
    return sent.created_at if sent else None
