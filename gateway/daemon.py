"""The composition root: the only file that knows every part. Start, serve, drain on SIGTERM.

Order of starting: rules and templates are read (a mistake ends the start with its explanation), the
store is opened and migrated, the server listens, the loops run. Ending: nothing new is begun,
messages under way get their 250 or are left to the peer, the loops finish the message and the
mails they are at, then the store closes. All of it together has `GRACE` seconds.
"""

import asyncio
import os
import secrets
import signal
import socket
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Protocol

import structlog

from gateway import duties
from gateway.authentication.evaluate import evaluator
from gateway.config import Config, DeliveryMode
from gateway.crypto import passwords
from gateway.crypto.sealer import Sealer
from gateway.model.delivery import DeliveryOutcome
from gateway.model.outbox import OutboxMail
from gateway.parts import Parts, Rules, build, utc_now
from gateway.policy.trust import trust_policy
from gateway.reloading import Reloading
from gateway.smtp.client import Smarthost
from gateway.smtp.maildir import Maildirs
from gateway.smtp.server import Server
from gateway.workers.accept import Accepting
from gateway.workers.deliver import Deliver, Delivering
from gateway.workers.judge import Judging
from gateway.workers.logins import LoggingIn
from gateway.workers.process import Processing
from gateway.workers.seal import sealing
from gateway.workers.timed import Timed

log = structlog.get_logger()

__all__ = ["Parts", "Rules", "build", "serve", "utc_now"]

Addresses = Sequence[tuple[str, int]]

GRACE = 25.0
"""Seconds that messages under way have to end when the daemon is told to stop."""
LOOK_AFTER = 10.0
"""Seconds between two looks at the loops."""


async def serve(
    config: Config, base: Path, announce: Callable[[Addresses, Addresses], None]
) -> None:
    """Run until SIGTERM or SIGINT.

    `announce` is told the SMTP addresses, and those for agents who log in, when all is ready.
    """
    # The interpreter changes threads this often: a peer waits for its 250 while others compute.
    sys.setswitchinterval(0.0005)
    parts = build(config, base, daemon=True)
    loop = asyncio.get_running_loop()
    node = _name_of_node() if _is_shared(config) else "only"
    smarthost, deliver = _delivery(config)
    delivering = Delivering(
        parts.store.outbox,
        sealing(deliver, _sealer(parts).seal),
        parts.pipeline.give_up,
        node,
        utc_now,
        timedelta(hours=config.delivery.give_up_after_hours),
    )

    def wake_outbox() -> None:
        with suppress(RuntimeError):  # the loop has ended, and with it the need
            loop.call_soon_threadsafe(delivering.wake)

    judging = _judging(config, parts)
    accepting = Accepting(
        parts.store.inbound.insert,
        lambda: parts.rules.rulebook.organisation,
        utc_now,
        judging.judged,
    )
    inbound = parts.store.inbound
    processing = Processing(
        inbound, parts.pipeline, node, utc_now, wake_outbox, accepting.is_busy, judging.again
    )
    accepting.on_accepted = judging.on_judged = processing.wake
    reloading = Reloading(parts, config, wake_outbox)
    timed: list[_Loop] = [reloading]
    timed += [Timed(duty(parts.office), utc_now, wake_outbox) for duty in duties.ALL]
    stop = _on_signals(loop, reloading)
    if not _is_shared(config):
        _take_back(parts, node)
    logging_in = LoggingIn(parts.store.passwords, passwords.matches, passwords.NOBODYS)
    server = await Server.start(config.smtp, accepting, _inherited_sockets(), logging_in)
    processing.start()
    delivery = asyncio.create_task(delivering.run())
    at_times = [asyncio.create_task(each.run()) for each in timed]
    announce(server.addresses, server.submission_addresses)
    notify("READY=1")
    is_well = await _watch(stop, processing, delivery, *at_times)
    notify("STOPPING=1")
    processing.stop()
    delivering.stop()
    for each in timed:
        each.stop()
    try:
        async with asyncio.timeout(GRACE):
            await server.close(GRACE * 0.8)
            await accepting.close()
            judging.close()
            logging_in.close()
            await _ended(processing)
            await delivery
            await asyncio.gather(*at_times)
            if smarthost is not None:
                await smarthost.close()
    except TimeoutError:
        _end_at_once(is_well)
    parts.close()
    log.info("stopped")
    if not is_well:
        raise LoopEnded


