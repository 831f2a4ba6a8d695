"""What the rules of admins do, seen from outside."""

import subprocess
import sys

from gateway.model.text import loads
from gateway.model.ticket import EntryKind, Priority, Status
from gateway.policy.facts import TicketFacts
from tests.journeys.desk import Desk, fresh

ANNA, BEN, DORA, EMIL = (f"{n}@mitglieder.example" for n in ("anna", "ben", "dora", "emil"))


def events(about: TicketFacts) -> list[str]:
    return [str(loads(each.event)) for each in about.entries if each.kind is EntryKind.EVENT]


def test_a_rule_moves_marks_notes_and_tells(desk: Desk) -> None:
    maria = fresh()

    desk.write(f"Maria Müller <{maria}>", "datenschutz@truhe.example", "Ein Interview", "Gern.")

    told = desk.arrives(DORA)
    assert "Vorstand" in told.text
    assert "hoch" in told.text
    assert "presse, eilig" in told.text
    assert "Interview" in desk.arrives(EMIL).subject
    desk.arrives(maria)
    desk.nothing_else_arrives()
    about = desk.only_ticket(maria)
    assert about.ticket.department == "vorstand"
    assert about.ticket.priority is Priority.HIGH
    assert about.ticket.tags == ("presse", "eilig")
    notes = [each for each in about.entries if each.kind is EntryKind.NOTE]
    assert [(each.author.name, each.text) for each in notes] == [
        ("Presse", "Anfrage von Maria Müller")
    ]
    assert "by rule: Presse" in events(about)


def test_tags_and_priorities_are_found_in_lists(desk: Desk) -> None:
    maria = fresh()
    desk.write(maria, "info@truhe.example", "Noch ein Interview", "Gern.")
    number = desk.only_ticket(maria).ticket.number
    desk.forget()

    desk.write(DORA, "tickets@truhe.example", "x", "!liste tag:PRESSE")
    assert f"#{number}" in desk.arrives(DORA).text
    desk.write(DORA, "tickets@truhe.example", "x", "!liste priorität:hoch")
    assert f"#{number}" in desk.arrives(DORA).text
    desk.write(DORA, "tickets@truhe.example", "x", "!liste tag:unbekannt")
    assert f"#{number}" not in desk.arrives(DORA).text
    desk.write(DORA, "tickets@truhe.example", "x", f"!zeige #{number}")
    shown = desk.arrives(DORA).text
    assert "Schlagwörter: presse, eilig" in shown
    assert "Priorität: hoch" in shown


def test_a_rule_lets_direct_mail_in(desk: Desk) -> None:
    landlady = fresh("haus", "hausverein.example")

    desk.write(landlady, "berlin@truhe.example", "Heizung", "Am Montag kommt der Dienst.")
    desk.write(landlady, "freiburg@truhe.example", "Heizung", "Am Montag kommt der Dienst auch.")

    in_berlin, in_freiburg = (desk.ticket(each.number) for each in desk.tickets(landlady))
    assert (in_berlin.ticket.department, in_berlin.ticket.rejected) == ("berlin", False)
    assert in_berlin.ticket.tags == ("haus",)
    assert in_freiburg.ticket.rejected
    assert "Heizung" in desk.arrives(ANNA).subject


def test_what_a_pattern_catches_stands_in_a_field(desk: Desk) -> None:
    maria = fresh()

    desk.write(maria, "info@truhe.example", "Abholung", "Es geht um das Gerät AB-1234.")

    about = desk.only_ticket(maria)
    assert about.ticket.topic == "spendennachfrage"
    assert about.fields["notizen"] == ("Es geht um AB-1234",)
    assert "Es geht um AB-1234" in desk.arrives(DORA).text


def test_spam_by_rule_is_closed_and_disturbs_nobody(desk: Desk) -> None:
    spammer = fresh()

    desk.write(spammer, "info@truhe.example", "Your SEO offer", "Buy it")

    assert desk.only_ticket(spammer).ticket.status == Status.SPAM
    desk.nothing_else_arrives()


def test_a_rule_makes_somebody_responsible(desk: Desk) -> None:
    maria = fresh()

    desk.write(maria, "info@truhe.example", "Das ist für Anna", "Hallo")

    about = desk.only_ticket(maria)
    assert about.responsible is not None
    assert about.responsible.handle == "anna"
    assert about.ticket.status == Status.IN_PROGRESS
    assert "jetzt für das Ticket" in desk.arrives(ANNA).text
    desk.arrives(BEN)
    desk.nothing_arrives(DORA)


def test_a_rule_puts_on_the_waiting_list(desk: Desk) -> None:
    maria = fresh()

    desk.write(maria, "info@truhe.example", "Warteliste", "Hallo")

    assert desk.only_ticket(maria).ticket.status == Status.ON_WAITING


