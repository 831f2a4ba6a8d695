"""Mail of the past against edited rules: what would change, and nothing is ever done."""

import json
import re
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import MetaData, select

from gateway.config import load
from gateway.model.envelope import Envelope, Peer, Protocol, QueuedMessage, QueueId, arrived_at
from gateway.parts import Parts, build
from gateway.replay.run import Replayed, replay
from gateway.replay.telling import differences, head_of, object_of, summary
from gateway.rulebook.defaults import init
from gateway.rulebook.packing import pack
from gateway.store import arrivals
from tests.pgpmail import encrypted
from tests.terminal import gateway
from tests.test_readme import _documented, assert_keys

PEER = Peer("127.0.0.1", "client", Protocol.ESMTP)
MORNING = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
ARMOR = b"-----BEGIN PGP MESSAGE-----\r\n\r\nwcBMA0\r\n=aaaa\r\n-----END PGP MESSAGE-----\r\n"


class Desk:
    """A gateway with the shipped rules, its mail, and a copy of the rules to be edited.

    Each test has a day of its own, and tickets from the number `first` on.
    """

    def __init__(self, folder: Path) -> None:
        init(folder, development=True)
        self.config = folder / "gateway.toml"
        self.parts: Parts = build(load(self.config), folder)
        self.rules, self.edited, self.shipped = (folder / x for x in ("rules", "edited", "shipped"))
        shutil.copytree(self.rules, self.shipped)
        self.arrived, self.first, self.morning = 0, 0, MORNING

    def anew(self) -> None:
        """A new day; the rules and their copy are the shipped ones, and none were kept."""
        self.morning += timedelta(days=1)
        for each in (self.rules, self.edited):
            shutil.rmtree(each, ignore_errors=True)
            shutil.copytree(self.shipped, each)
        with self.parts.store.begin() as transaction:
            self.first = 1000 + transaction.peek_ticket()[1]
        self.sql("DELETE FROM good_rules")

    def sql(self, statement: str) -> None:
        with self.parts.store.database.writing() as connection:
            connection.exec_driver_sql(statement)

    def take(
        self, text: str, *, sender: str = "maria@example.org", to: str = "info@truhe.example",
        subject: str = "Frage", head: str = "", at: datetime | None = None, armor: bytes = b"",
    ) -> str:  # fmt: skip
        """A mail arrives and is processed; its Message-ID."""
        self.arrived += 1
        message_id = f"<m{self.arrived}@example.org>"
        lines = f"From: {sender}\nTo: {to}\nSubject: {subject}\nMessage-ID: {message_id}\n{head}"
        fields = lines.replace("\n", "\r\n").encode()
        raw = encrypted(armor, fields) if armor else fields + f"\r\n{text}\r\n".encode()
        moment = at or self.morning + self.arrived * MINUTE
        item = QueuedMessage(
            QueueId(f"{arrived_at(moment)}-{self.arrived:06x}"),
            Envelope(sender, (to,)), PEER, moment, raw, attempts=0,
        )  # fmt: skip
        self.parts.store.inbound.insert([item])
        self.parts.pipeline.process(item)
        return message_id

    def rule(self, rule: str) -> None:
        """One more rule in the copy."""
        with (self.edited / "routing.yaml").open("a", encoding="utf-8") as file:
            file.write(rule)

    def edit(self, name: str, old: str, new: str) -> None:
        path = self.edited / name
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    def keep(self) -> None:
        """The rules are kept as the daemon does while they are in order."""
        from gateway.parts import machine  # noqa: PLC0415

        digest, files = pack(self.parts.rules.folders) or ("", b"")
        self.parts.store.rules.keep(machine(load(self.config)), digest, self.morning, files)

    def all(self, since: datetime | None = None) -> list[Replayed]:
        rules = self.parts.rules
        running, edited = rules.world(), rules.world_of(self.edited)
        road, store = self.parts.pipeline, self.parts.store
        found = list(replay(store.arrivals, road, running, edited, since or self.morning))
        return [each for each in found if each is not None]

    def told(self) -> list[str]:
        """What would be different, of all mails."""
        return [str(line) for mail in self.all() for line in differences(mail)]


@pytest.fixture(scope="module")
def _desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    found = Desk(tmp_path_factory.mktemp("replay"))
    yield found
    found.parts.close()


@pytest.fixture
def desk(_desk: Desk) -> Desk:
    _desk.anew()
    return _desk


PRESS = """
  - name: Presse
    if: {subject: {word: Interview}}
    then: {department: vorstand, priority: urgent, tag: presse, stop: true}
"""


def test_with_the_same_rules_nothing_would_change(desk: Desk) -> None:
    first = desk.take("Hallo")
    desk.take("Noch etwas", head=f"In-Reply-To: {first}\n")
    desk.take("Werbung", to="berlin@truhe.example")
    desk.take("!liste", sender="anna@mitglieder.example", to="tickets@truhe.example")
    desk.take("Name: Eva\nE-Mail: eva@example.org\nNachricht: Hallo",
              sender="www@truhe.example", to="kontaktformular@truhe.example")  # fmt: skip
    assert [mail.differs for mail in desk.all()] == [False] * 5


