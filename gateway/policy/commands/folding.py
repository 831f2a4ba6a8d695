"""How words are compared in commands."""

from unicodedata import normalize

_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})


def folded(word: str) -> str:
    """The word as it is compared: any case, ä=ae, ö=oe, ü=ue, ß=ss."""
    return normalize("NFC", word.casefold()).translate(_UMLAUTS)
