"""Tickets that agents open for others: by address, and from a mail that they pass on."""

from email.message import EmailMessage
from email.utils import make_msgid

import pytest

from gateway.model.ticket import EntryFlag, EntryKind
from tests.journeys.desk import Arrived, Desk, fresh, letter

from .stories import ANNA, BEN, CLARA, DORA, NOTHING, TICKETS, berlin
from .test_around import orders, words

_FORWARDS = {
    "gmail": """\
---------- Forwarded message ---------
Von: Maria Muster <{maria}>
Date: Mo., 23. Nov. 2026 um 17:05 Uhr
Subject: Laptop gesucht
To: Anna <anna@mitglieder.example>


{body}
""",
    "outlook-de": """\
Von: Maria Muster <{maria}>
Gesendet: Montag, 23. November 2026 17:05
An: Anna <anna@mitglieder.example>
Betreff: Laptop gesucht

{body}
""",
    "outlook-en": """\
________________________________
From: Maria Muster <{maria}>
Sent: Monday, November 23, 2026 5:05 PM
To: Anna <anna@mitglieder.example>
Subject: Laptop gesucht

{body}
""",
    "apple": """\
Anfang der weitergeleiteten Nachricht:

> Von: Maria Muster <{maria}>
> Betreff: Laptop gesucht
> Datum: 23. November 2026 um 17:05:12 MEZ
> An: Anna <anna@mitglieder.example>
>
{quoted}
""",
    "thunderbird": """\
-------- Weitergeleitete Nachricht --------
Betreff: \tLaptop gesucht
Datum: \tMon, 23 Nov 2026 17:05:12 +0100
Von: \tMaria Muster <{maria}>
An: \tAnna <anna@mitglieder.example>



{body}
""",
    "gmx": """\
Gesendet: Montag, 23. November 2026 um 17:05 Uhr
Von: "Maria Muster" <{maria}>
An: anna@mitglieder.example
Betreff: Laptop gesucht

{body}
""",
}
_BODY = "Guten Tag,\n\nhaben Sie einen für mich?\n!löschen\n\nViele Grüße\nMaria"


def forward(program: str, maria: str, above: str, body: str = _BODY) -> EmailMessage:
    """Anna passes a mail on in the body of hers."""
    quoted = "\n".join(f"> {line}" for line in body.split("\n"))
    text = _FORWARDS[program].format(maria=maria, body=body, quoted=quoted)
    return letter(ANNA, TICKETS, "WG: Laptop gesucht", f"{above}\n\n{text}")


def attached(above: str, *mails: EmailMessage) -> EmailMessage:
    """Anna passes mails on as attachments."""
    mail = letter(ANNA, TICKETS, "Fwd: Laptop gesucht", above)
    for each in mails:
        mail.add_attachment(each)
    return mail


def original(maria: str, text: str = _BODY) -> EmailMessage:
    mail = letter(f"Maria Muster <{maria}>", ANNA, "Laptop gesucht", text)
    mail.add_attachment(b"%PDF-1.4", maintype="application", subtype="pdf", filename="ausweis.pdf")
    return mail


def number_in(mail: Arrived) -> str:
    return mail.subject.partition("#")[2].partition(" ")[0].rstrip("]")


@pytest.mark.parametrize("program", _FORWARDS)
@pytest.mark.parametrize("above", ["!neu", "!new\n\n-- \nAnna, Truhe e. V."])
def test_a_mail_passed_on_becomes_the_ticket_of_its_author(
    desk: Desk, program: str, above: str
) -> None:
    maria = fresh()
    desk.send(forward(program, maria, above))
    receipt = desk.arrives(ANNA)
    about = desk.only_ticket(maria)
    assert f"Angelegt: #{about.ticket.number}" in words(receipt)
    assert about.ticket.subject == "Laptop gesucht"
    assert about.ticket.requester.name == "Maria Muster"
    assert (about.ticket.department, about.ticket.status) == ("berlin", "open")
    (message,) = [each for each in about.entries if each.kind is EntryKind.MESSAGE]
    assert message.text.startswith("Guten Tag,\n\nhaben Sie einen für mich?\n!löschen\n")
    assert message.flags == {EntryFlag.FORWARDED}
    assert f"angelegt von Anna im Auftrag von {maria}; die Mail ist vom 23.11.2026" in words(
        orders(desk, ANNA, f"!zeige #{about.ticket.number}")
    )
    news = desk.arrives(BEN)
    assert "haben Sie einen für mich?" in news.text
    assert f"angelegt von Anna im Auftrag von {maria}" in words(news)
    confirmation = desk.arrives(maria)
    assert about.ticket.number in confirmation.subject
    assert confirmation.sender == "berlin@truhe.example"
    assert "Anna" not in confirmation.text
    desk.answer(maria, confirmation, "Es eilt ein wenig.")
    assert "Es eilt ein wenig." in desk.arrives(BEN).text
    assert "Achtung" not in desk.arrives(ANNA).text


