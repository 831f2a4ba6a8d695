"""The single values of rule tests: each comes back checked, or with what would be right."""

import re
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from email.utils import parseaddr

from gateway.model.composed import KINDS, RELAY
from gateway.model.text import Text, say
from gateway.rulebook.names import closest
from gateway.rulebook.routing_words import weekday
from gateway.rulebook.words import clock, day, line, mail_address, mistake, own_address

USUAL_DAY = date(2026, 3, 4)
"""A Wednesday. A test that names no day means this one, so that it holds tomorrow as today."""
NOON = time(12)

NULL_SENDER = "<>"
KINDS_OF_MAIL = (*sorted(KINDS), RELAY)
LARGEST_FILE = 50_000_000

_WHEN = re.compile(r"(?P<day>\S+?\.?)(?:[ T]\s*(?P<clock>\d{1,2}[:.]\d\d(?: Uhr)?))?")
_MEDIA_TYPE = re.compile(r"[a-z0-9.+-]+/[a-z0-9.+-]+")


@dataclass(frozen=True, slots=True)
class When:
    """A day and a time of the organisation's clocks."""

    day: date
    clock: time

    def there(self, zone: tzinfo) -> datetime:
        """The moment, where the organisation is."""
        return datetime.combine(self.day, self.clock, zone)


USUAL = When(USUAL_DAY, NOON)


def moment(value: object) -> When:
    """`2026-12-24 18:30`, `2026-12-24` (at noon), or `Sa 20:00` in the week of the usual day."""
    if isinstance(value, When):
        return value
    found = _WHEN.fullmatch(str(value).strip())
    if found is None:
        raise mistake(
            say('"%(value)s" is no moment', value=str(value)),
            say("write day and time, for example %(value)s", value="2026-12-24 18:30"),
        )
    at = clock(found["clock"]) if found["clock"] else NOON
    if found["day"][:1].isdigit():
        return When(day(found["day"]), at)
    monday = USUAL_DAY - timedelta(days=USUAL_DAY.weekday())
    return When(monday + timedelta(days=weekday(found["day"])), at)


def author(value: str) -> str:
    """`ada@verein.example`, `Ada <ada@verein.example>`, or `@anna` for an agent."""
    if value.startswith("@"):
        return line(value)
    mail_address(parseaddr(line(value))[1] or value)
    return value.strip()


def sender(value: str) -> str:
    """An address, or `<>` for the null sender of machines."""
    return value if value == NULL_SENDER else mail_address(value)


def recipient(value: str) -> str:
    """A whole address, or one of the organisation's without its domain."""
    return mail_address(parseaddr(value)[1] or value) if "@" in value else own_address(value)


def reader(value: str | None) -> str | None:
    """Who gets a mail: an address as above, or `@anna` for an agent."""
    return value if value is None or value.startswith("@") else recipient(value)


def kind(value: str) -> str:
    """What sort of mail is sent."""
    if value in KINDS_OF_MAIL:
        return value
    listed, near = ", ".join(KINDS_OF_MAIL), closest(value, KINDS_OF_MAIL)
    raise mistake(
        say('"%(value)s" is not possible here', value=value),
        say('did you mean "%(known)s"? possible: %(all)s', known=near, all=listed)
        if near
        else say("possible: %(all)s", all=listed),
    )


def media_type(value: str) -> str:
    """The type of a file, `image/png`."""
    if not value or _MEDIA_TYPE.fullmatch(value.lower()):
        return value.lower()
    raise mistake(
        say('"%(value)s" is no type of a file', value=value),
        say("write for example %(value)s, or leave it out", value="application/pdf"),
    )


def bearable(value: int) -> int:
    """A size that is quickly made."""
    if value <= LARGEST_FILE:
        return value
    raise mistake(
        say("an attachment of a test is at most %(count)s MB", count=LARGEST_FILE // 1_000_000),
        say("write less: no mail server takes more"),
    )


def file_name(value: str | None) -> str | None:
    """The name of a mail that lies beside the test."""
    if value is None or ("/" not in value and value.endswith(".eml") and value[:1] != "."):
        return value
    raise mistake(
        say('"%(value)s" is no mail beside the test', value=value),
        say("put it into the same folder, and write its name only: %(value)s", value="mail.eml"),
    )


def from_file(value: object) -> object:
    """The name of a file alone is a mail that lies there."""
    return {"file": value} if isinstance(value, str) else value


def named(value: object) -> object:
    """The name of an attachment alone."""
    return {"name": value} if isinstance(value, str) else value


def to_whom(value: object) -> object:
    """A reader alone is any mail to them."""
    return {"to": value} if isinstance(value, str) else value


def none_as_empty(value: object) -> object:
    """`[]`, or nothing: there are none."""
    return () if value is None else value


def listed(value: object) -> object:
    """One of them, or a list."""
    return value if isinstance(value, tuple) else (value,)


def sent(value: object) -> object:
    """The word `nothing`, or a list of mails."""
    if value is None or value in ("nobody", "none", "nichts", "niemand"):
        raise mistake(
            say("it is not said what is sent"),
            say(
                "write %(line)s where nobody gets a mail, or a list of mails", line="sent: nothing"
            ),
        )
    return () if value == "nothing" else listed(value)


def nothing_expected() -> tuple[Text, Text]:
    """What is said about a test that nothing can fail."""
    return (
        say("nothing is expected here"),
        say("write what is to happen, for example %(line)s", line="department: vorstand"),
    )


def wrong_in_mail(given: AbstractSet[str], *, forged: bool) -> tuple[Text, Text] | None:
    """What does not go together in a sample mail."""
    of_file = [key for key in ("from_", "subject", "text", "headers", "attachments", "form")
               if "file" in given and key in given]  # fmt: skip
    if of_file:
        return (
            say('"%(key)s" stands in the file already', key=of_file[0].rstrip("_")),
            say("leave out the line, or write the mail here instead of its file"),
        )
    if "form" in given and "text" in given:
        return (
            say("the text of the form's mail is what stands under form:"),
            say("put it there, in the field that means text (form.yaml)"),
        )
    if {"proved", "proof"} <= given or (forged and given & {"proved", "proof"}):
        return (
            say("proved, proof and forged say the same thing twice"),
            say("keep one of them"),
        )
    return None
