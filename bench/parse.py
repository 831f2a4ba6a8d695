"""How long reading a mail takes beside the libraries below it, and how that grows with the mail."""

import statistics
import sys
import time
import tracemalloc
from collections.abc import Callable
from email import message_from_bytes, policy
from itertools import pairwise

import mailparser

from gateway.mail.parse import parse

SIZES = (2, 50, 5_000)  # kilobytes
GROWTH = (1, 10, 100, 1_000, 10_000, 50_000)
COUNTS = (10, 100, 1_000, 10_000)
ENOUGH = 0.4
"""Seconds for which a case is repeated, in rounds that take turns."""
ROUNDS = 5
_LINE = b"Guten Tag, mein Laptop startet nicht mehr, koennen Sie mir helfen? Danke!\r\n"
_HEAD = (
    b"Return-Path: <anna@kunde.example>\r\n"
    + b"Received: from a.kunde.example by b.help.example with ESMTPS; Mon, 2 Mar 2026 10:11:12 "
    b"+0100\r\n"
    * 3
    + b"Date: Mon, 2 Mar 2026 10:11:12 +0100\r\nFrom: =?utf-8?Q?Anna_M=C3=BCller?= "
    b"<anna@kunde.example>\r\nTo: Hilfe <support@help.example>\r\nSubject: Laptop startet nicht\r\n"
    b"Message-ID: <m1@kunde.example>\r\nMIME-Version: 1.0\r\n"
)
_PLAIN = b"Content-Type: text/plain; charset=utf-8\r\n\r\n"


