"""Links that open a prepared mail (RFC 6068), that every mail program reads alike."""

from functools import lru_cache
from urllib.parse import quote

CRLF = "\r\n"


def mailto(address: str, subject: str, body: str) -> str:
    """The link to a new mail. `address` is an `address_part`; line ends of `body` are CRLF.

    All but letters, digits and `-._~` is percent-encoded as UTF-8: a blank as `%20`, as `+` is a
    plus sign here (RFC 6068 section 5), and `!`, so that no line of a mail can begin with it.
    """
    return f"mailto:{address}?subject={_written(subject)}&body={_written(body)}"


def address_part(address: str) -> str:
    """A mail address as it stands in a link: the `+` of a reply address is `%2B` there."""
    local, _, domain = address.rpartition("@")
    return f"{quote(local, safe='')}@{quote(domain, safe='')}"


@lru_cache(maxsize=64)  # the links of one mail have the subject in common, those of all the words
def _written(text: str) -> str:
    return quote(text, safe="", errors="replace")  # half of a surrogate pair has no UTF-8
