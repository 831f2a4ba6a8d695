"""The single values of routing.yaml: each comes back checked, or with what would be right."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from gateway.model.address import fold
from gateway.model.authors import ascii_domain
from gateway.model.text import Text, say
from gateway.policy import names
from gateway.policy.rules.texts import problem_of
from gateway.rulebook.words import domain, line, mail_address, mistake, right_pattern

OPERATORS = ("equals", "contains", "starts", "ends", "glob", "word", "regex", "between")

_SIZE = re.compile(r"(\d{1,9})(?:[.,](\d))?\s*(|B|Bytes?|kB|KB|k|MB|M)", re.IGNORECASE)
_UNITS = {"": 1, "b": 1, "k": 1_000, "m": 1_000_000}
_WEEKDAYS = ("mo", "di", "mi", "do", "fr", "sa", "so")
_ENGLISH = ("mo", "tu", "we", "th", "fr", "sa", "su")
_ASCII_ONLY = re.compile(r"\\[bBwW]")


def several(value: object) -> object:
    """One value or a list of them, as a list; numbers are texts."""
    listed = value if isinstance(value, tuple) else (value,)
    return tuple(
        str(each) if isinstance(each, int) and not isinstance(each, bool) else each
        for each in listed
    )


def addresses(value: object) -> object:
    """An address or a list of addresses alone is a test by address."""
    return value if isinstance(value, dict) else {"is": value}


def comparison(value: object) -> object:
    """A text alone does not say how it is to be compared."""
    if isinstance(value, str | int | tuple):
        shown = ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
        quoted = f"[{shown}]" if isinstance(value, tuple) else f'"{shown}"'
        raise mistake(
            say("it is not said how the text is to be compared with %(value)s", value=quoted),
            say("write for example %(line)s", line="{" + f"contains: {quoted}" + "}"),
        )
    return value


def author(value: str) -> str:
    """`a@b`, `@domain` or `@*.domain`, folded."""
    text = fold(value.strip())
    if text.startswith("*@"):
        raise mistake(
            say('"%(value)s" is no e-mail address', value=value),
            say("for all addresses of a domain write %(value)s", value=f'"{text[1:]}"'),
        )
    if text.startswith("@*."):
        return "@*." + ascii_domain(fold(domain(text.removeprefix("@*."))))
    if text.startswith("@"):
        return "@" + ascii_domain(fold(domain(text.removeprefix("@"))))
    if "@" not in text and "." in text:
        raise mistake(
            say('"%(value)s" is no e-mail address', value=value),
            say("write a whole address, or %(domain)s for all addresses of a domain",
                domain=f'"@{text}"'),
        )  # fmt: skip
    if "@" not in text:
        raise mistake(
            say('"%(value)s" is no e-mail address', value=value),
            say("write a whole address (%(address)s), or for the name beside it %(value)s",
                address=f"{names.plain(text)}@verein.example",
                value=f"{{name: {{contains: {value.strip()}}}}}"),
        )  # fmt: skip
    return fold(mail_address(value.strip()))


def regex(value: str) -> str:
    """A regular expression for RE2, which cannot be made to run for ever."""
    if re.fullmatch(r"/.*/[a-z]*", value):
        raise mistake(
            say('"%(value)s" has slashes around it, which would be part of the pattern',
                value=value[:60]),
            say("leave them out: %(value)s", value=f"'{value[1:].rpartition('/')[0]}'"),
        )  # fmt: skip
    wrong = problem_of(value)
    if wrong:
        what = say('"%(value)s" is no pattern: %(problem)s', value=value[:60], problem=wrong)
        right = say("for plain words write contains: or word: instead; a dot is \\. in a pattern")
        raise mistake(what, right_pattern(value, right))
    return value


def narrow(value: str) -> bool:
    r"""True for a pattern whose `\b` or `\w` would not know letters such as ü."""
    return _ASCII_ONLY.search(value) is not None


def size(value: object) -> int:
    """Octets, written as 500, 200 KB or 5 MB."""
    found = _SIZE.fullmatch(str(value).strip()) if not isinstance(value, bool) else None
    if found:
        tenths = int(found[1]) * 10 + int(found[2] or 0)
        return tenths * _UNITS[found[3][:1].lower()] // 10
    raise mistake(
        say('"%(value)s" is no size', value=str(value)[:40]),
        say("write a number and MB or KB, for example %(value)s", value="5 MB"),
    )


def weekday(value: str) -> int:
    """Monday is 0; in German or English, also only the first two letters."""
    start = fold(value.strip())[:2]
    for days in (_WEEKDAYS, _ENGLISH):
        if start in days:
            return days.index(start)
    raise mistake(
        say('"%(value)s" is no day of the week', value=value),
        say("write Mo, Di, Mi, Do, Fr, Sa or So"),
    )


def span(value: object) -> object:
    """Two whole numbers, the smaller one first."""
    ends = list(value) if isinstance(value, tuple) else []
    numbers = [int(str(each)) for each in ends if str(each).isascii() and str(each).isdigit()]
    if len(ends) == len(numbers) == 2 and numbers[0] <= numbers[1]:
        return tuple(numbers)
    found = sorted(re.findall(r"\d+", str(value)), key=int)
    shown = f"[{found[0]}, {found[1]}]" if len(found) == len(("from", "to")) else "[10115, 14199]"
    raise mistake(
        say("here must stand two whole numbers, the smaller one first"),
        say("write for example %(value)s", value=shown),
    )


def canned(value: object) -> object:
    """The name of a canned response alone, or with values for its places."""
    return {"canned": value} if isinstance(value, str) else value


def rejection(value: object) -> object:
    """True for the usual answer, or a canned response."""
    if value is True:
        return {}
    if str(value).lower() in ("ja", "yes", "on", "an", "true"):
        raise mistake(
            say('"%(value)s" is neither true nor false', value=str(value)),
            say("write %(value)s", value="true"),
        )
    if value is False:
        raise _only_true("reject")
    return canned(value)


def reason(value: object) -> object:
    """Why a mail is quarantined; true is no reason, but enough."""
    if value is False:
        raise _only_true("quarantine")
    return "-" if value is True else value


def _only_true(key: str) -> Any:  # noqa: ANN401  (pydantic's own error)
    return mistake(
        say('"%(key)s: false" does nothing', key=key),
        say("leave out the line: a rule does only what it says"),
    )


def only_true(value: object, key: str) -> object:
    """`true`; what a rule shall not do is left out."""
    if value is False:
        raise _only_true(key)
    return value


def tag(value: str) -> str:
    """A tag: one word, as it can stand behind `tag:` in a list."""
    found = line(value)
    if any(each.isspace() for each in found) or set(found) & set(",;:\"'#") or len(found) > 40:
        raise mistake(
            say('"%(value)s" cannot be a tag', value=found[:60]),
            say("write one word, with hyphens instead of blanks: %(value)s",
                value="-".join(re.findall(r"[\w-]+", found))[:40] or "presse"),
        )  # fmt: skip
    return found


def one_operator(given: Iterable[str], more: Iterable[str] = ()) -> tuple[Text, Text] | None:
    """What is wrong about a comparison with no operator, or with several."""
    found = list(given)
    if len(found) == 1:
        return None
    known = ", ".join((*more, *OPERATORS))
    if not found:
        return (
            say("it is not said how the text is to be compared"),
            say("write one of: %(known)s", known=known),
        )
    return (
        say("two comparisons at once: %(names)s", names=", ".join(found)),
        say("keep one of them, or write each as a condition of its own under all: or any:"),
    )


def empty_condition() -> tuple[Text, Text]:
    """What is said about a condition without anything in it."""
    return (
        say("this condition says nothing"),
        say("write what must hold, or leave out if: altogether for a rule that always holds"),
    )


def empty_rule() -> tuple[Text, Text]:
    """What is said about a rule that does nothing."""
    return (
        say("this rule does nothing"),
        say("write below then: what is to be done, for example %(line)s", line="priority: high"),
    )


CONTRADICTIONS: tuple[tuple[str, str], ...] = (
    ("accept", "reject"),
    ("accept", "spam"),
    ("reject", "spam"),
    ("reject", "answer"),
    ("reject", "department"),
    ("reject", "assign"),
    ("reject", "status"),
    ("spam", "answer"),
    ("spam", "assign"),
    ("spam", "status"),
    ("spam", "notify"),
)
"""Actions of one rule that cannot both be done."""


def contradiction(given: Mapping[str, object]) -> tuple[Text, Text] | None:
    """What is wrong about actions that exclude each other."""
    for first, second in CONTRADICTIONS:
        if given.get(first) and given.get(second):
            return (
                say('"%(first)s" and "%(second)s" contradict each other', first=first,
                    second=second),
                say("keep one of them"),
            )  # fmt: skip
    others = [key for key, value in given.items() if value and key not in ("quarantine", "relay")]
    if given.get("quarantine") and others:
        return (
            say('"quarantine" and "%(second)s" contradict each other', second=others[0]),
            say("keep one of them: a mail in quarantine goes nowhere, and no later rule sees it"),
        )
    return None
