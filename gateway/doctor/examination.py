"""All that `gateway doctor` looks at, one after the other."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from pathlib import Path

from gateway.config import Config, DeliveryMode
from gateway.crypto.house import gpg_of
from gateway.crypto.vault import Vault
from gateway.doctor import inside, surroundings
from gateway.model.health import Area, DatabaseSeen, Finding, Level
from gateway.model.people import Language
from gateway.model.text import say
from gateway.parts import LastGood, Rules, machine, no_last_good
from gateway.policy.health import inside as judge_inside
from gateway.policy.health import names, outside
from gateway.store.engine import Database, connect
from gateway.store.health import examine as examine_database
from gateway.store.health import is_missing, queues
from gateway.store.rule_files import RuleShelf
from gateway.store.second_factors import SecondFactors


@dataclass(frozen=True, slots=True)
class Report:
    """What was found, and the organisation's language; None when its file cannot be read."""

    findings: tuple[Finding, ...]
    language: Language | None

    @property
    def is_well(self) -> bool:
        """True when there is no problem."""
        return all(each.level is not Level.PROBLEM for each in self.findings)


def examine(config: Config, base: Path, now: datetime) -> Report:
    """Everything. A part that cannot be looked at is a problem, and hides none of the others."""
    database, seen, is_ours = _database(config, base)
    try:
        tables = database if is_ours else None
        read, wrong = _rules(config, tables)
        look = _Look(config, base, now, read, wrong, database, tables)
        findings = (*look.inside(seen), *look.around())
    finally:
        if database is not None:
            database.close()
    language = read.rulebook.organisation.language if read is not None else None
    return Report(findings, language)


def _database(config: Config, base: Path) -> tuple[Database | None, DatabaseSeen, bool]:
    """The database, what it says, and whether its tables are those of this version."""
    missing = is_missing(config.store.url, base)
    if missing:
        return None, DatabaseSeen(missing, exists=False), False
    database = None
    try:
        database = connect(config.store.url, base)
        found = examine_database(database)
    except Exception as wrong:  # noqa: BLE001  (whatever it is, it is told)
        if database is not None:
            database.close()
        name = config.store.url.rpartition("@")[2]
        return None, DatabaseSeen(name, trouble=str(wrong) or type(wrong).__name__), False
    return database, found.seen, found.is_ours


def _rules(config: Config, tables: Database | None) -> tuple[Rules | None, Exception | None]:
    """The rules in force as far as there are any, and what is wrong with the files."""
    last_good: LastGood = no_last_good
    if tables is not None:
        shelf = RuleShelf(tables)

        def last_good() -> tuple[datetime, bytes] | None:
            return shelf.last(machine(config))

    try:
        read = Rules(config, last_good)
    except Exception as wrong:  # noqa: BLE001  (whatever it is, it is told)
        return None, wrong
    return read, read.trouble


@dataclass(frozen=True, slots=True)
class _Look:
    """`tables` is the database where it can be used."""

    config: Config
    base: Path
    now: datetime
    read: Rules | None
    wrong: Exception | None
    database: Database | None
    tables: Database | None

    @property
    def zone(self) -> tzinfo:
        return self.read.rulebook.organisation.zone if self.read is not None else UTC

    def inside(self, seen: DatabaseSeen) -> Iterator[Finding]:
        """The gateway itself."""
        config, tables, zone = self.config, self.tables, self.zone
        yield from _told(
            Area.SETTINGS, lambda: judge_inside.settings(inside.settings(config, self.database))
        )
        yield from _told(
            Area.RULES,
            lambda: judge_inside.rules(inside.rules(config, self.read, self.wrong, tables), zone),
        )
        yield from judge_inside.database(seen)
        for disk in inside.disks(config, self.base, self.database):
            yield from judge_inside.disk(disk)
        if tables is None:
            return
        yield from _told(Area.QUEUES, lambda: judge_inside.queues(queues(tables), self.now, zone))
        yield from _told(
            Area.CLOCK, lambda: judge_inside.clock(inside.clock(tables, self.now), zone)
        )

    def around(self) -> Iterator[Finding]:
        """Keys, certificate, the way out, DNS."""
        config, now, zone = self.config, self.now, self.zone
        yield from _told(Area.CODES, self._codes)
        gpg = gpg_of(config.openpgp)
        yield from _told(
            Area.OPENPGP, lambda: outside.openpgp(surroundings.openpgp(gpg), now, zone)
        )
        yield from _told(
            Area.CERTIFICATE,
            lambda: outside.certificate(surroundings.certificate(config.smtp), now, zone),
        )
        yield from _told(Area.SMARTHOST, self._way_out)
        if self.read is not None:
            domain = self.read.rulebook.organisation.domain
            servers = config.trust.dns_servers
            yield from _told(Area.DNS, lambda: names.dns(surroundings.dns(domain, servers)))

    def _codes(self) -> Sequence[Finding]:
        factors = SecondFactors(self.tables) if self.tables is not None else None
        agents = factors.count() if factors is not None else 0
        sealed = factors.one_sealed() if factors is not None else None
        seen = surroundings.codes(Vault(self.config.second_factor.key_file), agents, sealed)
        demanded = self.read is not None and self.read.demands_second_factor
        return outside.codes(seen, demanded=demanded)

    def _way_out(self) -> Sequence[Finding]:
        config = self.config
        if config.delivery.mode is DeliveryMode.MAILDIR:
            seen = surroundings.maildirs(config)
            return outside.maildirs(seen, development=config.trust.development)
        return outside.smarthost(surroundings.smarthost(config))


def _told(area: Area, look: Callable[[], Sequence[Finding]]) -> Sequence[Finding]:
    """What `look` finds, or that it could not look."""
    try:
        return look()
    except Exception as wrong:  # noqa: BLE001  (the other parts are looked at all the same)
        what = say("This could not be looked at: %(why)s", why=str(wrong) or type(wrong).__name__)
        return [Finding(area, Level.PROBLEM, what, say("See the log, and report it."))]
