"""Who must never get an automatic answer, and what a new ticket is made of."""

from dataclasses import replace

import pytest
from policy_facts import FORGED, NOW, PROVED, facts, message, organisation

from gateway.model.address import Mailbox
from gateway.model.changes import OpenTicket
from gateway.model.message import Bounce
from gateway.model.outgoing import Confirmation, Notification
from gateway.model.people import DepartmentId, Language
from gateway.model.ticket import TicketId
from gateway.policy.automatic import why_not_answer
from gateway.policy.bounces import bounce
from gateway.policy.facts import Facts, FormSubmission, SentMail
from gateway.policy.requester import new_ticket

LIMIT = organisation().automatic_per_day


def form_of(address: str) -> FormSubmission:
    return FormSubmission(Mailbox(address, "Maria"), DepartmentId("berlin"), "Hallo", ())


@pytest.mark.parametrize(
    ("found", "why"),
    [
        (facts(), ""),
        (facts(trust=PROVED), ""),
        (facts(trust=FORGED), "forged"),
        (facts(mail_from=None), "null reverse-path"),
        (facts(message(head="Auto-Submitted: auto-replied\n")), "machine"),
        (facts(message(sender="a@example.org, b@example.org")), "no single author"),
        (facts(message(sender="ohne"), mail_from=None), "no address"),
        (facts(message(sender="info@truhe.example")), "address of ours"),
        (facts(message(sender="Mitgliederliste@Truhe.Example")), "address of ours"),
        (facts(automatic_sent=LIMIT - 1), ""),
        (facts(automatic_sent=LIMIT), "enough"),
        (facts(message(head="Auto-Submitted: auto-generated\n"), form=form_of("m@a.example")), ""),
        (facts(form=form_of("info@truhe.example")), "address of ours"),
        (facts(form=form_of("")), "no address"),
        (facts(form=form_of("m@a.example"), automatic_sent=LIMIT), "enough"),
    ],
)
def test_only_a_person_with_an_address_of_their_own_is_answered(found: Facts, why: str) -> None:
    reason = why_not_answer(found)
    assert (why in reason) if why else reason == ""


def test_a_new_ticket_belongs_to_its_author_and_keeps_their_language() -> None:
    mail = message("Hello, do you have a laptop for me?", sender="Max <max@example.org>")
    decision = new_ticket(facts(mail), DepartmentId("allgemein"), "new mail")
    opened = next(c for c in decision.changes if isinstance(c, OpenTicket)).ticket
    assert (opened.requester.name, opened.requester.address) == ("Max", "max@example.org")
    assert opened.language is Language.ENGLISH
    assert opened.created_at == NOW
    confirmation = next(o for o in decision.outgoing if isinstance(o, Confirmation))
    assert confirmation.route.return_path is None
    assert confirmation.route.to.address == "max@example.org"
    assert not [o for o in decision.outgoing if isinstance(o, Notification)]


def test_an_endless_subject_is_cut() -> None:
    mail = message(subject="x" * 5000)
    decision = new_ticket(facts(mail), DepartmentId("allgemein"), "new mail")
    assert len(next(c for c in decision.changes if isinstance(c, OpenTicket)).ticket.subject) <= 500


def test_confirmations_can_be_switched_off() -> None:
    rules = replace(organisation(), confirm_new_tickets=False)
    decision = new_ticket(facts(organisation=rules), DepartmentId("allgemein"), "new mail")
    assert decision.outgoing == ()


def test_the_same_facts_give_the_same_decision() -> None:
    found = facts()
    first = new_ticket(found, DepartmentId("allgemein"), "new mail")
    assert first == new_ticket(found, DepartmentId("allgemein"), "new mail")


# --- delivery reports ---------------------------------------------------------------------------


def reported(sent: SentMail | None, *, action: str = "failed", to: str = "info@truhe.example"):
    mail = message()
    report = Bounce("wer@anders.example", "5.1.1", action, "x@y", "550 no such user")
    automatic = replace(mail.automatic, is_bounce=True, bounces=(report,))
    return facts(replace(mail, automatic=automatic), to, bounced=sent)


def test_a_report_about_no_mail_of_ours_changes_nothing() -> None:
    decision = bounce(reported(None))
    assert (decision.changes, decision.outgoing) == ((), ())


@pytest.mark.parametrize(
    ("action", "fails"),
    [
        ("failed", True),
        ("", True),
        ("unheard-of", True),
        ("delayed", False),
        ("delivered", False),
        ("relayed", False),
        ("expanded", False),
    ],
)
def test_only_a_failure_marks_the_mail(action: str, fails: bool) -> None:
    sent = SentMail("1@truhe.example", "maria@example.org", "response", None)
    decision = bounce(reported(sent, action=action))
    assert bool(decision.changes) is fails
    assert decision.outgoing == ()


def test_a_ticket_that_is_gone_is_no_error() -> None:
    sent = SentMail("1@truhe.example", "maria@example.org", "response", TicketId(9))
    assert bounce(reported(sent)).outgoing == ()


def test_a_report_from_outside_about_a_relayed_mail_is_passed_to_nobody() -> None:
    sent = SentMail("1@mail.example", "mitgliederliste@truhe.example", "relay", None)
    assert bounce(reported(sent)).outgoing == ()
