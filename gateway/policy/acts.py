"""Changes and outgoing mail that belong together, while a decision is being put together."""

from dataclasses import dataclass
from typing import Self

from gateway.model.changes import Change
from gateway.model.outgoing import Outgoing


@dataclass(frozen=True, slots=True)
class Acts:
    """A part of a decision. Parts are added up in the order in which they shall happen."""

    changes: tuple[Change, ...] = ()
    outgoing: tuple[Outgoing, ...] = ()

    def __add__(self, other: Self) -> "Acts":
        return Acts(self.changes + other.changes, self.outgoing + other.outgoing)


NOTHING = Acts()
