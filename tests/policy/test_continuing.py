"""A message to a ticket that is over: it opens the ticket again, or a new one goes on with it."""

from dataclasses import replace
from datetime import timedelta

import pytest
from agents_values import MEMBERS, ticket
from policy_facts import NOW, facts, message, organisation

from gateway.model.around_changes import LinkTickets
from gateway.model.changes import AddEntry, ChangeStatus, OpenTicket
from gateway.model.decision import Decision
from gateway.model.ticket import LinkKind, Party, PartyRole, Status, StatusId, TicketId
from gateway.policy.decide import decide
from gateway.policy.facts import Fresh, Match, MatchedBy
from gateway.policy.requester import continues

OLD = TicketId(1001)


def written(status: StatusId, closed: timedelta | None, within: int | None) -> Decision:
    """Maria writes to her ticket, which was closed `closed` ago."""
    about = ticket(status=status)
    at = None if closed is None else NOW - closed
    maria = Party("maria@example.org", "Maria", PartyRole.REQUESTER, "rtoken")
    about = replace(
        about, ticket=replace(about.ticket, closed_at=at), parties={"maria@example.org": maria}
    )
    rules = organisation()
    days = None if within is None else timedelta(days=within)
    rules = replace(rules, workflow=replace(rules.workflow, reopen_within=days))
    over = continues(about.ticket, rules.workflow, NOW)
    known = facts(
        message("Der Akku ist kaputt."),
        "berlin@truhe.example",
        organisation=rules,
        match=Match(OLD, MatchedBy.TOKEN, maria),
        tickets={OLD: about},
        members=MEMBERS,
        fresh=Fresh(b"0" * 32, TicketId(1002), "1002")
        if over
        else Fresh(b"0" * 32, TicketId(0), ""),
    )
    return decide(known)


@pytest.mark.parametrize(
    ("status", "closed", "within"),
    [
        (Status.CLOSED, timedelta(days=400), None),
        (Status.CLOSED, timedelta(days=365), 365),
        (Status.OPEN, None, 1),
    ],
)
def test_it_goes_into_the_ticket(
    status: StatusId, closed: timedelta | None, within: int | None
) -> None:
    decision = written(status, closed, within)
    (entry,) = [each for each in decision.changes if isinstance(each, AddEntry) and each.text]
    assert entry.ticket == OLD
    opened = [each for each in decision.changes if isinstance(each, ChangeStatus)]
    assert bool(opened) is (status == Status.CLOSED)


@pytest.mark.parametrize(
    ("status", "closed", "within"),
    [
        (Status.CLOSED, timedelta(days=365, seconds=1), 365),
        (Status.ARCHIVED, timedelta(days=1), None),
        (Status.DELETED, timedelta(days=1), None),
    ],
)
def test_it_opens_a_new_ticket_that_is_linked_to_the_old_one(
    status: StatusId, closed: timedelta | None, within: int | None
) -> None:
    decision = written(status, closed, within)
    (opened,) = [each for each in decision.changes if isinstance(each, OpenTicket)]
    assert (opened.ticket.number, opened.ticket.department) == ("1002", "berlin")
    link = LinkTickets(TicketId(1002), OLD, LinkKind.CONTINUES, LinkKind.CONTINUED_BY)
    assert link in decision.changes
    assert not [
        each
        for each in decision.changes
        if isinstance(each, AddEntry | ChangeStatus) and each.ticket == OLD
    ]


def test_spam_and_rejected_mail_are_never_continued() -> None:
    decision = written(Status.SPAM, timedelta(days=400), 1)
    assert "stays closed" in decision.reason
    assert not [each for each in decision.changes if isinstance(each, OpenTicket)]
