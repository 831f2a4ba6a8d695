"""Mails with OpenPGP in them, built as mail programs build them; keys that gpg just made."""

import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from gateway.crypto.gpg import Gpg
from gateway.crypto.opener import GpgOpener
from gateway.mail.opened import OpenedMail
from gateway.mail.parse import parse
from gateway.model.openpgp import Fingerprint

PASSPHRASE = "Zwölf Boxkämpfer"
_AS_OCTETS = PASSPHRASE.encode().decode("latin-1")

HEADER = (
    b"From: Anna <anna@example.org>\r\nTo: help@verein.example\r\nSubject: Frage\r\n"
    b"Message-ID: <1@example.org>\r\nDate: Sun, 29 Nov 2026 10:00:00 +0000\r\nMIME-Version: 1.0\r\n"
)


@dataclass
class Keys:
    """Our gpg with a key of its own (`ours`), and Anna's with hers, whose public key we know."""

    gpg: Gpg
    theirs: Gpg
    ours: Fingerprint
    anna: Fingerprint

    def open(self, raw: bytes, *signers: bytes) -> OpenedMail:
        known = signers or (self.theirs.export(self.anna),)
        return GpgOpener(self.gpg, lambda _: known).open(raw, parse(raw))

    def encrypted(self, octets: bytes, *, signed: bool = False) -> bytes:
        """By Anna for us, armored with CRLF."""
        made = self.theirs.encrypt(
            octets, [self.gpg.export(self.ours)], self.anna if signed else ""
        )
        return made.replace(b"\n", b"\r\n")

    def signature(self, octets: bytes) -> bytes:
        return self.theirs.sign(octets, self.anna)[0].replace(b"\n", b"\r\n")

    def run(self, *arguments: str, octets: bytes, of: str = "theirs") -> bytes:
        """gpg itself, with Anna's keys (or ours) and our public key."""
        return gpg_itself(getattr(self, of).home, *arguments, octets=octets)

    def clearsigned(self, text: bytes) -> bytes:
        made = self.run("--clearsign", "--local-user", self.anna, octets=text)
        return made.replace(b"\n", b"\r\n")


def gpg_itself(home: Path, *arguments: str, octets: bytes) -> bytes:
    command = ["gpg", "--batch", "--homedir", str(home), "--pinentry-mode", "loopback", "--yes"]
    command += ["--no-options", "--trust-model", "always", "--passphrase", PASSPHRASE, *arguments]
    done = subprocess.run(command, input=octets, capture_output=True, timeout=60, check=False)
    return done.stdout


def new_gpg(folder: Path) -> Gpg:
    return Gpg(folder, lambda: (_AS_OCTETS,))


def new_keys() -> Keys:
    """Two homes in a short folder; `gone` takes them away."""
    folder = Path(tempfile.mkdtemp(prefix="gw-", dir="/tmp"))
    ours, theirs = new_gpg(folder / "a"), new_gpg(folder / "b")
    keys = Keys(
        ours,
        theirs,
        ours.generate(("Hilfe", "help@verein.example"), years=2),
        theirs.generate(("Anna Ä", "anna@example.org"), years=2),
    )
    gpg_itself(theirs.home, "--import", octets=ours.export(keys.ours))
    return keys


def gone(keys: Keys) -> None:
    for each in (keys.gpg, keys.theirs):
        each.close()
    shutil.rmtree(keys.gpg.home.parent, ignore_errors=True)


def key_folder(keys: Keys, folder: Path) -> Path:
    """The folder that `gateway inspect --keys` takes."""
    folder.mkdir(exist_ok=True)
    (folder / "ours.asc").write_bytes(keys.gpg.export_secret(keys.ours))
    (folder / "anna.gpg").write_bytes(keys.theirs.export(keys.anna))
    (folder / "passphrase.txt").write_text(PASSPHRASE + "\n", encoding="utf-8")
    return folder


# -- structures ------------------------------------------------------------------------------------


def multipart(kind: str, *parts: bytes, boundary: str = "b-0") -> bytes:
    """An entity; `kind` may carry parameters (`signed; micalg=pgp-sha256`)."""
    subtype, _, rest = kind.partition(";")
    line = f'Content-Type: multipart/{subtype}; boundary="{boundary}"' + (rest and f";{rest}")
    inner = b"".join(f"--{boundary}\r\n".encode() + part + b"\r\n" for part in parts)
    return line.encode() + b"\r\n\r\n" + inner + f"--{boundary}--\r\n".encode()


def part(kind: str, content: bytes, *fields: str) -> bytes:
    head = "\r\n".join((f"Content-Type: {kind}", *fields))
    return head.encode() + b"\r\n\r\n" + content


def text(content: str, *fields: str) -> bytes:
    kind = "text/plain; charset=utf-8"
    return part(kind, content.encode(), "Content-Transfer-Encoding: 8bit", *fields)


def encrypted(armor: bytes, header: bytes = HEADER) -> bytes:
    """PGP/MIME encrypted (RFC 3156 section 4)."""
    return header + multipart(
        "encrypted; protocol=application/pgp-encrypted", *encrypted_parts(armor), boundary="enc"
    )


def encrypted_parts(armor: bytes) -> tuple[bytes, bytes]:
    return (
        part("application/pgp-encrypted", b"Version: 1\r\n"),
        part('application/octet-stream; name="encrypted.asc"', armor),
    )


def signed(entity: bytes, signature: bytes, header: bytes = HEADER, *more: bytes) -> bytes:
    """PGP/MIME signed (RFC 3156 section 5)."""
    return header + signed_entity(entity, signature, *more)


def signed_entity(entity: bytes, signature: bytes, *more: bytes) -> bytes:
    kind = "signed; micalg=pgp-sha512; protocol=application/pgp-signature"
    signature_part = part('application/pgp-signature; name="signature.asc"', signature)
    return multipart(kind, entity, signature_part, *more, boundary="sig")
