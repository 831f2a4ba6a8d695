"""About an outgoing mail that there is no key for any more."""

from datetime import datetime

from gateway.model.address import fold
from gateway.model.outbox import OutboxMail
from gateway.policy.unsealed import STAGE, UNKNOWN_END, Unsealed
from gateway.ports import Transaction


def gather_unsealed(transaction: Transaction, mail: OutboxMail, now: datetime) -> Unsealed:
    """Its reader, the key that was meant, and whether the admins know."""
    meant = mail.seal.encrypt_to
    agent = transaction.agent_by_address(fold(mail.rcpt_to))
    pinned = transaction.pinned_as([meant], now).get(meant) if meant else None
    key = pinned.key if pinned is not None else None
    end = (key.expires if key is not None else None) or UNKNOWN_END
    told = (meant, end, STAGE) in transaction.told_of_keys([(meant, end)])
    return Unsealed(agent, meant, key, end, () if told else transaction.admins())
