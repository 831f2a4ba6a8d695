"""What happens to an account by itself: the steps of inactivity, and what a closed one leaves."""

from gateway.model.account import Account
from gateway.model.account_changes import ForgetName
from gateway.model.decision import Decision, Outcome
from gateway.model.outgoing import AccountEvent
from gateway.model.people import Agent, AgentState
from gateway.policy.account_news import news
from gateway.policy.acts import Acts
from gateway.policy.facts import Facts
from gateway.policy.inactivity import Step
from gateway.policy.releasing import released


def when_inactive(
    facts: Facts, account: Account, step: Step, admins: tuple[Agent, ...]
) -> Decision:
    """The step, told to the agent and to the admins.

    Before departments are taken, the gathered tickets in them are free again; the step itself comes
    when there are none.
    """
    agent = account.agent
    reason = f"account {agent.handle}: {type(step.change).__name__}"
    if step.event is AccountEvent.NARROWED and facts.tickets:
        acts = released(facts, agent)
        return Decision(Outcome.ENTRY, f"{reason}, first its tickets", acts.changes, acts.outgoing)
    acts = Acts((step.change,))
    if step.event is not None:
        told = news(
            step.event,
            step.agent,
            facts.organisation,
            facts.fresh,
            [admin for admin in admins if admin.id != agent.id],
            inactive=True,
            until=step.until,
        )
        acts += Acts(outgoing=told)
    return Decision(Outcome.ENTRY, reason, acts.changes, acts.outgoing)


def clear_up(facts: Facts, agent: Agent) -> Decision | None:
    """What an agent who is gone leaves: first the tickets, then the name in the history."""
    if agent.state is AgentState.ACTIVE:
        return None
    acts = released(facts, agent)
    if acts.changes:
        return Decision(
            Outcome.ENTRY, f"tickets of {agent.handle} are free", acts.changes, acts.outgoing
        )
    if agent.state is AgentState.DELETED:
        return Decision(
            Outcome.ENTRY, f"history knows only {agent.handle}", (ForgetName(agent.id),)
        )
    return None
