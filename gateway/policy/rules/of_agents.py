"""Rules for the mail of agents: they mark a ticket and tell people, beside what the mail did."""

from dataclasses import replace

from gateway.model.decision import Decision
from gateway.model.outgoing import Receipt
from gateway.model.rules import MailKind
from gateway.policy.facts import Facts
from gateway.policy.rules.effects import told_as_well
from gateway.policy.rules.further import further
from gateway.policy.said import said_by_message


def with_rules(decision: Decision, facts: Facts) -> Decision:
    """The decision, and what the rules do with the ticket that it is about.

    Only where the agent's mail was carried out: what is held or refused has no effect at all.
    """
    ruling = facts.ruling
    done = any(isinstance(mail, Receipt) and mail.done and not mail.tried
               for mail in decision.outgoing)  # fmt: skip
    about = facts.tickets.get(decision.ticket) if decision.ticket is not None else None
    if ruling.kind is not MailKind.AGENT or not ruling.hits or not done or about is None:
        return decision
    about, acts = further(about, facts, by_stranger=True)
    said = said_by_message(facts, new_text_only=True)
    acts += told_as_well(about, ruling, facts, said, decision.outgoing)
    return replace(
        decision,
        changes=decision.changes + acts.changes,
        outgoing=decision.outgoing + acts.outgoing,
    )
