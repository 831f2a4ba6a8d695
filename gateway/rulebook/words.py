"""The single values of the rule files: each comes back checked, or with what would be right."""

import re
from collections.abc import Callable
from datetime import date, time
from difflib import get_close_matches
from pathlib import PurePath
from zoneinfo import ZoneInfo, available_timezones

from pydantic_core import PydanticCustomError

from gateway.model.address import fold
from gateway.model.text import Text, say
from gateway.policy import names
from gateway.policy.pattern import problem_of
from gateway.rulebook.days import meant_day

_LOCAL = re.compile(r"[a-z0-9!#$%&'*/=?^_`{|}~-]+(\.[a-z0-9!#$%&'*/=?^_`{|}~-]+)*")
_NEXT_HOP = re.compile(r"(?P<host>[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(:(?P<port>[0-9]{1,5}))?")
_CLOCK = re.compile(r"(\d{1,2})[:.](\d{2})(?: Uhr)?")
CLOCK = r"^[0-9]{1,2}[:.][0-9]{2}( Uhr)?$"
DAY = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
"""What editors check times of the day and days by."""
SHORTEST_SECRET = 16

SMARTHOST = "smarthost"
"""The next hop of relay addresses that go where all outgoing mail goes."""


def mistake(what: Text, right: Text, *at: str | int) -> PydanticCustomError:
    """The error to raise in a validator; `wrong` finds both sentences in it again.

    `at` is the way from the value to the part of it that is wrong.
    """
    return PydanticCustomError("rule", "{what}", {"what": what, "right": right, "at": at})


def _as_rule(check: Callable[[str], str]) -> Callable[[str], str]:
    """The same check with its mistake as validators raise it."""

    def checked(value: str) -> str:
        try:
            return check(value)
        except names.Unfit as unfit:
            raise mistake(unfit.what, unfit.right) from None

    return checked


domain = _as_rule(names.domain)
mail_address = _as_rule(names.mail_address)
short_name = _as_rule(names.short_name)


def filled(value: object) -> object:
    """A value behind its key."""
    if value is None:
        raise mistake(
            say("nothing stands behind the colon"),
            say("write a value there, or put # in front of the line"),
        )
    return value


def once(values: tuple[str, ...]) -> tuple[str, ...]:
    """A list without doubles."""
    seen: set[str] = set()
    for number, value in enumerate(values):
        if fold(value) in seen:
            raise mistake(
                say('"%(name)s" stands here twice', name=value[:60]), say("keep one of them"),
                number,
            )  # fmt: skip
        seen.add(fold(value))
    return values


def without_at(value: str) -> str:
    """A short name, also written as in commands: @anna."""
    return line(value).removeprefix("@")


def line(value: str) -> str:
    """One line of text that is not empty."""
    stripped = value.strip()
    if not stripped:
        raise mistake(say("this value is empty"), say("write a text here"))
    if not stripped.isprintable():
        raise mistake(
            say("this value has more than one line or characters that cannot be seen"),
            say("write it in one line"),
        )
    return stripped


def own_address(value: str) -> str:
    """An address of the organisation, whole or only the part before the @, as it was written."""
    found = fold(value)
    local, at, behind = found.partition("@")
    if "+" in local:
        raise mistake(
            say('"%(value)s" has a plus sign', value=value),
            say("leave the plus part out: the gateway uses it to recognise replies"),
        )
    if not local or (at and not behind):
        raise mistake(
            say('"%(value)s" is no address of a mailbox', value=value),
            say("write only the part before the @: %(value)s", value=local or "info"),
        )
    if _LOCAL.fullmatch(local) and len(local) <= 40 and (not at or domain(behind)):
        return value
    raise mistake(
        say('"%(value)s" is no address of a mailbox', value=value),
        say(
            "write the part before the @ with a-z, 0-9, dot and hyphen, for example %(value)s",
            value=names.plain(local) or "info",
        ),
    )


def next_hop(value: str) -> str:
    """`host`, `host:port`, or the empty string for the word `smarthost`."""
    if value == SMARTHOST:
        return ""
    if ":" not in value and "." not in value and get_close_matches(fold(value), [SMARTHOST]):
        raise mistake(
            say('"%(value)s" is not possible here', value=value),
            say('did you mean "%(known)s"?', known=SMARTHOST),
        )
    found = _NEXT_HOP.fullmatch(value)
    if found and int(found["port"] or 25) in range(1, 65_536):
        return value
    raise mistake(
        say('"%(value)s" is no next hop', value=value),
        say(
            "write %(word)s, or a server as host:port: %(value)s",
            word=SMARTHOST,
            value="mail.verein.example:25",
        ),
    )


