"""What must hold for any bytes."""

import json

from gateway.mail.automatic import null_reverse_path
from gateway.mail.inspect import as_object
from gateway.mail.parse import attachment_bytes, parse


def keeps_its_promise(raw: bytes) -> None:
    """Raise when some bytes give no clean value, or not the same one twice."""
    message = parse(raw)
    assert not any(defect.startswith("not readable") for defect in message.defects), message.defects
    shown = json.dumps(as_object(message), ensure_ascii=False)
    shown.encode("utf-8")
    for text in (message.text, message.reply, message.html):
        assert not {"\r", "\0"} & {*text}
    for name, value in message.headers:
        assert not {"\n", "\r", "\0"} & {*name, *value}
    assert message.message_id
    assert all((one.filename + one.content_type).isprintable() for one in message.attachments)
    contents = attachment_bytes(raw, [one.part for one in message.attachments])
    assert len(contents) == len(message.attachments)
    unsent = null_reverse_path(message)
    assert unsent.automatic.is_auto_generated or unsent == message
    assert parse(raw) == message
