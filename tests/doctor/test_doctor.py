"""`gateway doctor` as an operator runs it: over real files, databases, keys, servers and DNS."""

import asyncio
import json
import subprocess
from datetime import UTC, datetime, timedelta

import pytest
from nameserver import Zone, nameserver, quoted
from smtp.sink import Sink
from smtp.test_deliver import server_tls
from terminal import gateway

from gateway.config import DeliverySettings, load
from gateway.crypto.gpg import Gpg
from gateway.crypto.vault import make_key
from gateway.model.envelope import Envelope, Peer, Protocol, QueuedMessage, QueueId
from gateway.model.health import Stage
from gateway.parts import build
from gateway.reloading import Reloading
from gateway.smtp.probe import probe
from gateway.store.migrations import HEAD


class House:
    """A gateway's folder, whose settings and rules can be edited."""

    def __init__(self, folder):
        self.folder, self.config = folder, folder / "gateway.toml"
        assert gateway("init", folder).returncode == 0

    def set(self, old, new, file="gateway.toml"):
        path = self.folder / file
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    def parts(self):
        return build(load(self.config), self.folder)

    def work(self, step=lambda parts: None):
        """What a daemon does at its start, and then `step`."""
        parts = self.parts()
        try:
            Reloading(parts, load(self.config), lambda: None).begin()
            return step(parts)
        finally:
            parts.close()

    def doctor(self, *words):
        done = gateway("doctor", "--json", *words, config=self.config)
        assert done.stderr == ""
        found = [json.loads(line) for line in done.stdout.splitlines()]
        assert done.returncode == any(each["level"] == "problem" for each in found)
        assert all(each["remedy"] for each in found if each["level"] == "warning")
        return found

    def about(self, area, *words):
        return [
            (each["level"], each["what"], each["remedy"])
            for each in self.doctor(*words)
            if each["area"] == area
        ]


@pytest.fixture
def house(tmp_path):
    return House(tmp_path / "desk")


ENGLISH = ("--language", "en")


def test_a_new_folder_has_no_problem_and_nothing_is_made_in_it(house):
    before = sorted(house.folder.rglob("*"))
    assert {each["level"] for each in house.doctor()} == {"ok", "warning"}
    assert sorted(house.folder.rglob("*")) == before


def test_a_gateway_at_work_is_well(house):
    house.work()
    levels = {each["area"]: each["level"] for each in house.doctor()}
    assert levels.pop("settings") == "warning"  # development mode
    assert set(levels.values()) == {"ok"}
    assert levels.keys() == {
        "rules", "database", "disk", "queues", "clock", "codes", "openpgp", "certificate",
        "smarthost", "dns",
    }  # fmt: skip


def test_people_read_it_in_the_language_of_the_organisation(house):
    text = gateway("doctor", config=house.config).stdout
    assert "Die Regeln sind in Ordnung" in text
    assert "-> gateway serve legt sie an." in text
    assert "The rules are in order" in gateway("doctor", *ENGLISH, config=house.config).stdout


# --- rules ----------------------------------------------------------------------------------------


def test_a_broken_edit_is_shown_with_its_error_and_since_when(house):
    house.work()
    house.set("domain:", "domian:", "rules/organisation.yaml")
    house.work()
    found = house.about("rules", *ENGLISH)
    assert all(level == "problem" for level, _, _ in found)
    assert f"since {datetime.now(UTC).day} " in found[0][1]
    assert "are in force, and no mail is lost" in found[0][2]
    assert any("organisation.yaml:" in what and "domian" in what for _, what, _ in found[1:])
    assert "organisation.yaml:" in gateway("doctor", config=house.config).stdout


def test_a_folder_that_was_never_in_order_is_a_problem_and_the_rest_is_still_looked_at(house):
    house.set("domain:", "domian:", "rules/organisation.yaml")
    found = house.doctor()
    assert {each["area"] for each in found} >= {"rules", "database", "disk", "smarthost"}
    assert "does not start before" in found[1]["remedy"]


def test_an_edit_that_no_daemon_has_read_is_told(house):
    house.work()
    house.set("name:", "# edited\nname:", "rules/organisation.yaml")
    [(level, what, remedy)] = house.about("rules", *ENGLISH)
    assert (level, "before the last edit" in what) == ("warning", True)
    assert "is the gateway running" in remedy


