"""What is given to a person who asks, and what is left when they are forgotten."""

import io
import json
import zipfile

import pytest

from gateway.cli import person
from gateway.cli.shared import MistakeError
from gateway.model.history import Intact
from gateway.store import finishing, inbound
from gateway.store.erasing import forget, plan
from gateway.store.packing import PLAIN
from tests.workers.retention_desk import DORA, command, desk, letter

ADELHEID = "Adelheid.Sonderbar@example.org"


@pytest.fixture
def both(tmp_path, store_url, monkeypatch):
    monkeypatch.setattr(inbound, "pack", lambda data: (PLAIN, data))
    monkeypatch.setattr(finishing, "pack", lambda data: (PLAIN, data))
    (tmp_path / "unused").mkdir()
    with desk(tmp_path, store_url) as found:
        yield found


def ask(desk, sender=f"Adelheid Sonderling <{ADELHEID}>", text="Frage von Adelheid Sonderling"):
    asked = desk.write(
        letter(sender, "info@truhe.example", f"{text}: Laptop", text, ("liste.txt", "A"))
    )
    (news,) = [mail for mail in desk.deliver() if mail.rcpt_to == DORA]
    with desk.store.begin(write=False) as transaction:
        return transaction.ticket(asked.ticket, lock=False).ticket.number, news


def reply(desk, news, text):
    desk.write(
        letter(DORA, "info@truhe.example", "Re: x", text, In_Reply_To=f"<{news.message_id}>")
    )
    desk.deliver()


def archive_of(desk, address):
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        person._write(archive, desk.store, address)
    return zipfile.ZipFile(held)


def test_the_export_has_their_mails_and_answers_and_nothing_of_others(both):
    number, news = ask(both)
    reply(both, news, "Guten Tag, gern.\n\n!note Kellerassel intern")
    other, _ = ask(both, "Otto <otto@example.org>", "Fremdes")
    archive = archive_of(both, ADELHEID.lower())
    content = json.loads(archive.read("person.json"))
    (ticket,) = content["tickets"]
    assert ticket["number"] == number
    assert [each["kind"] for each in ticket["thread"]] == ["message", "response"]
    assert [each["ticket"] for each in content["mails_from"]] == [number]
    assert content["mails_from"][0]["protocol"] == "ESMTP"
    names = archive.namelist()
    assert sum(name.startswith("from/") for name in names) == 1
    assert sum(name.startswith("to/") for name in names) == 2  # the confirmation and the answer
    everything = b"".join(archive.read(name) for name in names)
    assert b"Guten Tag, gern." in everything
    assert b"Kellerassel" not in everything
    assert b"otto" not in everything
    assert other.encode() not in everything


def test_the_export_of_an_agent_is_the_account_without_their_work(both):
    _, news = ask(both)
    reply(both, news, "Guten Tag, gern.")
    archive = archive_of(both, DORA)
    content = json.loads(archive.read("person.json"))
    assert content["account"]["handle"] == "dora"
    everything = b"".join(archive.read(name) for name in archive.namelist())
    assert b"Sonderling" not in everything


def test_closed_tickets_are_purged_and_open_ones_know_a_pseudonym(both):
    closed, news = ask(both)
    reply(both, news, "Guten Tag Adelheid Sonderling.")
    command(both, f"!close #{closed} quiet")
    still_open, news = ask(both)
    reply(both, news, f"Zu {ADELHEID}: gern.\n\n!task Adelheid Sonderling anrufen")
    other, _ = ask(both, "Otto <otto@example.org>", "Fremdes")
    would = plan(both.store.database, ADELHEID, both.now)
    assert (would.purged, would.pseudonymised) == ((closed,), (still_open,))
    assert b"Sonderling" in both.bytes()
    done = forget(both.store.database, ADELHEID, both.now)
    assert (done.purged, done.pseudonymised, done.later) == ((closed,), (still_open,), ())
    assert both.store.sweep(thorough=True)
    assert both.store.tickets.show(closed) is None
    about = both.store.tickets.show(still_open)
    assert about.ticket.requester.address == ""
    assert about.ticket.requester.name.startswith("person-")
    assert [entry.text for entry in about.entries if entry.kind == "message"] == [
        f"Frage von {about.ticket.requester.name}"
    ]
    assert about.tasks[0].text == f"{about.ticket.requester.name} anrufen"
    assert not about.parties.keys() & {ADELHEID.lower()}
    left = both.bytes().lower()
    # What agents typed in mails that stand in entries of theirs goes with the ticket.
    assert b"adelheid.sonderbar@example.org" not in left
    assert b"sonderling" not in left
    assert both.store.tickets.show(other).ticket.requester.address == "otto@example.org"
    assert isinstance(both.store.history.verify(), Intact)
    again = forget(both.store.database, ADELHEID, both.now)
    assert (again.purged, again.pseudonymised, again.mails) == ((), (), 0)


def test_what_is_kept_stays_as_it_is(both):
    number, _ = ask(both)
    command(both, f"!close #{number} quiet")
    command(both, f"!keep #{number} Rechtsstreit")
    done = forget(both.store.database, ADELHEID, both.now)
    assert (done.purged, done.kept) == ((), (number,))
    assert both.store.tickets.show(number).ticket.requester.address == ADELHEID


def test_at_the_terminal_it_is_dry_first_and_an_agent_is_told_apart(tmp_path, capsys):
    (tmp_path / "unused").mkdir()
    with desk(tmp_path, f"sqlite:///{tmp_path}/gateway.db") as found:
        number, _ = ask(found)
        command(found, f"!close #{number} quiet")
        config = tmp_path / "gateway.toml"
        person.forget(ADELHEID, config=config)
        assert f"purged: #{number}" in capsys.readouterr().out
        assert found.store.tickets.show(number) is not None
        person.export(ADELHEID, out=tmp_path / "a.zip", config=config)
        assert (tmp_path / "a.zip").stat().st_mode & 0o077 == 0
        with pytest.raises(MistakeError, match="exists already"):
            person.export(ADELHEID, out=tmp_path / "a.zip", config=config)
        with pytest.raises(MistakeError, match="no mail address"):
            person.forget("Adelheid", config=config)
        with pytest.raises(MistakeError, match="agent remove dora"):
            person.forget(DORA, yes=True, config=config)
        person.forget(ADELHEID, yes=True, config=config)
        assert found.store.tickets.show(number) is None
