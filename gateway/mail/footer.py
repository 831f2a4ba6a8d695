"""Signatures and the lines that mobile programs put below a mail."""

import re
from collections.abc import Sequence

_SIGNATURE = re.compile(r"--\s?|[—–]\s?|_{2,3}\s?")
_MAX_SIGNATURE = 40  # lines; a longer one is text
_MAX_UNSURE_SIGNATURE = 12  # the same after a delimiter that is not exactly `-- `
_MAX_NAME_LINE = 60
_MAX_FOOTER = 200
_DASHED_NAME = re.compile(r"-{1,2}[A-ZÄÖÜ][^\W\d]*\.?(?:\s[A-ZÄÖÜ][^\W\d]*\.?){0,2}")
_RULE = re.compile(r"_{20,}")
_LIST = re.compile(r"(?i)\bmailing[\s-]?list(?:e)?\b")
_MAX_LIST_FOOTER = 8  # lines
_MACHINE = ("Reply to this email directly", "You are receiving this", "You received this")
_DASHED = re.compile(r"\s*[-*•]")

_DEVICE = (
    r"(?:iphon\w*|ipad|ipod|ios|android|smartphone|galaxy|samsung|huawei|xiaomi|pixel|nexus|nokia|htc|"
    r"\w*mobil\w*|handy|tablet|black\s?berry|windows|mac|telefon\w*|teléfono|téléphone|telefoon|"
    r"puhelin\w*|телефон\w*|cellulare|celular|outlook|mail\w*|k-9|k9|proton\w*|tutanota|tuta|"
    r"thunderbird|app|gmx|web\.de|t-online|yahoo|aol|spark|airmail|fairemail|bluemail|mailbox|"
    r"boxer|hotmail|gmail|superhuman|aquamail|phone|device|gerät|appareil|dispositivo|verizon|at&t|laptop|computer)"
)
_FOOTER = re.compile(
    rf"""(?ix) [\s*_<>(\[–—-]{{0,6}} (?:
        (?:(?:securely|sicher|e-?mail)\s)?
        (?:sent|gesendet|versendet|geschrieben|envoyée?|enviad[oa]|inviat[oa]|verzonden|verstuurd
           |wysłan[eoya]|odesláno|odesláno|skickat|sendt|lähetetty|отправлено|надіслано|відправлено
           |trimis|küldve|written|posted)\s
            (?:from|via|using|with|by(?=\smy\b)|on(?=\smy\b)|von|vom|mit|über|per|aus|unterwegs|depuis|de|à|avec|desde|con
               |da|dal|dai|do|pelo|em|meu|vanaf|van|met|z|ze|från|fra|med|min|mit|из|с|з|із|iz)
            \s .{{0,60}}? \b{_DEVICE}\b .{{0,80}}
      | (?:von|vom|aus)\s (?:meine[mr]?|mein|outlook|samsung|unterwegs|yahoo) \b .{{0,60}}
            (?:gesendet|geschickt|versendet|verschickt|outlook\.?|ios|android)(?!:) .{{0,40}}
      | diese\s (?:nachricht|e-mail|mail)\s wurde\s (?:von|mit)\s .{{0,80}}
            (?:gesendet|verschickt|versendet) .{{0,60}}
      | (?:ce\s message|cet\s e-mail)\s (?:a\s été\s)? envoyé\s .{{0,80}}
      | (?:get|holen\s sie\s sich|hol\s dir|laden\s sie|téléchargez|télécharger|obtenir|obtenez
          |obtener|obtén|obter|obtenha|scarica|ottieni|download|pobierz|hämta|hent|скачать|отримати|завантажити)\s
            .{{0,30}}? (?:outlook|k-9|fairemail|bluemail) \b .{{0,80}}
      | (?:outlook|yahoo\s mail|gmx|aol) \s (?:für|for|auf|on|pour|para|per|voor|dla)
            \s (?:ios|android|mac) .{{0,80}}
      | (?:iphone|ipad|telefon)\S{{0,8}}\s (?:gönderildi|lähetetty) .{{0,20}}
      | lähetetty\s iphone\S*
      | iphone['’]?\w{{0,4}}\s gönderildi
      | (?:从|從|發自)?我的\s?\S{{1,20}}\s?(?:发送|傳送)?
      | (?:发自|發自|从)\S{{0,4}}我的\s?.{{1,20}}
      | (?:στάλθηκε|נשלח|تم\sالإرسال|نُشرت|أُرسلت|poslano|poslané|poslato|saadetud|dikirim|đã\sgửi
            |ส่งจาก|enviat|küldve|wysłane)\s? .{{1,30}}
            (?:iphon|ipad|android|galaxy|samsung|xiaomi|huawei)\S{{0,10}} (?:\s\S{{1,10}}){{0,2}}
      | (?:나의|내)\s? \S{{1,20}}에서\s?보냄 | android\s\S{{1,12}}\sgönderildi
      | sent\s(?:from|with|via)\s(?:front|canary|hey|missive|newton|polymail|zimbra|nine)
      | iphoneから送信 | \S{{1,20}}から送信
    ) [\s*_>)\]]*"""
)
_EXCUSE = re.compile(
    r"(?i)[\s.,;:–-]*\b(?:please\s(?:excuse|forgive|pardon)|bitte\s(?:entschuldigen|verzeihen)|"
    r"veuillez\sexcuser|sorry\sfor|apologies\sfor|excuse)\b.{0,60}"
    r"\b(?:brevity|typos?|errors|kürze|tippfehler|brièveté|terse\w*|mistakes)\b.{0,20}$"
)
_TARGET = re.compile(r"\s?[<(\[]\s?https?://[^\s<>()\[\]]{1,150}\s?[>)\]]")
_BARE_TARGET = re.compile(r"<?https?://[^\s<>]{1,150}>?")
_PROSE = re.compile(
    r"[?]|[.!]\s+\S.{60}|\b(?:bitte|please|habe|have|wird|will|kann|can|nicht|not)\b"
)


