"""The questions that are asked of every message, in their order.

Each question is a function from facts to a Decision, or None when it does not apply. The first
answer stands; copies for relay addresses are passed on in any case.
"""

from dataclasses import replace
from typing import assert_never

from gateway.model.account_changes import SeeAgent
from gateway.model.address import fold
from gateway.model.changes import Refer
from gateway.model.decision import Decision, Outcome
from gateway.model.organisation import Address, AddressKind
from gateway.model.outgoing import Relay
from gateway.model.people import DepartmentId
from gateway.model.ticket import EntryKind, PartyRole
from gateway.policy import direct
from gateway.policy.absence import by_notice, noticed
from gateway.policy.access import may_see
from gateway.policy.acts import Acts
from gateway.policy.agents import agent_mail
from gateway.policy.bounces import bounce
from gateway.policy.commands.verbs.opening import NewTicket
from gateway.policy.entries import place_of_entry
from gateway.policy.facts import Facts, Recipient
from gateway.policy.form.opening import form_ticket, sent_again
from gateway.policy.keyring import kept
from gateway.policy.proof import with_effects
from gateway.policy.referrals import refer
from gateway.policy.rejecting import added_silently, filed_silently, place_of, rejected
from gateway.policy.requester import (
    Particulars,
    continued,
    continues,
    message_to_ticket,
    new_ticket,
)
from gateway.policy.rules.of_agents import with_rules
from gateway.policy.rules.run import filled
from gateway.policy.said import entry, said_by_message
from gateway.policy.secrecy import as_it_came, kept_secret
from gateway.policy.unverified import unverified_agent, without_thread_token

MOST_HOPS = 50
"""Received fields of a mail that a rule still passes on."""


def decide(facts: Facts) -> Decision:
    """What is to be done about the message. Always an answer, never an exception for any mail."""
    came, facts = facts, as_it_came(facts)
    decision = (
        _had_its_effect_already(facts)
        or sent_again(facts)
        or _is_quarantined_by_a_rule(facts)
        or _is_only_to_be_relayed(facts)
        or _is_our_own_mail(facts)
        or _is_a_delivery_report(facts)
        or _is_a_machine_of_an_agent(facts)
        or _is_an_agent_at_work(facts)
        or _belongs_to_a_ticket(facts)
        or _is_new(facts)
    )
    return replace(
        decision,
        changes=(
            *decision.changes,
            *kept_secret(came, decision.changes),
            *_seen(facts),
            *kept(facts, decision),
        ),
        outgoing=decision.outgoing + _relays(facts),
    )


def _seen(facts: Facts) -> tuple[SeeAgent, ...]:
    """A proved mail of an agent's own shows that the account is used; kept once a day."""
    agent = facts.author_agent
    if agent is None or not facts.trust.proved or facts.duplicate is not None:
        return ()
    if facts.message.automatic.is_auto_generated or facts.own_mail:
        return ()
    zone = facts.organisation.zone
    last = agent.seen_at.astimezone(zone).date() if agent.seen_at is not None else None
    return (SeeAgent(agent.id),) if last != facts.now.astimezone(zone).date() else ()


def _had_its_effect_already(facts: Facts) -> Decision | None:
    """The same mail, delivered again or by another way, has effect once.

    A copy for a further address of ours gives that department a referral, and its members are
    told, as if all had come in one envelope. Only where the first copy was rejected, a copy for an
    address that takes it is decided anew.
    """
    earlier = facts.duplicate
    if earlier is None:
        return None
    about = facts.tickets.get(earlier.ticket) if earlier.ticket is not None else None
    further = [
        r.address for r in _ticket_recipients(facts) if r.address.address not in earlier.rcpt_to
    ]
    if about is not None and about.ticket.rejected and _accepting(facts, further) is not None:
        return None
    reason = f"same mail as {earlier.queue_id}"
    if about is None:
        return Decision(Outcome.DUPLICATE, reason, ticket=earlier.ticket)
    if about.ticket.rejected:
        places = {place_of(facts, address) for address in further} - {about.ticket.department}
        found = tuple(Refer(about.ticket.id, department=place) for place in sorted(places))
        return Decision(Outcome.DUPLICATE, reason, found, ticket=earlier.ticket)
    departments = {address.department for address in further if address.department}
    acts = refer(facts, about, departments, said_by_message(facts, new_text_only=False))
    return Decision(Outcome.DUPLICATE, reason, acts.changes, acts.outgoing, earlier.ticket)


def _is_quarantined_by_a_rule(facts: Facts) -> Decision | None:
    """It is kept for the operator, and has no effect until they let it through."""
    said = facts.ruling.quarantine
    if said is None:
        return None
    why = filled(said.text, {}).strip("-")
    reason = f"quarantined by the rule “{said.rule}”" + (f": {why}" if why else "")
    return Decision(Outcome.QUARANTINED, reason)


