"""All tests of a folder, one after the other."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from gateway.model.text import Text, say
from gateway.ports import Composer
from gateway.rulebook.errors import RuleError, error
from gateway.rulebook.load import Rulebook
from gateway.rulebook.rule_tests import RuleTest
from gateway.ruletests.compared import compared
from gateway.ruletests.stage import Came, Stage


@dataclass(frozen=True, slots=True)
class Ran:
    """A test that was run: what came of it, and what is not as expected (nothing: it holds)."""

    test: RuleTest
    came: Came
    failures: tuple[RuleError, ...]


def run(tests: Iterable[RuleTest], rulebook: Rulebook, composer: Composer) -> Iterator[Ran]:
    """Each of them, as it is run."""
    stage = Stage(rulebook, composer)
    try:
        for test in tests:
            came = stage.play(test)
            found = compared(test.expected, came, rulebook.organisation)
            yield Ran(
                test,
                came,
                tuple(
                    error(test.places.get(each.key, test.place), _told(test, each.what), each.why)
                    for each in found
                ),
            )
    finally:
        stage.close()


def _told(test: RuleTest, what: Text) -> Text:
    return say('test "%(test)s": %(what)s', test=test.name, what=what)
