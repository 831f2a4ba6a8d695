"""Small pieces of text: quoted lines, times, sizes and statuses in the reader's language."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, tzinfo

from babel.dates import format_date, format_datetime, format_time
from babel.numbers import format_decimal

from gateway.mail.marker import QUOTE
from gateway.model.people import Language
from gateway.model.text import Text, say
from gateway.model.ticket import EntryKind, StatusId
from gateway.model.workflow import DEFAULT_WORKFLOW, Workflow
from gateway.render.catalogue import Catalogue
from gateway.render.document import clean

MAX_QUOTED = 100_000
"""Characters of somebody's text that are quoted in one of our mails; the rest is named."""

_ENTRY = {
    EntryKind.MESSAGE: say("Message"),
    EntryKind.RESPONSE: say("Response"),
    EntryKind.NOTE: say("Note"),
    EntryKind.EVENT: say("Event"),
}
# Everything that some program may show, fold or normalise (NFKC) to an exclamation mark.
_COMMAND_LIKE = re.compile(
    rf"^(?!{re.escape(QUOTE)})(?=[^\w\n]*[!\uff01\ufe15\ufe57\u203c\u2049])", re.MULTILINE
)
_EXCLAMATION = re.compile("[!\uff01\ufe15\ufe57\u203c\u2049]")
_GAPS = re.compile(r"\n{3,}")
_BREAKABLE = re.compile(r"[ \t]+(?=[!\uff01\ufe15\ufe57\u203c\u2049])")
_SHORT_LINE = 60  # no program breaks these, even with quote marks in front


def quoted(text: str, shortened: Callable[[int], str]) -> str:
    """`text` with the quote prefix before each line, also the empty ones.

    Whatever any program takes for a line end is one here. `shortened` says how many characters
    were too many.
    """
    rest = len(text) - MAX_QUOTED
    lines = [QUOTE + clean(line) for line in text[:MAX_QUOTED].splitlines()]
    if rest > 0:
        lines.append(shortened(rest))
    return "\n".join(lines)


def guarded(body: str) -> str:
    """`body` without a line that an answering program could turn into a command line.

    A line that begins, after blanks and signs, with an exclamation mark gets the quote prefix.
    Blank lines in a row become one. In long lines the blanks before an exclamation mark become
    no-break spaces: programs that break the lines they quote would bring it to the start of one.
    """
    lines = [
        _BREAKABLE.sub(_no_break, line) if len(line) > _SHORT_LINE else line
        for line in body.splitlines()
    ]
    return _COMMAND_LIKE.sub(QUOTE, _GAPS.sub("\n\n", "\n".join(lines)))


def guarded_line(line: str) -> str:
    """One line of what `guarded` makes."""
    if _EXCLAMATION.search(line) is None:
        return line
    if len(line) > _SHORT_LINE:
        line = _BREAKABLE.sub(_no_break, line)
    return QUOTE + line if _COMMAND_LIKE.match(line) else line


def _no_break(blanks: re.Match[str]) -> str:
    return "\u00a0" * len(blanks[0])


@dataclass(frozen=True, slots=True)
class Wording:
    """How things are said to one reader: language, time zone and the present moment."""

    catalogue: Catalogue
    language: Language
    zone: tzinfo
    now: datetime
    workflow: Workflow = DEFAULT_WORKFLOW

    def sentence(self, text: Text) -> str:
        """`text` in the reader's language."""
        return self.catalogue.sentence(text, self.language)

    def status(self, status: StatusId) -> str:
        """The status in words."""
        return self.sentence(self.workflow.rule(status).name)

    def entry_kind(self, kind: EntryKind) -> str:
        """The kind of a thread entry in words."""
        return self.sentence(_ENTRY[kind])

    def quoted(self, text: str) -> str:
        """`text` as it stands in our mails: quoted, and not without end."""
        return quoted(text.strip("\n"), self._shortened)

    def moment(self, when: datetime) -> str:
        """Day and time: `3. März 2026, 14:05`."""
        if self.language is Language.GERMAN:
            return format_datetime(when, "d. MMMM y, HH:mm", tzinfo=self.zone, locale="de")
        return format_datetime(when, "d MMMM y, HH:mm", tzinfo=self.zone, locale="en")

    def date(self, when: datetime) -> str:
        """The day in full: `3. März 2026`."""
        shape = "d. MMMM y" if self.language is Language.GERMAN else "d MMMM y"
        day = when.astimezone(self.zone).date()
        return format_date(day, shape, locale=self.language.value)

    def day(self, when: datetime) -> str:
        """The day: `03.03.26` or, for today, the time."""
        local = when.astimezone(self.zone)
        locale = "de" if self.language is Language.GERMAN else "en_GB"
        if local.date() == self.now.astimezone(self.zone).date():
            return format_time(local, "HH:mm", locale=locale)
        return format_date(local, "short", locale=locale)

    def age(self, since: datetime) -> str:
        """How long ago, in one number: `3 d`, `5 h`, `10 min`."""
        seconds = max(0, int((self.now - since).total_seconds()))
        if seconds >= 86_400:
            return self.sentence(say("%(count)s d", count=seconds // 86_400))
        if seconds >= 3_600:
            return self.sentence(say("%(count)s h", count=seconds // 3_600))
        return self.sentence(say("%(count)s min", count=seconds // 60))

    def size(self, octets: int) -> str:
        """`1,2 MB`, `120 kB` (SI units)."""
        if octets >= 1_000_000:
            number = format_decimal(round(octets / 1_000_000, 1), locale=self.language.value)
            return f"{number} MB"
        return f"{max(1, round(octets / 1_000))} kB"

    def _shortened(self, rest: int) -> str:
        return self.sentence(say("[%(count)s more characters are not shown here]", count=rest))
