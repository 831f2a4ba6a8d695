"""All rules, made ready once: which of them can hold for a mail at all is looked up, not tried.

A rule whose condition asks for an address, or for words of the subject or the body, has an anchor:
it can only hold where one of its keys or patterns is found. Keys are dictionary look-ups, and all
patterns over one text are found in one pass. So ten thousand rules about authors cost a mail a few
look-ups; only rules without an anchor are tried each time.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from gateway.model.rules import (
    AddressIs,
    All,
    AnyOf,
    Compare,
    Condition,
    MailKind,
    Op,
    Rule,
    Side,
    TextIs,
    Where,
)
from gateway.policy.rules.case import Look
from gateway.policy.rules.texts import Scan, needle_of, scan

Keys = Mapping[str, tuple[int, ...]]

_SCANNED = (Where.SUBJECT, Where.BODY)
_NO_KEYS: Keys = {}


@dataclass(frozen=True, slots=True)
class Index:
    """The rules of one kind of mail. Numbers are places in `Rules.rules`."""

    keys: Mapping[Side, Keys] = field(default_factory=dict)
    plain: Mapping[Where, Scan] = field(default_factory=dict)
    regex: Mapping[Where, Scan] = field(default_factory=dict)
    always: tuple[int, ...] = ()

    def candidates(self, look: Look) -> Sequence[int]:
        """The rules that can hold for the mail, in their order."""
        found = set(self.always)
        for side, keys in self.keys.items():
            for key in look.keys(side):
                found.update(keys.get(key, ()))
        for where in _SCANNED:
            texts = look.texts(where) if where in self.plain or where in self.regex else ()
            for text in texts:
                if where in self.plain:
                    found |= self.plain[where].found(text.plain)
                if where in self.regex:
                    found |= self.regex[where].found(text.text)
        return sorted(found)


@dataclass(frozen=True, slots=True)
class Rules:
    """All rules in their order, and an index for each kind of mail."""

    rules: tuple[Rule, ...] = ()
    index: Mapping[MailKind, Index] = field(default_factory=dict)

    def candidates(self, look: Look) -> Sequence[int]:
        """The rules that can hold for the mail, in their order."""
        index = self.index.get(look.case.kind)
        return index.candidates(look) if index else ()


NO_RULES = Rules()


def compiled(rules: Iterable[Rule]) -> Rules:
    """The rules with their indices."""
    listed = tuple(rules)
    kinds = {kind for rule in listed for kind in rule.kinds}
    return Rules(listed, {kind: _index(listed, kind) for kind in kinds})


_Anchor = tuple["_Key | _Pattern", ...]
"""The rule can only hold where one of these is found."""


@dataclass(frozen=True, slots=True)
class _Key:
    side: Side
    key: str


@dataclass(frozen=True, slots=True)
class _Pattern:
    where: Where
    regex: bool
    pattern: str


def _index(rules: Sequence[Rule], kind: MailKind) -> Index:
    keys: dict[Side, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    patterns: dict[tuple[Where, bool], list[tuple[str, int]]] = defaultdict(list)
    always = []
    for number, rule in enumerate(rules):
        if kind not in rule.kinds:
            continue
        anchor = _anchor(rule.condition)
        if anchor is None:
            always.append(number)
        for one in anchor or ():
            if isinstance(one, _Key):
                keys[one.side][one.key].append(number)
            else:
                patterns[one.where, one.regex].append((one.pattern, number))
    return Index(
        {side: {k: tuple(found) for k, found in table.items()} for side, table in keys.items()},
        {
            where: scan(found, regex=False)
            for (where, regex), found in patterns.items()
            if not regex
        },
        {where: scan(found, regex=True) for (where, regex), found in patterns.items() if regex},
        tuple(always),
    )


def _anchor(condition: Condition) -> _Anchor | None:
    """What must be found for the condition to hold; None when nothing that can be looked up."""
    match condition:
        case AddressIs():
            keys = (*condition.addresses, *condition.below)
            return tuple(_Key(condition.side, key) for key in sorted(keys))
        case TextIs(where=Where.SUBJECT | Where.BODY, test=Compare() as test):
            return tuple(
                _Pattern(condition.where, test.op is Op.REGEX, needle_of(test.op, value))
                for value in test.values
            )
        case All():
            found = [anchor for part in condition.parts if (anchor := _anchor(part)) is not None]
            return min(found, key=_cost, default=None)
        case AnyOf():
            parts = [_anchor(part) for part in condition.parts]
            if not parts or any(part is None for part in parts):
                return None
            return tuple(one for part in parts if part for one in part)
        case _:
            return None


def _cost(anchor: _Anchor) -> tuple[int, int]:
    """Keys before patterns over the subject, those before patterns over the body; the fewest."""
    worst = max((_rank(one) for one in anchor), default=0)
    return worst, len(anchor)


def _rank(one: _Key | _Pattern) -> int:
    if isinstance(one, _Key):
        # Nearly every mail goes to the same few addresses.
        return 0 if one.side in (Side.FROM, Side.ENVELOPE_FROM, Side.CC) else 3
    return 1 if one.where is Where.SUBJECT else 2
