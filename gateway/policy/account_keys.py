"""The keys by which agents are known: pinned and dropped by admins, by whole fingerprints only.

The fingerprint is what an admin has compared with the agent. The key itself may come with the same
mail, or by any later one: it cannot be another key.
"""

from gateway.model.key_changes import PinKey, RenewPinned, UnpinKey
from gateway.model.openpgp import Fingerprint, Key, grouped
from gateway.model.outgoing import AccountEvent
from gateway.model.people import Agent
from gateway.model.text import Text, say
from gateway.policy.account_commands import Settled
from gateway.policy.register import Register

MOST_PINNED = 5


def pinned(agent: Agent, fingerprint: Fingerprint, register: Register) -> Settled | Text:
    """The key becomes the agent's, or why it does not."""
    owner = register.pinned.get(fingerprint)
    key = register.brought.get(fingerprint)
    if owner is not None and owner.agent != agent.id:
        return say("the key %(key)s belongs to another agent.", key=grouped(fingerprint))
    if (wrong := _unusable(key, fingerprint, register)) is not None:
        return wrong
    if owner is not None:
        return _again(agent, fingerprint, key, register)
    if sum(each.agent == agent.id for each in register.pinned.values()) >= MOST_PINNED:
        return say(
            "%(name)s has %(count)s keys already. Take one away first: !account key-del %(handle)s",
            name=agent.name,
            count=MOST_PINNED,
            handle=agent.handle,
        )
    change = PinKey(agent.id, fingerprint, key, register.by)
    result = _here(agent, fingerprint) if key else _still_to_come(agent, fingerprint)
    return Settled(agent, result, (change,), AccountEvent.KEY_ADDED, fingerprint)


def _again(agent: Agent, fingerprint: Fingerprint, key: Key | None, register: Register) -> Settled:
    if key is None or register.now is None:
        has = say("%(name)s has the key %(key)s already", name=agent.name, key=grouped(fingerprint))
        return Settled(agent, has)
    renewed = RenewPinned(agent.id, key, register.now)
    return Settled(agent, _here(agent, fingerprint), (renewed,))


def _here(agent: Agent, fingerprint: Fingerprint) -> Text:
    return say(
        "%(name)s has the key %(key)s: mail signed with it needs no one-time code, and mail to them"
        " can be encrypted",
        name=agent.name,
        key=grouped(fingerprint),
    )


def _still_to_come(agent: Agent, fingerprint: Fingerprint) -> Text:
    return say(
        "%(name)s has the key %(key)s. The key itself is not here yet: it is taken from the next"
        " mail of theirs that has it attached",
        name=agent.name,
        key=grouped(fingerprint),
    )


def _unusable(key: Key | None, fingerprint: Fingerprint, register: Register) -> Text | None:
    if key is None:
        others = [each for each in register.brought if each not in register.wanted]
        if not others:
            return None
        return say(
            "the key in the mail is %(other)s, not %(key)s. Nothing was added: compare the"
            " fingerprint with the agent once more.",
            other=grouped(others[0]),
            key=grouped(fingerprint),
        )
    if key.revoked:
        return say("the key %(key)s is revoked.", key=grouped(fingerprint))
    if key.expired:
        return say("the key %(key)s has expired.", key=grouped(fingerprint))
    return None


def dropped(agent: Agent, fingerprint: Fingerprint, register: Register) -> Settled | Text:
    """The key is the agent's no longer, or why it never was."""
    owner = register.pinned.get(fingerprint)
    if owner is None or owner.agent != agent.id:
        theirs = [each.fingerprint for each in register.pinned.values() if each.agent == agent.id]
        if not theirs:
            return say("%(name)s has no key.", name=agent.name)
        return say(
            "%(name)s has no key %(key)s. Theirs: %(keys)s",
            name=agent.name,
            key=grouped(fingerprint),
            keys="; ".join(map(grouped, theirs)),
        )
    result = say(
        "the key %(key)s of %(name)s counts no longer, and was forgotten",
        key=grouped(fingerprint),
        name=agent.name,
    )
    change = UnpinKey(agent.id, fingerprint)
    return Settled(agent, result, (change,), AccountEvent.KEY_REMOVED, fingerprint)
