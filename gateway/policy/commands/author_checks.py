"""What `!allow` and `!deny` are held against: ourselves, departments, entries that are there."""

from collections.abc import Iterator
from datetime import date

from gateway.model.address import Mailbox
from gateway.model.author_changes import EnterAuthor
from gateway.model.authors import (
    Allow,
    AuthorEntry,
    Block,
    ByCommand,
    author_keys,
    is_about,
    key_of,
    shown,
    signer_of,
)
from gateway.model.freemail import is_anybodys
from gateway.model.openpgp import grouped
from gateway.model.organisation import AddressKind, Organisation
from gateway.model.people import DepartmentId
from gateway.model.text import Text, say
from gateway.policy.commands.folding import folded
from gateway.policy.commands.moments import When, day_of
from gateway.policy.commands.verbs.departments import no_department
from gateway.policy.copies import is_ours
from gateway.policy.direct import has_ended, today
from gateway.policy.entries import source_text, until_text
from gateway.policy.work import Desk, Work

_ALL = frozenset({"all", "alle", "allen", "everywhere", "ueberall"})


def named(author: str) -> str:
    """What a command is about, as people write it."""
    return grouped(signer_of(author)) or author


ADMINS = say("only an admin may do that.")


def wrong(author: str, work: Work, desk: Desk, *, force: bool) -> Text | None:
    """Why nobody may enter this author; None when they may."""
    organisation = desk.facts.organisation
    if not desk.agent.admin:
        return ADMINS
    if signer_of(author):
        return _named_before(author, work)
    domain = author.rpartition("@")[2]
    if is_ours(author if author[0] != "@" else f"x{author}", organisation):
        return say("%(author)s is an address of ours.", author=author)
    agent = desk.facts.named_agents.get(author)
    if agent is not None:
        return say(
            "%(author)s is the agent %(name)s: agents are neither allowed nor blocked here.",
            author=author,
            name=agent.name,
        )
    if author[0] == "@" and is_anybodys(domain) and not force:
        return say(
            "everybody can have an address at %(domain)s. Write the single address. If you do mean"
            " all of them, write “force” behind the domain.",
            domain=domain,
        )
    return _named_before(author, work)


def _named_before(author: str, work: Work) -> Text | None:
    entered = (each.entry for each in work.acts.changes if isinstance(each, EnterAuthor))
    entry = next((each for each in entered if key_of(each) == author), None)
    if entry is None:
        return None
    return say("another line of this mail is about %(author)s too.", author=shown(entry))


def of_entry(entry: AuthorEntry) -> dict[str, str | Text]:
    """The values of sentences about an entry."""
    return {
        "author": shown(entry),
        "until": until_text(entry),
        "source": source_text(entry.source),
    }


def places(names: tuple[str, ...], organisation: Organisation) -> frozenset[DepartmentId] | Text:
    """The departments that the words mean: names, or addresses of theirs; none for all."""
    if not _ALL.isdisjoint(names):
        return frozenset()
    found = set()
    for name in names:
        department = _department(name, organisation)
        if department is None:
            return no_department(name, organisation)
        kinds = {
            each.kind for each in organisation.addresses.values() if each.department == department
        }
        if not kinds & {AddressKind.INTERNAL, AddressKind.MEMBERS}:
            return say("everybody may write to %(name)s anyway.", name=name)
        found.add(department)
    return frozenset(found)


def one_more(departments: tuple[str, ...], reason: str, organisation: Organisation) -> Text | None:
    """Whether the reason begins with a department that may have been meant as one more."""
    word = reason.split(maxsplit=1)[0]
    found = places((folded(word.rstrip(",;:.")),), organisation)
    if isinstance(found, Text) or not found:
        return None
    return say(
        "is %(name)s meant as a department too? Then write “to %(before)s, %(name)s”. If it belongs"
        " to the reason, begin that with another word.",
        name=word,
        before=", ".join(departments),
    )


def _department(name: str, organisation: Organisation) -> DepartmentId | None:
    local, at, domain = name.partition("@")
    if not at:
        return organisation.department_names.get(name)
    address = organisation.kind_of(f"{local}@{domain or organisation.domain}")
    return address.department if address else organisation.department_names.get(local)


def last_day(until: When | None, desk: Desk) -> date | Text | None:
    """The day that was written; a sentence when it is past."""
    organisation = desk.facts.organisation
    return None if until is None else day_of(until, desk.facts.now, organisation.zone)


def _known(desk: Desk, author: str) -> Iterator[AuthorEntry]:
    """All entries that may be about the author, those of the files first."""
    organisation = desk.facts.organisation
    for key in keys(author):
        yield from organisation.allow.get(key, ())
        yield from organisation.block.get(key, ())
    yield from desk.facts.by_command


def keys(author: str) -> tuple[str, ...]:
    """Keys of the entries that may be about an address, `@domain` or `%fingerprint`."""
    if signer_of(author):
        return (author,)
    person = Mailbox(author if author[0] != "@" else f"x{author}")
    return tuple(key for key in author_keys(person) if key[0] == "@" or key == author)


def same(author: str, desk: Desk) -> list[AuthorEntry]:
    """The entries about exactly this author, whatever else the mail must have."""
    return [each for each in _known(desk, author) if key_of(each) == author]


def is_restated(old: Allow, new: Allow) -> bool:
    """True when the new entry says all that the old one, also by command, is about."""
    everywhere = not new.departments or (
        bool(old.departments) and old.departments <= new.departments
    )
    by_command = isinstance(old.source, ByCommand)
    return by_command and everywhere and new.subdomains >= old.subdomains


def covers(old: Allow, new: Allow, desk: Desk) -> bool:
    """True when the old entry lets in all that the new one would."""
    everywhere = not old.departments or (
        bool(new.departments) and new.departments <= old.departments
    )
    proof = new.authenticated or not old.authenticated
    plain = old.header is None and old.fingerprint == new.fingerprint
    holds = lasts(old, new) and not has_ended(old, today(desk.facts))
    return everywhere and proof and plain and holds


def lasts(old: AuthorEntry, new: AuthorEntry) -> bool:
    """True when the old entry holds as long as the new one, and for as many domains."""
    until = old.until is None or (new.until is not None and old.until >= new.until)
    return until and old.subdomains >= new.subdomains


def blocks_of(made: Allow, desk: Desk) -> Iterator[Block]:
    """What blocks the author of the entry: the address, its domain, or one above it."""
    if not made.author:
        return
    person = Mailbox(made.author if made.author[0] != "@" else f"x{made.author}")
    for entry in _known(desk, made.author):
        if isinstance(entry, Block) and is_about(entry, person):
            yield entry
