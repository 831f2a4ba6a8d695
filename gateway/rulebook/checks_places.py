"""The places in the texts of rules that are filled in, and what patterns catch for them."""

from collections.abc import Collection, Iterator

from gateway.model.canned import Gap
from gateway.model.text import Text, say
from gateway.policy.commands.folding import folded
from gateway.policy.rules.texts import groups_of
from gateway.rulebook.around import Around
from gateway.rulebook.errors import RuleError, error
from gateway.rulebook.names import closest
from gateway.rulebook.reading import Document, Loc
from gateway.rulebook.schema_routing import ConditionPart, RulePart
from gateway.rulebook.templates import SINGLE, gaps, single_brackets, template, wrong_gaps

_OF_TICKET = frozenset(
    "name vorname nummer betreff department agent organisation formular firstname number subject "
    "form".split()
)
"""Places that are filled in by themselves, though some may stay empty."""
_SURE = frozenset("nummer number department agent organisation".split())
"""Those of them that never stay empty."""


def wrong_places(
    document: Document, loc: Loc, rule: RulePart, around: Around
) -> Iterator[RuleError]:
    """Places that nothing fills in, in the texts of a rule and in its canned responses."""
    sure, maybe = _caught(rule.if_)
    fields = {folded(each) for each in around.topics.fields}
    for at, text, more in _texts(loc, rule, fields):
        for gap in wrong_gaps(text):
            yield error(
                document.place(at),
                say("“%(gap)s” is no place to fill in", gap=gap),
                say("write a name of letters, as in {{ name }} or {{ name | fallback }}"),
            )
        if (single := SINGLE.search(text)) and not wrong_gaps(text):
            yield error(document.place(at), *single_brackets(single[0], single[1]))
        for each in gaps(template(text)):
            if wrong := _wrong_gap(each, sure, maybe, more):
                yield error(document.place(at), *wrong)
    yield from _wrong_canned(document, loc, rule, around, sure)


def _wrong_canned(
    document: Document,
    loc: Loc,
    rule: RulePart,
    around: Around,
    sure: frozenset[str],
) -> Iterator[RuleError]:
    """Canned responses of which a place may stay empty: nobody is there who would see it."""
    for key in ("answer", "reject"):
        part = getattr(rule.then, key)
        responses = around.canned.get(folded(part.canned)) if part and part.canned else None
        given = {folded(name) for name in part.values} if part else set()
        for canned in (responses or {}).values():
            for each in gaps(canned.body):
                if each.name in given or each.name in sure | _SURE or each.fallback is not None:
                    continue
                yield error(
                    document.place((*loc, "then", key, "canned")),
                    say("nothing is sure to fill in {{ %(name)s }} of the canned response "
                        "“%(title)s”", name=each.written, title=canned.id),
                    say("write values: {%(name)s: …} here, or {{ %(name)s | … }} there",
                        name=each.written),
                )  # fmt: skip


def _texts(
    loc: Loc, rule: RulePart, fields: Collection[str]
) -> Iterator[tuple[Loc, str, frozenset[str]]]:
    """Every text with places, and the names that are known there beside what was caught."""
    then, at = rule.then, (*loc, "then")
    if then.note:
        yield (*at, "note"), then.note, _OF_TICKET | frozenset(fields)
    for name, text in then.fields.items():
        yield (*at, "fields", name), text, frozenset()
    for key in ("answer", "reject"):
        part = getattr(then, key)
        for name, text in part.values.items() if part else ():
            yield (*at, key, "values", name), text, frozenset()


def _wrong_gap(
    gap: Gap, sure: Collection[str], maybe: Collection[str], known: Collection[str]
) -> tuple[Text, Text] | None:
    if gap.name in sure or gap.name in known:
        return None
    if gap.name in maybe:
        if gap.fallback is not None:
            return None
        return (
            say("{{ %(name)s }} may stay empty: not every way through the condition catches it",
                name=gap.written),
            say("say what stands there otherwise: {{ %(name)s | … }}", name=gap.written),
        )  # fmt: skip
    near = closest(gap.written, [*sure, *maybe, *known])
    return (
        say("nothing fills in {{ %(name)s }}", name=gap.written),
        say('did you mean "%(known)s"?', known=near)
        if near
        else say("catch it in a pattern of this rule: regex: '(?P<%(name)s>…)'", name=gap.written),
    )


def _caught(part: ConditionPart | None) -> tuple[frozenset[str], frozenset[str]]:
    """Names that patterns catch whenever the condition holds, and those that they may catch."""
    if part is None:
        return frozenset(), frozenset()
    sure: set[str] = set()
    maybe: set[str] = set()
    for _, values in _own_patterns((), part):
        names = {folded(name) for value in values for name in groups_of(value)}
        everywhere = [frozenset(map(folded, groups_of(value))) for value in values]
        sure |= frozenset.intersection(*everywhere) if everywhere else frozenset()
        maybe |= names
    for each in part.all:
        inner_sure, inner_maybe = _caught(each)
        sure |= inner_sure
        maybe |= inner_maybe
    inner = [_caught(each) for each in part.any]
    if inner:
        sure |= frozenset.intersection(*(each[0] for each in inner))
        maybe |= {name for each in inner for name in each[1]}
    return frozenset(sure), frozenset(maybe)


def _own_patterns(loc: Loc, part: ConditionPart) -> Iterator[tuple[Loc, tuple[str, ...]]]:
    """The regular expressions of one table, without those of the tables inside it."""
    for key in ("from_", "to", "cc", "envelope_from", "envelope_to", "subject", "body", "header",
                "form", "field"):  # fmt: skip
        test = getattr(part, key)
        if test is None:
            continue
        if test.regex:
            yield (*loc, key.rstrip("_"), "regex"), test.regex
        if getattr(test, "name", None) is not None and not isinstance(test.name, str):
            yield (*loc, key.rstrip("_"), "name", "regex"), test.name.regex


def patterns(loc: Loc, part: ConditionPart | None) -> Iterator[tuple[Loc, str]]:
    """Every regular expression of a condition."""
    for where, table in tables(loc, part):
        for at, values in _own_patterns(where, table):
            yield from ((at, value) for value in values)


def tables(loc: Loc, part: ConditionPart | None) -> Iterator[tuple[Loc, ConditionPart]]:
    """The condition and all conditions inside it."""
    if part is None:
        return
    yield loc, part
    for key in ("all", "any"):
        for number, each in enumerate(getattr(part, key)):
            yield from tables((*loc, key, number), each)
    yield from tables((*loc, "not"), part.not_)