_TELLS = re.compile(
    r"(?i)\b(?:yesterday|today|tomorrow|(?:mon|tues|wednes|thurs|fri|satur|sun)day|gestern|heute|morgen|vorhin"
    r"|montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag|hier\ssoir|ayer|ieri|gisteren|wczoraj"
    r"|did|was|were|has|have|is|are|but|not|never|nothing|nobody|(?<!['’])ist|war|kam|aber|nicht|nichts|niemand"
    r"|pas|mais|pero|non|maar|niet|nie|ale)\b|\d{1,2}[.:/]\d|[?]"
)


def without_footer(block: Sequence[str]) -> list[str]:
    """The lines of a stretch of own text without its signature and its mobile footer."""
    lines = _without_footers(_without_list_footer(block))
    lines = _without_footers(_without_signature(lines))
    last = _last_text(lines)
    return _without_dashed_name(lines, last)


def _without_list_footer(block: Sequence[str]) -> list[str]:
    """Without what a mailing list manager puts below each mail, as Mailman does."""
    start = max(len(block) - _MAX_LIST_FOOTER, 0)
    for number in range(start, len(block) - 1):
        if _RULE.fullmatch(block[number].strip()) and _LIST.search(block[number + 1][:_MAX_FOOTER]):
            return list(block[:number])
    return list(block)


def _without_footers(lines: list[str]) -> list[str]:
    end = len(lines)
    target = False  # the home page of the program in the line below its footer
    for number in range(len(lines) - 1, -1, -1):
        line = lines[number].strip()
        if line and not target and len(line) < _MAX_FOOTER and _BARE_TARGET.fullmatch(line):
            target = True
        elif line or target:
            if not _is_footer(line):
                break
            end, target = number, False
    return lines[:end]


def _is_footer(line: str) -> bool:
    if len(line) <= _MAX_FOOTER:
        line = _EXCUSE.sub("", _TARGET.sub("", line.strip()))
    if len(line) > _MAX_FOOTER or not _FOOTER.fullmatch(line) or _TELLS.search(line):
        return False
    return len(line) < _MAX_NAME_LINE or not _PROSE.search(line.lower())


def _last_text(lines: Sequence[str]) -> int:
    """The number of the last line that is not blank; -1 when there is none."""
    return next((n for n in range(len(lines) - 1, -1, -1) if lines[n].strip()), -1)


def _without_signature(block: Sequence[str]) -> list[str]:
    """The lines above the topmost delimiter that has no more than a signature below it."""
    below, end, first = 0, len(block), ""
    for number in range(len(block) - 1, -1, -1):
        line = block[number]
        if below > _MAX_SIGNATURE:
            break
        if line == "-- " and not _is_middle(block, end):
            end = number
        elif _SIGNATURE.fullmatch(line):
            if end < len(block) or not _may_be_signature(block, number, below, first):
                break
            end = number
        if line.strip():
            below, first = below + 1, line.strip()
    return list(block[:end])


def _is_middle(block: Sequence[str], end: int) -> bool:
    return end < len(block) and block[end] != "-- "


def _may_be_signature(block: Sequence[str], number: int, below: int, first: str) -> bool:
    """After `--`, `__` or a long dash: a name, not the next section of the text."""
    if below == 0:
        return True
    if first.startswith(_MACHINE):
        return below <= _MAX_UNSURE_SIGNATURE
    if below > _MAX_UNSURE_SIGNATURE or len(first) > _MAX_NAME_LINE:
        return False
    if first.endswith(("?", "!", ":")) or (first.endswith(".") and len(first.split()) > 3):
        return False
    return not _DASHED.match(first) and any(line.strip() for line in block[:number])


def _without_dashed_name(lines: list[str], last: int) -> list[str]:
    """Without `-Maria` as the last paragraph; a list with dashes stays."""
    if last < 1 or not _DASHED_NAME.fullmatch(lines[last].strip()) or lines[last - 1].strip():
        return lines
    if any(_DASHED.match(line) for line in lines[:last]):
        return lines
    return lines[:last]
