"""What agents are told, as they chose it; the notification matrix, row by row, by mail."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from gateway.model.notice_changes import ChooseNews, SetDigest
from gateway.model.people import NotifyChoice, Rhythm
from tests.journeys.desk import Arrived, Desk, fresh

from .stories import ANNA, BEN, CLARA, DORA, TICKETS, berlin


def words(mail: Arrived) -> str:
    """The text with ordinary blanks and on one line each sentence."""
    return " ".join(mail.text.replace("\u00a0", " ").split())


def orders(desk: Desk, agent: str, text: str) -> Arrived:
    """Commands to the agents' address; the receipt comes back."""
    desk.write(agent, TICKETS, "Befehl", text)
    return desk.arrives(agent)


@pytest.fixture(autouse=True)
def _as_it_was(desk: Desk) -> Iterator[None]:
    """The desk is shared: what agents chose here ends with the test."""
    yield
    for agent in desk.store.people.list_agents():
        choices = [ChooseNews(agent.id, each, NotifyChoice.ALL) for each, _ in agent.choices]
        with desk.store.begin() as transaction:
            none = SetDigest(agent.id, Rhythm.OFF, None, None)
            transaction.apply([*choices, none], datetime.now(UTC))


def asks(desk: Desk, location: str = "Berlin") -> str:
    """Maria fills in the form; her address."""
    maria = fresh("maria")
    desk.write(
        "website@truhe.example",
        "kontaktformular@truhe.example",
        "Kontaktformular",
        f"Name: Maria Muster\nE-Mail: {maria}\nStandort: {location}\nThema: Spendenangebot\n"
        "Nachricht: Ich habe einen Laptop abzugeben.\n",
    )
    desk.arrives(maria)
    return maria


# --- the matrix -----------------------------------------------------------------------------------


def test_a_new_ticket_is_told_to_the_members_of_the_department(desk: Desk) -> None:
    asks(desk)
    for agent in (ANNA, BEN):
        assert "Neues Ticket" in desk.arrives(agent).text
    desk.nothing_else_arrives()


def test_a_message_goes_to_the_responsible_else_to_the_department(desk: Desk) -> None:
    story = berlin(desk)
    desk.answer(story.maria, story.confirmation, "Noch etwas.")
    for agent in (ANNA, BEN):
        assert "Noch etwas." in desk.arrives(agent).text
    story.does(ANNA, "!nehmen")
    desk.answer(story.maria, story.confirmation, "Und noch etwas.")
    assert "Und noch etwas." in desk.arrives(ANNA).text
    desk.nothing_else_arrives()


def test_a_message_goes_to_referred_agents_and_to_watchers_too(desk: Desk) -> None:
    story = berlin(desk)
    story.does(ANNA, "!nehmen\n\n!verweisen @clara")
    assert "Zugriff" in desk.arrives(CLARA).text
    assert story.other is not None
    story.does(BEN, "!beobachten", story.other)
    desk.answer(story.maria, story.confirmation, "Noch etwas.")
    for agent in (ANNA, BEN, CLARA):
        assert "Noch etwas." in desk.arrives(agent).text
    desk.nothing_else_arrives()


def test_a_reopened_ticket_is_told_to_all_who_ever_worked_on_it(desk: Desk) -> None:
    story = berlin(desk)
    story.does(ANNA, "!nehmen")
    story.does(ANNA, "!zuweisen @ben")
    desk.arrives(BEN)
    story.does(ANNA, "!zu still")
    desk.forget()
    desk.answer(story.maria, story.confirmation, "Doch noch eine Frage.")
    for agent in (ANNA, BEN):
        assert "wieder offen" in desk.arrives(agent).text
    desk.nothing_else_arrives()


def test_assigned_moved_and_referred_are_told_to_the_new_ones(desk: Desk) -> None:
    story = berlin(desk)
    story.does(ANNA, "!zuweisen @ben")
    assert "zugewiesen" in desk.arrives(BEN).text
    story.does(ANNA, "!verweisen @clara")
    assert "Zugriff" in desk.arrives(CLARA).text
    story.does(ANNA, "!verschieben muenchen")
    assert "verschoben" in desk.arrives(CLARA).text
    desk.nothing_else_arrives()


def test_a_note_goes_to_the_responsible_the_agents_of_the_thread_and_watchers(desk: Desk) -> None:
    story = berlin(desk)
    story.does(ANNA, "!nehmen")
    story.does(ANNA, "!zuweisen @ben")
    ben = desk.arrives(BEN)
    story.does(ANNA, "!verweisen @clara")
    clara = desk.arrives(CLARA)
    story.does(CLARA, "!beobachten", clara)
    story.does(BEN, "!notiz\nSie holt es am Freitag ab.", ben)
    for agent in (ANNA, CLARA):
        assert "Sie holt es am Freitag ab." in desk.arrives(agent).text
    desk.nothing_else_arrives()


def test_what_did_not_reach_goes_to_the_responsible(desk: Desk) -> None:
    story = berlin(desk)
    story.does(ANNA, "Guten Tag, gern.\nAnna")
    answer = desk.arrives(story.maria)
    back = desk.sent(answer.message_id).mail_from
    report = (
        "From: MAILER-DAEMON@example.org\nTo: <>\nSubject: Undelivered Mail Returned to Sender\n"
        "MIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status;"
        ' boundary="b"\n\n--b\nContent-Type: text/plain\n\nunknown\n'
        "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.org\n\n"
        f"Final-Recipient: rfc822; {story.maria}\nAction: failed\nStatus: 5.1.1\n"
        "Diagnostic-Code: smtp; 550 5.1.1 unknown\n\n--b--\n"
    )
    desk.forget()
    desk.send(report.replace("\n", "\r\n").encode(), "", back or "")
    assert "nicht angekommen" in words(desk.arrives(ANNA))
    desk.nothing_else_arrives()


