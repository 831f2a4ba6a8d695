"""Mail in an agent's name that is not proved to be theirs: never obeyed, never passed on."""

from email.message import EmailMessage
from email.policy import SMTP

import pytest

from tests.journeys.desk import Arrived, Desk, fresh, reply

from .stories import ANNA, BEN, CLARA, DORA, FRITZ, NOTHING, TICKETS, berlin

RIGHT = "mx.truhe.example; dmarc=pass header.from=mitglieder.example"
RECEIVED = "from mail.mitglieder.example by mx.truhe.example; Tue, 24 Nov 2026 10:00:00 +0100"


def _ticket(desk: Desk) -> tuple[str, str, Arrived]:
    """A ticket of the board: its requester, its number, Dora's notification."""
    maria = fresh()
    desk.write(maria, "vorstand@truhe.example", "Anfrage", "Guten Tag.")
    number = desk.only_ticket(maria).ticket.number
    notice = desk.arrives(DORA)
    desk.forget()
    return maria, number, notice


def _letter(raw: EmailMessage | bytes, *fields: str) -> bytes:
    body = raw if isinstance(raw, bytes) else raw.as_bytes(policy=SMTP)
    return "".join(f"{field}\r\n" for field in fields).encode() + body


def _dora(notice: Arrived, text: str, *fields: str, author: str = f"Dora <{DORA}>") -> bytes:
    """An answer to Dora's notification with these fields on top."""
    mail = reply("x@y.example", notice, text)
    del mail["From"]
    return _letter(mail, *fields, f"From: {author}")


def _send(desk: Desk, raw: bytes, to: str) -> None:
    desk.send(raw, "bounce@mitglieder.example", to)


def test_a_proved_agent_commands(front_desk: Desk) -> None:
    maria, number, notice = _ticket(front_desk)
    raw = _dora(notice, "Gern.\n\n!zu", f"Received: {RECEIVED}", f"Authentication-Results: {RIGHT}")
    _send(front_desk, raw, notice.answer_to)
    assert "Erledigt" in front_desk.arrives(DORA).subject
    assert "Gern." in front_desk.arrives(maria).text
    assert front_desk.ticket(number).ticket.status == "closed"


AR = "Authentication-Results: "
UNPROVED = {
    "from alone": (),
    "fail": (AR + "mx.truhe.example; dmarc=fail header.from=mitglieder.example",),
    "none": (AR + "mx.truhe.example; dmarc=none header.from=mitglieder.example",),
    "other server": (AR + "mx.attacker.example; dmarc=pass header.from=mitglieder.example",),
    "longer name": (
        AR + "mx.truhe.example.attacker.example; dmarc=pass header.from=mitglieder.example",
    ),
    "two verdicts": (AR + RIGHT, AR + RIGHT),
    "two in one": (AR + RIGHT + "; dmarc=pass header.from=mitglieder.example",),
    "below the second received": (f"Received: {RECEIVED}", f"Received: {RECEIVED}", AR + RIGHT),
    "subdomain": (AR + "mx.truhe.example; dmarc=pass header.from=x.mitglieder.example",),
    "other domain": (AR + "mx.truhe.example; dmarc=pass header.from=attacker.example",),
    "no domain": (AR + "mx.truhe.example; dmarc=pass",),
    "in a comment": (AR + "mx.truhe.example; none (dmarc=pass header.from=mitglieder.example)",),
    "domain in a comment": (
        AR + "mx.truhe.example; dmarc=pass (header.from=mitglieder.example) header.from=a.example",
    ),
    "in a quoted string": (
        AR + 'mx.truhe.example; spf=pass reason="; dmarc=pass header.from=mitglieder.example"',
    ),
    "quoted server": (AR + '"mx.truhe.example"; dmarc=pass header.from=mitglieder.example',),
    "other method": (AR + "mx.truhe.example; x-dmarc=pass header.from=mitglieder.example",),
    "folded field": (
        AR + "attacker.example;\r\n mx.truhe.example; dmarc=pass header.from=mitglieder.example",
    ),
}


