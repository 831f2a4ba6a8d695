"""The line "On (date), (somebody) wrote:" that mail programs put above what they quote."""

import re
from collections.abc import Mapping, Sequence
from enum import IntEnum
from typing import NamedTuple

_MAX_LINE = 500
_MAX_JOINED = 800
_ABBREVIATION = 5  # `märz.`, with its dot
_MAX_ENDS = 20_000  # nobody answers so many mails at once, and each look takes microseconds
_REACH = 4  # more lines than its last one
_DIRECTIONS = "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_END_SIGNS = " \t\r*_\xa0" + _DIRECTIONS
_SIGNS = " \t\r>|*_\xa0\ufeff" + _DIRECTIONS

_WROTE = re.compile(
    r"""(?ix) (?<!\w) (?:
        schrieb(?:en)? | geschrieben | wrote | writes | (?:a|ont) \s [ée]crit | escribi[óo]
      | ha \s scritto | scrive | scritto | schreef | geschreven
      | napisała?(?:/a|\(a\))? | pisze | skrev | skreiv | escreveu(?:\(ram\))? | yazdı
      | пише | написа(?:в|ла)(?:\(ла\))? | пишет | (?:на)?писал(?:а|\(а\))? | пиша | написа
      | nap[ií]?sala?(?:\(a\))? | píše | kirjoitti | írta | a \s scris | (?:na)?pisao(?:/la)?
      | έγραψε | đã \s viết | menulis | va \s escriure | skrifaði | kirjutas | rašė | rakstīja
    ) (?!\w)
    | 写道 | 寫道 | 写了 | のメール | さんは書きました | が書きました | 작성 | (?:님이|에서) \s? 씀
    | كتب | نوشت | ने\sलिखा | เขียนว่า | كتابة\sما\sيلي | כתב | מאת"""
)
_DAY = (
    r"(?:(?:mo|di|mi|do|fr|sa|so)\.?,|(?:mon|tues?|wed(?:nes)?|thur?s?|fri|sat(?:ur)?|sun)(?:day)?\b|"
    r"(?:montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonnabend|sonntag)\b|"
    r"(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|lun|mar|mer|jeu|ven|sam|dim)\b|"
    r"(?:понедельник|вторник|среда|четверг|пятница|суббота|воскресенье|пн|вт|ср|чт|пт|сб|вс|нд)\b)"
)
_STARTS = re.compile(
    r"(?:am|on|le|el|il|op|em|den|dnia|w\sdniu|dne|dňa|a|ma|på|ke|la|în|vào|pada|στις|dana|"
    r"в|у|от|在|于|於)\s?(?=[\s\d])|בתאריך|ביום|ב-(?=\d)|في\s|"
    + _DAY
    + r"|\d{1,4}[./年-]\s?\d{1,2}|\d{4}년|\d{1,2}\.?\s[^\W\d]{3}|"
    r"[^\W\d]{2,4}\.?,?\s\d{1,2}\.?\s(?:\d|[^\W\d]{3})|"
    r"[^\W\d]{3,9}\.?\s\d{1,2},\s\d{4}",
    re.IGNORECASE,
)
_DATE = re.compile(
    r"\d{1,2}[./-]\s?\d{1,2}[./-]|\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|(?<!\d)(?:19|20)\d\d(?!\d)|\d月",
)
_LOOSE_DATE = re.compile(r"\b\d{1,2}\.?\s(?:de\s|of\s)?[^\W\d]{3}|\b[^\W\d]{3,9}\.?\s\d{1,2},")
_TIME = re.compile(
    r"(?<!\d)\d{1,2}\s?(?:[:.h]|Uhr\s)\s?\d{2}(?!\d|[./]\d)|\d时|\d時|\d시|\d點|\d点"
)
_ADDRESS = re.compile(r"[^\s<>@\"(\[:]{1,80}@[^\s<>@\")\]:]{1,120}")
_IN_BRACKETS = re.compile(r"<(?:mailto:)?[^<>\s@]{1,80}@[^<>\s@]{1,120}>")
_QUOTING = re.compile(
    r"(?:quoting|zitat\svon|citando|citazione\sdi|citat\sfrån|cytowanie|quoth|selon)\s.{1,200}:"
    r"|quoting\s.{1,200}\(\d{4}-\d\d-\d\d.{1,20}\)|excerpts\sfrom\s.{1,200}['’]s\smessage\sof\s.{1,80}:",
    re.IGNORECASE,
)
_MUTT = re.compile(r"\*\s.{1,200}\[[\d :.+-]{8,40}\]:")
_YOU_WROTE = re.compile(
    r".{8,60}(?:you\swrote|sie\sschrieben|schrieben\ssie|vous\savez\sécrit|вы\sписали):",
    re.IGNORECASE,
)
_NOT_A_NAME = frozenset(
    "der die das ein eine er sie es ich wir ihr man jemand kunde kundin herr frau mir uns mein"
    " meine unser unsere dann und aber auch the a an he she they i we you it somebody someone"
    " customer my our then and but also who mr mrs ms il elle on je nous le la les un une el"
    " ella yo".split()
)
_NAME_WORDS = 4
_QUOTE_MARKS = "\"'„“”«»‚‘’"


