"""The parts that work on mail, for the daemon and for the command line: rules, store, road, duties.

Rules that are broken at the start end it only where none were ever in order: otherwise those that
were last in order are taken out of the database, so that a restart with a slip in a file costs no
mail. That is said loudly: in the log, by mail to the admins, by `gateway doctor`.
"""

import socket
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import structlog

from gateway.config import Config, DeliveryMode
from gateway.crypto import house
from gateway.crypto.opener import GpgOpener
from gateway.crypto.own_keys import OwnKeys
from gateway.crypto.vault import Vault
from gateway.duties import Office
from gateway.duties.clock import ClockWatch
from gateway.gather import World
from gateway.model.composed import Composed
from gateway.model.outbox import CODES
from gateway.model.second_factor import Demand
from gateway.pipeline import Pipeline
from gateway.policy.confidential import Protected
from gateway.policy.trust import TrustPolicy, trust_policy
from gateway.render.composer import MailComposer
from gateway.rulebook.load import Rulebook, load
from gateway.rulebook.packing import unpack
from gateway.store.store import SqlStore, open_store

log = structlog.get_logger()

TRYING_DELAY = 5
"""Seconds that answers wait at most where outgoing mail only lands in Maildirs."""

LastGood = Callable[[], tuple[datetime, bytes] | None]
"""The packed rules that were last in order, and when that was."""


def utc_now() -> datetime:
    """The clock of the house."""
    return datetime.now(UTC)


def no_last_good() -> None:
    """There are no other rules: a mistake is a mistake."""


class Rules:
    """The rules in force. A broken edit leaves the old ones in force."""

    def __init__(self, config: Config, last_good: LastGood = no_last_good) -> None:
        """Raises RuleErrors, BrokenTemplate or BrokenCatalogue, which say what is wrong where.

        Not where `last_good` has rules that can be used: then those are in force, and `trouble` is
        what is wrong.
        """
        self._config = config
        self._trust: TrustPolicy = trust_policy(config.trust)
        self.vault = Vault(config.second_factor.key_file)
        self.gpg = house.gpg_of(config.openpgp)
        self.own_keys = OwnKeys(self.gpg)
        self.trouble: Exception | None = None
        self.since: datetime | None = None
        """When the rules that are in force instead were in order."""
        try:
            self.composer, self.rulebook = self.read()
        except Exception as wrong:  # noqa: BLE001  (raised, where there are no other rules)
            self.composer, self.rulebook = self._last(last_good, wrong)
            self.trouble = wrong

    def world(self) -> World:
        """What the next message is decided by."""
        return World(
            self.rulebook.organisation,
            self._trust,
            self.vault,
            self.own_keys.signing,
            self.rulebook.rules,
            self.own_keys.listed,
        )

    def world_of(self, rules: Path | bytes) -> World:
        """What it would be decided by with the rules in a folder, or packed. Raises RuleErrors."""
        if isinstance(rules, bytes):
            with tempfile.TemporaryDirectory(prefix="gateway-rules-") as folder:
                unpack(rules, Path(folder))
                return self.world_of(Path(folder) / "rules")
        found = self._rulebook(rules)
        return replace(self.world(), organisation=found.organisation, rules=found.rules)

    @property
    def folders(self) -> Mapping[str, Path]:
        """The folders that are read."""
        own = self._config.templates
        return {"rules": self._config.rules, **({"templates": own} if own is not None else {})}

    @property
    def demands_second_factor(self) -> bool:
        """True when it is demanded of every agent."""
        demand = self.rulebook.organisation.security.demand
        return demand in (None, Demand.REQUIRED)

    def read(self) -> tuple[MailComposer, Rulebook]:
        """What the files say now. Raises as the start does."""
        return self._read(self._config.rules, self._config.templates)

    def reload(self) -> None:
        """Put in force what the files say now. Raises as the start does, and changes nothing."""
        self.put_in_force(*self.read())

    def put_in_force(self, composer: MailComposer, rulebook: Rulebook) -> None:
        """These are the rules from now on."""
        self.composer, self.rulebook = composer, rulebook
        self.trouble = self.since = None

    def _last(self, last_good: LastGood, wrong: Exception) -> tuple[MailComposer, Rulebook]:
        found = last_good()
        if found is None:
            raise wrong
        at, packed = found
        with tempfile.TemporaryDirectory(prefix="gateway-rules-") as folder:
            try:
                unpack(packed, Path(folder))
                templates = Path(folder) / "templates"
                read = self._read(Path(folder) / "rules", templates if templates.is_dir() else None)
            except Exception as worse:
                raise wrong from worse  # by a newer version, they too may be wrong
        self.since = at
        return read

    def _read(self, rules: Path, templates: Path | None) -> tuple[MailComposer, Rulebook]:
        rulebook = self._rulebook(rules)
        return MailComposer(rulebook.organisation, templates), rulebook

    def _rulebook(self, rules: Path) -> Rulebook:
        """The rule files; while trying things out, nobody waits a minute for an answer.

        Nor is a second factor asked of anybody who has none, unless the rules say so.
        """
        rulebook = load(rules)
        organisation = rulebook.organisation
        if self._config.delivery.mode is DeliveryMode.MAILDIR:
            delay = min(organisation.send_delay, TRYING_DELAY)
            organisation = replace(organisation, send_delay=delay)
        if self._config.trust.development and organisation.security.demand is None:
            security = replace(organisation.security, demand=Demand.ENROLLED)
            organisation = replace(organisation, security=security)
        return replace(rulebook, organisation=organisation)


