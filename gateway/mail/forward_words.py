"""What mail programs write, in the language of their user, around a mail that is passed on."""

import re
from collections.abc import Mapping
from enum import Enum, auto


class Mark(Enum):
    """What a line of a mail program announces."""

    FORWARD = auto()
    ORIGINAL = auto()
    END = auto()


class Field(Enum):
    """A header field of a mail, whatever a program calls it."""

    FROM = auto()
    DATE = auto()
    TO = auto()
    CC = auto()
    SUBJECT = auto()
    OTHER = auto()


_MAX_NAME = 40
_MAX_MARK = 200
_MAX_ONE_LINE = 2000
_SIGNS = "-_=~#*"
_FRAME = _SIGNS + "[]<>|+8 \t\xa0"
_AROUND = "*_| \t\xa0\u200e\u200f\ufeff"

_NAMES: Mapping[Field, str] = {
    Field.FROM: """from|von|de|da|van|od|от|від|від кого|от кого|kimden|gönderen|fra|från|absender
        |expéditeur|mittente|remitente|afzender|nadawca|lähettäjä|odesílatel|de la|feladó
        |发件人|寄件者|寄件人|差出人|보낸 사람""",
    Field.DATE: """date|datum|sent|gesendet|gesendet am|sent at|sent on|envoyé|envoyé le
        |date d'envoi|fecha|fecha de envío|enviado|enviado el|enviado a las|enviado em
        |enviada|enviada em|data|data invio|inviato|inviato il|verzonden|verzonden op|verzenddatum
        |wysłano|data wysłania
        |wysłane|tarih|gönderildi|gönderilme tarihi|gönderme tarihi|gönderilme|дата|надіслано
        |відправлено|отправлено|skickat|sendt|dato|lähetetty|odesláno|sendedatum|gesendet um
        |发送时间|日期|送信日時|日付|날짜|보낸 날짜|trimis|elküldve""",
    Field.TO: """to|an|à|a|para|pour|aan|do|kime|alıcı|кому|til|till|komu|destinataire
        |destinataires|destinatario|destinatari|destinatarios|destinatário|empfänger|adresat|ontvanger
        |vastaanottaja|收件人|收件者|宛先|받는 사람|către|címzett|pro""",
    Field.CC: """cc|kopie|kopie (cc)|copie|copie à|copia|cópia|con copia|dw|do wiadomości|udw|kopia
        |kopi|kopio|bilgi|копія|копия|bcc|cci|cco|ccn|抄送|副本""",
    Field.SUBJECT: """subject|betreff|betr|objet|sujet|asunto|assunto|oggetto|onderwerp|temat|konu
        |тема|emne|ämne|aihe|předmět|主题|主旨|件名|제목|subiect|tárgy""",
    Field.OTHER: """antwort an|antworten an|répondre à|responder a|rispondi a|beantwoorden
        |odpowiedz do|yanıtla|відповісти|importance|wichtigkeit|priorität|priority|importancia
        |priorità|importanza|attachments|attachment|anlagen|anlage|anhang|anhänge|pièces jointes
        |adjuntos|datos adjuntos|allegati|bijlagen|załączniki|ekler|вкладення|anexos|organization
        |organisation|categories|kategorien|received|references|sensitivity|vertraulichkeit""",
}
_KINDS = {" ".join(name.split()): kind for kind, text in _NAMES.items() for name in text.split("|")}

_FORWARD = """forwarded message|weitergeleitete nachricht|weitergeleitete e-mail
    |weitergeleitete mail|forwarded mail|forwarded e-mail|forwarded email|fwd message
    |weitergeleitet von|weitergeleitet durch|forwarded by|message transféré|courriel transféré
    |message réexpédié|transféré par|message suivi|mensaje reenviado|reenviado por
    |messaggio inoltrato|inoltrato da|doorgestuurd bericht|doorgestuurde e-mail|doorgestuurd door
    |przekazana wiadomość|wiadomość przekazana|treść przekazanej wiadomości|przesłane przez
    |yönlendirilmiş mesaj|yönlendirilmiş ileti|yönlendirilen mesaj|yönlendirilen ileti
    |iletilen mesaj|iletilen ileti|iletilmiş mesaj|переслане повідомлення
    |переадресоване повідомлення|перенаправлене повідомлення|пересланное сообщение
    |пересылаемое сообщение|переадресованное сообщение|mensagem encaminhada
    |mensagem reencaminhada|encaminhado por|vidarebefordrat meddelande|videresendt besked
    |videresendt melding|přeposlaná zpráva"""
