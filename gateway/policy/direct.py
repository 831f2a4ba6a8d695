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
    HeaderCondition,
    author_keys,
    header_keys,
    header_text,
    is_about,
    signer_key,
)
from gateway.model.key_changes import UseSignature
from gateway.model.openpgp import NOBODY, Fingerprint, grouped
from gateway.model.organisation import Address, AddressKind
from gateway.model.statistics import Rejected
from gateway.model.text import Text, say
from gateway.policy.facts import Facts
from gateway.policy.pattern import is_found
from gateway.policy.said import author_of


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a mail is not let in, and the entry that it would take more for, if there is one.

    `problem` says what is wrong with the signature that the entry demands.
    """

    why: Rejected
    entry: AuthorEntry | None = None
    problem: Text | None = None


def let_in(facts: Facts, address: Address) -> Allow | Refused:
    """The entry that lets the author write to this address, or why there is none."""
    near = Refused(_NEITHER.get(address.kind, Rejected.NOT_ALLOWED))
    for allow in _about(facts):
        found = _fits(allow, facts, address)
        if found is None:
            return allow
        if _CLOSENESS.index(found) > _CLOSENESS.index(near.why):
            problem = _unsigned(allow, facts) if found is Rejected.UNSIGNED else None
            near = Refused(found, allow, problem)
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
    *(Rejected.OTHER_DEPARTMENT, Rejected.EXPIRED, Rejected.UNSIGNED),
    *(Rejected.FORGED, Rejected.UNPROVED),
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
    if _unsigned(allow, facts) is not None:
        return Rejected.UNSIGNED
    if allow.fingerprint and author_is_signed(facts):
        return None
    if facts.trust.forged:
        return Rejected.FORGED
    return Rejected.UNPROVED if allow.authenticated and not facts.trust.proved else None


def _unsigned(allow: Allow, facts: Facts) -> Text | None:
    """What is wrong with the signature that the entry demands; None when nothing is."""
    if not allow.fingerprint:
        return None
    if facts.signed is None:
        return say("it is not signed.")
    signer = _signer(facts)
    if signer not in (NOBODY, allow.fingerprint):
        return say("it is signed with the key %(key)s.", key=grouped(signer))
    if "from" in facts.message.openpgp.contradicted:
        return say("in what is signed another author is named.")
    return facts.signed.problem


def _signer(facts: Facts) -> Fingerprint:
    """The key that the mail is signed with, for better or worse; `NOBODY` where it is unknown."""
    signature = facts.message.openpgp.signature
    return signature.fingerprint if signature is not None else NOBODY


def let_in_by_key(facts: Facts, allow: Allow | None) -> Text | None:
    """What agents must know of a mail that is let in for its signature."""
    if allow is None or not allow.fingerprint:
        return None
    by_key = say(
        "Let in because all of it is signed with the key %(key)s: %(reason)s.",
        key=grouped(allow.fingerprint),
        reason=allow.reason.rstrip("."),
    )
    if allow.author or author_is_signed(facts) or facts.trust.proved:
        return by_key
    return say(
        "%(by_key)s The address that it comes from is not signed: look at it before you answer.",
        by_key=by_key,
    )


def used_up(facts: Facts, allow: Allow | None) -> tuple[UseSignature, ...]:
    """The signature that let the mail in; it lets in no other."""
    if allow is None or not allow.fingerprint or facts.signed is None:
        return ()
    return (UseSignature(None, facts.signed.digest, facts.signed.queue_id),)


def author_is_signed(facts: Facts) -> bool:
    """True where the From field is part of what is signed: then whoever signed is the author."""
    return "from" in facts.message.openpgp.signed_fields


_ON_LIST = frozenset({AddressKind.INTERNAL, AddressKind.MEMBERS})


def _about(facts: Facts) -> Iterable[Allow]:
    """The entries about the author and this mail, those of the files first."""
    author = facts.message.author
    if author is None:
        return
    rules = facts.organisation.allow
    by_author = [entry for key in author_keys(author) for entry in rules.get(key, ())]
    by_command = [entry for entry in facts.by_command if isinstance(entry, Allow)]
    by_signer = rules.get(signer_key(_signer(facts)), ())
    for entry in (*by_author, *by_command, *by_signer):
        is_named = is_about(entry, author) if entry.author else entry.fingerprint == _signer(facts)
        if is_named and _has_its_header(entry, facts):
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


def has_header(condition: HeaderCondition, name: str, value: str) -> bool:
    """True when the header field is what the condition asks for."""
    if name != condition.name:
        return False
    if condition.is_pattern:
        return is_found(f"(?i){condition.value}", " ".join(value.split()))
    text = header_text(value)
    return text == condition.value if condition.whole else condition.value in text


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
