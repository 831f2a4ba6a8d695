"""A mail for which there is no key any more: it is never sent readable, and never just lost.

An agent hears without any content that there is news; the admins hear of the key, once. What was to
go to the requester is told to the agents of the ticket. None of these mails is encrypted to the
person whose key is the trouble, so that none leads to the next.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from gateway.model.address import fold
from gateway.model.decision import Decision
from gateway.model.key_changes import WarnOfExpiry
from gateway.model.openpgp import Fingerprint, Key, grouped
from gateway.model.outgoing import NotificationEvent, ProofNotice, WithoutContent
from gateway.model.people import Agent, AgentState
from gateway.model.text import Text, say
from gateway.policy import routes
from gateway.policy.account_news import route
from gateway.policy.acts import NOTHING, Acts
from gateway.policy.facts import Facts, SentMail, TicketFacts
from gateway.policy.notify import notify
from gateway.policy.said import NOBODY, Said

STAGE = "unsealable"
UNKNOWN_END = datetime(1970, 1, 1, tzinfo=UTC)
"""Stands for the end of a key that has none, or is gone."""

_NEWS = say("A mail of it to you could not be encrypted.")


@dataclass(frozen=True, slots=True)
class Unsealed:
    """The reader, None where it is no agent; the key that was meant, None when it is gone.

    `admins` are those who do not know of it yet.
    """

    agent: Agent | None
    meant: Fingerprint
    key: Key | None
    end: datetime
    admins: tuple[Agent, ...]


def unsealed(facts: Facts, decision: Decision, reader: Unsealed) -> Decision:
    """The decision about a mail that did not arrive, with what follows from the missing key."""
    sent = facts.bounced
    if sent is None:
        return decision
    about = facts.tickets.get(sent.ticket) if sent.ticket is not None else None
    if sent.kind in TO_AUTHORS:
        acts = NOTHING if about is None or decision.outgoing else _to_agents(facts, about, sent)
    else:
        acts = _to_reader(facts, about, reader.agent) if reader.agent else NOTHING
        acts += _to_admins(facts, sent, reader)
    return replace(
        decision,
        reason=f"{decision.reason}; it could not be encrypted",
        changes=(*decision.changes, *acts.changes),
        outgoing=(*decision.outgoing, *acts.outgoing),
    )


TO_AUTHORS = frozenset(
    {"response", "confirmation", "public-key", "automatic-answer", "status-notice"}
)
"""Kinds of mail to the requester's side; all others that are encrypted go to agents."""


def _to_agents(facts: Facts, about: TicketFacts, sent: SentMail) -> Acts:
    said = Said(NOBODY, f"{sent.rcpt_to}: {_reason(facts)}")
    return notify(facts, about, NotificationEvent.NOT_DELIVERED, said=said)


def _reason(facts: Facts) -> str:
    return next((each.diagnostic for each in facts.message.automatic.bounces), "")


def _to_reader(facts: Facts, about: TicketFacts | None, agent: Agent) -> Acts:
    """That there is something, and what to do; nothing of what it says."""
    if agent.state is not AgentState.ACTIVE:
        return NOTHING
    if about is not None and about.ticket.confidential:
        way, changes = routes.to_agent(facts, about, agent, "unsealed")
        return changes + Acts((), (WithoutContent(way, about.ticket.number, _NEWS),))
    notice = ProofNotice(
        route(agent, "unsealed", facts.organisation, facts.fresh),
        say("A mail to you could not be encrypted"),
        say(
            "Mail to you is encrypted with your OpenPGP key. That was not possible this time, so"
            " the mail was not sent. If it was an answer to commands of yours: “!show” and “!list”"
            " say what came of them."
        ),
        say(
            "What to do: look whether your key has ended, put its end off, and send the public key"
            " to an admin. With a new key send its fingerprint too."
        ),
        (say("It was about ticket #%(number)s.", number=about.ticket.number),) if about else (),
    )
    return Acts((), (notice,))


def _to_admins(facts: Facts, sent: SentMail, reader: Unsealed) -> Acts:
    """Once for each key; the reader themselves was told already."""
    others = [each for each in reader.admins if fold(sent.rcpt_to) != each.mailbox.key]
    if not reader.admins:
        return NOTHING
    name = reader.agent.name if reader.agent is not None else sent.rcpt_to
    mails = tuple(
        ProofNotice(
            route(admin, f"unsealed.{reader.meant}", facts.organisation, facts.fresh),
            say("Mail to %(name)s cannot be encrypted", name=name),
            _why(reader, name),
            say(
                "What to do: ask %(name)s for a public key that is in order, and enter it with"
                " “!account key-add”. Until then no mail with content goes there.",
                name=name,
            ),
            (Text(grouped(reader.meant)),),
        )
        for admin in others
    )
    return Acts((WarnOfExpiry(reader.meant, reader.end, STAGE),), mails)


def _why(reader: Unsealed, name: str) -> Text:
    if reader.key is None:
        return say(
            "A mail was to be encrypted with a key of %(name)s that is not here any more. It was"
            " not sent; they were told so, without its content.",
            name=name,
        )
    if reader.key.expired or reader.key.revoked:
        return say(
            "The key of %(name)s has ended, so a mail was not sent; they were told so, without its"
            " content.",
            name=name,
        )
    return say(
        "gpg cannot encrypt to the key of %(name)s, so a mail was not sent; they were told so,"
        " without its content.",
        name=name,
    )
