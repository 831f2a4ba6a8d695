"""What came of a sample mail beside what is expected: each difference, and who decided it."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from gateway.mail.parse import parse
from gateway.model.address import fold
from gateway.model.changes import OpenTicket
from gateway.model.composed import Composed
from gateway.model.decision import Outcome
from gateway.model.organisation import Organisation
from gateway.model.rules import Actions, People, Rule
from gateway.model.text import Text, named, say
from gateway.model.ticket import FieldId
from gateway.policy.facts import TicketFacts
from gateway.rulebook.rule_tests import NOBODY, REFUSED, Expected, SampleSent
from gateway.ruletests.stage import Came
from gateway.ruletests.why import why_held, why_not

NONE = "–"
_BAR = re.compile(r"^\| ?", re.MULTILINE)
"""What stands before the words of others in our mails."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not as expected. `key` is its word in the file; `why` who decided it."""

    key: str
    what: Text
    why: Text


def compared(expected: Expected, came: Came, organisation: Organisation) -> tuple[Difference, ...]:
    """All differences, in the order of the keys in `Expected`."""
    return (
        *_single(expected, came, organisation),
        *_collections(expected, came),
        *_rules(expected, came),
        *_mails(expected, came),
    )


def outcome_of(came: Came) -> str:
    """How the mail ended, by the words of the tests."""
    return str(came.explanation.decision.outcome) if came.explanation is not None else REFUSED


# --- one value ------------------------------------------------------------------------------------


def _single(expected: Expected, came: Came, organisation: Organisation) -> Iterator[Difference]:
    about = came.ticket
    is_now = _values(about, came, organisation) if about is not None else {}
    pairs: tuple[tuple[str, object, str], ...] = (
        ("outcome", expected.outcome, outcome_of(came)),
        ("ticket", expected.ticket, _ticket(came)),
        *((key, getattr(expected, key), is_now.get(key, NONE)) for key in _KEYS),
    )
    for key, wanted, found in pairs:
        if wanted is not None and not _same(str(wanted), found):
            yield _other(key, str(wanted), found, _decided(key, came))
    values = about.fields if about is not None else {}
    for name, value in expected.fields:
        if values.get(name, ()) != value:
            found = ", ".join(values.get(name, ())) or NONE
            why = _set_by(came, partial(_fills_in, name))
            yield _other("fields", ", ".join(value) or NONE, found, why, name=f"fields.{name}")


_KEYS = ("department", "topic", "priority", "status", "responsible", "language", "requester")


def _values(about: TicketFacts, came: Came, organisation: Organisation) -> dict[str, str]:
    ticket = about.ticket
    responsible = came.agents.get(ticket.responsible, NOBODY) if ticket.responsible else NOBODY
    return {
        "department": ticket.department,
        "topic": ticket.topic or NONE,
        "priority": organisation.topics.priority_of(ticket).value,
        "status": ticket.status,
        "responsible": responsible,
        "language": ticket.language.value,
        "requester": ticket.requester.address,
    }


def _same(wanted: str, found: str) -> bool:
    return fold(wanted) == fold(found)


def _ticket(came: Came) -> str:
    """`new`, `known`, or `none` where the mail is in no ticket that agents work on."""
    explanation = came.explanation
    if explanation is None or came.ticket is None:
        return "none"
    decision = explanation.decision
    if decision.outcome in (Outcome.REJECTED, Outcome.RELAYED, Outcome.QUARANTINED):
        return "none"
    is_new = any(isinstance(change, OpenTicket) for change in decision.changes)
    return "new" if is_new else "known"


def _other(key: str, wanted: str, found: str, why: Text, *, name: str = "") -> Difference:
    what = say('"%(key)s" should be %(wanted)s, but is %(found)s', key=name or key, wanted=wanted,
               found=found)  # fmt: skip
    return Difference(key, what, why)


# --- several values -------------------------------------------------------------------------------


def _collections(expected: Expected, came: Came) -> Iterator[Difference]:
    about = came.ticket
    tags = about.ticket.tags if about is not None else ()
    if expected.tags is not None and sorted(map(fold, expected.tags)) != sorted(map(fold, tags)):
        why = _set_by(came, lambda actions: bool(actions.tags))
        yield _other("tags", ", ".join(expected.tags) or NONE, ", ".join(tags) or NONE, why)
    referred = _referred(came)
    missing = [each for each in expected.refer if each not in referred]
    if missing:
        what = say("%(names)s should have access, but has not", names=", ".join(missing))
        why = _set_by(came, _gives_access)
        yield Difference("refer", what, why)
    for text in expected.notes:
        if not any(_contains(note, text) for note in came.notes):
            what = say('no note of the ticket contains "%(text)s"', text=text)
            yield Difference("notes", what, _listed(came.notes, say("there is no note")))


def _referred(came: Came) -> tuple[str, ...]:
    if came.ticket is None:
        return ()
    agents = (f"@{came.agents.get(each, '')}" for each in came.ticket.referred_agents)
    return (*came.ticket.referred_departments, *agents)


# --- rules ----------------------------------------------------------------------------------------


