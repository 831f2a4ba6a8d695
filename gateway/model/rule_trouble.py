"""What is wrong with the rule files of a node."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Trouble:
    """A broken edit. `digest` is the same for the same mistakes, `told` once the admins know.

    `node` is the machine with the folder; `text` has a line for each mistake, in English.
    """

    node: str
    digest: str
    text: str
    since: datetime
    told: bool


@dataclass(frozen=True, slots=True)
class WriteTrouble:
    """What is wrong now with the files of its node."""

    trouble: Trouble


@dataclass(frozen=True, slots=True)
class EndTrouble:
    """The files of the node are in order."""

    node: str


RuleChange = WriteTrouble | EndTrouble
