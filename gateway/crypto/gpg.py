"""OpenPGP through gpg, in one home: opening, checking, signing, encrypting, keys.

Keys of other people are never imported: they are handed over as blobs with each call and are gone
with it. Only our own secret keys live in the home. Every call is bounded (`crypto.bounded`).

Raises `GpgTrouble` (mail waits) when gpg or its agent is in trouble, never because of what a mail
says; `CannotSeal` and `KeyRefused` say what is wrong with what was asked for.
"""

import os
import shutil
import tempfile
import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from gateway.crypto.bounded import BoundedGnupg, Limits, Outcome
from gateway.crypto.home import agent_answers, has_agent, prepared, stop_agent
from gateway.crypto.listing import listed
from gateway.crypto.status import is_hidden, made_signature, problem_of, recipients_of, signature_of
from gateway.mail.armor import dearmor
from gateway.mail.keyblob import MAX_KEY, KeyRefused, key_name, split_keys
from gateway.model.openpgp import (
    NOBODY,
    Fingerprint,
    Key,
    Opened,
    Problem,
    Signature,
    Verdict,
    fingerprint,
)
from gateway.model.refusal import Refusal

_LOCKED = frozenset({Problem.PASSPHRASE, Problem.PASSWORD})
_DIGESTS = {"8": "pgp-sha256", "9": "pgp-sha384", "10": "pgp-sha512", "11": "pgp-sha224"}


class GpgTrouble(Refusal):
    """gpg, or the agent that guards its keys, does not do its work right now."""

    code, status, text = 451, "4.3.0", "Temporary failure, try again later"


class CannotSeal(Exception):  # noqa: N818  (what happened)
    """It could not be signed or encrypted: `keys` are the ones that are in the way, if known."""

    def __init__(self, reason: str, keys: tuple[Fingerprint, ...] = ()) -> None:
        super().__init__(reason)
        self.keys = keys


