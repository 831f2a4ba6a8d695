"""Who is told what."""

from dataclasses import replace

import pytest
from agents_values import ANNA, BEN, CLARA, DORA, EMIL, MEMBERS, facts_of, ticket

from gateway.model.changes import Refer
from gateway.model.outgoing import Notification, NotificationEvent
from gateway.model.people import Agent, AgentState, DepartmentId, NotifyChoice, Rhythm
from gateway.policy.access import ADMINS
from gateway.policy.agents import agent_mail
from gateway.policy.commands.read import read
from gateway.policy.facts import TicketFacts
from gateway.policy.notify import CHOICES, MATRIX, audience, notify
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


def test_who_takes_in_a_rejected_mail_gets_it_too_because_they_could_not_answer_it_else() -> None:
    assert told(ticket("berlin"), E.ACCEPTED, ANNA) == ["anna", "ben"]


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


# --- what agents chose ----------------------------------------------------------------------------

C = NotifyChoice
BERLIN, FREIBURG = DepartmentId("berlin"), DepartmentId("freiburg")


def choosing(agent: Agent, choice: C, department: str = "berlin") -> Agent:
    digest = Rhythm.DAILY if choice is C.DIGEST else Rhythm.OFF
    chosen = frozenset({(DepartmentId(department), choice)})
    return replace(agent, choices=chosen, digest=digest)


def told_of(about: TicketFacts, event: E, *people: Agent, actor: Agent | None = None) -> list[str]:
    """Who is told when these agents are as they are given here."""
    by_id = {agent.id: agent for agent in people}
    members = {
        department: tuple(by_id.get(agent.id, agent) for agent in agents)
        for department, agents in MEMBERS.items()
    }

    def now(agents: tuple[Agent, ...]) -> tuple[Agent, ...]:
        return tuple(by_id.get(agent.id, agent) for agent in agents)

    holder = about.responsible and by_id.get(about.responsible.id, about.responsible)
    about = replace(
        about, responsible=holder, workers=now(about.workers), watchers=now(about.watchers)
    )
    facts = facts_of(EMIL, "x", about)
    facts = replace(facts, members=members, agents=facts.agents | by_id)
    return [agent.handle for agent in audience(facts, about, event, actor)]


def test_every_choice_is_in_the_table() -> None:
    assert set(CHOICES) == set(NotifyChoice)


@pytest.mark.parametrize(
    ("event", "about", "heard"),
    [
        # The department's: only who wants all.
        (E.NEW_TICKET, ticket(), {C.ALL}),
        (E.MESSAGE, ticket(), {C.ALL}),
        (E.MOVED, ticket(), {C.ALL}),
        (E.ACCEPTED, ticket(), {C.ALL}),
        (E.WAITED, ticket(), {C.ALL}),
        (E.UNVERIFIED, ticket(), {C.ALL}),
        # Their own: all but who wants nothing.
        (E.MESSAGE, ticket(responsible=ANNA), {C.ALL, C.MINE, C.DIGEST}),
        (E.MESSAGE, ticket(referred_agents=frozenset({ANNA.id})), {C.ALL, C.MINE, C.DIGEST}),
        (E.REOPENED, ticket(workers=(ANNA,)), {C.ALL, C.MINE, C.DIGEST}),
        (E.NOTE, ticket(workers=(ANNA,)), {C.ALL, C.MINE, C.DIGEST}),
        (E.MERGED, ticket(responsible=ANNA), {C.ALL, C.MINE, C.DIGEST}),
        # Put to them by name, or wished for: everybody.
        (E.ASSIGNED, ticket(responsible=ANNA), set(C)),
        (E.TASK, ticket(responsible=ANNA), set(C)),
        (E.TASK_DUE, ticket(responsible=ANNA), set(C)),
        (E.REMINDER, ticket(responsible=ANNA), set(C)),
        (E.NOT_DELIVERED, ticket(responsible=ANNA), set(C)),
        (E.REFERRED, ticket(referred_agents=frozenset({ANNA.id})), set(C)),
        (E.MESSAGE, ticket(watchers=(ANNA,)), set(C)),
        (E.CLOSED, ticket(watchers=(ANNA,)), set(C)),
    ],
)
def test_a_choice_decides_what_is_told_at_once(event: E, about: TicketFacts, heard: set[C]) -> None:
    for choice in C:
        found = told_of(about, event, choosing(ANNA, choice))
        assert ("anna" in found) is (choice in heard), (choice, found)


