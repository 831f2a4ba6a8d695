"""How the words of a form are compared."""

import re
from unicodedata import normalize

from gateway.policy.commands.folding import folded
from gateway.policy.pattern import fits

_COUNTRY = re.compile(r"[A-Z]{1,2}[ -]+(?=[0-9])")


def word_key(word: str) -> str:
    """A key or a chosen value as it is looked up: `E-Mail*`, `e_mail` and `email` are the same."""
    return "".join(character for character in folded(word) if character.isalnum())


def postcode_in(text: str, pattern: str) -> str:
    """The postcode in what somebody wrote, who may have put the town behind it: `80331 München`."""
    whole = postcode_of(text)
    if not pattern or fits(pattern, whole):
        return whole
    words = text.split()
    starts = (postcode_of(" ".join(words[:count])) for count in range(1, min(len(words), 4)))
    return next((each for each in starts if fits(pattern, each)), whole)


def postcode_of(text: str) -> str:
    """A postcode as it is compared: without blanks and the sign of a country, in capitals."""
    bare = _COUNTRY.sub("", normalize("NFKC", text).strip().upper(), count=1)
    return "".join(character for character in bare if character.isalnum())
