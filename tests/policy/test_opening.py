"""Tickets opened for others as decisions: whose they are, where they belong, who hears of it."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from agents_values import ANNA, BEN, CLARA, DORA, facts_of, ticket
from policy_facts import organisation

from gateway.mail.forward import Forwarded
from gateway.model.address import Mailbox
from gateway.model.changes import AddEntry, AddParty, OpenTicket, SeeMessageId
from gateway.model.decision import Decision
from gateway.model.held_changes import RememberWork
from gateway.model.outgoing import Confirmation, Notification, Receipt, Response
from gateway.model.people import Agent, DepartmentId
from gateway.model.text import loads
from gateway.model.ticket import EntryFlag, EntryKind, PartyRole, Status
from gateway.policy.agents import agent_mail
from gateway.policy.commands.read import read
from gateway.policy.decide import decide
from gateway.policy.facts import Facts, Match, MatchedBy, PassedOn, TicketFacts
from gateway.policy.recipients import resolve

MARIA = Mailbox("maria@example.org", "Maria")
SENT = datetime(2026, 11, 23, 16, 5, tzinfo=UTC)


def of(decision: Decision, *kinds: type) -> list[Any]:
    return [each for each in (*decision.changes, *decision.outgoing) if isinstance(each, kinds)]


def said(decision: Decision) -> str:
    (receipt,) = of(decision, Receipt)
    return "\n".join(str(line.result) for line in receipt.lines)


def passed_on(author: Mailbox | None = MARIA, **changes: Any) -> PassedOn:
    known = changes.pop("known", None)
    attached = changes.pop("attached", 0)
    values = {
        "subject": "Laptop",
        "text": "Haben Sie einen?",
        "date": SENT,
        "message_id": "",
        "to": (),
        "cc": (),
        "attachments": (),
        "attached": bool(attached),
    }
    mail = Forwarded(author=author, **(values | changes))
    return PassedOn(mail, author, attached, known)


def asked(agent: Agent, text: str, passed: PassedOn | None = None, to: str = "") -> Facts:
    base = facts_of(agent, text, None)
    to = to or "tickets@truhe.example"
    return replace(base, passed_on=passed, recipients=(resolve(to, organisation()),))


def opens(agent: Agent, text: str, passed: PassedOn | None = None, to: str = "") -> Decision:
    return agent_mail(asked(agent, text, passed, to), agent, read(text))


def test_what_an_agent_passes_on_is_the_requesters_message() -> None:
    decision = opens(ANNA, "!new", passed_on(message_id="m1@x", attached=1))
    (new,) = of(decision, OpenTicket)
    assert new.ticket.requester == MARIA
    assert (new.ticket.subject, new.ticket.status) == ("Laptop", Status.OPEN)
    event, message = of(decision, AddEntry)
    assert str(loads(event.event)) == (
        "opened by Anna on behalf of maria@example.org; their mail is of 23 Nov 2026, 17:05"
    )
    assert (message.kind, message.author) == (EntryKind.MESSAGE, MARIA)
    assert message.flags == {EntryFlag.FORWARDED}
    assert [mail.agent for mail in of(decision, Notification)] == [BEN]
    assert ("m1@x", MARIA.key) in [
        (each.message_id, each.party) for each in of(decision, SeeMessageId)
    ]
    (confirmation,) = of(decision, Confirmation)
    assert confirmation.route.in_reply_to == "m1@x"
    assert confirmation.route.to == Mailbox(MARIA.address), "a name could be anything"
    roles = {each.address: each.role for each in of(decision, AddParty)}
    assert roles[MARIA.address] is PartyRole.REQUESTER


def test_a_machine_gets_no_confirmation() -> None:
    decision = opens(ANNA, "!new", passed_on(Mailbox("no-reply@shop.example")))
    assert of(decision, Confirmation) == []
    assert "was not told" in said(decision)


def test_an_organisation_that_confirms_nothing_confirms_this_neither() -> None:
    base = asked(ANNA, "!new", passed_on())
    silent = replace(base, organisation=replace(base.organisation, confirm_new_tickets=False))
    assert of(agent_mail(silent, ANNA, read("!new")), Confirmation) == []


def test_the_text_is_the_first_answer_and_the_writer_is_responsible() -> None:
    decision = opens(ANNA, "!new maria@example.org Laptop\n\nAnbei alles.")
    (new,) = of(decision, OpenTicket)
    assert (new.ticket.responsible, new.ticket.status) == (ANNA.id, Status.IN_PROGRESS)
    (answer,) = of(decision, Response)
    assert (answer.text, answer.first) == ("Anbei alles.", True)
    assert answer.route.in_reply_to == ""
    assert of(decision, Confirmation) == []


def test_the_address_named_is_the_requester_and_the_message_stays_its_authors() -> None:
    decision = opens(ANNA, "!new otto@example.org", passed_on())
    (new,) = of(decision, OpenTicket)
    assert new.ticket.requester.address == "otto@example.org"
    message = next(each for each in of(decision, AddEntry) if each.kind is EntryKind.MESSAGE)
    assert message.author == MARIA


def known(department: str) -> tuple[TicketFacts, PassedOn]:
    about = ticket(department)
    return about, passed_on(known=about.ticket.id, message_id="m1@x", attached=1)


def test_a_mail_that_has_a_ticket_is_not_opened_again_for_who_may_see_it() -> None:
    about, passed = known("berlin")
    base = replace(asked(ANNA, "!new", passed), tickets={about.ticket.id: about})
    decision = agent_mail(base, ANNA, read("!new"))
    assert "#1001" in said(decision)
    assert of(decision, OpenTicket) == []


def test_a_ticket_that_the_agent_may_not_see_is_not_told_of() -> None:
    about, passed = known("datenschutz")
    base = replace(asked(ANNA, "!new", passed), tickets={about.ticket.id: about})
    base = replace(base, fresh=replace(base.fresh, ticket_number="1002"))
    decision = agent_mail(base, ANNA, read("!new"))
    assert of(decision, OpenTicket)
    assert "#1001" not in said(decision)


def test_a_forward_that_names_a_known_mail_is_a_command_all_the_same() -> None:
    about, _ = known("datenschutz")
    base = replace(
        asked(ANNA, "!new", passed_on()),
        match=Match(about.ticket.id, MatchedBy.MESSAGE_ID, None),
        tickets={about.ticket.id: about},
    )
    base = replace(base, fresh=replace(base.fresh, ticket_number="1002"))
    decision = decide(base)
    assert of(decision, OpenTicket)
    assert decision.ticket != about.ticket.id


@pytest.mark.parametrize(
    ("agent", "text", "to", "department"),
    [
        (ANNA, "!new maria@example.org Laptop", "", "berlin"),
        (BEN, "!new maria@example.org Laptop in Freiburg", "", "freiburg"),
        (BEN, "!new maria@example.org in freiburg Laptop", "", "freiburg"),
        (BEN, "!new maria@example.org Laptop dept=Freiburg", "", "freiburg"),
        (BEN, "!new maria@example.org Laptop", "berlin@truhe.example", "berlin"),
        (DORA, "!new maria@example.org Laptop", "", "vorstand"),
        (CLARA, "!neu maria@example.org Laptop in Allgemeine Anfragen", "", "allgemein"),
    ],
)
def test_a_ticket_belongs_where_the_agent_says_or_is(
    agent: Agent, text: str, to: str, department: str
) -> None:
    (new,) = of(opens(agent, f"{text}\n\nHallo", to=to), OpenTicket)
    assert new.ticket.department == department
    assert new.ticket.subject == "Laptop"


def test_a_place_that_is_no_department_is_part_of_the_title() -> None:
    (new,) = of(opens(ANNA, "!new maria@example.org Laptop in Paris\n\nHallo"), OpenTicket)
    assert new.ticket.subject == "Laptop in Paris"


def test_who_belongs_nowhere_is_told_all_departments() -> None:
    nobody = replace(ANNA, departments=frozenset[DepartmentId]())
    decision = opens(nobody, "!new maria@example.org Laptop\n\nHallo")
    assert "in berlin" in said(decision)
    assert "in vorstand" in said(decision)
    assert of(decision, OpenTicket) == []


def test_people_in_cc_of_what_is_passed_on_are_named_and_not_taken_in() -> None:
    others = (Mailbox("otto@example.org"), Mailbox("berlin@truhe.example"))
    decision = opens(ANNA, "!new", passed_on(cc=others))
    assert "in Cc to otto@example.org: !cc add" in said(decision)
    assert all(each.role is not PartyRole.CC for each in of(decision, AddParty))


def test_what_else_the_mail_asks_for_is_done_to_the_new_ticket() -> None:
    decision = opens(ANNA, "!new\n\n!claim\n\n!cc add otto@example.org", passed_on())
    assert "In copy: otto@example.org" in said(decision)
    assert "Anna is responsible now" in said(decision)


def test_undo_knows_which_ticket_was_opened() -> None:
    (remembered,) = of(opens(ANNA, "!new", passed_on()), RememberWork)
    assert remembered.opened == "1001"


def test_two_tickets_in_one_mail_are_refused() -> None:
    text = "!new a@example.org Eins\n\n!new b@example.org Zwei\n\nHallo"
    assert "one ticket only" in said(opens(ANNA, text))


def test_a_forward_without_the_word_is_told_of_it() -> None:
    for text in ("Schaut mal", ""):
        decision = opens(ANNA, text, passed_on())
        assert "write !new" in said(decision)
        assert of(decision, OpenTicket) == []
