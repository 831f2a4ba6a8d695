"""News of an account, when no mail is being decided: the operator did something at the terminal."""

from hashlib import blake2b

from gateway.model.address import Mailbox
from gateway.model.organisation import Organisation
from gateway.model.outgoing import ProofNotice
from gateway.model.people import Agent
from gateway.model.route import Route
from gateway.model.text import Text, say
from gateway.policy.routes import AUTO_GENERATED


def codes_notice(
    organisation: Organisation, to: Agent, seed: bytes, *, has_codes: bool
) -> ProofNotice:
    """One-time codes were set up or taken away. `seed` are 32 random bytes."""
    if has_codes:
        subject, what = say("One-time codes were set up for you"), _SET_UP
    else:
        subject, what = say("Your one-time codes were taken away"), _TAKEN_AWAY
    return proof_notice(organisation, to, seed, subject, what, _ADVICE)


def password_notice(
    organisation: Organisation, to: Agent, seed: bytes, *, has_one: bool
) -> ProofNotice:
    """A password was made or taken away. `seed` are 32 random bytes."""
    if has_one:
        subject, what = say("A password was made for you"), _PASSWORD_MADE
    else:
        subject, what = say("Your password was taken away"), _PASSWORD_GONE
    return proof_notice(organisation, to, seed, subject, what, _ADVICE)


_PASSWORD_MADE = say(
    "The operator has made a password for your account, with which your mail program can send mail"
    " to us directly. An older password does not work any more."
)
_PASSWORD_GONE = say(
    "The operator has taken away the password of your account. Mail from your own mail account is"
    " taken as before."
)
_SET_UP = say(
    "From now on an app on your phone shows one-time codes for your account. Where we ask for a"
    " second factor, write a code on a line of its own, like !123456."
)
_TAKEN_AWAY = say(
    "The operator has taken away the one-time codes and recovery codes of your account, and every"
    " session has ended."
)
_ADVICE = say("If you know nothing of this, tell an admin at once.")


def proof_notice(
    organisation: Organisation,
    to: Agent,
    seed: bytes,
    subject: Text,
    what: Text,
    advice: Text | None = None,
) -> ProofNotice:
    """The mail to an agent. Its name in the world is made of `seed`, 32 random bytes."""
    token = blake2b(b"account\0" + to.mailbox.key.encode(), key=seed, digest_size=16).hexdigest()
    route = Route(
        to=to.mailbox,
        sender=Mailbox(organisation.command_address, organisation.name),
        message_id=f"{token}@{organisation.domain}",
        language=to.language,
        reply_to=organisation.command_address,
        auto_submitted=AUTO_GENERATED,
    )
    return ProofNotice(route, subject, what, advice)
