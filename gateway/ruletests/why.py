"""Why a rule held or not, in one sentence."""

from collections.abc import Iterator, Sequence

from gateway.model.rules import All, AnyOf, Not
from gateway.model.text import Text, say
from gateway.policy.rules.holds import Tried
from gateway.policy.rules.run import Step
from gateway.policy.rules.wording import condition_text
from gateway.policy.workflow import enumerated


def why_not(step: Step, steps: Sequence[Step]) -> Text:
    """What was not so, or what kept the rule from being looked at."""
    if step.tried is not None:
        return say("this is not so: %(what)s", what=enumerated(_decisive(step.tried, held=False)))
    if step.reached:
        kinds = ", ".join(sorted(step.rule.kinds))
        return say("it is for other mail: %(kinds)s", kinds=f"for: [{kinds}]")
    stopped = next((each.rule for each in reversed(steps) if each.hit), None)
    if stopped is None:
        return say("it is not looked at")
    return say('the rule "%(rule)s" (%(place)s) has stopped before it', rule=stopped.name,
               place=str(stopped.source))  # fmt: skip


def why_held(step: Step) -> Text:
    """What was so."""
    if step.tried is None:
        return say("it is not looked at")
    return say("this is so: %(what)s", what=enumerated(_decisive(step.tried, held=True)))


def _decisive(tried: Tried, *, held: bool) -> Iterator[Text]:
    """The conditions without parts that made it so."""
    match tried.condition:
        case All() | AnyOf() if tried.parts:
            for part in tried.parts:
                if part.held is held:
                    yield from _decisive(part, held=held)
        case Not():
            for part in tried.parts:
                negated = say("not: %(what)s", what=enumerated(_decisive(part, held=not held)))
                yield negated
        case _:
            yield condition_text(tried.condition)
