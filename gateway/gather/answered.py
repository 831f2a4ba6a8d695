"""The new text of an answer, compared with the mails of ours that it answers.

Some programs put our text into an answer without any sign, and some people write inside it. Nothing
but a look at what we really sent tells their words from ours.
"""

from dataclasses import replace

from gateway.gather.looking import Looking
from gateway.mail.body import new_text_beside
from gateway.mail.history import has_marker
from gateway.mail.html import text_of
from gateway.mail.parse import parse
from gateway.model.message import Message
from gateway.model.people import Agent
from gateway.policy.facts import Reference
from gateway.policy.match import ids_to_look_up

_MOST_SENT = 3
_DOUBT = 12
"""Words without a quote sign beside the new text: more than an attribution and a signature."""


def compared(looking: Looking, agent: Agent | None, references: dict[str, Reference]) -> Message:
    """The message, with the new text that the comparison finds where there is doubt.

    An agent's text can become a command or go to a requester: theirs is cut at our marker, and the
    comparison may only find that nothing but our own mail is there.
    """
    message = looking.message
    ids = [known for known in ids_to_look_up(message) if _is_sent(references.get(known))]
    if not ids or message.automatic.is_auto_generated or not _is_in_doubt(message):
        return message
    if agent is not None and not has_marker(message.reply.split("\n")):
        return message
    contents = looking.transaction.sent_contents(ids[:_MOST_SENT])
    sent = "\n".join(text for text in map(_texts, contents) if text)
    found = new_text_beside(message.text, message.reply, sent) if sent else message.reply
    if found == message.reply or (agent is not None and found):
        return message
    return replace(message, reply=found)


def _is_sent(reference: Reference | None) -> bool:
    return reference is not None and reference.sent


def _is_in_doubt(message: Message) -> bool:
    """True when old text may stand in the mail without a quote sign, in its new text or not."""
    lines = [line.lstrip() for line in message.text.split("\n")]
    unquoted = sum(len(line.split()) for line in lines if not line.startswith(">"))
    new = sum(len(line.split()) for line in message.reply.split("\n"))
    bare = new > _DOUBT and not any(line.startswith(">") for line in lines)
    return bare or unquoted > new + _DOUBT


def _texts(content: bytes) -> str:
    """Our mail as its reader saw it, as plain text and as HTML: a program may quote either."""
    mail = parse(content)
    return f"{mail.text}\n\n{text_of(mail.html)}" if mail.html else mail.text