def test_an_attached_mail_is_recovered_with_its_files_and_its_thread(desk: Desk) -> None:
    maria = fresh()
    mail = original(maria)
    desk.send(attached("!new Ein Laptop für Maria\n", mail))
    desk.arrives(ANNA)
    about = desk.only_ticket(maria)
    assert about.ticket.subject == "Ein Laptop für Maria"
    (message,) = [each for each in about.entries if each.kind is EntryKind.MESSAGE]
    assert "haben Sie einen für mich?" in message.text
    assert message.attachments == ("ausweis.pdf",)
    assert desk.arrives(BEN).attachments == {"ausweis.pdf": b"%PDF-1.4"}
    confirmation = desk.arrives(maria)
    assert confirmation["In-Reply-To"] == mail["Message-ID"]
    # She writes on in her own thread, before she has read the confirmation.
    desk.write(
        maria, "info@truhe.example", "Re: Laptop", "Noch da?", {"References": mail["Message-ID"]}
    )
    desk.arrives(BEN)
    assert len(desk.tickets(maria)) == 1
    desk.forget()
    desk.send(attached("!new", mail))
    refused = desk.arrives(ANNA)
    assert NOTHING in refused.text
    assert f"gehört schon zum Ticket #{about.ticket.number}" in words(refused)


def test_a_text_above_is_the_answer_and_a_note_stays_inside(desk: Desk) -> None:
    maria = fresh()
    above = "!neu\n\nLiebe Maria, wir schauen nach.\n\n!notiz Kennt jemand sie?"
    desk.send(forward("thunderbird", maria, above))
    receipt = desk.arrives(ANNA)
    assert f"Antwort geht an {maria}" in words(receipt)
    about = desk.only_ticket(maria)
    assert about.responsible is not None
    assert (about.responsible.handle, about.ticket.status) == ("anna", "in-progress")
    answer = desk.arrives(maria)
    assert "wir schauen nach" in answer.text
    assert answer.subject == f"Re: Laptop gesucht [#{about.ticket.number}]"
    assert "haben Sie einen" not in answer.text
    assert "Kennt jemand" not in answer.everything
    assert not answer.attachments
    desk.nothing_arrives(maria)
    assert "haben Sie einen für mich?" in desk.arrives(BEN).text


def test_quiet_tells_the_requester_nothing(desk: Desk) -> None:
    maria = fresh()
    desk.send(forward("gmail", maria, "!neu still\n\n!nehmen"))
    assert "keine Nachricht bekommen" in words(desk.arrives(ANNA))
    about = desk.only_ticket(maria)
    assert about.responsible is not None
    desk.nothing_arrives(maria)
    answers = orders(desk, ANNA, f"!zu #{about.ticket.number} still")
    assert "geschlossen" in words(answers)


def test_what_stands_in_a_mail_passed_on_is_never_carried_out(desk: Desk) -> None:
    story = berlin(desk)
    evil = f"!zu #{story.number} still\n\n!new {fresh()} Titel\n\n!note x"
    for program in _FORWARDS:
        desk.send(forward(program, fresh(), "", evil))
        refused = desk.arrives(ANNA)
        assert NOTHING in refused.text
        assert "schreibe !neu in eine eigene Zeile" in words(refused)
    desk.send(attached("", original(fresh(), evil)))
    assert "schreibe !neu in eine eigene Zeile" in words(desk.arrives(ANNA))
    assert story.ticket.status == "open"
    desk.nothing_else_arrives()