def test_a_canned_answer_goes_out_in_place_of_the_confirmation(desk: Desk) -> None:
    maria = fresh()

    desk.write(maria, "info@truhe.example", "Ohne Verstand", "Hallo")

    answer = desk.arrives(maria)
    number = desk.only_ticket(maria).ticket.number
    assert f"müssen wir Ihre Anfrage #{number} ablehnen" in answer.text
    assert answer["Auto-Submitted"] == "auto-replied"
    assert desk.sent(answer.message_id).mail_from is None
    assert desk.only_ticket(maria).ticket.status == Status.CLOSED
    desk.nothing_arrives(maria)


def test_a_machine_gets_no_canned_answer(desk: Desk) -> None:
    robot = fresh("robot")

    desk.write(
        robot,
        "info@truhe.example",
        "Ohne Verstand",
        "Beep",
        {"Auto-Submitted": "auto-generated"},
    )

    assert desk.only_ticket(robot).ticket.status == Status.CLOSED
    desk.nothing_arrives(robot)


def test_a_rule_rejects_with_a_text_of_its_own(desk: Desk) -> None:
    maria = fresh()

    desk.write(maria, "info@truhe.example", "Bitte um Rückruf", "Hallo")

    answer = desk.arrives(maria)
    assert "leider können wir Geräte nur dort ausgeben" in answer.text
    about = desk.only_ticket(maria)
    assert about.ticket.rejected
    assert not about.ticket.is_open
    desk.nothing_else_arrives()


def test_quarantine_keeps_the_mail_until_the_operator_lets_it_through(desk: Desk) -> None:
    maria = fresh()

    desk.write(maria, "info@truhe.example", "Ein Programm", "Hallo")

    desk.nothing_else_arrives()
    assert desk.tickets(maria) == []
    (kept,) = desk.store.inbound.listing("quarantined", 10)
    assert kept.reason == "quarantined by the rule “Programm”: ein Programm"
    command = [sys.executable, "-m", "gateway", "queue", "retry", kept.queue_id]
    subprocess.run([*command, "--config", desk.config], check=True)
    for _ in range(100):
        if desk.tickets(maria):
            break
        import time  # noqa: PLC0415

        time.sleep(0.1)
    assert desk.only_ticket(maria).ticket.status == Status.OPEN
    assert desk.store.inbound.listing("quarantined", 10) == []


def test_a_copy_goes_unchanged_to_where_the_admin_wrote(desk: Desk) -> None:
    maria = fresh()

    sent = desk.write(maria, "info@truhe.example", "Für den Verteiler", "Hallo Ärger")

    copy = desk.arrives("archiv@anderswo.example")
    assert copy.message_id == sent["Message-ID"]
    assert "Für den Verteiler" in copy.subject
    assert desk.only_ticket(maria).referred_departments == {"datenschutz"}
    assert "Verteiler" in desk.arrives(EMIL).subject


def test_a_reply_moves_its_ticket_when_a_rule_says_so(desk: Desk) -> None:
    maria = fresh()
    desk.write(maria, "info@truhe.example", "Frage", "Hallo")
    receipt = desk.arrives(maria)
    desk.forget()

    desk.answer(maria, receipt, "Nach Freiburg bitte.")

    about = desk.only_ticket(maria)
    assert about.ticket.department == "freiburg"
    assert about.ticket.priority is Priority.URGENT
    assert "Nach Freiburg" in desk.arrives(BEN).text
    assert "by rule: Verschieben" in events(about)


def test_a_strangers_reply_moves_nothing(desk: Desk) -> None:
    maria, stranger = fresh(), fresh("fremd")
    desk.write(maria, "info@truhe.example", "Frage", "Hallo")
    receipt = desk.arrives(maria)

    desk.answer(stranger, receipt, "Nach Freiburg bitte.")

    about = desk.only_ticket(maria)
    assert about.ticket.department == "allgemein"
    assert about.ticket.priority is Priority.URGENT


def test_an_agents_answer_is_marked_and_told(desk: Desk) -> None:
    landlady, maria = fresh("haus", "hausverein.example"), fresh()
    desk.write(landlady, "berlin@truhe.example", "Schlüssel", "Was ist damit?")
    told = desk.arrives(ANNA)
    desk.forget()

    desk.answer(ANNA, told, "Die Kaution kommt zurück.")

    assert "Kaution" in desk.arrives(DORA).text
    about = desk.only_ticket(landlady)
    assert about.ticket.tags == ("haus", "kaution")
    assert maria not in about.parties


def test_the_shipped_rules_are_those_of_the_shipped_file(desk: Desk) -> None:
    maria = fresh()

    desk.write(maria, "info@truhe.example", "DRINGEND!", "Hallo")

    assert desk.only_ticket(maria).ticket.priority is Priority.HIGH
