"""Bounces in prose: qmail, Exim, Postfix, sendmail, Exchange, Gmail, German providers."""

import re
from collections.abc import Mapping, Sequence

from gateway.mail.charset import one_line
from gateway.model.address import Mailbox
from gateway.model.message import Bounce

_MAX_TEXT = 64 * 1024
_MAX_RECIPIENTS = 100
_MAX_REASON_LINES = 12
_MAX_DIAGNOSTIC = 500

_SERVER = re.compile(
    r"(?:mailer-?daemon|postmaster|mail-?daemon|microsoftexchange.*)(?:[+._=-].*)?"
)
_SERVER_NAME = re.compile(r"(?i)mail delivery (?:sub)?system|mailer-?daemon|mailadministrator")
_SUBJECT = re.compile(
    r"""(?ix) undeliver | returned\s?mail | returned\sto\ssender | mail\sdelivery | failure\snotice
      | delivery\s(?:status|failure|failed|delayed|report|has\sfailed|incomplete)
      | delayed\smail
      | (?:nicht|un)\s?zustellbar | unzustellbar | zustellung | warning:\s(?:message|could\snot)
      | message\s(?:delayed|not\sdelivered|status) | non\sremis | could\snot\sbe\sdelivered
      | mail\ssystem\serror | nachrichtenzustellung"""
)
_DELAY = re.compile(
    r"(?i)delayed|verzögert|warning: (?:message|could not)|will (?:keep|be) (?:trying|retried)"
    r"|has not yet been|noch nicht zugestellt|temporarily unable|you do not need to resend"
)
_BODY = re.compile(
    r"""(?ix) (?:could|can|did|was|has|have)\s?(?:n.t|\snot)\s.{0,40}(?:deliver|reach)
      | \bundeliverable | delivery\s.{0,60}\bfailed | failed | fatal\serrors
      | nicht\s(?:zugestellt|erreicht|zustellbar) | fehler\sbei\sder\snachrichtenzustellung"""
)
# Below such a line stands a copy of the mail that came back, with addresses of its own.
_COPY = re.compile(
    r"""(?imx) ^ (?: -{2,}\s .{0,40}(?:copy\sof|original\smessage|unsent|nachricht).*
      | .{0,40}below\sthis\sline\sis\sa\scopy.* | -{3,}\s?(?:original|returned)\smessage.*
      | original\smessage\s(?:headers|follows).* | diagnos(?:tic|e)\s?informat.*
      | the\sheader\sof\sthe\soriginal\smessage.* | return-path:\s.* | received:\sfrom\s.* ) $"""
)
_ADDRESS = r"[^\s<>()\[\],;:\"'`]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,253}[A-Za-z0-9])"
# A line that is an address and nothing else, or an address and the reason behind a colon.
_ALONE = re.compile(
    rf"[ \t>*]*(?:[^<>()@\n]{{0,80}}[<(\[])?[<'\"]?({_ADDRESS})[>'\"]?[)\]]?"
    r"(?:\s?:(?:\s+(.*))?|\s+on\s.{5,60}|\s*\(.{3,80}\)|\.\.\..{0,200})?\s*"
)
_SENTENCE = re.compile(
    rf"""(?ix) (?:
        message\sto\s[<'"*]{{0,2}}(?P<to>{_ADDRESS})[>'"*]{{0,2}}\s(?:could|has|was)
      | (?:delivered|delivering\syour\smessage|message)\sto\s[<'"*]{{0,2}}(?P<gmail>{_ADDRESS})
      | nachricht\s(?:wurde\snicht\s)?an\s[<'"*]{{0,2}}(?P<de>{_ADDRESS})
      | (?:recipient|address|user|empfänger|adresse)\s?:?\s[<'"*]{{0,2}}(?P<user>{_ADDRESS})
    )"""
)
_ENHANCED = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.]*\d)")
_REPLY_CODE = re.compile(r"(?<![\d.#-])([45])[0-5]\d(?![\d.])")


def is_from_server(fields: Mapping[str, Sequence[str]], authors: Sequence[Mailbox]) -> bool:
    """True when a mail server may have written it: by its author, or by the null return path."""
    null = any(path.strip() in {"<>", "< >"} for path in fields.get("return-path", ()))
    return (
        null
        or "x-failed-recipients" in fields
        or any(
            _SERVER.fullmatch(author.key.partition("@")[0]) or _SERVER_NAME.search(author.name)
            for author in authors
        )
    )


def read(fields: Mapping[str, Sequence[str]], text: str) -> tuple[bool, tuple[Bounce, ...]]:
    """Whether a server's mail says in prose that something was not delivered, and to whom."""
    subject = " ".join(fields.get("subject", ()))[:500]
    failed = ",".join(fields.get("x-failed-recipients", ()))
    if not failed and not _SUBJECT.search(subject):
        return False, ()
    copy = _COPY.search(text[:_MAX_TEXT])
    told = text[: copy.start() if copy else _MAX_TEXT]
    if not failed and not _BODY.search(told[:4096]) and not _DELAY.search(subject):
        return False, ()
    reasons = _reasons(told)
    if failed:
        named = re.findall(_ADDRESS, failed[:8192])
        reasons = {address: reasons.get(address, "") for address in named}
    only = told if len(reasons) == 1 else ""
    delayed = bool(_DELAY.search(subject))
    return True, tuple(
        _bounce(address, reason, only, delayed=delayed)
        for address, reason in list(reasons.items())[:_MAX_RECIPIENTS]
    )


def _bounce(address: str, reason: str, whole: str, *, delayed: bool) -> Bounce:
    status = status_of(reason) or status_of(whole)
    temporary = delayed or (status.startswith("4.") and bool(_DELAY.search(whole or reason)))
    return Bounce(
        recipient=address,
        status=status,
        action="delayed" if temporary else "failed",
        diagnostic=one_line(" ".join(reason.split()))[:_MAX_DIAGNOSTIC],
    )


def _reasons(text: str) -> dict[str, str]:
    """The addresses that stand on lines of their own, and what is said below them."""
    lines = text.split("\n")
    found: dict[str, str] = {}
    for number, line in enumerate(lines):
        match = _ALONE.fullmatch(line[:500])
        if match and match[1] not in found and len(found) < _MAX_RECIPIENTS:
            below = _below(lines, number + 1)
            found[match[1]] = " ".join([match[2] or line[match.end(1) :].strip(" >:\"'"), *below])
    if not found and (sentence := _SENTENCE.search(" ".join(text[:8192].split()))):
        address = next(group for group in sentence.groups() if group)
        found[address.rstrip(".")] = ""
    return found


def _below(lines: Sequence[str], number: int) -> list[str]:
    """The reason under an address: up to the next address, or the second blank line."""
    reason: list[str] = []
    for line in lines[number : number + _MAX_REASON_LINES]:
        if _ALONE.fullmatch(line[:500]) or (not line.strip() and len(reason) > 1):
            break
        reason.append(line.strip())
    return reason


def enhanced_status(text: str) -> str:
    """The first enhanced status code in a text (RFC 3463), or empty."""
    match = _ENHANCED.search(text)
    return match[1] if match else ""


def status_of(text: str) -> str:
    """The enhanced status code, or `5.0.0` or `4.0.0` where only an SMTP reply code is told."""
    enhanced = enhanced_status(text)
    if enhanced:
        return enhanced
    code = _REPLY_CODE.search(text)
    return f"{code[1]}.0.0" if code else ""