def _is_only_to_be_relayed(facts: Facts) -> Decision | None:
    if _ticket_recipients(facts):
        return None
    return Decision(Outcome.RELAYED, "only for relay addresses")


def _is_our_own_mail(facts: Facts) -> Decision | None:
    """Our own mail came back (a forward, a list): taking it in would start a loop."""
    if not facts.own_mail:
        return None
    return Decision(Outcome.REJECTED, "a mail of our own that came back")


def _is_a_delivery_report(facts: Facts) -> Decision | None:
    """What somebody writes into the form may look like one."""
    is_report = facts.message.automatic.is_delivery_report and facts.form is None
    return bounce(facts) if is_report else None


def _is_a_machine_of_an_agent(facts: Facts) -> Decision | None:
    """An agent's absence notice is noted, and never passed on to a requester."""
    about = facts.tickets.get(facts.match.ticket) if facts.match else None
    is_to_an_agent = facts.match and facts.match.party and facts.match.party.role is PartyRole.AGENT
    is_machine = facts.message.automatic.is_auto_generated
    if about is None or not is_machine or not (is_to_an_agent or facts.author_agent):
        return None
    said = said_by_message(facts, new_text_only=True)
    acts = Acts((entry(about.ticket.id, EntryKind.NOTE, said),))
    reason = f"automatic mail of an agent's mailbox, noted in #{about.ticket.number}"
    absent = noticed(facts)
    if absent is not None:
        acts += by_notice(facts, absent)
        reason = f"{reason}; {absent.handle} is away"
    return Decision(Outcome.ENTRY, reason, acts.changes, acts.outgoing, about.ticket.id)


def _is_an_agent_at_work(facts: Facts) -> Decision | None:
    """A mail by an agent's address, where agents speak: in a thread as an agent, or a command."""
    agent = facts.author_agent
    if agent is None or facts.message.automatic.is_auto_generated:
        return None
    if _opens_a_ticket(facts):
        facts = replace(facts, match=None)
    party = facts.match.party if facts.match else None
    if party is not None and party.role is not PartyRole.AGENT:
        return None  # the agent is the requester of this ticket and answers as such
    in_thread = facts.match is not None and _works_on_it(facts)
    mail = facts.command_mail
    has_commands = mail is not None and bool(mail.commands or mail.problems or mail.codes)
    is_command = _best(facts, AddressKind.COMMAND) is not None or has_commands
    if not in_thread and (facts.match is not None or not is_command):
        return None
    if mail is None:
        return unverified_agent(facts, agent)
    if in_thread and (party is None or fold(party.address) != agent.mailbox.key):
        return with_effects(facts, agent, without_thread_token(facts, agent, mail))
    return with_rules(agent_mail(facts, agent, mail), facts)


def _opens_a_ticket(facts: Facts) -> bool:
    """True for `!new` in a mail that only names a known one, as forwards name what they pass on."""
    mail = facts.command_mail
    is_answer = facts.match is not None and facts.match.party is not None
    return (
        not is_answer
        and mail is not None
        and any(isinstance(command, NewTicket) for command in mail.commands)
    )


def _works_on_it(facts: Facts) -> bool:
    """True when the agent of the From field may see the matched ticket, or was written to in it."""
    if facts.match is None or facts.author_agent is None:
        return False
    answered = facts.match.party
    if answered is not None and fold(answered.address) == facts.author_agent.mailbox.key:
        return True  # also where the ticket was merged into one that they do not see
    about = facts.tickets[facts.match.ticket]
    party = about.parties.get(facts.author_agent.mailbox.key)
    if party is not None:
        return party.role is PartyRole.AGENT
    return may_see(facts.author_agent, about, facts.organisation)


def _belongs_to_a_ticket(facts: Facts) -> Decision | None:
    about = facts.tickets.get(facts.match.ticket) if facts.match else None
    if about is None:
        return None
    if block := direct.blocked(facts):
        return added_silently(facts, about, block)
    if facts.fresh.ticket_number and continues(
        about.ticket, facts.organisation.workflow, facts.now
    ):
        return continued(facts, about)
    return message_to_ticket(facts, about)


def _is_new(facts: Facts) -> Decision:
    """New mail: public before members before form before internal."""
    addresses = [recipient.address for recipient in _ticket_recipients(facts)]
    accepted = _accepting(facts, addresses)
    if accepted is None and (block := direct.blocked(facts)):
        return filed_silently(facts, addresses, block)
    accepted = accepted or _accepted_by_a_rule(facts, addresses)
    if accepted is None or facts.ruling.reject is not None:
        return rejected(facts, addresses)
    if accepted.kind is AddressKind.FORM and facts.form is not None:
        return form_ticket(facts, facts.form)
    department = accepted.department or facts.organisation.postmaster
    allow = direct.allowed(facts, accepted)
    decision = new_ticket(
        facts,
        department,
        _why_accepted(facts, accepted),
        referred=_other_departments(facts, addresses, accepted) - {department},
        known=Particulars(remark=direct.let_in_by_key(facts, allow)),
    )
    return replace(decision, changes=(*decision.changes, *direct.used_up(facts, allow)))


