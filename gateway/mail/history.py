"""Where the quoted history of a mail begins: what mail programs write above it."""

import re
from collections.abc import Sequence

from gateway.mail.header_block import is_header_block, is_label, may_begin
from gateway.mail.marker import MARKER
from gateway.mail.wrote import Attributions, Strength

_MAX_LINE = 500
_MAX_CANDIDATES = 40_000  # below so many lines with colons only our own marker is looked for
_MARKER_START = MARKER.partition("/")[0].strip().lower()
_MARKER_SIGN = _MARKER_START.partition(" ")[0]
_QUOTE_SIGNS = " \t>|*_\xa0\ufeff"
_BEFORE_SIGN = " \t\xa0\ufeff"
_RULE_SIGNS = frozenset("-_=*#~/|\u2010\u2011\u2012\u2013\u2014\u2015")
_RULE_OR_BLANK = _RULE_SIGNS.union(filter(str.isspace, map(chr, range(0x3001))))
_SPACE = re.compile(r"\s+")

_ORIGINAL = re.compile(
    r"""(?ix) [\s*>]* (?:
        [-_=\#~*\u2010-\u2015]{2,} \s* \[? (?:
            original[\s-]?(?:message|nachricht|mail|appointment) | original-nachricht
          | reply\smessage | mail[\s_-]?boundary
          | ursprüngliche\s?(?:nachricht|mail|e-mail|termin) | antwort\sweiterleitung
          | (?:weitergeleitete|forwarded|fwd)\s?(?:nachricht|message|mail|e-mail)
            (?:\s(?:from|von|by|durch)\s.{1,100})?
          | (?:weitergeleitet|forwarded)\s(?:von|by)\s.{1,120}
          | message\s(?:d['’]origine|original|transféré|transféré|initial) | courriel\soriginal
          | mensaje\s(?:original|reenviado) | mensagem\s(?:original|encaminhada)
          | messaggio\s(?:originale|inoltrato) | (?:oorspronkelijk|doorgestuurd)\s?bericht
          | (?:wiadomość\s(?:oryginalna|przekazana)|(?:oryginalna|przekazana)\swiadomość)
          | treść\s(?:oryginalnej|przekazanej)\swiadomości | (?:původní|přeposlaná)\szpráva
          | orijinal\s(?:mesaj|ileti) | (?:özgün|iletilen)\s(?:ileti|mesaj)
          | (?:исходное|пересылаемое|пересланное|переадресованное)\sсообщение
          | (?:оригінальне|початкове|переслане|вихідне)\sповідомлення
          | (?:ursprungligt|vidarebefordrat|original)\s?meddelande
          | (?:oprindelig|videresendt|opprinnelig)\s?(?:besked|meddelelse|melding|e-mail)
          | original\s?besked | (?:alkuperäinen|välitetty)\sviesti | eredeti\süzenet
          | 原始邮件 | 原始郵件 | 原邮件 | 转发的?邮件 | 轉寄的?郵件 | 元のメッセージ | 転送.{0,10}
          | original\s?message.{0,10} | 원본\s?메[시세]지
          | .{1,200}\s(?:schrieb|wrote|a\sécrit|escribió|ha\sscritto|schreef|napisał\(?a?\)?):?
        ) \]? \s* [-_=\#~*\u2010-\u2015]{2,}
      | anfang\sder\sweitergeleiteten\s(?:nachricht|e-mail)\s?:
      | begin\sforwarded\smessage\s?: | début\sdu\smessage\s(?:réexpédié|transféré)\s?:
      | inizio\smessaggio\sinoltrato\s?: | inicio\sdel\smensaje\sreenviado\s?:
      | begin\sdoorgestuurd\sbericht\s?: | początek\sprzekazywanej\swiadomości\s?:
      | início\sda\smensagem\s(?:re)?encaminhada\s?: | начало\sпереадресованного\sсообщения\s?:
    ) [\s*]*"""
)
_RULE_WITH_WORDS = re.compile(r"[*\s]*[-_=]{3,}\s?[^\s=_-].{0,80}?[-_=]{3,}[*\s]*")
_LINE_OF_SIGNS = re.compile(r"[\s_*=\u2010-\u2015-]{3,}")
_ABOVE = re.compile(
    r"(?i)(?:repl(?:y|ies)|respon(?:d|se)|type|write|answer|antwort\w*|schreib\w*|tippen|répon\w+|"
    r"respuesta|respond\w+|escrib\w+|rispond\w+|scriv\w+|odpowied\w+|antwoord\w*|reageer\w*|svar\w*)"
    r"\b.{0,60}?\b(?:above|oberhalb|über|darüber|au-dessus|(?:por\s)?encima|sopra|boven\w*|powyżej|"
    r"ovanför|over)\b"
)
_ABOVE_ALONE = re.compile(
    r"(?i)(?:please\s|bitte\s)?(?:(?:type|enter|write|add|send)\s)?(?:your\s)?"
    r"(?:reply|response|answer|comment)s?\s(?:above|over)\sthis\s(?:line|text).{0,30}"
    r"|bitte\s(?:oberhalb|über)\sdieser\s(?:zeile|linie)\s(?:antworten|schreiben)\W{0,3}"
)
_GROUPWISE = re.compile(r">>>\s.{1,200}\d{1,2}[:.]\d\d.{0,20}\s>>>")
_NOTES_TO = frozenset("an to à para a aan do till til kopie cc bcc".split())
_NOTES_SUBJECT = frozenset("thema betreff subject objet asunto oggetto assunto onderwerp".split())
_NOTES_REACH = 16
_DATE_ALONE = re.compile(r"\W?\d{1,4}[./-]\d{1,2}[./-]\d{2,4},?\s\d{1,2}[:.]\d\d.{0,12}")
_BRACKETED = re.compile(r"<[^<>\s@]{1,80}@[^<>\s@]{1,120}>")
_GLUED_HEAD = re.compile(r"\s*[^\W\d]{1,3}\s[^:<>]{4,60}\s\d{1,2}[:.]\d\d\D")
_GLUED_TAIL = re.compile(r"(?:\s[^:\s]{1,20}){0,3}:\s{2,}\S")
_FRAMED = re.compile(r"[-#=_*~/\\|+]{2,}")


