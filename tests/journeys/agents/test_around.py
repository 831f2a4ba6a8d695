"""Work around tickets by mail: tasks, watching, links, merging, splitting, referrals, reminders."""

import time

from tests.journeys.desk import PATIENCE, Arrived, Desk

from .stories import ANNA, BEN, CLARA, NOTHING, TICKETS, Story, berlin


def words(mail: Arrived) -> str:
    """The text with ordinary blanks and on one line each sentence."""
    return " ".join(mail.text.replace("\u00a0", " ").split())


def orders(desk: Desk, agent: str, text: str) -> Arrived:
    """Commands to the agents' address; the receipt comes back."""
    desk.write(agent, TICKETS, "Befehl", text)
    return desk.arrives(agent)


def test_a_task_is_given_holds_up_closing_and_is_done(desk: Desk) -> None:
    story = berlin(desk)
    receipt = story.does(ANNA, "!aufgabe Rückruf bei Maria @ben bis 1.3.2030")
    assert "Aufgabe 1: Rückruf bei Maria (Ben, bis 01.03.2030)" in words(receipt)
    news = desk.arrives(BEN)
    assert f"Anna hat dir eine Aufgabe im Ticket #{story.number} (Berlin) gegeben." in words(news)
    assert "Rückruf bei Maria" in words(news)
    refused = story.does(ANNA, "!zu")
    assert NOTHING in refused.text
    assert "1 (Rückruf bei Maria)" in words(refused)
    assert "Aufgabe 1" in words(story.does(ANNA, "!zeige"))
    assert "erledigt: 1 (Rückruf bei Maria)" in words(story.does(BEN, "!erledigt 1", news))
    desk.nothing_arrives(story.maria)
    story.does(ANNA, "!zu")
    assert story.ticket.status == "closed"
    assert "Rückruf" not in desk.arrives(story.maria).everything


def test_who_watches_hears_of_what_others_do(desk: Desk) -> None:
    story = berlin(desk)
    story.does(ANNA, "!nehmen")
    assert story.other is not None
    assert "hörst" in story.does(BEN, "!beobachten", story.other).text
    desk.answer(story.maria, story.confirmation, "Es eilt.")
    assert "Es eilt." in desk.arrives(BEN).text
    assert "Es eilt." in desk.arrives(ANNA).text
    story.does(ANNA, "!zu still")
    closed = desk.arrives(BEN)
    assert f"Anna hat das Ticket #{story.number} (Berlin) geschlossen." in words(closed)
    story.does(BEN, "!nichtbeobachten", closed)
    story.does(ANNA, "!wieder")
    desk.nothing_else_arrives()


def test_one_may_watch_and_link_only_what_one_may_see(desk: Desk) -> None:
    story = berlin(desk)
    for command in (f"!watch #{story.number}", f"!link #{story.number} mit #1"):
        assert "kein Ticket" in words(orders(desk, CLARA, command))


def test_linked_tickets_name_each_other(desk: Desk) -> None:
    one, two = berlin(desk), berlin(desk)
    assert f"verbunden mit #{two.number}" in words(one.does(ANNA, f"!verbinden #{two.number}"))
    assert f"#{one.number} zu tun" in words(two.does(ANNA, "!zeige"))
    one.does(ANNA, f"!trennen #{two.number}")
    assert "zu tun" not in words(two.does(ANNA, "!zeige"))


def again(desk: Desk, story: Story) -> tuple[str, Arrived]:
    """A second ticket of the same requester: its number and its confirmation."""
    desk.write(
        "website@truhe.example",
        "kontaktformular@truhe.example",
        "Kontaktformular",
        f"Name: Maria Muster\nE-Mail: {story.maria}\nStandort: Berlin\n"
        "Thema: Spendenangebot\nNachricht: Und noch ein Drucker.\n",
    )
    confirmation = desk.arrives(story.maria)
    desk.forget()
    return desk.tickets(story.maria)[-1].number, confirmation


def test_what_was_merged_goes_on_in_one_ticket_and_nothing_is_lost(desk: Desk) -> None:
    story = berlin(desk)
    second, confirmation = again(desk, story)
    receipt = orders(desk, ANNA, f"!vereinen #{second} in #{story.number}")
    assert "Erledigt" in receipt.subject
    assert f"Antworten gehen an {story.maria}." in words(receipt)
    desk.nothing_arrives(story.maria)
    assert desk.ticket(second).ticket.status == "closed"
    desk.forget()
    desk.answer(story.maria, confirmation, "Der Drucker kann auch alt sein.")
    news = desk.arrives(ANNA)
    assert f"[#{story.number}]" in news.subject
    assert desk.ticket(second).ticket.status == "closed"
    desk.forget()
    shown = words(orders(desk, ANNA, f"!zeige #{story.number} ganz"))
    for text in ("Ich suche einen Laptop.", "Und noch ein Drucker.", "kann auch alt sein."):
        assert text in shown
    gone = words(orders(desk, ANNA, f"!zeige #{second}"))
    assert f"Es ist in #{story.number} aufgegangen" in gone
    assert "Und noch ein Drucker." in gone
    assert f"#{story.number}" in words(orders(desk, ANNA, f"!wieder #{second}"))
    assert desk.ticket(second).ticket.status == "closed"


