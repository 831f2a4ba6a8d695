"""The second factor of agents over real SMTP: codes, sessions, the confirmation mail, attacks."""

import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from email.policy import SMTP

import pyotp
import pytest
from sqlalchemy import update

from gateway.model.notice_changes import SetAbsence
from gateway.store.schema_work import held
from tests.journeys.desk import Arrived, Desk, fresh, letter, reply, running_desk

from .second_factor import STRICT, Phone, enrolled
from .stories import ANNA, BEN, CLARA, DORA, NOTHING, TICKETS, Story, berlin


def words(mail: Arrived) -> str:
    return " ".join(mail.text.replace("\u00a0", " ").split())


@pytest.fixture(scope="module")
def _strict(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with running_desk(tmp_path_factory.mktemp("strict") / "desk", edits=STRICT) as desk:
        yield desk


@pytest.fixture
def strict(_strict: Desk) -> Desk:
    """A desk that asks every agent for a second factor; nobody has one or a session yet."""
    for handle in ("anna", "ben", "dora"):
        agent = _strict.store.people.find(handle)
        assert agent is not None
        _strict.store.second_factors.reset(agent.id)
        with _strict.store.begin() as transaction:  # after an absence notice
            transaction.apply([SetAbsence(agent.id, None)], datetime.now(UTC))
    _strict.forget()
    return _strict


@pytest.fixture
def phone(strict: Desk) -> Phone:
    return enrolled(strict, "anna")


# --- the confirmation mail ----------------------------------------------------------------------


def test_without_codes_a_yes_from_the_mailbox_is_enough_and_opens_a_session(strict: Desk) -> None:
    story = berlin(strict)
    asked = story.does(ANNA, "Liebe Maria, gern.\n\n!zu")
    assert asked.subject == f"Bitte bestätigen: #{story.number}"
    assert NOTHING in words(asked)
    assert "braucht einen zweiten Faktor" in words(asked)
    assert "Antworte auf diese Mail mit !ja" in words(asked)
    assert not re.search(r"^!", asked.text, re.MULTILINE)
    strict.nothing_arrives(story.maria)
    done = story.does(ANNA, "!ja", asked)
    assert done.subject == f"Erledigt: #{story.number}"
    assert "zweiter Faktor: deine Antwort auf unsere Frage" in words(done)
    assert story.ticket.status == "closed"
    assert "gern" in strict.arrives(story.maria).text
    other = berlin(strict)
    assert "Erledigt" in other.does(ANNA, "Liebe Maria, auch gern.").subject
    assert "auch gern" in strict.arrives(other.maria).text


def test_the_button_of_the_question_confirms_without_thread_headers(strict: Desk) -> None:
    story = berlin(strict)
    asked = story.does(ANNA, "Liebe Maria, gern.")
    strict.send(letter(ANNA, asked.answer_to, f"Re: [#{story.number}]", "!ja"))
    assert strict.arrives(ANNA).subject == f"Erledigt: #{story.number}"
    assert "gern" in strict.arrives(story.maria).text


def test_a_mail_about_no_ticket_is_confirmed_too(strict: Desk) -> None:
    story = berlin(strict)
    strict.send(letter(ANNA, TICKETS, "x", f"!zeige #{story.number}"))
    asked = strict.arrives(ANNA)
    assert "Laptop" not in asked.everything
    strict.answer(ANNA, asked, "!ja")
    assert "Laptop" in strict.arrives(ANNA).text


def test_what_needs_only_the_mailbox_is_done_at_once(strict: Desk) -> None:
    story = berlin(strict)
    assert "Erledigt" in story.does(ANNA, "!nehmen\n\n!notiz Ich rufe an.").subject
    assert "Erledigt" in story.does(ANNA, "!warten").subject
    assert story.ticket.status == "on-waiting"


def test_a_yes_without_the_address_of_the_question_confirms_nothing(strict: Desk) -> None:
    story = berlin(strict)
    asked = story.does(ANNA, "Liebe Maria, gern.")
    department = re.sub(r"\+[^@]*", "", asked.answer_to)
    mail = reply(ANNA, asked, "!ja")
    strict.send(mail, ANNA, department)
    still = strict.arrives(ANNA)
    assert "nicht Beweis genug" in words(still)
    for guess in ("c" + "0" * 32, asked.answer_to.partition("+")[2].partition("@")[0][:-1] + "g"):
        mail = reply(ANNA, asked, "!ja", {"Message-ID": f"<{fresh()}>"})
        strict.send(mail, ANNA, department.replace("@", f"+{guess}@"))
        assert "nicht Beweis genug" in words(strict.arrives(ANNA))
    strict.nothing_arrives(story.maria)
    assert "Erledigt" in story.does(ANNA, "!ja", asked).subject


MACHINES = {
    "auto-replied": {"Auto-Submitted": "auto-replied"},
    "precedence": {"Precedence": "bulk"},
    "list": {"List-Id": "<alle.mitglieder.example>"},
    "autoreply": {"X-Autoreply": "yes"},
    "vacation subject": {"Subject": "Abwesenheitsnotiz: Bitte bestätigen"},
}


@pytest.mark.parametrize("headers", MACHINES.values(), ids=MACHINES.keys())
def test_no_machine_confirms(strict: Desk, headers: dict[str, str]) -> None:
    story = berlin(strict)
    asked = story.does(ANNA, "Liebe Maria, gern.")
    strict.send(reply(ANNA, asked, "!ja", headers))
    strict.nothing_arrives(story.maria)
    assert story.ticket.status == "open"


def test_a_vacation_notice_that_quotes_the_question_does_not_confirm(strict: Desk) -> None:
    story = berlin(strict)
    asked = story.does(ANNA, "Liebe Maria, gern.")
    strict.answer(ANNA, asked, "Ich bin bis Montag nicht da.\n\n!ja\n\nAnna")
    strict.nothing_arrives(story.maria)
    strict.send(reply(ANNA, asked, "!ja"), "", asked.answer_to)
    strict.nothing_arrives(story.maria)


def test_a_yes_of_another_agent_confirms_nothing(strict: Desk) -> None:
    story = berlin(strict)
    asked = story.does(ANNA, "Liebe Maria, gern.")
    strict.send(reply(BEN, asked, "!ja"))
    strict.nothing_arrives(story.maria)


def test_a_requester_who_wrote_meanwhile_is_read_first(strict: Desk) -> None:
    story = berlin(strict)
    asked = story.does(ANNA, "Liebe Maria, komm am Freitag.")
    strict.answer(story.maria, story.confirmation, "Ich brauche nichts mehr.")
    strict.settle()
    strict.forget()
    again = story.does(ANNA, "!ja", asked)
    assert "etwas geändert" in words(again)
    strict.nothing_arrives(story.maria)
    assert "Erledigt" in story.does(ANNA, "!ja", again).subject
    assert "Freitag" in strict.arrives(story.maria).text


# --- one-time codes -----------------------------------------------------------------------------


def test_a_code_in_the_mail_counts_for_it_and_opens_a_session(strict: Desk, phone: Phone) -> None:
    story = berlin(strict)
    code = phone.code()
    done = story.does(ANNA, f"!{code[:3]} {code[3:]}\n\nLiebe Maria, gern.\n\n!zu")
    assert "Erledigt" in done.subject
    assert "zweiter Faktor: Einmalcode" in words(done)
    arrived = strict.arrives(story.maria)
    for mail in (done, arrived):
        assert code not in mail.everything
        assert code[3:] not in mail.text
    assert code not in "".join(story.events)
    assert code not in strict.log
    other = berlin(strict)
    assert "Erledigt" in other.does(ANNA, "Auch dir gern.").subject


def test_a_code_alone_carries_out_what_waits(strict: Desk, phone: Phone) -> None:
    story = berlin(strict)
    asked = story.does(ANNA, "Liebe Maria, gern.")
    assert "mit einem Einmalcode deiner App wie !123456" in words(asked)
    done = story.does(ANNA, f"!{phone.code()}", asked)
    assert done.subject == f"Erledigt: #{story.number}"
    assert "gern" in strict.arrives(story.maria).text
    again = story.does(ANNA, f"!{phone.code()}", asked)
    assert "hat keine Mail von dir auf ihn gewartet" in words(again)
    strict.nothing_arrives(story.maria)


def test_a_code_counts_once_and_a_replayed_one_holds_the_mail(strict: Desk, phone: Phone) -> None:
    first, second = berlin(strict), berlin(strict)
    code = phone.code()
    assert "Erledigt" in first.does(ANNA, f"!{code}\n\nLiebe Maria, gern.").subject
    strict.arrives(first.maria)
    wide = "".join(chr(ord("０") + int(digit)) for digit in code)
    for typed in (f"!{code}", f"！{wide}", f"!otp {code}", f"!code {code[:3]}-{code[3:]}"):
        held = second.does(ANNA, f"{typed}\n\nLiebe Maria, gern.")
        assert "wurde schon benutzt" in words(held)
        assert code not in held.everything
    strict.nothing_arrives(second.maria)


def test_two_mails_with_one_code_at_the_same_moment(strict: Desk, phone: Phone) -> None:
    stories = [berlin(strict), berlin(strict)]
    code = phone.code()
    for story in stories:
        strict.send(reply(ANNA, story.notice, f"!{code}\n\nLiebe Maria, gern."))
    told = [strict.arrives(ANNA) for _ in stories]
    subjects = sorted(mail.subject.partition(":")[0] for mail in told)
    assert subjects == ["Bitte bestätigen", "Erledigt"]


def test_mails_that_overtake_each_other_both_count(strict: Desk, phone: Phone) -> None:
    newer, older = phone.code(), phone.code()
    for code in (newer, older):
        story = berlin(strict)
        assert "Erledigt" in story.does(ANNA, f"!{code}\n\nLiebe Maria, gern.").subject


def test_the_code_of_another_agent_is_wrong(strict: Desk, phone: Phone) -> None:
    bens = enrolled(strict, "ben")
    story = berlin(strict)
    held = story.does(ANNA, f"!{bens.code()}\n\nLiebe Maria, gern.")
    assert "falsch oder zu alt" in words(held)
    strict.nothing_arrives(story.maria)


def test_guessing_locks_and_agent_and_admins_are_told(strict: Desk, phone: Phone) -> None:
    story = berlin(strict)
    story.does(ANNA, f"!{phone.code()}\n\nLiebe Maria, gern.")
    strict.forget()
    for _ in range(4):
        assert "falsch" in words(story.does(ANNA, f"!{phone.wrong()}\n\n!spam"))
    strict.answer(ANNA, story.notice, f"!{phone.wrong()}\n\n!spam")
    mails = [strict.arrives(ANNA), strict.arrives(ANNA)]
    assert any("Zweiter Faktor gesperrt: Anna" in mail.subject for mail in mails)
    assert "Zweiter Faktor gesperrt: Anna" in strict.arrives(DORA).subject
    held = story.does(ANNA, f"!{phone.code()}\n\nLiebe Maria, noch etwas.")
    assert "gesperrt" in words(held)
    asked = story.does(ANNA, "Liebe Maria, ohne Code.")
    assert "Bitte bestätigen" in asked.subject
    assert "nicht Beweis genug" in words(story.does(ANNA, "!ja", asked))
    assert story.ticket.status == "in-progress"
    strict.nothing_arrives(story.maria, DORA)


def test_a_wrong_code_does_not_lose_the_mail(strict: Desk, phone: Phone) -> None:
    story = berlin(strict)
    held = story.does(ANNA, f"!{phone.wrong()}\n\nLiebe Maria, gern.")
    still = story.does(ANNA, f"!{phone.wrong()}", held)
    assert "Noch immer wurde NICHTS geändert" in words(still)
    assert "Erledigt" in story.does(ANNA, f"!{phone.code()}", still).subject
    assert "gern" in strict.arrives(story.maria).text


def test_two_codes_in_one_mail_are_not_even_looked_at(strict: Desk, phone: Phone) -> None:
    story = berlin(strict)
    held = story.does(ANNA, f"!{phone.code()}\n!{phone.code()}\n\nLiebe Maria, gern.")
    assert "verschiedene Einmalcodes" in words(held)
    strict.nothing_arrives(story.maria)


def test_a_recovery_code_counts_once(strict: Desk, phone: Phone) -> None:
    story, other = berlin(strict), berlin(strict)
    code = phone.recovery[0]
    done = story.does(ANNA, f"!{code}\n\nLiebe Maria, gern.")
    assert "Notfallcodes, die noch übrig sind: 9" in words(done)
    assert code[6:] not in done.everything
    assert "falsch" in words(other.does(ANNA, f"!otp {code}\n\nLiebe Maria, gern."))


def test_dangerous_commands_ask_each_time_and_a_yes_is_not_enough(strict: Desk) -> None:
    doras = enrolled(strict, "dora")
    story = berlin(strict)
    strict.send(letter(DORA, TICKETS, "x", f"!{doras.code()}\n\n!liste"))
    assert "Erledigt" in strict.arrives(DORA).subject
    for typed in (f"!löschen #{story.number}", f"!status #{story.number} gelöscht"):
        strict.send(letter(DORA, TICKETS, "x", typed))
        asked = strict.arrives(DORA)
        assert "braucht jedes Mal einen Einmalcode" in words(asked)
    strict.answer(DORA, asked, "!ja")
    assert "nicht Beweis genug" in words(strict.arrives(DORA))
    assert story.ticket.status == "open"
    strict.answer(DORA, asked, f"!{doras.code()}")
    assert "Erledigt" in strict.arrives(DORA).subject
    assert story.ticket.status == "deleted"


def test_a_code_is_no_yes_to_another_question(strict: Desk, phone: Phone) -> None:
    story = berlin(strict)
    asked = story.does(ANNA, "Gern.\n\n!clsoe")
    again = story.does(ANNA, f"!{phone.code()}", asked)
    assert "Bitte bestätigen" in again.subject
    strict.nothing_arrives(story.maria)
    assert "Erledigt" in story.does(ANNA, "!ja", again).subject
    assert story.ticket.status == "closed"


def test_digits_alone_never_reach_the_requester(strict: Desk, phone: Phone) -> None:
    story = berlin(strict)
    code = phone.code()
    said = story.does(ANNA, code)
    assert NOTHING in words(said)
    assert code not in said.everything
    strict.nothing_arrives(story.maria)


def test_trying_shows_nothing_that_the_proof_is_missing_for(strict: Desk) -> None:
    story = berlin(strict, "Mein Zitronenfalter.")
    tried = story.does(ANNA, f"!prüfe\n\n!zeige #{story.number}")
    assert "zweiten Faktor" in words(tried)
    assert "Zitronenfalter" not in tried.text


def test_fields_and_code_come_in_one_mail(strict: Desk, phone: Phone) -> None:
    story = berlin(strict)
    story.does(ANNA, "!hilfethema spendennachfrage")
    asked = story.does(ANNA, "Liebe Maria, alles Gute.\n\n!zu")
    assert "Bitte ausfüllen" in asked.subject
    strict.nothing_arrives(story.maria)
    done = story.does(ANNA, f"Berechtigungsnachweis: ja\n!{phone.code()}", asked)
    assert "Erledigt" in done.subject
    assert story.ticket.status == "closed"
    assert "alles Gute" in strict.arrives(story.maria).text


# --- who is not proved at all -------------------------------------------------------------------

FRONT = {
    **STRICT,
    "gateway.toml": {
        'authserv_id = ""': 'authserv_id = "mx.truhe.example"',
        "trusted_relays = []": 'trusted_relays = ["127.0.0.1"]',
    },
}


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk behind a front server: whatever has no verdict of it is not proved."""
    edits = {**FRONT, "gateway.toml": {**FRONT["gateway.toml"]}}
    with running_desk(tmp_path_factory.mktemp("front") / "desk", edits=edits) as desk:
        yield desk


def _proved(desk: Desk, mail: bytes, *rcpt_to: str) -> None:
    verdict = "mx.truhe.example; dmarc=pass header.from=mitglieder.example"
    desk.send(f"Authentication-Results: {verdict}\r\n".encode() + mail, DORA, *rcpt_to)


def test_a_stolen_from_cannot_use_session_code_or_question(front: Desk) -> None:
    phone, maria = enrolled(front, "dora"), fresh()
    front.write(maria, "vorstand@truhe.example", "Anfrage", "Guten Tag.")
    number = front.only_ticket(maria).ticket.number
    notice = front.arrives(DORA)
    front.forget()
    opening = letter(DORA, TICKETS, "x", f"!{phone.code()}\n\n!liste")
    _proved(front, opening.as_bytes(policy=SMTP), TICKETS)
    assert "Erledigt" in front.arrives(DORA).subject
    code = phone.code()
    for text in ("Kontonummer!", f"!{code}\n\nKontonummer!", f"!{code}\n\n!spam"):
        front.send(reply(DORA, notice, text, {"Message-ID": f"<{fresh()}>"}))
    front.nothing_arrives(maria)
    assert front.ticket(number).ticket.status == "open"
    kept = "".join(f"{e.text}{e.event}" for e in front.ticket(number).entries)
    assert "Kontonummer" in kept
    assert code not in kept
    mine = reply(DORA, notice, "Gern, Dora")
    _proved(front, mine.as_bytes(policy=SMTP), notice.answer_to)
    assert "Gern, Dora" in front.arrives(maria).text


def test_in_development_nobody_is_asked_who_has_set_up_nothing(desk: Desk) -> None:
    story = berlin(desk)
    assert "Erledigt" in story.does(ANNA, "Liebe Maria, gern.\n\n!zu").subject


def test_in_development_who_has_codes_is_asked(desk: Desk) -> None:
    phone = enrolled(desk, "ben")
    try:
        story: Story = berlin(desk, agent=BEN)
        asked = story.does(BEN, "Liebe Maria, gern.")
        assert "Bitte bestätigen" in asked.subject
        assert "Erledigt" in story.does(BEN, f"!{phone.code()}", asked).subject
    finally:
        ben = desk.store.people.find("ben")
        assert ben is not None
        desk.store.second_factors.reset(ben.id)


def test_nobody_answers_and_the_mail_is_forgotten_with_a_notice_once(strict: Desk) -> None:
    story = berlin(strict)
    asked = story.does(ANNA, "Liebe Maria, gern.\n\n!zu")
    with strict.store.database.writing() as connection:
        mine = update(held).where(held.c.ticket_id == story.ticket.id)
        connection.execute(mine.values(expires_at=datetime.now(UTC)))
    told = strict.soon(ANNA)
    assert "48 Stunden lang niemand geantwortet" in words(told)
    assert "Liebe Maria, gern." in told.text
    assert "wartet keine Mail" in words(story.does(ANNA, "!ja", asked))
    strict.nothing_arrives(story.maria, ANNA)
    assert story.ticket.status == "open"


def test_codes_are_set_up_at_the_terminal_with_the_first_code(desk: Desk) -> None:
    command = [sys.executable, "-m", "gateway", "agent", "otp", "clara", "--config", desk.config]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as terminal:
        assert terminal.stdin is not None
        assert terminal.stdout is not None
        shown = ""
        while not (secret := re.search(r"secret=([A-Z2-7]+)&", shown)):
            shown += terminal.stdout.readline()
        terminal.stdin.write("000000x\n" + pyotp.TOTP(secret[1]).now() + "\n")
        terminal.stdin.close()
        rest = terminal.stdout.read()
        assert terminal.wait(30) == 0
    assert len(re.findall(r"\d{5}-\d{5}-\d{5}-\d{5}", rest)) == 10
    told = desk.arrives(CLARA)
    assert "Für dich wurden Einmalcodes eingerichtet" in told.subject
    assert secret[1] not in told.everything
    raw = b"".join(path.read_bytes() for path in desk.folder.glob("gateway.db*"))
    assert secret[1].encode() not in raw
    again = subprocess.run([*command, "--reset"], check=True, capture_output=True)
    assert b"no one-time codes any more" in again.stdout
    assert "abgenommen" in desk.arrives(CLARA).subject


def test_an_admin_takes_lost_codes_away_and_the_mailbox_is_asked_again(
    strict: Desk, phone: Phone
) -> None:
    story = berlin(strict)
    assert "Erledigt" in story.does(ANNA, f"!{phone.code()}\n\nLiebe Maria, gern.").subject
    strict.arrives(story.maria)
    dora = enrolled(strict, "dora")
    strict.send(letter(DORA, TICKETS, "x", f"!{dora.code()}\n!konto code-reset anna"))
    assert "keine Einmalcodes und keine Sitzung mehr" in words(strict.arrives(DORA))
    assert "gelten nicht mehr" in strict.arrives(ANNA).subject
    strict.forget()
    held = story.does(ANNA, f"!{phone.code()}\n\nLiebe Maria, auch das.")
    assert NOTHING in words(held)
    strict.nothing_arrives(story.maria)
