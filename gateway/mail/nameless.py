"""Text without the addresses of people, for what outlives them: the log."""

import re

_ADDRESS = re.compile(r"<?[^\s<>\"'()=,;:@]+@(?:[\w-]+\.)+[\w-]+>?")
_INSTEAD = "[address]"
_SHORTEST = 3
"""A local part of fewer characters stands in too many words by chance."""


def nameless(text: str, *known: str) -> str:
    """The text without anything that looks like a mail address.

    The local parts of `known` addresses go too: servers repeat them alone.
    """
    text = _ADDRESS.sub(_INSTEAD, text)
    for address in known:
        local = address.rpartition("@")[0]
        if len(local) >= _SHORTEST:
            text = re.sub(re.escape(local), _INSTEAD, text, flags=re.IGNORECASE)
    return text