def test_a_number_in_the_subject_leads_to_the_ticket_that_is_left(desk: Desk) -> None:
    story = berlin(desk)
    second, _ = again(desk, story)
    orders(desk, ANNA, f"!merge #{second} into #{story.number}")
    desk.forget()
    desk.write(story.maria, "berlin@truhe.example", f"Re: [#{second}] Frage", "Noch etwas.")
    assert f"[#{story.number}]" in desk.arrives(ANNA).subject


def test_two_requesters_never_read_each_other(desk: Desk) -> None:
    one, two = berlin(desk, "GEHEIM von eins"), berlin(desk, "GEHEIM von zwei")
    refused = orders(desk, ANNA, f"!vereinen #{one.number} in #{two.number}")
    assert NOTHING in refused.text
    assert "trotzdem" in refused.text
    receipt = orders(desk, ANNA, f"!vereinen #{one.number} in #{two.number} trotzdem")
    assert f"Antworten gehen nur an {two.maria}" in words(receipt)
    desk.forget()
    desk.answer(one.maria, one.confirmation, "Neues von eins")
    news = desk.arrives(ANNA)
    assert f"[#{two.number}]" in news.subject
    assert "Neues von eins" in news.text
    desk.answer(ANNA, news, "Liebe Leute, kommt vorbei.")
    answer = desk.arrives(two.maria)
    assert "kommt vorbei" in answer.text
    assert one.maria not in answer.everything
    assert "von eins" not in answer.everything
    desk.nothing_arrives(one.maria)


def test_a_message_that_is_another_matter_becomes_a_ticket_of_its_own(desk: Desk) -> None:
    story = berlin(desk)
    sent = desk.answer(story.maria, story.confirmation, "Etwas anderes: Habt ihr Drucker?")
    news = desk.arrives(ANNA)
    desk.forget()
    receipt = story.does(ANNA, "!teilen", news)
    assert "Erledigt" in receipt.subject, receipt.text
    new = desk.tickets(story.maria)[-1].number
    assert f"neues Ticket #{new} mit der Nachricht von" in words(receipt)
    assert "Drucker" in desk.arrives(BEN).text
    desk.nothing_arrives(story.maria)
    shown = words(orders(desk, ANNA, f"!zeige #{new}"))
    assert f"von #{story.number} abgeteilt" in shown
    assert "Habt ihr Drucker?" in shown
    assert f"#{new} wurde davon abgeteilt" in words(orders(desk, ANNA, f"!zeige #{story.number}"))
    desk.forget()
    thread = {"In-Reply-To": str(sent["Message-ID"]), "References": str(sent["Message-ID"])}
    desk.write(story.maria, "info@truhe.example", "Re: Drucker", "Auch ein alter.", thread)
    assert f"[#{new}]" in desk.arrives(ANNA).subject
    desk.forget()
    orders_answer = desk.ticket(new)
    assert [entry.text.strip() for entry in orders_answer.entries if entry.kind == "message"] == [
        "Etwas anderes: Habt ihr Drucker?",
        "Auch ein alter.",
    ]


def test_a_referral_brings_the_reason_and_the_last_message_and_can_end(desk: Desk) -> None:
    story = berlin(desk, "Ich suche einen Laptop mit polnischer Tastatur.")
    receipt = story.does(ANNA, "!verweisen @clara Ihr habt doch welche?")
    assert "Zugriff haben jetzt: Berlin, Clara." in words(receipt)
    news = desk.arrives(CLARA)
    assert "Anna hat dir Zugriff" in words(news)
    assert "Ihr habt doch welche?" in words(news)
    assert "polnischer Tastatur" in words(news)
    assert "polnischer" in words(orders(desk, CLARA, f"!zeige #{story.number}"))
    receipt = story.does(ANNA, "!nichtverweisen @clara")
    assert "Zugriff haben jetzt: Berlin." in words(receipt)
    assert "kein Ticket" in words(orders(desk, CLARA, f"!zeige #{story.number}"))
    desk.answer(story.maria, story.confirmation, "Und?")
    desk.nothing_arrives(CLARA)


