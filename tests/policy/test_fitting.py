"""Offers and requests that fit each other: who is told of which."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from agents_values import ANNA, BEN, CLARA, facts_of, ticket
from policy_facts import NOW, organisation

from gateway.model.answers import Fits
from gateway.model.fit import Fit, Matching
from gateway.model.outgoing import Notification, NotificationEvent, Receipt
from gateway.model.people import Agent, DepartmentId
from gateway.model.ticket import FieldId, Link, LinkKind, State, Status, TicketId, TopicId
from gateway.model.topic import Side
from gateway.policy.agents import agent_mail
from gateway.policy.commands.read import read
from gateway.policy.facts import Facts, TicketFacts
from gateway.policy.fitting import fitting
from gateway.policy.notify import notify
from gateway.policy.said import NOBODY, Said

OFFER, REQUEST = TopicId("spendenangebot"), TopicId("spendennachfrage")
LAPTOP, SCREEN, DESKTOP = map(FieldId, ("laptop", "bildschirm", "desktop"))
YES = ("ja",)


def of_topic(topic: TopicId, number: str, *fields: FieldId, **changes: Any) -> TicketFacts:
    about = ticket(changes.pop("department", "berlin"), number, **changes)
    value = replace(about.ticket, topic=topic)
    return replace(about, ticket=value, fields={**about.fields, **dict.fromkeys(fields, YES)})


def fit(number: str, *fields: FieldId, topic: TopicId = REQUEST, days: int = 1, **more: Any) -> Fit:
    about = of_topic(topic, number, *fields, **more)
    waits = replace(about.ticket, waiting_since=NOW - timedelta(days=days))
    return Fit(waits, frozenset(fields))


def world(about: TicketFacts, *fits: Fit, partners: Any = None, text: str = "x") -> Facts:
    by_side: dict[Side, tuple[Fit, ...]] = {
        side: tuple(each for each in fits if each.ticket.topic == topic)
        for side, topic in ((Side.OFFER, OFFER), (Side.REQUEST, REQUEST))
    }
    return replace(facts_of(ANNA, text, about), matching=Matching(by_side, partners or {}))


def numbers(fits: Fits | None) -> list[str]:
    return [line.ticket.number for line in fits.lines] if fits else []


def named(about: TicketFacts, *fits: Fit, agent: Agent = ANNA, partners: Any = None) -> list[str]:
    return numbers(fitting(world(about, *fits, partners=partners), about, agent))


def test_those_who_share_something_are_named_in_their_order() -> None:
    offer = of_topic(OFFER, "1050", LAPTOP, SCREEN)
    fits = (fit("1001", LAPTOP), fit("1002", DESKTOP), fit("1003", SCREEN, LAPTOP))
    assert named(offer, *fits) == ["1001", "1003"]
    found = fitting(world(offer, *fits), offer, ANNA)
    assert found is not None
    assert found.offer
    assert [[str(name) for name in line.fields] for line in found.lines] == [
        ["Laptop"],
        ["Screen", "Laptop"],
    ]


def test_three_are_named() -> None:
    fits = [fit(str(1001 + number), LAPTOP) for number in range(9)]
    assert named(of_topic(OFFER, "1050", LAPTOP), *fits) == ["1001", "1002", "1003"]


def test_a_request_names_offers() -> None:
    request = of_topic(REQUEST, "1050", LAPTOP)
    assert named(request, fit("1001", LAPTOP, topic=OFFER), fit("1002", LAPTOP)) == ["1001"]


def test_each_sees_only_those_of_their_departments() -> None:
    offer = of_topic(OFFER, "1050", LAPTOP)
    fits = (
        fit("1001", LAPTOP, department="muenchen"),
        fit("1002", LAPTOP, department="freiburg"),
        fit("1003", LAPTOP),
    )
    assert named(offer, *fits, agent=ANNA) == ["1003"]
    assert named(offer, *fits, agent=BEN) == ["1002", "1003"]
    assert named(offer, *fits, agent=CLARA) == ["1001"]


def test_a_field_that_somebody_may_not_see_tells_them_nothing() -> None:
    rules = organisation()
    secret = replace(rules.topics.fields[LAPTOP], departments=frozenset({DepartmentId("muenchen")}))
    fields = {**rules.topics.fields, LAPTOP: secret}
    rules = replace(rules, topics=replace(rules.topics, fields=fields))
    offer = of_topic(OFFER, "1050", LAPTOP)
    facts = replace(world(offer, fit("1001", LAPTOP)), organisation=rules)
    assert numbers(fitting(facts, offer, ANNA)) == []


@pytest.mark.parametrize(
    "about",
    [
        of_topic(TopicId("allgemeine-anfrage"), "1050", LAPTOP),
        of_topic(OFFER, "1050"),
        of_topic(OFFER, "1050", LAPTOP, status=Status.CLOSED),
        of_topic(REQUEST, "1050", LAPTOP, fields={FieldId("reservierung"): ("MR-20231112-2",)}),
    ],
)
def test_nothing_fits_to_what_is_neither_or_is_over_or_reserved(about: TicketFacts) -> None:
    assert named(about, fit("1001", LAPTOP), fit("1002", LAPTOP, topic=OFFER)) == []


def test_who_is_linked_with_an_open_one_of_the_other_side_is_taken() -> None:
    link = Link(TicketId(900), "900", LinkKind.RELATED)
    offer = of_topic(OFFER, "1050", LAPTOP, links=(link,))
    waiting = fit("1001", LAPTOP)
    mine = TicketId(1050)
    assert named(offer, waiting, partners={mine: {TicketId(900): REQUEST}}) == []
    assert named(offer, waiting, partners={mine: {TicketId(900): OFFER}}) == ["1001"]
    assert named(offer, waiting) == ["1001"]  # it is closed


def told(facts: Facts, about: TicketFacts, event: NotificationEvent) -> dict[str, Notification]:
    acts = notify(facts, about, event, said=Said(NOBODY, ""))
    return {mail.agent.handle: mail for mail in acts.outgoing if isinstance(mail, Notification)}


def test_the_news_name_them_to_each_reader_with_a_way_to_say_that_they_belong_together() -> None:
    offer = of_topic(OFFER, "1050", LAPTOP)
    facts = world(offer, fit("1001", LAPTOP, department="freiburg"), fit("1002", LAPTOP))
    mails = told(facts, offer, NotificationEvent.NEW_TICKET)
    assert numbers(mails["anna"].fits) == ["1002"]
    assert numbers(mails["ben"].fits) == ["1001", "1002"]
    assert "link #1002" in [action.command for action in mails["anna"].actions]
    assert "link #1001" not in [action.command for action in mails["anna"].actions]


def test_a_request_that_has_waited_comes_up_and_a_note_does_not() -> None:
    request = of_topic(REQUEST, "1050", LAPTOP, status=Status.ON_WAITING, workers=(ANNA,))
    facts = world(request, fit("1001", LAPTOP, topic=OFFER))
    assert numbers(told(facts, request, NotificationEvent.WAITED)["anna"].fits) == ["1001"]
    assert told(facts, request, NotificationEvent.NOTE)["anna"].fits is None


def test_reopened_it_is_open_when_the_news_are_read() -> None:
    offer = of_topic(OFFER, "1050", LAPTOP, status=Status.CLOSED, workers=(ANNA,))
    assert offer.ticket.state is State.CLOSED
    facts = world(offer, fit("1001", LAPTOP))
    assert numbers(told(facts, offer, NotificationEvent.REOPENED)["anna"].fits) == ["1001"]


def answered(about: TicketFacts, text: str, *fits: Fit) -> list[str]:
    """The fits below the receipt of Anna's mail in the ticket."""
    decision = agent_mail(world(about, *fits, text=text), ANNA, read(text))
    (receipt,) = [mail for mail in decision.outgoing if isinstance(mail, Receipt)]
    assert receipt.done, receipt.lines
    found = [each for each in receipt.answers if isinstance(each, Fits)]
    return [number for each in found for number in numbers(each)]


@pytest.mark.parametrize(
    ("about", "text"),
    [
        (of_topic(OFFER, "1050"), "!set laptop = ja"),
        (of_topic(TopicId("allgemeine-anfrage"), "1050", LAPTOP), "!help-topic Spendenangebot"),
        (of_topic(OFFER, "1050", LAPTOP), "!claim"),
        (of_topic(OFFER, "1050", LAPTOP), "!show"),
    ],
)
def test_the_receipt_names_them_when_an_offer_comes_up(about: TicketFacts, text: str) -> None:
    assert answered(about, text, fit("1001", LAPTOP)) == ["1001"]


def test_the_receipt_names_offers_when_a_request_begins_to_wait() -> None:
    request = of_topic(REQUEST, "1050", LAPTOP)
    assert answered(request, "!wait", fit("1001", LAPTOP, topic=OFFER)) == ["1001"]


def test_the_receipt_is_silent_where_nothing_has_changed_that_counts() -> None:
    offer = of_topic(OFFER, "1050", LAPTOP)
    assert answered(offer, "!note\nEr ruft an.", fit("1001", LAPTOP)) == []
    assert answered(offer, "!close quiet", fit("1001", LAPTOP)) == []
