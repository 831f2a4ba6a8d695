"""The shipped agents, tickets and facts about an agent's mail."""

from typing import Any

from policy_facts import NOW, PROVED, facts, message

from gateway.model.address import Mailbox
from gateway.model.decision import Decision
from gateway.model.people import Agent, AgentId, DepartmentId, Language
from gateway.model.ticket import Status, Ticket, TicketId
from gateway.model.workflow import DEFAULT_WORKFLOW
from gateway.policy.access import ADMINS
from gateway.policy.agents import agent_mail
from gateway.policy.commands.read import read
from gateway.policy.facts import Facts, Match, MatchedBy, TicketFacts


def _agent(number: int, handle: str, *departments: str, admin: bool = False) -> Agent:
    mailbox = Mailbox(f"{handle}@mitglieder.example", handle.title())
    names = frozenset(DepartmentId(each) for each in departments)
    return Agent(AgentId(number), handle, mailbox, names, admin)


ANNA = _agent(1, "anna", "berlin")
BEN = _agent(2, "ben", "berlin", "freiburg")
CLARA = _agent(3, "clara", "muenchen")
DORA = _agent(4, "dora", "vorstand", admin=True)
EMIL = _agent(5, "emil", "datenschutz")
EVERYBODY = (ANNA, BEN, CLARA, DORA, EMIL)

MEMBERS = {
    DepartmentId("berlin"): (ANNA, BEN),
    DepartmentId("freiburg"): (BEN,),
    DepartmentId("muenchen"): (CLARA,),
    DepartmentId("vorstand"): (DORA,),
    DepartmentId("datenschutz"): (EMIL,),
    ADMINS: (DORA,),
}


def ticket(department: str = "berlin", number: str = "1001", **changes: Any) -> TicketFacts:
    """A ticket of Maria. `responsible` is an agent; other changes are of the TicketFacts."""
    holder = changes.pop("responsible", None)
    status = changes.pop("status", Status.IN_PROGRESS if holder else Status.OPEN)
    value = Ticket(
        id=TicketId(int(number)),
        number=number,
        subject="Laptop",
        status=status,
        state=DEFAULT_WORKFLOW.state(status),
        department=DepartmentId(department),
        requester=changes.pop("requester", Mailbox("maria@example.org", "Maria")),
        language=Language.GERMAN,
        created_at=NOW,
        updated_at=NOW,
        responsible=holder.id if holder else None,
        rejected=changes.pop("rejected", False),
    )
    values = {"parties": {}, "thread": {}, "responsible": holder, **changes}
    return TicketFacts(value, **values)


def facts_of(agent: Agent, text: str, thread: TicketFacts | None, *others: TicketFacts) -> Facts:
    """A proved agent's mail in the thread; `others` are known by their numbers."""
    tickets = [each for each in (thread, *others) if each is not None]
    match = Match(thread.ticket.id, MatchedBy.TOKEN, None) if thread else None
    return facts(
        message(text, sender=agent.mailbox.address),
        "berlin@truhe.example",
        trust=PROVED,
        author_agent=agent,
        match=match,
        tickets={each.ticket.id: each for each in tickets},
        numbers={each.ticket.number: each.ticket.id for each in tickets},
        command_mail=read(text),
        named_agents={each.handle: each for each in EVERYBODY},
        agents={each.id: each for each in EVERYBODY},
        members=MEMBERS,
    )


def does(
    agent: Agent, text: str, thread: TicketFacts | None = None, *others: TicketFacts
) -> Decision:
    """What the agent's mail leads to."""
    return agent_mail(facts_of(agent, text, thread, *others), agent, read(text))
