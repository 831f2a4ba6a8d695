"""The rule files change while mail is under way: that must never cost a mail."""

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from gateway.config import load
from gateway.daemon import build
from gateway.model.envelope import Envelope, Peer, Protocol, QueuedMessage, QueueId
from gateway.rulebook.defaults import init
from gateway.store.tickets import Filter

PEER = Peer("127.0.0.1", "client", Protocol.ESMTP)


@pytest.fixture
def parts(tmp_path):
    init(tmp_path, development=True)
    found = build(load(tmp_path / "gateway.toml"), tmp_path)
    yield found
    found.store.close()


def accepted(parts, sender, to, text, number, answers=""):
    raw = (
        f"From: {sender}\r\nTo: {to}\r\nSubject: Frage\r\nMessage-ID: <{number}@example.org>\r\n"
        f"{answers}\r\n{text}\r\n"
    )
    item = QueuedMessage(
        QueueId(number), Envelope(sender, (to,)), PEER, datetime.now(UTC), raw.encode(), 0
    )
    parts.store.inbound.insert([item])
    return item


def edit(folder, file, pattern, to=""):
    path = folder / "rules" / file
    text, count = re.subn(pattern, to, path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert count, f"{pattern} is not in {file}"
    path.write_text(text, encoding="utf-8")


def test_a_mail_to_an_address_that_was_removed_meanwhile_goes_to_the_postmaster(parts, tmp_path):
    item = accepted(parts, "maria@example.org", "datenschutz@truhe.example", "Hallo", "q1")
    edit(tmp_path, "organisation.yaml", r"datenschutz: ", "privacy: ")
    parts.rules.reload()
    assert "datenschutz@truhe.example" not in parts.rules.rulebook.organisation.addresses
    parts.pipeline.process(item)
    [ticket] = parts.store.tickets.list(Filter(), 5)
    assert ticket.department == parts.rules.rulebook.organisation.postmaster


def test_a_ticket_of_a_department_that_was_removed_is_the_admins(parts, tmp_path):
    parts.pipeline.process(
        accepted(parts, "maria@example.org", "datenschutz@truhe.example", "Hallo", "q1")
    )
    organisation = parts.rules.rulebook.organisation
    without = {k: v for k, v in organisation.departments.items() if k != "datenschutz"}
    addresses = {k: v for k, v in organisation.addresses.items() if v.department != "datenschutz"}
    changed = replace(organisation, departments=without, addresses=addresses)
    parts.rules.rulebook = replace(parts.rules.rulebook, organisation=changed)
    answer = accepted(
        parts, "maria@example.org", "info@truhe.example", "Noch da?", "q2",
        "In-Reply-To: <q1@example.org>\r\n",
    )  # fmt: skip
    decision = parts.pipeline.process(answer)
    told = [mail.route.to.address for mail in decision.outgoing]
    assert "dora@mitglieder.example" in told
