"""What `gateway doctor` sees of a gateway and what is around it, and what it finds about that."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from gateway.model.clock import Beat
from gateway.model.openpgp import Key
from gateway.model.rule_trouble import Trouble
from gateway.model.text import Text


class Level(StrEnum):
    """How bad it is. Only a problem makes the exit status 1."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"


class Area(StrEnum):
    """What a finding is about, in the order in which it is looked at."""

    SETTINGS = "settings"
    RULES = "rules"
    DATABASE = "database"
    DISK = "disk"
    QUEUES = "queues"
    CLOCK = "clock"
    CODES = "codes"
    OPENPGP = "openpgp"
    CERTIFICATE = "certificate"
    SMARTHOST = "smarthost"
    DNS = "dns"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line. Whatever is not in order has a remedy."""

    area: Area
    level: Level
    what: Text
    remedy: Text | None = None


@dataclass(frozen=True, slots=True)
class SettingsSeen:
    """`owner`: whose the database file is, where that is not who asks; empty otherwise."""

    development: bool
    owner: str = ""


@dataclass(frozen=True, slots=True)
class RulesSeen:
    """The files now, and those that are in force.

    `kept_at`: when the ones that this node last had in force were read, None when there are none;
    `is_kept`: the files are just those. `troubles` are the broken edits that daemons have met.
    """

    node: str
    folder: str
    mistakes: tuple[Text, ...] = ()
    warnings: tuple[Text, ...] = ()
    kept_at: datetime | None = None
    is_kept: bool = False
    troubles: tuple[Trouble, ...] = ()


@dataclass(frozen=True, slots=True)
class DatabaseSeen:
    """`trouble`: why it cannot be read. `size` in bytes. `journal` is SQLite's alone."""

    name: str
    exists: bool = True
    trouble: str = ""
    revision: str = ""
    head: str = ""
    size: int = 0
    journal: str = ""
    open_to_all: bool = False


@dataclass(frozen=True, slots=True)
class DiskSeen:
    """Bytes on the disk of a folder."""

    folder: str
    free: int
    total: int


@dataclass(frozen=True, slots=True)
class QueuesSeen:
    """How many wait in both queues, since when, and what will not go on by itself."""

    received: int = 0
    received_since: datetime | None = None
    quarantined: int = 0
    outgoing: int = 0
    outgoing_since: datetime | None = None
    deferred: int = 0
    failed: int = 0


@dataclass(frozen=True, slots=True)
class ClockSeen:
    """What is to be thought of the clock of this machine, and of those of other nodes."""

    here: Beat
    others: tuple[Beat, ...] = ()


@dataclass(frozen=True, slots=True)
class CodesSeen:
    """The key of the one-time codes. `trouble`: why it cannot be used."""

    key_file: str
    exists: bool
    trouble: str = ""
    agents: int = 0


@dataclass(frozen=True, slots=True)
class OpenPgpSeen:
    """`version` is empty without gpg. `unusable` are those of `keys` that do not sign."""

    home: str
    version: str = ""
    trouble: str = ""
    keys: tuple[Key, ...] = ()
    unusable: tuple[Key, ...] = ()


@dataclass(frozen=True, slots=True)
class CertificateSeen:
    """The certificate of the server; `file` is empty without one. `names`: whose it is."""

    hostname: str
    from_outside: bool
    file: str = ""
    trouble: str = ""
    begins: datetime | None = None
    ends: datetime | None = None
    names: tuple[str, ...] = ()


class Stage(StrEnum):
    """How far a conversation with the smarthost came: what failed, or all."""

    SETTINGS = "settings"
    CONNECT = "connect"
    TLS = "tls"
    EHLO = "ehlo"
    LOGIN = "login"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class SmarthostSeen:
    """`stage`: what failed with `trouble`. `address` is `host:port`."""

    address: str
    stage: Stage
    trouble: str = ""
    encrypted: bool = True
    login: bool = False


@dataclass(frozen=True, slots=True)
class MaildirsSeen:
    """Outgoing mail goes no further than to Maildirs in this folder."""

    folder: str
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class DnsSeen:
    """What DNS says of the organisation's domain. `trouble`: why it says nothing.

    `lost` are mail servers without an address. `spf` and `dmarc` are all records of that kind.
    """

    domain: str
    trouble: str = ""
    mx: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    spf: tuple[str, ...] = ()
    dmarc: tuple[str, ...] = ()
    for_examples: bool = False
