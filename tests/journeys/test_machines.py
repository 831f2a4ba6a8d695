"""A machine is never answered, what it says is filed, and no two machines talk for ever."""

from email.policy import SMTP

import pytest

from .desk import Arrived, Desk, fresh, is_back, letter

DORA = "dora@mitglieder.example"

SAYS_SO = {
    "auto-replied": {"Auto-Submitted": "auto-replied"},
    "auto-generated, with a comment": {"Auto-Submitted": "auto-generated (cron)"},
    "bulk": {"Precedence": "bulk"},
    "junk": {"Precedence": "junk"},
    "list": {"List-Id": "<news.example.org>", "List-Unsubscribe": "<mailto:weg@example.org>"},
    "suppress": {"X-Auto-Response-Suppress": "All"},
    "autoreply": {"X-Autoreply": "yes"},
}


@pytest.mark.parametrize("address", ["info@truhe.example", "berlin@truhe.example"])
@pytest.mark.parametrize("headers", SAYS_SO.values(), ids=SAYS_SO.keys())
def test_a_machine_is_filed_and_never_answered(
    desk: Desk, headers: dict[str, str], address: str
) -> None:
    robot = fresh("robot")
    desk.write(robot, address, "Bericht", "Alles läuft.", headers)
    about = desk.only_ticket(robot)
    assert about.entries[0].flags == {"automatic"}
    desk.nothing_arrives(robot)


@pytest.mark.parametrize("local", ["mailer-daemon", "MAILER-DAEMON", "no-reply", "noreply+x"])
@pytest.mark.parametrize("address", ["info@truhe.example", "berlin@truhe.example"])
def test_a_machines_address_is_never_answered(desk: Desk, local: str, address: str) -> None:
    robot = fresh(local, f"{fresh('x').partition('.')[2].partition('@')[0]}.example")
    robot = f"{local}@{robot.partition('@')[2]}"
    desk.write(robot, address, "Hinweis", "Bitte nicht antworten.")
    assert desk.tickets(robot)
    desk.nothing_arrives(robot)


@pytest.mark.parametrize("address", ["info@truhe.example", "berlin@truhe.example"])
def test_the_null_sender_is_never_answered(desk: Desk, address: str) -> None:
    robot = fresh("robot")
    desk.send(letter(robot, address, "Hinweis", "Ohne Absender."), "", address)
    assert desk.only_ticket(robot).entries[0].flags == {"automatic"}
    desk.nothing_arrives(robot)


def test_a_person_who_says_so_is_answered(desk: Desk) -> None:
    maria = fresh()
    headers = {"Auto-Submitted": "no", "List-Id": "<verein.example.org>"}
    desk.write(maria, "info@truhe.example", "Frage", "Geht das?", headers)
    assert desk.only_ticket(maria).entries[0].flags == set()
    assert desk.arrives(maria).subject.startswith("Ihre Anfrage")


def closed_ticket(desk: Desk, requester: str) -> tuple[str, Arrived]:
    """A ticket that was answered and closed: its number, the answer the requester got."""
    desk.write(requester, "info@truhe.example", "Drucker", "Druckt nicht.")
    desk.arrives(requester)
    desk.answer(DORA, desk.arrives(DORA), "Ist repariert.\n\n!zu")
    desk.arrives(DORA)
    return desk.only_ticket(requester).ticket.number, desk.arrives(requester)


ABSENT = {
    "RFC 3834": {"Auto-Submitted": "auto-replied"},
    "by subject": {"Subject": "Automatische Antwort: Drucker"},
    "English, by subject": {"Subject": "Out of office: Drucker"},
    "Exchange": {"X-Auto-Response-Suppress": "All", "Subject": "Abwesenheitsnotiz: Drucker"},
    "null sender alone": {},
}


