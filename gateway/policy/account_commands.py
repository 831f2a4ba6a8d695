"""What admins may ask for with accounts, and what comes of it."""

from dataclasses import dataclass

from gateway.model.account_changes import AccountChange
from gateway.model.command import Command
from gateway.model.key_changes import KeyChange
from gateway.model.openpgp import NOBODY, Fingerprint
from gateway.model.outgoing import AccountEvent
from gateway.model.people import Agent, AgentState, Language
from gateway.model.proof_changes import ForgetSecondFactor, SetUpCodes
from gateway.model.second_factor import NewCodes
from gateway.model.text import Text


@dataclass(frozen=True, slots=True)
class AddAgent(Command):
    """`!account add cleo cleo@ngo.example Cleo dept=berlin admin lang=en`."""

    handle: str = ""
    address: str = ""
    name: str = ""
    departments: tuple[str, ...] = ()
    admin: bool = False
    language: Language | None = None


@dataclass(frozen=True, slots=True)
class SetState(Command):
    """`!account lock|unlock|remove cleo`. `agent` is a folded short name or address."""

    agent: str = ""
    state: AgentState = AgentState.ACTIVE


@dataclass(frozen=True, slots=True)
class SetDepartments(Command):
    """`!account dept cleo +berlin -freiburg`; `exactly`: just these. All names as written."""

    agent: str = ""
    exactly: tuple[str, ...] = ()
    more: tuple[str, ...] = ()
    less: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SetRole(Command):
    """`!account role cleo admin|agent`."""

    agent: str = ""
    admin: bool = False


@dataclass(frozen=True, slots=True)
class ResetCodes(Command):
    """`!account otp-reset cleo`."""

    agent: str = ""


@dataclass(frozen=True, slots=True)
class PinFingerprint(Command):
    """`!account key-add cleo FINGERPRINT`, with the key in the mail or not."""

    agent: str = ""
    fingerprint: Fingerprint = NOBODY


@dataclass(frozen=True, slots=True)
class DropFingerprint(Command):
    """`!account key-del cleo FINGERPRINT`."""

    agent: str = ""
    fingerprint: Fingerprint = NOBODY


AccountCommand = (
    AddAgent | SetState | SetDepartments | SetRole | ResetCodes | PinFingerprint | DropFingerprint
)


@dataclass(frozen=True, slots=True)
class Settled:
    """What a command does to an account, and how the agent is afterwards."""

    agent: Agent
    result: Text
    changes: tuple[AccountChange | ForgetSecondFactor | SetUpCodes | KeyChange, ...] = ()
    event: AccountEvent | None = None
    fingerprint: Fingerprint = NOBODY
    codes: NewCodes | None = None
    """To be sent to the agent alone."""
