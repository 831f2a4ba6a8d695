"""Conditions and actions of rules in plain words, for `gateway explain` and its readers."""

from collections.abc import Iterable, Iterator
from typing import assert_never

from gateway.model.canned import Gap
from gateway.model.rules import (
    Actions,
    AddressIs,
    AddressText,
    All,
    AnyOf,
    AttachmentCount,
    Between,
    Compare,
    Comparison,
    Condition,
    HasAttachment,
    Is,
    IsFilled,
    Leaf,
    Moment,
    Not,
    Op,
    People,
    Side,
    Standing,
    StandsAt,
    Template,
    TextIs,
    Trait,
    Where,
)
from gateway.model.text import Text, named, say
from gateway.policy.workflow import enumerated

_SIDES = {
    Side.FROM: say("the author"),
    Side.TO: say("a recipient"),
    Side.CC: say("a recipient of a copy"),
    Side.ENVELOPE_FROM: say("the sender of the envelope"),
    Side.ENVELOPE_TO: say("a recipient of the envelope"),
}
_STANDINGS = {
    Standing.DEPARTMENT: say("the department"),
    Standing.TOPIC: say("the help topic"),
    Standing.STATUS: say("the status"),
    Standing.PRIORITY: say("the priority"),
    Standing.TAG: say("a tag"),
    Standing.LANGUAGE: say("the language"),
    Standing.PROOF: say("the proof of the author"),
}
_TRAITS = {
    (Trait.PROVED, True): say("it is proved who wrote it"),
    (Trait.PROVED, False): say("it is not proved who wrote it"),
    (Trait.FORGED, True): say("the author is forged"),
    (Trait.FORGED, False): say("the author is not known to be forged"),
    (Trait.AUTOMATIC, True): say("a machine wrote it"),
    (Trait.AUTOMATIC, False): say("a person wrote it"),
    (Trait.ENCRYPTED, True): say("it is encrypted"),
    (Trait.ENCRYPTED, False): say("it is not encrypted"),
    (Trait.SIGNED, True): say("it is signed"),
    (Trait.SIGNED, False): say("it is not signed"),
}
_COMPARED = {
    Op.EQUALS: "%(what)s is %(values)s",
    Op.CONTAINS: "%(what)s contains %(values)s",
    Op.STARTS: "%(what)s begins with %(values)s",
    Op.ENDS: "%(what)s ends with %(values)s",
    Op.GLOB: "%(what)s looks like %(values)s",
    Op.WORD: "%(what)s contains the word %(values)s",
    Op.REGEX: "%(what)s fits the pattern %(values)s",
}
SENTENCES = (
    say("%(what)s is %(values)s"),
    say("%(what)s contains %(values)s"),
    say("%(what)s begins with %(values)s"),
    say("%(what)s ends with %(values)s"),
    say("%(what)s looks like %(values)s"),
    say("%(what)s contains the word %(values)s"),
    say("%(what)s fits the pattern %(values)s"),
)
"""Those of `_COMPARED`, where the catalogue finds them."""
_DAYS = (
    named("Monday", "Montag"),
    named("Tuesday", "Dienstag"),
    named("Wednesday", "Mittwoch"),
    named("Thursday", "Donnerstag"),
    named("Friday", "Freitag"),
    named("Saturday", "Samstag"),
    named("Sunday", "Sonntag"),
)


def condition_text(condition: Condition) -> Text:
    """What must hold; of a group only how its parts are joined."""
    match condition:
        case All(parts=()):
            return say("always")
        case All():
            return say("all of these hold")
        case AnyOf():
            return say("at least one of these holds")
        case Not():
            return say("this does not hold")
        case _:
            return _leaf(condition)


