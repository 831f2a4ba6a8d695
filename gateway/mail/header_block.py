"""Blocks of From, Sent, To, Subject that mail programs write above the mail they answer."""

import re
from collections.abc import Sequence
from typing import NamedTuple

_MAX_LINE = 500
_NAMES = {
    "from": """
        from|von|de|da|van|od|absender|fra|från|lähettäjä|kimden|gönderen|від|от|feladó|expéditeur
        |mittente|remitente|afzender|nadawca|odesílatel|발신|보낸 사람|发件人|寄件者|寄件人
        |差出人|送信者|від кого|de la|din|من|από|מאת|nuo|saatja|từ|dari|จาก""",
    "sent": """
        sent|gesendet|gesendet am|date|datum|envoyé|envoyé le|envoyée|envoyée le|enviado|enviado el
        |enviado em|enviado a|enviada|enviada em|fecha|inviato|data|verzonden|wysłano|odesláno|sendt
        |skickat|lähetetty|gönderildi|gönderme tarihi|tarih|päivämäärä|päiväys|dato|надіслано
        |отправлено|дата|发送时间|傳送時間|寄件日期|送信日時|送信日|日期|日時|보낸 날짜
        |날짜|trimis|elküldve|küldve|στάλθηκε|ημερομηνία|נשלח|תאריך|تم الإرسال|التاريخ|تاريخ الإرسال
        |изпратено|poslano|poslato|odoslané|dátum|išsiųsta|nosūtīts|saadetud|đã gửi|ngày|dikirim
        |tanggal|ส่ง|วันที่|enviat|enviat el""",
    "to": """
        to|an|à|para|aan|do|til|till|vastaanottaja|kime|alıcı|кому|komu|pro|destinataire|destinatario
        |a|收件人|收件者|宛先|받는 사람|către|catre|címzett|empfänger|προς|אל|إلى|до|za|prima|kam
        |adressaat|đến|tới|kepada|ถึง|per a""",
    "cc": """
        cc|kopie|bcc|копія|копия|kopia|kopi|kopio|bilgi|抄送|副本|reply-to|antwort an|wichtigkeit
        |importance|priorität|priority|attachments|anlagen|organisation|organization""",
    "subject": """
        subject|betreff|objet|asunto|assunto|oggetto|onderwerp|temat|předmět|predmet|emne|ämne|aihe
        |konu|тема|主题|主旨|件名|제목|subiect|tárgy|re|betr|θέμα|נושא|הנדון|الموضوع|относно|zadeva|naslov
        |tēma|teema|chủ đề|tiêu đề|subjek|perihal|เรื่อง|assumpte""",
}
_KINDS = {name.strip(): kind for kind, names in _NAMES.items() for name in names.strip().split("|")}
_LABEL = re.compile(
    r"[\s*_\ufeff\xa0]*(?P<name>\w[^:：*()\n]{0,24}?)(?:\s\([^()\n]{1,40}\))?[\s\xa0]{0,3}"
    r"\*{0,2}[:：]\*{0,2}(?=\s|$|[^\x00-\x7f]|\S*@|[*<\"])"
)
_IN_LINE = re.compile(
    r"\b(?:(sent|gesendet|date|datum|envoyé|enviado|inviato|verzonden|wysłano)|"
    r"(to|an|à|para|a|aan|do)|(subject|betreff|objet|asunto|assunto|oggetto|onderwerp|temat))"
    r"\s?\*{0,2}:\*{0,2}\s",
    re.IGNORECASE,
)
_DATED = re.compile(r"\d{1,2}[:.h]\d{2}|(?<!\d)(?:19|20)\d\d(?!\d)|\d{1,2}[./]\d{1,2}[./]\d\d|\d点")
_SENT_WORD = re.compile(
    r"(?i)[\s*_]*(?:date|datum|data|dato|fecha|дата|tarih|dátum|ngày|tanggal)\b"
)
_STAMP = re.compile(r"(?<!\d)(?:19|20)\d\d\b.{1,12}\d{1,2}:\d\d")  # a date with year and time
_RULE = re.compile(r"[\s*]*[-_=]{3}")
_TIME = re.compile(
    r"\d{1,2}\s?(?:[:.h：]|Uhr)\s?\d{2}(?![\d.])|\d\s?[点時點시]|\d\s?(?:am|pm|uhr)\b",
    re.IGNORECASE,
)
_FIELD = re.compile(r"\s*\w[\w .-]{1,24}:\s+\S")
_TRACE = re.compile(
    r"(?i)\s*(?:received|return-path|delivered-to|message-id|mime-version|content-[a-z-]{4,25}"
    r"|authentication-results|dkim-signature|x-[a-z-]{2,40}):\s?\S"
)
_REACH = 14
_MAX_GAP = 4  # lines of a wrapped list of recipients
_LABEL_REACH = 30


