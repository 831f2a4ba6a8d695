"""Rules as an admin writes them, run over one mail."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from policy_facts import NOW, UNPROVED, message, organisation

from gateway.model.envelope import Envelope
from gateway.model.rules import MailKind
from gateway.model.ticket import Priority, Status
from gateway.policy.language import language_of
from gateway.policy.recipients import resolve
from gateway.policy.rules.case import Case, Standing
from gateway.policy.rules.compiled import Rules, compiled
from gateway.policy.rules.ruling import Ruling
from gateway.policy.rules.run import run, traced
from gateway.rulebook.build_routing import Build
from gateway.rulebook.reading import read_text
from gateway.rulebook.schema_routing import RoutingFile
from gateway.rulebook.wrong import check

if TYPE_CHECKING:
    from collections.abc import Mapping


def rules_of(text: str) -> Rules:
    """The rules of a file that stands below `rules:`."""
    document, errors = read_text("rules:\n" + text, "routing.yaml")
    assert document is not None, errors
    checked, errors = check(document, RoutingFile)
    assert not errors, [str(each) for each in errors]
    assert checked is not None
    build = Build(organisation().department_names, organisation().topics)
    return compiled(map(build.rule, checked.content.rules))


def rule(condition: str, then: str = "{tag: hit}") -> str:
    """One rule with a condition in one line."""
    return f"  - name: eins\n    if: {condition}\n    then: {then}\n"


def case_of(**changes: Any) -> Case:
    """A new mail to info@ of somebody unknown; `mail` are arguments of `message`."""
    mail: Mapping[str, Any] = changes.pop("mail", {})
    to = changes.pop("to", "info@truhe.example")
    standing = changes.pop("standing", {})
    parsed = changes.pop("message", None) or message(**mail)
    return replace(
        Case(
            kind=MailKind.NEW,
            message=parsed,
            envelope=Envelope("maria@example.org", (to,)),
            recipients=(resolve(to, organisation()),),
            trust=UNPROVED,
            form=None,
            standing=replace(
                Standing(
                    department=organisation().postmaster,
                    topic=organisation().topics.default,
                    priority=Priority.NORMAL,
                    status=Status.OPEN,
                    language=language_of(parsed, organisation().language),
                ),
                **standing,
            ),
            now=NOW,
            zone=organisation().zone,
        ),
        **changes,
    )


def ruling(rules: str, **changes: Any) -> Ruling:
    """What the rules want of the mail; the index and the slow way agree on it."""
    ready, case = rules_of(rules), case_of(**changes)
    found = run(ready, case, organisation().topics)
    slowly, _ = traced(ready, case, organisation().topics)
    assert found == slowly
    return found


def holds(condition: str, **changes: Any) -> bool:
    """Whether the condition holds for the mail."""
    return bool(ruling(rule(condition), **changes).hits)
