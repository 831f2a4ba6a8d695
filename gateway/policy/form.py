"""The contact form's mail: is it proved, and what does it say."""

import hashlib
import hmac
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from gateway.model.address import Mailbox, fold
from gateway.model.decision import Decision
from gateway.model.envelope import Peer
from gateway.model.message import Message
from gateway.model.organisation import AddressKind, FormMapping, Organisation
from gateway.model.people import DepartmentId, Language
from gateway.model.text import Text
from gateway.model.ticket import EntryFlag, FieldId, TopicId
from gateway.model.topic import FieldType, Topics
from gateway.policy.facts import Facts, FormSubmission, Proof, Recipient, Trust
from gateway.policy.fields import name_key
from gateway.policy.requester import Particulars, new_ticket
from gateway.policy.said import Said, said_by_message
from gateway.policy.trust import TrustPolicy, is_front_server
from gateway.policy.values import YES, Values, read_value

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


def read_form(message: Message, organisation: Organisation, today: date) -> FormSubmission:
    """What the form says. Nothing is lost: what is missing or impossible is named in `problems`."""
    mapping = organisation.form
    lines = _lines(message.text, mapping)
    values = _values(lines)
    requester = Mailbox(values.get("email", "").strip(), values.get("name", ""))
    problems = []
    if not _looks_like_address(requester.address):
        problems.append("no usable e-mail address")
        requester = Mailbox("", requester.name)
    text = values.get("text", "")
    if not text:
        problems.append("no message text")
        text = message.text
    topics = organisation.topics
    topic = topics.topic_names.get(name_key(values.get("topic", ""))) or topics.default
    filled = _filled(lines, topics, topic, today)
    by_name = {line for line in lines if line.meaning == "topic" and topic != topics.default}
    department = mapping.broken if problems else _department(values, mapping, topics, topic)
    seen = tuple(_shown([line for line in lines if line not in {*filled, *by_name}]))
    return FormSubmission(
        requester,
        department,
        text,
        seen,
        _language(values),
        tuple(problems),
        topic,
        {field: value for found in filled.values() for field, value in found.items()},
        _subject(values, named=bool(by_name)),
    )


def _subject(values: dict[str, str], *, named: bool) -> str:
    """The subject of the form, or its topic and the devices: what tells tickets apart in a list."""
    said = [values[each].strip() for each in ("topic", "devices") if values.get(each, "").strip()]
    return values.get("subject", "").strip() or (": ".join(said) if named else "")


def form_ticket(facts: Facts, form: FormSubmission) -> Decision:
    """A new ticket for the person who filled in the form."""
    raw = said_by_message(facts, new_text_only=False)
    flags = frozenset({EntryFlag.INCOMPLETE_FORM} if form.problems else ())
    said = Said(form.requester, form.text, flags, raw.attachments, form.fields)
    reason = "contact form" + (f", incomplete: {'; '.join(form.problems)}" if form.problems else "")
    return new_ticket(
        facts,
        form.department,
        reason,
        said=said,
        known=Particulars(form.language, form.topic, form.subject, form.values),
    )


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of the form and those below that belong to it; `meaning` empty for unknown keys."""

    key: str
    meaning: str
    values: tuple[str, ...]


def _filled(
    lines: list[_Line], topics: Topics, topic: TopicId | None, today: date
) -> dict[_Line, dict[FieldId, Values]]:
    """The lines that fill in fields of the topic, with what they fill in.

    A line that says something impossible is none of them: it stays to be seen.
    """
    found: dict[_Line, dict[FieldId, Values]] = {}
    for line in lines:
        text = "\n".join(line.values).strip()
        if line.meaning == "devices":
            flags = _devices(text, topics, topic)
            if flags:
                found[line] = flags
            continue
        field = topics.fields.get(FieldId(line.meaning))
        if field is None or field not in topics.of(topic) or not text:
            continue
        values = read_value(field, text, today)
        if not isinstance(values, Text) and values:
            found[line] = {field.id: values}
    return found


def _devices(text: str, topics: Topics, topic: TopicId | None) -> dict[FieldId, Values]:
    """The flags named in a list of devices; none when one of them is not known."""
    found: dict[FieldId, Values] = {}
    for name in filter(None, map(str.strip, re.split(r"[,;/\n]+", text))):
        field = topics.fields.get(topics.field_names.get(name_key(name), FieldId("")))
        if field is None or field.type is not FieldType.FLAG or field not in topics.of(topic):
            return {}
        found[field.id] = (YES,)
    return found


def _lines(body: str, mapping: FormMapping) -> list[_Line]:
    """The lines of the form in their order."""
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
    return [_Line(key, meaning, tuple(lines)) for key, meaning, lines in found]


def _values(lines: list[_Line]) -> dict[str, str]:
    """The first value of each meaning."""
    values: dict[str, str] = {}
    for line in lines:
        if line.meaning:
            whole = "\n".join(line.values).strip()
            values.setdefault(line.meaning, whole if line.meaning == "text" else line.values[0])
    return values


def _shown(lines: Iterable[_Line]) -> Iterator[tuple[str, str]]:
    """What the agents see beside text and requester, also what stands below those by mistake."""
    for line in lines:
        is_usable = line.meaning == "email" and _looks_like_address(line.values[0])
        is_seen_elsewhere = line.meaning == "name" or is_usable
        value = " ".join(line.values[1:] if is_seen_elsewhere else line.values).strip()
        if line.meaning != "text" and (value or not is_seen_elsewhere):
            yield line.key, value


def _department(
    values: dict[str, str], mapping: FormMapping, topics: Topics, topic: TopicId | None
) -> DepartmentId:
    """Board matters first, then the chosen location, then where the topic belongs."""
    by_topic = mapping.topics.get(fold(values.get("topic", "").strip()))
    location = mapping.locations.get(fold(values.get("location", "").strip()))
    named = topics.topics.get(topic) if topic else None
    return by_topic or location or (named.department if named else None) or mapping.fallback


def _language(values: dict[str, str]) -> Language | None:
    wanted = fold(values.get("language", "").strip())
    if wanted.startswith(("de", "ger")):
        return Language.GERMAN
    return Language.ENGLISH if wanted.startswith("en") else None


def _looks_like_address(address: str) -> bool:
    local, _, domain = address.rpartition("@")
    return bool(local) and "." in domain and not any(c.isspace() or c in "<>,;:" for c in address)
