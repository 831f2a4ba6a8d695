"""An agent's mail: how far it is proved, and what it says; the one depends on the other.

A signature proves no more than what was signed. So it is looked at what that names before the mail
is read, and again when it is known that it answers a question or the lines of a list.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from gateway.gather import commands, held, lists, signed
from gateway.gather.looking import Looking
from gateway.model.command import CommandMail
from gateway.model.held import Held
from gateway.model.people import Agent
from gateway.model.second_factor import SignatureProof
from gateway.policy.commands.verbs.answers import is_answer
from gateway.policy.commands.verbs.fields import only_sets_fields
from gateway.policy.facts import Match, Trust
from gateway.policy.signed import UNSAID, UNSAID_ANSWER


@dataclass(frozen=True, slots=True)
class Working:
    """The mail of an agent, or of anybody else.

    `asking` is the held mail whose missing fields it brings. `listed` are the lines of the list
    that it answers.
    """

    trust: Trust
    match: Match | None
    mail: CommandMail | None = None
    asking: Held | None = None
    listed: Mapping[int, str] = field(default_factory=dict)
    signature: SignatureProof | None = None


def working(looking: Looking, agent: Agent | None, trust: Trust, found: Match | None) -> Working:
    """What the mail says, read only where it is proved. `trust` is without its signature."""
    proof = signed.proof_of(looking, agent)
    if agent is None or proof is None:
        return _read(looking, agent, trust, found)
    counting, proof = proof, signed.bound(looking, agent, proof, found)
    if proof.problem is UNSAID:
        alone = _read(looking, agent, trust, None, counting)
        if signed.stands_alone(looking, alone.mail):
            return _as_signed(looking, agent, trust, alone)
    return _as_signed(looking, agent, trust, _read(looking, agent, trust, found, proof))


def _as_signed(looking: Looking, agent: Agent, trust: Trust, read: Working) -> Working:
    """As it was read; without the signature where it answers what that does not name."""
    proof = read.signature
    if proof is None or not proof.counts or not _answers(looking, agent, read):
        return read
    if signed.answers_what_is_signed(looking):
        return read
    return _read(looking, agent, trust, read.match, replace(proof, problem=UNSAID_ANSWER))


def _answers(looking: Looking, agent: Agent, read: Working) -> bool:
    """True for a yes or no, fields that were asked for, and lines of a list."""
    if read.mail is None:
        return False
    if is_answer(read.mail) or read.asking is not None:
        return True
    if not read.listed:
        return False
    return read.mail != commands.command_mail(looking, agent, read.trust, read.match)


def _read(
    looking: Looking,
    agent: Agent | None,
    trust: Trust,
    found: Match | None,
    proof: SignatureProof | None = None,
) -> Working:
    trust = signed.with_signature(trust, proof)
    listed = lists.lines(looking, agent if trust.proved else None)
    mail, asking = _command_mail(looking, agent, trust, found, listed)
    return Working(trust, found, mail, asking, listed, proof)


def _command_mail(
    looking: Looking,
    agent: Agent | None,
    trust: Trust,
    found: Match | None,
    listed: Mapping[int, str],
) -> tuple[CommandMail | None, Held | None]:
    """The agent's commands, and the held mail whose missing fields they bring."""
    asking, answers_it = held.asking(looking, agent if trust.proved else None, found)
    if asking is not None:
        names = looking.organisation.topics.field_names
        filled = commands.command_mail(looking, agent, trust, found, names, listed)
        if answers_it or (filled is not None and only_sets_fields(filled)):
            return filled, asking
    return commands.command_mail(looking, agent, trust, found, listed=listed), None
