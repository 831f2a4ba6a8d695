"""An agent's own words: the reply to the requester, the note to the other agents."""

from dataclasses import replace

from gateway.model.command import At, CommandMail
from gateway.model.message import Attachment
from gateway.model.outgoing import NotificationEvent, Response
from gateway.model.people import Agent
from gateway.model.route import File
from gateway.model.text import Text, say
from gateway.model.ticket import EntryKind, PartyRole, Status, TicketId
from gateway.policy import routes
from gateway.policy.acts import NOTHING, Acts
from gateway.policy.commands.insertion import inserted_lines, with_insertions
from gateway.policy.commands.verb import Sort
from gateway.policy.commands.words import verb_of
from gateway.policy.copies import in_copy
from gateway.policy.facts import Facts, TicketFacts
from gateway.policy.notify import notify
from gateway.policy.opening import agents_own
from gateway.policy.readable import is_confirmed
from gateway.policy.said import Said, entry, event
from gateway.policy.work import Work
from gateway.policy.workflow import with_status

_NAMES_ITS_AUTHOR = frozenset(
    {
        "application/pgp-keys",
        "application/pgp-signature",
        "application/pkcs7-signature",
        "application/x-pkcs7-signature",
        "text/directory",
        "text/vcard",
        "text/x-vcard",
    }
)
"""Keys, signatures and cards: mail programs add them unasked, and they hold the agent's address."""


def speak(facts: Facts, agent: Agent, mail: CommandMail, work: Work, thread: TicketId) -> Work:
    """The reply goes to the requester and claims an unclaimed ticket; the note to the agents."""
    attachments = agents_own(facts, work)
    mail, files = _with_insertions(mail, work)
    if mail.reply:
        if not _settles_responsible(mail):
            work = _first_reply_claims(facts, agent, work, thread)
        work = _respond(facts, agent, mail.reply, files, work, thread)
        attachments = ()
    elif not mail.note:
        attachments = tuple(each for each in attachments if not each.inline)
    if mail.note or attachments:
        work = _note(facts, agent, mail, attachments, work, thread)
    return work


def _with_insertions(mail: CommandMail, work: Work) -> tuple[CommandMail, tuple[File, ...]]:
    """The mail with its canned responses in their places, and the files that go with the reply."""
    said = {line: inserted.text for line, inserted in work.inserted.items()}
    files = dict.fromkeys(
        file
        for line in inserted_lines(mail.reply)
        if line in work.inserted
        for file in work.inserted[line].files
    )
    reply, note = with_insertions(mail.reply, said), with_insertions(mail.note, said)
    return replace(mail, reply=reply, note=note), tuple(files)


def _note(
    facts: Facts,
    agent: Agent,
    mail: CommandMail,
    attachments: tuple[Attachment, ...],
    work: Work,
    thread: TicketId,
) -> Work:
    """The note with its attachments; attachments without any text are one too."""
    said = Said(agent.mailbox, mail.note, attachments=attachments)
    acts = Acts((entry(thread, EntryKind.NOTE, said, agent),))
    acts += notify(facts, work.tickets[thread], NotificationEvent.NOTE, said=said, actor=agent)
    work = replace(work, acts=work.acts + acts)
    if mail.note:
        lines = len(mail.note.splitlines())
        what = say("note for the agents, %(lines)s lines", lines=lines)
        work = work.noting(mail.note_at or At(1, "!note"), what)
    if attachments:
        work = work.noting(
            At(1, ""), say("kept for the agents: %(names)s", names=_names(attachments))
        )
    return work


def _settles_responsible(mail: CommandMail) -> bool:
    """True when the mail says who is responsible, even if that was so before."""
    goals = (verb_of(command).decides(command) for command in mail.commands)
    return any(goal is not None and goal.sort is Sort.RESPONSIBLE for goal in goals)


