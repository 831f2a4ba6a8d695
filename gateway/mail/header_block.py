"""Blocks of From, Sent, To, Subject that mail programs write above the mail they answer."""

import re
from collections.abc import Sequence

_MAX_LINE = 500
_LABEL = re.compile(
    r"""(?ix) [\s*_\ufeff\xa0]* (?:
        (?P<from>from|von|de|da|van|od|absender|fra|från|lähettäjä|kimden|gönderen|від|от|feladó
            |expéditeur|mittente|remitente|afzender|nadawca|odesílatel|발신|보낸\s사람|发件人|寄件者
            |寄件人|差出人|送信者|від\skого|de\sla|din|من)
      | (?P<sent>sent|gesendet(?:\sam)?|date|datum|envoyé(?:e)?(?:\sle)?|enviado(?:\s(?:el|em|a))?
            |enviada(?:\sem)?|fecha|inviato|data|verzonden|wysłano|odesláno|sendt|skickat|lähetetty
            |gönderildi|gönderme\starihi|tarih|päivämäärä|päiväys|dato|надіслано|отправлено|дата
            |发送时间|傳送時間|寄件日期|送信日時|送信日|日期|日時|보낸\s날짜|날짜|trimis|elküldve)
      | (?P<to>to|an|à|para|aan|do|til|till|vastaanottaja|kime|alıcı|кому|komu|pro|destinataire
            |destinatario|a|收件人|收件者|宛先|받는\s사람|către|címzett|empfänger)
      | (?P<cc>cc|kopie|bcc|копія|копия|kopia|kopi|kopio|bilgi|抄送|副本|reply-to|antwort\san
            |wichtigkeit|importance|priorität|priority|attachments|anlagen|organi[sz]ation)
      | (?P<subject>subject|betreff|objet|asunto|assunto|oggetto|onderwerp|temat|předmět|predmet
            |emne|ämne|aihe|konu|тема|主题|主旨|件名|제목|subiect|tárgy|re|betr)
    ) (?:\s\(.{1,40}?\))? [\s\xa0]{0,3} \*{0,2} [:：] \*{0,2} (?=\s|$|[^\x00-\x7f]|\S*@|[*<"]) """
)
_IN_LINE = re.compile(
    r"\b(?:(sent|gesendet|date|datum|envoyé|enviado|inviato|verzonden|wysłano)|"
    r"(to|an|à|para|a|aan|do)|(subject|betreff|objet|asunto|assunto|oggetto|onderwerp|temat))"
    r"\s?\*{0,2}:\*{0,2}\s",
    re.IGNORECASE,
)
_DATED = re.compile(r"\d{1,2}[:.h]\d{2}|(?<!\d)(?:19|20)\d\d(?!\d)|\d{1,2}[./]\d{1,2}[./]\d\d|\d点")
_STAMP = re.compile(r"(?<!\d)(?:19|20)\d\d\b.{1,12}\d{1,2}:\d\d")  # a date with year and time
_RULE = re.compile(r"[\s*]*[-_=]{3}")
_REACH = 14
_MAX_GAP = 4  # lines of a wrapped list of recipients
_LABEL_REACH = 30


def may_begin(line: str) -> bool:
    """A quick look: false for most lines that begin no header block."""
    start = line[:_LABEL_REACH]
    return (":" in start or "：" in start) and is_label(line)


def is_label(line: str) -> bool:
    """True for a line that begins with the name of a header field in one of the languages."""
    return _LABEL.match(line[:_MAX_LINE]) is not None


def is_header_block(lines: Sequence[str], number: int, *, announced: bool = False) -> bool:
    """True when a block of From, Sent, To, Subject begins in this line.

    Prose has such lines too ("Von: Lager 1, An: Lager 2"): a sender, a date with year or time and
    a subject, or a mail address, make the difference. `announced`: a line of signs stands above.
    """
    label = _LABEL.match(lines[number][:_MAX_LINE])
    kind = label.lastgroup if label else None
    if kind is None or kind == "cc":
        return False
    if kind == "from" and _in_one_line(lines[number][:_MAX_LINE]):
        return True
    found = _collect(lines, number)
    if "from" not in found:
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
    addressed = sender or "@" in found.get("to", "")
    return (dated and addressed and "to" in found) or (sender and rest and "@" in found["to"])


def _collect(lines: Sequence[str], number: int) -> dict[str, str]:
    """The values by kind; the value of a bare label may stand in the line below it."""
    found: dict[str, str] = {}
    gap = 0
    kind = ""
    for line in lines[number : number + _REACH]:
        label = _LABEL.match(line[:_MAX_LINE])
        if label and label.lastgroup:
            if label.lastgroup in found and label.lastgroup != "cc":
                break
            kind = label.lastgroup
            found[kind] = line[label.end() : _MAX_LINE]
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
