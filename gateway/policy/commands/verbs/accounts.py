"""Accounts of agents, kept by admins: `!account …`, `!accounts`."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches

from gateway.mail.forward_people import author_of
from gateway.model.address import fold
from gateway.model.answers import AccountLine, AccountList
from gateway.model.command import Command
from gateway.model.people import AgentState, Language
from gateway.model.text import Text, say
from gateway.policy.account_news import news
from gateway.policy.accounts import (
    AccountCommand,
    AddAgent,
    ResetCodes,
    SetDepartments,
    SetRole,
    SetState,
    carry_out,
    department_names,
)
from gateway.policy.acts import Acts
from gateway.policy.commands.arguments import quoted, tokens, too_much, unknown_argument
from gateway.policy.commands.folding import folded
from gateway.policy.commands.lines import copy_of
from gateway.policy.commands.verb import Asked, Built, Goal, Needs, Rank, Sort, Verb, Word, both
from gateway.policy.work import Desk, Work


@dataclass(frozen=True, slots=True)
class ListAccounts(Command):
    """`!accounts`: all of them."""


_STATES = {
    AgentState.LOCKED: "lock",
    AgentState.ACTIVE: "unlock",
    AgentState.DELETED: "remove",
}
_ROLES = {
    "admin": True, "administrator": True, "administratorin": True, "vorstand": True,
    "agent": False, "agentin": False,
}  # fmt: skip
_LANGUAGES = {
    "de": Language.GERMAN, "deutsch": Language.GERMAN, "german": Language.GERMAN,
    "en": Language.ENGLISH, "englisch": Language.ENGLISH, "english": Language.ENGLISH,
}  # fmt: skip
_VALUE = r'(?:"[^"]{1,100}"|[^\s,"]{1,100})'
_DEPARTMENTS = re.compile(
    rf"(?i)(?:^|\s)(?:dept|depts|department|departments|abteilung|abteilungen|abt)\s?=\s?"
    rf"({_VALUE}(?:\s?,\s?{_VALUE})*)"
)
_LANGUAGE = re.compile(r"(?i)(?:^|\s)(?:lang|language|sprache)\s?=\s?(\S{1,30})")
_NAME = re.compile(r'(?i)(?:^|\s)name\s?=\s?("[^"]{1,100}"|\S{1,100})')
_SECOND = frozenset({"otp-reset", "key-add", "key-del"})


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
                    actor=desk.agent)  # fmt: skip
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


# --- reading --------------------------------------------------------------------------------------


def _read(asked: Asked) -> Built:
    words = asked.words
    if not words:
        return _missing(asked)
    found = _SUBWORDS.get(folded(words[0]))
    if found is None:
        near = get_close_matches(folded(words[0])[:30], _SUGGESTED, n=1, cutoff=0.7)
        if near:
            return say(
                "!%(word)s %(typed)s is unknown. Did you mean: !%(word)s %(near)s? All of it:"
                " !help account",
                word=asked.word,
                typed=words[0],
                near=near[0],
            )
        return unknown_argument(asked, words[0])
    text = " ".join(copy_of(asked.text).split())
    rest = text.split(" ", 1)[1] if " " in text else ""
    return found(replace(asked, text=rest, words=words[1:]))


def _missing(asked: Asked) -> Text:
    return say(
        "Something is missing. Write it like this: %(example)s. All of it: !help %(word)s",
        example=asked.example,
        word=asked.word,
    )


def _read_add(asked: Asked) -> Built:
    text = asked.text
    departments, text = _cut(_DEPARTMENTS, text)
    language, text = _cut(_LANGUAGE, text)
    name, text = _cut(_NAME, text)
    words = tokens(text)
    addresses = [word for word in words if "@" in word.lstrip("@")]
    if len(addresses) > 1:
        return unknown_argument(asked, addresses[1])
    if not addresses or author_of(f"<{addresses[0]}>") is None:
        return _missing(asked)
    if language and folded(language) not in _LANGUAGES:
        return unknown_argument(asked, language)
    place = words.index(addresses[0])
    handle = words[0].lstrip("@") if place else addresses[0].partition("@")[0]
    rest = [word for number, word in enumerate(words[1:] if place else words) if
            word != addresses[0]]  # fmt: skip
    admin = [word for word in rest if folded(word) in ("admin", "administrator")]
    full = name.strip('"') or " ".join(word for word in rest if word not in admin)
    return AddAgent(
        asked.at,
        (),
        folded(handle),
        addresses[0],
        full,
        _names(departments),
        bool(admin),
        _LANGUAGES[folded(language)] if language else None,
    )


def _cut(pattern: re.Pattern[str], text: str) -> tuple[str, str]:
    """What the pattern finds, and the text without it."""
    found = pattern.search(text)
    if found is None:
        return "", text
    return found[1], f"{text[: found.start()]} {text[found.end() :]}".strip()


def _names(listed: str) -> tuple[str, ...]:
    found = re.findall(_VALUE, listed)
    return tuple(dict.fromkeys(name.strip('"') for name in found))


def _who(asked: Asked) -> tuple[str, tuple[str, ...]] | Text:
    """The agent (folded) and the words behind."""
    if not asked.words:
        return _missing(asked)
    return fold(asked.words[0].lstrip("@")), asked.words[1:]


def _state(state: AgentState) -> Callable[[Asked], Built]:
    def read(asked: Asked) -> Built:
        who = _who(asked)
        if isinstance(who, Text):
            return who
        return too_much(asked, who[1]) or SetState(asked.at, (), who[0], state)

    return read


def _read_departments(asked: Asked) -> Built:
    who = _who(asked)
    if isinstance(who, Text):
        return who
    exactly: list[str] = []
    more: list[str] = []
    less: list[str] = []
    sign = ""
    for word in (piece for each in who[1] for piece in each.split(",") if piece):
        if word in ("+", "-"):
            sign = word
            continue
        sign, name = (word[0], word[1:]) if word[0] in "+-" else (sign, word)
        {"+": more, "-": less}.get(sign, exactly).append(name)
        sign = ""
    if not (exactly or more or less):
        return _missing(asked)
    if exactly and (more or less):
        return say(
            "Write either what is added and taken, +berlin -freiburg, or all that are to stay:"
            " berlin freiburg"
        )
    return SetDepartments(asked.at, (), who[0], tuple(exactly), tuple(more), tuple(less))


def _read_role(asked: Asked) -> Built:
    who = _who(asked)
    if isinstance(who, Text):
        return who
    if not who[1]:
        return _missing(asked)
    role = folded(who[1][0])
    if role not in _ROLES:
        return unknown_argument(asked, who[1][0])
    return too_much(asked, who[1][1:]) or SetRole(asked.at, (), who[0], _ROLES[role])


def _no_keys(_: Asked) -> Built:
    return say(
        "OpenPGP keys cannot be kept yet, so there is none to add or take. Nothing else is"
        " wrong: send the mail again without this line."
    )


def _read_reset(asked: Asked) -> Built:
    who = _who(asked)
    if isinstance(who, Text):
        return who
    return too_much(asked, who[1]) or ResetCodes(asked.at, (), who[0])


def _read_list(asked: Asked) -> Built:
    return too_much(asked, asked.words) or ListAccounts(asked.at)


_READERS: Mapping[str, Callable[[Asked], Built]] = {
    "add new create neu anlegen hinzufügen": _read_add,
    "lock sperren sperre": _state(AgentState.LOCKED),
    "unlock entsperren entsperre": _state(AgentState.ACTIVE),
    "remove delete entfernen löschen": _state(AgentState.DELETED),
    "dept depts department departments abteilung abteilungen abt": _read_departments,
    "role rolle": _read_role,
    "otp-reset code-reset code-zurücksetzen otp-zurücksetzen": _read_reset,
    "key-add key-del schlüssel-neu schlüssel-weg": _no_keys,
}
_SUBWORDS = {folded(word): reader for words, reader in _READERS.items() for word in words.split()}
_SUGGESTED = [
    word for word in _SUBWORDS if word not in ("remove", "delete", "entfernen", "loeschen")
]
"""Nobody is led to removing an account by a slip of the finger."""


# --- printing -------------------------------------------------------------------------------------


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


def _needs(command: SetState | SetDepartments | SetRole | ResetCodes) -> Needs:
    return Needs(accounts=(command.agent,))


_ACCOUNT = Word(
    ("account",),
    ("konto",),
    _read,
    3,
    say(
        "For admins: add an agent, lock, unlock or remove an account, change departments (+berlin"
        " -freiburg, or all that are to stay) and role, take one-time codes away."
    ),
    both(
        "add cleo cleo@ngo.example [Name] dept=berlin,freiburg [admin] [lang=en]"
        " | lock|unlock|remove cleo | dept cleo +berlin -freiburg | role cleo admin|agent"
        " | otp-reset cleo",
        "neu cleo cleo@ngo.example [Name] abteilung=berlin,freiburg [admin] [sprache=en]"
        " | sperren|entsperren|entfernen cleo | abteilung cleo +berlin -freiburg"
        " | rolle cleo admin|agent | code-reset cleo",
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
