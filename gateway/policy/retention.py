"""Which tickets were closed long enough, and what then happens to them."""

from calendar import monthrange
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, tzinfo

from gateway.model.address import Mailbox
from gateway.model.answers import TicketLine, TicketList
from gateway.model.changes import Change, ChangeStatus
from gateway.model.decision import Decision, Outcome
from gateway.model.list_changes import ListLines
from gateway.model.organisation import Organisation
from gateway.model.outgoing import Proposal
from gateway.model.people import Agent
from gateway.model.retention import Retention, RetentionRule, Retiring, Then
from gateway.model.retention_changes import ProposeTicket
from gateway.model.route import Route
from gateway.model.text import say
from gateway.model.ticket import State, Status, Ticket
from gateway.policy.facts import Fresh
from gateway.policy.routes import AUTO_GENERATED
from gateway.policy.said import event

ASK_AGAIN = timedelta(days=30)
"""A proposal that nobody answered is made again after so long."""


def is_meant(rule: RetentionRule, ticket: Ticket) -> bool:
    """Whether the rule is about this ticket."""
    return (
        (not rule.departments or ticket.department in rule.departments)
        and (not rule.topics or ticket.topic in rule.topics)
        and (rule.rejected is None or rule.rejected == ticket.rejected)
        and (rule.spam is None or rule.spam == (ticket.status == Status.SPAM))
    )


def rule_of(ticket: Ticket, retention: Retention) -> RetentionRule | None:
    """The first rule that is about this ticket."""
    return next((rule for rule in retention.rules if is_meant(rule, ticket)), None)


def closed_until(rule: RetentionRule, now: datetime, zone: tzinfo) -> datetime:
    """Tickets that were closed until then have been closed long enough for the rule."""
    return months_before(now, rule.closed_months, zone)


def retiring(then: Then, organisation: Organisation, now: datetime) -> Retiring:
    """What is looked for to find the tickets with which this is to be done."""
    rules = organisation.retention.rules
    until = tuple(closed_until(rule, now, organisation.zone) for rule in rules)
    return Retiring(then, rules, until)


def is_due(ticket: Ticket, then: Then, organisation: Organisation, now: datetime) -> bool:
    """Whether this is to be done with the ticket now."""
    rule = rule_of(ticket, organisation.retention)
    return (
        rule is not None
        and rule.then is then
        and ticket.state is State.CLOSED
        and ticket.closed_at is not None
        and ticket.closed_at <= closed_until(rule, now, organisation.zone)
        and (ticket.kept is None or not ticket.kept.holds(now))
    )


def months_before(now: datetime, months: int, zone: tzinfo) -> datetime:
    """The same day of the month so many months earlier, or the last one of a shorter month."""
    here = now.astimezone(zone)
    year, month = divmod(here.year * 12 + here.month - 1 - months, 12)
    year = max(year, 1970)
    day = min(here.day, monthrange(year, month + 1)[1])
    return here.replace(year=year, month=month + 1, day=day).astimezone(UTC)


def deleted_by_rule(ticket: Ticket, organisation: Organisation) -> Decision:
    """The ticket is deleted; until it is purged, an admin may bring it back."""
    state = organisation.workflow.state(Status.DELETED)
    what = say("deleted, because it was closed long enough")
    changes = (ChangeStatus(ticket.id, Status.DELETED, state), event(ticket.id, what))
    reason = f"#{ticket.number} was closed long enough"
    return Decision(Outcome.ENTRY, reason, changes, ticket=ticket.id)


def proposed(
    tickets: Sequence[Ticket],
    admins: Sequence[Agent],
    organisation: Organisation,
    fresh: Fresh,
    *,
    more: bool,
) -> Decision:
    """One mail to each admin, whose answer deletes the tickets or keeps them."""
    lines = tuple(
        TicketLine(each, organisation.department(each.department).name, "") for each in tickets
    )
    listing = TicketList(say("Closed long enough"), lines, len(lines))
    ids = tuple(each.id for each in tickets)
    mails = tuple(
        Proposal(
            _route(admin, organisation, fresh),
            listing,
            organisation.retention.purge_days,
            organisation.retention.again_months,
            more,
        )
        for admin in admins
    )
    answerable = tuple(
        ListLines(mail.route.message_id, admin.id, ids)
        for mail, admin in zip(mails, admins, strict=True)
    )
    asked = tuple(ProposeTicket(each) for each in ids)
    changes: tuple[Change, ...] = (*answerable, *asked)
    return Decision(Outcome.ENTRY, f"{len(ids)} tickets proposed for deletion", changes, mails)


def _route(admin: Agent, organisation: Organisation, fresh: Fresh) -> Route:
    token = fresh.token("message-id", "proposal", admin.mailbox.key)
    return Route(
        to=admin.mailbox,
        sender=Mailbox(organisation.command_address, organisation.name),
        message_id=f"{token}@{organisation.domain}",
        language=admin.language,
        reply_to=organisation.command_address,
        auto_submitted=AUTO_GENERATED,
    )
