"""Direct mail to addresses that take none: the allow list and the automatic answer."""

from collections.abc import Iterable

from gateway.model.address import Mailbox
from gateway.model.changes import OpenTicket
from gateway.model.decision import Decision, Outcome
from gateway.model.organisation import Address, Allow
from gateway.model.outgoing import Rejection
from gateway.model.ticket import EntryKind
from gateway.policy import automatic, routes
from gateway.policy.access import rejected_department
from gateway.policy.acts import Acts
from gateway.policy.facts import Facts
from gateway.policy.requester import fresh_ticket, requester_joins
from gateway.policy.said import entry, said_by_message


def allowed(facts: Facts, address: Address) -> Allow | None:
    """The entry of the allow list that lets the author write to this address, or None."""
    author = facts.message.author
    if author is None or address.department is None:
        return None
    for allow in _entries(facts, author):
        if allow.departments and address.department not in allow.departments:
            continue
        if allow.until is not None and facts.now.date() > allow.until:
            continue
        if facts.trust.forged or (allow.authenticated and not facts.trust.proved):
            continue
        return allow
    return None


def _entries(facts: Facts, author: Mailbox) -> Iterable[Allow]:
    yield from facts.organisation.allow.get(author.key, ())
    yield from facts.organisation.allow.get("@" + author.domain, ())


def is_member_of_organisation(facts: Facts) -> bool:
    """True for proved agents and members, who may write to *members* addresses."""
    author = facts.message.author
    if author is None or not facts.trust.proved:
        return False
    members = facts.organisation.members
    return facts.author_agent is not None or author.key in members or "@" + author.domain in members


def rejected(facts: Facts, address: Address) -> Decision:
    """First an automatic answer, then a closed ticket that nobody is told of."""
    organisation = facts.organisation
    department = organisation.departments.get(address.department) if address.department else None
    said = said_by_message(facts, new_text_only=False)
    about = fresh_ticket(facts, rejected_department(department, organisation), said, rejected=True)
    acts = Acts((OpenTicket(about.ticket), entry(about.ticket.id, EntryKind.MESSAGE, said)))
    acts += requester_joins(facts, about)
    why_silent = automatic.why_not_answer(facts) or (
        "answered within the window already" if facts.rejected_recently else ""
    )
    if not why_silent:
        route, changes = routes.automatic_to_requester(facts, about, "rejection")
        answer = Rejection(route, address.address, organisation.form_url)
        acts += changes + Acts((automatic.count(facts, "rejection"),), (answer,))
    answered = f"no answer: {why_silent}" if why_silent else "the author was told"
    return Decision(
        Outcome.REJECTED,
        f"direct mail to {address.address} is not accepted; {answered}",
        acts.changes,
        acts.outgoing,
        about.ticket.id,
    )
