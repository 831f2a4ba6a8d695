"""What a duty is, and what it needs of the house."""

import secrets
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Generic, TypeAlias, TypeVar

from gateway.gather import World, as_it_may_leave
from gateway.model.decision import Decision
from gateway.model.history import ActKind
from gateway.policy.history import of_duty
from gateway.ports import Clock, Composer, Store, Transaction

DueT = TypeVar("DueT", bound=int)


@dataclass(frozen=True, slots=True)
class Office:
    """The store, the composer and the clock. `world` is asked anew, so that rules can change."""

    store: Store
    composer: Composer
    world: Callable[[], World]
    clock: Clock
    clock_is_right: Callable[[], bool] = lambda: True
    """False while the clock cannot be believed (`duties.clock`)."""

    def write(
        self,
        transaction: Transaction,
        decision: Decision,
        now: datetime,
        kind: ActKind = ActKind.ACCOUNT,
    ) -> None:
        """Changes and outgoing mail of a decision that no message led to.

        Of what it changes in accounts the history knows who did it: `kind`.
        """
        transaction.apply(decision.changes, now)
        act = of_duty(kind, "account", decision.changes)
        if act is not None:
            transaction.remember_act(act, now)
        outgoing = as_it_may_leave(transaction, decision.outgoing, self.world(), now)
        transaction.enqueue(self.composer.compose(outgoing, b"", now), now)


class Duty(ABC, Generic[DueT]):
    """One sort of things that are due by time."""

    sort: ClassVar[str]
    """Its name in the log."""
    look_again: ClassVar[float] = 1.0
    """Seconds between two looks."""

    def __init__(self, office: Office) -> None:
        self.office = office

    @abstractmethod
    def due(self, limit: int) -> Sequence[DueT]:
        """The first ones whose time has come: a look-up in an index, for it is asked often."""

    @abstractmethod
    def do(self, due: DueT) -> Decision | None:
        """One of them done, once. None: there was nothing to do after all."""


AnyDuty: TypeAlias = Duty[Any]


def seed() -> bytes:
    """Randomness for one decision (`policy.facts.Fresh`)."""
    return secrets.token_bytes(32)
