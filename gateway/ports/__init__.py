"""What the road needs of the world, as Protocols: `store`, `crypto` and `render` keep them."""

from gateway.ports.composing import Clock, Composer
from gateway.ports.queues import InboundQueue, OutboxQueue
from gateway.ports.sealing import Opener, Unsealable, Vault, VaultClosed
from gateway.ports.transaction import Store, Transaction

__all__ = [
    "Clock",
    "Composer",
    "InboundQueue",
    "Opener",
    "OutboxQueue",
    "Store",
    "Transaction",
    "Unsealable",
    "Vault",
    "VaultClosed",
]