def is_quoted(line: str) -> bool:
    """True for a line with the quote sign `>` in front (RFC 3676 section 4.5)."""
    start = line[:1]
    return start == ">" or (start in _BEFORE_SIGN and line.lstrip(_BEFORE_SIGN).startswith(">"))


def history_begins(lines: Sequence[str], quoted: Sequence[bool], found: Attributions) -> int:
    """The first line from which on everything is older mail; `len(lines)` when there is none."""
    fenced = _fenced(lines)
    return next(
        (
            number
            for place, number in enumerate(_candidates(lines, found))
            if (_MARKER_SIGN in lines[number] and _is_marker(lines, quoted, number))
            or (
                place < _MAX_CANDIDATES
                and number not in fenced
                and (
                    _is_groupwise(lines, number)
                    if quoted[number]
                    else begins_history(lines, number, found)
                )
            )
        ),
        len(lines),
    )


def _fenced(lines: Sequence[str]) -> frozenset[int]:
    """The lines between two lines of three backticks: what the author shows, not what is quoted."""
    fences = [n for n, line in enumerate(lines) if line.startswith("```")]
    pairs = zip(fences[::2], fences[1::2], strict=False)
    return frozenset(number for start, end in pairs for number in range(start, end))


def _candidates(lines: Sequence[str], found: Attributions) -> list[int]:
    """A quick look: the lines that history may begin at."""
    usual = [
        number
        for number, line in enumerate(lines)
        if ":" in line or (line[:1] in _RULE_OR_BLANK and line.lstrip()[:1] in _RULE_SIGNS)
    ]
    text = "\n".join(lines)
    rare = [sign for sign in ("@", "：", "above") if sign in text]
    if not (found or rare):
        return usual
    others = {number for sign in rare for number, line in enumerate(lines) if sign in line}
    return sorted(others.union(usual, found))