def test_html_of_a_forward_asks_for_the_same(desk: Desk) -> None:
    maria = fresh()
    mail = forward("gmail", maria, "!neu")
    head = f"---------- Forwarded message ---------<br>Von: <b>Maria</b> &lt;{maria}&gt;<br>"
    mail.add_alternative(
        f'<div dir="ltr">!neu</div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">'
        f"{head}Date: Mo., 23. Nov. 2026 um 17:05 Uhr<br>Subject: Laptop gesucht<br>"
        "To: Anna &lt;anna@mitglieder.example&gt;<br></div><br><div>Guten Tag,<br>!löschen<br>"
        "</div></div>",
        subtype="html",
    )
    desk.send(mail)
    desk.arrives(ANNA)
    assert desk.only_ticket(maria).ticket.subject == "Laptop gesucht"
    desk.forget()


def test_several_attached_mails_are_refused_with_a_reason(desk: Desk) -> None:
    one, two = fresh(), fresh()
    desk.send(attached("!new", original(one), original(two)))
    refused = desk.arrives(ANNA)
    assert NOTHING in refused.text
    assert "2 Mails angehängt" in words(refused)
    assert desk.tickets(one) == desk.tickets(two) == []


def test_the_author_can_be_named_where_nobody_is_recognised(desk: Desk) -> None:
    maria = fresh()
    text = "---------- Forwarded message ---------\nFrom: Maria\nSubject: Laptop\n\nHallo\n"
    desk.write(ANNA, TICKETS, "Fwd: Laptop", f"!new\n\n{text}")
    assert "!neu maria@example.org" in words(desk.arrives(ANNA))
    desk.write(ANNA, TICKETS, "Fwd: Laptop", f"!new {maria}\n\n{text}")
    desk.arrives(ANNA)
    assert desk.only_ticket(maria).ticket.subject == "Laptop"
    desk.forget()


def test_a_mail_that_a_colleague_passed_on_is_its_first_authors(desk: Desk) -> None:
    maria = fresh()
    inner = _FORWARDS["outlook-de"].format(maria=maria, body=_BODY)
    body = f"Kannst du das machen?\n\n{inner}"
    outer = _FORWARDS["outlook-de"].replace("Maria Muster", "Ben").format(maria=BEN, body=body)
    desk.write(ANNA, TICKETS, "WG: WG: Laptop gesucht", f"!neu\n\n{outer}")
    desk.arrives(ANNA)
    about = desk.only_ticket(maria)
    assert "Kannst du" not in about.entries[-1].text
    desk.forget()


def test_a_mail_of_ours_passed_on_names_its_ticket(desk: Desk) -> None:
    story = berlin(desk)
    mail = letter(ANNA, TICKETS, "Fwd", "!new")
    inner = letter("berlin@truhe.example", ANNA, "x", "y", {"Message-ID": story.notice.message_id})
    mail.add_attachment(inner)
    desk.send(mail)
    refused = desk.arrives(ANNA)
    assert f"Ticket #{story.number}" in words(refused)
    assert len(desk.tickets(story.maria)) == 1


def test_a_ticket_for_somebody_who_called(desk: Desk) -> None:
    maria = fresh()
    receipt = orders(
        desk, ANNA, f"!new Maria Muster <{maria}> Ihr Anruf\n\nGuten Tag, anbei alles."
    )
    number = desk.only_ticket(maria).ticket.number
    assert f"neues Ticket von {maria} in Berlin: Ihr Anruf" in words(receipt)
    first = desk.arrives(maria)
    assert first.subject == f"Ihr Anruf [#{number}]"
    assert first.sender == "berlin@truhe.example"
    assert "Guten Tag, anbei alles." in first.text
    assert "!new" not in first.everything
    news = desk.arrives(BEN)
    assert f"angelegt von Anna im Auftrag von {maria}" in words(news)
    desk.answer(maria, first, "Danke!")
    assert "Danke!" in desk.arrives(ANNA).text
    desk.nothing_arrives(BEN)
    desk.answer(ANNA, receipt, "Gern.")
    assert "Gern." in desk.arrives(maria).text


def test_a_note_alone_opens_a_ticket_and_tells_only_agents(desk: Desk) -> None:
    maria = fresh()
    text = f"!neu {maria} Rückruf in Freiburg\n\n!aufgabe Zurückrufen @ben\n\n!notiz Hat angerufen."
    receipt = orders(desk, BEN, text)
    assert "keine Nachricht bekommen" in words(receipt)
    about = desk.only_ticket(maria)
    assert (about.ticket.department, about.ticket.subject) == ("freiburg", "Rückruf")
    assert about.responsible is None
    assert [task.text for task in about.tasks] == ["Zurückrufen"]
    desk.nothing_arrives(maria)
    desk.forget()


