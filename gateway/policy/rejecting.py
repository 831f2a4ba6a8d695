"""Mail that is not let in: an automatic answer where one is due, then a closed ticket.

Nobody is told of it. The agents of the department find it among its rejected requests, with the
reason, and `!accept` makes a normal ticket of it.
"""

from dataclasses import replace

from gateway.model.author_changes import CountRejected
from gateway.model.authors import Block, shown
from gateway.model.changes import OpenTicket, Refer, SeeMessageId
from gateway.model.decision import Decision, Outcome
from gateway.model.organisation import Address
from gateway.model.outgoing import Rejection
from gateway.model.people import DepartmentId
from gateway.model.statistics import Rejected
from gateway.model.text import Text, say
from gateway.model.ticket import EntryFlag, EntryKind
from gateway.policy import automatic, routes
from gateway.policy.access import rejected_department
from gateway.policy.acts import Acts
from gateway.policy.direct import Refused, let_in
from gateway.policy.entries import REASONS, place_of_entry, source_text, until_text
from gateway.policy.facts import Facts, TicketFacts
from gateway.policy.requester import fresh_ticket, is_third_person, requester_joins
from gateway.policy.rules.answers import sent
from gateway.policy.rules.further import further
from gateway.policy.rules.ruling import Ruling
from gateway.policy.said import author_of, entry, event, said_by_message

LONGEST_DOMAIN = 100


def rejected(facts: Facts, addresses: list[Address]) -> Decision:
    """Direct mail that none of the addresses takes; the first of them answers."""
    refused = _refused(facts, addresses[0])
    about, acts = _filed(facts, addresses, refused.why)
    about, by_rules = further(about, replace(facts, ruling=_marks_alone(facts)), by_stranger=True)
    acts += by_rules
    why_silent = automatic.why_not_answer(facts) or _answered_before(facts)
    if not why_silent:
        acts += _by_rule(facts, about) or _usual(facts, about, addresses[0])
    acts += Acts((event(about.ticket.id, _why(refused, facts.form_doubt)),))
    answered = f"no answer: {why_silent}" if why_silent else "the author was told"
    why = REASONS[refused.why]
    by = f" ({place_of_entry(refused.entry)})" if refused.entry else ""
    reason = f"mail to {addresses[0].address} is not accepted: {why}{by}; {answered}"
    return Decision(Outcome.REJECTED, reason, acts.changes, acts.outgoing, about.ticket.id)


def _refused(facts: Facts, address: Address) -> Refused:
    """Why it is not let in; a rule may reject what the address takes."""
    if facts.ruling.reject is not None:
        return Refused(Rejected.BY_RULE)
    found = let_in(facts, address)
    return found if isinstance(found, Refused) else Refused(Rejected.NOT_ALLOWED)


def _marks_alone(facts: Facts) -> Ruling:
    """What rules may do with mail that is not let in: mark it, note it, let others see it."""
    return replace(facts.ruling, answers=())


def _usual(facts: Facts, about: TicketFacts, address: Address) -> Acts:
    route, changes = routes.automatic_to_requester(facts, about, "rejection")
    answer = Rejection(route, address.address, facts.organisation.form_url)
    return changes + Acts((automatic.count(facts, "rejection"),), (answer,))


def _by_rule(facts: Facts, about: TicketFacts) -> Acts | None:
    """The canned response of the rule that rejects; it counts as a rejection, as the usual does."""
    said = facts.ruling.reject
    answer = sent(said, about, facts) if said is not None else None
    if answer is None:
        return None
    return answer + Acts((automatic.count(facts, "rejection"),))


def _answered_before(facts: Facts) -> str:
    """A proved agent is answered each time: who uses their name must not make us silent."""
    is_agent = facts.author_agent is not None and facts.trust.proved
    return "answered within the window already" if facts.rejected_recently and not is_agent else ""


def filed_silently(facts: Facts, addresses: list[Address], block: Block) -> Decision:
    """New mail of a blocked author: nobody hears of it, and the author gets no answer."""
    about, acts = _filed(facts, addresses, Rejected.BLOCKED)
    acts += Acts((event(about.ticket.id, _of_blocked(block)),))
    return Decision(
        Outcome.REJECTED,
        f"the author is blocked ({place_of_entry(block)}); nobody was told, no answer",
        acts.changes,
        acts.outgoing,
        about.ticket.id,
    )


def added_silently(facts: Facts, about: TicketFacts, block: Block) -> Decision:
    """A blocked author's mail to a known ticket: it is in there, and nobody is told."""
    ticket = about.ticket
    said = said_by_message(facts, new_text_only=True)
    if is_third_person(facts, about):
        said = said.flagged(EntryFlag.THIRD_PERSON)
    seen = SeeMessageId(ticket.id, facts.message.message_id, author_of(facts).key, sent=False)
    changes = (
        entry(ticket.id, EntryKind.MESSAGE, said),
        seen,
        event(ticket.id, _of_blocked(block)),
        _count(facts, ticket.department, Rejected.BLOCKED),
    )
    reason = f"added to #{ticket.number}; the author is blocked ({place_of_entry(block)})"
    return Decision(Outcome.ENTRY, reason, changes, ticket=ticket.id)


def _filed(facts: Facts, addresses: list[Address], why: Rejected) -> tuple[TicketFacts, Acts]:
    """A closed ticket of the first address; agents of the others find it too."""
    places = list(dict.fromkeys(place_of(facts, address) for address in addresses))
    said = said_by_message(facts, new_text_only=False)
    about = fresh_ticket(facts, places[0], said, rejected=True, referred=frozenset(places[1:]))
    ticket = about.ticket.id
    opened = (OpenTicket(about.ticket), entry(ticket, EntryKind.MESSAGE, said))
    referred = tuple(Refer(ticket, department=place) for place in places[1:])
    acts = Acts((*opened, *referred, _count(facts, places[0], why)))
    return about, acts + requester_joins(facts, about)


def place_of(facts: Facts, address: Address) -> DepartmentId:
    """The department whose agents find what is not let in at the address."""
    departments = facts.organisation.departments
    own = departments.get(address.department) if address.department else None
    return rejected_department(own, facts.organisation)


def _count(facts: Facts, place: DepartmentId, why: Rejected) -> CountRejected:
    department = facts.organisation.departments.get(place)
    main = (department.main if department else None) or place
    return CountRejected(main, why, author_of(facts).domain[:LONGEST_DOMAIN])


def _why(refused: Refused, doubt: Text | None) -> Text:
    """The reason, for agents who find the mail, with the entry that did not let it in."""
    found = refused.entry
    if refused.problem is not None and found is not None:
        return say(
            "Not let in: %(why)s: %(problem)s Entry: %(author)s, %(until)s (%(source)s)",
            why=REASONS[refused.why],
            problem=refused.problem,
            author=shown(found),
            until=until_text(found),
            source=source_text(found.source),
        )
    if refused.why is Rejected.NO_FORM and doubt is not None:
        return say("Not let in: %(why)s: %(doubt)s.", why=REASONS[refused.why], doubt=doubt)
    if found is None:
        return say("Not let in: %(why)s.", why=REASONS[refused.why])
    return say(
        "Not let in: %(why)s. Entry: %(author)s, %(until)s (%(source)s)",
        why=REASONS[refused.why],
        author=shown(found),
        until=until_text(found),
        source=source_text(found.source),
    )


def _of_blocked(block: Block) -> Text:
    return say(
        "Nobody was told of it: %(author)s is blocked, %(until)s (%(source)s)",
        author=shown(block),
        until=until_text(block),
        source=source_text(block.source),
    )
