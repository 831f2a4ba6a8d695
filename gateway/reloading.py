"""Rule files and templates that change under the running daemon.

They are looked at every second and read again when they have been quiet for a moment, so that a
file that is being written is not read in its middle; SIGHUP reads them at once. All of them or
none are put in force. The admins get a mail when they cannot be used, once, and one when they are
mended.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from threading import Lock

import structlog

from gateway.config import Config
from gateway.duties.duty import seed
from gateway.model.decision import Decision
from gateway.model.text import Text, say
from gateway.model.ticket import TicketId
from gateway.parts import Parts, machine
from gateway.policy.facts import Fresh
from gateway.policy.rule_news import broken, mended
from gateway.rulebook.errors import RuleErrors
from gateway.rulebook.packing import pack, traces

log = structlog.get_logger()

LOOK = 1.0
"""Seconds between two looks at the files."""


class Reloading:
    """Reads the files again, when they change or when told to."""

    def __init__(
        self, parts: Parts, config: Config, on_mail: Callable[[], None], node: str = ""
    ) -> None:
        """`on_mail` is told that there may be mail to deliver; `node` names this machine."""
        self._parts, self._on_mail = parts, on_mail
        self._node = node or machine(config)
        self._traces = self._look()
        self._pending = False
        self._untold = True
        self._lock = Lock()
        self._stop = asyncio.Event()

    async def run(self) -> None:
        """Until `stop`."""
        await asyncio.to_thread(self.begin)
        while not self._stop.is_set():
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK):
                    await self._stop.wait()
            if not self._stop.is_set():
                await asyncio.to_thread(self.look)

    def stop(self) -> None:
        """End after the look under way."""
        self._stop.set()

    def begin(self) -> None:
        """What the rules were at the start is told, or kept."""
        with self._lock:
            self._settle(self._parts.rules.trouble)

    def look(self) -> None:
        """Read the files again if they have changed and are quiet now."""
        try:
            now = self._look()
        except OSError as wrong:  # the folder is gone: what reads it says so
            log.warning("the rules cannot be looked at", reason=str(wrong))
            return
        if now != self._traces:
            self._traces, self._pending = now, True
        elif self._pending:
            self.reload()
        elif self._untold:  # the database was away
            self.begin()

    def reload(self) -> None:
        """Read all files; what is wrong is logged and told, and changes nothing."""
        with self._lock:
            self._traces, self._pending = self._look(), False
            rules = self._parts.rules
            try:
                composer, rulebook = rules.read()
                self._parts.store.people.ensure_agents(rulebook.agents)
                rules.put_in_force(composer, rulebook)
            except Exception as mistakes:  # noqa: BLE001  (no edit of a file may end the daemon)
                log.warning(
                    "rules not reloaded, the old ones stay in force", mistakes=str(mistakes)
                )
                rules.trouble = mistakes
            else:
                log.info("rules reloaded")
                for warning in rulebook.warnings:
                    log.warning("a rule file should be mended", what=str(warning))
            self._settle(rules.trouble)

    def _look(self) -> object:
        return traces(self._parts.rules.folders)

    def _settle(self, trouble: Exception | None) -> None:
        """Tell the admins, or keep the good rules; again later where the database is away."""
        self._untold = True
        try:
            decision = self._decided(trouble)
            if trouble is None:
                self._keep()
        except Exception:
            log.exception("what became of the rules could not be noted")
            return
        self._untold = False
        if decision is not None and decision.outgoing:
            log.info("admins told of the rules", reason=decision.reason)
            self._on_mail()

    def _keep(self) -> None:
        """The rules are in order: keep them for a start at which they are not."""
        packed = pack(self._parts.rules.folders)
        if packed is None:
            log.warning("the folder of the rules is too large to be kept")
        elif self._look() == self._traces:  # otherwise these were not read yet
            now = self._parts.office.clock()
            self._parts.store.rules.keep(self._node, packed[0], now, packed[1])

    def _decided(self, trouble: Exception | None) -> Decision | None:
        office, rules = self._parts.office, self._parts.rules
        organisation, now = rules.rulebook.organisation, office.clock()
        fresh = Fresh(seed(), TicketId(0), "")
        with office.store.begin() as transaction:
            known, admins = transaction.rule_troubles(), transaction.admins()
            decision = (
                mended(known, self._node, organisation, admins, fresh)
                if trouble is None
                else broken(
                    mistakes_of(trouble),
                    known,
                    self._node,
                    now,
                    organisation,
                    admins,
                    fresh,
                    in_force=rules.since,
                )
            )
            if decision is not None:
                office.write(transaction, decision, now)
            return decision


def mistakes_of(trouble: Exception) -> tuple[Text, ...]:
    """One sentence for each mistake."""
    if isinstance(trouble, RuleErrors):
        return tuple(found.text for found in trouble.errors)
    return (say("%(problem)s", problem=str(trouble) or type(trouble).__name__),)