@pytest.mark.parametrize("how", ABSENT)
def test_a_vacation_notice_never_reopens(desk: Desk, how: str) -> None:
    maria = fresh()
    number, answer = closed_ticket(desk, maria)
    headers = {"In-Reply-To": answer.message_id, **ABSENT[how]}
    subject = headers.pop("Subject", "Re: Drucker")
    notice = letter(maria, answer.answer_to, subject, "Ich bin im Urlaub.", headers)
    desk.send(notice, "" if how == "null sender alone" else maria, answer.answer_to)
    about = desk.ticket(number)
    assert about.ticket.status == "closed"
    assert about.entries[-1].text.strip() == "Ich bin im Urlaub."
    assert "automatic" in about.entries[-1].flags
    desk.nothing_arrives(maria)


def test_an_agents_vacation_notice_reaches_no_requester(desk: Desk) -> None:
    maria = fresh()
    desk.write(maria, "info@truhe.example", "Drucker", "Druckt nicht.")
    desk.arrives(maria)
    notice = desk.arrives(DORA)
    headers = {"Auto-Submitted": "auto-replied"}
    desk.answer(DORA, notice, "Ich bin bis Montag in Rom.", headers)
    about = desk.only_ticket(maria)
    assert about.ticket.responsible is None
    assert about.entries[-1].kind == "note"
    desk.nothing_else_arrives()
    is_back(desk, DORA)


@pytest.mark.parametrize("to", ["info@truhe.example", "berlin@truhe.example", "the token"])
def test_our_own_mail_that_comes_back_starts_no_loop(desk: Desk, to: str) -> None:
    maria = fresh()
    desk.write(maria, "info@truhe.example", "Drucker", "Druckt nicht.")
    confirmation, notice = desk.arrives(maria), desk.arrives(DORA)
    before = len(desk.only_ticket(maria).entries)
    tickets = len(desk.tickets())
    for mail in (confirmation, notice):
        raw = b"Received: from weiterleitung.example\n" + mail.raw
        address = mail.answer_to if to == "the token" else to
        desk.send(raw.replace(b"\n", b"\r\n"), maria, address)
        assert desk.last_processed().outcome == "rejected"
    desk.nothing_else_arrives()
    assert len(desk.only_ticket(maria).entries) == before
    assert len(desk.tickets()) == tickets


@pytest.mark.parametrize("address", ["info@truhe.example", "berlin@truhe.example"])
def test_a_robot_that_hides_cannot_keep_us_talking(desk: Desk, address: str) -> None:
    """An auto-responder without any mark answers all our mail by a new one."""
    robot = fresh("automat")
    desk.write(robot, address, "Danke für Ihre Mail", "Wir melden uns.")
    got = 0
    for _ in range(12):
        desk.settle()
        try:
            mail = desk.arrives(robot)
        except AssertionError:
            break
        got += 1
        desk.write(robot, mail.sender, "Danke für Ihre Mail", "Wir melden uns.")
    assert 1 <= got <= 5
    desk.nothing_arrives(robot)


def test_a_robot_that_answers_in_the_thread_gets_one_confirmation(desk: Desk) -> None:
    robot = fresh("automat")
    desk.write(robot, "info@truhe.example", "Danke", "Wir melden uns.")
    confirmation = desk.arrives(robot)
    for _ in range(5):
        desk.answer(robot, confirmation, "Wir melden uns.")
    desk.nothing_arrives(robot)


def test_two_help_desks_do_not_talk_for_ever(desk: Desk, front_desk: Desk) -> None:
    """Each of two gateways writes to the other's direct address; mail is carried by hand."""
    first, second = "info@truhe.example", "berlin@truhe.example"
    ours = letter(fresh("hilfe"), first, "Anfrage", "Bitte um Hilfe.")
    desk.send(ours)
    mail = desk.arrives(str(ours["From"]))
    raw = mail.raw.replace(b"\n", b"\r\n")
    front_desk.send(raw, "", second)
    about = front_desk.tickets()[-1]
    front_desk.nothing_else_arrives()
    assert about.rejected


def test_a_bounce_address_of_ours_as_author_is_not_answered(desk: Desk) -> None:
    for author in ("info@truhe.example", "berlin@truhe.example"):
        mail = letter(author, "berlin@truhe.example", "Hallo", "Von euch selbst?")
        desk.send(mail.as_bytes(policy=SMTP), author, "berlin@truhe.example")
    desk.nothing_else_arrives()
