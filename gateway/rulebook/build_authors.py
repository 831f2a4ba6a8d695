"""The checked allow.yaml as entries ready for look-ups."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TypeVar

from gateway.model.address import fold
from gateway.model.authors import Allow, Block, HeaderCondition, InFile, header_text, key_of
from gateway.model.openpgp import NOBODY, Fingerprint
from gateway.model.organisation import Organisation
from gateway.model.people import DepartmentId
from gateway.rulebook.listed_keys import ListedKeys
from gateway.rulebook.reading import Document
from gateway.rulebook.schema import AllowFile, AllowPart, AuthorPart, BlockPart, HeaderPart
from gateway.rulebook.wrong import Checked

EntryT = TypeVar("EntryT", Allow, Block)
NO_NAMES: Mapping[str, Fingerprint] = {}


def with_authors(
    organisation: Organisation, file: Checked[AllowFile] | None, keys: ListedKeys
) -> Organisation:
    """The organisation with the entries of the file; the file must be free of mistakes."""
    if file is None:
        return organisation
    parts = enumerate(file.content.allow)
    allow = [allow_of(part, file.document, at, keys.names) for at, part in parts]
    block = [block_of(part, file.document, at) for at, part in enumerate(file.content.block)]
    headers = (one.header.name for one in allow if one.header and key_of(one).startswith(":"))
    return replace(
        organisation,
        allow=_by_key(allow),
        allow_headers=frozenset(headers),
        allow_keys=keys.by_id,
        block=_by_key(block),
    )


def allow_of(
    part: AllowPart, document: Document, at: int, names: Mapping[str, Fingerprint] = NO_NAMES
) -> Allow:
    """One entry of `allow`. `names` are those of the keys in files."""
    in_file = names.get(part.key, NOBODY) if part.key is not None else NOBODY
    return Allow(
        author=_author(part),
        reason=part.reason,
        departments=frozenset(map(DepartmentId, part.departments)),
        until=part.until,
        authenticated=part.authenticated,
        subdomains=part.subdomains,
        header=_header(part.header) if part.header else None,
        source=_source(document, "allow", at),
        fingerprint=Fingerprint(part.fingerprint) if part.fingerprint else in_file,
    )


def block_of(part: BlockPart, document: Document, at: int) -> Block:
    """One entry of `block`."""
    source = _source(document, "block", at)
    return Block(_author(part), part.reason, part.until, part.subdomains, source)


def _author(part: AuthorPart) -> str:
    if part.address is not None:
        return fold(part.address)
    return f"@{part.domain}" if part.domain is not None else ""


def _header(part: HeaderPart) -> HeaderCondition:
    if part.regex is not None:
        return HeaderCondition(part.name, part.regex, is_pattern=True)
    whole = part.equals is not None
    return HeaderCondition(part.name, header_text(part.equals or part.contains or ""), whole)


def _source(document: Document, key: str, at: int) -> InFile:
    place = document.place((key, at))
    return InFile(place.file, place.line)


def _by_key(entries: Iterable[EntryT]) -> Mapping[str, tuple[EntryT, ...]]:
    found: dict[str, list[EntryT]] = {}
    for entry in entries:
        found.setdefault(key_of(entry), []).append(entry)
    return {key: tuple(each) for key, each in found.items()}
