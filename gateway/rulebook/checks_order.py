"""What the rules of routing.yaml say about each other: none twice, and each can be reached."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from gateway.model.text import say
from gateway.policy.commands.folding import folded
from gateway.rulebook.document import Document, Value
from gateway.rulebook.errors import RuleError, error
from gateway.rulebook.schema_routing import RoutingFile, RulePart
from gateway.rulebook.wrong import UNKNOWN, Checked


def contradictions_of_order(file: Checked[RoutingFile]) -> Iterator[RuleError]:
    """Rules that are alike, and rules before which another always stops."""
    yield from _alike(file)
    yield from _unreachable(file)


def _alike(file: Checked[RoutingFile]) -> Iterator[RuleError]:
    """Two rules of one name, or that do the same."""
    document = file.document
    names: dict[str, int] = {}
    same: dict[str, int] = {}
    for number, rule in enumerate(file.content.rules):
        key = folded(rule.name)
        if key in names and rule.name != UNKNOWN:
            yield error(
                document.place(("rules", number, "name")),
                say('there is a rule "%(name)s" already', name=rule.name),
                say("give it another name; the first is in line %(line)s",
                    line=_line(document, names[key])),
            )  # fmt: skip
        names.setdefault(key, number)
        written = document.at(("rules", number))
        table = written if isinstance(written, dict) else {}
        what = repr((sorted(rule.kinds), table.get("if"), table.get("then")))
        first = same.setdefault(what, number)
        if first != number:
            yield error(
                document.place(("rules", number)),
                say('"%(name)s" says just what the rule in line %(line)s says', name=rule.name,
                    line=_line(document, first)),
                say("keep one of them"),
            )  # fmt: skip


_Parts = frozenset[str]
"""What must hold for a rule, each as it is written: a rule that asks for more holds less often."""


@dataclass(slots=True)
class _Ends:
    """The rules that stop, of one kind of mail, by one part of their conditions."""

    always: int | None
    by_part: dict[str, list[tuple[_Parts, int]]]

    def before(self, parts: _Parts) -> int | None:
        """The rule that has stopped wherever all of `parts` hold."""
        if self.always is not None:
            return self.always
        found = (
            number
            for part in parts
            for needed, number in self.by_part.get(part, ())
            if needed <= parts
        )
        return min(found, default=None)

    def add(self, parts: _Parts, number: int) -> None:
        if not parts:
            self.always = number if self.always is None else self.always
            return
        self.by_part.setdefault(min(parts), []).append((parts, number))


def _unreachable(file: Checked[RoutingFile]) -> Iterator[RuleError]:
    """Rules that can never hold, because one before them has stopped in each such case.

    Behind a rule that always stops none is reached: that is said once, of the next one.
    """
    document = file.document
    ends: Mapping[str, _Ends] = {kind: _Ends(None, {}) for kind in ("new", "reply", "agent")}
    told: set[int] = set()
    for number, rule in enumerate(file.content.rules):
        parts = _parts(document.at(("rules", number, "if")))
        ended = [ends[kind].before(parts) for kind in sorted(rule.kinds)]
        first = next((each for each in ended if each is not None), None)
        if first is not None and None not in ended:
            always = file.content.rules[first].if_ is None
            if not (always and first in told):
                yield _never_reached(document, rule, number, first)
            told.add(first)
            continue
        if rule.then.stop or rule.then.quarantine:
            for kind in rule.kinds:
                ends[kind].add(parts, number)


def _never_reached(document: Document, rule: RulePart, number: int, first: int) -> RuleError:
    return error(
        document.place(("rules", number)),
        say('"%(name)s" is never reached: the rule in line %(line)s stops before it',
            name=rule.name, line=_line(document, first)),
        say("move it up, or take out stop: there"),
    )  # fmt: skip


def _parts(condition: Value) -> _Parts:
    if not isinstance(condition, dict):
        return frozenset()
    parts: set[str] = set()
    for key, value in condition.items():
        if key == "all" and isinstance(value, tuple):
            parts.update(part for each in value for part in _parts(each))
        else:
            parts.add(repr((key, value)))
    return frozenset(parts)


def _line(document: Document, number: int) -> int:
    return document.place(("rules", number)).line
