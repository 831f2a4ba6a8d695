"""Decrypting and verifying a mail through the gateway, beside bare `gpg --decrypt` of the same."""

import statistics
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from bench.parse import mail
from gateway.crypto.gpg import Gpg
from gateway.crypto.opener import GpgOpener
from gateway.mail.parse import parse

SIZES = (2, 100, 5_000)  # kilobytes
ENOUGH = 2.0
"""Seconds for which a case is repeated, the two in turns."""
_PASSPHRASE = "nur zum Messen"


def main(folder: Path) -> None:
    """A table: milliseconds of each, and the ratio of their medians."""
    home = folder / "gpg"
    home.mkdir(mode=0o700)
    gpg = Gpg(home, lambda: (_PASSPHRASE,))
    secret = folder / "passphrase"
    secret.write_text(_PASSPHRASE + "\n")
    print("\nmilliseconds to decrypt and verify a mail (median)")
    print(f"{'key':<12}{'size':>8}{'gpg':>9}{'gateway':>9}  gateway/gpg")
    try:
        for name, rsa in (("Curve25519", False), ("RSA-3072", True)):
            key = gpg.generate(("Bench", f"{name}@verein.example"), rsa=rsa)
            for size in SIZES:
                _measure(gpg, key, f"{name:<12}", size, secret, folder)
    finally:
        gpg.close()


def _measure(gpg: Gpg, key, name: str, size: int, secret: Path, folder: Path) -> None:
    armor = gpg.encrypt(mail(size), [gpg.export(key)], key)
    raw = _pgp_mime(armor)
    file = folder / "message.asc"
    file.write_bytes(armor)
    bare = ["gpg", "--batch", "--homedir", str(gpg.home), "--pinentry-mode", "loopback"]
    bare += ["--passphrase-file", str(secret), "--decrypt", str(file)]
    opener = GpgOpener(gpg, lambda _: (signer,))
    signer = gpg.export(key)

    def by_gpg() -> None:
        done = subprocess.run(bare, capture_output=True, check=True)
        assert b"Good signature" in done.stderr

    def by_gateway() -> None:
        message = opener.open(raw, parse(raw)).message
        assert message.openpgp.decrypted
        assert message.openpgp.signature.is_good

    times = _in_turns(by_gpg, by_gateway)
    ratio = times[1] / times[0]
    print(f"{name}{size:>5} KB{times[0]:>9.1f}{times[1]:>9.1f}{ratio:>13.2f}")


def _in_turns(*cases: Callable[[], None]) -> list[float]:
    times: list[list[float]] = [[] for _ in cases]
    for case in cases:
        case()
    end = time.perf_counter() + ENOUGH
    while time.perf_counter() < end:
        for number, case in enumerate(cases):
            start = time.perf_counter()
            case()
            times[number].append((time.perf_counter() - start) * 1000)
    return [statistics.median(each) for each in times]


def _pgp_mime(armor: bytes) -> bytes:
    head = (
        b"From: bench@verein.example\r\nTo: help@verein.example\r\nSubject: ...\r\n"
        b"Message-ID: <1@verein.example>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/encrypted;"
        b' protocol="application/pgp-encrypted"; boundary=b\r\n\r\n'
        b"--b\r\nContent-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n\r\n"
        b"--b\r\nContent-Type: application/octet-stream\r\n\r\n"
    )
    return head + armor.replace(b"\n", b"\r\n") + b"\r\n--b--\r\n"
