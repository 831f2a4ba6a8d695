"""Agents at the providers of today work by mail, with one code a day and no tricks."""

import re
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from gateway.store.schema import inbound
from tests.authentication.test_chain import sealed
from tests.journeys.agents.second_factor import Phone
from tests.journeys.desk import PATIENCE, Arrived, Desk, fresh, letter, reply
from tests.nameserver import Zone

from .conftest import AGENTS, SEALER, request
from .senders import (
    GMAIL_COM,
    MEMBERS,
    OLD_HOSTER,
    OUTLOOK_COM,
    PEOPLE,
    WEB_DE,
    Provider,
    current,
    hand_over,
    log_in,
    octets,
)

TICKETS = "tickets@truhe.example"
DORA = "dora@mitglieder.example"
WHERE = {
    "gmail": ("gabi", GMAIL_COM),
    "outlook": ("otto", OUTLOOK_COM),
    "web.de": ("wim", WEB_DE),
    "a hoster that signs nothing": ("kai", OLD_HOSTER),
}


def words(mail: Arrived) -> str:
    return " ".join(mail.text.replace("\u00a0", " ").split())


@pytest.mark.parametrize(("handle", "provider"), WHERE.values(), ids=WHERE.keys())
def test_a_day_needs_one_code(
    mx: Desk, phones: dict[str, Phone], handle: str, provider: Provider
) -> None:
    me = AGENTS[handle]
    first = request(mx)
    provider.answer(mx, me, first.notices[me], f"!{phones[handle].code()}\n\nGuten Tag, gern.")
    assert "Erledigt" in mx.arrives(me).subject
    assert "Guten Tag, gern." in mx.arrives(first.maria).text
    assert mx.ticket(first.number).responsible.handle == handle
    second = request(mx)
    provider.answer(mx, me, second.notices[me], "Guten Tag, auch gern.\n\n!zu\n\n!notiz\nNur wir.")
    assert "Erledigt" in mx.arrives(me).subject
    told = mx.arrives(second.maria)
    assert "auch gern" in told.text
    assert "Nur wir" not in told.everything
    assert mx.ticket(second.number).ticket.status == "closed"
    provider.write(mx, me, TICKETS, "Liste", f"!zeige #{first.number}")
    assert "Zitronenfalter" in mx.arrives(me).text


def test_without_codes_a_yes_does(mx: Desk, phones: dict[str, Phone]) -> None:
    gabi = mx.store.people.find("gabi")
    assert gabi is not None
    mx.store.second_factors.reset(gabi.id)
    story = request(mx)
    me = AGENTS["gabi"]
    GMAIL_COM.answer(mx, me, story.notices[me], "Gern.")
    asked = mx.arrives(me)
    assert "Bitte bestätigen" in asked.subject
    GMAIL_COM.answer(mx, me, asked, "!ja")
    assert "Erledigt" in mx.arrives(me).subject
    assert "Gern." in mx.arrives(story.maria).text


def test_a_strong_signature_is_enough_wherever_it_comes_from(
    mx: Desk, phones: dict[str, Phone]
) -> None:
    """The mail went through a forwarder, so its server may not send for the domain."""
    story = request(mx)
    text = f"!{phones['dora'].code()}\n\nGern, Dora"
    raw = MEMBERS.sign(current(reply(DORA, story.notices[DORA], text)))
    hand_over(mx, raw, "weiter@forwarder.example", "127.0.0.30")
    assert "Erledigt" in mx.arrives(DORA).subject
    assert "Gern, Dora" in mx.arrives(story.maria).text


def test_a_believed_forwarder_that_changes_the_subject(mx: Desk, phones: dict[str, Phone]) -> None:
    story = request(mx)
    text = f"!{phones['dora'].code()}\n\nGern, Dora"
    raw = MEMBERS.sign(current(reply(DORA, story.notices[DORA], text)))
    changed = raw.replace(b"Subject: ", b"Subject: [Verteiler] ", 1)
    found = b"dmarc=pass header.from=mitglieder.example"
    hand_over(mx, sealed(changed, SEALER, found), f"bounce@{SEALER}", "127.0.0.31")
    assert "Erledigt" in mx.arrives(DORA).subject
    assert "Gern, Dora" in mx.arrives(story.maria).text


# --- logging in -----------------------------------------------------------------------------------


def _password(desk: Desk, handle: str, *options: str) -> str:
    command = [sys.executable, "-m", "gateway", "agent", "password", handle, *options]
    done = subprocess.run(
        [*command, "--config", desk.config], check=True, capture_output=True, text=True
    )
    found = re.search(r"\b(?:[a-z2-9]{5}-){4}[a-z2-9]{5}\b", done.stdout)
    return found[0] if found else ""


def _port(desk: Desk) -> int:
    found = re.search(r"ready: submission .*:(\d+)", desk.log)
    assert found
    return int(found[1])


