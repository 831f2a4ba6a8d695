"""An agent's own words: the reply to the requester, the note to the other agents."""

from dataclasses import replace

from gateway.model.command import At, CommandMail
from gateway.model.decision import ChangeResponsible, ChangeStatus, NotificationEvent, Response
from gateway.model.people import Agent
from gateway.model.text import say
from gateway.model.ticket import EntryKind, PartyRole, Status, TicketId
from gateway.policy import routes
from gateway.policy.acts import Acts
from gateway.policy.facts import Facts
from gateway.policy.notify import notify
from gateway.policy.said import Said, entry
from gateway.policy.work import Work


def speak(facts: Facts, agent: Agent, mail: CommandMail, work: Work, thread: TicketId) -> Work:
    """The reply goes to the requester and claims an unclaimed ticket; the note to the agents."""
    attachments = facts.message.attachments
    if mail.reply:
        work = _first_reply_claims(facts, agent, work, thread)
        said = Said(agent.mailbox, mail.reply, attachments=attachments)
        work = _respond(facts, agent, said, work, thread)
        attachments = ()
    if mail.note:
        said = Said(agent.mailbox, mail.note, attachments=attachments)
        about = work.tickets[thread]
        acts = Acts((entry(thread, EntryKind.NOTE, said, agent),))
        acts += notify(facts, about, NotificationEvent.NOTE, said=said, actor=agent)
        lines = len(mail.note.splitlines())
        at = mail.note_at or At(1, "!note")
        work = replace(work, acts=work.acts + acts).noting(
            at, say("note for the agents, %(lines)s lines", lines=lines)
        )
    return work


def _first_reply_claims(facts: Facts, agent: Agent, work: Work, thread: TicketId) -> Work:
    """The writer of the first public reply becomes responsible (SPEC section 4.2).

    Where the same mail settles owner or status itself, that stands.
    """
    about, before = work.tickets[thread], facts.tickets[thread]
    untouched = about.ticket == before.ticket
    closes_at_once = before.ticket.status is Status.OPEN and about.ticket.status is Status.CLOSED
    if before.ticket.status is not Status.OPEN or about.responsible is not None:
        return work
    if not (untouched or closes_at_once):
        return work
    status = Status.IN_PROGRESS if untouched else about.ticket.status
    after = replace(
        about,
        ticket=replace(about.ticket, responsible=agent.id, status=status),
        responsible=agent,
    )
    changes = Acts((ChangeResponsible(thread, agent.id),))
    if untouched:
        changes += Acts((ChangeStatus(thread, status),))
    result = say("first answer: %(name)s is responsible now", name=agent.name)
    return replace(work, tickets={**work.tickets, thread: after}, acts=work.acts + changes).noting(
        At(1, ""), result
    )


def _respond(facts: Facts, agent: Agent, said: Said, work: Work, thread: TicketId) -> Work:
    about = work.tickets[thread]
    requester = about.ticket.requester
    if "@" not in requester.address:
        why = say("this ticket has no requester that could be answered; use !note.")
        return work.noting(At(1, ""), why, ok=False)
    route, changes = routes.to_requester(
        facts, about, requester, "response", role=PartyRole.REQUESTER
    )
    response = Response(
        route=route,
        ticket=about.ticket,
        text=said.text,
        agent_name=agent.mailbox.name.partition(" ")[0] or agent.handle,
        closes=thread in work.responses,
        to=(requester,),
        attachments=said.attachments,
    )
    acts = Acts((entry(thread, EntryKind.RESPONSE, said, agent),)) + changes
    result = say("answer goes to %(address)s", address=requester.address)
    return replace(
        work,
        acts=work.acts + acts + Acts(outgoing=(response,)),
        responses=work.responses - {thread},
    ).noting(At(1, ""), result)
