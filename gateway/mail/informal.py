"""Bounces in prose: whether a mail is one, which addresses it names, and why they failed."""

import re
from collections.abc import Mapping, Sequence
from itertools import islice

from gateway.mail import bounce_words as words
from gateway.mail import by_hand, known_bounces, vacation
from gateway.mail.charset import one_line
from gateway.mail.smtp_status import best_status
from gateway.model.address import Mailbox
from gateway.model.message import Bounce

Fields = Mapping[str, Sequence[str]]

_MAX_TEXT = 64 * 1024
_BEGINNING = 4096
_MAX_RECIPIENTS = 100
_MAX_REASON_LINES = 12
_MAX_DIAGNOSTIC = 500
_MAX_LINE = 500
_MAX_COPIES = 5
_OWN_WORDS = 600

_DOMAIN = r"@\w(?:[\w.-]{0,253}\w)"
# In angle brackets an address may have signs in it that stand around one in prose.
_BRACKETED = rf"[^\s<>()\[\],;:\"@]{{1,64}}{_DOMAIN}"
_ADDRESS = rf"(?:(?<=<){_BRACKETED}(?=>)|[^\s<>()\[\],;:\"'`=*|@！-｠、-】]{{1,64}}{_DOMAIN})"
_ANY = re.compile(_ADDRESS)
_WHOLE = re.compile(_BRACKETED)
# A line that is an address and nothing else, or an address and the reason behind a colon.
_ALONE = re.compile(
    rf"[ \t>*•-]*(?:[^<>()@\n]{{0,80}}[<(\[])?[<'\"]?(?:mailto:)?({_ADDRESS})[>'\"]?[)\]]?"
    r"(?:\s?:(?:\s*(.*))?|\s+on\s.{5,60}|\s*[(\[<].{3,120}[)\]>]|\.\.\..{0,200}|\s+[-–]\s.{3,200}"
    r"|,?\s+(?=\d{3}\s).{3,300}|[;.,]"
    r"|,?\s+(?=[^@\n]{0,80}\b(?i:invalid|unknown|error|not|full|quota|disabled))[^@\n]{3,200})?\s*"
)
_LABELLED = re.compile(
    rf"""(?ix) [\ \t>*|]* (?: (?:(?:final|original|failed|intended|bad|invalid)[\s-])?
        (?:recipients?|address(?:es)?|user|mailbox|empfänger(?:adresse)?|addressed\sto
        |destinataire|adresse|destinatario|odbiorca|收件人|宛先) (?:\s(?:address|name|e-?mail))?
      | (?:<?-*>?\s*)?rcpt\s+to | error-for | undeliverable\s(?:address|to)
      | could\snot\sdeliver\sto
      | failed\sto\sdeliver\sto | unable\sto\sdeliver\s(?:message\s)?to | \d{{3}}
      | (?:e-?mail|message)\sto
        ) \s?[:：]?\s* (?:rfc822;\s?)? [<'\"(]{{0,2}} ({_ADDRESS}) [>'\")]{{0,2}} (.*)"""
)
_TO = re.compile(rf"(?i)[ \t>*|]*(?:to|an|à|para|a|aan|do|кому)\s?:[^@\n]{{0,80}}?({_ADDRESS})(.*)")
_SENTENCE = re.compile(
    rf"""(?ix) (?: \b(?:to|for|an|à|a|für|from\syour\smessage\sto) | recipient | address | user
      | mailbox | empfänger | adresse | account | <->\s?rcpt\sto
      ) \W{{0,4}} (?:the\s(?:following\s)?(?:recipient|address|user)\W{{0,4}})?
      [<'"*(]{{0,3}} (?:mailto:)?({_ADDRESS})"""
)


_WRAPPED = re.compile(r"IMCEA(\w{1,10})-([^\s<>@]{1,500})@[\w.-]+")
_HEX = re.compile(r"\+([0-9A-F]{2})")
_ID_LINE = re.compile(rb"(?im)^[> \t]{0,8}message-id:.{0,500}$")
# Such a line names the sender or an id, never the address that was not reached.
_OF_OTHERS = re.compile(
    r"(?i)[ \t>*|]*(?:message-id|in-reply-to|references|(?:original[ -])?(?:from|sender)|mail from"
    r"|reply-to|return-path|received|von|absender|de|exp[ée]diteur|content-id|sent by)\s?:"
)


def is_from_server(fields: Fields, authors: Sequence[Mailbox]) -> bool:
    """True when a mail server may have written it: by its author, or by the null return path."""
    return (
        any(path.strip() in {"<>", "< >"} for path in fields.get("return-path", ()))
        or "x-failed-recipients" in fields
        or not authors
        or any(words.is_server(author) for author in authors)
    )


