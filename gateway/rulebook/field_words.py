"""The values of the fields of help topics."""

from gateway.model.text import Text, say
from gateway.policy.pattern import fits
from gateway.rulebook.words import line, mistake


def field_name(value: str) -> str:
    """The name of a field: one line that can stand before `=` and `:`."""
    found = line(value)
    if set(found) & set("=:#|<>") or found[0] in "!-*":
        raise mistake(
            say('"%(value)s" cannot be the name of a field', value=found),
            say("leave out the signs = : # | < > and ! - * at the start"),
        )
    return found


def choice(value: str) -> str:
    """A permitted value: a comment may follow behind a comma, so it has none itself."""
    found = line(value)
    if set(found) & set(",;"):
        raise mistake(
            say(
                '"%(value)s" has a comma, behind which the comment of a choice begins', value=found
            ),
            say("write it without one"),
        )
    return found


def wrong_for_type(
    type_: str, choices: tuple[str, ...], pattern: str, example: str | None
) -> tuple[Text, Text] | None:
    """What does not go with the type of a field, and what would; None when all does."""
    if type_ == "choice" and len(choices) < 2:
        return say("a choice needs at least two values"), _add("choices: [Ja, Nein]")
    if type_ != "choice" and choices:
        return _only_for("choices", "choice")
    if type_ != "identifiers":
        return _only_for("pattern", "identifiers") if pattern else None
    if not pattern:
        return say("identifiers need a pattern"), _add("pattern: '[A-Z]{2}-[0-9]{4}'")
    if example is None:
        return say("identifiers need an example"), _add("example: AB-1234")
    if not fits(pattern, example):
        return (
            say('the example "%(value)s" does not fit the pattern', value=example),
            say("correct one of them: the example is what people are shown"),
        )
    return None


def cannot_be_unique(type_: str) -> tuple[Text, Text]:
    """What is said about a field that cannot be unique."""
    return (
        say("a field of the type %(type)s cannot be unique", type=type_),
        say("leave out the line, or take the type text or identifiers"),
    )


def _add(line: str) -> Text:
    return say("add the line %(line)s", line=line)


def _only_for(key: str, type_: str) -> tuple[Text, Text]:
    return (
        say('"%(key)s" is only for the type %(type)s', key=key, type=type_),
        say("leave out the line, or change the type"),
    )
