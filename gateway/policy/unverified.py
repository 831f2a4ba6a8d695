"""Mail in an agent's name that is not proved to be theirs: kept, never obeyed, never passed on."""

from datetime import timedelta

from gateway.model.answers import ReceiptLine
from gateway.model.command import CommandMail
from gateway.model.decision import Decision, Outcome
from gateway.model.organisation import AddressKind
from gateway.model.outgoing import Receipt
from gateway.model.people import Agent
from gateway.model.text import Text, say
from gateway.model.ticket import EntryFlag, EntryKind
from gateway.policy import automatic, routes
from gateway.policy.acts import NOTHING, Acts
from gateway.policy.facts import Facts
from gateway.policy.said import entry, said_by_message
from gateway.policy.secrecy import is_touched

_NOT_PROVED = say(
    "a mail in your name came in, and it is not proved that you wrote it. It was not sent on and"
    " nothing was done. If it was you, send it again from your own mail account. If it was not you,"
    " there is nothing you need to do."
)
_NOT_TOLD_BY_DNS = say(
    "a mail in your name came in, and for an hour it could not be checked whether you wrote it: the"
    " DNS of your mail's domain gave no answer. It was not sent on and nothing was done. If it was"
    " you, send it again later. If it was not you, there is nothing you need to do."
)


def unverified_agent(facts: Facts, agent: Agent) -> Decision:
    """The From field shows an agent and nothing proves it: From alone never commands.

    In a thread the mail is kept as an internal entry with a mark. The real agent is told, so that
    nobody believes their answer went out.
    """
    about = facts.tickets.get(facts.match.ticket) if facts.match else None
    told = _tell(facts, agent, _why(facts))
    if about is None:
        reason = f"in the name of {agent.handle}, not proved: {facts.trust.reason}"
        return Decision(Outcome.REJECTED, reason, told.changes, told.outgoing)
    said = said_by_message(facts, new_text_only=True).flagged(EntryFlag.UNVERIFIED)
    acts = Acts((entry(about.ticket.id, EntryKind.NOTE, said),)) + told
    return Decision(
        Outcome.ENTRY,
        f"in the name of {agent.handle}, not proved ({facts.trust.reason}):"
        f" kept in #{about.ticket.number}, not obeyed",
        acts.changes,
        acts.outgoing,
        about.ticket.id,
    )


def _why(facts: Facts) -> Text:
    signature = facts.second.signature
    if signature is None or signature.problem is None:
        return _NOT_TOLD_BY_DNS if facts.trust.is_open else _NOT_PROVED
    return say(
        "a mail in your name came in. It is signed, but %(why)s So it is not proved that it was"
        " meant like this: it was not sent on and nothing was done. If it was not you, there is"
        " nothing you need to do.",
        why=signature.problem,
    )


def without_thread_token(facts: Facts, agent: Agent, mail: CommandMail) -> Decision:
    """A proved agent answers in a thread, but to a mail that was not sent to them.

    A reply needs the token that was issued to this agent.
    """
    told = _tell(
        facts,
        agent,
        say(
            "this answers a mail that was not sent to you, so it is not clear what you answered."
            " Reply to a mail that you got from the gateway, or send commands with the ticket's"
            " number to %(address)s.",
            address=facts.organisation.command_address,
        ),
        own_text="\n\n".join(filter(None, (mail.reply, mail.note))),
    )
    return Decision(
        Outcome.COMMAND,
        f"{agent.handle}: reply without a token of theirs, not done",
        told.changes,
        told.outgoing,
        facts.match.ticket if facts.match else None,
    )


PATIENCE = timedelta(hours=1)
"""So long a mail waits for DNS to say who sent it."""

_NEEDS_PROOF = frozenset({AddressKind.MEMBERS, AddressKind.INTERNAL, AddressKind.FORM})


def waits_for_proof(facts: Facts, age: timedelta) -> bool:
    """True while a mail should wait whose sender DNS has not told yet.

    That is where a proof makes a difference: an agent, or an address that is not open to all.
    """
    if facts.duplicate is not None or age >= PATIENCE:
        return False
    kinds = {recipient.address.kind for recipient in facts.recipients}
    return facts.author_agent is not None or not kinds.isdisjoint(_NEEDS_PROOF)


def _tell(facts: Facts, agent: Agent, what: Text, own_text: str = "") -> Acts:
    """One mail to the agent's own address, also when somebody forged it: that they must know."""
    if facts.message.automatic.is_auto_generated or (
        not facts.trust.proved and facts.automatic_sent >= facts.organisation.automatic_per_day
    ):
        return NOTHING
    receipt = Receipt(
        routes.to_agent_alone(facts, agent, "unverified"),
        done=False,
        head=say("NOTHING was changed and NOTHING was sent."),
        lines=(ReceiptLine(False, 1, "", what),),
        own_text=own_text,
        confidential=is_touched(facts),
    )
    return Acts((automatic.count(facts, "unverified"),), (receipt,))
