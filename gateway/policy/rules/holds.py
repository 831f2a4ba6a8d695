"""Whether a condition holds for a mail, and what its patterns have caught."""

from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from gateway.model.message import Attachment
from gateway.model.rules import (
    AddressIs,
    AddressText,
    All,
    AnyOf,
    AttachmentCount,
    Compare,
    Condition,
    HasAttachment,
    Is,
    IsFilled,
    Leaf,
    Moment,
    Not,
    Standing,
    StandsAt,
    TextIs,
)
from gateway.policy.rules.case import Look
from gateway.policy.rules.texts import NOTHING, Caught, caught_by, seen


def caught(condition: Condition, look: Look) -> Caught | None:
    """What was caught where the condition holds; None where it does not."""
    match condition:
        case All():
            found: dict[str, str] = {}
            for part in condition.parts:
                one = caught(part, look)
                if one is None:
                    return None
                found |= one
            return found
        case AnyOf():
            tried = (caught(part, look) for part in condition.parts)
            return next((one for one in tried if one is not None), None)
        case Not():
            return NOTHING if caught(condition.part, look) is None else None
        case _:
            return of_leaf(condition, look)


@dataclass(frozen=True, slots=True)
class Tried:
    """A condition, whether it held, and the same of its parts."""

    condition: Condition
    held: bool
    parts: "tuple[Tried, ...]" = ()


def tried(condition: Condition, look: Look) -> Tried:
    """Every part of the condition with its outcome, also those that do not matter any more."""
    match condition:
        case All() | AnyOf():
            parts = tuple(tried(part, look) for part in condition.parts)
            held = [part.held for part in parts]
            return Tried(condition, all(held) if isinstance(condition, All) else any(held), parts)
        case Not():
            part = tried(condition.part, look)
            return Tried(condition, not part.held, (part,))
        case _:
            return Tried(condition, of_leaf(condition, look) is not None)


def of_leaf(leaf: Leaf, look: Look) -> Caught | None:
    """The same for a condition without parts."""
    match leaf:
        case TextIs():
            texts = look.texts(leaf.where, leaf.name)
            tests = (caught_by(leaf.test, text) for text in texts)
            return next((one for one in tests if one is not None), None)
        case AddressText():
            return _of_addresses(leaf, look)
        case AddressIs():
            holds = not leaf.addresses.isdisjoint(look.keys(leaf.side)) and _is_named(leaf, look)
            holds = holds or not leaf.below.isdisjoint(look.keys(leaf.side))
        case IsFilled():
            holds = any(text.plain for text in look.texts(leaf.where, leaf.name))
        case HasAttachment():
            holds = any(_fits(leaf, each) for each in look.case.message.attachments)
        case AttachmentCount():
            count = len(look.case.message.attachments)
            holds = leaf.at_least <= count and (leaf.at_most is None or count <= leaf.at_most)
        case StandsAt():
            holds = not leaf.values.isdisjoint(standing_at(leaf.what, look))
        case Is():
            holds = look.is_so(leaf.trait) is leaf.wanted
        case Moment():
            holds = is_now(leaf, look.case.now.astimezone(look.case.zone))
        case _:
            assert_never(leaf)
    return NOTHING if holds else None


def _is_named(leaf: AddressIs, look: Look) -> bool:
    """Not by a domain above its own: those are keys too, for `below`."""
    named = leaf.addresses & look.keys(leaf.side)
    return any(not each.startswith("@") for each in named) or not named.isdisjoint(
        look.domains(leaf.side)
    )


def _of_addresses(leaf: AddressText, look: Look) -> Caught | None:
    for box in look.addresses(leaf.side):
        found = caught_by(leaf.test, seen(box.name if leaf.name else box.address))
        if found is not None:
            return found
    return None


def _fits(leaf: HasAttachment, attachment: Attachment) -> bool:
    return (
        _is(leaf.name, attachment.filename)
        and _is(leaf.type, attachment.content_type)
        and (leaf.over is None or attachment.size > leaf.over)
        and (leaf.under is None or attachment.size < leaf.under)
    )


def _is(test: Compare | None, text: str) -> bool:
    return test is None or caught_by(test, seen(text)) is not None


def standing_at(what: Standing, look: Look) -> frozenset[str]:
    """What the ticket (or the mail) has there now; only tags may be several."""
    now = look.standing
    match what:
        case Standing.DEPARTMENT:
            return frozenset({now.department})
        case Standing.TOPIC:
            return frozenset({now.topic} if now.topic else ())
        case Standing.STATUS:
            return frozenset({now.status})
        case Standing.PRIORITY:
            return frozenset({now.priority.value})
        case Standing.TAG:
            return frozenset(tag.casefold() for tag in now.tags)
        case Standing.LANGUAGE:
            return frozenset({now.language.value})
        case Standing.PROOF:
            return frozenset({look.case.trust.proof.value})


def is_now(moment: Moment, local: datetime) -> bool:
    """Whether the local time lies in the moment."""
    if moment.weekdays and local.weekday() not in moment.weekdays:
        return False
    day, clock = local.date(), local.time()
    if moment.first_day is not None and day < moment.first_day:
        return False
    if moment.last_day is not None and day > moment.last_day:
        return False
    after, before = moment.after, moment.before
    if after is not None and before is not None and after > before:
        return clock >= after or clock < before
    return (after is None or clock >= after) and (before is None or clock < before)
