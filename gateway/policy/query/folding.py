"""Text as the words of the full-text index: any case, ä=ae, ß=ss, no other accents."""

import re
from unicodedata import combining, normalize

LONGEST_WORD = 64
"""Characters of a word that are compared."""

_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
_PLAIN = str.maketrans({"ä": "a", "ö": "o", "ü": "u"})
_WORD = re.compile(r"[^\W_]+")
_BLOCK = re.compile("[äöü]")


def words(text: str) -> list[str]:
    """The words of a text in their order, folded: `Müller-Straße 7` is mueller, strasse, 7."""
    return _split(_lower(text).translate(_UMLAUTS))


def indexed(text: str) -> str:
    """`text` as it is indexed: its words, and behind them umlauts written without their dots.

    So `muller` finds Müller, as does `mueller`; what is not found by it is Mueller.
    """
    lower = _lower(text)
    if lower.isascii():
        return " ".join(_split(lower))
    found = _split(lower.translate(_UMLAUTS))
    plain = dict.fromkeys(
        word.translate(_PLAIN) for word in _WORD.findall(lower) if _BLOCK.search(word)
    )
    return " ".join([*found, *_split(" ".join(plain))])


def ways(text: str) -> tuple[tuple[str, ...], ...]:
    """How the index may hold these words: `Müller` is mueller or muller."""
    lower = _lower(text)
    found = tuple(_split(lower.translate(_UMLAUTS)))
    other = tuple(_split(lower.translate(_PLAIN)))
    return tuple(dict.fromkeys(way for way in (found, other) if way))


def _lower(text: str) -> str:
    if text.isascii():
        return text.lower()
    return normalize("NFKC", normalize("NFKC", text).casefold())


def _split(text: str) -> list[str]:
    if not text.isascii():
        apart = normalize("NFKD", text)
        text = "".join(char for char in apart if not combining(char))
    return [word[:LONGEST_WORD] for word in _WORD.findall(text)]