def test_a_choice_is_for_one_department() -> None:
    ben = choosing(BEN, C.NONE, "freiburg")
    assert told_of(ticket("berlin"), E.NEW_TICKET, ben) == ["anna", "ben"]
    assert "ben" not in told_of(ticket("freiburg"), E.NEW_TICKET, ben)
    there = ticket("muenchen", referred_departments=frozenset({FREIBURG}))
    assert told_of(there, E.NEW_TICKET, ben) == ["clara"]


def test_where_the_responsible_wants_to_hear_nothing_the_department_is_told() -> None:
    about = ticket(responsible=ANNA)
    assert told_of(about, E.MESSAGE, choosing(ANNA, C.NONE)) == ["ben"]


@pytest.mark.parametrize("choice", [C.MINE, C.NONE])
def test_a_department_in_which_nobody_listens_is_the_admins(choice: C) -> None:
    both = choosing(ANNA, choice), choosing(BEN, choice)
    assert told_of(ticket(), E.NEW_TICKET, *both) == ["dora"]
    assert told_of(ticket(), E.MESSAGE, *both) == ["dora"]
    assert told_of(ticket(workers=(ANNA,)), E.REOPENED, *both) == (
        ["anna"] if choice is C.MINE else ["dora"]
    )


@pytest.mark.parametrize("choice", list(C))
def test_admins_are_told_in_place_of_others_whatever_they_chose(choice: C) -> None:
    people = choosing(ANNA, C.NONE), choosing(BEN, C.NONE), choosing(DORA, choice)
    assert told_of(ticket(), E.NEW_TICKET, *people) == ["dora"]


def test_among_the_admins_those_who_listen_come_first() -> None:
    gerda = replace(DORA, id=EMIL.id, handle="gerda", mailbox=EMIL.mailbox)
    people = choosing(ANNA, C.NONE), choosing(BEN, C.NONE)
    facts = facts_of(EMIL, "x", ticket())
    members = {BERLIN: people, ADMINS: (choosing(DORA, C.NONE), gerda)}
    facts = replace(facts, members=members)
    assert [a.handle for a in audience(facts, ticket(), E.NEW_TICKET)] == ["gerda"]


def test_who_reads_a_digest_listens() -> None:
    both = choosing(ANNA, C.DIGEST), choosing(BEN, C.NONE)
    for event in (E.NEW_TICKET, E.MESSAGE, E.REOPENED, E.MOVED, E.WAITED):
        assert told_of(ticket(), event, *both) == [], event


def test_what_no_digest_shows_is_told_to_its_readers_at_once() -> None:
    both = choosing(ANNA, C.DIGEST), choosing(BEN, C.NONE)
    for event in (E.TASK_DUE, E.REMINDER, E.NOT_DELIVERED):
        assert told_of(ticket(), event, *both) == ["anna"], event
    held = ticket(responsible=BEN)
    assert told_of(held, E.MESSAGE, *both) == ["anna"]


def test_who_chose_the_digest_and_gets_none_does_not_listen() -> None:
    lost = replace(choosing(ANNA, C.DIGEST), digest=Rhythm.OFF)
    assert told_of(ticket(), E.NEW_TICKET, lost, choosing(BEN, C.NONE)) == ["dora"]


def test_nobody_else_is_troubled_where_the_one_who_acts_is_all_there_is() -> None:
    anna = choosing(ANNA, C.NONE)
    assert told_of(ticket(), E.MOVED, anna, choosing(BEN, C.NONE), actor=anna) == []


def test_a_referral_to_a_department_is_told_to_those_who_listen_there() -> None:
    about = ticket("muenchen")
    facts = facts_of(CLARA, "!refer berlin", about)
    members = facts.members | {BERLIN: (choosing(ANNA, C.MINE), BEN)}
    decision = agent_mail(replace(facts, members=members), CLARA, read("!refer berlin"))
    news = [mail for mail in decision.outgoing if isinstance(mail, Notification)]
    assert [mail.agent.handle for mail in news] == ["ben"]
