"""What commands about accounts need: the accounts, and the admins there are."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from gateway.gather.looking import Looking
from gateway.model.account import Account
from gateway.model.command import CommandMail
from gateway.model.openpgp import Fingerprint
from gateway.model.organisation import Organisation
from gateway.model.people import Agent, AgentState
from gateway.policy.account_commands import ResetCodes
from gateway.policy.commands.words import verb_of
from gateway.policy.confidential import Keyring
from gateway.policy.register import Register
from gateway.ports import Transaction, Vault, VaultClosed


def register(looking: Looking, mail: CommandMail | None, agent: Agent | None) -> Register | None:
    """The accounts that an admin's commands are about; None where none are."""
    if mail is None or agent is None or not agent.admin:
        return None
    needs = [verb_of(command).needs(command) for command in mail.commands]
    words = [word for need in needs for word in need.accounts]
    if not words and not any(need.all_accounts for need in needs):
        return None
    named = frozenset(name for need in needs for name in need.fingerprints)
    brought = {found.key.fingerprint: found.key for found in looking.message.keys}
    found = read_register(looking.transaction, words, looking.organisation, looking.now, named)
    found = replace(found, brought=brought, by=agent.handle)
    resets = [each for each in mail.commands if isinstance(each, ResetCodes)]
    return with_codes(looking.transaction, found, resets, looking.world.vault)


def with_codes(
    transaction: Transaction, register: Register, resets: Sequence[ResetCodes], vault: Vault
) -> Register:
    """With new codes for those who can be sent them: only an agent with a pinned key that works.

    Where the key of the secrets is missing there are none; `gateway agent otp` makes it.
    """
    agents = [agent for each in resets if (agent := register.find(each.agent)) is not None]
    if not agents or register.now is None:
        return register
    found = can_be_sent_codes(transaction, agents, register.now)
    name = register.organisation.name
    with suppress(VaultClosed):
        return replace(register, new_codes={each.id: vault.new_codes(each, name) for each in found})
    return register


def can_be_sent_codes(
    transaction: Transaction, agents: Sequence[Agent], now: datetime
) -> tuple[Agent, ...]:
    """The active ones of these agents with a pinned key that a mail can be encrypted with."""
    keys = Keyring(now, transaction.keys_of({each.mailbox.key for each in agents}, now))
    return tuple(
        each
        for each in agents
        if each.state is AgentState.ACTIVE and keys.of_agent(each.mailbox.address) is not None
    )


def read_register(
    transaction: Transaction,
    words: list[str],
    organisation: Organisation,
    now: datetime,
    fingerprints: frozenset[Fingerprint] = frozenset(),
) -> Register:
    """The accounts of these short names and addresses; the admins are held."""
    admins = transaction.hold_admins()
    found = transaction.accounts_by_word(words)
    ids = {account.agent.id for account in found.values()}
    pinned = dict(transaction.pinned_as(fingerprints, now))
    theirs = transaction.pinned_to(ids, now) if fingerprints else {}
    pinned |= {key.fingerprint: key for keys in theirs.values() for key in keys}
    return Register(
        organisation,
        found,
        admins,
        transaction.open_tickets(ids),
        pinned,
        wanted=fingerprints,
        now=now,
    )


def listed(looking: Looking, mail: CommandMail | None, agent: Agent | None) -> tuple[Account, ...]:
    """All accounts, for an admin who asks for them."""
    commands = mail.commands if mail is not None and agent is not None and agent.admin else ()
    if not any(verb_of(command).needs(command).all_accounts for command in commands):
        return ()
    return looking.transaction.accounts()