def _leaf(leaf: Leaf) -> Text:  # noqa: C901 (one case each)
    match leaf:
        case TextIs():
            return _compared(_where(leaf.where, leaf.name), leaf.test)
        case IsFilled():
            return say("%(what)s is filled in", what=_where(leaf.where, leaf.name))
        case AddressIs():
            below = (each.replace("@", "@*.", 1) for each in leaf.below)
            return say("%(what)s is %(values)s", what=_SIDES[leaf.side],
                       values=_or(sorted((*leaf.addresses, *below))))  # fmt: skip
        case AddressText():
            what = _SIDES[leaf.side]
            return _compared(say("the name of %(what)s", what=what) if leaf.name else what,
                             leaf.test)  # fmt: skip
        case HasAttachment():
            return say("an attachment: %(values)s", values=_joined(_attachment(leaf)))
        case AttachmentCount(at_most=None):
            return say("at least %(count)s attachments", count=leaf.at_least)
        case AttachmentCount():
            return say("%(first)s to %(last)s attachments", first=leaf.at_least,
                       last=leaf.at_most or 0)  # fmt: skip
        case StandsAt():
            return say("%(what)s is %(values)s", what=_STANDINGS[leaf.what],
                       values=_or(sorted(leaf.values)))  # fmt: skip
        case Is():
            return _TRAITS[leaf.trait, leaf.wanted]
        case Moment():
            return say("the time: %(values)s", values=_joined(_moment(leaf)))
        case _:
            assert_never(leaf)


def _where(where: Where, name: str) -> Text:
    match where:
        case Where.SUBJECT:
            return say("the subject")
        case Where.BODY:
            return say("the text")
        case Where.HEADER:
            return say("the header field %(name)s", name=name)
        case Where.FORM:
            return say("the form's field %(name)s", name=name)
        case Where.FIELD:
            return say("the field %(name)s", name=name)


def _compared(what: Text, test: Comparison) -> Text:
    match test:
        case Between():
            return say("%(what)s is a number from %(first)s to %(last)s", what=what,
                       first=test.first, last=test.last)  # fmt: skip
        case Compare():
            values: tuple[tuple[str, str | int | Text], ...] = (
                ("what", what),
                ("values", _or(test.values)),
            )
            return Text(_COMPARED[test.op], values)


def _or(values: Iterable[str]) -> Text:
    """The values in quotation marks; any of them will do."""
    quoted = [f"“{value}”" for value in values]
    text = ", ".join(quoted)
    return named(text, text.replace("“", "„").replace("”", "“"))


def _joined(parts: Iterable[Text]) -> Text:
    return enumerated(parts)


def _attachment(leaf: HasAttachment) -> Iterator[Text]:
    for what, test in ((say("its name"), leaf.name), (say("its type"), leaf.type)):
        if test is not None:
            yield _compared(what, test)
    if leaf.over is not None:
        yield say("more than %(size)s bytes", size=leaf.over)
    if leaf.under is not None:
        yield say("less than %(size)s bytes", size=leaf.under)


def _moment(leaf: Moment) -> Iterator[Text]:
    yield from (_DAYS[day] for day in sorted(leaf.weekdays))
    if leaf.after is not None:
        yield say("from %(value)s on", value=f"{leaf.after:%H:%M}")
    if leaf.before is not None:
        yield say("before %(value)s", value=f"{leaf.before:%H:%M}")
    if leaf.first_day is not None:
        yield say("from %(value)s on", value=str(leaf.first_day))
    if leaf.last_day is not None:
        yield say("until %(value)s", value=str(leaf.last_day))


def actions_text(actions: Actions) -> Iterator[tuple[str, str]]:
    """What a rule does, by the words of routing.yaml: they are what its admin knows."""
    single = {
        "department": actions.department,
        "topic": actions.topic,
        "priority": actions.priority,
        "status": actions.status,
        "assign": actions.assign,
        "tag": ", ".join(actions.tags),
        "note": template_text(actions.note),
        "answer": actions.answer.canned if actions.answer else "",
        "notify": _people(actions.notify),
        "refer": _people(actions.refer),
        "relay": ", ".join(actions.relay),
        "quarantine": actions.quarantine,
    }
    yield from ((key, str(value)) for key, value in single.items() if value)
    for name, template in actions.fields:
        yield f"fields.{name}", template_text(template)
    if actions.reject:
        yield "reject", actions.reject_with.canned if actions.reject_with else "true"
    for key in ("accept", "spam", "stop"):
        if getattr(actions, key):
            yield key, "true"


def template_text(template: Template) -> str:
    """The text as it was written."""
    return "".join(_place(each) if isinstance(each, Gap) else each for each in template)


def _place(gap: Gap) -> str:
    otherwise = f" | {gap.fallback}" if gap.fallback is not None else ""
    return "{{ " + gap.written + otherwise + " }}"


def _people(people: People) -> str:
    agents = (f"@{each}" for each in sorted(people.agents))
    return ", ".join((*sorted(people.departments), *agents))
