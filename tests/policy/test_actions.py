"""The links of a notification: what makes sense now, and nothing that would be an error."""

from collections.abc import Sequence

import pytest
from agents_values import ANNA, BEN, CLARA, DORA, EMIL, does, facts_of, ticket

from gateway.model.outgoing import Notification, NotificationEvent, Receipt
from gateway.model.people import Agent, Language
from gateway.model.route import Action
from gateway.model.ticket import Status
from gateway.model.workflow import DEFAULT_WORKFLOW
from gateway.policy.actions import NOTE, actions
from gateway.policy.commands.words import find
from gateway.policy.facts import TicketFacts
from gateway.policy.notify import notify
from gateway.policy.said import NOBODY, Said

ORGANISATION = facts_of(ANNA, "x", None).organisation
TICKETS = [
    *(ticket(status=status) for status in DEFAULT_WORKFLOW.statuses),
    *(ticket(status=status, responsible=BEN) for status in DEFAULT_WORKFLOW.statuses),
    ticket(responsible=ANNA),
    ticket("abgelehnt-berlin", rejected=True, status=Status.CLOSED),
]


def offered(about: TicketFacts, agent: Agent) -> Sequence[Action]:
    return actions(about, agent, ORGANISATION)


@pytest.mark.parametrize("about", TICKETS)
@pytest.mark.parametrize("agent", [ANNA, BEN, DORA])
@pytest.mark.parametrize("language", list(Language))
def test_whatever_is_offered_can_be_done(
    about: TicketFacts, agent: Agent, language: Language
) -> None:
    for action in offered(about, agent):
        word = find(action.command)
        assert word is not None
        text = f"!{word.words(language)[0]}\n\n" + ("Notiz" if action is NOTE else "")
        decision = does(agent, text, about)
        receipts = [mail for mail in decision.outgoing if isinstance(mail, Receipt)]
        assert all(mail.done for mail in receipts), (str(action.label), receipts)
        assert decision.changes


@pytest.mark.parametrize(
    ("about", "wanted"),
    [
        (ticket(), ["Take", "On waiting", "Close", "Spam", "Note"]),
        (ticket(responsible=ANNA), ["On waiting", "Close", "Spam", "Note"]),
        (ticket(responsible=BEN), ["On waiting", "Close", "Spam", "Note"]),
        (ticket(status=Status.ON_WAITING), ["Take", "Close", "Spam", "Note"]),
        (ticket(status=Status.CLOSED), ["Reopen", "Note"]),
        (ticket(status=Status.SPAM), ["No spam", "Note"]),
        (ticket(status=Status.ARCHIVED), ["Note"]),
        (ticket("abgelehnt-berlin", rejected=True, status=Status.CLOSED), ["Accept", "Note"]),
    ],
)
def test_what_makes_sense_now_is_offered(about: TicketFacts, wanted: list[str]) -> None:
    assert [str(action.label) for action in offered(about, ANNA)] == wanted


def test_who_may_not_see_a_ticket_is_offered_nothing() -> None:
    assert not offered(ticket(), CLARA)
    assert not offered(ticket(), EMIL)


@pytest.mark.parametrize(
    ("event", "about", "first"),
    [
        (NotificationEvent.NEW_TICKET, ticket(), "Take"),
        (NotificationEvent.MESSAGE, ticket(responsible=ANNA), "On waiting"),
        (
            NotificationEvent.REOPENED,
            ticket(status=Status.CLOSED, responsible=ANNA, workers=(ANNA,)),
            "Take",
        ),
    ],
)
def test_a_notification_offers_what_can_be_done_when_it_is_read(
    event: NotificationEvent, about: TicketFacts, first: str
) -> None:
    acts = notify(facts_of(EMIL, "x", about), about, event, said=Said(NOBODY, ""))
    sent = [mail for mail in acts.outgoing if isinstance(mail, Notification)]
    assert sent
    assert {str(mail.actions[0].label) for mail in sent} == {first}
