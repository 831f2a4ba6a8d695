"""Entries about authors: who may write directly to internal addresses, and who is blocked.

They stand in the rule files or were made by an admin's command; both look the same from here on.
`author` is a folded address, or `@domain`; with `subdomains` every domain below it too. An entry
about nobody by name is about whoever has a header field, or signs with a key.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from gateway.model.address import Mailbox
from gateway.model.openpgp import NOBODY, Fingerprint, fingerprint, grouped
from gateway.model.people import DepartmentId

_MOST_PARENTS = 10
"""Domains above the author's that are looked up; no real name has so many parts."""


@dataclass(frozen=True, slots=True)
class InFile:
    """Where an entry stands in the rule files."""

    file: str = ""
    line: int = 0

    def __str__(self) -> str:
        """The place as editors jump to it."""
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class ByCommand:
    """An entry that an admin made by mail: its key in the database, whose it is, and the day."""

    key: str
    agent: str
    day: date


Source = InFile | ByCommand

_NOWHERE = InFile()


@dataclass(frozen=True, slots=True)
class HeaderCondition:
    """A header field that must be there. `name` is lower-case, `value` as `header_text` gives it.

    `whole`: a field must be just that; otherwise contain it. `is_pattern`: the value is a regular
    expression (RE2) that must be found in the field.
    """

    name: str
    value: str
    whole: bool = False
    is_pattern: bool = False


@dataclass(frozen=True, slots=True)
class Allow:
    """An author whose direct mail to internal addresses opens a normal ticket.

    `departments` empty means all. `until` is the last day. `authenticated` demands that the author
    is proved by more than the From field. With a `header` the mail must have that too, with a
    `fingerprint` all of it must be signed with that key; then `author` may be empty: whoever wrote
    it.
    """

    author: str
    reason: str
    departments: frozenset[DepartmentId] = frozenset()
    until: date | None = None
    authenticated: bool = False
    subdomains: bool = False
    header: HeaderCondition | None = None
    source: Source = _NOWHERE
    fingerprint: Fingerprint = NOBODY


@dataclass(frozen=True, slots=True)
class Block:
    """An author whose mail is filed, and disturbs nobody. `until` is the last day."""

    author: str
    reason: str
    until: date | None = None
    subdomains: bool = False
    source: Source = _NOWHERE


AuthorEntry = Allow | Block


def key_of(entry: AuthorEntry) -> str:
    """What the entry is looked up by: its author, else its key, else its header field."""
    if entry.author or isinstance(entry, Block):
        return entry.author
    if entry.fingerprint or entry.header is None:
        return signer_key(entry.fingerprint)
    header = entry.header
    return _of_value(header.name, header.value) if header.whole else _of_name(header.name)


def signer_key(name: Fingerprint) -> str:
    """The key of the entries about nobody but whoever signs with this key: `%` and its name."""
    return f"%{name}"


def signer_of(key: str) -> Fingerprint:
    """The fingerprint in a `signer_key`; `NOBODY` for any other key."""
    return fingerprint(key[1:]) or NOBODY if key.startswith("%") else NOBODY


def author_keys(author: Mailbox) -> Iterator[str]:
    """Keys of the entries that may be about an author: the address, its domain, those above it."""
    if "@" not in author.address:
        return
    yield author.key
    domain = ascii_domain(author.domain)
    yield f"@{domain}"
    labels = domain.split(".")
    for start in range(1, min(len(labels), _MOST_PARENTS + 1)):
        yield "@" + ".".join(labels[start:])


def header_keys(name: str, value: str) -> tuple[str, str]:
    """Keys of the entries that ask for nothing but this header field."""
    return _of_name(name), _of_value(name, header_text(value))


def _of_name(name: str) -> str:
    return f":{name}"


def _of_value(name: str, value: str) -> str:
    return f":{name}:{value}"


def is_about(entry: AuthorEntry, author: Mailbox) -> bool:
    """True when the entry names the author: address, domain, or with subdomains one above it."""
    if not entry.author.startswith("@"):
        return entry.author == author.key
    domain = f"@{ascii_domain(author.domain)}"
    return entry.author == domain or (
        entry.subdomains and domain.endswith("." + entry.author.removeprefix("@"))
    )


def header_text(value: str) -> str:
    """The value of a header field as it is compared: any case, blanks as one."""
    return " ".join(value.casefold().split())


def ascii_domain(domain: str) -> str:
    """The domain as mail servers write it: `müller.example` is `xn--mller-kva.example`."""
    if domain.isascii():
        return domain
    try:
        return domain.encode("idna").decode("ascii")
    except UnicodeError:
        return domain


def shown(entry: AuthorEntry) -> str:
    """The entry's author as people write it: `post@a.example`, `@a.example`, `@*.a.example`.

    And what the mail must have besides, or alone: a key in groups of four, a header field.
    """
    author = entry.author.replace("@", "@*.", 1) if entry.subdomains else entry.author
    if isinstance(entry, Block):
        return author
    field = _shown_header(entry.header) if entry.header else ""
    return " + ".join(filter(None, (author, grouped(entry.fingerprint), field)))


def _shown_header(header: HeaderCondition) -> str:
    if header.is_pattern:
        return f"{header.name}: /{header.value}/"
    return f"{header.name}: {header.value}" if header.whole else f"{header.name}: …{header.value}…"
