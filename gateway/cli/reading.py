"""Reading mail for `gateway inspect`: as it is, or opened with a folder of keys or ours."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from gateway.cli.shared import MistakeError, parts
from gateway.mail.parse import parse
from gateway.model.message import Message
from gateway.model.refusal import Refusal

if TYPE_CHECKING:
    from gateway.ports import Opener

Reading = Callable[[bytes], Message]


@contextmanager
def reading(keys: Path | None, config: Path | None) -> Iterator[Reading]:
    """How to read: with the keys of the folder, with those of the configuration, or with none."""
    if keys is not None:
        if not keys.is_dir():
            raise MistakeError(f"{keys}: there is no such folder of keys.")
        from gateway.crypto.keyfolder import KeyFolder  # noqa: PLC0415

        with KeyFolder(keys) as opener:
            yield _opening(opener)
    elif config is not None:
        gateway = parts(config)
        try:
            yield _opening(gateway.opener)
        finally:
            gateway.close()
    else:
        yield parse


def _opening(opener: "Opener") -> Reading:
    def read(raw: bytes) -> Message:
        outside = parse(raw)
        if not outside.openpgp.is_there:
            return outside
        try:
            return opener.open(raw, outside).message
        except Refusal as trouble:
            return replace(outside, defects=(*outside.defects, f"OpenPGP: {trouble}"))

    return read
