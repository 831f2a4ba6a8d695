"""Agents who are away as decisions: who is told instead, what is offered, how it ends."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from agents_values import ANNA, BEN, CLARA, DORA, MEMBERS, does, facts_of, ticket
from policy_facts import NOW, facts, message, organisation

from gateway.model.decision import Decision
from gateway.model.held import NewsBefore, Undoable, WorkId
from gateway.model.held_changes import RememberWork
from gateway.model.list_changes import ListLines
from gateway.model.notice_changes import SetAbsence
from gateway.model.outgoing import Handover, Notification, NotificationEvent, Receipt
from gateway.model.people import Absence, Agent, AgentId, DepartmentId, NotifyChoice
from gateway.model.query import Late, PriorityIs
from gateway.model.ticket import Party, PartyRole, Ticket, TopicId
from gateway.model.topic import Priority, Topic, Topics
from gateway.policy.absence import NOTICE_LASTS, urgent
from gateway.policy.access import ADMINS
from gateway.policy.agents import agent_mail
from gateway.policy.commands.read import read
from gateway.policy.decide import decide
from gateway.policy.facts import Facts, Match, MatchedBy, TicketFacts
from gateway.policy.notify import audience

DAY = timedelta(days=1)
E = NotificationEvent
SAID_SO = Absence(NOW - DAY, NOW + DAY)
BY_NOTICE = replace(SAID_SO, by_notice=True)


def away(agent: Agent, absence: Absence = SAID_SO) -> Agent:
    return replace(agent, absence=absence)


def of(decision: Decision, *kinds: type) -> list[Any]:
    return [each for each in (*decision.changes, *decision.outgoing) if isinstance(each, kinds)]


def said(decision: Decision) -> str:
    (receipt,) = of(decision, Receipt)
    return "\n".join(str(line.result) for line in receipt.lines)


def with_absent(*absent: Agent) -> dict[DepartmentId, tuple[Agent, ...]]:
    by_id = {each.id: each for each in absent}
    return {name: tuple(by_id.get(a.id, a) for a in group) for name, group in MEMBERS.items()}


def heard(event: E, about: TicketFacts, *absent: Agent, actor: Agent | None = None) -> list[str]:
    base = facts_of(DORA, "x", about)
    found = audience(replace(base, members=with_absent(*absent)), about, event, actor)
    return [agent.handle for agent in found]


def test_instead_of_the_responsible_agent_the_department_is_told() -> None:
    gone = away(ANNA)
    about = ticket(responsible=gone)
    for event in (E.MESSAGE, E.NOT_DELIVERED, E.UNVERIFIED, E.TASK_DUE, E.REMINDER):
        assert heard(event, about, gone) == ["ben"]
    assert heard(E.NOTE, about, gone) == ["ben"]
    assert heard(E.NOTE, about, gone, actor=BEN) == []
    assert heard(E.NEW_TICKET, ticket(), gone) == ["ben"]


def test_where_nobody_is_there_the_admins_are_told_and_never_nobody() -> None:
    anna, ben, dora = away(ANNA), away(BEN), away(DORA)
    about = ticket(responsible=anna)
    assert heard(E.MESSAGE, about, anna, ben) == ["dora"]
    assert heard(E.MESSAGE, about, anna, ben, dora) == ["dora"]


def test_who_watches_or_worked_on_it_is_not_told_while_away() -> None:
    gone = away(BEN)
    about = ticket(responsible=ANNA, watchers=(gone,), workers=(gone, ANNA))
    assert heard(E.MESSAGE, about, gone) == ["anna"]
    assert heard(E.REOPENED, about, gone) == ["anna"]


def test_an_absence_that_is_over_stops_nothing() -> None:
    over = away(ANNA, Absence(NOW - 2 * DAY, NOW))
    assert heard(E.MESSAGE, ticket(responsible=over), over) == ["anna"]


def leaving(text: str, *tickets: Ticket, agent: Agent = ANNA, **changes: Any) -> Decision:
    base = facts_of(agent, text, None)
    members = changes.pop("members", MEMBERS)
    facts_now = replace(base, urgent=tickets, members=members, **changes)
    return agent_mail(facts_now, agent, read(text))


def test_who_goes_away_says_until_when_and_leaves_what_is_urgent_to_others() -> None:
    mine = ticket(responsible=ANNA).ticket
    decision = leaving("!abwesend bis 1.3.", mine)
    (change,) = of(decision, SetAbsence)
    assert change.absence.since == NOW
    assert f"{change.absence.until:%d.%m.}" == "01.03."
    (offer,) = of(decision, Handover)
    assert offer.route.to == BEN.mailbox
    assert [line.responsible for line in offer.listing.lines] == ["Anna"]
    (lines,) = of(decision, ListLines)
    assert (lines.agent, lines.tickets) == (BEN.id, (mine.id,))
    assert "offered to colleagues, because it can hardly wait: #1001" in said(decision)


def test_without_anything_urgent_nobody_is_bothered() -> None:
    decision = leaving("!away +2w")
    assert of(decision, Handover) == []
    assert "none of your tickets" in said(decision)


def test_an_offer_goes_to_those_who_listen_else_to_those_who_are_there_else_to_admins() -> None:
    mine = ticket(responsible=ANNA).ticket
    none = replace(BEN, choices=frozenset({(DepartmentId("berlin"), NotifyChoice.NONE)}))
    carl = replace(CLARA, departments=frozenset({DepartmentId("berlin")}))
    berlin = DepartmentId("berlin")

    def readers(*agents: Agent) -> list[str]:
        decision = leaving("!away +1d", mine, members={**MEMBERS, berlin: agents})
        return [mail.route.to.address.partition("@")[0] for mail in of(decision, Handover)]

    assert readers(ANNA, none, carl) == ["clara"]
    assert readers(ANNA, none) == ["ben"]
    assert readers(ANNA, away(BEN)) == ["dora"]


def test_what_is_urgent_are_late_tickets_and_urgent_topics() -> None:
    hot, cold = TopicId("hot"), TopicId("cold")
    topics = Topics(
        {
            hot: Topic(
                hot,
                organisation().topics.topics[TopicId("spendenangebot")].name,
                priority=Priority.URGENT,
            ),
            cold: Topic(cold, organisation().topics.topics[TopicId("spendenangebot")].name),
        }
    )
    wanted = urgent(ANNA, NOW + DAY, NOW, replace(organisation(), topics=topics))
    conditions = [criterion.condition for criterion in wanted.groups[1]]
    assert conditions[1:] == [
        PriorityIs(Priority.HIGH, frozenset(), frozenset({hot, cold}), others=False),
        PriorityIs(Priority.URGENT, frozenset({hot}), frozenset({hot, cold}), others=False),
    ]
    assert isinstance(conditions[0], Late)
    assert conditions[0].now == NOW + DAY


def test_an_absence_ends_by_word_and_begins_only_once() -> None:
    gone = away(ANNA)
    ended = leaving("!abwesend ende", agent=gone)
    assert of(ended, SetAbsence) == [SetAbsence(ANNA.id, replace(SAID_SO, until=NOW))]
    longer = leaving("!away +3d", agent=gone)
    assert of(longer, SetAbsence)[0].absence.since == SAID_SO.since
    assert "you are not away" in said(leaving("!away off"))
    assert "you are away until" in said(leaving("!away", agent=gone))
    assert "past" in said(leaving("!away until 2020-01-01"))
    assert "Two different" in said(leaving("!away +1d\n\n!away off"))


def test_a_word_that_is_no_date_is_not_understood() -> None:
    for text in ("!away soon", "!away until 1.3. maybe", "!abwesend 32.13."):
        assert read(text).problems


def test_who_said_so_stays_away_and_is_reminded_of_it() -> None:
    decision = does(away(ANNA), "!watch", ticket())
    assert of(decision, SetAbsence) == []
    assert "To end it: !away off" in said(decision)


def test_who_writes_is_back_when_only_a_notice_said_otherwise() -> None:
    gone = away(ANNA, BY_NOTICE)
    decision = does(gone, "!watch", ticket())
    assert of(decision, SetAbsence) == [SetAbsence(ANNA.id, replace(BY_NOTICE, until=NOW))]
    assert "You are back" in said(decision)
    refused = does(gone, "!watch #4711", ticket())
    assert of(refused, SetAbsence)
    assert "You are back" not in said(refused)


def notice(answered: Party | None, agent: Agent = ANNA, **changes: Any) -> Decision:
    about = ticket(responsible=agent)
    mail = message(
        "Ich bin im Urlaub.",
        sender=agent.mailbox.address,
        subject="Abwesenheitsnotiz: Laptop",
        head="Auto-Submitted: auto-replied\n",
    )
    base: Facts = facts(
        mail,
        "berlin@truhe.example",
        author_agent=agent,
        match=Match(about.ticket.id, MatchedBy.TOKEN, answered),
        tickets={about.ticket.id: about},
        urgent=(about.ticket,),
        members=with_absent(agent),
        **changes,
    )
    return decide(base)


def own(agent: Agent = ANNA) -> Party:
    return Party(ticket().ticket.id, agent.mailbox.address, PartyRole.AGENT, "r1")


def test_an_absence_notice_of_the_agents_mailbox_makes_them_absent() -> None:
    decision = notice(own())
    assert of(decision, SetAbsence) == [
        SetAbsence(ANNA.id, Absence(NOW, NOW + NOTICE_LASTS, by_notice=True))
    ]
    (offer,) = of(decision, Handover)
    assert (offer.route.to, offer.by_notice) == (BEN.mailbox, True)
    assert of(decision, Notification) == []


@pytest.mark.parametrize(
    "answered",
    [None, own(BEN), replace(own(), role=PartyRole.REQUESTER)],
    ids=["nobody's secret", "a colleague's secret", "a requester's secret"],
)
def test_a_notice_that_answers_no_mail_of_theirs_silences_nobody(answered: Party | None) -> None:
    assert of(notice(answered), SetAbsence, Handover) == []


def test_a_second_notice_prolongs_and_offers_nothing_again() -> None:
    decision = notice(own(), away(ANNA, BY_NOTICE))
    assert of(decision, SetAbsence)[0].absence == replace(BY_NOTICE, until=NOW + NOTICE_LASTS)
    assert of(decision, Handover) == []
    assert of(notice(own(), away(ANNA)), SetAbsence, Handover) == []


def test_a_ticket_of_somebody_absent_is_taken_without_force() -> None:
    about = ticket(responsible=away(ANNA))
    assert "Ben is responsible now" in said(does(BEN, "!claim", about))
    assert "already" in said(does(BEN, "!claim", ticket(responsible=ANNA)))


def test_who_assigns_to_somebody_absent_is_told() -> None:
    base = facts_of(BEN, "!assign @anna", ticket())
    absent = replace(base, named_agents={"anna": away(ANNA)})
    decision = agent_mail(absent, BEN, read("!assign @anna"))
    assert "Anna is responsible now, but away" in said(decision)


def test_undo_takes_an_absence_back_unless_it_was_changed() -> None:
    (remembered,) = of(leaving("!away +1d"), RememberWork)
    assert remembered.news.absence[0] is None
    gone = away(ANNA, remembered.news.absence[1])
    done = Undoable(WorkId(1), ANNA.id, NOW, (), news=remembered.news)
    undone = leaving("!undo", agent=gone, undo=done)
    assert of(undone, SetAbsence) == [SetAbsence(ANNA.id, None)]
    news = NewsBefore(remembered.news.choices, remembered.news.digest, (None, SAID_SO))
    other = leaving("!undo", agent=gone, undo=replace(done, news=news))
    assert of(other, SetAbsence) == []
    assert "chosen anew" in said(other)


def test_admins_who_are_away_are_not_told_in_place_of_others() -> None:
    other = replace(DORA, id=AgentId(105), handle="erna")
    members = {**with_absent(away(DORA)), ADMINS: (away(DORA), other)}
    about = ticket("vorstand")
    base = replace(facts_of(ANNA, "x", about), members=members)
    assert [agent.handle for agent in audience(base, about, E.NEW_TICKET)] == ["erna"]
