"""Whether an agent's mail has the proof that it needs, and what is missing.

From alone proves nothing: whatever is asked here is asked of mail whose author is proved already
(level 1). A second factor counts for the mail that carries it, and opens a session; what needs
level 3 asks for a code each time. The answer to a question of ours counts for the mail that was
held. An OpenPGP signature by a pinned key (`policy/signed.py`) is all of that at once.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import assert_never

from gateway.model.answers import ReceiptLine
from gateway.model.changes import Change
from gateway.model.command import CommandMail
from gateway.model.decision import Decision
from gateway.model.held import Guard, Held
from gateway.model.key_changes import UseSignature
from gateway.model.people import Agent
from gateway.model.proof_changes import (
    CountWrongCode,
    OpenSession,
    UseCode,
    UseRecoveryCode,
)
from gateway.model.second_factor import CheckedCode, Demand, Factor, Verdict
from gateway.model.text import Text, say
from gateway.policy.acts import Acts
from gateway.policy.around import moment_text
from gateway.policy.commands.verbs.answers import No, Yes, answer_in
from gateway.policy.facts import Facts, TicketFacts
from gateway.policy.levels import highest
from gateway.policy.locking import lock_acts


@dataclass(frozen=True, slots=True)
class Proven:
    """The level that a mail has, and the second factor that gave it."""

    level: int
    factor: Factor | None = None


def proven(facts: Facts) -> Proven:
    """The proof that the mail being decided has; for a held one that of the answer to it too."""
    found = _by_second_factor(facts, answers=facts.confirmed)
    if facts.confirmed and facts.held is not None and facts.held.proved > found.level:
        return Proven(facts.held.proved, Factor.CODE)
    return found


def needed(facts: Facts, mail: CommandMail, thread: TicketFacts | None) -> int:
    """The level that the mail needs of this agent."""
    return _demanded(highest(facts, mail, thread)[0], facts)


def own_proof(facts: Facts) -> int:
    """The level that a code or signature of the mail itself gives it, for as long as it is held."""
    if facts.confirmed:
        return proven(facts).level if proven(facts).factor in _OWN else 0
    return 3 if _is_right(facts.second.code) or _is_signed(facts) else 0


def missing(facts: Facts, mail: CommandMail, thread: TicketFacts | None) -> Text | None:
    """What is wrong with the proof of the mail; None when it is enough."""
    if (wrong := wrong_code(facts)) is not None:
        return wrong
    level, part = highest(facts, mail, thread)
    if _demanded(level, facts) <= proven(facts).level:
        return None
    what = say("an answer to the requester") if part == "reply" else Text(f"!{part}")
    if level >= 3:
        needs = say("%(what)s needs a one-time code each time.", what=what)
    else:
        needs = say("%(what)s needs a second factor.", what=what)
    signature = facts.second.signature
    if signature is None or signature.problem is None:
        return needs
    return say("%(needs)s The mail is signed, but %(why)s", needs=needs, why=signature.problem)


def can_confirm(facts: Facts, level: int) -> bool:
    """True when a yes from the agent's own mailbox is proof enough for what needs this level."""
    allowed = facts.organisation.security.confirmation_mail and not is_locked(facts)
    return level <= 1 or (level == 2 and allowed)


def is_locked(facts: Facts) -> bool:
    """True while too many wrong codes keep the agent's second factor locked."""
    until = facts.second.locked_until
    return until is not None and until > facts.now


def carries_out(facts: Facts) -> bool:
    """True when the mail answers a held one so that it is to be carried out now."""
    mail, held = facts.command_mail, facts.held
    if mail is None or held is None or wrong_code(facts) is not None:
        return False
    if isinstance(answer_in(mail), No):
        return False
    if answer_in(mail) is None and Guard.PROOF not in held.guards:
        return False  # a code is no yes to anything but the question for it
    return enough(facts, held)


def enough(facts: Facts, held: Held) -> bool:
    """True when the answer, with what the held mail brought itself, proves as much as it needs."""
    level = max(_by_second_factor(facts, answers=True).level, held.proved)
    return level >= _demanded(held.needs, facts)


def says_yes(mail: CommandMail) -> bool:
    """True for a yes."""
    return isinstance(answer_in(mail), Yes)


def _by_second_factor(facts: Facts, *, answers: bool) -> Proven:
    second, rules = facts.second, facts.organisation.security
    if _is_signed(facts):
        return Proven(3, Factor.SIGNATURE)  # no wrong code says anything about a key
    if is_locked(facts):
        return Proven(1)
    if _is_right(second.code):
        is_recovery = second.code is not None and second.code.recovery is not None
        return Proven(3, Factor.RECOVERY if is_recovery else Factor.CODE)
    if answers and second.confirmed and rules.confirmation_mail:
        return Proven(2, Factor.CONFIRMATION)
    if second.session_until is not None and second.session_until > facts.now:
        return Proven(2, Factor.SESSION)
    return Proven(1)


def _demanded(level: int, facts: Facts) -> int:
    """Where no second factor is demanded of the agent, the first one is enough."""
    match facts.organisation.security.demand:
        case Demand.OFF:
            return min(level, 1)
        case Demand.ENROLLED:
            return level if facts.second.enrolled else min(level, 1)
        case Demand.REQUIRED | None:
            return level


