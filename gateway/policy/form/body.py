"""A form's mail taken apart: lines of the form `key: value`, or a JSON object.

Nothing is left out: what has no meaning keeps its key, so that the agents see it.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from gateway.mail.charset import clean, one_line
from gateway.model.form import FormMapping
from gateway.model.text import Text, say
from gateway.policy.form.words import word_key

_LONGEST_KEY = 40
_MOST_LINES = 2_000
"""Values of one form that are looked at one by one; the rest stays in the last of them."""
_INDENTED = ("  ", "\t")
_TEXT, _DEVICES = "text", "devices"


@dataclass(frozen=True, slots=True)
class FormLine:
    """One value of the form with the lines it has; `meaning` is empty for unknown keys."""

    key: str
    meaning: str
    values: tuple[str, ...]

    @property
    def first(self) -> str:
        """The first line that is not empty: the whole of a value that has one line."""
        return next((value.strip() for value in self.values if value.strip()), "")

    @property
    def rest(self) -> str:
        """What stands below the first line."""
        lines = [value.strip() for value in self.values if value.strip()]
        return " ".join(lines[1:])

    @property
    def whole(self) -> str:
        """All lines."""
        return "\n".join(self.values).strip()


def lines_of_text(body: str, mapping: FormMapping) -> tuple[FormLine, ...]:
    """The `key: value` lines of a body, in their order.

    What stands below a line and is none itself, or is indented, belongs to that line. All that
    follows the message belongs to it: nothing that somebody writes there can stand for a field.
    """
    found: list[tuple[str, str, list[str]]] = []
    for line in body.splitlines():
        in_text = bool(found) and (found[-1][1] == _TEXT or len(found) >= _MOST_LINES)
        key, colon, value = line.partition(":")
        continues = in_text or (bool(found) and line.startswith(_INDENTED))
        meaning = None if continues or not colon else mapping.fields.get(word_key(key[:80]))
        if meaning is not None:
            found.append((key.strip(), meaning, [value.strip()]))
        elif colon and not continues and _is_key(key) and value[:1] in (" ", ""):
            found.append((key.strip(), "", [value.strip()]))
        elif found:
            found[-1][2].append(line if in_text else line.strip())
    return tuple(FormLine(key, meaning, tuple(lines)) for key, meaning, lines in found)


def _is_key(key: str) -> bool:
    return 0 < len(key.strip()) <= _LONGEST_KEY


def lines_of_json(document: str, mapping: FormMapping) -> tuple[FormLine, ...] | Text:
    """The values of a JSON object as lines, or why it cannot be read.

    Objects within it are read as if they stood outside: `contact.email` is found as that, or as
    `email`. Of a key that is given twice both values are kept.
    """
    try:
        data = json.loads(document, object_pairs_hook=_Pairs)
    except RecursionError:
        return say("The JSON of the form is nested too deeply.")
    except json.JSONDecodeError as wrong:
        return say(
            "The JSON of the form is broken at line %(line)s, column %(column)s.",
            line=wrong.lineno,
            column=wrong.colno,
        )
    except ValueError:
        return say("The JSON of the form is broken.")
    if not isinstance(data, _Pairs):
        return say("The JSON of the form is no object with keys and values.")
    try:
        return tuple(_flat(data, (), mapping))
    except RecursionError:
        return say("The JSON of the form is nested too deeply.")


class _Pairs(tuple[tuple[str, object], ...]):
    """A JSON object as it was written, keys given twice included."""

    __slots__ = ()


def _flat(data: _Pairs, path: tuple[str, ...], mapping: FormMapping) -> Iterator[FormLine]:
    for key, written in data:
        here = (*path, key)
        meaning = _meaning(here, mapping.fields)
        chosen = _chosen(written) if meaning == _DEVICES else None
        value = written if chosen is None else chosen
        if isinstance(value, _Pairs):
            yield from _flat(value, here, mapping)
            continue
        text = _text(value, ", " if meaning == _DEVICES else "\n")
        if text or meaning:
            yield FormLine(one_line(".".join(here)), meaning, tuple(text.splitlines()) or ("",))


def _chosen(data: object) -> list[object] | None:
    """The names that are set in `{"laptop": true, "tablet": false}`; None for anything else."""
    if not isinstance(data, _Pairs) or not all(isinstance(value, bool) for _, value in data):
        return None
    return [key for key, value in data if value]


def _meaning(path: tuple[str, ...], fields: Mapping[str, str]) -> str:
    found = fields.get(word_key(".".join(path)[:200])) or fields.get(word_key(path[-1][:80]))
    return found or ""


def _text(value: object, between: str) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case list():
            return between.join(filter(None, (_text(each, between) for each in value)))
        case _Pairs():
            return ", ".join(f"{key}: {_text(each, between)}" for key, each in value)
        case _:
            return clean(str(value))
