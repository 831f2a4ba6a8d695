"""Where the quoted history of a mail begins: what mail programs write above it."""

import re
from collections.abc import Mapping, Sequence

from gateway.mail.marker import MARKER

_MAX_LINE = 500
_MARKER_START = MARKER.partition("/")[0].strip().lower()
_MARKER_SIGN = _MARKER_START.partition(" ")[0]
_QUOTE_SIGNS = " \t>|*_\xa0\ufeff"
_SPACE = re.compile(r"\s+")

_WROTE = (
    r"(?:schrieb|schrieben|geschrieben|wrote|écrit|ecrit|escribió|escribio|ha\sscritto|scrive|"
    r"schreef|geschreven|napisała?\(?a?\)?|pisze|skrev|escreveu)"
)
_STARTS = re.compile(r"[\s\ufeff]*(?:am|on|le|el|il|op|em|den|dnia|w\sdniu)\s", re.IGNORECASE)
_HAS_WROTE = re.compile(r"\b" + _WROTE + r"(?:\b|(?<=\)))", re.IGNORECASE)
_DATE = re.compile(
    r"\d{1,2}[./-]\s?\d{1,2}[./-]|\d{4}-\d\d-\d\d|\b(?:19|20)\d\d\b|\d{1,2}\.?\s(?:de\s)?[^\W\d]{3}",
)
_TIME = re.compile(r"\d{1,2}[:.h]\d{2}")
_GMAIL_SHORT = re.compile(r"\d{4}-\d\d-\d\d \d{1,2}:\d\d .{0,200}<[^<>\s]+@[^<>\s]+>:")

_ORIGINAL = re.compile(
    r"""(?ix) [\s*]* (?:
        [-_=]{2,} \s* (?:
            original[\s-]?(?:message|nachricht) | ursprüngliche\s(?:nachricht|mail|e-mail)
          | (?:weitergeleitete|forwarded)\s(?:nachricht|message|mail)
            (?:\s(?:from|von)\s.{1,100})?
          | message\s(?:d['’]origine|original|transféré) | mensaje\s(?:original|reenviado)
          | messaggio\s(?:originale|inoltrato) | (?:oorspronkelijk|doorgestuurd)\s?bericht
          | (?:wiadomość\soryginalna|oryginalna\swiadomość)
          | .{1,200}\s(?:schrieb|wrote):
        ) \s* [-_=]{2,}
      | anfang\sder\sweitergeleiteten\s(?:nachricht|e-mail):
      | begin\sforwarded\smessage: | début\sdu\smessage\s(?:réexpédié|transféré)\s?:
    ) [\s*]*"""
)
_LABEL = re.compile(
    r"""(?ix) [\s*\ufeff]* (?:
        (?P<from>from|von|de|da|van|od|absender)
      | (?P<sent>sent|gesendet(?:\sam)?|date|datum|envoyé(?:\sle)?|enviado(?:\sel)?|fecha
            |inviato|data|verzonden|wysłano)
      | (?P<to>to|an|à|para|aan|do)
      | (?P<cc>cc|kopie|bcc|reply-to|antwort\san|wichtigkeit|importance|priorität
            |attachments|anlagen)
      | (?P<subject>subject|betreff|objet|asunto|oggetto|onderwerp|temat)
    ) \s? \*{0,2} : \*{0,2} (?:\s|$)"""
)
_HEADER_LINES = 12
_LABEL_REACH = 25
_LINE_OF_SIGNS = re.compile(r"[\s_*=-]{5,}")


Attributions = Mapping[int, tuple[int, str]]
"""By the line it begins at: how many lines an attribution takes, and its text."""


def is_quoted(line: str) -> bool:
    """True for a line with the quote sign `>` in front (RFC 3676 section 4.5)."""
    return line.lstrip(" \t\xa0\ufeff").startswith(">")


def begins_with_marker(lines: Sequence[str], number: int) -> bool:
    """True when our marker begins in this line, quoted or not, wrapped or not.

    Below a marker in a `>` block there may be an answer at the bottom: then the block is a
    quotation like any other and this is false.
    """
    if _MARKER_SIGN not in lines[number]:
        return False
    joined = " ".join(line[:_MAX_LINE].strip(_QUOTE_SIGNS) for line in lines[number : number + 3])
    if _MARKER_START not in _SPACE.sub(" ", joined).lower():
        return False
    return not (is_quoted(lines[number]) and _answer_below(lines, number))


