"""Mails in the shape that real programs give them, with what a person reads in them beside."""

import json
from pathlib import Path

import pytest

from gateway.mail.inspect import as_object
from gateway.mail.parse import parse

CORPUS = Path(__file__).parent.parent / "corpus"
MAILS = sorted(CORPUS.glob("*.eml"))
BESIDES = {
    "contains",
    "contains_auto",
    "defects_include",
    "forwarded",
    "message_id_ends",
    "original",
    "vacation",
}


def covers(found, wanted):
    """`wanted` may leave out keys of objects, but nothing else."""
    if isinstance(wanted, dict):
        return isinstance(found, dict) and all(covers(found.get(k), v) for k, v in wanted.items())
    if isinstance(wanted, list):
        return len(found) == len(wanted) and all(map(covers, found, wanted))
    return found == wanted


@pytest.mark.parametrize("path", MAILS, ids=lambda path: path.stem)
def test_a_mail_is_read_as_a_person_reads_it(path):
    wanted = json.loads(path.with_suffix(".json").read_text("utf-8"))
    message = parse(path.read_bytes())
    found = as_object(message)
    for key in wanted.keys() - BESIDES:
        value = found[key]
        if isinstance(value, str) and isinstance(wanted[key], str):
            assert value.rstrip("\n") == wanted[key].rstrip("\n"), key
        else:
            assert covers(value, wanted[key]), (key, value)
    for key, parts in wanted.get("contains", {}).items():
        assert all(part in found[key] for part in parts), (key, found[key])
    assert set(wanted.get("defects_include", ())) <= set(message.defects)
    assert message.message_id.endswith(wanted.get("message_id_ends", ""))
    assert message.automatic.vacation == wanted.get("vacation", False)
    if "original" in wanted:
        assert message.automatic.bounces[0].original_message_id == wanted["original"]
    for recipient in wanted.get("contains_auto", ()):
        assert recipient in {bounce.recipient for bounce in message.automatic.bounces}
