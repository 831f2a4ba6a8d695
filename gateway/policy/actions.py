"""What an agent can do with a ticket by one tap: the links at the end of a notification.

Answering is no link: that is what replying does.
"""

from gateway.model.organisation import Organisation
from gateway.model.people import Agent
from gateway.model.route import Action
from gateway.model.text import say
from gateway.model.ticket import Status, StatusId
from gateway.policy.access import may_see
from gateway.policy.facts import TicketFacts
from gateway.policy.workflow import is_possible

TAKE = Action(say("Take"), "claim")
WAIT = Action(say("On waiting"), "wait")
CLOSE = Action(say("Close"), "close")
SPAM = Action(say("Spam"), "spam")
NO_SPAM = Action(say("No spam"), "ham")
REOPEN = Action(say("Reopen"), "reopen")
ACCEPT = Action(say("Accept"), "accept")
NOTE = Action(say("Note"), "note")
YES = Action(say("Yes"), "yes")
NO = Action(say("No"), "no")

_WAYS = ((WAIT, Status.ON_WAITING), (CLOSE, Status.CLOSED), (SPAM, Status.SPAM))


def actions(about: TicketFacts, agent: Agent, organisation: Organisation) -> tuple[Action, ...]:
    """At most five, in the order of their use; none that would be answered with an error.

    Closing is offered where fields are missing, too: then it asks for them.
    """
    ticket = about.ticket
    if not may_see(agent, about, organisation):
        return ()
    if ticket.rejected:
        return (ACCEPT, NOTE)
    if not ticket.is_open:
        back = NO_SPAM if ticket.status == Status.SPAM else REOPEN
        return (back, NOTE) if _may_become(Status.OPEN, about, agent, organisation) else (NOTE,)
    ways = [action for action, to in _WAYS if _may_become(to, about, agent, organisation)]
    if about.responsible is None and is_possible(
        organisation.workflow, ticket.status, Status.IN_PROGRESS
    ):
        ways.insert(0, TAKE)
    return (*ways, NOTE)


def _may_become(
    wanted: StatusId, about: TicketFacts, agent: Agent, organisation: Organisation
) -> bool:
    workflow = organisation.workflow
    now, rule = about.ticket.status, workflow.rule(wanted)
    return (
        now != wanted
        and is_possible(workflow, now, wanted)
        and (agent.admin or not (rule.admins or workflow.rule(now).admins))
        and not (rule.needs_tasks and any(not task.done for task in about.tasks))
    )
