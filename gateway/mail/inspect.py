"""A message as the object that `gateway inspect --json` prints; its keys are a contract."""

from collections.abc import Iterable

from gateway.model.address import Mailbox
from gateway.model.message import Attachment, Automatic, Message
from gateway.model.openpgp import OpenPgp, Signature


def as_object(message: Message) -> dict[str, object]:
    """A JSON object (strings, numbers, booleans, null, lists) with everything a script may need."""
    return {
        "message_id": message.message_id,
        "from": _mailbox(message.authors[0]) if message.authors else None,
        "to": _mailboxes(message.to),
        "cc": _mailboxes(message.cc),
        "subject": message.subject,
        "date": message.date.isoformat() if message.date else None,
        "in_reply_to": message.in_reply_to[0] if message.in_reply_to else None,
        "references": list(message.references),
        "text": message.text,
        "reply": message.reply,
        "attachments": [_attachment(attachment) for attachment in message.attachments],
        "auto": _automatic(message.automatic),
        "defects": list(message.defects),
        "openpgp": _openpgp(message.openpgp),
    }


def _openpgp(found: OpenPgp) -> dict[str, object]:
    return {
        "encrypted": found.encrypted,
        "signed": found.signed,
        "decrypted": found.decrypted,
        "signature": found.signature and _signature(found.signature),
        "problem": str(found.problem) or None,
        "key_ids": list(found.key_ids),
        "protected": list(found.protected),
        "contradicted": list(found.contradicted),
    }


def _signature(signature: Signature) -> dict[str, object]:
    return {
        "valid": signature.is_good,
        "verdict": str(signature.verdict),
        "fingerprint": signature.fingerprint or None,
        "key_id": signature.key_id or None,
        "made_at": signature.made_at.isoformat() if signature.made_at else None,
        "covers": str(signature.covers),
    }


def _mailbox(mailbox: Mailbox) -> dict[str, object]:
    return {"name": mailbox.name, "address": mailbox.address}


def _mailboxes(mailboxes: Iterable[Mailbox]) -> list[dict[str, object]]:
    return [_mailbox(mailbox) for mailbox in mailboxes]


def _attachment(attachment: Attachment) -> dict[str, object]:
    return {
        "filename": attachment.filename,
        "content_type": attachment.content_type,
        "size": attachment.size,
        "sha256": attachment.sha256,
    }


def _automatic(automatic: Automatic) -> dict[str, object]:
    bounce = automatic.bounces[0] if automatic.is_bounce and automatic.bounces else None
    return {
        "is_auto_generated": automatic.is_auto_generated,
        "reason": automatic.reason or None,
        "is_bounce": automatic.is_bounce,
        "bounce": bounce
        and {"recipient": bounce.recipient, "status": bounce.status, "action": bounce.action},
    }