def _first_reply_claims(facts: Facts, agent: Agent, work: Work, thread: TicketId) -> Work:
    """The writer of the first public reply becomes responsible.

    Where the same mail settles owner or status itself, that stands.
    """
    about, before = work.tickets[thread], facts.tickets.get(thread)
    if before is None:
        return work  # opened by the same mail
    untouched = about.ticket == before.ticket
    closes_at_once = before.ticket.status == Status.OPEN and about.ticket.status == Status.CLOSED
    if before.ticket.status != Status.OPEN or about.responsible is not None:
        return work
    if not (untouched or closes_at_once):
        return work
    status = Status.IN_PROGRESS if untouched else about.ticket.status
    after, changed = with_status(about, status, agent, facts)
    changes = Acts(changed)
    result = say("first answer: %(name)s is responsible now", name=agent.name)
    changes += Acts((event(thread, result, agent),))
    return replace(work, tickets={**work.tickets, thread: after}, acts=work.acts + changes).noting(
        At(1, ""), result
    )


def _respond(
    facts: Facts, agent: Agent, text: str, files: tuple[File, ...], work: Work, thread: TicketId
) -> Work:
    about = work.tickets[thread]
    requester = about.ticket.requester
    if "@" not in requester.address:
        why = say("this ticket has no requester that could be answered; use !note.")
        return work.noting(At(1, ""), why, ok=False)
    route, changes = routes.to_requester(
        facts, about, requester, "response", role=PartyRole.REQUESTER
    )
    attachments = agents_own(facts, work)
    kept = tuple(each for each in attachments if each.content_type in _NAMES_ITS_AUTHOR)
    said = Said(
        agent.mailbox, text, attachments=tuple(each for each in attachments if each not in kept)
    )
    copies = tuple(party.mailbox for party in in_copy(about))
    response = Response(
        route=route,
        ticket=about.ticket,
        text=said.text,
        agent_name=agent.mailbox.name.partition(" ")[0] or agent.handle,
        closes=thread in work.responses,
        first=thread == work.opened and facts.passed_on is None,
        to=(requester,),
        cc=copies,
        attachments=said.attachments,
        files=files,
        may_be_read=is_confirmed(facts),
    )
    acts = Acts((entry(thread, EntryKind.RESPONSE, said, agent),)) + changes
    acts += Acts(outgoing=(response,)) + _copies(facts, about, response)
    work = replace(work, acts=work.acts + acts, responses=work.responses - {thread}).noting(
        At(1, ""), _sent(requester.address, said.attachments, files)
    )
    if copies:
        what = say("in copy to %(names)s", names=", ".join(each.address for each in copies))
        work = work.noting(At(1, ""), what)
    if delay := facts.organisation.send_delay:
        later = say("it leaves in %(seconds)s seconds; until then !undo stops it", seconds=delay)
        work = work.noting(At(1, ""), later)
    return work.noting(At(1, ""), _not_sent_on(kept)) if kept else work


def _copies(facts: Facts, about: TicketFacts, response: Response) -> Acts:
    """The same for each participant in copy, with an address to answer to that only they know."""
    acts = NOTHING
    for reader in response.cc:
        route, changes = routes.to_requester(facts, about, reader, "response", role=PartyRole.CC)
        acts += changes + Acts(outgoing=(replace(response, route=route),))
    return acts


def _sent(address: str, attachments: tuple[Attachment, ...], files: tuple[File, ...]) -> Text:
    names = ", ".join(filter(None, [_names(attachments), *(file.filename for file in files)]))
    if not names:
        return say("answer goes to %(address)s", address=address)
    return say("answer goes to %(address)s, with %(names)s", address=address, names=names)


def _not_sent_on(kept: tuple[Attachment, ...]) -> Text:
    return say(
        "not sent on, because your own address may stand in it: %(names)s", names=_names(kept)
    )


def _names(attachments: tuple[Attachment, ...]) -> str:
    return ", ".join(each.filename or each.content_type for each in attachments)
