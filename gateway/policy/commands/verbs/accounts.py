"""Accounts of agents, kept by admins: `!account …`, `!accounts`."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from gateway.model.answers import AccountLine, AccountList
from gateway.model.command import Command
from gateway.model.people import AgentState
from gateway.model.text import Text, say
from gateway.policy.account_commands import (
    AccountCommand,
    AddAgent,
    DropFingerprint,
    PinFingerprint,
    ResetCodes,
    SetDepartments,
    SetRole,
    SetState,
)
from gateway.policy.account_news import news
from gateway.policy.accounts import carry_out, department_names
from gateway.policy.acts import Acts
from gateway.policy.commands.arguments import quoted, too_much
from gateway.policy.commands.verb import Asked, Built, Goal, Needs, Rank, Sort, Verb, Word, both
from gateway.policy.commands.verbs.account_lines import read_account
from gateway.policy.work import Desk, Work


@dataclass(frozen=True, slots=True)
class ListAccounts(Command):
    """`!accounts`: all of them."""


_STATES = {
    AgentState.LOCKED: "lock",
    AgentState.ACTIVE: "unlock",
    AgentState.DELETED: "remove",
}


def is_admin(desk: Desk) -> bool:
    """True when the agent was an admin at the moment that counts."""
    register = desk.facts.register
    return register is not None and any(admin.id == desk.agent.id for admin in register.admins)


_ONLY_ADMINS = say("only admins look after accounts. Please ask one of them.")


def _run(command: AccountCommand, work: Work, desk: Desk) -> Work:
    facts = desk.facts
    if facts.register is None or not is_admin(desk):
        return work.noting(command.at, _ONLY_ADMINS, ok=False)
    register = facts.register.after(work.acts.changes)
    if not any(admin.id == desk.agent.id for admin in register.admins):
        return work.noting(command.at, _ONLY_ADMINS, ok=False)
    settled = carry_out(command, register)
    if isinstance(settled, Text):
        return work.noting(command.at, settled, ok=False)
    acts = Acts(settled.changes)
    if settled.event is not None:
        admins = register.after(settled.changes).admins
        told = news(settled.event, settled.agent, facts.organisation, facts.fresh, admins,
                    actor=desk.agent, fingerprint=settled.fingerprint,
                    codes=settled.codes)  # fmt: skip
        acts += Acts(outgoing=told)
    return replace(work, acts=work.acts + acts).noting(command.at, settled.result)


def _list(command: ListAccounts, work: Work, desk: Desk) -> Work:
    if not is_admin(desk):
        return work.noting(command.at, _ONLY_ADMINS, ok=False)
    organisation = desk.facts.organisation
    lines = tuple(
        AccountLine(each.agent, department_names(each.agent.departments, organisation))
        for each in desk.facts.accounts
    )
    result = say("%(count)s accounts", count=len(lines))
    return replace(work, answers=(*work.answers, AccountList(lines))).noting(command.at, result)


def _read_list(asked: Asked) -> Built:
    return too_much(asked, asked.words) or ListAccounts(asked.at)


def _printed_add(command: AddAgent) -> Iterator[str]:
    yield from ("account", "add", command.handle, command.address)
    yield f'name="{command.name}"' if command.name else ""
    yield f"dept={','.join(map(quoted, command.departments))}" if command.departments else ""
    yield "admin" if command.admin else ""
    yield f"lang={command.language}" if command.language else ""


def _printed_state(command: SetState) -> Iterator[str]:
    yield from ("account", _STATES[command.state], command.agent)


def _printed_departments(command: SetDepartments) -> Iterator[str]:
    yield from ("account", "dept", command.agent)
    for sign, names in (("", command.exactly), ("+", command.more), ("-", command.less)):
        yield from (quoted(f"{sign}{name}") for name in names)


def _printed_role(command: SetRole) -> Iterator[str]:
    yield from ("account", "role", command.agent, "admin" if command.admin else "agent")


def _printed_reset(command: ResetCodes) -> Iterator[str]:
    yield from ("account", "otp-reset", command.agent)


def _printed_pin(command: PinFingerprint) -> Iterator[str]:
    yield from ("account", "key-add", command.agent, command.fingerprint)


def _printed_drop(command: DropFingerprint) -> Iterator[str]:
    yield from ("account", "key-del", command.agent, command.fingerprint)


def _key_needs(command: PinFingerprint | DropFingerprint) -> Needs:
    return Needs(accounts=(command.agent,), fingerprints=(command.fingerprint,))


def _needs(command: SetState | SetDepartments | SetRole | ResetCodes) -> Needs:
    return Needs(accounts=(command.agent,))


_ACCOUNT = Word(
    ("account",),
    ("konto",),
    read_account,
    3,
    say(
        "For admins: add an agent, lock, unlock or remove an account, change departments (+berlin"
        " -freiburg, or all that are to stay) and role, take one-time codes away."
    ),
    both(
        "add cleo cleo@ngo.example [Name] dept=berlin,freiburg [admin] [lang=en]"
        " | lock|unlock|remove cleo | dept cleo +berlin -freiburg | role cleo admin|agent"
        " | otp-reset cleo | key-add|key-del cleo FINGERPRINT",
        "neu cleo cleo@ngo.example [Name] abteilung=berlin,freiburg [admin] [sprache=en]"
        " | sperren|entsperren|entfernen cleo | abteilung cleo +berlin -freiburg"
        " | rolle cleo admin|agent | code-reset cleo"
        " | schlüssel-neu|schlüssel-weg cleo FINGERABDRUCK",
    ),
    both("!account add cleo cleo@ngo.example dept=berlin",
         "!konto neu cleo cleo@ngo.example abteilung=berlin"),
    numbers=False,
    one_line=True,
)  # fmt: skip

VERBS = (
    Verb(
        AddAgent,
        Rank.OPEN,
        _run,
        _printed_add,
        (_ACCOUNT,),
        decides=lambda command: Goal(Sort.ACCOUNT, command.address, f"add {command.handle}"),
        needs=lambda command: Needs(accounts=(command.handle, command.address)),
    ),
    Verb(
        SetRole,
        Rank.TARGET,
        _run,
        _printed_role,
        (),
        decides=lambda command: Goal(Sort.ACCOUNT, str(command.admin), f"role {command.agent}"),
        needs=_needs,
    ),
    Verb(ResetCodes, Rank.TICKET, _run, _printed_reset, (), needs=_needs),
    Verb(DropFingerprint, Rank.TARGET, _run, _printed_drop, (), needs=_key_needs),
    Verb(PinFingerprint, Rank.TICKET, _run, _printed_pin, (), needs=_key_needs),
    Verb(SetDepartments, Rank.TICKET, _run, _printed_departments, (), needs=_needs),
    Verb(
        SetState,
        Rank.TICKET,
        _run,
        _printed_state,
        (),
        decides=lambda command: Goal(Sort.ACCOUNT, command.state, f"state {command.agent}"),
        needs=_needs,
    ),
    Verb(
        ListAccounts,
        Rank.ASK,
        _list,
        lambda _: ("accounts",),
        (
            Word(
                ("accounts",),
                ("konten",),
                _read_list,
                3,
                say("For admins: all accounts with state, role, departments and last mail."),
                both(""),
                both("!accounts", "!konten"),
                numbers=False,
            ),
        ),
        needs=lambda _: Needs(all_accounts=True),
    ),
)