def _answer_below(lines: Sequence[str], number: int) -> bool:
    last = next((n for n in range(len(lines) - 1, number, -1) if is_quoted(lines[n])), number)
    return any(line.strip() for line in lines[last + 1 :])


def begins_history(lines: Sequence[str], number: int, attributions: Attributions) -> bool:
    """True when from this line on everything is an older mail that is not marked with `>`."""
    line = lines[number][:_MAX_LINE].strip()
    if not line or line.startswith(">"):
        return False
    if line[0] in "-_=*" or line.endswith(":"):
        if _ORIGINAL.fullmatch(line):
            return True
        if _LINE_OF_SIGNS.fullmatch(line):
            following = _next_text(lines, number + 1)
            return following is not None and _header_block(lines, following)
    if ":" in line[:_LABEL_REACH] and _header_block(lines, number):
        return True
    if number not in attributions:
        return False
    taken, joined = attributions[number]
    following = _next_text(lines, number + taken)
    if following is None or is_quoted(lines[following]):
        return False
    return "@" in joined and bool(_TIME.search(joined))


def attribution(lines: Sequence[str], number: int, attributions: Attributions) -> int:
    """How many lines from here on are the attribution of the `>` block that follows; or 0."""
    taken, _ = attributions.get(number, (0, ""))
    following = _next_text(lines, number + taken) if taken else None
    return taken if following is not None and is_quoted(lines[following]) else 0


def without_last_attribution(lines: Sequence[str], attributions: Attributions) -> list[str]:
    """`lines` without the attribution at their end: what it announces was cut off already."""
    end = next((n + 1 for n in range(len(lines) - 1, -1, -1) if lines[n].strip()), 0)
    for number in range(max(end - 3, 0), end):
        if number + attributions.get(number, (0, ""))[0] == end:
            return list(lines[:number])
    return list(lines)


def find_attributions(lines: Sequence[str]) -> Attributions:
    """Where "On (date), (somebody) wrote:" stands, on one line or wrapped over up to three."""
    found = {}
    for end, line in enumerate(lines):
        if ":" in line[-4:] and line.rstrip(" *\t\xa0\r").endswith(":") and _may_end(line):
            for start in range(end, max(end - 3, -1), -1):
                if start < end and (not lines[start].strip() or is_quoted(lines[start])):
                    break
                joined = " ".join(part[:_MAX_LINE].strip() for part in lines[start : end + 1])
                if _attributes(lines[start][:_MAX_LINE], joined):
                    found[start] = (end + 1 - start, joined)
                    break
    return found


def _may_end(line: str) -> bool:
    # Gmail wraps in front of the last bracket: `<support@help.example` and `>:`.
    return not is_quoted(line) or line.strip() == ">:"


def _attributes(first: str, joined: str) -> bool:
    if _GMAIL_SHORT.fullmatch(joined):
        return True
    if not _HAS_WROTE.search(joined) or not (_DATE.search(joined) or _TIME.search(joined)):
        return False
    # A wrapped one has its date before the break: else it is the author's own line above.
    return bool(_HAS_WROTE.search(first) or (_STARTS.match(first) and _DATE.search(first)))


def _next_text(lines: Sequence[str], number: int) -> int | None:
    """The next line that is not blank, within the next four."""
    return next((n for n in range(number, min(number + 4, len(lines))) if lines[n].strip()), None)


def _header_block(lines: Sequence[str], number: int) -> bool:
    """True when a block of From, Sent, To, Subject begins here, as Outlook and web mailers write.

    Prose has such lines too ("Von: Lager 1, An: Lager 2"): a mail address in them, or all of
    sender, subject and a date with a time, make the difference.
    """
    label = _LABEL.match(lines[number][:_MAX_LINE])
    if not label or label.lastgroup not in {"from", "sent"}:
        return False
    seen: set[str | None] = set()
    block = ""
    for line in lines[number : number + _HEADER_LINES]:
        label = _LABEL.match(line[:_MAX_LINE])
        if label:
            seen.add(label.lastgroup)
            block += line[:_MAX_LINE] + "\n"
        elif line.strip() and not line.startswith((" ", "\t")) and len(seen) >= 4:
            break
    seen.discard("cc")
    if "from" not in seen or len(seen) < 3:
        return False
    return "@" in block or ("subject" in seen and bool(_TIME.search(block)))
