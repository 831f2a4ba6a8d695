"""Entries about authors: who may write directly to internal addresses, and who is blocked.

They stand in the rule files or were made by an admin's command; both look the same from here on.
`author` is a folded address, or `@domain`; with `subdomains` every domain below it too.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from gateway.model.address import Mailbox
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

    `whole`: a field must be just that; otherwise contain it.
    """

    name: str
    value: str
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Allow:
    """An author whose direct mail to internal addresses opens a normal ticket.

    `departments` empty means all. `until` is the last day. `authenticated` demands that the author
    is proved by more than the From field. With a `header` the mail must have that too; then
    `author` may be empty: whoever wrote it.
    """

    author: str
    reason: str
    departments: frozenset[DepartmentId] = frozenset()
    until: date | None = None
    authenticated: bool = False
    subdomains: bool = False
    header: HeaderCondition | None = None
    source: Source = _NOWHERE


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
    """What the entry is looked up by: its author, else its header field."""
    if entry.author or isinstance(entry, Block) or entry.header is None:
        return entry.author
    header = entry.header
    return _of_value(header.name, header.value) if header.whole else _of_name(header.name)


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


def has_header(condition: HeaderCondition, name: str, value: str) -> bool:
    """True when the header field is what the condition asks for."""
    if name != condition.name:
        return False
    text = header_text(value)
    return text == condition.value if condition.whole else condition.value in text


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
    """The entry's author as people write it: `post@a.example`, `@a.example`, `@*.a.example`."""
    author = entry.author.replace("@", "@*.", 1) if entry.subdomains else entry.author
    header = entry.header if isinstance(entry, Allow) else None
    if header is None:
        return author
    field = f"{header.name}: {header.value}" if header.whole else f"{header.name}: …{header.value}…"
    return f"{author} + {field}" if author else field
