"""`!account` and `!accounts`: how they are read."""

import pytest

from gateway.model.command import At
from gateway.model.openpgp import Fingerprint
from gateway.model.people import AgentState, Language
from gateway.policy.account_commands import (
    AddAgent,
    DropFingerprint,
    PinFingerprint,
    ResetCodes,
    SetDepartments,
    SetRole,
    SetState,
)
from gateway.policy.commands.plan import conflicts, printed
from gateway.policy.commands.read import read
from gateway.policy.commands.verbs.accounts import ListAccounts

_AT = At(1, "")
CLEO = ("cleo", "cleo@ngo.example")
KEY = Fingerprint("0123456789ABCDEF0123456789ABCDEF01234567")
GROUPS = "0123 4567 89AB CDEF 0123  4567 89AB CDEF 0123 4567"


def _add(name="", departments=(), *, admin=False, language=None):
    return AddAgent(_AT, (), *CLEO, name, departments, admin, language)


CASES = {
    "!account add cleo cleo@ngo.example dept=berlin": _add("", ("berlin",)),
    "!account add @Cleo cleo@ngo.example Cleo Wagner dept=berlin,freiburg": _add(
        "Cleo Wagner", ("berlin", "freiburg")
    ),
    "!konto neu cleo cleo@ngo.example abteilung=berlin, freiburg sprache=en": _add(
        "", ("berlin", "freiburg"), language=Language.ENGLISH
    ),
    "!konto anlegen cleo <cleo@ngo.example> Cleo admin lang=deutsch": _add(
        "Cleo", admin=True, language=Language.GERMAN
    ),
    '!account add cleo cleo@ngo.example<mailto:cleo@ngo.example> dept="Nord Ost",berlin': _add(
        "", ("Nord Ost", "berlin")
    ),
    "!account add cleo@ngo.example dept=berlin": _add("", ("berlin",)),
    '!account add cleo cleo@ngo.example name="Cleo Admin" dept=berlin': _add(
        "Cleo Admin", ("berlin",)
    ),
    "!account lock Cleo": SetState(_AT, (), "cleo", AgentState.LOCKED),
    "!konto sperren @cleo": SetState(_AT, (), "cleo", AgentState.LOCKED),
    "!konto entsperren cleo@ngo.example": SetState(_AT, (), CLEO[1], AgentState.ACTIVE),
    "!account remove cleo": SetState(_AT, (), "cleo", AgentState.DELETED),
    "!KONTO Löschen cleo": SetState(_AT, (), "cleo", AgentState.DELETED),
    "!account dept cleo +berlin -freiburg": SetDepartments(
        _AT, (), "cleo", (), ("berlin",), ("freiburg",)
    ),
    "!konto abteilung cleo + berlin – freiburg": SetDepartments(
        _AT, (), "cleo", (), ("berlin",), ("freiburg",)
    ),
    "!account dept cleo berlin, freiburg": SetDepartments(_AT, (), "cleo", ("berlin", "freiburg")),
    '!account dept cleo "+Nord Ost"': SetDepartments(_AT, (), "cleo", (), ("Nord Ost",)),
    "!account otp-reset cleo": ResetCodes(_AT, (), "cleo"),
    "!konto code-zurücksetzen @cleo": ResetCodes(_AT, (), "cleo"),
    "!account role cleo admin": SetRole(_AT, (), "cleo", admin=True),
    "!konto rolle cleo Agentin": SetRole(_AT, (), "cleo", admin=False),
    f"!account key-add cleo {KEY}": PinFingerprint(_AT, (), "cleo", KEY),
    f"!konto schlüssel-neu @Cleo {GROUPS.lower()}": PinFingerprint(_AT, (), "cleo", KEY),
    f"!account key-add cleo 0x{KEY}": PinFingerprint(_AT, (), "cleo", KEY),
    f"!account key-del cleo {GROUPS}": DropFingerprint(_AT, (), "cleo", KEY),
    f"!konto schlüssel-weg cleo {KEY}": DropFingerprint(_AT, (), "cleo", KEY),
    "!accounts": ListAccounts(_AT),
    "!Konten": ListAccounts(_AT),
}


@pytest.mark.parametrize("line", CASES)
def test_a_line_is_read_as_it_is_meant_and_printed_so_that_it_is_read_again(line):
    (command,) = read(line).commands
    assert _without_place(command) == _without_place(CASES[line])
    (again,) = read(printed(command)).commands
    assert _without_place(again) == _without_place(command)


def _without_place(command):
    return type(command), [getattr(command, n) for n in command.__slots__]


WRONG = {
    "!account": "Something is missing. Write it like this: !account add cleo",
    "!account add cleo": "Something is missing",
    "!account add cleo not-an-address": "Something is missing",
    "!account add cleo a@ngo.example b@ngo.example": "does not understand “b@ngo.example”",
    "!account add cleo cleo@ngo.example lang=fr": "does not understand “fr”",
    "!account lokc cleo": "Did you mean: !account lock?",
    "!konto spren cleo": "Did you mean: !konto sperren?",
    "!account remov cleo": "does not understand “remov”",
    "!account frobnicate cleo": "does not understand “frobnicate”",
    "!account lock": "Something is missing",
    "!account lock cleo ben": "does not understand “ben”",
    "!account role cleo boss": "does not understand “boss”",
    "!account dept cleo": "Something is missing",
    "!account dept cleo berlin +freiburg": "Write either",
    "!account key-add cleo": "Something is missing",
    "!account key-add cleo 0xDEADBEEF": "is no fingerprint of a key",
    "!account key-add cleo 0123456789ABCDEF": "is no fingerprint of a key",
    "!account key-del cleo --output=/etc/passwd": "is no fingerprint of a key",
    "!accounts all": "does not understand “all”",
}


@pytest.mark.parametrize("line", WRONG)
def test_what_is_not_understood_is_answered_by_a_sentence(line):
    mail = read(line)
    assert not mail.commands
    assert WRONG[line] in str(mail.problems[0].what)


def test_two_decisions_about_one_account_contradict():
    mail = read("!account lock cleo\n\n!account unlock cleo")
    assert len(conflicts(mail.commands)) == 1
    assert not conflicts(read("!account lock cleo\n\n!account lock ben").commands)