class Gpg:
    """gpg with one home. Made cheaply: the home is prepared when it is first needed."""

    def __init__(
        self,
        home: Path,
        passphrases: Callable[[], Sequence[str]] = tuple,
        limits: Limits = Limits(),  # noqa: B008  (frozen)
    ) -> None:
        """`passphrases` are tried in their order when a secret key is needed."""
        self.home = home
        self._passphrases = passphrases
        self._limits = limits
        self._gnupg: BoundedGnupg | None = None
        self._is_ours = False
        self._making = threading.Lock()
        self._at_once = threading.BoundedSemaphore(max(2, os.cpu_count() or 2))

    @property
    def is_there(self) -> bool:
        """False where gpg is not installed."""
        return shutil.which("gpg") is not None

    def version(self) -> str:
        """The version of gpg. Raises GpgTrouble."""
        with self._at_once:
            try:
                return ".".join(map(str, self._ready().version or ()))
            except (OSError, ValueError) as wrong:
                raise GpgTrouble(f"gpg cannot be used: {wrong}") from wrong

    # -- reading --------------------------------------------------------------------------------

    def decrypt(self, octets: bytes, signers: Collection[bytes] = ()) -> Opened:
        """What is in an OpenPGP message: encrypted, signed, both, or a cleartext signed one.

        `signers` are public keys (binary) by which signatures are checked, besides our own.
        """
        with self._keyring(signers) as ring:
            done = self._unlocked(
                lambda gpg, passphrase: gpg.decrypt(octets, passphrase=passphrase),
                ring,
            )
        self._spoken(done)
        encrypted = (
            done.has("ENC_TO") or done.has("BEGIN_DECRYPTION") or done.has("NEED_PASSPHRASE_SYM")
        )
        if done.timed_out or done.too_big:
            problem = Problem.TOO_SLOW if done.timed_out else Problem.TOO_BIG
        else:
            problem = problem_of(done.lines, done.returncode or 0, was_encrypted=encrypted)
        key_ids = recipients_of(done.lines)
        if problem is not Problem.NONE:
            return Opened(b"", problem, encrypted, None, key_ids)
        return Opened(done.data, problem, encrypted, signature_of(done.lines), key_ids)

    def verify(self, octets: bytes, signature: bytes, signers: Collection[bytes] = ()) -> Signature:
        """What a detached signature says of exactly these octets."""
        with self._keyring(signers) as ring, self._file(signature) as path:
            done = self._spoken(self._call(lambda gpg: gpg.verify_data(path, octets), ring))
        unreadable = Signature(Verdict.UNREADABLE)
        return unreadable if done.too_big else signature_of(done.lines) or unreadable

    # -- writing --------------------------------------------------------------------------------

    def sign(self, octets: bytes, key: Fingerprint) -> tuple[bytes, str]:
        """A detached signature (armored), and its `micalg` (RFC 3156 section 5).

        Raises CannotSeal.
        """
        only = ["--local-user", _whole(key)]  # with the library's own option any key would do
        done = self._unlocked(
            lambda gpg, passphrase: gpg.sign(
                octets, detach=True, clearsign=False, passphrase=passphrase, extra_args=only
            )
        )
        made = made_signature(done.lines)
        if done.returncode or made is None or not done.data:
            raise CannotSeal(_reason(done, "signed"), (key,))
        return done.data, _DIGESTS.get(made[1], "pgp-sha512")

    def encrypt(self, octets: bytes, to: Sequence[bytes], sign_with: Fingerprint = NOBODY) -> bytes:
        """An encrypted message (armored) for the holders of these public keys (binary).

        Signed inside when `sign_with` is given. Raises CannotSeal.
        """
        names = [_whole(key_name(blob)) for blob in to]
        if not names:
            raise CannotSeal("there is no key to encrypt to")
        only = ["--local-user", _whole(sign_with)] if sign_with else []
        with self._keyring(to) as ring:
            done = self._unlocked(
                lambda gpg, passphrase: gpg.encrypt(
                    octets,
                    names,
                    sign=bool(only),
                    passphrase=passphrase if only else None,
                    extra_args=only,
                ),
                (*ring, "--compress-algo=none"),
            )
        if done.returncode or not done.has("END_ENCRYPTION") or not done.data:
            refused = [rest.split()[-1] for said, rest in done.lines if said == "INV_RECP"]
            keys = tuple(name for text in refused if (name := fingerprint(text)))
            raise CannotSeal(_reason(done, "encrypted"), keys)
        if only and not done.has("SIG_CREATED"):
            raise CannotSeal(_reason(done, "signed"), (sign_with,))
        return done.data

    # -- keys of others -------------------------------------------------------------------------

    def read_keys(self, octets: bytes, most: int = 1) -> tuple[Key, ...]:
        """The public keys in a blob or armored text, cleaned; nothing is kept of them.

        Raises KeyRefused: no key, a secret one, more than `most`, too big.
        """
        if len(octets) > MAX_KEY * 2:
            raise KeyRefused("it is too big for a key")
        return tuple(self.read_key(blob) for blob in split_keys(dearmor(octets), most))

    def read_key(self, blob: bytes, known: bytes = b"") -> Key:
        """The public key in a blob, cleaned; nothing is kept of it. Raises KeyRefused.

        `known`: the same key as it came before. What it had stays true: an older copy takes back no
        end that was put off, no new subkey and no revocation.
        """
        with self._folder() as folder:
            both = known and known != blob
            small = self._merged(blob, known, folder) if both else self._cleaned(blob, folder)
            if not small:
                raise KeyRefused("gpg cannot use this key")
            only = ("--no-default-keyring", f"--keyring={_written(folder / 'one.gpg', small)}")
            keys = listed(self._call(lambda gpg: gpg.list_keys(), only).data, small)
        if len(keys) != 1 or key_name(small) != keys[0].fingerprint:
            raise KeyRefused("gpg cannot use this key")
        return keys[0]

    def _cleaned(self, blob: bytes, folder: Path) -> bytes:
        ring = ("--no-default-keyring", f"--keyring={folder / 'none.gpg'}")
        clean = "--import-options=import-export,import-minimal,import-clean"
        return self._call(lambda gpg: gpg.import_keys(blob), (*ring, clean)).data

    def _merged(self, blob: bytes, known: bytes, folder: Path) -> bytes:
        name = _whole(key_name(known))
        ring = ("--no-default-keyring", f"--keyring={folder / 'both.gpg'}")
        clean = "--import-options=import-minimal,import-clean"
        self._call(lambda gpg: gpg.import_keys(known + blob), (*ring, clean))
        only = lambda gpg: gpg.export_keys(name, armor=False, minimal=True)  # noqa: E731
        return self._call(only, ring).data

    # -- our own keys ---------------------------------------------------------------------------

    def own_keys(self) -> tuple[Key, ...]:
        """Our keys with their secret halves here; `blob` is empty (see `export`)."""
        if not self.home.exists():
            return ()
        return listed(self._call(lambda gpg: gpg.list_keys(secret=True)).data)

    def all_keys(self) -> tuple[Key, ...]:
        """All keys of the home, ours and those of others, expired and revoked ones too."""
        if not self.home.exists():
            return ()
        return listed(self._call(lambda gpg: gpg.list_keys()).data)

    def generate(
        self, user_id: tuple[str, str], *, years: int = 0, rsa: bool = False
    ) -> Fingerprint:
        """A new key of our own for (name, address): Curve25519 or RSA-3072; 0 years: no end.

        Raises KeyRefused.
        """
        name, address = (" ".join(text.split()) for text in user_id)
        kind = (
            {"key_type": "RSA", "key_length": 3072, "key_usage": "sign,cert"}
            | {"subkey_type": "RSA", "subkey_length": 3072, "subkey_usage": "encrypt"}
            if rsa
            else {"key_type": "EDDSA", "key_curve": "ed25519", "key_usage": "sign,cert"}
            | {"subkey_type": "ECDH", "subkey_curve": "cv25519", "subkey_usage": "encrypt"}
        )
        ends = {"expire_date": f"{years}y" if years else "0"}
        secret = next(iter(self._secrets()), None)

        def make(gpg: BoundedGnupg) -> None:
            # The library makes something up for a name that is missing.
            names = {"name_real": name or address, "name_email": address}
            made = gpg.gen_key_input(**kind, **ends, **names, no_protection=secret is None)
            octets = made.encode("utf-8")
            if secret is not None:  # as octets, which is what a passphrase is here
                line = b"Passphrase: %s\n%%commit" % secret.encode("latin-1")
                octets = octets.replace(b"%commit", line)
            gpg.gen_key(octets)

        done = self._call(make, ("--pinentry-mode=loopback",) if secret else ())
        made = [rest.split()[1] for said, rest in done.lines if said == "KEY_CREATED"]
        new = fingerprint(made[0]) if len(made) == 1 else None
        if new is None:
            raise KeyRefused(_reason(done, "made"))
        return new

    def import_secret(self, octets: bytes) -> tuple[Fingerprint, ...]:
        """Take over secret keys (armored or not) as our own, with the passphrase they have.

        Raises KeyRefused.
        """
        done = self._call(lambda gpg: gpg.import_keys(octets))
        taken = [rest.split() for said, rest in done.lines if said == "IMPORT_OK"]
        names = (fingerprint(fields[1]) for fields in taken if int(fields[0]) & 16)
        found = tuple(dict.fromkeys(name for name in names if name))
        if not found:
            raise KeyRefused("there is no secret key in it that gpg can use")
        return found

    def import_all(self, octets: bytes) -> int:
        """Take over all keys, public and secret, of somebody trusted; how many there were.

        gpg leaves out what it cannot use at all. Old keys, and user ids nobody signed, are taken.
        """
        done = self._call(lambda gpg: gpg.import_keys(octets), ("--allow-non-selfsigned-uid",))
        return sum(1 for said, _ in done.lines if said == "IMPORT_OK")

    def export_keyring(self, path: Path) -> bytes:
        """All public keys of a keyring file of gpg."""
        only = ("--no-default-keyring", f"--keyring={path.resolve()}")
        return self._call(lambda gpg: gpg.export_keys([], armor=False), only).data

    def export(self, key: Fingerprint) -> bytes:
        """The public half of one of our keys, minimal, binary; empty when there is none."""
        name = _whole(key)
        return self._call(lambda gpg: gpg.export_keys(name, armor=False, minimal=True)).data

    def export_secret(self, key: Fingerprint) -> bytes:
        """One of our keys with its secret half, armored, protected by its passphrase."""
        name = _whole(key)
        return self._unlocked(
            lambda gpg, passphrase: gpg.export_keys(
                name, secret=True, armor=True, passphrase=passphrase, expect_passphrase=False
            )
        ).data

    def set_expiry(self, key: Fingerprint, when: str) -> None:
        """Let one of our keys, with its subkeys, end at `when`: `2y`, `2027-12-31`, `0` never.

        Raises KeyRefused.
        """
        for parts in ((), ("*",)):
            args = ("--quick-set-expire", _whole(key), when, *parts)
            done = self._unlocked(lambda gpg, secret, args=args: gpg.handle(args, b"", secret))  # type: ignore[misc]
            if done.returncode:
                raise KeyRefused(_reason(done, "changed"))

    def close(self) -> None:
        """Stop the agent, unless it was there before: then another process works with it."""
        if self._gnupg is not None:
            if self._is_ours:
                stop_agent(Path(self._gnupg.gnupghome))
            if self._gnupg.gnupghome != str(self.home):
                shutil.rmtree(Path(self._gnupg.gnupghome).parent, ignore_errors=True)
            self._gnupg = None

    # -- calls ----------------------------------------------------------------------------------

    def _secrets(self) -> list[str]:
        return [each for each in self._passphrases() if each]

    def _unlocked(
        self, operation: Callable[[BoundedGnupg, str | None], object], options: Sequence[str] = ()
    ) -> Outcome:
        """A call that may need a secret key: with each passphrase, until one is the right one."""
        secrets: list[str | None] = [*self._secrets()] or [None]
        for number, secret in enumerate(secrets, 1):
            done = self._call(lambda gpg, secret=secret: operation(gpg, secret), options)  # type: ignore[misc]
            wrong = problem_of(done.lines, done.returncode or 0, was_encrypted=True)
            if number == len(secrets) or not (wrong in _LOCKED or is_hidden(done.lines)):
                return done
        raise AssertionError("there is always one to try")

    def _call(
        self, operation: Callable[[BoundedGnupg], object], options: Sequence[str] = ()
    ) -> Outcome:
        with self._at_once:
            try:
                gpg = self._ready()
                done = gpg.call(operation, *options)
            except (OSError, ValueError) as wrong:
                raise GpgTrouble(f"gpg cannot be used: {wrong}") from wrong
        if done.timed_out and not agent_answers(Path(gpg.gnupghome)):
            raise GpgTrouble("the agent of gpg did not answer and was replaced")
        return done

    def _spoken(self, done: Outcome) -> Outcome:
        """The outcome of a call that must say something: gpg that only fails has not looked."""
        if done.returncode and not (done.lines or done.timed_out or done.too_big):
            raise GpgTrouble(f"gpg ended with {done.returncode} and said nothing")
        return done

    def _ready(self) -> BoundedGnupg:
        with self._making:
            if self._gnupg is None:
                home = prepared(self.home)
                self._is_ours = not has_agent(home)
                self._gnupg = BoundedGnupg(home, self._limits)
            return self._gnupg

    @contextmanager
    def _folder(self) -> Iterator[Path]:
        with tempfile.TemporaryDirectory(prefix="gw-") as folder:
            yield Path(folder)

    @contextmanager
    def _keyring(self, blobs: Collection[bytes]) -> Iterator[tuple[str, ...]]:
        """Options that add these keys for one call. A keyring is public keys in a row."""
        if not blobs:
            yield ()
            return
        with self._folder() as folder:
            yield (f"--keyring={_written(folder / 'given.gpg', b''.join(blobs))}",)

    @contextmanager
    def _file(self, octets: bytes) -> Iterator[str]:
        with self._folder() as folder:
            yield str(_written(folder / "signature", octets))


def _whole(key: str) -> str:
    """The fingerprint, which gpg may see: nothing that it could take for something else."""
    name = fingerprint(key)
    if name is None or name != key:
        raise KeyRefused("that is no whole fingerprint")
    return name


def _written(path: Path, octets: bytes) -> Path:
    path.write_bytes(octets)
    return path


def _reason(done: Outcome, what: str) -> str:
    """One line for the log: what gpg said that matters, never a text or a name."""
    if done.timed_out:
        return f"could not be {what}: it took too long"
    said = [
        f"{keyword} {rest.split()[0] if rest else ''}".strip()
        for keyword, rest in done.lines
        if keyword in {"INV_RECP", "INV_SGNR", "FAILURE", "ERROR", "KEYEXPIRED", "KEY_NOT_CREATED"}
    ]
    return f"could not be {what}: gpg ended with {done.returncode} ({', '.join(said[:5])})"
