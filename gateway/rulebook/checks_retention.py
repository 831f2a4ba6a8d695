"""Names in retention.yaml that mean nothing, and rules that no ticket reaches."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from itertools import product

from gateway.model.text import Text, say
from gateway.rulebook.errors import RuleError, error
from gateway.rulebook.files import Files, has_rejected, rejected_id
from gateway.rulebook.names import closest
from gateway.rulebook.schema import RetentionPart


def contradictions_of_retention(files: Files) -> Iterator[RuleError]:
    """Unknown departments and topics, and rules behind one that fits all."""
    if files.retention is None or files.departments is None:
        return
    document = files.retention.document
    departments = list(files.departments.content.departments)
    departments += [
        rejected_id(short)
        for short, part in files.departments.content.departments.items()
        if has_rejected(part)
    ]
    topics = list(files.topics.content.topics) if files.topics is not None else []
    covered, told = _Covered(), set[int]()
    for number, rule in enumerate(files.retention.content.rules):
        for key, names, known in (
            ("departments", rule.departments, departments),
            ("topics", rule.topics, topics),
        ):
            for place, name in enumerate(names):
                if name not in known:
                    where = document.place(("rules", number, key, place))
                    yield error(where, *_unknown(key, name, known))
        first = covered.by(rule)
        if first is not None and first not in told:
            yield error(
                document.place(("rules", number)),
                say("no ticket reaches this rule: the one in line %(line)s fits them all",
                    line=document.place(("rules", first)).line),
                say("put it above that one, or leave it out"),
            )  # fmt: skip
        if first is not None and covered.all_is_met:
            told.add(first)  # behind a rule for all tickets none is reached: said of the next one
        covered.add(rule, number)


@dataclass(slots=True)
class _Covered:
    """Which tickets have met a rule already; None stands for all departments, topics, and so on."""

    rules: dict[tuple[str | bool | None, ...], int] = field(default_factory=dict)

    def by(self, rule: RetentionPart) -> int | None:
        """An earlier rule that fits every ticket of this one."""
        found = [self._first(key) for key in _keys(rule)]
        return None if None in found else found[0]

    @property
    def all_is_met(self) -> bool:
        """True behind a rule for all tickets."""
        return (None, None, None, None) in self.rules

    def add(self, rule: RetentionPart, number: int) -> None:
        for key in _keys(rule):
            self.rules.setdefault(key, number)

    def _first(self, key: tuple[str | bool | None, ...]) -> int | None:
        wider = product(*({part, None} for part in key))
        return next((self.rules[each] for each in wider if each in self.rules), None)


def _keys(rule: RetentionPart) -> Iterator[tuple[str | bool | None, ...]]:
    for department in rule.departments or (None,):
        for topic in rule.topics or (None,):
            yield department, topic, rule.rejected, rule.spam


def _unknown(key: str, name: str, known: Collection[str]) -> tuple[Text, Text]:
    what = (
        say('there is no department "%(name)s"', name=name)
        if key == "departments"
        else say('there is no help topic "%(name)s"', name=name)
    )
    meant = closest(name, known)
    if meant:
        return what, say('did you mean "%(known)s"?', known=meant)
    return what, say("known here: %(known)s", known=", ".join(known))