def day(value: object) -> date:
    """A day as 2027-12-31 (ISO 8601)."""
    if isinstance(value, date):
        return value
    text = str(value)
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
            return date.fromisoformat(text)
        meant = meant_day(text)
    except ValueError:
        raise mistake(
            say('the day "%(value)s" does not exist', value=text),
            say("write a day of the calendar, for example %(value)s", value="2027-12-31"),
        ) from None
    raise mistake(
        say('"%(value)s" is no date', value=text[:40]),
        say("write year-month-day: %(value)s", value=str(meant or "2027-12-31")),
    )


def clock(value: object) -> time:
    """A time of the day as 7:00 or 07:00."""
    found = _CLOCK.fullmatch(str(value))
    if found and int(found[1]) < 24 and int(found[2]) < 60:
        return time(int(found[1]), int(found[2]))
    hour = re.match(r"([01]?\d|2[0-3])\b", str(value))
    raise mistake(
        say('"%(value)s" is no time of the day', value=str(value)),
        say("write hour and minute, for example %(value)s",
            value=f"{hour[1]}:00" if hour else "7:00"),
    )  # fmt: skip


def time_zone(value: str) -> str:
    """The name of a time zone (IANA)."""
    try:
        return ZoneInfo(value).key
    except (ValueError, OSError, KeyError):
        near = get_close_matches(value.title(), available_timezones(), 1)
        raise mistake(
            say('"%(value)s" is no time zone', value=value),
            say("write its name, for example %(value)s", value=(*near, "Europe/Berlin")[0]),
        ) from None


def web_address(value: str) -> str:
    """The address of a web page."""
    if not value or re.fullmatch(r"https?://[^\s<>\"]+", value):
        return value
    raise mistake(
        say('"%(value)s" is no web address', value=value),
        say(
            "write it with https:// in front and without blanks: %(value)s",
            value="https://www.verein.example/kontakt",
        ),
    )


def secret(value: str) -> str:
    """A key for the proof of form mails, long enough not to be guessed; empty for none."""
    if not value or len(value) >= SHORTEST_SECRET:
        return value
    raise mistake(
        say("this key is too short to be a secret"),
        say("take a random one, for example from: openssl rand -hex 32"),
    )


def whole_path(value: str) -> str:
    """The path of a file, from the root on: rules may lie elsewhere tomorrow."""
    if PurePath(value).is_absolute():
        return value
    raise mistake(
        say('"%(value)s" is not the whole path of a file', value=value),
        say("write it from / on, for example %(value)s", value="/etc/ticket-gateway/form-secret"),
    )


def value_text(value: object) -> object:
    """What is written into a field: true and numbers are words there."""
    if isinstance(value, bool):
        return "ja" if value else "nein"
    return str(value) if isinstance(value, int) else value


def number_as_text(value: object) -> object:
    """A number without quotes, where digits are meant."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def pattern(value: str) -> str:
    """A regular expression for RE2, which cannot be made to run for ever."""
    wrong = problem_of(value)
    if not wrong:
        return value
    what = say('"%(value)s" is no pattern: %(problem)s', value=value[:60], problem=wrong)
    right = say("write a regular expression (RE2) in single quotes, for example %(value)s",
                value="'[A-Z]{2}-[0-9]{8}-[0-9]{1,3}'")  # fmt: skip
    raise mistake(what, right_pattern(value, right))


_LOOK_AROUND = re.compile(r"\(\?(?:[=!]|<[=!])")
_BACK_REFERENCE = re.compile(r"\\[1-9]|\(\?P=")


def right_pattern(value: str, otherwise: Text) -> Text:
    """What is said to a pattern that RE2 refuses; `otherwise` where nothing is known of it."""
    if _LOOK_AROUND.search(value):
        return say(
            "RE2 knows no looking ahead or behind, (?=…) and (?!…): write the condition under "
            "not:, or as two conditions under all:"
        )
    if _BACK_REFERENCE.search(value):
        return say("RE2 knows no references to what was found before: write it as two rules")
    if "(?<" in value:
        return say("a name is given to a group like this: (?P<name>…)")
    if value[:1] in "*?+":
        plain_words = value.strip("*?+ ") or "Wort"
        return say("* stands behind what it repeats; for plain words write %(value)s",
                   value=f"contains: {plain_words}")  # fmt: skip
    return otherwise
