"""Sample mails about accounts, by the names under which they can be previewed."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from gateway.model.address import Mailbox
from gateway.model.answers import AccountLine, AccountList, TicketLine, TicketList
from gateway.model.openpgp import NOBODY, Fingerprint
from gateway.model.outgoing import (
    AccountEvent,
    AccountNews,
    CodesToScan,
    Outgoing,
    Proposal,
    Released,
)
from gateway.model.people import Agent, AgentId, AgentState
from gateway.model.route import Route
from gateway.model.second_factor import NewCodes
from gateway.model.text import say
from gateway.model.ticket import Ticket

_BY_ITSELF = frozenset(
    {
        AccountEvent.WARNED,
        AccountEvent.NARROWING,
        AccountEvent.NARROWED,
        AccountEvent.EXPIRING,
    }
)
_OF_KEYS = frozenset({AccountEvent.KEY_ADDED, AccountEvent.KEY_REMOVED})
_KEY = Fingerprint("0123456789ABCDEF0123456789ABCDEF01234567")
_CLEO = Mailbox("cleo@example.net", "Cleo Wagner")


def account_mails(
    reader: Agent, route: Route, ticket: Ticket, now: datetime
) -> Mapping[str, Outgoing]:
    """Each event as the agent and as an admin are told, and the tickets that are free again."""
    cleo = replace(reader, id=AgentId(9), handle="cleo", mailbox=_CLEO)
    found: dict[str, Outgoing] = {}
    for event in AccountEvent:
        news = AccountNews(
            route,
            event,
            cleo,
            own=True,
            departments=("Berlin", "Freiburg"),
            actor="" if event in _BY_ITSELF else "Dora",
            inactive=event in _BY_ITSELF,
            until=now + timedelta(days=14),
            fingerprint=_KEY if event in _OF_KEYS else NOBODY,
        )
        found[f"account-{event}"] = news
        found[f"account-{event}-for-admins"] = replace(news, own=False)
    made = NewCodes("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", "otpauth://totp/x?secret=x", b"")
    without_key = AccountNews(route, AccountEvent.CODES_SENT, cleo, own=True, actor="Dora")
    found["new-codes"] = CodesToScan(route, made, without_key)
    lines = (TicketLine(ticket, "Berlin", ""), TicketLine(ticket, "Freiburg", ""))
    listing = TicketList(say("Closed long enough"), lines, len(lines))
    return found | {
        "released": Released(route, "Cleo Wagner", lines),
        "proposal": Proposal(route, listing, purge_days=30, again_months=12, more=True),
    }


def more_account_mails(mails: Mapping[str, Outgoing]) -> tuple[Outgoing, ...]:
    """The same with all that may be missing or otherwise."""
    news = [mail for mail in mails.values() if isinstance(mail, AccountNews)]
    bare = [replace(mail, departments=(), actor="") for mail in news]
    other = [
        replace(
            mail,
            agent=replace(mail.agent, admin=True),
            actor="",
            inactive=not mail.inactive,
        )
        for mail in news
    ]
    return (*bare, *other)


def account_list(reader: Agent, now: datetime) -> AccountList:
    """An answered `!accounts`."""
    admin = replace(reader, admin=True, seen_at=now)
    cleo = replace(reader, handle="cleo", mailbox=_CLEO, state=AgentState.LOCKED)
    return AccountList((AccountLine(admin, ("Berlin",)), AccountLine(cleo, ())))
