"""Which escalations a ticket is under, since when, and what is due next.

A step has its effect once for each occasion: the moment from which its rule counts (`Since`). A new
moment, a new message or a ticket that comes into the rule's sight again, begins anew. What was done
is a number in the ticket's mark, so neither a second node nor a clock that is set back repeats it.
"""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime, tzinfo
from hashlib import blake2b

from gateway.model.escalation import (
    Escalation,
    Escalations,
    Mark,
    RuleId,
    Since,
    Upcoming,
    Watched,
    When,
    WriteMarks,
)
from gateway.model.ticket import State
from gateway.model.workflow import Workflow
from gateway.policy.spans import end_of, later

Marks = Mapping[RuleId, Mark]

_NOTHING: frozenset[str] = frozenset()


def matches(when: When, seen: Watched) -> bool:
    """True when the rule is about the ticket as it is now."""
    return (
        not seen.ended
        and seen.status in when.statuses
        and (not when.departments or seen.department in when.departments)
        and (not when.topics or seen.topic in when.topics)
        and (when.taken is None or when.taken == seen.taken)
        and all(seen.fields.get(name, _NOTHING) & values for name, values in when.fields)
        and all(seen.fields.get(name) for name in when.filled)
        and not any(seen.fields.get(name) for name in when.empty)
    )


def marked(rules: Escalations, seen: Watched, marks: Marks, now: datetime, zone: tzinfo) -> Marks:
    """The marks as they are from now on; those of rules that are gone are gone too."""
    found = (_mark(rule, seen, marks.get(rule.id), now, zone) for rule in rules.rules)
    return {mark.rule: mark for mark in found if mark is not None}


def upcoming(rules: Escalations, seen: Watched, marks: Marks, zone: tzinfo) -> tuple[Upcoming, ...]:
    """The steps that are still to come if the ticket stays as it is, the earliest first."""
    found: list[Upcoming] = []
    for rule in rules.rules:
        mark = marks.get(rule.id)
        if mark is None or not matches(rule.when, seen):
            continue
        at = mark.since
        for step in rule.steps[mark.done :]:
            # No step before the one above it, whatever holidays make of their order.
            at = max(at, later(mark.since, step.after, rules.calendar, zone))
            found.append(Upcoming(rule, step, at))
    return tuple(sorted(found, key=lambda each: each.at))


def look(
    rules: Escalations, seen: Watched, marks: Marks, now: datetime, zone: tzinfo
) -> WriteMarks:
    """What looking at the ticket comes to; nothing is done yet."""
    found = marked(rules, seen, marks, now, zone)
    coming = upcoming(rules, seen, found, zone)
    return WriteMarks(
        seen.id,
        seen.version,
        tuple(found.values()) if found != marks else None,
        coming[0].at if coming else None,
    )


def _mark(
    rule: Escalation, seen: Watched, old: Mark | None, now: datetime, zone: tzinfo
) -> Mark | None:
    in_sight = matches(rule.when, seen)
    if rule.since is Since.MATCHING:
        if not in_sight:
            return None
        occasion = old.occasion if old is not None else seen.updated_at
    else:
        moment = _moment(rule.since, seen, zone)
        if moment is None or (old is None and not in_sight):
            return None
        occasion = moment
    if old is None or old.occasion != occasion:
        # What lies in the future was written by a clock that went wrong.
        return Mark(rule.id, occasion, min(occasion, now))
    return Mark(rule.id, occasion, min(old.since, now), old.done)


def _moment(since: Since, seen: Watched, zone: tzinfo) -> datetime | None:
    match since:
        case Since.OPENED | Since.MATCHING:
            return seen.created_at
        case Since.MESSAGE:
            return seen.asked_at
        case Since.ANSWER:
            return seen.replied_at if seen.asked_at is None else None
        case Since.DUE:
            return end_of(seen.task_due, zone) if seen.task_due is not None else None


def states(rules: Escalations, workflow: Workflow) -> frozenset[State]:
    """The states of the tickets that the rules may be about."""
    return frozenset(workflow.state(each) for rule in rules.rules for each in rule.when.statuses)


def fingerprint(rules: Escalations) -> int:
    """A number that is the same for the same rules, on every node, and another one for others."""
    digest = blake2b(_plain(rules).encode(), digest_size=8).digest()
    return int.from_bytes(digest) >> 1


def _plain(value: object) -> str:
    """The value as text in which sets have an order."""
    if is_dataclass(value):
        parts = (f"{each.name}={_plain(getattr(value, each.name))}" for each in fields(value))
        return f"{type(value).__name__}({','.join(parts)})"
    if isinstance(value, tuple):
        return f"({','.join(map(_plain, value))})"
    if isinstance(value, frozenset):
        return f"{{{','.join(sorted(map(_plain, value)))}}}"
    return repr(value)
