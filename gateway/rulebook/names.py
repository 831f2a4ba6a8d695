"""Words that mean the same: case, umlauts written out, and what somebody probably meant."""

import unicodedata
from collections.abc import Iterable
from difflib import get_close_matches

from gateway.model.address import fold
from gateway.policy.names import written_out
from gateway.rulebook.german import meant_by, plain

__all__ = ["closest", "spellings", "written_out"]


def spellings(word: str) -> frozenset[str]:
    """All folded forms under which `word` is looked up: `münchen`, `muenchen`, `mÜnchen`.

    The last one is what `fold` makes of `MÜNCHEN`, because it knows A-Z only.
    """
    plain = " ".join(unicodedata.normalize("NFC", word).split())
    lower = plain.lower()
    return frozenset({fold(plain), lower, fold(plain.upper()), written_out(lower)})


def closest(word: str, known: Iterable[str]) -> str:
    """The known word that `word` is most likely a slip of, or means; else the empty string."""
    by_form = {written_out(candidate): candidate for candidate in known}
    form = written_out(word)
    if form in by_form:
        return by_form[form]
    by_plain = {plain(candidate): candidate for candidate in by_form.values()}
    if found := by_plain.get(plain(word)) or meant_by(word, by_plain):
        return found
    near = get_close_matches(form, by_form, n=1, cutoff=0.6)
    return by_form[near[0]] if near else ""
