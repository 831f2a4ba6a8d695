"""`gateway audit`: the history as a chain."""

from typing import Annotated

from cyclopts import Parameter

from gateway.cli.shared import (
    DEFAULT_CONFIG,
    ConfigOption,
    JsonOption,
    MistakeError,
    parts,
    say,
    say_json,
)
from gateway.model.history import BrokenChain


def verify(
    *,
    known: Annotated[str | None, Parameter(name="--known")] = None,
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """Check that every act of the history is as it was written and that none is missing.

    Parameters
    ----------
    known
        The end of the history as it was said before, like `120:9f86d0…`: then also a history that
        was written anew is found out. Keep what this command prints in another place.
    config
        The configuration file.
    as_json
        Print one JSON object.

    """
    place = _known(known) if known is not None else None
    gateway = parts(config)
    try:
        found = gateway.store.history.verify(place)
    finally:
        gateway.store.close()
    broken = isinstance(found, BrokenChain)
    if as_json:
        say_json(
            {
                "intact": not broken,
                "acts": None if isinstance(found, BrokenChain) else found.acts,
                "head": None if isinstance(found, BrokenChain) else found.head,
                "broken_at": found.place if isinstance(found, BrokenChain) else None,
                "why": found.why if isinstance(found, BrokenChain) else None,
            }
        )
    if isinstance(found, BrokenChain):
        at = f" ({found.at.isoformat()})" if found.at is not None else ""
        raise MistakeError(f"The history breaks at act {found.place}{at}: {found.why}.")
    if not as_json:
        say(f"The history is intact: {found.acts} acts.")
        if found.acts:
            say(f"Its end, to be kept elsewhere: {found.acts}:{found.head}")


def _known(said: str) -> tuple[int, str]:
    place, _, digest = said.partition(":")
    if not place.isdigit() or len(digest) != 64:
        raise MistakeError("--known needs what this command printed before, like 120:9f86d0…")
    return int(place), digest.lower()
