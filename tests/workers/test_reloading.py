"""Rule files that change under the running daemon: a slip costs no mail, and is told once."""

import os
import time
from datetime import UTC, datetime, timedelta

import pytest

from gateway.config import load
from gateway.mail.parse import parse
from gateway.parts import Rules, build
from gateway.reloading import Reloading
from gateway.rulebook.defaults import init
from gateway.rulebook.errors import RuleErrors

DORA = "dora@mitglieder.example"


class House:
    """A gateway's folder, its parts, and the watch over its rules."""

    def __init__(self, folder):
        self.folder, self.woken, self.moment = folder, 0, 0
        init(folder, development=True, templates=True)
        self.config = load(folder / "gateway.toml")
        self.start()

    def start(self):
        self.parts = build(self.config, self.folder)
        self.watch = self.another("")
        self.watch.begin()

    def another(self, node):
        return Reloading(self.parts, self.config, self._wake, node)

    def restart(self):
        self.parts.store.close()
        self.start()

    def edit(self, old, new, file="rules/organisation.yaml"):
        path = self.folder / file
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        self.moment += 1  # two edits in one tick of the file system are two
        os.utime(path, ns=(time.time_ns(), time.time_ns() + self.moment * 10**6))

    def settle(self, *watches):
        for watch in watches or (self.watch,):
            watch.look()
            watch.look()

    def told(self):
        mails = self.parts.store.outbox.claim(
            "only", 100, datetime.now(UTC) + timedelta(days=1), timedelta(days=1)
        )
        with self.parts.store.database.writing() as connection:
            connection.exec_driver_sql("DELETE FROM outbox")
        return [(mail.rcpt_to, parse(mail.content)) for mail in mails]

    @property
    def name(self):
        return self.parts.rules.rulebook.organisation.name

    def _wake(self):
        self.woken += 1


@pytest.fixture
def house(tmp_path):
    found = House(tmp_path)
    yield found
    found.parts.store.close()


def test_an_edit_is_in_force_when_the_files_are_quiet(house):
    house.edit("name: Truhe e. V.", "name: Kiste e. V.")
    house.watch.look()
    assert house.name == "Truhe e. V."  # somebody may still be writing
    house.watch.look()
    assert house.name == "Kiste e. V."
    assert house.told() == []


def test_a_file_that_keeps_changing_is_not_read(house):
    for number in range(5):
        before = "Truhe e. V." if number == 0 else f"Kiste {number - 1}"
        house.edit(f"name: {before}", f"name: Kiste {number}")
        house.watch.look()
        assert house.name == "Truhe e. V."
    house.watch.look()
    assert house.name == "Kiste 4"


def test_a_broken_edit_keeps_the_rules_and_is_told_once_until_it_is_mended(house):
    house.edit("name: Truhe e. V.", "name: Kiste e. V.\nlanguage: fr #")
    house.edit("language: de\n", "")
    house.settle()
    assert house.name == "Truhe e. V."
    ((reader, mail),) = house.told()
    assert reader == DORA
    assert mail.subject == "Die Regeln haben einen Fehler"
    assert "rules/organisation.yaml:14:11" in mail.text
    assert "fr" in mail.text
    assert house.woken == 1
    house.watch.reload()  # SIGHUP
    house.edit("name: Kiste e. V.", "\n\nname: Kiste e. V.")  # another edit, the same slip
    house.settle()
    assert house.told() == []
    house.edit("language: fr #", "language: de #")
    house.settle()
    assert house.name == "Kiste e. V."
    ((reader, mail),) = house.told()
    assert (reader, mail.subject) == (DORA, "Die Regeln sind wieder in Ordnung")
    house.settle()
    assert house.told() == []


def test_another_slip_is_another_mail(house):
    house.edit("language: de", "language: fr")
    house.settle()
    house.edit("postmaster: vorstand", "postmaster: vorstnd")
    house.settle()
    first, second = house.told()
    assert "vorstnd" not in first[1].text
    assert "vorstnd" in second[1].text
    assert "vorstand" in second[1].text


def test_a_broken_template_is_told_too(house):
    house.edit("{{ subject }}", "{{ subject", "templates/notification.txt")
    house.settle()
    ((_, mail),) = house.told()
    assert "notification.txt" in mail.text
    house.edit("{{ subject", "{{ subject }} ", "templates/notification.txt")
    house.settle()
    ((_, mail),) = house.told()
    assert "wieder in Ordnung" in mail.subject


def test_a_half_written_file_and_one_for_everybody_change_nothing(house):
    path = house.folder / "rules" / "departments.yaml"
    whole = path.read_text(encoding="utf-8")
    path.write_text(whole[: len(whole) // 2] + '"', encoding="utf-8")
    house.settle()
    assert len(house.told()) == 1
    path.write_text(whole, encoding="utf-8")
    house.settle()
    assert len(house.told()) == 1
    path.chmod(0o666)
    house.settle()
    ((_, mail),) = house.told()
    assert "chmod go-w" in mail.text


def test_a_restart_with_a_slip_goes_on_with_the_last_good_rules(house):
    house.edit("name: Truhe e. V.", "name: Kiste e. V.")
    house.settle()
    house.edit("language: de", "language: fr")
    house.restart()
    assert house.name == "Kiste e. V."
    ((reader, mail),) = house.told()
    assert reader == DORA
    assert "zuletzt in Ordnung" in mail.text
    house.restart()
    assert house.told() == []
    house.edit("language: fr", "language: de")
    house.settle()
    ((_, mail),) = house.told()
    assert "wieder in Ordnung" in mail.subject


def test_without_any_good_rules_a_slip_is_the_end_of_the_start(tmp_path):
    init(tmp_path, development=True)
    path = tmp_path / "rules" / "organisation.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("language: de", "language: fr"))
    config = load(tmp_path / "gateway.toml")
    with pytest.raises(RuleErrors):
        build(config, tmp_path)
    with pytest.raises(RuleErrors):
        Rules(config)


def test_two_nodes_with_the_same_slip_tell_it_once_and_the_last_one_says_that_it_is_mended(house):
    other = house.another("other:/etc/gateway/rules")
    other.begin()
    house.edit("language: de", "language: fr")
    house.settle(house.watch, other)
    assert len(house.told()) == 1
    house.edit("language: fr", "language: de")
    house.settle(house.watch)
    assert house.told() == []
    house.settle(other)
    assert len(house.told()) == 1
