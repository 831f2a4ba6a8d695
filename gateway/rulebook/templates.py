"""Texts with places to fill in, as `{{ name }}` or `{{ name | what stands there otherwise }}`."""

import re
from collections.abc import Iterator

from gateway.model.canned import Gap, Piece
from gateway.model.text import Text, say
from gateway.policy.commands.folding import folded

GAP = re.compile(r"\{\{\s*([^{}|]*?)\s*(?:\|([^{}]*))?\}\}")
LOOSE = re.compile(r"\{\{|\}\}")
SINGLE = re.compile(r"(?<![{\w])\$?\{\s*([A-Za-zÄÖÜäöüß][\w-]{1,39})\s*\}(?!\})")
NAME = re.compile(r"[\w-]{1,40}")


def single_brackets(written: str, name: str) -> tuple[Text, Text]:
    """What is said about `{name}`, which would be sent as it is."""
    return (
        say('"%(value)s" would be sent just so: a place has two brackets on each side',
            value=written),
        say("write %(value)s", value=f"{{{{ {name} }}}}"),
    )  # fmt: skip


def template(text: str) -> tuple[Piece, ...]:
    """The pieces of a text; what is no place stays text."""
    return tuple(_pieces(text))


def _pieces(text: str) -> Iterator[Piece]:
    end = 0
    for gap in GAP.finditer(text):
        if not NAME.fullmatch(gap[1]):
            continue
        if gap.start() > end:
            yield text[end : gap.start()]
        yield Gap(folded(gap[1]), gap[1], gap[2].strip() if gap[2] is not None else None)
        end = gap.end()
    if end < len(text):
        yield text[end:]


def wrong_gaps(text: str) -> tuple[str, ...]:
    """Pairs of brackets that are no places, and single ones."""
    wrong = [gap[0] for gap in GAP.finditer(text) if not NAME.fullmatch(gap[1])]
    rest = GAP.sub("", text)
    return (*wrong, *(found[0] for found in LOOSE.finditer(rest)))


def gaps(pieces: tuple[Piece, ...]) -> tuple[Gap, ...]:
    """The places of a text."""
    return tuple(piece for piece in pieces if isinstance(piece, Gap))