def is_from_daemon(authors: Sequence[Mailbox]) -> bool:
    """True when the author is the sender of reports of a mail server, not only its postmaster."""
    return any(words.is_daemon(author) for author in authors)


def addresses(text: str) -> list[str]:
    """All addresses in a short text, in order, once each."""
    found = (address.rstrip(".") for address in _ANY.findall(_unwrapped(text[:8192])))
    return list(dict.fromkeys(found))


def address_in(value: str) -> str:
    """The address that a field holds, with or without angle brackets; empty when there is none."""
    bare = value.strip().removeprefix("<").partition(">")[0].strip()
    whole = _WHOLE.fullmatch(_unwrapped(bare[:_MAX_LINE]))
    return whole[0] if whole else next(iter(addresses(value)), "")


def _unwrapped(text: str) -> str:
    """The text with the addresses that Exchange wrapped into its own (`IMCEASMTP-`) set free.

    Those that are no Internet addresses (X.400, X.500) are taken out.
    """
    if "IMCEA" not in text:
        return text
    return _WRAPPED.sub(
        lambda found: (
            _HEX.sub(lambda code: chr(int(code[1], 16)), found[2]) if found[1] == "SMTP" else ""
        ),
        text,
    )


def status(text: str) -> str:
    """The status that the prose above the returned mail tells, or empty."""
    return best_status(_told(text))


def is_rejection(text: str) -> bool:
    """True when the prose of a receipt says that a filter rejected the mail."""
    return words.REJECTION.search(text[:_BEGINNING]) is not None


def read(
    raw: bytes,
    fields: Fields,
    text: str,
    *,
    from_server: bool,
    report: bool,
    from_daemon: bool = False,
) -> tuple[bool, tuple[Bounce, ...]]:
    """Whether a mail says in prose that something was not delivered, and to whom.

    `report` is true for a multipart/report, which need not have the part that programs read
    (RFC 6522 section 3). `from_daemon` is what `is_from_daemon` says. A
    bounce without any address has one entry with an empty recipient.
    """
    subject = " ".join(fields.get("subject", ()))[:_MAX_LINE]
    if not (from_server or report or words.SUBJECT.match(subject)):
        return False, ()
    told = _told(text)
    daemon = from_daemon and _ANY.search(told[:_BEGINNING]) and _says_why(told[:_BEGINNING])
    if not _is_bounce(
        fields, subject, told, from_server=from_server, report=report, daemon=bool(daemon)
    ):
        return False, ()
    delayed = _is_delayed(subject, told)
    told_of = _told_of(text)
    reasons = _found(raw, fields, told_of)
    only = (told, told_of) if len(reasons) <= 1 else ()
    return True, tuple(
        _bounce(address, (reason, *only), delayed=delayed)
        for address, reason in list(reasons.items() or [("", "")])[:_MAX_RECIPIENTS]
    )


def recipients(raw: bytes, fields: Fields, text: str) -> list[str]:
    """The addresses that the prose names as not reached."""
    return list(_found(raw, fields, _told_of(text)))


def _is_delayed(subject: str, told: str) -> bool:
    """True for a warning that it takes longer; one about something final is no such warning."""
    if words.DELAY.search(told[:_BEGINNING]):
        return True
    return bool(words.DELAY_SUBJECT.search(subject)) and best_status(told)[:1] != "5"


def _told(text: str) -> str:
    """What the server says itself: the text above the copy of the mail that came back."""
    text = text[:_MAX_TEXT]
    copy = words.COPY.search(text)
    above = text[: copy.start()] if copy else text
    return above if above.strip() else text


def _told_of(text: str) -> str:
    """The same, but at least as much as has an address in it."""
    text = text[:_MAX_TEXT]
    for copy in islice(words.COPY.finditer(text), _MAX_COPIES):
        if _ANY.search(text, 0, copy.start()):
            return text[: copy.start()]
    return text


def _is_bounce(
    fields: Fields, subject: str, told: str, *, from_server: bool, report: bool, daemon: bool
) -> bool:
    if "x-failed-recipients" in fields:
        return True
    beginning = told[:_BEGINNING]
    if vacation.is_named(subject) or words.CHALLENGE.search(beginning):
        return False
    if words.ARRIVED.search(beginning) and not words.FAILED.search(beginning):
        return False
    in_subject = bool(words.SUBJECT.search(subject))
    if report:
        return in_subject or _says_why(beginning)
    if by_hand.is_shown(fields):
        return False
    if from_server:
        named = in_subject and (_ANY.search(beginning) is not None or _says_why(beginning))
        return named or daemon or _speaks(beginning)
    return _opens(fields, subject, beginning)