@dataclass(frozen=True, slots=True)
class Parts:
    """What works on mail, for the daemon and for the command line."""

    rules: Rules
    store: SqlStore
    pipeline: Pipeline
    office: Office
    opener: GpgOpener

    def close(self) -> None:
        """End what runs besides, then the store."""
        self.opener.close()
        self.rules.gpg.close()
        self.store.close()


def machine(config: Config) -> str:
    """What names the folder of the rules among those of all nodes; the same after a restart."""
    return f"{socket.gethostname()}:{config.rules.resolve()}"


def build(config: Config, base: Path, *, daemon: bool = False) -> Parts:
    """Rules, store and road. Raises RuleErrors, BrokenTemplate or StoreError."""
    store = open_store(config.store.url, base, daemon=daemon)
    try:
        rules = Rules(config, lambda: store.rules.last(machine(config)))
        store.people.ensure_agents(rules.rulebook.agents)
    except BaseException:
        store.close()
        raise
    if daemon and rules.trouble is not None:
        log.error(
            "the rules are broken: those that were last in order are in force",
            since=rules.since.isoformat() if rules.since else None,
            mistakes=str(rules.trouble),
        )
    composing = Composing(rules)
    opener = house.opener(config.openpgp, store.keys, utc_now, _listed(rules, store))
    pipeline = Pipeline(store, composing, rules.world, utc_now, opener)
    watch = ClockWatch(store, utc_now)
    office = Office(store, composing, rules.world, utc_now, watch.is_right)
    return Parts(rules, store, pipeline, office, opener)


def _listed(rules: Rules, store: SqlStore) -> Callable[[str], tuple[bytes, ...]]:
    """The keys of the allow list by key id: of the rule files in force, and of commands."""

    def keys(key_id: str) -> tuple[bytes, ...]:
        in_files = rules.rulebook.organisation.allow_keys.get(key_id, ())
        return (*in_files, *store.keys.listed(key_id))

    return keys


class Composing:
    """The composer of the rules in force (`ports.Composer`)."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules

    def compose(
        self,
        outgoing: Protected,
        raw: bytes,
        now: datetime,
        content: bytes | None = None,
    ) -> tuple[Composed, ...]:
        """By the rules that are in force now; what holds a secret is locked until it leaves."""
        composed = self._rules.composer.compose(outgoing, raw, now, content)
        return tuple(self._locked(mail) if mail.kind == CODES else mail for mail in composed)

    def _locked(self, mail: Composed) -> Composed:
        if not mail.seal.encrypt_to:
            raise ValueError("a secret would leave readable")
        return replace(mail, head=self._rules.vault.lock(mail.head + mail.tail), tail=b"")
