"""The people that a header block of a mail program names. A wrong address is worse than none."""

import re
import unicodedata

from gateway.mail.address import mailboxes
from gateway.model.address import Mailbox, fold

_MAX_VALUE = 16_000
_ADDRESS = re.compile(r"[^\s<>()\[\],;:\"“”„@]{1,64}@[^\s<>()\[\],;:\"“”„@]{1,255}")
_OUTLOOK = re.compile(r"(?i)<?\[?mailto:([^\s<>\[\]]{3,320})[\]>]{1,2}")
_SPLIT_ADDRESS = re.compile(r"<([^<>]{3,320})>")
_TURNS = re.compile("[\u202d\u202e]")  # letters after them are shown in another order
_HARMLESS = re.compile("[\u200e\u200f\u202a\u202b\u202c\u2066-\u2069\ufeff]")
_NAME_ENDS = "*\"'“”„‘’<>()[]:;, \t\xa0"
_SCRIPTS = ("LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE")


def author_of(value: str) -> Mailbox | None:
    """The one person a From line names; None for none, for several, and for a forged look.

    Forms: `Name <a@b>`, `Name [mailto:a@b]`, `Name (a@b)`, `a@b <mailto:a@b>`, `a@b`. An address
    in the display name that is not the address itself, marks that turn letters round, and words
    of mixed alphabets leave nobody.
    """
    value = value[:_MAX_VALUE]
    if _TURNS.search(value):
        return None
    value = _plain(value)
    addresses = [address.strip("'.") for address in _ADDRESS.findall(value)]
    if len(set(map(fold, addresses))) != 1 or value.count("@") != len(addresses):
        return None
    address = addresses[0]
    if not _is_usable(address):
        return None
    boxes, _ = mailboxes([f"<{address}>"], "from")
    if len(boxes) != 1 or boxes[0].key != fold(address):
        return None
    return Mailbox(address, _name(value))


def people_of(value: str) -> tuple[Mailbox, ...]:
    """All mailboxes of a To or Cc line; who is named without an address is left out."""
    boxes, _ = mailboxes([_plain(value[:_MAX_VALUE]).replace(";", ",")], "to")
    kept = {box.key: box for box in reversed(boxes) if _is_usable(box.address)}
    return tuple(reversed(kept.values()))


def _plain(value: str) -> str:
    """The value with every address in angle brackets once, whatever a program made of it."""
    value = _HARMLESS.sub("", value.replace("*", "")).replace("\xa0", " ")
    value = _OUTLOOK.sub(r"<\1>", value)
    value = _SPLIT_ADDRESS.sub(lambda found: f"<{''.join(found[1].split())}>", value)
    # `a@b<a@b>` and `<a@b<a@b>>`
    return re.sub(r"<?([^\s<>@]{1,64}@[^\s<>@]{1,255}?)\s?<\1>{1,2}", r"<\1>", value)


def _is_usable(address: str) -> bool:
    local, _, domain = address.rpartition("@")
    if not local or "." not in domain.strip(".") or ".." in domain or domain[0] in ".-":
        return False
    if any(unicodedata.category(char)[0] in "CZM" for char in address):
        return False
    return all(map(_is_of_one_alphabet, (*domain.split("."), local)))


def _is_of_one_alphabet(word: str) -> bool:
    """False for a word of Latin letters with a Cyrillic one among them (UTS 39 section 5.1)."""
    if word.isascii():
        return True
    names = {unicodedata.name(char, "").split(" ")[0] for char in word if char.isalpha()}
    return len(names.intersection(_SCRIPTS)) <= 1


def _name(value: str) -> str:
    name = _ADDRESS.sub(" ", value)
    name = " ".join(name.replace('"', " ").replace("<", " ").replace(">", " ").split())
    return "".join(char for char in name if unicodedata.category(char) != "Cf").strip(_NAME_ENDS)
