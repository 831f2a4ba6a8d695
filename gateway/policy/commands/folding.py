"""How words are compared in commands."""

from collections.abc import Iterable
from difflib import get_close_matches
from unicodedata import normalize

_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})


def folded(word: str) -> str:
    """The word as it is compared: any case, ä=ae, ö=oe, ü=ue, ß=ss."""
    return normalize("NFC", word.casefold()).translate(_UMLAUTS)


def near_name(name: str, known: Iterable[str]) -> str:
    """The folded name that `name` most resembles; empty when there is none."""
    near = get_close_matches(folded(name)[:50], list(known), n=1, cutoff=0.6)
    return near[0] if near else ""
