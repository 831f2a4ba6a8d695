"""Sentences for people that are not yet in a language.

Policy decides what is to be said, not in which language: it hands on the English sentence (the key
of the catalogue) and the values, and `render` says it in the language of the reader.
"""

import json
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Text:
    """An English sentence with `%(name)s` places and the values for them.

    A value that is itself a Text is translated too. `german` is set for names of the organisation
    itself, which are in no catalogue.
    """

    msgid: str
    values: "tuple[tuple[str, str | int | Text], ...]" = ()
    german: str = ""

    def __str__(self) -> str:
        """The English sentence, for logs and tests."""
        return self.msgid % {name: str(value) for name, value in self.values}


def say(msgid: str, **values: str | int | Text) -> Text:
    """`Text` with the given values; `msgid` is found by the catalogue's extraction by this name."""
    return Text(msgid, tuple(values.items()))


def named(english: str, german: str) -> Text:
    """A name of the organisation's own, in both languages."""
    return Text(english.replace("%", "%%"), german=german.replace("%", "%%"))


def dumps(text: Text) -> str:
    """`text` as one line of JSON, for events that are read back in another language later."""
    return json.dumps(_plain(text), ensure_ascii=False, separators=(",", ":"))


def loads(line: str) -> Text:
    """The Text that `dumps` wrote; any other line is a Text that says just that."""
    try:
        return _text(json.loads(line))
    except (ValueError, TypeError, KeyError):
        return Text("%(line)s", (("line", line),))


def _plain(text: Text) -> list[object]:
    values = {
        name: _plain(value) if isinstance(value, Text) else value for name, value in text.values
    }
    return [text.msgid, values, text.german] if text.german else [text.msgid, values]


def _text(data: list[Any]) -> Text:
    msgid, values, *german = data
    return Text(
        str(msgid),
        tuple(
            (name, _text(value) if isinstance(value, list) else value)
            for name, value in values.items()
        ),
        *map(str, german),
    )