_OWN = frozenset({Factor.CODE, Factor.SIGNATURE})


def _is_signed(facts: Facts) -> bool:
    signature = facts.second.signature
    return signature is not None and signature.counts


def _is_right(code: CheckedCode | None) -> bool:
    return code is not None and code.verdict is Verdict.RIGHT


def wrong_code(facts: Facts) -> Text | None:
    """Why the code in the mail does not count; None without one, or when it does.

    With such a code nothing is done, also where no code was needed: it may be a replayed mail.
    """
    code = facts.second.code
    if code is None:
        return None
    match code.verdict:
        case Verdict.RIGHT:
            return None
        case Verdict.WRONG:
            wrong = say("the one-time code is wrong or too old.")
            return locked(facts) if locks(facts) else wrong
        case Verdict.USED:
            return say("the one-time code was used already. Each code counts once.")
        case Verdict.SEVERAL:
            return say("there are different one-time codes in the mail. Write only one.")
        case Verdict.LOCKED:
            return locked(facts)
        case Verdict.NOT_ENROLLED:
            return say("you have not set up one-time codes, so none can be right.")
        case Verdict.UNCHECKED:
            return say("one-time codes cannot be checked now; the operator has to look after it.")
        case _:
            assert_never(code.verdict)


def locked(facts: Facts) -> Text:
    """Until when the second factor is locked."""
    return say(
        "too many one-time codes were wrong: your second factor is locked until %(moment)s.",
        moment=moment_text(_locked_until(facts), facts.organisation),
    )


def _locked_until(facts: Facts) -> datetime:
    until = facts.second.locked_until
    if until is not None and until > facts.now:
        return until
    return facts.now + facts.organisation.security.locked_for


def locks(facts: Facts) -> bool:
    """True when the wrong code in this mail is one too many."""
    code = facts.second.code
    is_wrong = code is not None and code.verdict is Verdict.WRONG
    return is_wrong and facts.second.failures + 1 >= facts.organisation.security.most_wrong


def with_effects(facts: Facts, agent: Agent, decision: Decision) -> Decision:
    """The decision, and what the proof in the mail itself leads to, whatever the mail does.

    A code is used up by the mail that carries it, in the same commit as all of the mail's effect.
    """
    acts = Acts(tuple(_used_up(facts, agent)))
    if locks(facts):
        acts += lock_acts(facts, agent, _locked_until(facts))
    if not (acts.changes or acts.outgoing):
        return decision
    return replace(
        decision,
        changes=acts.changes + decision.changes,
        outgoing=decision.outgoing + acts.outgoing,
    )


def _used_up(facts: Facts, agent: Agent) -> Iterator[Change]:
    code = facts.second.code
    if code is not None and code.verdict is Verdict.WRONG:
        yield CountWrongCode(agent.id)
    if code is not None and code.verdict is Verdict.RIGHT:
        if code.step is not None:
            yield UseCode(agent.id, code.step)
        if code.recovery is not None:
            yield UseRecoveryCode(agent.id, code.recovery)
    signature = facts.second.signature
    if signature is not None and signature.counts:
        yield UseSignature(agent.id, signature.digest, signature.queue_id)
    until, factor = opened(facts)
    if until is not None and factor is not None:
        yield OpenSession(agent.id, agent.mailbox.key, until, factor)


def opened(facts: Facts) -> tuple[datetime | None, Factor | None]:
    """Until when the session lasts that the mail opens, and by what; None when it opens none."""
    length = facts.organisation.security.session
    found = _by_second_factor(facts, answers=facts.confirmed and _asked_for_proof(facts))
    if found.factor in (None, Factor.SESSION) or not length:
        return None, None
    return facts.now + length, found.factor


def _asked_for_proof(facts: Facts) -> bool:
    return facts.held is not None and Guard.PROOF in facts.held.guards


def proof_lines(facts: Facts) -> tuple[ReceiptLine, ...]:
    """For the receipt: what proved the mail, and how long that lasts."""
    found = _by_second_factor(facts, answers=facts.confirmed and _asked_for_proof(facts))
    if found.factor in (None, Factor.SESSION):
        return ()
    lines = [_FACTORS[found.factor]] if found.factor in _FACTORS else []
    if found.factor is Factor.RECOVERY:
        left = facts.second.recovery_left - 1
        lines.append(say("recovery codes that are left: %(count)s", count=left))
    until, _ = opened(facts)
    if until is not None:
        moment = moment_text(until, facts.organisation)
        lines.append(say("until %(moment)s your mail needs no other", moment=moment))
    return tuple(ReceiptLine(True, 0, "", line) for line in lines)


_FACTORS: Mapping[Factor | None, Text] = {
    Factor.CODE: say("second factor: one-time code"),
    Factor.RECOVERY: say("second factor: recovery code"),
    Factor.CONFIRMATION: say("second factor: your answer to our question"),
    Factor.SIGNATURE: say("second factor: OpenPGP signature"),
}
