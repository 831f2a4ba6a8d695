"""What was typed behind `!list` and `!search` to a `Query`, or to the sentence of its problem."""

import re
from dataclasses import dataclass, field, replace

from gateway.model.query import Asked, Bare, FreeText, Key, Named, Query, SortBy, Term
from gateway.model.text import Text, say
from gateway.policy.commands.folding import folded
from gateway.policy.query import words
from gateway.policy.query.times import UNITS, hours, is_day, printed_hours
from gateway.policy.query.tokens import Token, tokens

MOST_TERMS = 30
"""Conditions of one query."""
MOST_PAGES = 100
"""Pages of one list."""

_SAVED = re.compile(r'(?:^|\s)(?:als|as)\s+(?:"([^"]+)"|([^\s":]+))\s*$', re.IGNORECASE)
_AGES = (Key.OLDER, Key.NEWER)
_SPACED_DEPARTMENT = frozenset({"dept", "department", "abteilung"})
_SPACED_DAY = frozenset({"since", "seit", "until", "bis"})
_COUNTED = frozenset({*words.AGE, *(w for w, key in words.KEYS.items() if key in _AGES)})
_SPACED_AGE = frozenset(word for word, key in words.KEYS.items() if key in (Key.OLDER, Key.NEWER))


def read(text: str, *, lists: bool) -> Query | Text:
    """The query. With `lists` its bare words name something, else they are looked for in texts."""
    reading = _Reading(tokens(text), lists=lists)
    while reading.rest:
        problem = reading.next()
        if problem is not None:
            return problem
    if sum(map(len, reading.groups)) > MOST_TERMS:
        return say("More than %(limit)s conditions in one query.", limit=MOST_TERMS)
    groups = tuple(map(tuple, reading.groups))
    return Query(groups, reading.sort, reading.page, reading.csv)


def saved_as(text: str) -> tuple[str, str]:
    """The query and the name behind `as` at its end; the name is empty when there is none."""
    line = " ".join(copy.strip() for copy in text.translate(_QUOTES).splitlines())
    found = _SAVED.search(line)
    if found is None:
        return text, ""
    before = line[: found.start()].split()
    if before and folded(before[-1]) in _SPACED_AGE and hours(found[1] or found[2]) is not None:
        return text, ""  # older than seven days
    return line[: found.start()], " ".join((found[1] or found[2]).split())


_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»″", '"'))