_ORIGINAL = """original message|original-nachricht|originalnachricht|original nachricht
    |ursprüngliche nachricht|ursprüngliche mail|ursprüngliche e-mail|original mail
    |message d'origine|message d’origine|message original|message initial|courriel original
    |mensaje original|messaggio originale|oorspronkelijk bericht|originele bericht
    |origineel bericht|oryginalna wiadomość|wiadomość oryginalna|treść oryginalnej wiadomości
    |orijinal mesaj|orijinal ileti|özgün ileti|özgün mesaj|asıl mesaj|початкове повідомлення
    |оригінальне повідомлення|вихідне повідомлення|исходное сообщение|оригинальное сообщение
    |mensagem original|ursprungligt meddelande|oprindelig meddelelse|původní zpráva"""
_INTRO = """begin forwarded message|anfang der weitergeleiteten nachricht
    |anfang der weitergeleiteten e-mail|beginn der weitergeleiteten nachricht
    |début du message transféré|début du message réexpédié|inicio del mensaje reenviado
    |comienzo del mensaje reenviado|inizio messaggio inoltrato|inizio del messaggio inoltrato
    |begin doorgestuurd bericht|begin van doorgestuurd bericht|początek przekazywanej wiadomości
    |początek przekazanej wiadomości|iletilen mesajın başlangıcı|iletilen mesaj başlangıcı
    |yönlendirilen iletinin başlangıcı|başlangıç: yönlendirilen mesaj
    |початок переадресованого повідомлення|початок пересланого повідомлення
    |початок пересилання повідомлення|начало переадресованного сообщения
    |início da mensagem reencaminhada|início da mensagem encaminhada
    |this is a forwarded message|dies ist eine weitergeleitete nachricht"""
_END = """end forwarded message|end of forwarded message|end message|end original message
    |ende der weitergeleiteten nachricht|ende der originalnachricht|ende weitergeleitete nachricht
    |fin du message transféré|fin del mensaje reenviado|fine messaggio inoltrato
    |fine del messaggio inoltrato|einde doorgestuurd bericht|koniec przekazanej wiadomości
    |koniec przekazywanej wiadomości|кінець пересланого повідомлення
    |fim da mensagem encaminhada|end of original message text"""


def _lower(text: str) -> str:
    """Words with single blanks; a Turkish capital İ gives i and a dot of its own."""
    return " ".join(text.split()).lower().replace("i\u0307", "i")


def _phrases(text: str) -> tuple[str, ...]:
    return tuple(" ".join(phrase.split()) for phrase in text.split("|"))


_FENCED = (
    (Mark.END, _phrases(_END)),
    (Mark.FORWARD, _phrases(_FORWARD) + _phrases(_INTRO)),
    (Mark.ORIGINAL, _phrases(_ORIGINAL)),
)
_INTROS = _phrases(_INTRO)


_CAPITALS = sorted((n[0].upper() + n[1:] for n in _KINDS if n.isascii() or len(n) > 2), key=len)
_GLUED = re.compile(
    r"(?:(?<=[\s>*])|(?<=[\w)\]\"](?=[^\W\d]{4})))\*{0,2}(?=[^\Wa-z\d_])(?=(?:"
    + "|".join(map(re.escape, reversed(_CAPITALS)))
    + r")[ \xa0]?\*{0,2}:(?!//))"
)


def fields_of_one_line(line: str) -> list[str]:
    """The line cut in front of each header field, where a program put a whole header into it."""
    if len(line) > _MAX_ONE_LINE or line.count(":") < 3:
        return [line]
    if line.lstrip(_AROUND)[:1] not in "-_=" and not label_of(line):
        return [line]
    parts = [part for part in _GLUED.split(line) if part.strip()]
    labels = [label[0] for part in parts if (label := label_of(part))]
    whole = {Field.FROM, Field.SUBJECT}.issubset(labels) and len(set(labels)) >= 3
    opens = bool(parts) and bool(label_of(parts[0]) or mark_of(parts[0]))
    return parts if whole and opens and len(set(labels)) == len(labels) else [line]


def mark_of(line: str) -> Mark | None:
    """What a line announces: words between lines of signs, or an introduction with a colon."""
    if len(line) > _MAX_MARK:
        return None
    core = line.strip(_FRAME)
    if not core:
        return None
    words = _lower(core)
    if line.rstrip("* \t\xa0")[-1:] in ":：." or words in _INTROS:
        return Mark.FORWARD if words.rstrip(" :：.") in _INTROS else None
    if sum(char in _SIGNS for char in line[: line.find(core)]) < 2:
        return None
    return next((mark for mark, phrases in _FENCED if words.startswith(phrases)), None)


def label_of(line: str) -> tuple[Field, str] | None:
    """The header field that a line begins with, and the value beside it (`*Von:* Anna`)."""
    start = line[: _MAX_NAME + 8].replace("：", ":")
    end = start.find(":")
    if end < 1:
        return None
    name = _lower(start[:end].strip(_AROUND))
    kind = _KINDS.get(name)
    if kind is None:
        if "-" not in name or not (name.isascii() and name.replace("-", "").isalnum()):
            return None
        kind = Field.OTHER
    return kind, line[end + 1 :].strip(_AROUND)
