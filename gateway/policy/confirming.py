"""What the requester hears at once of a mail that came in: one mail, the first that there is.

    nobody can read it          always that, with our key
    a rule has an answer        it
    a rule has closed it        that it is closed
    the help topic has one      the canned response of its `autoresponse`
    they ask for our key        nothing here: the mail with the key says it (`key_requests`)
    otherwise                   that it has arrived, with its number

All of them are automatic mail with its limits (`automatic.why_not_answer`).
"""

from gateway.model.openpgp import Problem
from gateway.model.outgoing import Confirmation, StatusNotice
from gateway.policy import automatic, key_requests, routes
from gateway.policy.acts import NOTHING, Acts
from gateway.policy.canned import sent_by_itself
from gateway.policy.facts import Facts, TicketFacts
from gateway.policy.rules.opening import answered
from gateway.policy.said import author_of
from gateway.policy.signatures import our_key, why_closed


def confirmation(facts: Facts, about: TicketFacts, *, goes_on: bool = False) -> Acts:
    """The mail to the requester of a new ticket; none where none may be sent.

    A ticket that `goes_on` with an older one has no answer of its help topic: its requester knows.
    """
    closed = why_closed(facts.message.openpgp.problem) if facts.form is None else None
    if closed is None:
        if (by_rule := answered(about, facts)) is not None:
            return by_rule
        if facts.ruling.hits and not about.ticket.is_open:
            return _status_notice(facts, about)
        if not goes_on and (by_topic := _by_topic(facts, about)) is not None:
            return by_topic
    wanted = facts.organisation.confirm_new_tickets or closed is not None
    if not wanted or automatic.why_not_answer(facts) or key_requests.is_answered(facts):
        return NOTHING
    route, changes = routes.automatic_to_requester(facts, about, "confirmation")
    files = our_key(facts) if closed is not None else ()
    return changes + Acts(
        (automatic.count(facts, "confirmation"),),
        (Confirmation(route, about.ticket, closed, files),),
    )


def cannot_read(facts: Facts, about: TicketFacts) -> Acts:
    """To the author of a further mail that could not be opened. Others than the requester: none."""
    is_requester = author_of(facts).key == about.ticket.requester.key
    if facts.message.openpgp.problem is Problem.NONE or not is_requester:
        return NOTHING
    return confirmation(facts, about)


def _by_topic(facts: Facts, about: TicketFacts) -> Acts | None:
    """The canned response of the help topic; None when there is none that may be sent.

    Where it would be read on its way though the ticket is confidential, a confirmation leaves.
    """
    topic = facts.organisation.topics.topics.get(about.ticket.topic) if about.ticket.topic else None
    if topic is None or not topic.autoresponse or automatic.why_not_answer(facts):
        return None
    return sent_by_itself(facts, about, topic.autoresponse, confirms=True)


def _status_notice(facts: Facts, about: TicketFacts) -> Acts:
    informs = facts.organisation.workflow.rule(about.ticket.status).informs
    if not informs or automatic.why_not_answer(facts):
        return NOTHING
    route, changes = routes.automatic_to_requester(facts, about, "status-notice")
    count = Acts((automatic.count(facts, "status-notice"),), (StatusNotice(route, about.ticket),))
    return changes + count
