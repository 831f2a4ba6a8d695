"""An agent answers by replying: what the requester gets, and what nobody outside ever gets."""

import re
from email.message import EmailMessage

import pytest

from tests.journeys.desk import Desk, is_back, reply

from .stories import ANNA, BEN, NOTHING, berlin

ANSWER = """\
Liebe Maria,

ja, am Freitag ab 15 Uhr.

Viele Grüße
Anna"""


def test_the_first_reply_claims_and_goes_to_the_requester_from_the_department(desk: Desk) -> None:
    story = berlin(desk)
    receipt = story.does(ANNA, ANSWER)
    answer = desk.arrives(story.maria)
    assert answer.sender == "berlin@truhe.example"
    assert "Liebe Maria," in answer.text
    assert "ja, am Freitag ab 15 Uhr." in answer.text
    assert f"[#{story.number}]" in answer.subject
    assert not answer["Auto-Submitted"]
    assert story.ticket.status == "in-progress"
    assert story.responsible == "anna"
    assert receipt.subject == f"Erledigt: #{story.number}"
    assert f"Antwort geht an {story.maria}" in receipt.text
    assert "zuständig ist jetzt Anna" in receipt.text
    desk.nothing_arrives(BEN)


def test_the_thread_says_who_became_responsible_by_answering(desk: Desk) -> None:
    story = berlin(desk)
    story.does(ANNA, ANSWER)
    assert any("is responsible now" in line for line in story.events), story.events


def test_nothing_of_the_agents_own_mailbox_reaches_the_requester(desk: Desk) -> None:
    story = berlin(desk)
    mail = reply(f"Anna Privat Geheimname <{ANNA}>", story.notice, ANSWER)
    mail["X-Originating-IP"] = "192.0.2.77"
    mail["Received"] = "from laptop-geheim (192.0.2.77) by smtp.mitglieder.example"
    mail["User-Agent"] = "Geheimpost 3.1"
    mail["Organization"] = "Geheimarbeitgeber GmbH"
    desk.send(mail)
    answer = desk.arrives(story.maria)
    lowered = answer.everything.lower()
    for secret in ("mitglieder.example", "geheim", "192.0.2.77", "privat", "anna@"):
        assert secret not in lowered
    assert str(mail["Message-ID"]).strip("<>").lower() not in lowered
    return_path = desk.sent(answer.message_id).mail_from
    assert return_path is not None
    assert re.fullmatch(r"berlin\+b[a-z0-9]{26,}@truhe\.example", return_path)


def test_no_quotation_and_no_token_of_the_agent_reaches_the_requester(desk: Desk) -> None:
    story = berlin(desk, "Mein Kennwort ist Zitronenfalter.")
    story.does(ANNA, ANSWER)
    answer = desk.arrives(story.maria)
    for leaked in (
        "Zitronenfalter",
        "schrieb",
        "=====",
        "So antwortest du",
        story.notice.answer_to,
    ):
        assert leaked not in answer.everything
    assert answer.answer_to != story.notice.answer_to


def test_both_sides_stay_in_one_thread(desk: Desk) -> None:
    story = berlin(desk)
    story.does(ANNA, ANSWER)
    first = desk.arrives(story.maria)
    assert first["In-Reply-To"] == story.confirmation.message_id
    assert story.confirmation.message_id in first.references
    question = desk.answer(story.maria, first, "Was muss ich mitbringen?")
    notice = desk.arrives(ANNA)
    assert notice["In-Reply-To"] in (story.notice.message_id, *notice.references)
    assert story.notice.message_id in notice.references
    assert notice.subject == story.notice.subject
    story.does(ANNA, "Einen Ausweis.", to=notice)
    second = desk.arrives(story.maria)
    assert second["In-Reply-To"] == question["Message-ID"]
    assert question["Message-ID"] in second.references
    assert re.sub(r"^(Re: )+", "", second.subject) == re.sub(r"^(Re: )+", "", first.subject)


