"""The secret of one-time codes by mail: to an agent with a pinned key, who alone can read it."""

import re
import shutil
import tempfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyotp
import pytest

from gateway.config import OpenPgpSettings, load
from gateway.crypto.sealer import Sealer
from gateway.crypto.vault import make_key
from gateway.duties.accounts import administer
from gateway.mail.parse import attachment_bytes, parse
from gateway.model.command import At
from gateway.model.key_changes import PinKey, RenewPinned
from gateway.parts import build
from gateway.policy.account_commands import ResetCodes
from gateway.ports import Unsealable
from gateway.rulebook.defaults import init
from tests.pgpmail import new_gpg
from tests.terminal import gateway

DORA = "dora@mitglieder.example"
RESET = ResetCodes(At(0, ""), (), "dora")
DAY = timedelta(days=1)


class Desk:
    """A gateway whose Dora has a key of her own."""

    def __init__(self, folder):
        init(folder / "desk", development=True)
        config = load(folder / "desk" / "gateway.toml")
        config = config.model_copy(update={"openpgp": OpenPgpSettings(home=folder / "h")})
        self.config, self.parts = config, build(config, folder / "desk")
        self.dora = new_gpg(folder / "d")
        self.name = self.dora.generate(("Dora", DORA))
        (self.key,) = self.dora.read_keys(self.dora.export(self.name))
        self.agent = self.parts.store.people.find("dora")
        make_key(config.second_factor.key_file)

    def applies(self, *changes):
        with self.parts.store.begin() as transaction:
            transaction.apply(changes, datetime.now(UTC))

    def outbox(self):
        """What waits, as it is kept."""
        mails = self.parts.store.outbox.claim("only", 50, datetime.now(UTC) + DAY, DAY)
        with self.parts.store.database.writing() as connection:
            connection.exec_driver_sql("DELETE FROM outbox")
        return mails

    def sealer(self, **other):
        rules = self.parts.rules
        values = {"gpg": rules.gpg, "own": rules.own_keys, "keys_of": self.parts.store.keys.keys_of,
                  "clock": lambda: datetime.now(UTC), "unlock": rules.vault.unlock}  # fmt: skip
        return Sealer(**(values | other))

    def opened(self, sealed):
        """What Dora reads."""
        block = re.search(rb"-----BEGIN PGP MESSAGE.*?END PGP MESSAGE-----", sealed, re.DOTALL)
        return self.dora.decrypt(block[0]).content

    def steps_of(self, code):
        with self.parts.store.begin(write=False) as transaction:
            sealed = transaction.enrolment(self.agent.id).sealed
        now = datetime.now(UTC)
        return self.parts.rules.vault.steps(self.agent.id, sealed, code, now - DAY / 48, now)


@pytest.fixture(scope="module")
def house():
    folder = Path(tempfile.mkdtemp(prefix="gw-", dir="/tmp"))
    found = Desk(folder)
    yield found
    found.parts.close()
    found.dora.close()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def desk(house):
    """With Dora's key pinned, and nothing that waits."""
    house.applies(PinKey(house.agent.id, house.name, house.key))
    yield house
    house.parts.store.second_factors.reset(house.agent.id)
    with house.parts.store.database.writing() as connection:
        for table in ("agent_key", "outbox"):
            connection.exec_driver_sql(f"DELETE FROM {table}")


def test_the_agent_can_read_the_secret_and_nobody_who_has_the_database(desk):
    (done,) = administer(desk.parts.office, [RESET])
    assert "sent to them encrypted" in str(done.result)
    (mail,) = (each for each in desk.outbox() if each.rcpt_to == DORA)
    read = parse(desk.opened(desk.sealer().seal(mail)))
    secret = re.search(r"^((?:[A-Z2-7]{4} ?){8})$", read.text, re.MULTILINE)[1].replace(" ", "")
    assert desk.steps_of(pyotp.TOTP(secret).now())
    for word in (secret, read.text[:20], secret[:4] + " " + secret[4:8], "otpauth", "Subject"):
        assert word.encode() not in mail.content


def test_the_picture_is_a_png_that_the_html_shows(desk):
    administer(desk.parts.office, [RESET])
    (mail,) = (each for each in desk.outbox() if each.rcpt_to == DORA)
    plain = desk.opened(desk.sealer().seal(mail))
    read = parse(plain)
    (picture,) = (each for each in read.attachments if each.content_type == "image/png")
    (octets,) = attachment_bytes(plain, [picture.part])
    assert octets.startswith(b"\x89PNG")
    assert "cid:code." in read.html


def test_without_a_key_that_works_it_only_takes_the_codes_away(desk):
    gone = replace(desk.key, can_encrypt=False, expires=datetime.now(UTC) - DAY)
    desk.applies(RenewPinned(desk.agent.id, gone, datetime.now(UTC)))
    (done,) = administer(desk.parts.office, [RESET])
    assert "set up on the server" in str(done.result)
    assert not desk.parts.store.second_factors.is_enrolled(desk.agent.id)
    assert [mail.kind for mail in desk.outbox()] == ["account"]


def test_a_key_that_ends_before_the_mail_leaves_keeps_the_secret_here(desk):
    administer(desk.parts.office, [RESET])
    (mail,) = (each for each in desk.outbox() if each.rcpt_to == DORA)
    with pytest.raises(Unsealable):
        desk.sealer(clock=lambda: datetime.now(UTC) + 3000 * DAY, keys_of=lambda *_: {}).seal(mail)


def test_the_operator_sends_it_and_is_told_where_it_cannot_be_sent(desk):
    config = desk.parts.rules.vault.key_file.parent / "gateway.toml"
    done = gateway("agent", "otp", "dora", "--mail", config=config)
    assert done.returncode == 0, done.stderr
    assert desk.parts.store.second_factors.is_enrolled(desk.agent.id)
    done = gateway("agent", "otp", "ben", "--mail", config=config)
    assert done.returncode == 1
    assert "no pinned OpenPGP key" in done.stderr
