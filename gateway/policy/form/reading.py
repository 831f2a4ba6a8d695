"""What a form says: whose it is, where it belongs, what is filled in, and what is wrong with it."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from gateway.mail.charset import one_line
from gateway.model.address import Mailbox, fold
from gateway.model.form import FormMapping
from gateway.model.message import Attachment, Message
from gateway.model.organisation import Organisation
from gateway.model.people import Language
from gateway.model.text import Text, say
from gateway.policy.facts import FormSubmission
from gateway.policy.form.body import FormLine, lines_of_json, lines_of_text
from gateway.policy.form.filling import filled_in
from gateway.policy.form.problems import LATE, about_address, about_values, is_address
from gateway.policy.form.proof import NO_SIGNATURE, FormProof
from gateway.policy.form.routing import filter_for, place_of_form
from gateway.policy.form.words import postcode_in
from gateway.policy.said import LONGEST_TEXT

_LONGEST_NAME = 100
_LONGEST_VALUE = 2_000
_MOST_SHOWN = 100
_LONGEST_DOCUMENT = 5_000_000
_JSON = re.compile(r"application/(?:json|[\w.-]+\+json)")


def documents(message: Message) -> tuple[Attachment, ...]:
    """The parts of the mail that may be the form as JSON."""
    return tuple(
        each
        for each in message.attachments
        if _JSON.fullmatch(each.content_type) and each.size <= _LONGEST_DOCUMENT
    )


def read_form(
    message: Message,
    organisation: Organisation,
    today: date,
    contents: Sequence[bytes] = (),
    proof: FormProof = NO_SIGNATURE,
) -> FormSubmission:
    """What the form says; what is missing or impossible is named in `problems`.

    `contents` are those of the `documents`. The text is the form if it is JSON or has a line that
    means something; else the first document is.
    """
    apart = _taken_apart(message, organisation.form, contents)
    values, filled = _values(apart.lines), filled_in(apart.lines, organisation.topics, today)
    name = one_line(values.get("name", ""))[:_LONGEST_NAME].strip()
    address = values.get("email", "")
    unusable = tuple(about_address(address, organisation))
    by_name = filled.topic != organisation.topics.default
    gone = {line for line in apart.lines if line.meaning == "topic" and by_name} | filled.lines
    form = FormSubmission(
        Mailbox("" if unusable else address, name),
        organisation.form.broken,
        (values.get("text", "") or message.text)[:LONGEST_TEXT],
        tuple(_shown([line for line in apart.lines if line not in gone])),
        language=_language(values),
        problems=(
            *apart.problems,
            *(unusable if apart.lines else ()),
            *(about_values(values, organisation.form) if apart.lines else ()),
            *filled.problems,
            *((LATE,) if proof.late else ()),
        ),
        topic=filled.topic,
        values=filled.values,
        subject=_subject(values, named=by_name),
        chosen_topic=values.get("topic", ""),
        location=values.get("location", ""),
        postcode=postcode_in(values.get("postcode", ""), organisation.form.postcode_pattern),
        signature=proof.signature,
        document=apart.document,
        said=tuple((line.key, line.whole) for line in apart.lines),
    )
    if form.problems:
        return form
    return replace(
        form,
        department=place_of_form(form, organisation),
        refused_with=filter_for(form, organisation),
    )


@dataclass(frozen=True, slots=True)
class _Apart:
    """The lines of the form, what is wrong with them as a whole, the part that held them."""

    lines: tuple[FormLine, ...]
    problems: tuple[Text, ...] = ()
    document: int | None = None


def _taken_apart(message: Message, mapping: FormMapping, contents: Sequence[bytes]) -> _Apart:
    text = message.text
    if text.lstrip()[:1] in ("{", "["):
        return _of_json(text, mapping)
    lines = lines_of_text(text, mapping)
    if any(line.meaning for line in lines) or not contents:
        return _Apart(lines)
    part = documents(message)[0].part
    try:
        return _of_json(contents[0].decode("utf-8-sig"), mapping, part)
    except UnicodeDecodeError:
        return _Apart((), (say("The JSON of the form is not UTF-8."),))


def _of_json(document: str, mapping: FormMapping, part: int | None = None) -> _Apart:
    lines = lines_of_json(document, mapping)
    # One that cannot be read stays an attachment, so that it can be looked at.
    return _Apart((), (lines,)) if isinstance(lines, Text) else _Apart(lines, document=part)


def _values(lines: Iterable[FormLine]) -> dict[str, str]:
    """The first value of each meaning."""
    values: dict[str, str] = {}
    for line in lines:
        value = line.whole if line.meaning == "text" else one_line(line.first)
        if line.meaning and value:
            values.setdefault(line.meaning, value)
    return values


def _shown(lines: Iterable[FormLine]) -> Iterator[tuple[str, str]]:
    """What the agents see beside text and requester, also what stands below those by mistake."""
    seen = {"name": 0, "email": 0, "text": 0}
    rows: list[tuple[str, str]] = []
    for line in lines:
        repeated = line.meaning in seen and seen[line.meaning] > 0
        if line.meaning in seen and line.first:
            seen[line.meaning] += 1
        is_usable = line.meaning == "email" and is_address(line.first)
        is_seen_elsewhere = not repeated and (line.meaning in ("name", "text") or is_usable)
        if line.meaning == "text" and not repeated:
            continue
        value = line.rest if is_seen_elsewhere else one_line(line.whole)
        if value or not is_seen_elsewhere:
            rows.append((one_line(line.key), value[:_LONGEST_VALUE]))
    yield from rows[:_MOST_SHOWN]
    if len(rows) > _MOST_SHOWN:
        yield "…", f"+ {len(rows) - _MOST_SHOWN}"


def _subject(values: dict[str, str], *, named: bool) -> str:
    """The subject of the form, or its topic and the devices: what tells tickets apart in a list."""
    said = [values[each].strip() for each in ("topic", "devices") if values.get(each, "").strip()]
    return values.get("subject", "").strip() or (": ".join(said) if named else "")


def _language(values: dict[str, str]) -> Language | None:
    wanted = fold(values.get("language", "").strip())
    if wanted.startswith(("de", "ger")):
        return Language.GERMAN
    return Language.ENGLISH if wanted.startswith("en") else None