def test_a_later_message_is_told_to_the_responsible_agent_alone(desk: Desk) -> None:
    story = berlin(desk)
    story.does(ANNA, ANSWER)
    desk.answer(story.maria, desk.arrives(story.maria), "Danke!")
    notice = desk.arrives(ANNA)
    assert "Danke!" in notice.text
    assert "Zuständig: Anna" in notice.text
    desk.nothing_arrives(BEN)


def test_the_reply_of_a_second_agent_does_not_take_the_ticket_away(desk: Desk) -> None:
    story = berlin(desk)
    story.does(ANNA, ANSWER)
    desk.arrives(story.maria)
    asked = story.does(BEN, "Ich bin am Freitag auch da.", to=story.other)
    story.does(BEN, "!ja", to=asked)
    assert "Ich bin am Freitag auch da." in desk.arrives(story.maria).text
    assert story.responsible == "anna"


def _with_attachments(mail: EmailMessage) -> EmailMessage:
    mail.add_attachment(
        b"%PDF-1.7 Formular", "application", "pdf", filename="Formular für Maria.pdf"
    )
    mail.add_attachment("ÄÖÜ;1\n".encode(), "text", "csv", filename="Geräte.csv")
    return mail


def test_attachments_of_a_reply_reach_the_requester_unchanged(desk: Desk) -> None:
    story = berlin(desk)
    desk.send(_with_attachments(reply(ANNA, story.notice, ANSWER)))
    receipt = desk.arrives(ANNA)
    answer = desk.arrives(story.maria)
    assert answer.attachments == {
        "Formular für Maria.pdf": b"%PDF-1.7 Formular",
        "Geräte.csv": "ÄÖÜ;1\n".encode(),
    }
    assert not receipt.attachments
    assert "Formular für Maria.pdf" in receipt.text


def test_attachments_of_a_note_stay_among_the_agents(desk: Desk) -> None:
    story = berlin(desk)
    story.does(BEN, "!nehmen", to=story.other)
    desk.forget()
    desk.send(_with_attachments(reply(ANNA, story.notice, "!notiz\nDas Formular für die Akte.")))
    desk.arrives(ANNA)
    told = desk.arrives(BEN)
    assert "Das Formular für die Akte." in told.text
    assert set(told.attachments) == {"Formular für Maria.pdf", "Geräte.csv"}
    desk.nothing_arrives(story.maria)


def test_attachments_with_nothing_but_commands_are_kept_and_not_sent(desk: Desk) -> None:
    story = berlin(desk)
    desk.send(_with_attachments(reply(ANNA, story.notice, "!nehmen")))
    receipt = desk.arrives(ANNA)
    assert receipt.subject == f"Erledigt: #{story.number}"
    assert "Formular für Maria.pdf" in receipt.text
    kept = desk.ticket(story.number).entries
    assert any("Formular für Maria.pdf" in entry.attachments for entry in kept)
    assert {e.kind for e in kept if e.attachments} == {"note"}
    desk.nothing_arrives(story.maria)


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("application/pgp-signature", "signature.asc"),
        ("application/pkcs7-signature", "smime.p7s"),
        ("application/pgp-keys", "OpenPGP_0x1234.asc"),
        ("text/vcard", "anna.vcf"),
    ],
)
def test_what_a_mail_program_adds_and_names_the_agent_is_not_sent_on(
    desk: Desk, kind: str, name: str
) -> None:
    story = berlin(desk)
    mail = reply(ANNA, story.notice, ANSWER)
    main, _, sub = kind.partition("/")
    mail.add_attachment(f"by {ANNA}".encode(), main, sub, filename=name)
    desk.send(mail)
    answer = desk.arrives(story.maria)
    assert not answer.attachments
    assert ANNA not in answer.everything


def test_a_note_never_leaves_and_is_told_to_the_agents_of_the_thread(desk: Desk) -> None:
    story = berlin(desk)
    story.does(BEN, "!nehmen", to=story.other)
    desk.forget()
    receipt = story.does(ANNA, "!notiz Sie war schon dreimal hier, Regal Zitronenfalter.")
    assert "Notiz für die Agent*innen" in receipt.text
    told = desk.arrives(BEN)
    assert "Regal Zitronenfalter" in told.text
    assert "Anna hat im Ticket" in told.text
    desk.nothing_arrives(story.maria)