def _says_why(beginning: str) -> bool:
    return bool(words.BODY.search(beginning) or words.DELAY.search(beginning))


def _speaks(beginning: str) -> bool:
    """True for the sentences of mail servers, most of which need an address to be theirs."""
    if words.UNMISTAKABLE.search(beginning):
        return True
    return bool(words.SENTENCE.search(beginning) and _ANY.search(beginning))


def _opens(fields: Fields, subject: str, beginning: str) -> bool:
    """True for a report of an author with an ordinary name: subject and text open like one."""
    if any(name in fields for name in words.HUMAN_FIELDS):
        return False
    opening = words.SUBJECT.match(subject) and not subject.rstrip().endswith("?")
    person = words.GREETING.match(beginning) or words.PERSON.search(beginning[:_OWN_WORDS])
    if not opening or person:
        return False
    return _speaks(beginning) or words.TRANSCRIPT.search(beginning) is not None


def _found(raw: bytes, fields: Fields, told: str) -> dict[str, str]:
    """The addresses with what is said of each: by header, lines, library or sentences."""
    named = addresses(",".join(fields.get("x-failed-recipients", ())))
    reasons = _reasons(told)
    if named:
        return {address: reasons.get(address, "") for address in named}
    ours = {address.lower() for name in ("to", "from") for address in _own(fields, name)}
    theirs = _without(reasons, ours)
    delayed, failed = known_bounces.failures(raw)
    ids = _ids(raw)
    known = [
        address
        for address in (*failed, *delayed)
        if address.lower() not in ours and f"<{address}>".encode() not in ids
    ]
    if known and not set(known) & set(theirs):
        return {address: reasons.get(address, "") for address in known}
    return (
        theirs
        or _without(_in_prose(told), ours)
        or _without(dict.fromkeys(_own(fields, "subject"), ""), ours)
        or _without(reasons, set())
    )


def _ids(raw: bytes) -> bytes:
    """The lines of Message-IDs, which look like addresses."""
    return b"\n".join(_ID_LINE.findall(raw, 0, _MAX_TEXT))


def _own(fields: Fields, name: str) -> list[str]:
    return addresses(",".join(fields.get(name, ()))[:8192])


def _without(reasons: Mapping[str, str], ours: set[str]) -> dict[str, str]:
    """Those that are neither the reader of the report nor the server that wrote it."""
    return {
        address: reason
        for address, reason in reasons.items()
        if address.lower() not in ours and not words.is_server_address(address)
    }


def _bounce(address: str, told_of: Sequence[str], *, delayed: bool) -> Bounce:
    told = best_status(*told_of)
    return Bounce(
        recipient=address,
        status=("4" + told[1:] if delayed and told.endswith(".0.0") else told),
        action="delayed" if delayed else "failed",
        diagnostic=one_line(" ".join(told_of[0].split()))[:_MAX_DIAGNOSTIC],
    )


def _reasons(text: str) -> dict[str, str]:
    """The addresses that stand on lines of their own or behind a label, and what is said below."""
    lines = [line[:_MAX_LINE] for line in text.split("\n") if not _OF_OTHERS.match(line)]
    found: dict[str, str] = {}
    for pattern in (_ALONE, _LABELLED, _TO):
        for number, line in enumerate(lines):
            match = pattern.fullmatch(line) if "@" in line else None
            if match and match[1] not in found and len(found) < _MAX_RECIPIENTS:
                said = match[2] or line[match.end(1) :].strip(" >:\"'")
                found[match[1]] = " ".join([said, *_below(lines, number + 1)])
        if found:
            break
    return found


def _in_prose(text: str) -> dict[str, str]:
    """The addresses in sentences: behind the word `to` and its like, else any."""
    lines = (line for line in text[:8192].split("\n") if not _OF_OTHERS.match(line))
    flat = " ".join(" ".join(lines).split())
    found = [address.rstrip(".") for address in _SENTENCE.findall(flat)]
    return dict.fromkeys(found[:1] or addresses(flat), "")


def _below(lines: Sequence[str], number: int) -> list[str]:
    """The reason under an address: up to the next address, or the second blank line."""
    reason: list[str] = []
    for line in lines[number : number + _MAX_REASON_LINES]:
        if ("@" in line and _ALONE.fullmatch(line)) or (not line.strip() and len(reason) > 1):
            break
        reason.append(line.strip())
    return reason
