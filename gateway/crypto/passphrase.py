"""The passphrase of our own keys: a file, or a credential of the service (systemd)."""

import os
from pathlib import Path

CREDENTIAL = "openpgp-passphrase"


def passphrases(file: Path | None) -> tuple[str, ...]:
    """What is in the file, or without one in the credential: a passphrase a line, in their order.

    Empty when there is none. Characters are octets here, so that each reaches gpg as it is.
    Raises OSError.
    """
    folder = os.environ.get("CREDENTIALS_DIRECTORY")
    if file is None and folder and (Path(folder) / CREDENTIAL).is_file():
        file = Path(folder) / CREDENTIAL
    if file is None:
        return ()
    text = file.read_bytes().removeprefix(b"\xef\xbb\xbf").decode("latin-1")
    return tuple(line for line in (each.rstrip("\r") for each in text.split("\n")) if line)
