"""What would be different for a mail: as sentences for people, and as an object for programs."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import tzinfo

from gateway.model.text import Text, say
from gateway.replay.effect import KEYS, NEW, Effect
from gateway.replay.run import Replayed

_LONGEST_SUBJECT = 60
_NONE = say("none")


def head_of(mail: Replayed, zone: tzinfo) -> Text:
    """Which mail it is, in one line."""
    when = f"{mail.accepted_at.astimezone(zone):%Y-%m-%d %H:%M}"
    place = f"#{mail.number} ({mail.department})" if mail.number else mail.queue_id
    if mail.confidential:
        return say("%(when)s  %(place)s: confidential", when=when, place=place)
    subject = " ".join(mail.subject.split())[:_LONGEST_SUBJECT]
    return say(
        "%(when)s  %(place)s: %(author)s, “%(subject)s”",
        when=when,
        place=place,
        author=mail.author or "–",
        subject=subject,
    )


def differences(mail: Replayed) -> Iterator[Text]:
    """What it was and what it would be, one sentence for each thing that is not the same."""
    was, would_be = mail.was, mail.would_be
    if (was.outcome, was.rejected) != (would_be.outcome, would_be.rejected):
        yield _changed(say("outcome"), _outcome(was), _outcome(would_be))
    for key, name in _VALUES.items():
        before, after = getattr(was, key), getattr(would_be, key)
        if before != after:
            yield _changed(name, _value(before), _value(after))
    yield from _mails(was, would_be)


_VALUES = {
    "ticket": say("ticket"),
    "department": say("department"),
    "topic": say("help topic"),
    "priority": say("priority"),
    "status": say("status"),
    "responsible": say("responsible"),
    "tags": say("tags"),
    "rules": say("rules that hold"),
}


def _changed(name: Text, before: Text, after: Text) -> Text:
    return say(
        "%(name)s: was %(before)s, would be %(after)s", name=name, before=before, after=after
    )


def _value(value: str | Sequence[str]) -> Text:
    if value == NEW:
        return say("a new one")
    shown = value if isinstance(value, str) else ", ".join(value)
    return say("%(value)s", value=shown) if shown else _NONE


_OUTCOMES = {
    "entry": say("taken into a ticket"),
    "command": say("an agent's command"),
    "relayed": say("passed on"),
    "duplicate": say("a mail that had its effect already"),
    "quarantined": say("quarantined"),
}


def _outcome(effect: Effect) -> Text:
    if effect.rejected:
        return say("not let in (%(why)s)", why=effect.rejected)
    return _OUTCOMES.get(effect.outcome, say("not let in"))


def _mails(was: Effect, would_be: Effect) -> Iterator[Text]:
    before, after = Counter(was.mails), Counter(would_be.mails)
    for kind, to in sorted((before - after).elements()):
        yield say("was sent, would not be: %(kind)s to %(reader)s", kind=kind, reader=_reader(to))
    for kind, to in sorted((after - before).elements()):
        yield say("was not sent, would be: %(kind)s to %(reader)s", kind=kind, reader=_reader(to))


def _reader(address: str) -> Text:
    return say("%(value)s", value=address) if address else say("the author")


def summary(mails: int, changed: int, gone: int) -> Text:
    """The last line: how many there were."""
    if gone:
        return say(
            "%(mails)s mails, %(changed)s would change; %(gone)s are no longer kept.",
            mails=mails,
            changed=changed,
            gone=gone,
        )
    return say("%(mails)s mails, %(changed)s would change.", mails=mails, changed=changed)


def object_of(mail: Replayed) -> dict[str, object]:
    """The same for programs; `null` is what there is not, or what is confidential."""
    return {
        "queue_id": mail.queue_id,
        "accepted_at": mail.accepted_at.isoformat(),
        "ticket": mail.number or None,
        "department": mail.department or None,
        "confidential": mail.confidential,
        "from": mail.author or None,
        "subject": None if mail.confidential else mail.subject,
        "was": _effect_object(mail.was),
        "would_be": _effect_object(mail.would_be),
    }


def _effect_object(effect: Effect) -> dict[str, object]:
    values: dict[str, object] = {key: getattr(effect, key) or None for key in KEYS}
    values |= {"tags": list(effect.tags), "rules": list(effect.rules)}
    values["mails"] = [{"kind": kind, "to": to or None} for kind, to in effect.mails]
    return values