def _rules(expected: Expected, came: Came) -> Iterator[Difference]:
    steps = {step.rule.name: step for step in came.steps}
    for name in expected.rules:
        if name not in steps or not steps[name].hit:
            what = say('the rule "%(rule)s" should hold, but does not', rule=name)
            why = why_not(steps[name], came.steps) if name in steps else _reason(came)
            yield Difference("rules", what, why)
    for name in expected.not_rules:
        if name in steps and steps[name].hit:
            what = say('the rule "%(rule)s" should not hold, but does', rule=name)
            yield Difference("not_rules", what, why_held(steps[name]))


# --- mails ----------------------------------------------------------------------------------------


def _mails(expected: Expected, came: Came) -> Iterator[Difference]:
    if expected.sent == () and came.sent:
        what = say("nothing should be sent, but something is")
        yield Difference("sent", what, _all_sent(came))
    for wanted in expected.sent or ():
        if not any(_fits(wanted, mail) for mail in came.sent):
            what = say("this mail should be sent, but is not: %(mail)s", mail=_described(wanted))
            yield Difference("sent", what, _all_sent(came))
    for unwanted in expected.not_sent:
        for mail in came.sent:
            if _fits(unwanted, mail):
                what = say("this mail should not be sent, but is: %(mail)s", mail=_shown(mail))
                yield Difference("not_sent", what, _decided("sent", came))


def _all_sent(came: Came) -> Text:
    return _listed([_shown(mail) for mail in came.sent], say("nothing is sent"))


def _fits(wanted: SampleSent, mail: Composed) -> bool:
    if wanted.to and fold(wanted.to) != fold(mail.rcpt_to):
        return False
    if wanted.kind and wanted.kind != mail.kind:
        return False
    if not (wanted.subject or wanted.contains):
        return True
    read = parse(mail.head + mail.tail)
    text = _BAR.sub("", read.text)
    return all(_contains(read.subject, each) for each in wanted.subject) and all(
        _contains(text, each) for each in wanted.contains
    )


def _contains(text: str, part: str) -> bool:
    """Case, line breaks and several blanks make no difference, as in rules."""
    return " ".join(part.casefold().split()) in " ".join(text.casefold().split())


def _shown(mail: Composed) -> str:
    subject = parse(mail.head).subject
    return f"{mail.kind} → {mail.rcpt_to}: {subject[:60]}"


def _described(wanted: SampleSent) -> str:
    texts = (f"“{each}”" for each in (*wanted.subject, *wanted.contains))
    words = (wanted.kind, f"→ {wanted.to}" if wanted.to else "", *texts)
    return " ".join(filter(None, words))


def _listed(found: Sequence[str], otherwise: Text) -> Text:
    if not found:
        return otherwise
    listed = "; ".join(" ".join(each.split())[:100] for each in found[:6])
    return say("there is: %(found)s", found=listed + (" …" if len(found) > 6 else ""))


# --- who decided ----------------------------------------------------------------------------------

_ACTIONS: dict[str, Callable[[Actions], bool]] = {
    "department": lambda actions: bool(actions.department),
    "topic": lambda actions: bool(actions.topic),
    "priority": lambda actions: bool(actions.priority or actions.topic),
    "status": lambda actions: bool(actions.status or actions.spam),
    "responsible": lambda actions: bool(actions.assign),
    "sent": lambda actions: bool(actions.answer or actions.reject) or _names_people(actions.notify),
    "outcome": lambda actions: bool(actions.accept or actions.reject or actions.quarantine),
}


def _names_people(people: People) -> bool:
    return bool(people.departments or people.agents)


def _gives_access(actions: Actions) -> bool:
    return _names_people(actions.refer) or _names_people(actions.notify)


def _fills_in(name: FieldId, actions: Actions) -> bool:
    return any(each == name for each, _ in actions.fields)


def _decided(key: str, came: Came) -> Text:
    if key in _ACTIONS:
        return _set_by(came, _ACTIONS[key], is_outcome=key in ("outcome", "ticket"))
    return _reason(came)


def _set_by(came: Came, does: Callable[[Actions], bool], *, is_outcome: bool = False) -> Text:
    """The last rule that held and does such a thing; else that none did."""
    held = [step.rule for step in came.steps if step.hit]
    rule = next((rule for rule in reversed(held) if does(rule.actions)), None)
    if rule is not None:
        return say('it was the rule "%(rule)s" (%(place)s)', rule=rule.name, place=str(rule.source))
    if is_outcome or came.ticket is None:
        return _reason(came)
    if held:
        return say("no rule decides it; these hold: %(rules)s", rules=_names(held))
    return say("no rule decides it, and none holds")


def _names(rules: Sequence[Rule]) -> Text:
    shown = ", ".join(f"“{rule.name}”" for rule in rules)
    return named(shown, shown.replace("“", "„").replace("”", "“"))


def _reason(came: Came) -> Text:
    if came.explanation is None:
        return say("no recipient is an address of the organisation")
    return say("what decided: %(reason)s", reason=came.explanation.decision.reason)