def mail(kilobytes: int) -> bytes:
    """A text up to 50 KB; beyond that a short text and an attachment in base64."""
    size = kilobytes * 1024
    if kilobytes <= 50:
        return (_HEAD + _PLAIN + _LINE * (size // len(_LINE) + 1))[: max(size, len(_HEAD) + 80)]
    line = b"QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZnaGlqa2xtbm9wcXJzdHV2d3h5ejAxMjM0\r\n"
    return (
        _HEAD
        + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"
        + _PLAIN
        + _LINE * 10
        + b"--b\r\nContent-Type: image/png; name=foto.png\r\nContent-Transfer-Encoding: base64\r\n"
        b"Content-Disposition: attachment; filename=foto.png\r\n\r\n"
        + line * (size // len(line))
        + b"--b--\r\n"
    )


def _stdlib(raw: bytes) -> object:
    message = message_from_bytes(raw, policy=policy.default)
    body = message.get_body(("plain", "html"))
    attached = [part.get_content() for part in message.iter_attachments()]
    fields = [(name, str(value)) for name, value in message.items()]
    return fields, body.get_content() if body else "", attached


def _mail_parser(raw: bytes) -> object:
    seen = mailparser.parse_from_bytes(raw)
    return seen.from_, seen.to, seen.subject, seen.date, seen.body, seen.attachments, seen.headers


READERS: dict[str, Callable[[bytes], object]] = {
    "gateway": parse,
    "email": _stdlib,
    "mail-parser": _mail_parser,
}


def beside() -> None:
    """Milliseconds a mail, the readers in turn, the best of the rounds."""
    print("\nreading a mail, milliseconds")
    print("size     " + "".join(f"{name:>13}" for name in READERS), end="")
    print("   gateway/email  gateway/mail-parser")
    for kilobytes in SIZES:
        raw = mail(kilobytes)
        rounds = [{name: _seconds(read, raw) for name, read in READERS.items()} for _ in "12345"]
        best = {name: min(each[name] for each in rounds) * 1000 for name in READERS}
        line = f"{kilobytes:>5} KB " + "".join(f"{best[name]:>13.3f}" for name in READERS)
        print(f"{line}{best['gateway'] / best['email']:>16.2f}", end="")
        print(f"{best['gateway'] / best['mail-parser']:>21.2f}")


def growth() -> None:
    """Time and peak memory of our reading from 1 KB to 50 MB: time for each MB must not grow."""
    print("\nreading a mail of any size\n     size         ms   ms/MB   peak MB   peak/size")
    for kilobytes in GROWTH:
        raw = mail(kilobytes)
        seconds, size = _seconds(parse, raw), len(raw) / 2**20
        peak = _peak(raw)
        print(f"{kilobytes:>6} KB {seconds * 1000:>10.2f}{seconds * 1000 / size:>8.0f}", end="")
        print(f"{peak:>10.1f}{peak / size:>12.1f}")


def counts() -> None:
    """Milliseconds for ten times as many of a thing; the factor must stay at about ten or less."""
    print("\nreading a mail with many of something, milliseconds (times the one before)")
    print("            " + "".join(f"{count:>18}" for count in COUNTS))
    for name, make in KINDS.items():
        times = [_seconds(parse, make(count)) * 1000 for count in COUNTS]
        factors = ["", *(f"({now / before:.1f}x)" for before, now in pairwise(times))]
        cells = (f"{ms:>10.2f} {factor:>7}" for ms, factor in zip(times, factors, strict=True))
        print(f"{name:<12}" + "".join(cells))


def _parts(count: int) -> bytes:
    part = b"--b\r\nContent-Type: text/plain\r\n\r\nHallo\r\n"
    return (
        _HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + part * count + b"--b--\r\n"
    )


KINDS: dict[str, Callable[[int], bytes]] = {
    "parts": _parts,
    "header lines": lambda count: _HEAD + b"X-Spam-Test: ja\r\n" * count + b"\r\nHallo\r\n",
    "folded lines": lambda count: (
        _HEAD + b"X-Long: a\r\n" + b" bcdefgh\r\n" * count + b"\r\nHi\r\n"
    ),
    "recipients": lambda count: (
        _HEAD + b"Cc: " + b",\r\n ".join(b"u%d@k.example" % n for n in range(count)) + b"\r\n\r\nHi"
    ),
    "references": lambda count: (
        _HEAD
        + b"References:"
        + b"".join(b"\r\n <%d@k.example>" % n for n in range(count))
        + b"\r\n\r\n"
    ),
    "text lines": lambda count: _HEAD + _PLAIN + _LINE * count,
    "colon lines": lambda count: _HEAD + _PLAIN + b"Termin: 12:30\r\nOrt:\r\n" * count,
    "blank lines": lambda count: _HEAD + _PLAIN + b"\r\n" * count + b"Hallo\r\n",
    "one line": lambda count: _HEAD + _PLAIN + b"Guten Tag, wie geht es? " * count,
    "encoded": lambda count: _HEAD + b"X-A: " + b"=?utf-8?Q?=C3=A4?=\r\n " * count + b"\r\n\r\nHi",
    "name pieces": lambda count: (
        _HEAD
        + b"Content-Type: application/pdf"
        + b"".join(b";\r\n name*%d=a" % n for n in range(count))
        + b"\r\n\r\nHi"
    ),
    "attributions": lambda count: (
        _HEAD
        + _PLAIN
        + b"Am 02.03.2026 um 10:11 schrieb Anna <a@kunde.example>:\r\n> alt\r\nneu\r\n" * count
    ),
    "reported": lambda count: (
        b"From: MAILER-DAEMON@k.example\r\nSubject: failure notice\r\n"
        b"Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
        b"--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; k\r\n\r\n"
        + b"".join(
            b"Final-Recipient: rfc822; u%d@k.example\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n" % n
            for n in range(count)
        )
        + b"--b--\r\n"
    ),
    "quoted lines": lambda count: _HEAD + _PLAIN + b"> alt\r\nneu\r\n" * count,
    "html lines": lambda count: (
        _HEAD + b"Content-Type: text/html\r\n\r\n" + b"<p>Guten <b>Tag</b></p>\r\n" * count
    ),
    "bounced": lambda count: (
        b"From: MAILER-DAEMON@k.example\r\nSubject: failure notice\r\n\r\nnot delivered to:\r\n"
        + b"<weg@kunde.example>:\r\n550 unknown\r\n" * count
    ),
}


def _seconds(read: Callable[[bytes], object], raw: bytes) -> float:
    """The median of as many runs as are done in a share of the time, one at least."""
    times: list[float] = []
    end = time.perf_counter() + ENOUGH / ROUNDS
    while not times or time.perf_counter() < end:
        start = time.perf_counter()
        read(raw)
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def _peak(raw: bytes) -> float:
    """Megabytes that reading takes at most, beyond the bytes of the mail itself."""
    tracemalloc.start()
    parse(raw)
    peak = tracemalloc.get_traced_memory()[1] / 2**20
    tracemalloc.stop()
    return peak


def main() -> None:
    beside()
    growth()
    counts()
    sys.stdout.flush()