def test_who_has_several_locations_is_asked(desk: Desk) -> None:
    maria = fresh()
    refused = orders(desk, BEN, f"!new {maria} Laptop\n\nHallo")
    assert NOTHING in refused.text
    assert "in berlin, in freiburg" in words(refused)
    orders(desk, BEN, f"!new {maria} Laptop dept=berlin\n\nHallo")
    assert desk.only_ticket(maria).ticket.department == "berlin"
    desk.forget()


def test_who_is_no_member_there_keeps_access_to_what_they_open(desk: Desk) -> None:
    maria = fresh()
    orders(desk, CLARA, f"!neu {maria} Laptop in berlin\n\n!notiz Ruft an.")
    number = desk.only_ticket(maria).ticket.number
    assert "Ruft an." in orders(desk, CLARA, f"!zeige #{number}").text
    desk.forget()


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("!new", "keine Mail weitergeleitet"),
        ("!new Nur ein Titel\n\nHallo", "keine Mail weitergeleitet"),
        ("!new maria@example.org\n\nHallo", "Titel fehlt"),
        ("!new maria@example.org Titel", "Text fehlt"),
        ("!new maria@ Titel\n\nHallo", "versteht „maria@“ nicht"),
        ("!new info@truhe.example Titel\n\nHallo", "Adresse von uns"),
        ("!new anna@mitglieder.example Titel\n\nHallo", "deine eigene Adresse"),
        ("!new maria@example.org Titel dept=paris\n\nHallo", "kein Department"),
        ("!new maria@example.org Titel\nText ohne Leerzeile", "fehlt eine Leerzeile"),
        ("!new a@example.org Eins\n\n!new b@example.org Zwei\n\nHallo", "Eine Mail"),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_opened(desk: Desk, text: str, why: str) -> None:
    refused = orders(desk, ANNA, text)
    assert NOTHING in refused.text
    assert why.lower() in words(refused).lower()
    desk.nothing_else_arrives()


def test_a_ticket_is_not_opened_in_an_answer(desk: Desk) -> None:
    story = berlin(desk)
    refused = story.does(ANNA, f"!new {fresh()} Titel\n\nLiebe Grüße")
    assert NOTHING in refused.text
    assert "nicht in einer Antwort" in words(refused)
    desk.nothing_arrives(story.maria)


def test_undo_stops_nothing_that_left_and_says_what_stays(desk: Desk) -> None:
    maria = fresh()
    receipt = orders(desk, ANNA, f"!new {maria} Laptop\n\nHallo")
    number = number_in(receipt)
    desk.answer(ANNA, receipt, "!undo")
    assert f"#{number} wurde angelegt und bleibt" in words(desk.arrives(ANNA))
    desk.forget()


def test_a_trial_opens_nothing(desk: Desk) -> None:
    maria = fresh()
    desk.send(forward("gmail", maria, "!prüfe\n\n!neu"))
    assert f"neues Ticket von {maria}" in words(desk.arrives(ANNA))
    assert desk.tickets(maria) == []
    desk.nothing_else_arrives()


def test_a_forward_to_a_public_address_is_the_agents_own_ticket(desk: Desk) -> None:
    maria = fresh()
    mail = forward("gmail", maria, "Zur Kenntnis.")
    del mail["To"]
    mail["To"] = "info@truhe.example"
    desk.send(mail)
    news = desk.arrives(DORA)
    assert "haben Sie einen für mich?" in news.text
    assert desk.tickets(maria) == []
    desk.forget()


def test_the_same_to_a_public_address_with_the_word_is_its_departments(desk: Desk) -> None:
    maria = fresh()
    mail = forward("gmail", maria, "!neu")
    del mail["To"]
    mail["To"] = "info@truhe.example"
    mail.replace_header("Message-ID", make_msgid(domain="mail.example"))
    desk.send(mail)
    desk.arrives(ANNA)
    assert desk.only_ticket(maria).ticket.department == "allgemein"
    desk.forget()