def test_reply_and_note_in_one_mail_part_at_the_note(desk: Desk) -> None:
    story = berlin(desk)
    story.does(ANNA, f"{ANSWER}\n\n!note\nRegal Zitronenfalter.\n\nNoch ein Absatz.\n\n!zu")
    answer = desk.arrives(story.maria)
    assert "ja, am Freitag" in answer.text
    for hidden in ("Zitronenfalter", "Absatz", "!note", "!zu"):
        assert hidden not in answer.everything
    assert f"Damit ist Ihre Anfrage #{story.number} erledigt" in answer.text
    assert story.ticket.status == "closed"
    assert story.responsible == "anna"


def test_the_same_reply_delivered_twice_is_sent_once(desk: Desk) -> None:
    story = berlin(desk)
    mail = reply(ANNA, story.notice, ANSWER)
    desk.send(mail)
    desk.send(mail)
    desk.arrives(story.maria)
    desk.arrives(ANNA)
    desk.nothing_else_arrives()
    assert len([line for line in story.events if line.startswith("response")]) == 1


def test_two_different_replies_to_the_same_notification_both_go_out(desk: Desk) -> None:
    story = berlin(desk)
    story.does(ANNA, ANSWER)
    story.does(ANNA, "PS: Der Hof ist gesperrt.")
    desk.arrives(story.maria)
    assert "PS: Der Hof ist gesperrt." in desk.arrives(story.maria).text


def test_a_reply_without_new_text_does_nothing(desk: Desk) -> None:
    story = berlin(desk)
    receipt = story.does(ANNA, "")
    assert receipt.subject == f"Nicht ausgeführt: #{story.number} – 1 Fehler"
    assert NOTHING in receipt.text
    assert "kein neuer Text" in receipt.text
    desk.nothing_else_arrives()
    assert story.ticket.status == "open"


def test_a_signature_and_a_phones_footer_are_not_sent_on(desk: Desk) -> None:
    story = berlin(desk)
    story.does(ANNA, "Ja, gern.\n\n-- \nAnna Privat, Hauptstr. 1\nanna@mitglieder.example")
    assert "Hauptstr" not in desk.arrives(story.maria).everything
    story.does(ANNA, "Bis dann.\n\nVon meinem iPhone gesendet")
    assert "iPhone" not in desk.arrives(story.maria).everything


def test_a_vacation_notice_of_an_agent_is_noted_and_never_passed_on(desk: Desk) -> None:
    story = berlin(desk)
    notice = {"Auto-Submitted": "auto-replied", "Subject": "Abwesenheit"}
    desk.answer(ANNA, story.notice, "Ich bin bis Montag in Zitronien.\n\n!close", notice)
    desk.nothing_else_arrives()
    assert story.ticket.status == "open"
    assert story.ticket.responsible is None
    (kept,) = [entry for entry in desk.ticket(story.number).entries if entry.kind == "note"]
    assert "Zitronien" in kept.text
    assert "automatic" in kept.flags
    is_back(desk, ANNA)


def test_an_answer_below_or_inside_the_quotation_leaks_nothing_of_the_notification(
    desk: Desk,
) -> None:
    story = berlin(desk, "Erste Frage?\nZweite Frage?")
    quoted = [f"> {line}" for line in story.notice.text.splitlines()]
    cut = next(n for n, line in enumerate(quoted) if "Erste Frage" in line) + 1
    body = [f"Am 24.11.2026 um 10:00 schrieb {story.notice.answer_to}:", *quoted[:cut]]
    body += ["", "Antwort eins.", "", *quoted[cut:], "", "Antwort zwei."]
    mail = reply(ANNA, story.notice, "")
    mail.set_content("\n".join(body))
    desk.send(mail)
    receipt = desk.arrives(ANNA)
    assert NOTHING in receipt.text
    assert "Antwort eins." in receipt.text
    desk.nothing_else_arrives()
