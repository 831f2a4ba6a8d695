"""DNS for one mail: bounded in time and number, cached for all."""

import time
from collections.abc import Sequence
from ipaddress import ip_address

import dns.exception
import dns.name
import dns.nameserver
import dns.rdatatype
import dns.resolver
from dns.rdata import Rdata
from dns.rdtypes.ANY.TXT import TXT

ONE = 4.0
"""Seconds for one question."""
MOST = 80
"""Questions about one mail; more are no trouble of DNS but a mail that wants to keep us busy."""
LONGEST_TEXT = 4096
"""Octets of one TXT record; longer ones are left out."""
_CACHED = 20_000


class DnsTrouble(Exception):  # noqa: N818  (nobody's mistake: no answer in time)
    """No answer, or none that says anything: the question may be asked again later."""


class TooManyLookups(Exception):  # noqa: N818  (says what it is)
    """The mail needs more questions than one mail may."""


def resolver(servers: Sequence[str]) -> dns.resolver.Resolver:
    """A resolver with a cache; `servers` are `IP` or `IP:port`, none means those of the system.

    Raises ValueError for something that is no address.
    """
    if servers:
        found = dns.resolver.Resolver(configure=False)
        found.nameservers = [_server(each) for each in servers]
    else:
        found = dns.resolver.Resolver()
    found.cache = dns.resolver.LRUCache(_CACHED)
    found.search = []
    return found


def _server(written: str) -> dns.nameserver.Nameserver:
    address, port = written, "53"
    if written.startswith("["):
        address, _, rest = written[1:].partition("]")
        port = rest.removeprefix(":") or port
    elif written.count(":") == 1:
        address, port = written.split(":")
    return dns.nameserver.Do53Nameserver(str(ip_address(address)), int(port))


class Lookups:
    """The questions of one mail. All of them together have `seconds`."""

    def __init__(self, with_resolver: dns.resolver.Resolver, seconds: float) -> None:
        self._resolver = with_resolver
        self._end = time.monotonic() + seconds
        self._left = MOST

    @property
    def seconds_left(self) -> float:
        """Until no more is asked."""
        return max(self._end - time.monotonic(), 0.0)

    def records(self, name: str, kind: str) -> list[Rdata]:
        """The records of a name, none where there is no such name or record.

        Raises DnsTrouble, or TooManyLookups.
        """
        self._left -= 1
        if self._left < 0:
            raise TooManyLookups(f"more than {MOST} look-ups")
        lifetime = min(ONE, self.seconds_left)
        if lifetime <= 0:
            raise DnsTrouble("no time left")
        try:
            asked = dns.name.from_text(name)
            answer = self._resolver.resolve(asked, kind, lifetime=lifetime, search=False)
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return []
        except (dns.resolver.NoNameservers, dns.exception.Timeout, OSError) as trouble:
            raise DnsTrouble(f"{name} {kind}: {type(trouble).__name__}") from trouble
        except (dns.exception.DNSException, UnicodeError):  # no name that could be asked for
            return []
        return list(answer)

    def texts(self, name: str) -> list[bytes]:
        """The TXT records of a name, each in one piece. Raises as `records` does."""
        records = (each for each in self.records(name, "TXT") if isinstance(each, TXT))
        found = (b"".join(each.strings) for each in records)
        return [text for text in found if len(text) <= LONGEST_TEXT]