def test_a_rule_shows_what_it_would_have_done(desk: Desk) -> None:
    desk.take("Gern", subject="Ein Interview")
    desk.take("Hallo")
    desk.rule(PRESS)
    first, second = desk.all()
    assert (first.differs, second.differs) == (True, False)
    assert [str(each) for each in differences(first)] == [
        "department: was allgemein, would be vorstand",
        "priority: was normal, would be urgent",
        "tags: was none, would be presse",
        "rules that hold: was none, would be Presse",
    ]


def test_rejected_mail_that_would_be_let_in_says_so_and_who_would_hear(desk: Desk) -> None:
    desk.take("Ihr Paket", sender="post@paket.example", to="berlin@truhe.example")
    desk.edit("allow.yaml", "allow:\n", "allow:\n  - domain: paket.example\n    reason: Pakete\n")
    told = desk.told()
    assert told[0] == "outcome: was not let in (not-allowed), would be taken into a ticket"
    assert "was sent, would not be: rejection to post@paket.example" in told
    assert "was not sent, would be: confirmation to post@paket.example" in told
    assert "was not sent, would be: notification to anna@mitglieder.example" in told


def test_it_is_asked_as_if_it_were_then(desk: Desk) -> None:
    """A rule about the hour, and an entry that was over before the mail came."""
    desk.take("Ihr Paket", sender="post@paket.example", to="berlin@truhe.example")
    desk.take("Spät", at=desk.morning + timedelta(hours=12))
    entry = "  - domain: paket.example\n    reason: Pakete\n    until: 2026-11-22\n"
    desk.edit("allow.yaml", "allow:\n", f"allow:\n{entry}")
    desk.rule('\n  - name: Abends\n    if: {time: {after: "20:00"}}\n    then: {tag: abends}\n')
    parcel, late = desk.all()
    assert parcel.would_be.rejected == "expired"
    assert parcel.would_be.mails == parcel.was.mails
    assert (late.was.tags, late.would_be.tags) == ((), ("abends",))


def test_the_mail_itself_does_not_stand_in_its_own_way(desk: Desk) -> None:
    """Its ticket, its answer and its signature are there already; it is decided as the first."""
    for _ in range(8):
        desk.take("Werbung", sender="viel@example.org", to="berlin@truhe.example")
    assert {mail.was.mails for mail in desk.all()} == {(("rejection", "viel@example.org"),)}
    assert {mail.was.ticket for mail in desk.all()} == {"new"}


def test_the_same_mail_twice_is_one_mail(desk: Desk) -> None:
    desk.take("Hallo")
    desk.arrived -= 1
    desk.take("Hallo", at=desk.morning + timedelta(hours=1))
    assert [mail.was.outcome for mail in desk.all()] == ["entry", "duplicate"]


def test_an_answer_is_looked_at_in_its_ticket_as_it_is_now(desk: Desk) -> None:
    first = desk.take("Hallo")
    desk.take("Nach Freiburg bitte", head=f"In-Reply-To: {first}\n")
    desk.rule(
        "\n  - name: Verschieben\n    for: reply\n    if: {body: {contains: Freiburg}}\n"
        "    then: {department: freiburg}\n"
    )
    opened, answered = desk.all()
    assert not opened.differs
    assert (answered.was.ticket, answered.number) == (f"{desk.first}", f"{desk.first}")
    assert "department: was allgemein, would be freiburg" in map(str, differences(answered))


def test_a_canned_response_of_a_topic_shows(desk: Desk) -> None:
    desk.take("Hallo")
    (desk.edited / "canned" / "eingang.txt").write_text("---\ntitle: E\n---\nDanke!\n", "utf-8")
    topic = "    name: Allgemeine Anfrage\n"
    desk.edit("topics.yaml", topic, f"{topic}    autoresponse: eingang\n")
    assert desk.told() == [
        "was sent, would not be: confirmation to maria@example.org",
        "was not sent, would be: automatic-answer to maria@example.org",
    ]


def test_of_confidential_mail_only_number_and_department_are_said(desk: Desk) -> None:
    desk.take("", subject="Rosenkohl", armor=ARMOR)
    desk.rule("\n  - name: Geheim\n    if: {encrypted: true}\n    then: {tag: geheim}\n")
    desk.edit("organisation.yaml", "confirm_new_tickets: true", "confirm_new_tickets: false")
    (mail,) = desk.all()
    said = " ".join([str(head_of(mail, UTC)), *map(str, differences(mail)), str(object_of(mail))])
    assert mail.confidential
    assert str(head_of(mail, UTC)).endswith(f"  #{desk.first} (allgemein): confidential")
    assert "tags: was none, would be geheim" in said
    assert "Rosenkohl" not in said
    assert "maria" not in said


