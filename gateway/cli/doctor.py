"""`gateway doctor`: is everything in order, and what is to be done where it is not."""

import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from gateway.cli.shared import (
    DEFAULT_CONFIG,
    ConfigOption,
    JsonOption,
    LanguageOption,
    say,
    say_json,
)
from gateway.cli.speaking import catalogue_of
from gateway.model.people import Language

if TYPE_CHECKING:
    from gateway.model.health import Finding

_AHEAD = 12


def doctor(
    *,
    config: ConfigOption = DEFAULT_CONFIG,
    language: LanguageOption = None,
    as_json: JsonOption = False,
) -> None:
    """Look at rules, database, disk, queues, clock, keys, certificate, smarthost and DNS.

    Each line is ok, a warning or a problem, with what to do about it. Nothing is changed or sent.
    The exit status is 1 when there is a problem.

    Parameters
    ----------
    config
        The configuration file.
    language
        de or en; without it the organisation's own.
    as_json
        Print one JSON object a line.

    """
    from gateway.config import load  # noqa: PLC0415
    from gateway.doctor.examination import examine  # noqa: PLC0415

    settings = load(config)
    report = examine(settings, config.resolve().parent, datetime.now(UTC))
    spoken = Language(language) if language else report.language or Language.ENGLISH
    catalogue = catalogue_of(settings.templates)
    for finding in report.findings:
        what = catalogue.sentence(finding.what, spoken)
        remedy = catalogue.sentence(finding.remedy, spoken) if finding.remedy is not None else None
        if as_json:
            say_json(_object(finding, what, remedy))
        else:
            _print(finding, what, remedy)
    if not report.is_well:
        sys.exit(1)


def _object(finding: "Finding", what: str, remedy: str | None) -> dict[str, object]:
    return {
        "area": str(finding.area),
        "level": str(finding.level),
        "what": what,
        "remedy": remedy,
    }


def _print(finding: "Finding", what: str, remedy: str | None) -> None:
    first, *others = what.splitlines()
    say(f"{finding.level:8} {finding.area:{_AHEAD}} {first}")
    indent = " " * (9 + _AHEAD + 1)
    for line in others:
        say(indent + line)
    if remedy is not None:
        say(f"{indent}-> {remedy}")
