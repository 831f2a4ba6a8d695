"""Topics and fields by command: what is set, what is refused, and what it reserves."""

from dataclasses import replace

import pytest
from agents_values import ANNA, CLARA, facts_of, ticket

from gateway.model.changes import ChangeStatus
from gateway.model.decision import Decision
from gateway.model.field_changes import Reserve, SetField, SetSubject, SetTopic
from gateway.model.outgoing import Receipt
from gateway.model.people import Agent
from gateway.model.ticket import FieldId, Status, TicketId, TopicId
from gateway.policy.agents import agent_mail
from gateway.policy.commands.read import read
from gateway.policy.facts import TicketFacts

REQUEST, OFFER = TopicId("spendennachfrage"), TopicId("spendenangebot")


def of_topic(topic: TopicId, **changes: object) -> TicketFacts:
    about = ticket(**changes)
    return replace(about, ticket=replace(about.ticket, topic=topic))


def does(
    agent: Agent, text: str, about: TicketFacts, *others: TicketFacts, **known: object
) -> Decision:
    facts = replace(facts_of(agent, text, about, *others), **known)  # type: ignore[arg-type] # names of Facts
    return agent_mail(facts, agent, read(text))


def told(decision: Decision) -> str:
    (receipt,) = [each for each in decision.outgoing if isinstance(each, Receipt)]
    return "\n".join(str(line.result) for line in receipt.lines)


def changed(decision: Decision, *kinds: type) -> list[object]:
    return [each for each in decision.changes if isinstance(each, kinds)]


@pytest.mark.parametrize(
    ("line", "field", "values"),
    [
        ("!set Laptop = yes", "laptop", ("yes",)),
        ("!feld laptop", "laptop", ("yes",)),
        ("!feld Laptop ja", "laptop", ("yes",)),
        ("!feld Anderes Gerät = ein Beamer", "anderes-geraet", ("ein Beamer",)),
        ("!feld anderes gerät ein Beamer", "anderes-geraet", ("ein Beamer",)),
        ("!set Berechtigungsnachweis: Nein, kein Bescheid", "berechtigungsnachweis",
         ("Nein", "kein Bescheid")),
        ("!feld Nachweis = ja", "berechtigungsnachweis", ("Ja",)),
        ("!feld Reservierung = mr-20231112-2, AL-20231129-13", "reservierung",
         ("MR-20231112-2", "AL-20231129-13")),
        ("!feld Notizen = kommt am Freitag\nmit Wagen", "notizen",
         ("kommt am Freitag\nmit Wagen",)),
    ],
)  # fmt: skip
def test_a_field_is_filled_in(line: str, field: str, values: tuple[str, ...]) -> None:
    (found,) = changed(does(ANNA, line, of_topic(REQUEST)), SetField)
    assert isinstance(found, SetField)
    assert (found.field, found.values) == (field, values)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("!set Labtop = yes", "Did you mean “Laptop”?"),
        ("!set Farbe = rot", "there is no field “Farbe”"),
        (
            "!set Laptop = vielleicht",
            "“vielleicht” is not possible for Laptop. Permitted: yes or no",
        ),
        (
            "!set Nachweis = später",
            "is not possible for Proof of eligibility. Permitted: Ja / Nein",
        ),
        ("!set Reservierung = 12", "such as MR-20231112-2"),
        ("!set", "Something is missing after !set"),
    ],
)
def test_what_cannot_be_filled_in_says_what_can(line: str, says: str) -> None:
    decision = does(ANNA, line, of_topic(REQUEST))
    assert says in told(decision)
    assert not changed(decision, SetField)


def test_a_field_of_another_topic_names_that_topic() -> None:
    decision = does(ANNA, "!set Reservierung = MR-20231112-2", of_topic(OFFER))
    assert "“Donation offer” has no field “Reservation”; it belongs to Donation request" in told(
        decision
    )


def test_topic_and_field_in_one_mail_belong_together_in_any_order() -> None:
    text = "!feld Reservierung = MR-20231112-2\n\n!hilfethema Spendennachfrage"
    decision = does(ANNA, text, of_topic(OFFER))
    assert changed(decision, SetTopic) == [SetTopic(TicketId(1001), REQUEST)]
    assert len(changed(decision, SetField)) == 1


@pytest.mark.parametrize("name", ["spendennachfrage", "Donation request", "Nachfrage"])
def test_a_topic_is_set_by_each_of_its_names(name: str) -> None:
    assert changed(does(ANNA, f"!help-topic {name}", of_topic(OFFER)), SetTopic)


def test_an_unknown_topic_names_the_near_one() -> None:
    assert "Did you mean “Donation offer”?" in told(
        does(ANNA, "!hilfethema Spendenangbot", of_topic(REQUEST))
    )


def test_a_device_is_reserved_once_and_its_ticket_named_to_who_may_see_it() -> None:
    other = ticket("berlin", "1002")
    elsewhere = ticket("muenchen", "1003")
    key = FieldId("reservierung"), "mr-20231112-2"
    text = "!feld Reservierung = MR-20231112-2"
    seen = does(ANNA, text, of_topic(REQUEST), other, reserved={key: TicketId(1002)})
    assert "MR-20231112-2 is reserved already, in #1002." in told(seen)
    hidden = does(ANNA, text, of_topic(REQUEST), elsewhere, reserved={key: TicketId(1003)})
    assert "in another ticket" in told(hidden)
    assert "1003" not in told(hidden)
    free = does(ANNA, text, of_topic(REQUEST))
    assert changed(free, Reserve) == [Reserve(TicketId(1001), (key,))]


def test_what_is_required_holds_up_the_close_and_is_asked_for() -> None:
    decision = does(ANNA, "!zu", of_topic(REQUEST))
    assert not changed(decision, ChangeStatus)
    assert "still to be filled in: Proof of eligibility" in told(decision)
    both = does(ANNA, "!zu\n\n!feld Nachweis = Ja", of_topic(REQUEST))
    assert changed(both, ChangeStatus)


def test_a_reopened_ticket_takes_its_devices_back_when_they_are_free() -> None:
    about = replace(
        of_topic(REQUEST, status=Status.CLOSED),
        fields={FieldId("reservierung"): ("MR-20231112-2",)},
    )
    key = FieldId("reservierung"), "mr-20231112-2"
    assert changed(does(ANNA, "!wieder", about), Reserve) == [Reserve(TicketId(1001), (key,))]
    taken = does(ANNA, "!wieder", about, reserved={key: TicketId(7)})
    assert changed(taken, Reserve) == [Reserve(TicketId(1001), ())]


def test_a_field_is_emptied() -> None:
    about = replace(of_topic(REQUEST), fields={FieldId("laptop"): ("yes",)})
    (found,) = changed(does(ANNA, "!feldweg Laptop", about), SetField)
    assert isinstance(found, SetField)
    assert found.values == ()


def test_two_values_for_one_field_contradict() -> None:
    text = "!feld Laptop = ja\n\n!feld Laptop = nein"
    assert "Two different values of a field" in told(does(ANNA, text, of_topic(REQUEST)))


def test_the_title_is_changed() -> None:
    found = changed(does(ANNA, "!betreff Laptop für Maria", ticket()), SetSubject)
    assert found == [SetSubject(TicketId(1001), "Laptop für Maria")]


def test_who_does_not_see_the_ticket_learns_nothing() -> None:
    decision = does(CLARA, "!feld #1001 Laptop = ja", ticket("muenchen", "1002"), of_topic(REQUEST))
    assert "there is no ticket #1001 that you may see" in told(decision)