def test_nothing_is_written(desk: Desk) -> None:
    desk.take("Gern", subject="Ein Interview")
    desk.take("!liste", sender="anna@mitglieder.example", to="tickets@truhe.example")
    desk.rule(PRESS)
    before = _everything(desk)
    desk.all()
    assert _everything(desk) == before


def _everything(desk: Desk) -> dict[str, list[object]]:
    known = MetaData()
    with desk.parts.store.database.reading() as connection:
        known.reflect(connection)
        return {
            table.name: sorted(map(repr, connection.execute(select(table)).all()))
            for table in known.sorted_tables
        }


def test_mails_come_page_by_page_from_the_moment_on(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(5):
        desk.take(f"Hallo {number}", at=desk.morning + number * MINUTE)
    monkeypatch.setattr(arrivals, "_PAGE", 2)
    monkeypatch.setattr(arrivals, "_NEXT", arrivals._NEXT.limit(2))
    found = [int(mail.number) - desk.first for mail in desk.all(desk.morning + MINUTE)]
    assert found == [1, 2, 3, 4]


def test_the_first_is_found_by_an_index(desk: Desk) -> None:
    with desk.parts.store.database.reading() as connection:
        statement = str(arrivals._NEXT.compile(connection.engine))
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", ("1", 200, 0)).all()
    assert re.search(r"SEARCH inbound USING .*INDEX .*queue_id>", str(plan)), plan
    assert "TEMP B-TREE" not in str(plan)


def test_what_is_no_longer_kept_is_counted(desk: Desk) -> None:
    desk.take("Hallo")
    desk.take("Hallo", sender="eva@example.org")
    desk.sql("DELETE FROM outbox")
    with desk.parts.store.begin() as transaction:
        (ticket,) = transaction.ticket_ids([f"{desk.first}"]).values()
        assert transaction.purge(ticket, desk.morning) is not None
    assert desk.parts.store.arrivals.gone(desk.morning) == 1
    assert [mail.number for mail in desk.all()] == [f"{desk.first + 1}"]
    assert str(summary(1, 0, 1)) == "1 mails, 0 would change; 1 are no longer kept."


# --- at the terminal ------------------------------------------------------------------------------


def test_the_command_compares_with_the_rules_in_force(desk: Desk) -> None:
    desk.keep()
    desk.take("Gern", subject="Ein Interview", at=desk.morning)
    desk.rule(PRESS)
    words = ("explain", "--since", f"{desk.morning:%Y-%m-%d}", "--rules", desk.edited)
    shown = gateway(*words, config=desk.config)
    day, place = f"{desk.morning:%Y-%m-%d}", f"#{desk.first} (allgemein)"
    assert shown.stdout.splitlines() == [
        f"{day} 10:00  {place}: maria@example.org, “Ein Interview”",
        "    department: was allgemein, would be vorstand",
        "    priority: was normal, would be urgent",
        "    tags: was none, would be presse",
        "    rules that hold: was none, would be Presse",
        "",
        "1 mails, 1 would change.",
    ]
    told = gateway(*words, "--json", config=desk.config)
    changed, counts = map(json.loads, told.stdout.splitlines())
    assert_keys([changed, counts], _documented("explain, since", "docs/rules.md"))
    assert changed["would_be"]["department"] == "vorstand"
    assert counts == {"mails": 1, "changed": 1, "not_kept": 0}


def test_an_edit_that_is_not_in_force_is_compared_with_what_is(desk: Desk) -> None:
    """The folder itself was edited, and no daemon has read it yet."""
    desk.keep()
    desk.take("Gern", subject="Ein Interview")
    with (desk.rules / "routing.yaml").open("a", encoding="utf-8") as file:
        file.write(PRESS)
    shown = gateway("explain", "--since", f"{desk.morning:%Y-%m-%d}", config=desk.config)
    assert "department: was allgemein, would be vorstand" in shown.stdout


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--since", "bald"), "--since bald: write an age"),
        (("--since", "7d", "--rules", "nowhere"), "there is no such folder"),
        (("--since", "7d"), "No daemon has run"),
        ((), "Name the file of a mail"),
    ],
)
def test_what_cannot_be_done_is_said(desk: Desk, words: tuple[str, ...], says: str) -> None:
    done = gateway("explain", *words, config=desk.config)
    assert done.returncode == 1
    assert says in done.stderr


def test_mistakes_of_the_edited_rules_are_told_like_any(desk: Desk) -> None:
    desk.edit("topics.yaml", "type: flag", "type: flagge")
    words = ("explain", "--since", "7d", "--rules", desk.edited)
    done = gateway(*words, config=desk.config)
    assert (done.returncode, "edited/topics.yaml:" in done.stderr) == (1, True)
