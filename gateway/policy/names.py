"""Domains, addresses and short names as people write them: checked, or with what would be right.

The rule files, the command line and the commands hold people to the same.
"""

import re
import unicodedata

from gateway.model.address import fold
from gateway.model.text import Text, say

_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_AUTHOR_LOCAL = re.compile(r"""[^\s@<>(),:;\\"\x00-\x20\x7f]{1,64}""")
_DOMAIN = re.compile(r"(?<![a-z0-9-])(?:[a-z0-9][a-z0-9-]*\.)+[a-z]{2,}(?![a-z0-9-])")
_ADDRESS = re.compile(r"[A-Za-z0-9._%+-]+@(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,}")
_SHORT = re.compile(r"[a-z0-9][a-z0-9_-]*")
_WRITTEN_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


class Unfit(ValueError):  # noqa: N818  (says what it is)
    """A value that cannot be used: what is wrong, and what would be right."""

    def __init__(self, what: Text, right: Text) -> None:
        self.what = what
        self.right = right
        super().__init__(f"{what}; {right}")


def domain(value: str) -> str:
    """A mail domain in ASCII (RFC 1035 section 2.3.1), folded."""
    found = fold(value.strip())
    labels = found.split(".")
    if len(labels) > 1 and len(found) <= 253 and all(_LABEL.fullmatch(part) for part in labels):
        return found
    raise Unfit(say('"%(value)s" is no domain', value=value), _right_domain(found))


def _right_domain(value: str) -> Text:
    found = found_domain(value)
    if "," in value and found and value.count("@") == 0:
        return say("write one of them alone: %(value)s", value=found)
    if "@" in value:
        example = found or "verein.example"
        return say("write what stands behind the @, for example %(value)s", value=example)
    try:
        ascii_form = value.encode("idna").decode("ascii")
    except UnicodeError:
        ascii_form = value
    if ascii_form != value and "." in ascii_form:
        return say("write it as mail servers do: %(value)s", value=ascii_form)
    example = found or "verein.example"
    return say("write a name with a dot, for example %(value)s", value=example)


def found_domain(value: str) -> str | None:
    """The first domain in a text, such as a web address; None when there is none."""
    found = _DOMAIN.search(fold(value))
    return found[0] if found else None


def mail_address(value: str) -> str:
    """The address of a person, complete (RFC 5321 section 4.1.2); the domain is folded."""
    local, at, behind = value.strip().rpartition("@")
    if at and _AUTHOR_LOCAL.fullmatch(local):
        try:
            return f"{local}@{domain(behind)}"
        except Unfit:
            if found_domain(behind) is None or _found_address(value) is None:
                raise
    raise Unfit(
        say('"%(value)s" is no mail address', value=value[:80]),
        say(
            "write it complete and without a name, for example %(value)s",
            value=_found_address(value) or "ada@verein.example",
        ),
    )


def _found_address(value: str) -> str | None:
    """The address that somebody meant, with a name beside it or with `(at)`; None for none."""
    plain_at = re.sub(r"\s*[(\[{]\s*(?:at|ät)\s*[)\]}]\s*", "@", value, flags=re.IGNORECASE)
    found = _ADDRESS.search(re.sub(r"\s*@\s*", "@", plain_at))
    if found is not None:
        return found[0]
    word = value.strip()
    if found_domain(word) == fold(word):
        return f"ada@{fold(word)}"
    return f"{word}@verein.example" if _AUTHOR_LOCAL.fullmatch(word) and "@" not in word else None


def short_name(value: str) -> str:
    """A short name as it is typed in commands: a-z, 0-9, hyphen, underscore."""
    if _SHORT.fullmatch(value) and len(value) <= 40:
        return value
    raise Unfit(
        say('"%(value)s" cannot be a short name', value=value),
        say("write it with a-z, 0-9 and hyphens: %(value)s", value=plain(value) or "berlin"),
    )


def plain(value: str) -> str:
    """What is nearest to `value` with a-z, 0-9 and hyphens alone; at most 40 characters."""
    return re.sub(r"[^a-z0-9]+", "-", written_out(value)).strip("-")[:40]


def written_out(word: str) -> str:
    """`word` in lower case with ä, ö, ü, ß as ae, oe, ue, ss."""
    return unicodedata.normalize("NFC", word).lower().translate(_WRITTEN_OUT)
