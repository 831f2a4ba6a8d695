"""Logins of agents who send mail: passwords are compared in threads, and guessing is slowed down.

A password is made by us and cannot be guessed; the limits keep those who try all the same from
taking the time of others. They are kept in memory: a restart forgives.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from ipaddress import ip_address, ip_network
from typing import Protocol

import structlog

from gateway.model.address import fold
from gateway.smtp.login import LoginsLocked, WrongLogin

log = structlog.get_logger()

WITHIN = 900.0
"""Seconds that a wrong password is remembered."""
FROM_ONE_NETWORK = 10
"""Wrong passwords from one network (IPv4 address, IPv6 /64) in that time."""
FOR_ONE_NAME = 20
"""Wrong passwords for one name in that time, from wherever."""
AT_A_TIME = 16
"""Logins that may be under way together."""
_FRESH = 5.0
_MOST_KEYS = 10_000


class Passwords(Protocol):
    """The store's side."""

    def are_there(self) -> bool:
        """True when an active agent has one."""
        ...

    def find(self, name: str) -> tuple[str, str] | None:
        """Folded address and hash of the active agent of this name."""
        ...


class Tries:
    """Wrong tries by whom, within the last while. `now` are seconds of any clock."""

    def __init__(self, most: int, within: float) -> None:
        self._most = most
        self._within = within
        self._times: dict[str, deque[float]] = {}

    def are_too_many(self, key: str, now: float) -> bool:
        """True when the next one has to wait."""
        times = self._times.get(key)
        while times and times[0] <= now - self._within:
            times.popleft()
        if times is not None and not times:
            del self._times[key]
        return times is not None and len(times) >= self._most

    def count(self, key: str, now: float) -> None:
        """One more."""
        if len(self._times) >= _MOST_KEYS:
            del self._times[next(iter(self._times))]
        self._times.setdefault(key, deque(maxlen=self._most)).append(now)

    def forgive(self, key: str) -> None:
        """It was right."""
        self._times.pop(key, None)


class LoggingIn:
    """What the SMTP server asks (`smtp.login.Logins`)."""

    def __init__(
        self,
        passwords: Passwords,
        matches: Callable[[str, str], bool],
        nobodys: str,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`matches` compares a hash and a password; `nobodys` is a hash that nothing matches."""
        self._passwords = passwords
        self._matches = matches
        self._nobodys = nobodys
        self._clock = clock
        self._networks = Tries(FROM_ONE_NETWORK, WITHIN)
        self._names = Tries(FOR_ONE_NAME, WITHIN)
        self._threads = ThreadPoolExecutor(2, thread_name_prefix="login")
        self._under_way = 0
        self._possible, self._looked = False, -_FRESH

    async def are_possible(self) -> bool:
        """False while nobody has a password; looked up again every few seconds."""
        if self._clock() - self._looked >= _FRESH:
            loop = asyncio.get_running_loop()
            self._possible = await loop.run_in_executor(self._threads, self._passwords.are_there)
            self._looked = self._clock()
        return self._possible

    async def check(self, name: str, password: str, ip: str) -> str:
        """The folded address of the agent. Raises WrongLogin or LoginsLocked."""
        network, who, now = _network(ip), fold(name), self._clock()
        if self._networks.are_too_many(network, now) or self._names.are_too_many(who, now):
            log.warning("login refused", ip=ip, reason="too many wrong passwords")
            raise LoginsLocked(ip)
        if self._under_way >= AT_A_TIME:
            raise LoginsLocked("too many at a time")
        self._under_way += 1
        try:
            loop = asyncio.get_running_loop()
            address = await loop.run_in_executor(self._threads, self._checked, name, password)
        finally:
            self._under_way -= 1
        if address is None:
            self._networks.count(network, now)
            self._names.count(who, now)
            log.info("login failed", ip=ip)
            raise WrongLogin(ip)
        self._networks.forgive(network)
        self._names.forgive(who)
        log.info("login")
        log.debug("login of", ip=ip, agent=address)
        return address

    def close(self) -> None:
        """Begin nothing new."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _checked(self, name: str, password: str) -> str | None:
        found = self._passwords.find(name)
        address, kept = found or ("", self._nobodys)
        is_right = self._matches(kept, password)  # also for nobody: all answers take as long
        return address if found is not None and is_right else None


def _network(ip: str) -> str:
    address = ip_address(ip)
    return str(ip_network(f"{ip}/64", strict=False)) if address.version == 6 else ip
