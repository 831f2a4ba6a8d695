"""`gateway check`: what is wrong in configuration, rules, templates and rule tests, and where."""

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gateway.cli.schemas import outdated
from gateway.cli.shared import (
    DEFAULT_CONFIG,
    ConfigOption,
    JsonOption,
    LanguageOption,
    MistakeError,
    say,
    say_error,
    say_json,
)
from gateway.cli.speaking import Voice, sentence, voice_of
from gateway.config import Config, ConfigError
from gateway.config import load as load_config
from gateway.model.second_factor import Demand
from gateway.model.text import Text
from gateway.rulebook.errors import RuleError, RuleErrors, RuleWarning
from gateway.rulebook.load import Rulebook, load
from gateway.rulebook.load_tests import RuleTests, load_tests
from gateway.rulebook.rule_tests import RuleTest

if TYPE_CHECKING:
    from gateway.render.composer import MailComposer
    from gateway.ruletests.run import Ran

_PLACE = re.compile(
    r"(?P<file>.+?):(?P<line>\d+)(?::(?P<column>\d+))?(?:: (?P<what>.*))?", re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to be said. `severity`: error, failure (of a test), warning, or ok (a test)."""

    severity: str
    file: str
    line: int
    column: int
    what: Text
    remedy: Text | None = None
    test: str | None = None


@dataclass(slots=True)
class _Check:
    """What was read so far, and what there is to say about it."""

    settings: Config
    findings: list[Finding] = field(default_factory=list)
    rulebook: Rulebook | None = None
    composer: "MailComposer | None" = None


def check(
    *,
    config: ConfigOption = DEFAULT_CONFIG,
    test: str | None = None,
    language: LanguageOption = None,
    as_json: JsonOption = False,
) -> None:
    """Read configuration, rules and templates, name every mistake, and run the rule tests.

    The tests lie in rules/tests beside the rules. The exit status is 1 when there is a mistake or a
    test fails.

    Parameters
    ----------
    config
        The configuration file.
    test
        Run only the tests with this in their name, and show all that led to what came of them.
    language
        de or en; without it as LC_ALL, LC_MESSAGES or LANG say.
    as_json
        Print one JSON object a line.

    """
    try:
        settings = load_config(config)
    except ConfigError as wrong:
        if not as_json:
            raise
        say_json(_object(_of_text(str(wrong)), voice_of(language)))
        sys.exit(1)
    found = _Check(settings)
    _read(found)
    tests = load_tests(settings.rules, found.rulebook)
    found.findings += map(_of_error, tests.errors)
    catalogue = found.composer.templates.catalogue if found.composer is not None else None
    voice = voice_of(language, settings.templates, catalogue)
    chosen = _chosen(tests, test)
    if not chosen and test is not None and found.rulebook is not None:
        raise MistakeError(
            voice(sentence("No rule test that can be run has “%(part)s” in its name.", part=test))
        )
    ran = list(_run(found, chosen))
    if as_json:
        for finding in found.findings:
            say_json(_object(finding, voice))
    else:
        _print(found, ran, voice, shows=test is not None)
    if any(finding.severity in ("error", "failure") for finding in found.findings):
        sys.exit(1)


# --- reading --------------------------------------------------------------------------------------


def _read(found: _Check) -> None:
    """Rules and templates: mistakes in the one hide none in the others."""
    from gateway.render.catalogue import BrokenCatalogueError  # noqa: PLC0415
    from gateway.render.composer import MailComposer  # noqa: PLC0415
    from gateway.render.samples import SAMPLE_ORGANISATION  # noqa: PLC0415
    from gateway.render.templates import BrokenTemplateError  # noqa: PLC0415

    try:
        found.rulebook = load(found.settings.rules)
        found.findings += map(_of_warning, found.rulebook.warnings)
        found.findings += map(_of_warning, outdated(found.settings.rules))
        found.findings += _demand(found.rulebook, found.settings)
    except RuleErrors as wrong:
        found.findings += map(_of_error, wrong.errors)
    try:
        organisation = found.rulebook.organisation if found.rulebook else SAMPLE_ORGANISATION
        found.composer = MailComposer(organisation, found.settings.templates)
    except (BrokenTemplateError, BrokenCatalogueError) as wrong:
        found.findings.append(_of_text(str(wrong)))


def _demand(rulebook: Rulebook, settings: Config) -> Iterator[Finding]:
    demand = rulebook.organisation.security.demand
    if demand in (None, Demand.REQUIRED) or settings.trust.development:
        return
    yield Finding(
        "warning",
        f"{settings.rules.name}/security.yaml",
        1,
        1,
        sentence(
            "second_factor is not required of every agent: whoever gets into one mailbox can act "
            "as that agent"
        ),
        sentence("write second_factor: required"),
    )


def _chosen(tests: RuleTests, part: str | None) -> list[RuleTest]:
    return [each for each in tests.tests if part is None or part.lower() in each.name.lower()]


def _run(found: _Check, chosen: list[RuleTest]) -> Iterator["Ran"]:
    if not chosen or found.rulebook is None or found.composer is None:
        return
    from gateway.ruletests.run import run  # noqa: PLC0415

    for ran in run(chosen, found.rulebook, found.composer):
        place = ran.test.place
        if ran.failures:
            found.findings += (_of_error(each, "failure", ran.test.name) for each in ran.failures)
        else:
            what = sentence('test "%(test)s": all is as expected', test=ran.test.name)
            at = (place.file, place.line, place.column)
            found.findings.append(Finding("ok", *at, what, test=ran.test.name))
        yield ran


# --- findings -------------------------------------------------------------------------------------


def _of_error(wrong: RuleError, severity: str = "error", test: str | None = None) -> Finding:
    place = (wrong.file, wrong.line, wrong.column)
    return Finding(severity, *place, wrong.what, wrong.right, test)


def _of_warning(warning: RuleWarning) -> Finding:
    file, line, column, _ = _apart(warning.file)
    return Finding("warning", file, line, column, warning.what, warning.right)


def _of_text(text: str) -> Finding:
    """A mistake that is one English line with its place in front, or without one."""
    file, line, column, what = _apart(text)
    said = what or (text if not file or file == text else "")
    return Finding("error", file if what else "", line, column, sentence("%(problem)s",
                   problem=said))  # fmt: skip


def _apart(text: str) -> tuple[str, int, int, str]:
    found = _PLACE.fullmatch(text)
    if found is None:
        return text, 1, 1, ""
    return found["file"], int(found["line"]), int(found["column"] or 1), found["what"] or ""


def _object(finding: Finding, voice: Voice) -> dict[str, object]:
    return {
        "severity": finding.severity,
        "file": finding.file,
        "line": finding.line,
        "column": finding.column,
        "what": voice(finding.what),
        "remedy": voice(finding.remedy) if finding.remedy is not None else None,
        "test": finding.test,
    }


# --- for people -----------------------------------------------------------------------------------


def _print(found: _Check, ran: list["Ran"], voice: Voice, *, shows: bool) -> None:
    if shows:
        _show(ran, voice)
    for finding in found.findings:
        if finding.severity == "warning":
            say(f"{voice(sentence('warning'))}: {_line(finding, voice)}")
        elif finding.severity != "ok":
            say_error(_line(finding, voice))
    mistakes = sum(each.severity == "error" for each in found.findings)
    failed = [each.test for each in ran if each.failures]
    if mistakes:
        say_error(
            voice(sentence("The rule files or templates have %(count)s mistakes.", count=mistakes))
            if mistakes > 1
            else voice(sentence("The rule files or templates have one mistake."))
        )
    if failed:
        say_error(voice(_of_tests(len(failed), len(ran))))
        if not shows:
            show = f'gateway check --test "{failed[0].name}"'
            say_error(voice(sentence("All that led to it: %(command)s", command=show)))
    if not (mistakes or failed) and found.rulebook is not None:
        say(voice(_in_order(found.rulebook, len(ran))))


def _line(finding: Finding, voice: Voice) -> str:
    where = f"{finding.file}:{finding.line}:{finding.column}: " if finding.file else ""
    if finding.severity == "warning" and (finding.line, finding.column) == (1, 1):
        where = f"{finding.file}: "
    remedy = f" — {voice(finding.remedy)}" if finding.remedy is not None else ""
    return f"{where}{voice(finding.what)}{remedy}"


def _of_tests(failed: int, ran: int) -> Text:
    if failed == 1:
        return sentence("One of %(count)s rule tests fails.", count=ran)
    return sentence("%(failed)s of %(count)s rule tests fail.", failed=failed, count=ran)


def _in_order(rulebook: Rulebook, tests: int) -> Text:
    organisation = rulebook.organisation
    return sentence(
        "%(name)s: %(addresses)s addresses, %(departments)s departments, %(tests)s rule tests. "
        "Everything is in order.",
        name=organisation.name,
        addresses=len(organisation.addresses),
        departments=len(organisation.departments),
        tests=tests,
    )


def _show(ran: list["Ran"], voice: Voice) -> None:
    from gateway.cli.views import explained  # noqa: PLC0415

    for each in ran:
        say(f"=== {each.test.name} ({each.test.place})")
        if each.came.explanation is None:
            say(voice(sentence("No recipient is an address of the organisation.")))
            continue
        explained(each.came.explanation, voice)
