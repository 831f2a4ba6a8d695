"""What the commands share: the configuration option, printing, and mistakes told plainly."""

import json
import re
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

if TYPE_CHECKING:
    from gateway.daemon import Parts

ConfigOption = Annotated[Path, Parameter(name=["--config", "-c"], env_var="GATEWAY_CONFIG")]
LanguageOption = Literal["de", "en"] | None
"""de or en; without it what the command says of itself."""
JsonOption = Annotated[bool, Parameter(name="--json", negative="")]

DEFAULT_CONFIG = Path("gateway.toml")

_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


class MistakeError(Exception):
    """Something the person at the terminal can mend; the text says how."""


def parts(config: Path) -> "Parts":
    """Rules, store and road of the configuration; raises what `parts.build` raises."""
    from gateway.config import load  # noqa: PLC0415
    from gateway.parts import build  # noqa: PLC0415

    found = build(load(config), config.resolve().parent)
    if found.rules.trouble is not None:
        from gateway.cli.speaking import sentence, voice_of_rules  # noqa: PLC0415

        used = sentence(
            "The rules are broken; those that were last in order are used. See: gateway check"
        )
        say_error(voice_of_rules(None, found.rules)(used))
    return found


def say(text: str = "") -> None:
    """Print to standard output, without anything that could steer a terminal."""
    print(_UNPRINTABLE.sub("\ufffd", text))  # noqa: T201


def say_error(text: str) -> None:
    """Print to standard error, where the log goes too."""
    print(_UNPRINTABLE.sub("\ufffd", text), file=sys.stderr, flush=True)  # noqa: T201


def say_json(value: object) -> None:
    """Print one JSON object on one line, flushed; in UTF-8 whatever the terminal's charset is."""
    line = json.dumps(value, ensure_ascii=False, default=str) + "\n"
    octets = getattr(sys.stdout, "buffer", None)
    if octets is None:  # a stream of text alone, put there by a program
        sys.stdout.write(line)
    else:
        sys.stdout.flush()
        octets.write(line.encode("utf-8", "replace"))
    sys.stdout.flush()


def table(rows: Iterable[Sequence[object]]) -> None:
    """Print rows with their columns lined up."""
    texts = [["" if cell is None else str(cell) for cell in row] for row in rows]
    if not texts:
        return
    widths = [max(len(row[place]) for row in texts) for place in range(len(texts[0]))]
    for row in texts:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        say("  ".join(cells).rstrip())
