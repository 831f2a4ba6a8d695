"""The facts about a message that was decided already, without what it has done itself."""

from dataclasses import replace

from gateway.model.ticket import TicketId
from gateway.policy.facts import Facts


def as_then(facts: Facts, own: TicketId | None) -> Facts:
    """The facts as the message met them; `own` is the ticket that its Message-ID stands for now.

    The signature of a form counts once, and it is this one that it counted for. Automatic mail was
    sent since then: its limits are taken as not reached.
    """
    before = None if facts.form_before == own else facts.form_before
    return replace(facts, form_before=before, automatic_sent=0, rejected_recently=False)
