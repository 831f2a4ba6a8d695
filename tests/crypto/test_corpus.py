"""Mails of tests/corpus/openpgp read with the keys beside them, as `gateway inspect` does."""

import json
from pathlib import Path

import pytest

from gateway.crypto.keyfolder import KeyFolder
from gateway.mail.inspect import as_object
from gateway.mail.parse import parse

CORPUS = Path(__file__).parents[1] / "corpus" / "openpgp"


@pytest.fixture(scope="module")
def opener():
    with KeyFolder(CORPUS / "keys") as found:
        yield found


@pytest.mark.parametrize("mail", sorted(CORPUS.glob("*.eml")), ids=lambda path: path.stem)
def test_a_mail_of_the_corpus(opener, mail):
    wanted = json.loads(mail.with_suffix(".json").read_text(encoding="utf-8"))
    raw = mail.read_bytes()
    outside = parse(raw)
    message = opener.open(raw, outside).message if outside.openpgp.is_there else outside
    seen = as_object(message)
    seen["attachments"] = [each["filename"] for each in seen["attachments"]]
    found = {key: seen[key] for key in ("text", "subject", "attachments")}
    about = {key: seen["openpgp"][key] for key in wanted["openpgp"]}
    if about["signature"] is not None:
        about["signature"] = {
            key: about["signature"][key] for key in wanted["openpgp"]["signature"]
        }
    assert found | {"openpgp": about} == wanted
