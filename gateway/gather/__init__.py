"""Gather: everything that reads the world for one message, before anything is decided.

Each look-up goes through an index, and only what a decision may need is looked up: a mail from
outside costs a handful of look-ups, a command mail a few more for each ticket it names.
"""

from gateway.gather.digests import gather_digest
from gateway.gather.escalating import gather_escalation
from gateway.gather.expired import gather_expired
from gateway.gather.gather import gather, gather_given_up
from gateway.gather.keyring import as_it_may_leave
from gateway.gather.reminded import gather_reminder
from gateway.gather.unsealable import gather_unsealed
from gateway.gather.unsealed import NotOpened, OpenedMails, read
from gateway.gather.world import World

__all__ = [
    "NotOpened",
    "OpenedMails",
    "World",
    "as_it_may_leave",
    "gather",
    "gather_digest",
    "gather_escalation",
    "gather_expired",
    "gather_given_up",
    "gather_reminder",
    "gather_unsealed",
    "read",
]
