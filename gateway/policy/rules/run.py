"""The rules over one mail, in their order, each seeing what those before it have set."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeVar

from gateway.model.canned import Gap
from gateway.model.rules import Rule, Template
from gateway.model.text import Text
from gateway.model.ticket import FieldId, Status
from gateway.model.topic import Topics
from gateway.policy.rules.case import Case, Look
from gateway.policy.rules.compiled import Rules
from gateway.policy.rules.holds import Tried, caught, tried
from gateway.policy.rules.ruling import NO_RULING, Hit, Ruling, Said
from gateway.policy.rules.texts import Caught
from gateway.policy.values import read_value

NameT = TypeVar("NameT", bound=str)

LONGEST_VALUE = 500
"""Characters of what a pattern has caught that go into a note, a field or an answer."""


def run(rules: Rules, case: Case, topics: Topics) -> Ruling:
    """What the rules want of the mail."""
    look = Look(case)
    candidates = (rules.rules[number] for number in rules.candidates(look))
    return _ruling(candidates, look, topics, lambda _: None)


@dataclass(frozen=True, slots=True)
class Step:
    """A rule, how each of its conditions came out, and whether it was reached at all."""

    rule: Rule
    tried: Tried | None
    """None: not for this kind of mail, or an earlier rule has stopped."""
    reached: bool

    @property
    def hit(self) -> bool:
        """True when the rule held."""
        return self.tried is not None and self.tried.held


def traced(rules: Rules, case: Case, topics: Topics) -> tuple[Ruling, tuple[Step, ...]]:
    """The same ruling, and every rule with the outcome of each condition."""
    look = Look(case)
    steps: list[Step] = []

    def tell(rule: Rule) -> None:
        steps.append(Step(rule, tried(rule.condition, look), reached=True))

    fitting = [rule for rule in rules.rules if case.kind in rule.kinds]
    ruling = _ruling(fitting, look, topics, tell)
    told = {id(step.rule): step for step in steps}
    return ruling, tuple(
        told.get(id(rule), Step(rule, None, reached=case.kind not in rule.kinds))
        for rule in rules.rules
    )


def _ruling(
    rules: Iterable[Rule], look: Look, topics: Topics, tell: Callable[[Rule], None]
) -> Ruling:
    ruling = replace(NO_RULING, kind=look.case.kind)
    today = look.case.now.astimezone(look.case.zone).date()
    for rule in rules:
        tell(rule)
        found = caught(rule.condition, look)
        if found is None:
            continue
        ruling = _with(ruling, rule, found, topics, today, look)
        if rule.actions.stop or ruling.quarantine:
            break
    return ruling


def _with(
    before: Ruling, rule: Rule, found: Caught, topics: Topics, today: date, look: Look
) -> Ruling:
    """The ruling with what this rule does, and the standing that the next one sees."""
    actions = rule.actions
    ruling = replace(before, hits=(*before.hits, Hit(rule, found)))
    topic = actions.topic or look.standing.topic
    values, left_out = _fields(rule, found, topics, today)
    tags = tuple(tag for tag in actions.tags if tag not in (*look.standing.tags, *ruling.tags))
    priority = actions.priority or look.standing.priority
    if (
        actions.topic is not None
        and actions.topic in topics.topics
        and not (actions.priority or ruling.priority)
    ):
        priority = topics.topics[actions.topic].priority
    look.change(
        department=actions.department or look.standing.department,
        topic=topic,
        priority=priority,
        status=actions.status or (Status.SPAM if actions.spam else look.standing.status),
        tags=(*look.standing.tags, *tags),
        fields={**look.standing.fields, **values},
        assign=actions.assign or look.standing.assign,
    )
    ruling = replace(
        ruling,
        department=actions.department or ruling.department,
        topic=actions.topic or ruling.topic,
        priority=actions.priority or ruling.priority,
        status=actions.status or ruling.status,
        assign=actions.assign or ruling.assign,
        fields={**ruling.fields, **values},
        tags=(*ruling.tags, *tags),
        notes=(*ruling.notes, *_note(rule, found)),
        answers=(*ruling.answers, *_answer(rule, found)),
        departments=_more(ruling.departments, sorted(actions.notify.departments)),
        agents=_more(ruling.agents, sorted(actions.notify.agents)),
        referred_departments=_more(ruling.referred_departments, sorted(actions.refer.departments)),
        referred_agents=_more(ruling.referred_agents, sorted(actions.refer.agents)),
        relay=_more(ruling.relay, actions.relay),
        left_out=(*ruling.left_out, *left_out),
    )
    return _whole_mail(ruling, rule, found, released=look.case.released)


def _whole_mail(ruling: Ruling, rule: Rule, found: Caught, *, released: bool) -> Ruling:
    """What becomes of the mail as a whole: the last rule that says so decides."""
    actions = rule.actions
    if actions.accept:
        ruling = replace(ruling, accept=rule.name, reject=None)
    if actions.reject:
        said = Said(rule.name, canned=actions.reject_with, caught=found)
        ruling = replace(ruling, reject=said, accept="")
    if actions.spam:
        ruling = replace(ruling, spam=rule.name)
    if actions.quarantine and not released:
        ruling = replace(ruling, quarantine=Said(rule.name, (actions.quarantine,)))
    return ruling


def _note(rule: Rule, found: Caught) -> Iterator[Said]:
    if rule.actions.note:
        yield Said(rule.name, rule.actions.note, caught=found)


def _answer(rule: Rule, found: Caught) -> Iterator[Said]:
    if rule.actions.answer is not None:
        yield Said(rule.name, canned=rule.actions.answer, caught=found)


def _more(before: tuple[NameT, ...], more: Iterable[NameT]) -> tuple[NameT, ...]:
    return tuple(dict.fromkeys((*before, *more)))


def _fields(
    rule: Rule, found: Caught, topics: Topics, today: date
) -> tuple[dict[FieldId, tuple[str, ...]], tuple[tuple[str, FieldId, str], ...]]:
    """The values that the rule fills in, and those that their field does not take."""
    values: dict[FieldId, tuple[str, ...]] = {}
    left_out = []
    for name, template in rule.actions.fields:
        text = filled(template, found)
        read = read_value(topics.fields[name], text, today) if name in topics.fields else None
        if read is None or isinstance(read, Text):
            left_out.append((rule.name, name, text))
        else:
            values[name] = read
    return values, tuple(left_out)


def filled(template: Template, values: Mapping[str, str]) -> str:
    """The text with the values in its places; without a value and a fallback nothing stands there.

    A value is text from outside: one line of it, no longer than is read at a glance.
    """
    return "".join(
        (_one_line(values.get(piece.name, "")) or piece.fallback or "")
        if isinstance(piece, Gap)
        else piece
        for piece in template
    )


def _one_line(value: str) -> str:
    return " ".join(value.split())[:LONGEST_VALUE]