def test_a_rule_file_that_everybody_may_write_is_a_problem(house):
    (house.folder / "rules" / "allow.yaml").chmod(0o666)
    assert any("allow.yaml" in what for level, what, _ in house.about("rules") if level != "ok")


# --- database, queues, clock ----------------------------------------------------------------------


def test_a_database_of_a_newer_version_is_a_problem_and_is_left_as_it_is(house):
    def newer(parts):
        with parts.store.database.writing() as connection:
            connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")

    house.work(newer)
    [(level, what, _)] = house.about("database", *ENGLISH)
    assert (level, "9999" in what, HEAD in what) == ("problem", True, True)


def test_a_file_that_is_no_database_is_a_problem(house):
    (house.folder / "gateway.db").write_bytes(b"nothing of the kind" * 100)
    [(level, _, remedy)] = house.about("database", *ENGLISH)
    assert level == "problem"
    assert "store.url" in remedy


def test_a_database_that_everybody_may_read_is_a_problem(house):
    house.work()
    (house.folder / "gateway.db").chmod(0o644)
    assert ("problem", "chmod o-rwx") in [
        (level, (remedy or "")[:11]) for level, _, remedy in house.about("database")
    ]


def _received(parts, hours):
    at = datetime.now(UTC) - timedelta(hours=hours)
    envelope = Envelope("a@b.example", ("info@truhe.example",))
    peer = Peer("127.0.0.1", "x", Protocol.ESMTP)
    item = QueuedMessage(QueueId(f"waits{hours}"), envelope, peer, at, b"Subject: x\r\n\r\nx\r\n")
    parts.store.inbound.insert([item])
    return item.queue_id


@pytest.mark.parametrize(("hours", "level"), [(0, "ok"), (1, "warning"), (5, "problem")])
def test_mail_that_nobody_works_on_is_told_with_its_age(house, hours, level):
    house.work(lambda parts: _received(parts, hours))
    assert [each[0] for each in house.about("queues")] == [level]


def test_quarantined_mail_is_a_problem(house):
    def quarantine(parts):
        parts.store.inbound.quarantine(_received(parts, 0), "a mistake", datetime.now(UTC))

    house.work(quarantine)
    [(level, what, remedy)] = house.about("queues", *ENGLISH)
    assert (level, what[-2:]) == ("problem", "1.")
    assert "gateway queue retry" in remedy


def test_a_clock_that_jumped_is_a_problem(house):
    def jump(parts):
        parts.office.clock_is_right()
        with parts.store.database.writing() as connection:
            connection.exec_driver_sql(
                "UPDATE clock_beat SET up = up - 7200000000, right_up = right_up - 7200000000"
            )

    house.work(jump)
    [(level, what, remedy)] = house.about("clock", *ENGLISH)
    assert (level, what) == ("problem", "The clock jumped back by 120 minutes.")
    assert "timedatectl" in remedy


# --- keys, certificate ----------------------------------------------------------------------------


def test_a_key_of_codes_that_everybody_may_read_is_a_problem(house):
    key = house.folder / "second-factor.key"
    make_key(key)
    assert [each[0] for each in house.about("codes")] == ["ok"]
    key.chmod(0o644)
    [(level, what, _)] = house.about("codes")
    assert (level, "chmod o-rwx" in what) == ("problem", True)


def test_codes_whose_key_is_another_one_are_a_problem(house):
    key = house.folder / "second-factor.key"
    make_key(key)

    def enrol(parts):
        agent = next(iter(parts.store.people.list_agents())).id
        sealed = parts.rules.vault.seal(agent, "JBSWY3DPEHPK3PXP")
        parts.store.second_factors.enrol(agent, sealed, 1, ("a digest",), datetime.now(UTC))

    house.work(enrol)
    assert [each[0] for each in house.about("codes")] == ["ok"]
    key.unlink()
    assert [each[0] for each in house.about("codes")] == ["problem"]
    make_key(key)
    assert "not the key of this database" in house.about("codes")[0][1]


