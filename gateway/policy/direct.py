"""Direct mail to addresses that take none: who is let in, and what becomes of the rest.

The allow list lets authors in; the block list shuts them out, also where everybody else may write.
A block wins over whatever allows. Both have entries of the rule files and of admins' commands.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from gateway.model.address import Mailbox
from gateway.model.authors import (
    Allow,
    AuthorEntry,
    Block,
    author_keys,
    has_header,
    header_keys,
    is_about,
)
from gateway.model.organisation import Address, AddressKind
from gateway.model.statistics import Rejected
from gateway.policy.facts import Facts
from gateway.policy.said import author_of


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a mail is not let in, and the entry that it would take more for, if there is one."""

    why: Rejected
    entry: AuthorEntry | None = None


def let_in(facts: Facts, address: Address) -> Allow | Refused:
    """The entry that lets the author write to this address, or why there is none."""
    near = Refused(_NEITHER.get(address.kind, Rejected.NOT_ALLOWED))
    for allow in _about(facts):
        found = _fits(allow, facts, address)
        if found is None:
            return allow
        if _CLOSENESS.index(found) > _CLOSENESS.index(near.why):
            near = Refused(found, allow)
    forged = Rejected.FORGED if facts.trust.forged else None
    return Refused(forged) if forged and near.entry is None else near


def allowed(facts: Facts, address: Address) -> Allow | None:
    """The entry of the allow list that lets the author write to this address, or None."""
    found = let_in(facts, address)
    return found if isinstance(found, Allow) else None


_NEITHER = {
    AddressKind.MEMBERS: Rejected.NO_MEMBER,
    AddressKind.FORM: Rejected.NO_FORM,
    AddressKind.COMMAND: Rejected.NO_AGENT,
}

_CLOSENESS = (
    *(Rejected.NO_FORM, Rejected.NO_AGENT, Rejected.NO_MEMBER, Rejected.NOT_ALLOWED),
    *(Rejected.OTHER_DEPARTMENT, Rejected.EXPIRED, Rejected.FORGED, Rejected.UNPROVED),
)
"""From no entry at all to one that only lacks the proof."""


def _fits(allow: Allow, facts: Facts, address: Address) -> Rejected | None:
    """What is missing for the entry to let the mail in; None when nothing is."""
    if address.department is None or address.kind not in _ON_LIST:
        return _NEITHER.get(address.kind, Rejected.NOT_ALLOWED)
    # What members may write to is more than an internal address: it takes its own name.
    wanted = allow.departments or address.kind is AddressKind.INTERNAL
    if not wanted or (allow.departments and address.department not in allow.departments):
        return Rejected.OTHER_DEPARTMENT
    if has_ended(allow, today(facts)):
        return Rejected.EXPIRED
    if facts.trust.forged:
        return Rejected.FORGED
    return Rejected.UNPROVED if allow.authenticated and not facts.trust.proved else None


_ON_LIST = frozenset({AddressKind.INTERNAL, AddressKind.MEMBERS})


def _about(facts: Facts) -> Iterable[Allow]:
    """The entries about the author and this mail, those of the files first."""
    author = facts.message.author
    if author is None:
        return
    rules = facts.organisation.allow
    by_author = [entry for key in author_keys(author) for entry in rules.get(key, ())]
    by_command = [entry for entry in facts.by_command if isinstance(entry, Allow)]
    for entry in (*by_author, *by_command):
        if is_about(entry, author) and _has_its_header(entry, facts):
            yield entry
    names = facts.organisation.allow_headers
    for name, value in facts.message.headers if names else ():
        if name in names:
            for key in header_keys(name, value):
                yield from (each for each in rules.get(key, ()) if _has_its_header(each, facts))


def _has_its_header(entry: Allow, facts: Facts) -> bool:
    wanted = entry.header
    return wanted is None or any(
        has_header(wanted, name, value) for name, value in facts.message.headers
    )


def blocked(facts: Facts) -> Block | None:
    """The entry that blocks an author of the mail, or None. Agents are never blocked."""
    if facts.author_agent is not None:
        return None
    rules = facts.organisation.block
    for author in authors_of(facts):
        by_rule = [entry for key in author_keys(author) for entry in rules.get(key, ())]
        by_command = [entry for entry in facts.by_command if isinstance(entry, Block)]
        for entry in (*by_rule, *by_command):
            if is_about(entry, author) and not has_ended(entry, today(facts)):
                return entry
    return None


def authors_of(facts: Facts) -> tuple[Mailbox, ...]:
    """Everybody that the mail says it is by; of a form the person who filled it in."""
    if facts.form is not None or not facts.message.authors:
        return (author_of(facts),)
    return facts.message.authors


def has_ended(entry: AuthorEntry, day: date) -> bool:
    """True when the last day of the entry is over."""
    return entry.until is not None and day > entry.until


def today(facts: Facts) -> date:
    """The day where the organisation is."""
    return facts.now.astimezone(facts.organisation.zone).date()


def is_member_of_organisation(facts: Facts) -> bool:
    """True for proved agents and members, who may write to *members* addresses."""
    author = facts.message.author
    if author is None or not facts.trust.proved:
        return False
    members = facts.organisation.members
    return facts.author_agent is not None or author.key in members or "@" + author.domain in members