def test_an_agent_who_logs_in_needs_no_provider_that_signs(
    mx: Desk, phones: dict[str, Phone]
) -> None:
    password = _password(mx, "dora")
    assert "Für dich wurde ein Passwort angelegt" in mx.arrives(DORA).subject
    story = request(mx)
    mail = current(reply(DORA, story.notices[DORA], f"!{phones['dora'].code()}\n\nGern, Dora"))
    log_in(_port(mx), "dora", password, octets(mail), DORA, story.notices[DORA].answer_to)
    assert "Erledigt" in mx.arrives(DORA).subject
    assert "Gern, Dora" in mx.arrives(story.maria).text
    assert password not in mx.log
    kept = b"".join(path.read_bytes() for path in mx.folder.glob("gateway.db*"))
    assert password.encode() not in kept
    assert password.replace("-", "").encode() not in kept
    assert _password(mx, "dora", "--remove") == ""
    assert "gelöscht" in mx.arrives(DORA).subject


# --- DNS that does not answer ---------------------------------------------------------------------


def _waiting(desk: Desk) -> int:
    return desk.store.inbound.counts()["queued"]


def _later(desk: Desk, age: timedelta = timedelta(0)) -> None:
    """The time comes at which a mail that waits is taken again, `age` after its arrival."""
    with desk.store.database.writing() as connection:
        now = datetime.now(UTC)
        soon = update(inbound).where(inbound.c.state == "queued")
        connection.execute(soon.values(next_attempt_at=now, accepted_at=now - age))


def _says(desk: Desk, words: str, since: int) -> None:
    """Return when the log says it."""
    end = time.monotonic() + PATIENCE
    while words not in desk.log[since:]:
        assert time.monotonic() < end, desk.log[since:]
        time.sleep(0.02)


def test_without_an_answer_of_dns_a_command_waits_and_is_done_later(
    mx: Desk, zone: Zone, phones: dict[str, Phone]
) -> None:
    story = request(mx)
    zone.broken |= {"_dmarc.gmail.com", "s1._domainkey.gmail.com", "gmail.com"}
    me, before = AGENTS["gabi"], len(mx.log)
    GMAIL_COM.answer(mx, me, story.notices[me], f"!{phones['gabi'].code()}\n\nGern.")
    _says(mx, "judged again", before)
    assert _waiting(mx) == 1
    about = mx.store.tickets.show(story.number)
    assert about is not None
    assert about.ticket.status == "open"
    zone.broken.clear()
    _later(mx)
    assert "Erledigt" in mx.arrives(me).subject
    assert "Gern." in mx.arrives(story.maria).text


def test_after_an_hour_the_agent_is_told(mx: Desk, zone: Zone, phones: dict[str, Phone]) -> None:
    story = request(mx)
    zone.broken |= {"_dmarc.gmail.com", "s1._domainkey.gmail.com", "gmail.com"}
    me, before = AGENTS["gabi"], len(mx.log)
    GMAIL_COM.answer(mx, me, story.notices[me], f"!{phones['gabi'].code()}\n\nGern.")
    _says(mx, "judged again", before)
    _later(mx, timedelta(hours=1, minutes=1))
    told = mx.arrives(me)
    assert "DNS deiner Mail-Domain hat nicht geantwortet" in words(told)
    mx.nothing_arrives(story.maria)
    assert mx.ticket(story.number).ticket.status == "open"


def test_trouble_with_dns_does_not_keep_a_requester_waiting(mx: Desk, zone: Zone) -> None:
    zone.broken |= {"_dmarc.example.org", "example.org"}
    maria = fresh()
    PEOPLE.write(mx, maria, "info@truhe.example", "Frage", "Guten Tag.")
    assert mx.arrives(maria).subject


def test_a_slow_domain_holds_up_nobody_else(mx: Desk, zone: Zone) -> None:
    zone.silent |= {"_dmarc.langsam.example", "langsam.example"}
    slow = letter("x@langsam.example", "info@truhe.example", "Frage", "Guten Tag.")
    thread = threading.Thread(target=hand_over, args=(mx, octets(slow), "x@langsam.example"))
    thread.start()
    maria = fresh()
    PEOPLE.write(mx, maria, "info@truhe.example", "Frage", "Guten Tag.")
    mx.soon(maria)
    assert thread.is_alive()
    zone.silent.clear()
    thread.join()


# --- what is seen of it ---------------------------------------------------------------------------


def test_what_was_found_is_kept_with_the_mail(mx: Desk, phones: dict[str, Phone]) -> None:
    story = request(mx)
    me = AGENTS["gabi"]
    GMAIL_COM.answer(mx, me, story.notices[me], f"!{phones['gabi'].code()}\n\n!nehmen")
    mx.arrives(me)
    last = mx.last_processed()
    with mx.store.begin(write=False) as transaction:
        item = transaction.message(last.queue_id)
    assert item is not None
    assert item.authentication is not None
    weak = [each.weak for each in item.authentication.signatures]
    assert weak == ["it does not cover Content-Type"]
    assert item.authentication.spf is not None
    assert item.authentication.spf.finding == "pass"