def test_our_keys_are_tried_and_their_ends_are_seen(house):
    gpg = Gpg(house.folder / "openpgp")
    try:
        lasting = gpg.generate(("Hilfe", "help@truhe.example"), years=2)
        ending = gpg.generate(("Hilfe", "info@truhe.example"))
        gpg.set_expiry(ending, "10d")
    finally:
        gpg.close()
    found = house.about("openpgp", *ENGLISH)
    assert sorted(each[0] for each in found) == ["ok", "warning"]
    told = {each[0]: f"{each[1]} {each[2]}" for each in found}
    assert lasting in told["ok"]
    assert f"gateway keys expiry {ending} 2y" in told["warning"]


def test_a_passphrase_that_is_not_the_right_one_is_a_problem(house):
    gpg = Gpg(house.folder / "openpgp", lambda: ("right",))
    try:
        gpg.generate(("Hilfe", "help@truhe.example"), years=2)
    finally:
        gpg.close()
    (house.folder / "phrase").write_text("wrong\n")
    house.set('#passphrase_file = "/etc/gateway/openpgp"', 'passphrase_file = "phrase"')
    [(level, _, remedy)] = house.about("openpgp", *ENGLISH)
    assert (level, "passphrase" in remedy) == ("problem", True)
    (house.folder / "phrase").write_text("right\n")
    assert [each[0] for each in house.about("openpgp")] == ["ok"]


def certificate(path, name, days):
    key = path.with_suffix(".key")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
         "-nodes", "-days", str(days), "-subj", f"/CN={name}", "-addext",
         f"subjectAltName=DNS:{name}", "-keyout", str(key), "-out", str(path)],
        check=True, capture_output=True,
    )  # fmt: skip
    path.write_text(path.read_text() + key.read_text())


@pytest.mark.parametrize(
    ("name", "days", "levels"),
    [
        ("mx.truhe.example", 90, ["ok"]),
        ("*.truhe.example", 90, ["ok"]),
        ("mx.truhe.example", 10, ["warning"]),
        ("other.example", 90, ["ok", "warning"]),
    ],
)
def test_the_end_and_the_name_of_the_certificate_are_looked_at(house, name, days, levels):
    certificate(house.folder / "mail.pem", name, days)
    house.set('#tls_certificate = "/etc/ssl/mail.pem"', 'tls_certificate = "mail.pem"')
    house.set('hostname = "localhost"', 'hostname = "mx.truhe.example"')
    assert [each[0] for each in house.about("certificate")] == levels


def test_a_certificate_without_its_key_is_a_problem(house):
    certificate(house.folder / "mail.pem", "localhost", 90)
    certificate(house.folder / "other.pem", "localhost", 90)
    house.set('#tls_certificate = "/etc/ssl/mail.pem"', 'tls_certificate = "mail.pem"')
    house.set('#tls_key = "/etc/ssl/mail.key"', 'tls_key = "other.key"')
    assert [each[0] for each in house.about("certificate")] == ["problem"]
    (house.folder / "mail.pem").unlink()
    assert [each[0] for each in house.about("certificate")] == ["problem"]


# --- smarthost ------------------------------------------------------------------------------------


def conversation(sink, patience=5.0, **settings):
    async def run():
        async with sink:
            wanted = {"host": "127.0.0.1", "port": sink.port, "security": "none", "timeout": 3}
            return await probe(DeliverySettings(**(wanted | settings)), "gw.test", patience)

    return asyncio.run(run())


@pytest.fixture(scope="module")
def pem(tmp_path_factory):
    path = tmp_path_factory.mktemp("tls") / "localhost.pem"
    certificate(path, "localhost", 30)
    return path


def test_a_smarthost_is_spoken_with_up_to_the_login_and_gets_no_mail(pem, tmp_path):
    (tmp_path / "password").write_text("secret\n")
    sink = Sink(tls=server_tls(pem), offers=("AUTH PLAIN",))
    found = conversation(
        sink, host="localhost", security="starttls", ca_file=pem, user="gw",
        password_file=tmp_path / "password",
    )  # fmt: skip
    assert (found.stage, found.trouble) == (Stage.ALL, "")
    verbs = [line.split()[0] for line in sink.heard]
    assert verbs == ["EHLO", "STARTTLS", "EHLO", "AUTH", "QUIT"]


