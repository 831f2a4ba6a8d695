"""`gateway explain --since`: stored mail against edited rules."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from gateway.cli.shared import LanguageOption, MistakeError, parts, say, say_error, say_json
from gateway.cli.speaking import Voice, sentence, voice_of_rules
from gateway.model.text import Text

if TYPE_CHECKING:
    from gateway.gather import World
    from gateway.parts import Parts


def replay(
    config: Path, since: str, rules: Path | None, language: LanguageOption, *, as_json: bool
) -> None:
    """Print what edited rules would change about the mail that came since then."""
    from gateway.replay import telling  # noqa: PLC0415
    from gateway.replay.run import replay as run  # noqa: PLC0415

    moment = begin_of(since, datetime.now(UTC))
    gateway = parts(config)
    voice = voice_of_rules(language, gateway.rules)
    try:
        running, edited = _worlds(gateway, config, rules)
        if rules is None:
            say_error(voice(_HINT))
        zone = running.organisation.zone
        mails = changed = 0
        gone = gateway.store.arrivals.gone(moment)
        for found in run(gateway.store.arrivals, gateway.pipeline, running, edited, moment):
            if found is None:
                gone += 1
                continue
            mails += 1
            if not found.differs:
                continue
            changed += 1
            if as_json:
                say_json(telling.object_of(found))
            else:
                _paragraph((telling.head_of(found, zone), *telling.differences(found)), voice)
    finally:
        gateway.close()
    if as_json:
        say_json({"mails": mails, "changed": changed, "not_kept": gone})
    else:
        say(voice(telling.summary(mails, changed, gone)))


_HINT = sentence(
    "Compared is the folder of the running rules. To see what an edit changes before it holds,"
    " edit a copy of it, and name it by --rules."
)


def _paragraph(lines: tuple[Text, ...], voice: Voice) -> None:
    say(voice(lines[0]))
    for line in lines[1:]:
        say(f"    {voice(line)}")
    say()


def begin_of(since: str, now: datetime) -> datetime:
    """The moment that an age (`7d`, `12h`) or a day (`2026-11-20`) means. Raises MistakeError."""
    from gateway.policy.query import times  # noqa: PLC0415

    age = times.hours(since)
    found = now - timedelta(hours=age) if age is not None else times.day(since, now)
    if found is None:
        raise MistakeError(f"--since {since}: write an age as 7d or 12h, or a day as 2026-11-20.")
    return found


def _worlds(gateway: "Parts", config: Path, edited: Path | None) -> "tuple[World, World]":
    """The rules in force, as the daemon has kept them, and the edited ones. Raises RuleErrors."""
    from gateway.config import load  # noqa: PLC0415
    from gateway.parts import machine  # noqa: PLC0415

    if edited is not None and not edited.is_dir():
        raise MistakeError(f"{edited}: there is no such folder of rules.")
    settings = load(config)
    kept = gateway.store.rules.last(machine(settings))
    if kept is None and edited is None:
        raise MistakeError(
            "No daemon has run with these rules yet, so there is nothing to compare them with:"
            " name a folder with edited ones by --rules."
        )
    running = gateway.rules.world_of(kept[1]) if kept else gateway.rules.world()
    return running, gateway.rules.world_of(edited or settings.rules)
