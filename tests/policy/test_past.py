"""What a message has done itself does not stand in the way of asking again what it would do."""

from policy_facts import facts

from gateway.model.ticket import TicketId
from gateway.policy.past import as_then


def test_the_signature_of_a_form_counted_for_this_very_message() -> None:
    known = facts(form_before=TicketId(7))
    assert as_then(known, TicketId(7)).form_before is None


def test_a_form_that_was_sent_again_stays_one() -> None:
    known = facts(form_before=TicketId(7))
    assert as_then(known, None).form_before == TicketId(7)
    assert as_then(known, TicketId(8)).form_before == TicketId(7)


def test_limits_of_automatic_mail_are_not_reached() -> None:
    known = as_then(facts(automatic_sent=99, rejected_recently=True), None)
    assert (known.automatic_sent, known.rejected_recently) == (0, False)
