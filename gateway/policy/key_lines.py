"""The keys of a ticket's people outside, one sentence for each key."""

from collections.abc import Iterator

from gateway.model.address import Mailbox
from gateway.model.keys import NO_KEYS
from gateway.model.openpgp import Key, grouped
from gateway.model.text import Text, say
from gateway.policy.copies import in_copy
from gateway.policy.facts import Facts, TicketFacts


def people(about: TicketFacts) -> tuple[Mailbox, ...]:
    """Who an answer goes to, and may have a key."""
    found = (about.ticket.requester, *(party.mailbox for party in in_copy(about)))
    return tuple(each for each in found if "@" in each.address)


def key_lines(facts: Facts, about: TicketFacts) -> tuple[Text, ...]:
    """What is known of their keys; those of agents are the admins' matter."""
    return tuple(line for person in people(about) for line in _lines(facts, about, person))


def _lines(facts: Facts, about: TicketFacts, person: Mailbox) -> Iterator[Text]:
    keys = facts.keys.get(person.key, NO_KEYS)
    if keys.known is not None:
        yield _line(person, keys.known, _use(facts, keys.known))
    for key in keys.waiting:
        yield _line(person, key, say("waits until somebody accepts it"))
    for key in keys.unproved:
        opened = about.ticket.came_with == key.fingerprint and keys.known is None
        here = say("came with this ticket, unproved: used in this ticket only")
        elsewhere = say("nothing proves that it is theirs: not used here")
        is_requester = person.key == about.ticket.requester.key
        yield _line(person, key, here if opened and is_requester else elsewhere)


def _use(facts: Facts, key: Key) -> Text:
    if key.revoked:
        return say("revoked by its owner")
    return say("in use") if key.is_usable(facts.now) else say("expired, or cannot encrypt")


def _line(person: Mailbox, key: Key, state: Text) -> Text:
    return say(
        "Key of %(address)s: %(key)s (%(state)s).",
        address=person.address,
        key=grouped(key.fingerprint),
        state=state,
    )
