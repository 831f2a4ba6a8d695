"""Sentences for people that are not yet in a language.

Policy decides what is to be said, not in which language: it hands on the English sentence (the key
of the catalogue) and the values, and `render` says it in the language of the reader.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Text:
    """An English sentence with `%(name)s` places and the values for them.

    A value that is itself a Text is translated too.
    """

    msgid: str
    values: "tuple[tuple[str, str | int | Text], ...]" = ()

    def __str__(self) -> str:
        """The English sentence, for logs and tests."""
        return self.msgid % {name: str(value) for name, value in self.values}


def say(msgid: str, **values: str | int | Text) -> Text:
    """`Text` with the given values; `msgid` is found by the catalogue's extraction by this name."""
    return Text(msgid, tuple(values.items()))
