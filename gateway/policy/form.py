"""The contact form's mail: is it proved, and what does it say."""

import hashlib
import hmac
from collections.abc import Iterator

from gateway.model.address import Mailbox, fold
from gateway.model.decision import Decision
from gateway.model.envelope import Peer
from gateway.model.message import Message
from gateway.model.organisation import AddressKind, FormMapping, Organisation
from gateway.model.people import DepartmentId, Language
from gateway.model.ticket import EntryFlag
from gateway.policy.facts import Facts, FormSubmission, Proof, Recipient, Trust
from gateway.policy.requester import new_ticket
from gateway.policy.said import Said, said_by_message
from gateway.policy.trust import TrustPolicy, is_front_server

SIGNATURE_HEADER = "X-Form-Signature"
"""Hex HMAC-SHA256 of `signed_text` under the secret of `form.yaml`."""


def signed_text(body: str) -> bytes:
    """What the signature covers: the body's lines without blanks at their ends, as UTF-8.

    Mail servers may re-encode a body and change its line ends, but not this.
    """
    return "\n".join(line.rstrip() for line in body.strip().splitlines()).encode()


def is_proved(
    message: Message, peer: Peer, trust: Trust, policy: TrustPolicy, organisation: Organisation
) -> bool:
    """True when the mail comes from the website's form: by HMAC, or by the front server's word.

    The front server's word is a proved author whose address is the organisation's own; From alone
    proves nothing.
    """
    secret = organisation.form.secret
    if secret and _signature_is_right(message, secret):
        return True
    if trust.proof is Proof.LOOPBACK:
        return True
    author = message.author
    is_ours = author is not None and author.domain == organisation.domain
    return is_ours and trust.proved and is_front_server(peer, policy)


def _signature_is_right(message: Message, secret: str) -> bool:
    given = message.header_values(SIGNATURE_HEADER)
    wanted = hmac.new(secret.encode(), signed_text(message.text), hashlib.sha256).hexdigest()
    return len(given) == 1 and hmac.compare_digest(
        fold(given[0]).removeprefix("sha256=").encode(), wanted.encode()
    )


def is_for_form(recipients: tuple[Recipient, ...]) -> bool:
    """True when one of the addresses is the contact form's."""
    return any(recipient.address.kind is AddressKind.FORM for recipient in recipients)


def read_form(message: Message, organisation: Organisation) -> FormSubmission:
    """What the form says. Nothing is lost: what is missing or impossible is named in `problems`."""
    mapping = organisation.form
    values, fields = _values(message.text, mapping)
    requester = Mailbox(values.get("email", "").strip(), values.get("name", ""))
    problems = []
    if not _looks_like_address(requester.address):
        problems.append("no usable e-mail address")
        requester = Mailbox("", requester.name)
    text = values.get("text", "")
    if not text:
        problems.append("no message text")
        text = message.text
    department = mapping.broken if problems else _department(values, mapping)
    return FormSubmission(requester, department, text, fields, _language(values), tuple(problems))


def form_ticket(facts: Facts, form: FormSubmission) -> Decision:
    """A new ticket for the person who filled in the form."""
    raw = said_by_message(facts, new_text_only=False)
    flags = frozenset({EntryFlag.INCOMPLETE_FORM} if form.problems else ())
    said = Said(form.requester, form.text, flags, raw.attachments, form.fields)
    reason = "contact form" + (f", incomplete: {'; '.join(form.problems)}" if form.problems else "")
    return new_ticket(facts, form.department, reason, said=said, language=form.language)


def _values(body: str, mapping: FormMapping) -> tuple[dict[str, str], tuple[tuple[str, str], ...]]:
    """Known fields by meaning, and all lines but the text as they stood, for the agents."""
    found: list[tuple[str, str, list[str]]] = []
    for line in body.splitlines():
        key, colon, value = line.partition(":")
        meaning = mapping.fields.get(fold(key.strip())) if colon else None
        in_text = bool(found) and found[-1][1] == "text"
        if meaning is not None and not in_text:
            found.append((key.strip(), meaning, [value.strip()]))
        elif colon and not in_text and 0 < len(key.strip()) <= 40 and value[:1] in (" ", ""):
            found.append((key.strip(), "", [value.strip()]))
        elif found:
            found[-1][2].append(line)
    values: dict[str, str] = {}
    for _, meaning, lines in found:
        if meaning:
            one_line = meaning != "text"
            values.setdefault(meaning, lines[0] if one_line else "\n".join(lines).strip())
    return values, tuple(_shown(found))


def _shown(found: list[tuple[str, str, list[str]]]) -> Iterator[tuple[str, str]]:
    """What the agents see beside text and requester, also what stands below those by mistake."""
    for key, meaning, lines in found:
        is_usable = meaning == "email" and _looks_like_address(lines[0])
        is_seen_elsewhere = meaning == "name" or is_usable
        value = " ".join(lines[1:] if is_seen_elsewhere else lines).strip()
        if meaning != "text" and (value or not is_seen_elsewhere):
            yield key, value


def _department(values: dict[str, str], mapping: FormMapping) -> DepartmentId:
    topic = mapping.topics.get(fold(values.get("topic", "").strip()))
    location = mapping.locations.get(fold(values.get("location", "").strip()))
    return topic or location or mapping.fallback


def _language(values: dict[str, str]) -> Language | None:
    wanted = fold(values.get("language", "").strip())
    if wanted.startswith(("de", "ger")):
        return Language.GERMAN
    return Language.ENGLISH if wanted.startswith("en") else None


def _looks_like_address(address: str) -> bool:
    local, _, domain = address.rpartition("@")
    return bool(local) and "." in domain and not any(c.isspace() or c in "<>,;:" for c in address)
