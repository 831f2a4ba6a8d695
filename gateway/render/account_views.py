"""Mails about accounts as flat values for their templates."""

from typing import Any

from gateway.model.answers import AccountList
from gateway.model.openpgp import grouped
from gateway.model.organisation import Organisation
from gateway.model.outgoing import AccountNews, CodesToScan
from gateway.model.people import Agent
from gateway.model.route import Action
from gateway.model.text import say
from gateway.render.header import one_line
from gateway.render.wording import Wording

HELP = Action(say("All commands"), "help")
STILL_HERE = Action(say("I am still here"), "list")
ALL_ACCOUNTS = Action(say("All accounts"), "accounts")


def of_news(mail: AccountNews, wording: Wording, organisation: Organisation) -> dict[str, Any]:
    """Values of `account.txt` and `account-news.txt`."""
    rules = organisation.accounts
    return {
        "organisation": organisation.name,
        "event": mail.event.value,
        "name": one_line(mail.agent.name),
        "handle": mail.agent.handle,
        "address": one_line(mail.agent.mailbox.address),
        "role": _role(mail.agent, wording),
        "admin": mail.agent.admin,
        "departments": [one_line(name, 60) for name in mail.departments],
        "actor": one_line(mail.actor),
        "inactive": mail.inactive,
        "until": wording.date(mail.until) if mail.until else "",
        "key": grouped(mail.fingerprint),
        "months": rules.lock_after_months,
        "months_locked": rules.delete_after_months,
    }


def of_codes(mail: CodesToScan, organisation: Organisation) -> dict[str, Any]:
    """Values of `new-codes.txt`; `secret` in groups of four, as it is typed in."""
    secret = mail.codes.secret
    image = next(iter(mail.images), None)
    return {
        "organisation": organisation.name,
        "actor": one_line(mail.otherwise.actor),
        "secret": " ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
        "image": image.content_id if image else "",
    }


def actions_of(mail: AccountNews) -> tuple[Action, ...]:
    """What the reader can do by one tap."""
    if not mail.own:
        return (ALL_ACCOUNTS,)
    match mail.event.value:
        case "added" | "unlocked":
            return (HELP,)
        case "warned" | "narrowing":
            return (STILL_HERE,)
        case _:
            return ()


def of_list(answer: AccountList, wording: Wording) -> dict[str, Any]:
    """Values of `accounts.txt`."""
    never = wording.sentence(say("no mail yet"))
    return {
        "kind": "accounts",
        "lines": [
            {
                "handle": line.agent.handle,
                "address": one_line(line.agent.mailbox.address),
                "name": one_line(line.agent.mailbox.name),
                "state": wording.sentence(_STATES[line.agent.state.value]),
                "role": _role(line.agent, wording),
                "departments": [one_line(name, 60) for name in line.departments],
                "seen": wording.date(line.agent.seen_at) if line.agent.seen_at else never,
            }
            for line in answer.lines
        ],
    }


_STATES = {"active": say("active"), "locked": say("locked"), "deleted": say("removed")}


def _role(agent: Agent, wording: Wording) -> str:
    return wording.sentence(say("admin") if agent.admin else say("agent"))
