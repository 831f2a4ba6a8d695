"""Our public key by mail, for whoever asks for it.

A mail that asks for the key and says nothing else is answered and filed as a closed ticket: nobody
need read it. Whenever the answer must not be sent, it is a mail like any other.
"""

from dataclasses import replace

from gateway.mail.armor import PUBLIC_KEY, armored
from gateway.model.address import Mailbox
from gateway.model.outgoing import PublicKey
from gateway.model.people import Language
from gateway.model.route import File, Route
from gateway.model.text import say
from gateway.model.ticket import PartyRole
from gateway.policy import automatic, routes
from gateway.policy.acts import Acts
from gateway.policy.facts import Facts, TicketFacts
from gateway.policy.recipients import with_token
from gateway.policy.said import author_of, event

KIND = "public-key"


def is_answered(facts: Facts) -> bool:
    """True when the author asks for our key, and gets it."""
    request = facts.key_request
    return request is not None and not request.answered and not automatic.why_not_answer(facts)


def is_all_said(facts: Facts) -> bool:
    """True when the mail says nothing else, and its author gets what they ask for."""
    request = facts.key_request
    return request is not None and request.asked.only and is_answered(facts)


def asked_in(facts: Facts) -> Language | None:
    """The language of the words that ask; None when they do not show it."""
    return facts.key_request.asked.language if facts.key_request is not None else None


def answer(facts: Facts, about: TicketFacts, *, opened: bool = False) -> Acts | None:
    """The key, to the author; None where it is not asked for, or must not be sent.

    In a known ticket only those get it who take part on the requester's side.
    """
    request, author = facts.key_request, author_of(facts)
    known = about.parties.get(author.key)
    is_theirs = author.key == about.ticket.requester.key
    is_theirs = is_theirs or (known is not None and known.role is not PartyRole.AGENT)
    if request is None or not is_theirs or not is_answered(facts):
        return None
    route, changes = routes.to_requester(facts, about, author, KIND, role=_role(about, author))
    name = f"{request.address}.asc"
    key = File(name, "application/pgp-keys", armored(PUBLIC_KEY, request.key))
    mail = PublicKey(
        _automatic(route, request.address),
        about.ticket,
        request.address,
        request.fingerprint,
        (key,),
        opened=opened,
    )
    what = say("asked for our public key, which was sent by itself: %(key)s", key=request.address)
    return changes + Acts((automatic.count(facts, KIND), event(about.ticket.id, what)), (mail,))


def _role(about: TicketFacts, author: Mailbox) -> PartyRole:
    known = about.parties.get(author.key)
    return known.role if known is not None else PartyRole.REQUESTER


def _automatic(route: Route, address: str) -> Route:
    """From the address whose key it is, so that this key signs it; null reverse-path, no name."""
    token = route.reply_to.rpartition("@")[0].partition("+")[2]
    return replace(
        route,
        to=Mailbox(route.to.address),
        sender=Mailbox(address, route.sender.name),
        reply_to=with_token(address, token),
        return_path=None,
        auto_submitted=routes.AUTO_REPLIED,
    )
