"""Too many wrong one-time codes: the second factor is locked, and it is said to whom it matters."""

from datetime import datetime

from gateway.model.outgoing import ProofNotice
from gateway.model.people import Agent
from gateway.model.proof_changes import LockSecondFactor
from gateway.model.text import say
from gateway.policy import routes
from gateway.policy.access import ADMINS
from gateway.policy.acts import Acts
from gateway.policy.around import moment_text
from gateway.policy.facts import Facts


def lock_acts(facts: Facts, agent: Agent, until: datetime) -> Acts:
    """No code is taken for a second factor until then; agent and admins are told."""
    rules = facts.organisation.security
    acts = Acts((LockSecondFactor(agent.id, until),))
    moment = moment_text(until, facts.organisation)
    what = say(
        "%(count)s wrong one-time codes came in mails of %(name)s <%(address)s> within %(minutes)s"
        " minutes. The second factor is locked until %(moment)s, and every session has ended.",
        count=rules.most_wrong,
        name=agent.name,
        address=agent.mailbox.address,
        minutes=int(rules.wrong_within.total_seconds() // 60),
        moment=moment,
    )
    told = {each.id: each for each in (agent, *facts.members.get(ADMINS, ()))}
    return acts + Acts(
        outgoing=tuple(
            ProofNotice(
                routes.to_agent_alone(facts, each, "locked"),
                say("Second factor locked: %(name)s", name=agent.name),
                what,
                _IF_IT_WAS_NOT_YOU if each.id == agent.id else _IF_IT_WAS_NOT_THEM,
            )
            for each in told.values()
        )
    )


_IF_IT_WAS_NOT_YOU = say(
    "If that was not you, somebody can send mail in your name: tell an admin, and change the"
    " password of your mail account. If it was you: check the clock of your phone, and use a"
    " recovery code after that time, or ask the operator to set up new codes."
)
_IF_IT_WAS_NOT_THEM = say(
    "Please ask them whether that was them. If not, somebody can send mail in their name. The"
    " operator locks an account with: gateway agent set NAME --state locked, and sets up new codes"
    " with: gateway agent otp NAME --reset"
)
