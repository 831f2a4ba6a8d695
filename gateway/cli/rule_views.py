"""Rules over one mail, as JSON objects (a contract, see the README) and as lines for people."""

from collections.abc import Iterator, Sequence

from gateway.cli.shared import say
from gateway.cli.speaking import Voice, sentence
from gateway.model.rules import All, AnyOf, Condition, Not
from gateway.model.text import Text
from gateway.policy.rules.holds import Tried
from gateway.policy.rules.run import Step
from gateway.policy.rules.wording import actions_text, condition_text

_MOST_PRINTED = 40
"""Rules that did not hold are only counted where there are more than so many."""

_INDENT = " " * 12


def step_object(step: Step) -> dict[str, object]:
    """A rule, whether it was reached and held, and how each of its conditions came out."""
    actions = actions_text(step.rule.actions)
    return {
        "name": step.rule.name,
        "file": step.rule.source.file,
        "line": step.rule.source.line,
        "reached": step.tried is not None,
        "hit": step.hit,
        "conditions": [
            {"text": str(condition_text(condition)), "held": held, "depth": depth}
            for depth, condition, held in _conditions(step)
        ],
        "actions": [{"action": key, "value": value} for key, value in actions],
    }


def print_steps(steps: Sequence[Step], voice: Voice) -> None:
    """Print the rules in their order; of many only those that held."""
    shown = [step for step in steps if step.hit or len(steps) <= _MOST_PRINTED]
    label = voice(sentence("rule")) + ":"
    for step in shown:
        say(f"{label:12}{step.rule.name} ({step.rule.source}): {voice(_state(step))}")
        for depth, condition, held in _conditions(step) if step.tried is not None else ():
            mark = voice(sentence("yes") if held else sentence("no"))
            say(f"{_INDENT}{'    ' * depth}{mark:4} {voice(condition_text(condition))}")
        if step.hit:
            done = ", ".join(f"{key}: {value}" for key, value in actions_text(step.rule.actions))
            say(f"{_INDENT}=> {done}")
    if len(shown) < len(steps):
        say(f"{_INDENT}{voice(_others(len(steps) - len(shown)))}")


def _state(step: Step) -> Text:
    if step.tried is None:
        return sentence("not looked at: not for this mail, or a rule before has stopped")
    return sentence("holds") if step.hit else sentence("does not hold")


def _others(count: int) -> Text:
    return sentence("%(count)s more rules do not hold", count=count)


_Line = tuple[int, Condition, bool | None]
"""How deep it lies, a condition, and whether it held; None where nobody looked."""


def _conditions(step: Step) -> Iterator[_Line]:
    if step.tried is not None:
        yield from _tried(step.tried, 0)
    else:
        yield from _untried(step.rule.condition, 0)


def _tried(tried: Tried, depth: int) -> Iterator[_Line]:
    yield depth, tried.condition, tried.held
    for part in tried.parts:
        yield from _tried(part, depth + 1)


def _untried(condition: Condition, depth: int) -> Iterator[_Line]:
    yield depth, condition, None
    match condition:
        case All() | AnyOf():
            for part in condition.parts:
                yield from _untried(part, depth + 1)
        case Not():
            yield from _untried(condition.part, depth + 1)
        case _:
            return
