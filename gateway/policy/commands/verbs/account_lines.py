"""The line of `!account`, taken apart: what is to be done, with whom, and the rest."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from difflib import get_close_matches

from gateway.mail.forward_people import author_of
from gateway.model.address import fold
from gateway.model.openpgp import fingerprint
from gateway.model.people import AgentState, Language
from gateway.model.text import Text, say
from gateway.policy.account_commands import (
    AddAgent,
    DropFingerprint,
    PinFingerprint,
    ResetCodes,
    SetDepartments,
    SetRole,
    SetState,
)
from gateway.policy.commands.arguments import no_fingerprint, tokens, too_much, unknown_argument
from gateway.policy.commands.folding import folded
from gateway.policy.commands.lines import copy_of
from gateway.policy.commands.verb import Asked, Built

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


def read_account(asked: Asked) -> Built:
    """The command, or what is wrong with its line."""
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


def _read_key(kind: type[PinFingerprint | DropFingerprint]) -> Callable[[Asked], Built]:
    def read(asked: Asked) -> Built:
        who = _who(asked)
        if isinstance(who, Text):
            return who
        typed = " ".join(who[1])
        if not typed:
            return _missing(asked)
        name = fingerprint(typed)
        if name is None:
            return no_fingerprint(typed)
        return kind(asked.at, (), who[0], name)

    return read


def _read_reset(asked: Asked) -> Built:
    who = _who(asked)
    if isinstance(who, Text):
        return who
    return too_much(asked, who[1]) or ResetCodes(asked.at, (), who[0])


_READERS: Mapping[str, Callable[[Asked], Built]] = {
    "add new create neu anlegen hinzufügen": _read_add,
    "lock sperren sperre": _state(AgentState.LOCKED),
    "unlock entsperren entsperre": _state(AgentState.ACTIVE),
    "remove delete entfernen löschen": _state(AgentState.DELETED),
    "dept depts department departments abteilung abteilungen abt": _read_departments,
    "role rolle": _read_role,
    "otp-reset code-reset code-zurücksetzen otp-zurücksetzen": _read_reset,
    "key-add schlüssel-neu schlüssel": _read_key(PinFingerprint),
    "key-del schlüssel-weg": _read_key(DropFingerprint),
}
_SUBWORDS = {folded(word): reader for words, reader in _READERS.items() for word in words.split()}
_SUGGESTED = [
    word for word in _SUBWORDS if word not in ("remove", "delete", "entfernen", "loeschen")
]
"""Nobody is led to removing an account by a slip of the finger."""
