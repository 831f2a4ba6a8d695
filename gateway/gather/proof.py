"""What is known about an agent's second factor, and what the code in their mail is worth."""

import structlog

from gateway.gather.looking import Looking
from gateway.mail.automatic import shows_no_machine
from gateway.model.command import CommandMail
from gateway.model.held import Held
from gateway.model.people import Agent
from gateway.model.second_factor import (
    CheckedCode,
    Enrolment,
    SecondFactor,
    SignatureProof,
    Verdict,
)
from gateway.policy.commands.verbs.answers import is_answer
from gateway.policy.commands.verbs.fields import only_sets_fields
from gateway.policy.proof import says_yes
from gateway.ports import VaultClosed

log = structlog.get_logger()


def second_factor(
    looking: Looking,
    agent: Agent | None,
    mail: CommandMail | None,
    asked: Held | None,
    asking: Held | None,
    signature: SignatureProof | None = None,
) -> SecondFactor:
    """The second factor of a proved agent's mail. `asked` is the held mail whose token it carries.

    `asking` is the one whose missing fields it may bring.

    The row of the agent is locked from here on: two nodes never judge codes of one at a time.
    """
    if agent is None or mail is None:
        return SecondFactor(signature=signature)
    transaction = looking.transaction
    enrolment = transaction.enrolment(agent.id)
    wrong = 0
    recovery: dict[str, int] = {}
    if enrolment is not None and mail.codes:
        wrong = transaction.wrong_codes(
            agent.id, looking.now - looking.organisation.security.wrong_within
        )
        recovery = dict(transaction.recovery_codes(agent.id))
    return SecondFactor(
        enrolled=enrolment is not None,
        locked_until=enrolment.locked_until if enrolment else None,
        failures=wrong,
        session_until=transaction.session(agent.id, agent.mailbox.key),
        code=_checked(looking, agent, mail, enrolment, recovery) if mail.codes else None,
        confirmed=_confirms(looking, mail, asked, asking),
        recovery_left=len(recovery),
        signature=signature,
    )


def _confirms(looking: Looking, mail: CommandMail, asked: Held | None, asking: Held | None) -> bool:
    """True for a yes to the very mail that asked, without any sign of a machine.

    Only the agent's mailbox was told the address that it is sent to. The fields that were asked
    for, filled in and nothing else, are as much of a yes.
    """
    if asked is None:
        return False
    fills_in = asking is not None and asking.id == asked.id and only_sets_fields(mail)
    if not (fills_in or (is_answer(mail) and says_yes(mail))):
        return False
    return looking.item.envelope.mail_from is not None and shows_no_machine(looking.message)


def _checked(
    looking: Looking,
    agent: Agent,
    mail: CommandMail,
    enrolment: Enrolment | None,
    recovery: dict[str, int],
) -> CheckedCode:
    if enrolment is None:
        return CheckedCode(Verdict.NOT_ENROLLED)
    if enrolment.locked_until is not None and enrolment.locked_until > looking.now:
        return CheckedCode(Verdict.LOCKED)
    if len(mail.codes) > 1:
        return CheckedCode(Verdict.SEVERAL)
    digits = mail.codes[0].digits
    try:
        if "-" in digits:
            return _recovered(looking, agent, digits, recovery)
        return _of_the_app(looking, agent, enrolment, digits)
    except VaultClosed as closed:
        log.warning("codes cannot be checked", agent=agent.id, reason=str(closed))
        return CheckedCode(Verdict.UNCHECKED)


def _of_the_app(looking: Looking, agent: Agent, enrolment: Enrolment, digits: str) -> CheckedCode:
    """By the time at which the mail was accepted: what it waited for since is not its fault."""
    rules, at = looking.organisation.security, looking.item.accepted_at
    first, last = at - rules.code_before, at + rules.code_after
    steps = looking.world.vault.steps(agent.id, enrolment.sealed, digits, first, last)
    used = looking.transaction.used_codes(agent.id, steps)
    left = [step for step in steps if step not in used]
    if left:
        return CheckedCode(Verdict.RIGHT, step=left[0])
    return CheckedCode(Verdict.USED if steps else Verdict.WRONG)


def _recovered(
    looking: Looking, agent: Agent, digits: str, recovery: dict[str, int]
) -> CheckedCode:
    found = recovery.get(looking.world.vault.recovery_digest(agent.id, digits))
    return CheckedCode(Verdict.WRONG if found is None else Verdict.RIGHT, recovery=found)
