"""What `gateway explain` says of a ticket that a mail opens: as what, and what its author hears."""

from gateway.cli.speaking import sentence
from gateway.model.changes import OpenTicket
from gateway.model.outgoing import AutomaticAnswer, Confirmation, Rejection, StatusNotice
from gateway.model.text import Text
from gateway.model.ticket import Ticket
from gateway.pipeline import Explanation
from gateway.policy import automatic
from gateway.render.kinds import kind_of

_Answer = AutomaticAnswer | Confirmation | Rejection | StatusNotice


def opened(explanation: Explanation) -> Ticket | None:
    """The ticket that the mail opens."""
    changes = explanation.decision.changes
    return next((each.ticket for each in changes if isinstance(each, OpenTicket)), None)


def ticket_text(ticket: Ticket, explanation: Explanation) -> Text:
    """Where it goes, and as what."""
    topics = explanation.facts.organisation.topics
    return sentence(
        "#%(number)s, a new one: %(department)s, %(topic)s, %(priority)s, %(status)s",
        number=ticket.number,
        department=ticket.department,
        topic=ticket.topic or "–",
        priority=topics.priority_of(ticket).value,
        status=ticket.status,
    )


def answer_text(ticket: Ticket, explanation: Explanation) -> Text:
    """What its author hears at once, or why nothing."""
    match _answer(explanation):
        case AutomaticAnswer(confirms=True):
            return sentence(
                "the canned response “%(name)s” of the help topic, in place of the confirmation",
                name=_of_topic(ticket, explanation),
            )
        case AutomaticAnswer():
            return sentence("a canned response, by a rule or a filter of the form")
        case Confirmation(closed=None):
            return sentence("the confirmation")
        case Confirmation():
            return sentence("that nobody can read it, and our key")
        case StatusNotice():
            return sentence("that it is closed")
        case Rejection():
            return sentence("that it was not let in")
        case None:
            return sentence("nothing: %(why)s", why=_why_not(ticket, explanation))


def answer_object(explanation: Explanation) -> dict[str, object]:
    """The same for programs: kind of mail, canned response of the topic, why there is none."""
    ticket, mail = opened(explanation), _answer(explanation)
    of_topic = isinstance(mail, AutomaticAnswer) and mail.confirms
    return {
        "kind": kind_of(mail) if mail else None,
        "autoresponse": _of_topic(ticket, explanation) if ticket and of_topic else None,
        "why_not": str(_why_not(ticket, explanation)) if ticket and mail is None else None,
    }


def _answer(explanation: Explanation) -> _Answer | None:
    outgoing = explanation.decision.outgoing
    return next((each for each in outgoing if isinstance(each, _Answer)), None)


def _of_topic(ticket: Ticket, explanation: Explanation) -> str:
    topics = explanation.facts.organisation.topics.topics
    topic = topics.get(ticket.topic) if ticket.topic else None
    return topic.autoresponse if topic else ""


def _why_not(ticket: Ticket, explanation: Explanation) -> Text:
    facts = explanation.facts
    if facts.command_mail is not None:
        return sentence("an agent opens it")
    if why := automatic.why_not_answer(facts):
        return sentence("%(value)s", value=why)
    if ticket.rejected and facts.rejected_recently:
        return sentence("the author was told so lately")
    if not facts.organisation.confirm_new_tickets and not ticket.rejected:
        return sentence("confirm_new_tickets is off, and nothing else answers")
    return sentence("nobody is told of it")