def _name_of_node() -> str:
    # Two containers may have one host name and the same process id.
    return f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(3)}"


class _Loop(Protocol):
    """Something that works until it is stopped."""

    async def run(self) -> None: ...

    def stop(self) -> None: ...


def _on_signals(loop: asyncio.AbstractEventLoop, reloading: Reloading) -> asyncio.Event:
    """Set when the daemon is to end; SIGHUP reads the rules again."""
    stop = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    loop.add_signal_handler(signal.SIGHUP, lambda: loop.run_in_executor(None, reloading.reload))
    return stop


def _take_back(parts: Parts, node: str) -> None:
    """What the only node held when it died is free again."""
    parts.store.inbound.release(node)
    parts.store.outbox.release(node)


def _judging(config: Config, parts: Parts) -> Judging:
    return Judging(
        evaluator(config.trust) if config.trust.evaluate else None,
        trust_policy(config.trust),
        parts.store.inbound.judge,
        seconds=config.trust.dns_timeout,
        at_a_time=config.smtp.max_connections,
        refuse_forged=config.trust.refuse_forged,
    )


class LoopEnded(Exception):  # noqa: N818  (says what happened)
    """A loop ended that must not; the service manager starts the gateway again."""


async def _watch(stop: asyncio.Event, processing: Processing, *loops: asyncio.Task[None]) -> bool:
    """Until `stop`, tell systemd that all is well; false as soon as a loop has ended."""
    while not stop.is_set():
        with suppress(TimeoutError):
            async with asyncio.timeout(LOOK_AFTER):
                await stop.wait()
        if not processing.is_alive or any(loop.done() for loop in loops):
            log.critical("a loop has ended", processing=processing.is_alive)
            return False
        notify("WATCHDOG=1")
    return True


async def _ended(processing: Processing) -> None:
    while processing.is_alive:  # noqa: ASYNC110  (a thread sets no asyncio.Event when it dies)
        await asyncio.sleep(0.01)


def _end_at_once(is_well: bool) -> None:
    """Leave threads behind that wait for the database or a disk: they cannot be ended.

    Nothing is lost. What they did not commit has not happened, and is done after the next start.
    """
    log.warning("stopped while a part was still waiting", seconds=GRACE)
    os._exit(0 if is_well else 1)


def _is_shared(config: Config) -> bool:
    """Several nodes may work on one PostgreSQL; an SQLite file has one."""
    return not config.store.url.startswith("sqlite")


def _delivery(config: Config) -> tuple[Smarthost | None, Deliver]:
    if config.delivery.mode is DeliveryMode.MAILDIR:
        return None, _into(Maildirs(config.delivery.maildir))
    smarthost = Smarthost(config.delivery, hostname=config.smtp.hostname)

    async def send(mail: OutboxMail) -> DeliveryOutcome:
        return await smarthost.deliver(
            mail.mail_from, mail.rcpt_to, mail.content, next_hop=mail.next_hop
        )

    return smarthost, send


def _into(maildirs: Maildirs) -> Deliver:
    async def keep(mail: OutboxMail) -> DeliveryOutcome:
        return await asyncio.to_thread(
            maildirs.deliver, mail.rcpt_to, mail.content, f"{mail.id}.{mail.message_id}"
        )

    return keep


def _sealer(parts: Parts) -> Sealer:
    rules = parts.rules
    return Sealer(rules.gpg, rules.own_keys, parts.store.keys.keys_of, utc_now, rules.vault.unlock)


def _inherited_sockets() -> list[socket.socket]:
    """Sockets that systemd holds for us (sd_listen_fds(3)); none when started by hand."""
    if os.environ.get("LISTEN_PID") != str(os.getpid()):
        return []
    count = int(os.environ.get("LISTEN_FDS", "0"))
    return [socket.socket(fileno=3 + place) for place in range(count)]


def notify(state: str) -> None:
    """Tell systemd (sd_notify(3)); nothing where there is no systemd."""
    path = os.environ.get("NOTIFY_SOCKET")
    if not path:
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel, suppress(OSError):
        channel.sendto(state.encode(), "\0" + path[1:] if path.startswith("@") else path)