def test_a_ticket_is_moved_and_the_old_department_keeps_access(desk: Desk) -> None:
    story = berlin(desk)
    receipt = story.does(ANNA, "!verschieben münchen\n\n!verweisen berlin wir helfen mit")
    assert "Zugriff haben jetzt: München, Berlin." in words(receipt)
    assert "Erledigt" in receipt.subject
    news = desk.arrives(CLARA)
    assert "verschoben" in words(news)
    assert "wir helfen mit" in words(desk.arrives(BEN))
    desk.forget()
    assert "Laptop" in words(orders(desk, BEN, f"!zeige #{story.number}"))
    assert "Zugriff haben jetzt: München." in words(story.does(CLARA, "!unrefer berlin", news))
    assert "kein Ticket" in words(orders(desk, BEN, f"!zeige #{story.number}"))


def time_passes(desk: Desk, story: Story) -> None:
    """What is set for later is due now, and has happened when this returns."""
    with desk.store.database.writing() as connection:
        ticket = story.ticket.id
        connection.exec_driver_sql(f'UPDATE reminder SET "at" = 1 WHERE ticket_id = {ticket}')
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        with desk.store.begin(write=False) as transaction:
            if not transaction.due_reminders(story.ticket.updated_at, 1):
                return
        time.sleep(0.05)
    raise AssertionError(f"nobody was reminded:\n{desk.log[-3000:]}")


def test_the_time_comes_for_reminders_waiting_and_tasks(desk: Desk) -> None:
    story = berlin(desk)
    receipt = story.does(ANNA, "!erinnern +3d Maria anrufen")
    assert "du wirst am" in words(receipt)
    desk.answer(story.maria, story.confirmation, "Ich habe noch eine Frage.")
    desk.forget()
    time_passes(desk, story)
    reminder = desk.arrives(ANNA)
    assert f"gewünschte Erinnerung an das Ticket #{story.number}" in words(reminder)
    assert "Deine Notiz dazu: Maria anrufen" in words(reminder)
    assert "noch eine Frage" in words(reminder)
    desk.nothing_else_arrives()

    receipt = story.does(ANNA, "!warten +14d", reminder)
    assert "es wartet bis" in words(receipt)
    time_passes(desk, story)
    for agent in (ANNA, BEN):
        assert "sollte bis jetzt warten" in words(desk.arrives(agent))
    assert story.ticket.status == "on-waiting"
    desk.nothing_else_arrives()

    story.does(ANNA, "!nehmen\n\n!aufgabe Gerät abholen @ben bis +5d", reminder)
    desk.forget()
    time_passes(desk, story)
    due = desk.arrives(BEN)
    assert "ist heute fällig" in words(due)
    assert "Gerät abholen" in words(due)
    desk.nothing_else_arrives()


def test_a_closed_ticket_reminds_nobody(desk: Desk) -> None:
    story = berlin(desk)
    story.does(ANNA, "!erinnern morgen")
    story.does(ANNA, "!zu still")
    time_passes(desk, story)
    desk.nothing_else_arrives()


def test_impossible_days_are_refused_with_what_to_write(desk: Desk) -> None:
    story = berlin(desk)
    receipt = story.does(ANNA, "!erinnern 31.2.")
    assert NOTHING in receipt.text
    assert "„31.2.“ ist kein Datum. Schreib es so: 1.3." in words(receipt)
    assert "ist vorbei" in words(story.does(ANNA, "!warten bis 1.3.2020"))


def test_a_merge_cannot_be_taken_back_and_the_answer_says_what_can_be_done(desk: Desk) -> None:
    story = berlin(desk)
    second, _ = again(desk, story)
    orders(desk, ANNA, f"!merge #{second} into #{story.number}")
    refused = orders(desk, ANNA, "!rückgängig")
    assert NOTHING in refused.text
    assert "lässt sich nicht zurücknehmen" in words(refused)
    assert desk.ticket(second).ticket.status == "closed"


def test_who_does_not_see_the_ticket_that_is_left_is_told_so(desk: Desk) -> None:
    one, two = berlin(desk), berlin(desk)
    one.does(ANNA, "!verweisen @clara bitte ansehen")
    news = desk.arrives(CLARA)
    orders(desk, ANNA, f"!vereinen #{one.number} in #{two.number} trotzdem")
    desk.forget()
    refused = one.does(CLARA, "Liebe Maria, das geht.\n\n!zu", news)
    assert NOTHING in refused.text
    assert "kein Ticket" in words(refused)
    desk.nothing_else_arrives()


def test_taking_back_says_what_stays(desk: Desk) -> None:
    story = berlin(desk)
    story.does(ANNA, "!warten +3d\n\n!aufgabe Rückruf")
    receipt = story.does(ANNA, "!rückgängig")
    assert "wieder wie vorher, aber Aufgaben" in words(receipt)
    assert story.ticket.status == "open"