def _is_groupwise(lines: Sequence[str], number: int) -> bool:
    """`>>> Name <address> 18.11.2025 09:41 >>>` above a mail that has no quote signs."""
    following = next_text(lines, number + 1)
    return (
        _GROUPWISE.fullmatch(lines[number][:_MAX_LINE].strip()) is not None
        and following is not None
        and not is_quoted(lines[following])
    )


def _is_glued(line: str) -> bool:
    """Yahoo on Android: the old mail begins in the line of its attribution."""
    at = _BRACKETED.search(line)
    return bool(at and _GLUED_HEAD.match(line[: at.start()]) and _GLUED_TAIL.match(line, at.end()))


def _is_notes_head(lines: Sequence[str], number: int) -> bool:
    """Lotus Notes: the author, the time, and the words `To` and `Subject` in lines of their own."""
    if number + 1 >= len(lines) or not _DATE_ALONE.fullmatch(lines[number + 1].strip()[:60]):
        return False
    words = {line.strip().lower() for line in lines[number + 2 : number + _NOTES_REACH]}
    return not words.isdisjoint(_NOTES_TO) and not words.isdisjoint(_NOTES_SUBJECT)


def has_marker(lines: Sequence[str]) -> bool:
    """True when our own marker stands anywhere, quoted or not."""
    return any(_MARKER_SIGN in line and _reads_marker(lines, n) for n, line in enumerate(lines))


def _is_marker(lines: Sequence[str], quoted: Sequence[bool], number: int) -> bool:
    """True when our marker begins in this line, quoted or not, wrapped or not.

    A marker in a `>` block is part of that quotation, as an answer may stand below it.
    """
    return not quoted[number] and _reads_marker(lines, number)


def _reads_marker(lines: Sequence[str], number: int) -> bool:
    joined = " ".join(line[:_MAX_LINE].strip(_QUOTE_SIGNS) for line in lines[number : number + 3])
    return _MARKER_START in _SPACE.sub(" ", joined).lower()


def begins_history(lines: Sequence[str], number: int, attributions: Attributions) -> bool:
    """True when from this line on everything is an older mail that is not marked with `>`."""
    line = lines[number][:_MAX_LINE].strip()
    if not line:
        return False
    if line[0] in _RULE_SIGNS and _ruled(lines, number, line):
        return True
    if line[-1] == ":" and _ORIGINAL.fullmatch(line):
        return True
    if may_begin(line) and is_header_block(lines, number):
        return True
    if _is_notes_head(lines, number) or _ABOVE_ALONE.fullmatch(line):
        return True
    if "@" in line and _is_glued(line):
        return True
    if number not in attributions or attributions[number].strength is not Strength.ALONE:
        return False
    following = next_text(lines, number + attributions[number].lines)
    return following is not None and not is_quoted(lines[following])


def _ruled(lines: Sequence[str], number: int, line: str) -> bool:
    if _ORIGINAL.fullmatch(line):
        return True
    if len(line) < 200 and _FRAMED.match(line) and _ABOVE.search(line):
        return True
    if not (_LINE_OF_SIGNS.fullmatch(line) or _RULE_WITH_WORDS.fullmatch(line)):
        return False
    following = next_text(lines, number + 1)
    if following is None:
        return False
    below = lines[following][:_MAX_LINE]
    if _ABOVE_ALONE.fullmatch(below.strip()):
        return True
    return is_label(below) and is_header_block(lines, following, announced=True)


def next_text(lines: Sequence[str], number: int) -> int | None:
    """The next line that is not blank, within the next four."""
    return next((n for n in range(number, min(number + 4, len(lines))) if lines[n].strip()), None)