def test_each_step_that_fails_is_named(pem, tmp_path):
    (tmp_path / "password").write_text("secret\n")
    login = {"user": "gw", "password_file": tmp_path / "password"}
    plain = ("AUTH PLAIN",)
    stages = {
        Stage.CONNECT: conversation(Sink({"banner": "554 no"})),
        Stage.EHLO: conversation(Sink({"EHLO": "550 no", "HELO": "550 no"})),
        Stage.TLS: conversation(Sink(tls=server_tls(pem)), host="localhost", security="starttls"),
        Stage.LOGIN: conversation(Sink({"AUTH": "535 5.7.8 no"}, offers=plain), **login),
        Stage.SETTINGS: conversation(Sink(), user="gw", password_file=tmp_path / "nowhere"),
    }
    assert {stage: found.stage for stage, found in stages.items()} == {s: s for s in stages}
    assert all(found.trouble for found in stages.values())
    none = conversation(Sink(), security="starttls")
    assert (none.stage, "STARTTLS" in none.trouble) == (Stage.TLS, True)
    implicit = Sink(tls=server_tls(pem), implicit_tls=True)
    assert conversation(implicit, host="localhost", security="tls").stage is Stage.TLS


def test_a_smarthost_that_says_nothing_is_not_waited_for(house):
    assert conversation(Sink({"banner": "hang"}), patience=0.3).stage is Stage.CONNECT


def test_a_smarthost_that_is_not_there_is_a_problem(house):
    house.set('mode = "maildir"', 'mode = "smarthost"')
    house.set('host = "localhost"', 'host = "127.0.0.1"')
    house.set("port = 25\n", "port = 1\n")
    [(level, what, remedy)] = house.about("smarthost", *ENGLISH)
    assert (level, "127.0.0.1:1" in what) == ("problem", True)
    assert "delivery.port" in remedy


# --- DNS ------------------------------------------------------------------------------------------

DOMAIN = "truhe-verein.de"
RIGHT = {
    (DOMAIN, "MX"): [f"10 mx.{DOMAIN}."],
    (f"mx.{DOMAIN}", "A"): ["192.0.2.1"],
    (DOMAIN, "TXT"): [quoted("v=spf1 mx -all"), quoted("verification=1")],
    (f"_dmarc.{DOMAIN}", "TXT"): [quoted("v=DMARC1; p=none")],
}
WRONG = {
    "no MX": {(DOMAIN, "MX"): []},
    "takes no mail": {(DOMAIN, "MX"): ["0 ."]},
    "have no address": {(DOMAIN, "MX"): ["10 192.0.2.1."]},
    "no SPF record": {(DOMAIN, "TXT"): []},
    "several SPF": {(DOMAIN, "TXT"): [quoted("v=spf1 -all"), quoted("v=spf1 mx -all")]},
    "lets everybody send": {(DOMAIN, "TXT"): [quoted("v=spf1 mx")]},
    "no DMARC record": {(f"_dmarc.{DOMAIN}", "TXT"): []},
    "several DMARC": {
        (f"_dmarc.{DOMAIN}", "TXT"): [quoted(f"v=DMARC1; p={p}") for p in ("none", "reject")]
    },
}


@pytest.fixture
def named(house):
    """A house whose domain is not one for examples, and the DNS that it asks."""
    for file in (house.folder / "rules").rglob("*.yaml"):
        text = file.read_text(encoding="utf-8").replace("truhe.example", DOMAIN)
        file.write_text(text, encoding="utf-8")
    with nameserver(Zone(records=dict(RIGHT))) as server:
        house.set("dns_servers = []", f'dns_servers = ["{server.address}"]')
        house.zone = server.zone
        yield house


def test_a_domain_whose_records_are_right_is_well(named):
    found = named.about("dns", *ENGLISH)
    assert [each[0] for each in found] == ["ok"] * 3
    assert f"mx.{DOMAIN}" in found[0][1]
    assert "v=spf1 mx -all" in found[1][1]


@pytest.mark.parametrize("what", WRONG)
def test_what_is_wrong_in_dns_is_told(named, what):
    named.zone.records |= WRONG[what]
    found = [each for each in named.about("dns", *ENGLISH) if each[0] != "ok"]
    assert len(found) == 1
    assert what in found[0][1]


def test_offline_is_one_line_that_says_so(named):
    named.zone.broken = {DOMAIN, f"_dmarc.{DOMAIN}"}
    [(level, what, remedy)] = named.about("dns", *ENGLISH)
    assert (level, "DNS gives no answer" in what) == ("warning", True)
    assert "offline" in remedy