def test_a_rejected_direct_mail_is_told_to_nobody(desk: Desk) -> None:
    stranger = fresh("fremd")
    desk.write(stranger, "berlin@truhe.example", "Hallo", "Direkt an euch.")
    desk.arrives(stranger)
    desk.nothing_else_arrives()


def test_a_task_is_told_to_its_agent_and_closing_to_watchers(desk: Desk) -> None:
    story = berlin(desk)
    assert story.other is not None
    story.does(BEN, "!beobachten", story.other)
    story.does(ANNA, "!aufgabe Rückruf @ben")
    assert "Aufgabe" in desk.arrives(BEN).text
    story.does(ANNA, "!erledigt 1\n\n!zu still")
    assert "geschlossen" in desk.arrives(BEN).text
    desk.nothing_else_arrives()


# --- choices --------------------------------------------------------------------------------------


def test_a_choice_is_shown_followed_and_taken_back(desk: Desk) -> None:
    shown = words(orders(desk, ANNA, "!benachrichtigen"))
    assert "Berlin: alles" in shown
    assert "Sammelmail: nie" in shown
    receipt = orders(desk, ANNA, "!benachrichtigen berlin meine")
    assert "Berlin: meine" in words(receipt)
    asks(desk)
    desk.arrives(BEN)
    desk.nothing_else_arrives()
    taken = orders(desk, ANNA, "!rückgängig")
    assert "wieder dasselbe wie vorher" in words(taken)
    asks(desk)
    desk.arrives(ANNA)
    desk.arrives(BEN)


def test_who_wants_only_their_own_hears_of_what_is_theirs(desk: Desk) -> None:
    story = berlin(desk)
    story.does(ANNA, "!nehmen\n\n!notify berlin mine")
    desk.answer(story.maria, story.confirmation, "Noch etwas.")
    assert "Noch etwas." in desk.arrives(ANNA).text
    desk.nothing_else_arrives()


def test_who_wants_nothing_is_still_told_what_is_put_to_them_by_name(desk: Desk) -> None:
    story = berlin(desk)
    orders(desk, BEN, "!benachrichtigen nichts")
    story.does(ANNA, "!zuweisen @ben")
    assert "zugewiesen" in desk.arrives(BEN).text
    desk.answer(story.maria, story.confirmation, "Noch etwas.")
    assert "Noch etwas." in desk.arrives(ANNA).text  # not Ben: somebody else is told
    desk.nothing_else_arrives()


def test_where_nobody_listens_the_admins_do(desk: Desk) -> None:
    for agent in (ANNA, BEN):
        orders(desk, agent, "!benachrichtigen berlin nichts")
    orders(desk, DORA, "!benachrichtigen nichts")
    maria = asks(desk)
    news = desk.arrives(DORA)
    assert "Neues Ticket" in news.text
    desk.nothing_else_arrives()
    desk.answer(DORA, news, "!nehmen")  # they have access
    assert "Dora" in desk.arrives(DORA).text
    assert desk.only_ticket(maria).responsible is not None


def test_the_english_words_say_the_same(desk: Desk) -> None:
    receipt = orders(desk, ANNA, "!notify berlin digest")
    assert "Berlin: Sammelmail" in words(receipt)
    assert "Sammelmail: täglich, die nächste am" in words(receipt)
    refused = orders(desk, ANNA, "!notify digest never")
    assert "NICHTS" in refused.text
    assert "Berlin" in refused.text


# --- the digest -----------------------------------------------------------------------------------


def is_due(desk: Desk, handle: str, since: datetime) -> None:
    """The time of the agent's digest has come, whose last one was at that moment."""
    agent = desk.store.people.find(handle)
    assert agent is not None
    now = datetime.now(UTC)
    with desk.store.begin() as transaction:
        change = SetDigest(agent.id, Rhythm.DAILY, now - timedelta(minutes=1), since)
        transaction.apply([change], now)


def test_a_digest_tells_what_was_not_told_at_once(desk: Desk) -> None:
    orders(desk, ANNA, "!benachrichtigen berlin sammelmail")
    orders(desk, BEN, "!benachrichtigen berlin nichts")
    before = datetime.now(UTC)
    maria = asks(desk)
    desk.nothing_else_arrives()  # Anna listens, in her digest
    number = desk.tickets(maria)[0].number
    is_due(desk, "anna", before)
    mail = desk.soon(ANNA)
    assert mail.subject.startswith("Sammelmail: ")
    assert f"#{number}" in mail.text
    assert mail["Auto-Submitted"] == "auto-generated"
    assert desk.sent(mail.message_id).mail_from is None
    line = next(each for each in mail.text.splitlines() if f" #{number} " in each)
    desk.answer(ANNA, mail, f"{line.split()[0]} !nehmen")
    assert f"#{number}" in desk.arrives(ANNA).text
    assert desk.only_ticket(maria).ticket.responsible is not None
    desk.nothing_else_arrives()


def test_a_digest_shows_only_what_its_reader_may_see(desk: Desk) -> None:
    before = datetime.now(UTC)
    story = berlin(desk)
    maria = asks(desk, "München")
    desk.forget()
    number = desk.tickets(maria)[0].number
    is_due(desk, "clara", before)
    mail = desk.soon(CLARA)
    assert f"#{number} " in words(mail)
    assert f"#{story.number} " not in mail.everything
