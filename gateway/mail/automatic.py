"""Whether a machine wrote a mail (RFC 3834), and which test says so."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from gateway.model.address import Mailbox
from gateway.model.message import Automatic, Bounce, Message

Fields = Mapping[str, Sequence[str]]

_PRECEDENCE = frozenset({"bulk", "junk", "auto_reply", "auto-reply", "autoreply"})
_SUPPRESS = frozenset({"all", "autoreply", "oof", "dr", "rn", "nrn"})
_LIST_FIELDS = ("list-id", "list-unsubscribe", "list-post", "list-help", "list-subscribe")
_AUTO_FIELDS = (
    "x-autoreply",
    "x-autorespond",
    "x-autoresponder",
    "x-auto-reply",
    "x-mail-autoreply",
    "x-vacation",
    "auto-reply",
    "x-failed-recipients",
)
_HUMAN_FIELDS = ("in-reply-to", "references", "user-agent", "x-mailer", "thread-index")
_MACHINE = re.compile(
    r"(?:mailer-?daemon|postmaster|no-?_?reply|do-?_?not-?_?reply|donotreply|nicht-?antworten|"
    r"keine-?antwort|bounces?|autoreply|auto-?responder|listserv|majordomo)(?:[+._=-].*)?"
)
_VACATION = re.compile(
    r"""(?ix) ^\s* (?:(?:re|aw|antw|sv)\s?:\s*)* (?:
        automatische\s(?:antwort|abwesenheits\w+|rückmeldung|empfangs\w+|e-?mail)
      | automatic\s(?:reply|response) | auto(?:mated|matic)?[\s-]?(?:reply|response|antwort)\b
      | abwesenheits(?:notiz|nachricht|meldung|assistent|benachrichtigung|mitteilung|info)
      | abwesend\b | (?:ich\sbin\s)?(?:nicht\sim\s(?:büro|haus)|im\surlaub|außer\shaus)\b
      | out\sof\s(?:the\s)?office | (?:i\sam\s)?(?:away\sfrom|on\s(?:vacation|holiday|leave))\b
      | vacation\s(?:reply|notice|response)
      | réponse\sautomatique | respuesta\sautomática | risposta\sautomatica
      | automatisch\santwoord | autoodpowiedź | odpowiedź\sautomatyczna
    )"""
)


def judge(
    fields: Fields,
    authors: Sequence[Mailbox],
    *,
    is_report: bool,
    is_bounce: bool,
    bounces: tuple[Bounce, ...],
) -> Automatic:
    """What the header says about the writer.

    `fields` are the readable values by lower-case name. `is_report` is true for any
    multipart/report (also of reading or of spam), `is_bounce` and `bounces` are what
    `bounce.find` found.
    """
    subject = " ".join(fields.get("subject", ()))[:300]
    vacation = bool(_VACATION.match(subject))
    reason = "delivery report" if is_bounce else _reason(fields, authors)
    if not reason and is_report:
        reason = "multipart/report"
    if not reason and vacation and not _says_human(fields):
        reason = "absence notice by its subject"
    return Automatic(
        reason=reason,
        vacation=bool(reason) and not is_bounce and (vacation or _replied(fields)),
        is_bounce=is_bounce,
        bounces=bounces,
    )


def null_reverse_path(message: Message) -> Message:
    """The message as it is to be seen when the envelope had the null reverse-path `<>`.

    Only machines send from `<>` (RFC 5321 section 4.5.5), whatever the header says.
    """
    if message.automatic.is_auto_generated:
        return message
    return replace(
        message, automatic=replace(message.automatic, reason="sent from the null reverse-path")
    )


def _first(fields: Fields, name: str) -> str:
    values = fields.get(name)
    return values[0].strip().lower() if values else ""


def _reason(fields: Fields, authors: Sequence[Mailbox]) -> str:
    # Any value but "no" means a machine (RFC 3834 section 5), parameters and comments aside.
    submitted = re.split(r"[\s;(]", _first(fields, "auto-submitted"), maxsplit=1)[0]
    if submitted and submitted != "no":
        return f"Auto-Submitted: {submitted}"
    precedence = _first(fields, "precedence")
    if precedence in _PRECEDENCE and not (submitted == "no" or _human_on_list(fields)):
        return f"Precedence: {precedence}"
    for name in _AUTO_FIELDS:
        if _first(fields, name) not in {"", "no", "none", "false"}:
            return f"{name} is set"
    suppress = {word.strip() for word in _first(fields, "x-auto-response-suppress").split(",")}
    if suppress & _SUPPRESS and not _answers_by_hand(fields):
        return "X-Auto-Response-Suppress is set"
    if _first(fields, "return-path") in {"<>", "< >"}:
        return "sent from the null reverse-path"
    machine = next((author.address for author in authors if _is_machine(author)), "")
    if machine:
        return f"written by {machine}"
    listed = [name for name in _LIST_FIELDS if name in fields]
    if len(listed) > 1 and submitted != "no" and not _human_on_list(fields):
        return "mailing list"
    return ""


def _is_machine(author: Mailbox) -> bool:
    return bool(_MACHINE.fullmatch(author.key.partition("@")[0]))


def _says_human(fields: Fields) -> bool:
    return _first(fields, "auto-submitted").startswith("no")


def _human_on_list(fields: Fields) -> bool:
    """True when somebody's own mail program wrote it and a list only carried it on."""
    return "list-id" in fields and any(name in fields for name in _HUMAN_FIELDS)


def _answers_by_hand(fields: Fields) -> bool:
    """Exchange sets the suppress field on some mails that people write and answer by hand."""
    return "thread-index" in fields and "auto-submitted" not in fields


def _replied(fields: Fields) -> bool:
    return _first(fields, "auto-submitted").startswith("auto-replied")
