"""What allow.yaml says about itself, and against the organisation and its agents."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from gateway.model.address import Mailbox, fold
from gateway.model.authors import Allow, AuthorEntry, Block, author_keys, is_about, key_of
from gateway.model.freemail import is_anybodys
from gateway.model.openpgp import Fingerprint
from gateway.model.text import Text, say
from gateway.rulebook.build_authors import allow_of, block_of
from gateway.rulebook.errors import RuleError, RuleWarning, error
from gateway.rulebook.files import Files, declared
from gateway.rulebook.reading import Document, Loc
from gateway.rulebook.schema import AllowFile
from gateway.rulebook.wrong import Checked

Placed = tuple[Loc, AuthorEntry]


def contradictions_about_authors(files: Files) -> Iterator[RuleError]:
    """All mistakes about allowed and blocked authors that no value shows alone."""
    if files.allow is None:
        return
    entries = tuple(_entries(files.allow))
    document = files.allow.document
    yield from _own_domain(files, entries)
    yield from _agents(files, entries)
    yield from _open_to_anybody(document, entries)
    yield from _doubles(document, entries)
    yield from _without_effect(document, entries)
    yield from _nothing_to_allow(files)


def warnings_about_authors(files: Files) -> Iterator[RuleWarning]:
    """Blocks that shut out more people than may be meant, and entries that do nothing any more."""
    if files.allow is None:
        return
    yield from _over(files.allow)
    yield from _covered(files.allow)
    for number, part in enumerate(files.allow.content.block):
        if part.domain is not None and is_anybodys(part.domain):
            place = files.allow.document.place(("block", number, "domain"))
            yield RuleWarning(
                f"{place.file}:{place.line}",
                say("everybody can have an address at %(domain)s, and nobody there is heard",
                    domain=part.domain),
                say("block the single addresses instead"),
            )  # fmt: skip


def _over(allow: Checked[AllowFile]) -> Iterator[RuleWarning]:
    """Entries whose last day is past."""
    today = datetime.now(tz=UTC).date()
    for key, parts in (("allow", allow.content.allow), ("block", allow.content.block)):
        for number, part in enumerate(parts):
            if part.until is not None and part.until < today:
                yield RuleWarning(
                    str(allow.document.place((key, number, "until"))),
                    say("this entry is over since %(day)s", day=str(part.until)),
                    say("take it out, or write a later day"),
                )


def _covered(allow: Checked[AllowFile]) -> Iterator[RuleWarning]:
    """Entries beside which a wider one lets in all that they let in."""
    entries = [(loc, each) for loc, each in _entries(allow) if isinstance(each, Allow)]
    wide: dict[str, list[tuple[Loc, Allow]]] = {}
    for loc, entry in entries:
        if entry.author and entry.header is None and not entry.fingerprint:
            wide.setdefault(key_of(entry), []).append((loc, entry))
    for loc, entry in entries:
        author = Mailbox(entry.author if entry.author[:1] != "@" else f"x{entry.author}")
        keys = dict.fromkeys((entry.author, *author_keys(author))) if entry.author else ()
        other = next(
            (
                at
                for key in keys
                for at, each in wide.get(key, ())
                if each is not entry and _covers(each, entry, author)
            ),
            None,
        )
        if other is not None:
            yield RuleWarning(
                str(allow.document.place(loc)),
                say("the entry in line %(line)s lets in all that this one does",
                    line=allow.document.place(other).line),
                say("take this one out, or the other one"),
            )  # fmt: skip


def _covers(wide: Allow, entry: Allow, author: Mailbox) -> bool:
    return (
        (wide.author == entry.author or is_about(wide, author))
        and (wide.subdomains or not entry.subdomains)
        and (not wide.departments or frozenset() < entry.departments <= wide.departments)
        and (wide.until is None or (entry.until is not None and entry.until <= wide.until))
        and (entry.authenticated or not wide.authenticated)
    )


def _entries(allow: Checked[AllowFile]) -> Iterator[Placed]:
    document = allow.document
    for number, part in enumerate(allow.content.allow):
        # Which key a file has does not matter here: it is told apart by the file.
        names = {part.key: Fingerprint(part.key)} if part.key is not None else {}
        yield ("allow", number), allow_of(part, document, number, names)
    for number, block in enumerate(allow.content.block):
        yield ("block", number), block_of(block, document, number)


def _own_domain(files: Files, entries: tuple[Placed, ...]) -> Iterator[RuleError]:
    if files.organisation is None or files.allow is None:
        return
    own = f"@{fold(files.organisation.content.domain)}"
    for loc, entry in entries:
        if entry.author == own:
            yield error(
                files.allow.document.place((*loc, "domain")),
                say('"%(domain)s" is the domain of the gateway itself', domain=own[1:]),
                say("write the domain of the people who write to you"),
            )


def _agents(files: Files, entries: tuple[Placed, ...]) -> Iterator[RuleError]:
    if files.agents is None or files.allow is None:
        return
    handles = {fold(one.address): handle for handle, one in files.agents.content.agents.items()}
    for loc, entry in entries:
        handle = handles.get(entry.author)
        if handle is not None:
            yield error(
                files.allow.document.place((*loc, "address")),
                say('"%(address)s" is the address of the agent %(name)s',
                    address=entry.author, name=handle),
                say("take the entry out: agents are neither allowed nor blocked here"),
            )  # fmt: skip


def _open_to_anybody(document: Document, entries: tuple[Placed, ...]) -> Iterator[RuleError]:
    for loc, entry in entries:
        domain = entry.author.removeprefix("@")
        alone = isinstance(entry, Allow) and entry.header is None and not entry.fingerprint
        if alone and entry.author.startswith("@") and is_anybodys(domain):
            yield error(
                document.place((*loc, "domain")),
                say("everybody can have an address at %(domain)s", domain=domain),
                say("write the single addresses, for example %(value)s",
                    value=f"address: ada@{domain}"),
            )  # fmt: skip


def _doubles(document: Document, entries: tuple[Placed, ...]) -> Iterator[RuleError]:
    first: dict[object, Loc] = {}
    for loc, entry in entries:
        same: tuple[object, ...] = (type(entry), entry.author, entry.subdomains)
        if isinstance(entry, Allow):
            same = (*same, entry.departments, entry.header, entry.fingerprint)
        other = first.setdefault(same, loc)
        if other != loc:
            yield error(
                document.place(loc),
                say("this entry stands here twice"),
                say("keep one of them; the first is in line %(line)s",
                    line=document.place(other).line),
            )  # fmt: skip


def _without_effect(document: Document, entries: tuple[Placed, ...]) -> Iterator[RuleError]:
    blocks: dict[str, tuple[Loc, Block]] = {}
    for loc, entry in entries:
        if isinstance(entry, Block) and entry.until is None:
            blocks.setdefault(key_of(entry), (loc, entry))
    for loc, entry in entries:
        found = _block_of(entry, blocks) if isinstance(entry, Allow) and entry.author else None
        if found is not None:
            yield error(
                document.place(loc),
                say("this entry has no effect: its author is blocked"),
                say("take out one of the two; the block is in line %(line)s",
                    line=document.place(found).line),
            )  # fmt: skip


def _block_of(entry: Allow, blocks: Mapping[str, tuple[Loc, Block]]) -> Loc | None:
    author = Mailbox(entry.author if entry.author[0] != "@" else f"x{entry.author}")
    keys = [entry.author, *author_keys(author)]
    found = (blocks[key] for key in keys if key in blocks)
    return next(
        (loc for loc, block in found if block.author == entry.author or is_about(block, author)),
        None,
    )


def _nothing_to_allow(files: Files) -> Iterator[RuleError]:
    """An entry for a department to which nobody needs to be allowed, or can be."""
    if files.allow is None or files.organisation is None or files.departments is None:
        return
    reached: dict[str, set[str]] = {}
    for one in declared(files.organisation):
        reached.setdefault(one.target, set()).add(one.kind)
    for number, part in enumerate(files.allow.content.allow):
        for place, name in enumerate(part.departments):
            kinds = reached.get(name, set())
            if name in files.departments.content.departments and kinds == {"public"}:
                yield error(
                    files.allow.document.place(("allow", number, "departments", place)),
                    say('everybody may write to "%(name)s"', name=name),
                    _internal_ones(reached),
                )


def _internal_ones(reached: Mapping[str, set[str]]) -> Text:
    names = sorted(name for name, kinds in reached.items() if kinds & {"internal", "members"})
    return say("take it out, or take one of: %(known)s", known=", ".join(names))