class Strength(IntEnum):
    """How sure it is that lines are an attribution."""

    NONE = 0
    BEFORE_QUOTE = 1  # only when a quotation with `>` follows
    ALONE = 2  # the old mail follows without signs


class Attribution(NamedTuple):
    """`lines` lines from the one it is filed under; `strength` is what it proves."""

    lines: int
    strength: Strength


Attributions = Mapping[int, Attribution]
"""By the number of the line an attribution begins at."""


def find_attributions(lines: Sequence[str], quoted: Sequence[bool]) -> Attributions:
    """All attributions that are not quoted themselves, on one line or wrapped over up to five.

    One pass: only a line that ends in a colon, or that stands directly above a quotation, can be
    the last line of one.
    """
    found: dict[int, Attribution] = {}
    for end in _ends(lines, quoted):
        line = lines[end]
        if not quoted[end] or line.strip() == ">:":
            start, strength = _reach_up(lines, quoted, end)
            if strength:
                found[start] = Attribution(end + 1 - start, strength)
    return found


def _ends(lines: Sequence[str], quoted: Sequence[bool]) -> list[int]:
    """The lines that may be the last one of an attribution."""
    colons = [
        n
        for n, line in enumerate(lines)
        if (":" in line and ":" in line[-6:]) or ("：" in line and "：" in line[-6:])
    ]
    found = {n for n in colons if lines[n].rstrip(_END_SIGNS).endswith((":", "："))}
    if True in quoted:
        skip = frozenset(found)
        found.update(
            n
            for n, line in enumerate(lines[:-1])
            if (not quoted[n] or ":" in line)
            and line
            and n not in skip
            and _above_quote(lines, quoted, n)
        )
    return sorted(found)[:_MAX_ENDS]


def _above_quote(lines: Sequence[str], quoted: Sequence[bool], end: int) -> bool:
    if lines[end + 1].strip():
        return quoted[end + 1]
    return end + 2 < len(lines) and quoted[end + 2]


def _reach_up(lines: Sequence[str], quoted: Sequence[bool], end: int) -> tuple[int, Strength]:
    """Where the attribution that ends in this line begins, and how sure that is."""
    best, strength = end, Strength.NONE
    parts: list[str] = []
    for start in range(end, max(end - _REACH, 0) - 1, -1):
        line = lines[start][:_MAX_LINE].lstrip(_SIGNS).rstrip(_END_SIGNS)
        if start < end and (quoted[start] or _ends_sentence(line)):
            break
        if strength and not (_was_wrapped(line, parts) or _opens_dated(line)):
            break
        # Gmail wraps in front of the last bracket: `<support@help.example` and `>:`.
        parts.insert(0, line if line != ":" else ">:")
        if strength and not (_STARTS.match(line) or "@" in line):
            continue
        found = _strength(line, " ".join(parts)[-_MAX_JOINED:], _gaps(lines, start, end))
        if found:
            best, strength = start, max(found, strength)
    return best, strength


def _ends_sentence(line: str) -> bool:
    if not line or line[-1] in "!?:":
        return True
    return line[-1] == "." and (len(line.rsplit(None, 1)[-1]) > _ABBREVIATION or len(line) < 10)


