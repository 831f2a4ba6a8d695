"""How an outgoing mail finds its reader, and its answer or bounce the ticket.

Each person has a reply address of their own in each ticket (`berlin+<token>@...`), each mail a
Message-ID and a return path of its own; all are unguessable and told to that person alone.
"""

import re
from dataclasses import replace

from gateway.model.address import Mailbox
from gateway.model.changes import AddParty, Change, SeeMessageId
from gateway.model.organisation import Organisation
from gateway.model.people import Agent, Language
from gateway.model.route import Route
from gateway.model.ticket import PartyRole, Ticket
from gateway.policy.acts import Acts
from gateway.policy.facts import Facts, TicketFacts
from gateway.policy.recipients import with_token

AUTO_REPLIED = "auto-replied"
AUTO_GENERATED = "auto-generated"
_LIST = "l"
_IS_LIST = re.compile(_LIST + "[0-9a-f]{32}")


def to_requester(
    facts: Facts, about: TicketFacts, to: Mailbox, kind: str, *, role: PartyRole
) -> tuple[Route, Acts]:
    """The route of a person's words to the requester's side, from the department's address."""
    return _route(facts, about, to, kind, role, about.ticket.language)


def automatic_to_requester(facts: Facts, about: TicketFacts, kind: str) -> tuple[Route, Acts]:
    """The route of an automatic mail to the requester: null reverse-path (RFC 3834 section 3.3).

    It bears no name: whoever writes in another's name must not choose what these read.
    """
    requester = about.ticket.requester
    route, acts = _route(
        facts,
        about,
        requester,
        kind,
        PartyRole.REQUESTER,
        about.ticket.language,
        automatic=AUTO_REPLIED,
    )
    return replace(route, to=Mailbox(requester.address)), acts


def to_agent(
    facts: Facts, about: TicketFacts, agent: Agent, kind: str, *, answer: bool = False
) -> tuple[Route, Acts]:
    """The route of news (or, with `answer`, of a receipt) about a ticket to an agent."""
    return _route(
        facts,
        about,
        agent.mailbox,
        kind,
        PartyRole.AGENT,
        agent.language,
        automatic=AUTO_REPLIED if answer else AUTO_GENERATED,
    )


def as_list(route: Route, organisation: Organisation) -> Route:
    """The route of a list: its reply address names it too, for programs that lose the thread."""
    if route.ticket is not None:
        return route
    token = _LIST + route.message_id.partition("@")[0]
    return replace(route, reply_to=with_token(organisation.command_address, token))


def list_of(token: str, organisation: Organisation) -> str:
    """The Message-ID of the list that the token of a reply address names, empty when none."""
    return f"{token[1:]}@{organisation.domain}" if _IS_LIST.fullmatch(token) else ""


def to_agent_alone(facts: Facts, agent: Agent, kind: str) -> Route:
    """The route of a receipt that is about no single ticket, answerable to the command address."""
    organisation = facts.organisation
    message = facts.message
    return Route(
        to=agent.mailbox,
        sender=Mailbox(organisation.command_address, organisation.name),
        message_id=_message_id(facts, kind, agent.mailbox),
        language=agent.language,
        reply_to=organisation.command_address,
        in_reply_to=message.message_id,
        references=(message.message_id,),
        auto_submitted=AUTO_REPLIED,
    )


def answered_with(route: Route, token: str) -> Route:
    """The same route, answered to an address with this token alone."""
    return replace(route, reply_to=with_token(route.sender.address, token))


def report(facts: Facts, to: Mailbox) -> Route:
    """The route of a delivery report about a relayed message: from the postmaster, null path."""
    organisation = facts.organisation
    return Route(
        to=to,
        sender=Mailbox(f"postmaster@{organisation.domain}", organisation.name),
        message_id=_message_id(facts, "report", to),
        language=organisation.language,
        auto_submitted=AUTO_REPLIED,
    )


def _route(
    facts: Facts,
    about: TicketFacts,
    to: Mailbox,
    kind: str,
    role: PartyRole,
    language: Language,
    *,
    automatic: str = "",
) -> tuple[Route, Acts]:
    ticket = about.ticket
    sender = _sender(facts, ticket)
    message_id = _message_id(facts, kind, to, ticket)
    token, changes = _reply_token(facts, about, to, role)
    thread = _thread(facts, about, to)
    route = Route(
        to=to,
        sender=sender,
        message_id=message_id,
        language=language,
        reply_to=with_token(sender.address, token),
        return_path=None
        if automatic == AUTO_REPLIED
        else with_token(sender.address, "b" + facts.fresh.token("return", message_id)),
        in_reply_to=thread[-1] if thread else "",
        references=thread,
        auto_submitted=automatic,
        ticket=ticket.id,
    )
    return route, Acts((*changes, SeeMessageId(ticket.id, message_id, to.key, sent=True)))


def _sender(facts: Facts, ticket: Ticket) -> Mailbox:
    """The mailbox of the ticket's department. Rejected mail is answered in its main one's name."""
    organisation = facts.organisation
    main = organisation.department(ticket.department).main
    return organisation.address_of(main or ticket.department)


def _message_id(facts: Facts, kind: str, to: Mailbox, ticket: Ticket | None = None) -> str:
    number = f"{ticket.number}." if ticket else ""
    token = facts.fresh.token("message-id", kind, number, to.key)
    return f"{number}{token}@{facts.organisation.domain}"


def _reply_token(
    facts: Facts, about: TicketFacts, to: Mailbox, role: PartyRole
) -> tuple[str, tuple[Change, ...]]:
    """The person's token in this ticket: the known one, or a new one and the change for it."""
    known = about.parties.get(to.key)
    if known is not None:
        return known.token, ()
    token = "r" + facts.fresh.token("party", str(about.ticket.id), to.key)
    return token, (AddParty(about.ticket.id, to.address, to.name, role, token),)


def _thread(facts: Facts, about: TicketFacts, to: Mailbox) -> tuple[str, ...]:
    """References of the next mail to a person: the first and the last they know of.

    The message being decided is the last one when it is theirs.
    """
    ends = about.thread.get(to.key)
    ids = [ends.first, ends.last] if ends else []
    author = facts.message.author
    if author is not None and author.key == to.key:
        ids.append(facts.message.message_id)
    return tuple(dict.fromkeys(i for i in ids if i))
