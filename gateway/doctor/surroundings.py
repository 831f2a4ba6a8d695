"""What is around the gateway: keys, certificate, smarthost, DNS."""

import asyncio
import os
import ssl
import tempfile
from collections.abc import Sequence
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from dns.rdtypes.ANY.MX import MX

from gateway.authentication.domains import ascii_domain
from gateway.authentication.lookups import DnsTrouble, Lookups, TooManyLookups, resolver
from gateway.config import Config, SmtpSettings
from gateway.crypto.gpg import CannotSeal, Gpg, GpgTrouble
from gateway.crypto.vault import Vault
from gateway.model.health import (
    CertificateSeen,
    CodesSeen,
    DnsSeen,
    MaildirsSeen,
    OpenPgpSeen,
    SmarthostSeen,
)
from gateway.model.openpgp import Key
from gateway.model.people import AgentId
from gateway.model.refusal import Refusal
from gateway.ports import VaultClosed
from gateway.smtp.probe import probe

_PATIENCE = 10.0
_EXAMPLES = ("example", "test", "invalid", "localhost")
"""RFC 2606: nobody has them."""


def codes(vault: Vault, agents: int, sealed: tuple[AgentId, bytes] | None) -> CodesSeen:
    """The key, and whether it opens what it ought to open."""
    name, exists = str(vault.key_file), vault.key_file.exists()
    try:
        vault.check(sealed)
    except VaultClosed as wrong:
        return CodesSeen(name, exists, str(wrong), agents)
    return CodesSeen(name, exists, "", agents)


def openpgp(gpg: Gpg) -> OpenPgpSeen:
    """Our keys; each that may sign is tried."""
    home = str(gpg.home)
    there = gpg.home.is_dir()
    if not gpg.is_there:
        return OpenPgpSeen(home, trouble="no gpg" if there else "")
    if not there:  # gpg would make it
        return OpenPgpSeen(home, _version_alone())
    try:
        version, keys = gpg.version(), gpg.own_keys()
        unusable = tuple(key for key in keys if key.can_sign and not _signs(gpg, key))
    except (Refusal, OSError) as wrong:
        return OpenPgpSeen(home, _version_alone(), str(wrong))
    finally:
        gpg.close()
    return OpenPgpSeen(home, version, "", keys, unusable)


def _signs(gpg: Gpg, key: Key) -> bool:
    try:
        return bool(gpg.sign(b"", key.fingerprint)[0])
    except (CannotSeal, GpgTrouble):
        return False


def _version_alone() -> str:
    """The version of gpg, without a home of ours."""
    with tempfile.TemporaryDirectory(prefix="gw-") as folder:
        gpg = Gpg(Path(folder))
        try:
            return gpg.version()
        except GpgTrouble:
            return ""
        finally:
            gpg.close()


def certificate(settings: SmtpSettings) -> CertificateSeen:
    """The certificate, and whether the key belongs to it."""
    outside = _from_outside((*settings.listen, *settings.submission_listen))
    file = settings.tls_certificate
    if file is None:
        return CertificateSeen(settings.hostname, outside)
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(file, settings.tls_key)
        leaf = x509.load_pem_x509_certificates(file.read_bytes())[0]
        names = _names(leaf)
    except (OSError, ValueError) as wrong:  # ssl.SSLError is an OSError
        reason = getattr(wrong, "strerror", None) or str(wrong)
        return CertificateSeen(settings.hostname, outside, str(file), str(reason))
    begins, ends = leaf.not_valid_before_utc, leaf.not_valid_after_utc
    return CertificateSeen(settings.hostname, outside, str(file), "", begins, ends, names)


def _names(leaf: x509.Certificate) -> tuple[str, ...]:
    try:
        found = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    except x509.ExtensionNotFound:
        return ()
    return tuple(found.value.get_values_for_type(x509.DNSName))


def _from_outside(listen: Sequence[str]) -> bool:
    """True where somebody on another machine can connect."""
    for address in listen:
        host = address.rpartition(":")[0].strip("[]")
        try:
            if not ip_address(host).is_loopback:
                return True
        except ValueError:
            if host != "localhost":
                return True
    return False


def smarthost(config: Config) -> SmarthostSeen:
    """As far as a conversation goes."""
    return asyncio.run(probe(config.delivery, config.smtp.hostname))


def maildirs(config: Config) -> MaildirsSeen:
    """Whether they can be written."""
    folder = config.delivery.maildir
    nearest = next(each for each in (folder, *folder.parents) if each.exists())
    writable = nearest.is_dir() and os.access(nearest, os.W_OK | os.X_OK)
    return MaildirsSeen(str(folder), "" if writable else f"{nearest}: {os.strerror(13)}")


def dns(domain: str, servers: Sequence[str], seconds: float = _PATIENCE) -> DnsSeen:
    """MX, SPF and DMARC of the domain."""
    name = ascii_domain(domain)
    if name.rpartition(".")[2] in _EXAMPLES:
        return DnsSeen(domain, for_examples=True)
    try:
        return _asked(domain, name, Lookups(resolver(servers), seconds))
    except (DnsTrouble, TooManyLookups, ValueError, OSError) as wrong:
        return DnsSeen(domain, str(wrong))
    except Exception as wrong:  # noqa: BLE001  (dnspython without any resolver configured)
        return DnsSeen(domain, f"{type(wrong).__name__}: {wrong}")


def _asked(domain: str, name: str, lookups: Lookups) -> DnsSeen:
    found = sorted(
        (each.preference, each.exchange.to_text())
        for each in lookups.records(name, "MX")
        if isinstance(each, MX)
    )
    hosts = tuple(host if host == "." else host.rstrip(".") for _, host in found)
    lost = tuple(host for host in hosts if host != "." and not _has_address(host, lookups))
    texts = [each.decode("ascii", "replace") for each in lookups.texts(name)]
    spf = tuple(each for each in texts if each.lower().split(" ")[0] == "v=spf1")
    at_dmarc = (each.decode("ascii", "replace") for each in lookups.texts(f"_dmarc.{name}"))
    dmarc = tuple(each for each in at_dmarc if each.lstrip().startswith("v=DMARC1"))
    return DnsSeen(domain, "", hosts, lost, spf, dmarc)


def _has_address(host: str, lookups: Lookups) -> bool:
    return bool(lookups.records(host, "A") or lookups.records(host, "AAAA"))
