"""The keys of a mail in its ticket: whether they are taken in, and what agents are told."""

from gateway.mail.autocrypt import effective_date
from gateway.mail.automatic import shows_no_machine
from gateway.model.openpgp import NOBODY, Fingerprint, grouped
from gateway.model.route import Action
from gateway.model.text import Text, say
from gateway.model.ticket import Status
from gateway.policy.author_keys import NOTHING_TAKEN, News, Taken, taken
from gateway.policy.facts import Facts
from gateway.policy.secrecy import came_encrypted


def brings(facts: Facts) -> Taken:
    """What becomes of the keys of this mail. Nothing, where it is not a person's own mail to us."""
    author, message = facts.message.author, facts.message
    if facts.kept_keys is None or author is None or not shows_no_machine(message):
        return NOTHING_TAKEN
    if facts.duplicate is not None or facts.own_mail or facts.form is not None:
        return NOTHING_TAKEN
    if facts.trust.forged or _is_spam(facts):
        return NOTHING_TAKEN
    return taken(
        author.key,
        message.keys,
        facts.kept_keys,
        proved=facts.trust.proved,
        sent_at=effective_date(message, facts.now),
    )


def _is_spam(facts: Facts) -> bool:
    about = facts.tickets.get(facts.match.ticket) if facts.match else None
    in_spam = about is not None and about.ticket.status == Status.SPAM
    return bool(facts.ruling.spam) or in_spam


def notes(facts: Facts) -> tuple[Text, ...]:
    """What the agents are told of the keys, beside the text of the mail."""
    found = brings(facts)
    what = told(facts, found)
    if what is None:
        return ()
    return (what, ADVICE) if found.news in _TO_ACCEPT else (what,)


def links(facts: Facts) -> tuple[Action, ...]:
    """Accepting the key by a tap, where it waits for that."""
    found = brings(facts)
    if found.news not in _TO_ACCEPT or told(facts, found) is None:
        return ()
    return (Action(say("Accept the key"), f"key accept {found.key}"),)


def told(facts: Facts, found: Taken) -> Text | None:
    """The news of the key in a sentence; None where there are none that matter to anybody."""
    if found.news is News.NONE or (found.news is News.UNPROVED and not _matters(facts, found)):
        return None
    author = facts.message.author
    address = author.address if author is not None else ""
    new, used = grouped(found.key), grouped(found.used)
    values = {"address": address, "new": new, **({"used": used} if used else {})}
    return Text(_NEWS[found.news].msgid, tuple(values.items()))


def _matters(facts: Facts, found: Taken) -> bool:
    """True for an unproved key in a ticket that is encrypted, and was not opened with that key."""
    about = facts.tickets.get(facts.match.ticket) if facts.match else None
    if about is None:
        return False
    secret = about.ticket.confidential or came_encrypted(facts)
    return secret and about.ticket.came_with != found.key


_TO_ACCEPT = frozenset({News.UNPROVED, News.WAITS})
ADVICE = say(
    "A key came with it that is used only after somebody has accepted it. Before that, compare its"
    " fingerprint with the person by another way than mail, for example by telephone."
)
"""It is about nobody: also who has no key of their own may read it."""
_NEWS = {
    News.UNPROVED: say(
        "The mail brings a key of %(address)s, and nothing proves that it is theirs: %(new)s."
        " Answers in this ticket are not encrypted to it until somebody accepts it."
    ),
    News.WAITS: say(
        "The mail brings another key of %(address)s than the one that is in use: %(new)s instead of"
        " %(used)s. It is not used until somebody accepts it."
    ),
    News.INSTEAD: say(
        "The key of %(address)s that was in use (%(used)s) is no good any more. From now on they"
        " are written to with the one that this mail brings: %(new)s."
    ),
    News.PROVED: say(
        "It is proved that this mail comes from %(address)s: they are written to with the key that"
        " it brings (%(new)s). Other keys that came in their name are forgotten."
    ),
    News.REVOKED: say(
        "%(address)s has revoked the key %(new)s. Encrypted answers wait until they send a new one."
    ),
}


def opened_with(facts: Facts, requester: str) -> Fingerprint:
    """The key that the mail brings which opens a ticket of this person's (folded address).

    None where the ticket goes on with another one, of which it may hold words.
    """
    author = facts.message.author
    if author is None or author.key != requester or facts.match is not None:
        return NOBODY
    return brings(facts).key
