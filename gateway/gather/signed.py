"""The signature of an agent's mail: what it is worth, and which ticket it was made for."""

from dataclasses import replace

from gateway.gather import thread
from gateway.gather.looking import Looking
from gateway.model.address import fold
from gateway.model.command import CommandMail
from gateway.model.held import token_digest
from gateway.model.people import Agent
from gateway.model.second_factor import SignatureProof
from gateway.model.ticket import PartyRole, TicketId
from gateway.policy import match
from gateway.policy.commands.verbs.answers import is_answer
from gateway.policy.facts import Match, Proof, Trust
from gateway.policy.signed import (
    CONTRADICTION,
    UNSAID,
    judged,
    judged_for_list,
    signed_ids,
    signed_subject,
    signed_tokens,
)


def proof_of(looking: Looking, agent: Agent | None) -> SignatureProof | None:
    """What the signature of an agent's mail is worth by itself; None where there is none."""
    signature = looking.message.openpgp.signature
    if agent is None or signature is None:
        return None
    pinned = looking.transaction.pinned_to([agent.id], looking.now).get(agent.id, ())
    names = {each.fingerprint for each in pinned}
    used_for = None
    if signature.fingerprint in names and signature.digest:
        used_for = looking.transaction.signature_used_for(signature.digest)
    return judged(
        looking.message,
        agent,
        names,
        used_for,
        looking.item.queue_id,
        looking.item.accepted_at,
        looking.organisation,
    )


def listed_proof(looking: Looking) -> SignatureProof | None:
    """What the signature of a new mail is worth for an entry of the allow list."""
    signature = looking.message.openpgp.signature
    if signature is None:
        return None
    return judged_for_list(
        looking.message,
        looking.transaction.signature_used_for(signature.digest) if signature.digest else None,
        looking.item.queue_id,
        looking.item.accepted_at,
        looking.organisation,
    )


def with_signature(trust: Trust, proof: SignatureProof | None) -> Trust:
    """The trust in the author, who may be proved by the signature, or be in doubt because of it.

    What the domain says about a mail that lost its other proofs on the way is no matter then.
    """
    if proof is None:
        return trust
    if proof.contradicts:
        return Trust(Proof.NONE, forged=False, reason=f"the mail is signed, but {proof.problem}")
    if trust.proved:
        return trust
    if proof.counts:
        reason = "signed with a key that is pinned to the agent"
        return Trust(Proof.OPENPGP, forged=False, reason=reason)
    return replace(trust, reason=f"{trust.reason}; the mail is signed, but {proof.problem}")


def bound(
    looking: Looking, agent: Agent, proof: SignatureProof, found: Match | None
) -> SignatureProof:
    """The proof, where what is signed and what stands around it mean the same thread.

    Only what is signed counts: the fields of the thread may be another mail's.
    """
    if not proof.counts:
        return proof
    named = _named(looking, agent)
    if len(named) > 1 or (found is not None and named and found.ticket not in named):
        return replace(proof, problem=CONTRADICTION, contradicts=True)
    if found is None or named:
        return proof
    return replace(proof, problem=UNSAID)


def _named(looking: Looking, agent: Agent) -> frozenset[TicketId]:
    """The tickets that the signed part of the mail names beyond doubt."""
    found: set[TicketId] = set()
    for token in signed_tokens(looking.message):
        found |= _by_token(looking, agent, token)
    ids = signed_ids(looking.message)
    reference = match.first_known(ids, looking.transaction.references(ids)) if ids else None
    if reference is not None:
        found.add(reference.ticket)
    numbers = match.numbers_in_subject(signed_subject(looking.message))
    found |= set(looking.transaction.ticket_ids(numbers).values()) if numbers else set()
    return frozenset(_root(looking, ticket) for ticket in found if looking.ticket(ticket))


def _by_token(looking: Looking, agent: Agent, token: str) -> set[TicketId]:
    """The ticket in which the agent, and nobody else, was told this token."""
    if token.startswith("r"):
        party = looking.transaction.party_by_token(token)
        is_theirs = party is not None and fold(party.address) == agent.mailbox.key
        is_theirs = is_theirs and party is not None and party.role is PartyRole.AGENT
        return {party.ticket} if party is not None and is_theirs else set()
    known = looking.transaction.held_by_token(token_digest(token)) if token[0] == "c" else None
    if known is None or known[1].agent != agent.id or known[1].ticket is None:
        return set()
    return {known[1].ticket}


def _root(looking: Looking, ticket: TicketId) -> TicketId:
    root = thread.merged_into(looking, ticket)
    return ticket if root is None else root.ticket.id


def stands_alone(looking: Looking, mail: CommandMail | None) -> bool:
    """True when a mail does nothing but commands, so that it needs no thread.

    Those that name no ticket find none then.
    """
    if mail is None or mail.reply or mail.note or looking.message.attachments:
        return False
    return bool(mail.commands or mail.problems) and not is_answer(mail)


def answers_what_is_signed(looking: Looking) -> bool:
    """True when what is signed names the question or the list of ours that the mail answers."""
    tokens = [r.token for r in looking.recipients if r.token[:1] in ("c", "l")]
    if tokens:
        return set(tokens) <= set(signed_tokens(looking.message))
    return (
        bool(looking.message.in_reply_to) and "in-reply-to" in looking.message.openpgp.signed_fields
    )
