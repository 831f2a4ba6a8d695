"""Words that mean the same: case, umlauts written out, and what somebody probably meant."""

import unicodedata
from collections.abc import Iterable
from difflib import get_close_matches

from gateway.model.address import fold
from gateway.policy.names import written_out

__all__ = ["closest", "spellings", "written_out"]


def spellings(word: str) -> frozenset[str]:
    """All folded forms under which `word` is looked up: `münchen`, `muenchen`, `mÜnchen`.

    The last one is what `fold` makes of `MÜNCHEN`, because it knows A-Z only.
    """
    plain = " ".join(unicodedata.normalize("NFC", word).split())
    lower = plain.lower()
    return frozenset({fold(plain), lower, fold(plain.upper()), written_out(lower)})


def closest(word: str, known: Iterable[str]) -> str:
    """The known word that `word` is most likely a slip of, or the empty string."""
    by_form = {written_out(candidate): candidate for candidate in known}
    found = get_close_matches(written_out(word), by_form, n=1, cutoff=0.6)
    return by_form[found[0]] if found else ""
