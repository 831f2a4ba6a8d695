"""Forwards as real programs write them: who wrote first, what, and what the agent typed above."""

import json
from pathlib import Path

import pytest

from gateway.mail.forward import chain, forwarded, text_above
from gateway.mail.parse import attachment_bytes, parse

CORPUS = Path(__file__).parent.parent / "corpus"
MAILS = sorted(CORPUS.glob("forward-*.eml"))


@pytest.mark.parametrize("path", MAILS, ids=lambda path: path.stem)
def test_a_forward_is_read_as_a_person_reads_it(path):
    raw = path.read_bytes()
    message = parse(raw)
    wanted = json.loads(path.with_suffix(".json").read_text("utf-8"))["forwarded"]
    found = forwarded(message, raw)
    if wanted is None:
        assert found is None
        assert text_above(message) == message.reply
        return
    author = found.author and {"name": found.author.name, "address": found.author.address}
    assert author == wanted["author"]
    assert found.subject == wanted["subject"]
    assert (found.date and found.date.isoformat()) == wanted["date"]
    assert found.text == wanted.get("text", found.text)
    assert found.attached is wanted["attached"]
    assert found.message_id == wanted.get("message_id", "")
    assert text_above(message) == wanted["above"]
    for field in wanted.keys() & {"to", "cc"}:
        assert [box.address for box in getattr(found, field)] == wanted[field]
    files = attachment_bytes(raw, [one.part for one in found.attachments])
    names = [one.filename for one in found.attachments]
    assert dict(zip(names, map(bytes.decode, files), strict=True)) == wanted.get("files", {})
    everyone = [mail.author and mail.author.address for mail in chain(message, raw)]
    assert everyone == wanted.get("chain", everyone[:1])