def _opens_dated(line: str) -> bool:
    """True for `On Tue, Nov 18, 2025 at 9:41 AM`, as some programs break behind it."""
    return bool(_STARTS.match(line) and _DATE.search(line) and _TIME.search(line))


def _was_wrapped(line: str, parts: Sequence[str]) -> bool:
    """True when the first word below would not have fitted on this line."""
    word = len(parts[0].split(None, 1)[0]) if parts[0] else 0
    return len(line) + 1 + word > max(map(len, parts)) and any(map(str.isalpha, line))


def _gaps(lines: Sequence[str], start: int, end: int) -> bool:
    """True when it is a paragraph of its own, and no quotation mark opens what follows."""
    if start > 0 and lines[start - 1].strip():
        return False
    if end + 2 >= len(lines) or lines[end + 1].strip():
        return False
    return not lines[end + 2].strip().startswith(tuple(_QUOTE_MARKS))


def _strength(first: str, joined: str, apart: bool) -> Strength:
    bracketed = _IN_BRACKETS.search(joined)
    at = bracketed or ("@" in joined and _ADDRESS.search(joined))
    time = _TIME.search(joined)
    date = _DATE.search(joined)
    opens = _STARTS.match(first)
    wrote = _WROTE.search(joined)
    if not wrote:
        when = bool(bracketed and _DATE.match(joined)) or bool(time and (date or opens))
        return _without_verb(joined, bool(at), when, bool(opens), apart)
    dated = date or time or (opens and _LOOSE_DATE.search(joined))
    if not dated:
        return _undated(joined, wrote, bool(at))
    wrapped = len(joined) > len(first) and not (opens or at or _WROTE.search(first))
    if wrapped or not (joined.endswith((":", "：")) or (opens and date)):
        return Strength.NONE
    if at and ((time and (bracketed or date)) or (bracketed and date and opens)):
        return Strength.ALONE
    if not (opens or at or date):
        return Strength.NONE
    return Strength.ALONE if apart and _is_form(joined, wrote) else Strength.BEFORE_QUOTE


def _without_verb(joined: str, at: bool, dated: bool, opens: bool, apart: bool) -> Strength:
    if _QUOTING.fullmatch(joined) or _MUTT.fullmatch(joined) or _YOU_WROTE.fullmatch(joined):
        return Strength.BEFORE_QUOTE
    if not at or not dated or len(joined) > 300:
        return Strength.NONE
    if opens and apart and _ends_in_address(joined):
        return Strength.ALONE
    return Strength.BEFORE_QUOTE if opens or joined.endswith(":") else Strength.NONE


def _ends_in_address(joined: str) -> bool:
    words = joined.rstrip(" :：").rsplit(None, 1)
    return joined.endswith((":", "：")) and "@" in words[-1]


def _undated(joined: str, verb: re.Match[str], at: bool) -> Strength:
    """`Maria Muster <maria@x.example> wrote:`; with a name alone only if it looks like one."""
    if joined[-1] not in ":：" or joined[verb.end() :].strip(" :：") or len(joined) > 200:
        return Strength.NONE
    words = joined[: verb.start()].replace(",", " ").split()
    if at:
        return Strength.BEFORE_QUOTE if len(words) <= _NAME_WORDS + 2 else Strength.NONE
    named = 0 < len(words) <= _NAME_WORDS and all(map(_may_be_name, words))
    return Strength.BEFORE_QUOTE if named else Strength.NONE


def _may_be_name(word: str) -> bool:
    return word.lower() not in _NOT_A_NAME and word[0].isupper()


def _is_form(joined: str, verb: re.Match[str]) -> bool:
    """True for what a program writes and hardly ever a person: start, date, time, a name, verb."""
    date, time = _DATE.search(joined), _TIME.search(joined)
    if not (date and time and _STARTS.match(joined)) or len(joined) > 200:
        return False
    below = joined[verb.end() :].strip(" :：")
    words = (below or joined[time.end() : verb.start()]).replace(",", " ").split()
    names = [word for word in words if word[0].isalpha() and word.lower() not in _CLOCK]
    return len(names) <= _NAME_WORDS + 1 and all(map(_may_be_name, names))


_CLOCK = frozenset(
    "am pm uhr schrieb hat ha a het heeft h gmt utc cet cest mez mesz às um at".split()
)