def _accepting(facts: Facts, addresses: list[Address]) -> Address | None:
    """The address that lets this new mail in, the strongest kind first; None when none does."""
    if direct.blocked(facts) is not None:
        return None
    for kind in _STRENGTH:
        for address in addresses:
            if address.kind is kind and _lets_in(facts, address):
                return address
    return None


def _accepted_by_a_rule(facts: Facts, addresses: list[Address]) -> Address | None:
    """The address that a rule opens to this mail; never to one whose author is forged."""
    if not facts.ruling.accept or facts.trust.forged:
        return None
    kinds = (AddressKind.MEMBERS, AddressKind.INTERNAL)
    return next((each for each in addresses if each.kind in kinds), None)


_STRENGTH = (AddressKind.PUBLIC, AddressKind.MEMBERS, AddressKind.FORM, AddressKind.INTERNAL)


def _lets_in(facts: Facts, address: Address) -> bool:
    match address.kind:
        case AddressKind.PUBLIC:
            return True
        case AddressKind.MEMBERS if direct.is_member_of_organisation(facts):
            return True
        case AddressKind.MEMBERS | AddressKind.INTERNAL:
            return direct.allowed(facts, address) is not None
        case AddressKind.FORM:
            return facts.form is not None
        case AddressKind.COMMAND | AddressKind.RELAY:
            return False
        case _:
            assert_never(address.kind)


def _why_accepted(facts: Facts, address: Address) -> str:
    if not _lets_in(facts, address):
        return f"let in at {address.address} by the rule “{facts.ruling.accept}”"
    allow = direct.allowed(facts, address)
    if allow is not None and allow.fingerprint:
        place = place_of_entry(allow)
        return f"signed with a key that may write to {address.address} by {place}"
    if allow is not None:
        return f"an author who may write to {address.address} by {place_of_entry(allow)}"
    return f"new mail to {address.kind} address {address.address}"


def _other_departments(
    facts: Facts, addresses: list[Address], accepted: Address
) -> frozenset[DepartmentId]:
    """The departments that were addressed too. What public mail reaches, all who are named see.

    Who was let in at one internal address has not been at the next: its agents are not told, and
    find the mail among what is rejected.
    """
    found = set()
    for address in addresses:
        if address.department is None:
            continue
        by_rule = bool(facts.ruling.accept) and not facts.trust.forged
        is_open = accepted.kind is not AddressKind.INTERNAL or by_rule or _lets_in(facts, address)
        found.add(address.department if is_open else place_of(facts, address))
    return frozenset(found)


def _ticket_recipients(facts: Facts) -> list[Recipient]:
    return [r for r in facts.recipients if r.address.kind is not AddressKind.RELAY]


def _best(facts: Facts, kind: AddressKind) -> Address | None:
    return next((r.address for r in facts.recipients if r.address.kind is kind), None)


def _relays(facts: Facts) -> tuple[Relay, ...]:
    """Copies for relay addresses, unchanged but for a Received field (RFC 5321 section 4.4)."""
    earlier = facts.duplicate.rcpt_to if facts.duplicate else frozenset()
    peer = facts.peer
    trace = (
        f"Received: from {peer.helo or 'localhost'} ([{peer.ip}])"
        f" by {facts.organisation.domain} with {peer.protocol} id {facts.queue_id};"
    )
    wanted = {
        recipient.address.address: recipient.address.next_hop
        for recipient in facts.recipients
        if recipient.address.kind is AddressKind.RELAY and recipient.address.address not in earlier
    }
    for address in _relayed_by_rules(facts):
        wanted.setdefault(address, "")
    message_id, mail_from = facts.message.message_id, facts.envelope.mail_from
    return tuple(
        Relay(message_id, mail_from, address, next_hop, trace)
        for address, next_hop in wanted.items()
    )


def _relayed_by_rules(facts: Facts) -> tuple[str, ...]:
    """Addresses that admins wrote into rules; nothing of forged, blocked or quarantined mail.

    A mail that has passed here so often goes round in a circle (RFC 5321 section 6.3).
    """
    hops = len(facts.message.header_values("Received"))
    stopped = facts.trust.forged or facts.own_mail or facts.ruling.quarantine is not None
    if not facts.ruling.relay or stopped or hops > MOST_HOPS or direct.blocked(facts) is not None:
        return ()
    return facts.ruling.relay