@pytest.mark.parametrize("fields", UNPROVED.values(), ids=UNPROVED.keys())
def test_what_is_not_proved_is_kept_and_neither_obeyed_nor_passed_on(
    front_desk: Desk, fields: tuple[str, ...]
) -> None:
    maria, number, notice = _ticket(front_desk)
    text = "Geben Sie uns Ihre Kontonummer.\n\n!zu"
    _send(front_desk, _dora(notice, text, *fields), notice.answer_to)
    front_desk.nothing_arrives(maria)
    about = front_desk.ticket(number)
    assert about.ticket.status == "open"
    assert about.ticket.responsible is None
    kept = about.entries[-1]
    assert kept.kind == "note"
    assert "unverified" in kept.flags
    assert "Kontonummer" in kept.text


WHO = {
    "two fields": f"Dora <{DORA}>\r\nFrom: attacker@attacker.example",
    "two fields the other way": f"attacker@attacker.example\r\nFrom: Dora <{DORA}>",
    "two addresses": f"Dora <{DORA}>, attacker@attacker.example",
    "display name": f'"Dora <{DORA}>" <attacker@attacker.example>',
    "display name alone": f'"{DORA}" <attacker@attacker.example>',
    "homograph": "Dora <dora@mitgl\N{CYRILLIC SMALL LETTER BYELORUSSIAN-UKRAINIAN I}eder.example>",
    "group": f"Vorstand: Dora <{DORA}>;",
    "comment": f"attacker@attacker.example ({DORA})",
    "route": f"<@attacker.example:{DORA}>",
}


@pytest.mark.parametrize("author", WHO.values(), ids=WHO.keys())
def test_who_only_looks_like_an_agent_commands_nothing(front_desk: Desk, author: str) -> None:
    maria, number, notice = _ticket(front_desk)
    for domain in ("attacker.example", "mitglieder.example"):
        fields = (
            f"Received: {RECEIVED}",
            f"{AR}mx.truhe.example; dmarc=pass header.from={domain}",
        )
        if author == WHO["route"] and domain == "mitglieder.example":
            continue  # that is Dora's address, written in an obsolete way, and proved
        raw = _dora(notice, f"Kontonummer!\n\n!zu\n\n!spam #{number}", *fields, author=author)
        _send(
            front_desk,
            raw.replace(b"Message-ID: <", f"Message-ID: <{domain}.".encode()),
            notice.answer_to,
        )
    front_desk.nothing_arrives(maria)
    assert front_desk.ticket(number).ticket.status == "open"


def test_the_real_agent_is_told_and_not_flooded(front_desk: Desk) -> None:
    for number in range(9):
        head = f"From: Fritz <{FRITZ}>\r\nMessage-ID: <{number}.{fresh()}>\r\n"
        _send(front_desk, f"{head}\r\n!zu #1\r\n".encode(), TICKETS)
    told = front_desk.arrives(FRITZ)
    assert NOTHING in told.text
    assert "nicht bewiesen, dass sie von dir ist" in told.text
    assert "DMARC" not in told.text
    folder = front_desk.folder / "mail" / FRITZ / "new"
    mails = [Arrived(file.read_bytes()).text for file in folder.glob("*")]
    assert sum("nicht bewiesen, dass sie von dir ist" in mail for mail in mails) <= 5


def test_commands_in_the_agents_name_to_the_command_address_are_not_run(front_desk: Desk) -> None:
    maria, number, _ = _ticket(front_desk)
    raw = f"From: Dora <{DORA}>\r\nMessage-ID: <{fresh()}>\r\n\r\n!zu #{number}\r\n".encode()
    _send(front_desk, raw, TICKETS)
    front_desk.nothing_arrives(maria)
    assert front_desk.ticket(number).ticket.status == "open"


def test_an_answer_to_another_agents_mail_is_held(desk: Desk) -> None:
    story = berlin(desk)
    mail = reply(BEN, story.notice, "Ja, gern.\n\n!zu")
    desk.send(mail)
    receipt = desk.arrives(BEN)
    assert NOTHING in receipt.text
    assert "die nicht an dich ging" in receipt.text
    assert "tickets@truhe.example" in receipt.text
    assert "Ja, gern." in receipt.text
    desk.nothing_else_arrives()
    assert story.ticket.status == "open"
    assert story.responsible == ""


def test_an_agent_who_may_not_see_the_ticket_gains_nothing_by_a_forwarded_notification(
    desk: Desk,
) -> None:
    story = berlin(desk, "Mein Zitronenfalter.")
    desk.answer(CLARA, story.notice, "!zeige\n\n!zu")
    desk.settle()
    assert story.ticket.status == "open"
    desk.nothing_arrives(story.maria)
    assert ANNA not in story.responsible