def may_begin(line: str) -> bool:
    """A quick look: false for most lines that begin no header block."""
    start = line[:_LABEL_REACH]
    return (":" in start or "：" in start) and is_label(line)


def is_label(line: str) -> bool:
    """True for a line that begins with the name of a header field in one of the languages."""
    return _label(line) is not None


class _Label(NamedTuple):
    """The kind of the header field that a line begins with, and what stands behind the colon."""

    kind: str
    value: str


def _label(line: str) -> _Label | None:
    found = _LABEL.match(line[:_MAX_LINE])
    kind = _KINDS.get(" ".join(found["name"].lower().split())) if found else None
    return _Label(kind, line[found.end() : _MAX_LINE]) if found and kind else None


def is_header_block(lines: Sequence[str], number: int, *, announced: bool = False) -> bool:
    """True when a block of From, Sent, To, Subject begins in this line.

    Prose has such lines too ("Von: Lager 1, An: Lager 2"): a sender, a date with year or time and
    a subject, or a mail address, make the difference. `announced`: a line of signs stands above.
    """
    label = _label(lines[number])
    if label is None or label.kind == "cc":
        return False
    kind = label.kind
    if number and _TRACE.match(lines[number - 1]):  # the source of a mail, shown by the author
        return False
    if kind == "from" and _in_one_line(lines[number][:_MAX_LINE]):
        return True
    found = _collect(lines, number)
    if "from" not in found or (not announced and _is_form(lines, number, found)):
        return False
    sender = "@" in found["from"]
    dated = "sent" in found and bool(_DATED.search(found["sent"]))
    rest = "subject" in found and "to" in found
    if announced and (dated or rest or (sender and len(found) > 1)):
        return True
    if dated and "subject" in found and (sender or rest or kind in {"from", "sent"}):
        return True
    if sender and "sent" in found and _STAMP.search(found["sent"]):
        return True
    if kind == "from" and any(
        _is_name_and_stamp(line, found) for line in lines[number + 1 : number + 2]
    ):
        return True
    addressed = sender or "@" in found.get("to", "")
    return (dated and addressed and "to" in found) or (sender and rest and "@" in found["to"])


def _is_form(lines: Sequence[str], number: int, found: dict[str, str]) -> bool:
    """Lines of a form that a person filled in: a day without a time, or more fields above them."""
    line = next((line for line in lines[number : number + _REACH] if _SENT_WORD.match(line)), "")
    if line and not _TIME.search(found.get("sent", "")):
        return True
    above = lines[number - 1][:_MAX_LINE] if number else ""
    return "to" not in found and _FIELD.match(above) is not None


def _is_name_and_stamp(below: str, found: dict[str, str]) -> bool:
    """`From: Helpdesk` and directly below it `Sent: Tuesday, November 18, 2025 9:41 AM`."""
    label = _label(below)
    return bool(
        label
        and label.kind == "sent"
        and not _SENT_WORD.match(below)
        and _STAMP.search(found["sent"])
    )


def _collect(lines: Sequence[str], number: int) -> dict[str, str]:
    """The values by kind; the value of a bare label may stand in the line below it."""
    found: dict[str, str] = {}
    gap = 0
    kind = ""
    for line in lines[number : number + _REACH]:
        if label := _label(line):
            if label.kind in found and label.kind != "cc":
                break
            kind = label.kind
            found[kind] = label.value
            gap = 0
            continue
        if _RULE.match(line):  # another block begins below it
            break
        gap += 1
        if gap > _MAX_GAP or (not line.strip() and len(found) > 2):
            break
        if found.get(kind, "x").strip() in {"", "*", "**"}:
            found[kind] = line[:_MAX_LINE]
    return found


def _in_one_line(line: str) -> bool:
    kinds = {kind for found in _IN_LINE.findall(line) for kind in range(3) if found[kind]}
    return len(kinds) == 3 and bool(_DATED.search(line))
