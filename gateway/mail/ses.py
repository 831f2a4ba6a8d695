"""Notifications of Amazon SES in JSON, as its subscribers get them by mail.

https://docs.aws.amazon.com/ses/latest/dg/notification-contents.html
"""

import json
from collections.abc import Mapping

from gateway.mail.informal import addresses
from gateway.mail.smtp_status import best_status
from gateway.model.message import COMPLAINT, Bounce

_MAX_TEXT = 256 * 1024
_MAX_RECIPIENTS = 100
_MAX_DIAGNOSTIC = 500


def find(text: str) -> tuple[Bounce, ...]:
    """What a notification says of each recipient; empty for any other text."""
    if not text.startswith("{") or "otificationType" not in text[:_MAX_TEXT]:
        return ()
    told = _unwrapped(_read(text[:_MAX_TEXT]))
    match told.get("notificationType"):
        case "Bounce":
            about, one = _object(told, "bounce"), _bounce
            people = about.get("bouncedRecipients")
        case "Complaint":
            about, one = _object(told, "complaint"), _complaint
            people = about.get("complainedRecipients")
        case _:
            return ()
    original = _message_id(_object(told, "mail"))
    named = _objects(people)
    found = (one(person, about, original) for person in named[:_MAX_RECIPIENTS])
    return tuple(bounce for bounce in found if bounce.recipient)


def _bounce(person: Mapping[str, object], about: Mapping[str, object], original: str) -> Bounce:
    diagnostic = _text(person, "diagnosticCode")
    default = "4.0.0" if _text(about, "bounceType") == "Transient" else "5.0.0"
    return Bounce(
        _address(person),
        best_status(_text(person, "status"), diagnostic) or default,
        "failed",
        original,
        diagnostic[:_MAX_DIAGNOSTIC],
    )


def _complaint(person: Mapping[str, object], about: Mapping[str, object], original: str) -> Bounce:
    kind = _text(about, "complaintFeedbackType") or "abuse"
    return Bounce(
        _address(person), "", COMPLAINT, original, f"feedback report: {kind}"[:_MAX_DIAGNOSTIC]
    )


def _read(text: str) -> Mapping[str, object]:
    try:
        found, _ = json.JSONDecoder().raw_decode(text)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _unwrapped(told: Mapping[str, object]) -> Mapping[str, object]:
    """The notification inside an envelope of SNS, or what is there."""
    inner = told.get("Message")
    return _read(inner) if isinstance(inner, str) else told


def _message_id(mail: Mapping[str, object]) -> str:
    for header in _objects(mail.get("headers")):
        if _text(header, "name").lower() == "message-id":
            return _text(header, "value").strip("<> ")
    return ""


def _address(person: Mapping[str, object]) -> str:
    return next(iter(addresses(_text(person, "emailAddress"))), "")


def _object(told: Mapping[str, object], key: str) -> Mapping[str, object]:
    value = told.get(key)
    return value if isinstance(value, dict) else {}


def _text(told: Mapping[str, object], key: str) -> str:
    value = told.get(key)
    return value if isinstance(value, str) else ""


def _objects(value: object) -> list[Mapping[str, object]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