@dataclass
class _Reading:
    """Where reading stands."""

    rest: list[Token]
    lists: bool
    groups: list[list[Term]] = field(default_factory=list)
    sort: SortBy = SortBy.DEFAULT
    page: int = 1
    csv: bool = False
    negated: bool = False
    joined: bool = False

    def next(self) -> Text | None:
        """Read the next piece; the sentence of its problem."""
        token = self.rest.pop(0)
        plain = "" if token.negated else token.plain
        if plain in words.NOT and self.rest:
            self.negated = True
        elif plain in words.OR and self.groups and self.rest:
            self.joined = True
        elif plain in words.CSV:
            self.csv = True
        elif plain in words.PAGE and self._following().isdecimal():
            return self._paged(self.rest.pop(0).value)
        elif plain in words.SORT and self._following() in words.SORTS:
            self.sort = words.SORTS[self.rest.pop(0).plain]
        else:
            return self._term(token)
        return None

    def _following(self) -> str:
        """The folded next word; empty when it has a key or is quoted."""
        return self.rest[0].plain if self.rest else ""

    def _paged(self, number: str) -> Text | None:
        page = int(number) if number.isdecimal() and len(number) < 6 else 0
        if not 1 <= page <= MOST_PAGES:
            return say("The pages are numbered from 1 to %(limit)s.", limit=MOST_PAGES)
        self.page = page
        return None

    def _term(self, token: Token) -> Text | None:
        if token.key:
            plain = folded(token.key)
            if plain in words.PAGE:
                return self._paged(token.value)
            if plain in words.SORT:
                return self._sorted(token.value)
        asked = self._asked(token)
        if isinstance(asked, Text):
            return asked
        self._add(asked, negated=token.negated)
        return None

    def _sorted(self, value: str) -> Text | None:
        found = words.SORTS.get(folded(value))
        if found is None:
            return say("Lists are sorted by age or by new: sort:age, sort:new.")
        self.sort = found
        return None

    def _add(self, asked: Asked, *, negated: bool) -> None:
        term = Term(asked, negated != self.negated)
        if self.joined and self.groups:
            self.groups[-1].append(term)
        else:
            self.groups.append([term])
        self.negated = self.joined = False

    def _asked(self, token: Token) -> Asked | Text:
        if token.key:
            is_count = token.value.isdecimal() and folded(token.key) in _COUNTED
            unit = self.rest.pop(0).value if is_count and self._following() in UNITS else ""
            return _named(replace(token, value=token.value + unit))
        spaced = self._spaced(token.plain)
        if spaced is not None:
            return spaced
        if self.negated and token.plain in words.ATTACHMENT:
            return Named(Key.HAS, "attachment")
        if self.lists:
            return _bare(token)
        if token.plain in words.TEXT_LISTS:
            return Named(Key.IS, "late")
        return FreeText(token.value, exact=token.quoted)

    def _spaced(self, word: str) -> Asked | Text | None:
        """A key and its value with a blank between: `dept berlin`, `an @ben`, `seit 1.3.`."""
        following = self._following()
        if word in _SPACED_AGE:
            return self._age(word)
        if not self.rest and self.lists and word in _SPACED_DEPARTMENT:
            return _value(words.KEYS[word], "")
        if not self.rest or self.rest[0].key:
            return None
        value = self.rest[0].value
        fits = (
            (word in _SPACED_DEPARTMENT)
            or (word in _SPACED_DAY and is_day(value))
            or (words.KEYS.get(word) is Key.AGENT and _is_person(value, following))
        )
        return _value(words.KEYS[word], self.rest.pop(0).value) if fits else None

    def _age(self, word: str) -> Asked | Text | None:
        """`älter als 7 Tage`."""
        than = 1 if self._following() in words.THAN else 0
        pieces = [token.plain for token in self.rest[than : than + 2]]
        if not pieces or hours(pieces[0]) is None:
            return None
        count = 2 if pieces[0].isdecimal() and pieces[-1] in UNITS else 1
        del self.rest[: than + count]
        return _value(words.KEYS[word], "".join(pieces[:count]))


def _is_person(value: str, plain: str) -> bool:
    return value.startswith("@") or plain in words.ME or plain in words.NOBODY


def _bare(token: Token) -> Asked:
    if token.value.startswith("@") and len(token.value) > 1:
        return Named(Key.AGENT, token.value)
    return Bare(token.value)


def _named(token: Token) -> Asked | Text:
    plain = folded(token.key)
    if plain in words.AGE:
        return _value(Key.NEWER if token.sign == "<" else Key.OLDER, token.value)
    key = words.KEYS.get(plain)
    if key is None:
        return Named(plain, "" if token.value == "*" else token.value)
    return _value(key, token.value)


def _value(key: Key, value: str) -> Asked | Text:
    """The condition, its value checked as far as it can be without the organisation."""
    if not value.strip():
        return say("Something is missing behind “%(key)s:”.", key=key.value)
    if key is Key.TEXT:
        return FreeText(value)
    if key in (Key.OLDER, Key.NEWER):
        return _hours(key, value)
    if key in (Key.SINCE, Key.UNTIL) and not is_day(value):
        return say("“%(value)s” is no day. Write 1.3., 1.3.2026 or 2026-03-01.", value=value[:30])
    if key is Key.HAS:
        named = folded(value)
        is_file = named in words.ATTACHMENT
        return Named(Key.HAS, "attachment") if is_file else Named(named, "")
    if key is Key.IS:
        found = words.LISTS.get(folded(value))
        return _no_list(value) if found is None else Named(Key.IS, found)
    return Named(key, value)


def _hours(key: Key, value: str) -> Asked | Text:
    found = hours(value)
    if found is None:
        return say("“%(value)s” is no age. Write 12h, 7d, 2w or 3 months.", value=value[:30])
    return Named(key, printed_hours(found))


def _no_list(value: str) -> Text:
    return say(
        "Nothing is “%(value)s”. Known are: open, mine, free, waiting, late, closed, all.",
        value=value[:30],
    )
