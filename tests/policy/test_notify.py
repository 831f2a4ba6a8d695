"""Who is told what."""

from dataclasses import replace

import pytest
from agents_values import ANNA, BEN, CLARA, DORA, EMIL, MEMBERS, facts_of, ticket

from gateway.model.changes import Refer
from gateway.model.outgoing import NotificationEvent
from gateway.model.people import AgentState, DepartmentId
from gateway.policy.facts import TicketFacts
from gateway.policy.notify import MATRIX, audience, notify
from gateway.policy.said import NOBODY, Said

E = NotificationEvent
MUNICH = frozenset({DepartmentId("muenchen")})


def told(about: TicketFacts, event: E, actor: object = None) -> list[str]:
    found = audience(facts_of(EMIL, "x", about), about, event, actor)  # type: ignore[arg-type]
    return [agent.handle for agent in found]


def test_every_event_is_in_the_matrix() -> None:
    assert set(MATRIX) == set(NotificationEvent)


@pytest.mark.parametrize(
    ("event", "about", "wanted"),
    [
        (E.NEW_TICKET, ticket(), ["anna", "ben"]),
        (E.NEW_TICKET, ticket(referred_departments=MUNICH), ["anna", "ben", "clara"]),
        (E.MESSAGE, ticket(), ["anna", "ben"]),
        (E.MESSAGE, ticket(responsible=ANNA), ["anna"]),
        (E.MESSAGE, ticket(responsible=ANNA, referred_departments=MUNICH), ["anna", "clara"]),
        (E.MESSAGE, ticket(responsible=replace(BEN, state=AgentState.LOCKED)), ["anna", "ben"]),
        (E.REOPENED, ticket(workers=(BEN,)), ["ben"]),
        (E.REOPENED, ticket(workers=(CLARA,)), ["anna", "ben"]),
        (E.ASSIGNED, ticket(responsible=CLARA), ["clara"]),
        (E.NOTE, ticket(responsible=ANNA, workers=(ANNA, BEN, CLARA)), ["anna", "ben"]),
        (E.NOTE, ticket(), []),
        (E.RESPONSE, ticket(responsible=ANNA), []),
        (E.NEW_TICKET, ticket("gefahrgut"), ["dora"]),
        (E.NEW_TICKET, ticket("abgelehnt-berlin"), []),
    ],
)
def test_an_event_is_told_to_those_it_concerns(
    event: E, about: TicketFacts, wanted: list[str]
) -> None:
    assert told(about, event) == wanted


def test_who_caused_it_is_not_told() -> None:
    assert told(ticket("berlin"), E.MOVED, ANNA) == ["ben"]
    assert told(ticket("muenchen"), E.MOVED, CLARA) == []


def test_the_requester_is_not_told_of_their_own_ticket_as_an_agent() -> None:
    assert told(ticket(requester=ANNA.mailbox), E.MESSAGE) == ["ben"]
    assert told(ticket("datenschutz", requester=EMIL.mailbox), E.NEW_TICKET) == ["dora"]
    assert told(ticket("vorstand", requester=DORA.mailbox), E.NEW_TICKET) == []


def test_an_admin_who_is_told_in_place_of_others_gets_access() -> None:
    about = ticket("gefahrgut")
    acts = notify(facts_of(EMIL, "x", about), about, E.NEW_TICKET, said=Said(NOBODY, ""))
    assert Refer(about.ticket.id, agent=DORA.id) in acts.changes
    about = ticket("berlin")
    acts = notify(facts_of(EMIL, "x", about), about, E.NEW_TICKET, said=Said(NOBODY, ""))
    assert not [change for change in acts.changes if isinstance(change, Refer)]
    assert len(acts.outgoing) == len(MEMBERS[DepartmentId("berlin")])
