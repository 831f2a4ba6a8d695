"""Rule tests as an admin writes them, tried against the shipped organisation."""

from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

from gateway.render.composer import MailComposer
from gateway.rulebook.load import load
from gateway.rulebook.load_tests import RuleTests, load_tests
from gateway.ruletests.run import Ran, run


@dataclass(frozen=True)
class Desk:
    """A copy of the shipped rules, with the composer that all tests share."""

    rules: Path
    composer: MailComposer

    def write(self, tests: str, name: str = "a.yaml") -> None:
        """The only file of tests."""
        (self.rules / "tests" / name).write_text(dedent(tests), encoding="utf-8")

    def loaded(self, tests: str) -> RuleTests:
        self.write(tests)
        return load_tests(self.rules, load(self.rules))

    def mistakes(self, tests: str) -> list[str]:
        return list(map(str, self.loaded(tests).errors))

    def ran(self, tests: str) -> list[Ran]:
        """All of them were run; none has a mistake in it."""
        found = self.loaded(tests)
        assert not found.errors, found.errors
        return list(run(found.tests, load(self.rules), self.composer))

    def failures(self, tests: str) -> list[str]:
        return [str(each) for ran in self.ran(tests) for each in ran.failures]

    def routing(self, rules: str) -> None:
        """These are the rules of routing.yaml."""
        text = "rules:\n" + dedent(rules)
        (self.rules / "routing.yaml").write_text(text, encoding="utf-8")
