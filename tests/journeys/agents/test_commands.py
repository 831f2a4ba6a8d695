"""Commands in an agent's mail: what they do, what they refuse, and what the answer says."""

import pytest

from gateway.model.people import AgentState
from tests.journeys.desk import Arrived, Desk, fresh

from .stories import ANNA, BEN, CLARA, DORA, NOTHING, TICKETS, at_location, berlin


def words(mail: Arrived) -> str:
    """The text with ordinary blanks."""
    return mail.text.replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("command", "status", "responsible"),
    [
        ("!nehmen", "in-progress", "anna"),
        ("!CLAIM", "in-progress", "anna"),
        ("!Übernehmen", "in-progress", "anna"),
        ("!take", "in-progress", "anna"),
        ("!zuweisen @ben", "in-progress", "ben"),
        ("!assign @Ben", "in-progress", "ben"),
        ("!arbeit", "in-progress", "anna"),
        ("!warten", "on-waiting", ""),
        ("!wait", "on-waiting", ""),
        ("!status wartet", "on-waiting", ""),
        ("!zu", "closed", ""),
        ("!schliessen still", "closed", ""),
        ("!close quiet", "closed", ""),
        ("!status closed", "closed", ""),
        ("!spam", "spam", ""),
    ],
)
def test_a_command_does_what_its_word_says(
    desk: Desk, command: str, status: str, responsible: str
) -> None:
    story = berlin(desk)
    receipt = story.does(ANNA, command)
    assert receipt.subject == f"Erledigt: #{story.number}"
    assert command in receipt.text
    assert (story.ticket.status, story.responsible) == (status, responsible)


@pytest.mark.parametrize(
    ("commands", "status"),
    [
        (("!nehmen", "!freigeben"), "open"),
        (("!claim", "!release"), "open"),
        (("!zu", "!wieder"), "open"),
        (("!close", "!reopen"), "open"),
        (("!spam", "!keinspam"), "open"),
        (("!spam", "!ham"), "open"),
        (("!warten", "!nehmen"), "in-progress"),
    ],
)
def test_commands_lead_there_and_back(desk: Desk, commands: list[str], status: str) -> None:
    story = berlin(desk)
    for command in commands:
        assert "Erledigt" in story.does(ANNA, command).subject
    assert story.ticket.status == status


def test_the_requester_hears_of_a_close_and_of_nothing_else(desk: Desk) -> None:
    story = berlin(desk)
    for command in ("!nehmen", "!warten", "!spam", "!ham"):
        story.does(ANNA, command)
    desk.nothing_arrives(story.maria)
    story.does(ANNA, "!zu")
    notice = desk.arrives(story.maria)
    assert "ist erledigt" in notice.text
    assert ANNA not in notice.everything
    assert "Anna" not in notice.everything


def test_a_quiet_close_is_quiet(desk: Desk) -> None:
    story = berlin(desk)
    story.does(ANNA, "!zu still")
    desk.nothing_else_arrives()


def test_a_taken_ticket_is_not_taken_away_unless_one_insists(desk: Desk) -> None:
    story = berlin(desk)
    story.does(ANNA, "!nehmen")
    receipt = story.does(BEN, "!nehmen", to=story.other)
    assert NOTHING in receipt.text
    assert "ist schon Anna zuständig" in receipt.text
    assert "trotzdem" in receipt.text
    assert story.responsible == "anna"
    story.does(BEN, "!nehmen trotzdem", to=story.other)
    assert story.responsible == "ben"


def test_an_impossible_status_is_refused_and_the_possible_ones_are_named(desk: Desk) -> None:
    story = berlin(desk)
    story.does(ANNA, "!spam")
    receipt = story.does(ANNA, "!warten")
    assert "von „geschlossen (Spam)“ nach „auf der Warteliste“ geht es nicht" in receipt.text
    assert "Jetzt möglich: offen, geschlossen." in receipt.text
    assert story.ticket.status == "spam"


def test_the_assigned_agent_is_told_and_reads_what_it_is_about(desk: Desk) -> None:
    story = berlin(desk, "Ich suche einen Zitronenfalter.")
    story.does(ANNA, "!zuweisen @clara")
    told = desk.arrives(CLARA)
    assert f"Anna hat dir das Ticket #{story.number}" in told.text
    assert "Zitronenfalter" in told.text
    story.does(CLARA, "Ich kümmere mich.", to=told)
    assert "Ich kümmere mich." in desk.arrives(story.maria).text


@pytest.mark.parametrize("name", ["@niemand", "@x@y.example"])
def test_assigning_to_nobody_is_refused(desk: Desk, name: str) -> None:
    story = berlin(desk)
    receipt = story.does(ANNA, f"!zuweisen {name}")
    assert "es gibt kein aktives Konto" in receipt.text
    assert story.ticket.status == "open"


def test_a_move_says_who_sees_it_and_the_new_department_is_told(desk: Desk) -> None:
    story = berlin(desk, "Ich suche einen Zitronenfalter.")
    receipt = story.does(ANNA, "!verschieben muenchen")
    assert "verschoben von Berlin nach München" in receipt.text
    assert (
        "Die Mitglieder von München sehen es jetzt, wer nur bei Berlin ist, nicht mehr."
        " Du siehst es nicht mehr (nächstes Mal: !verschieben muenchen behalten)."
    ) in words(receipt)
    assert "Zitronenfalter" not in receipt.text
    told = desk.arrives(CLARA)
    assert f"Anna hat das Ticket #{story.number} nach München verschoben" in told.text
    assert "Zitronenfalter" in told.text
    assert told.sender == "muenchen@truhe.example"
    desk.nothing_arrives(story.maria)


def test_after_a_move_the_old_notification_opens_nothing_and_tells_nothing(desk: Desk) -> None:
    story = berlin(desk)
    story.does(ANNA, "!move muenchen")
    desk.forget()
    for text in ("Noch eine Frage.", "!zeige", "!nehmen", "!notiz x y"):
        receipt = story.does(ANNA, text)
        assert NOTHING in receipt.text
        assert "hier gibt es kein Ticket, das du sehen darfst" in receipt.text
        assert "München" not in receipt.everything
        assert "Clara" not in receipt.everything
    desk.nothing_else_arrives()
    assert story.ticket.status == "open"


def test_who_keeps_a_foot_in_the_door_can_go_on(desk: Desk) -> None:
    story = berlin(desk)
    receipt = story.does(ANNA, "!verschieben München behalten")
    assert "Du behältst deinen Zugriff" in receipt.text
    desk.forget()
    assert "Erledigt" in story.does(ANNA, "Ich übergebe an München.").subject
    assert desk.arrives(story.maria).sender == "muenchen@truhe.example"


def test_a_move_to_nowhere_names_the_departments(desk: Desk) -> None:
    story = berlin(desk)
    receipt = story.does(ANNA, "!verschieben hamburg")
    assert "es gibt kein Department „hamburg“" in receipt.text
    assert "muenchen" in receipt.text
    assert "abgelehnt" not in receipt.text


def test_a_rejected_mail_is_accepted_and_the_department_is_told(desk: Desk) -> None:
    paket = fresh("paket")
    desk.write(paket, "berlin@truhe.example", "Ihre Sendung", "Kommt Zitronenfalter-Dienstag.")
    number = desk.only_ticket(paket).ticket.number
    desk.forget()
    desk.write(ANNA, TICKETS, "x", f"!nehmen #{number}")
    assert "Schick zuerst !annehmen" in words(desk.arrives(ANNA))
    desk.write(ANNA, TICKETS, "x", f"!annehmen #{number}")
    both = sorted((desk.arrives(ANNA).text, desk.arrives(ANNA).text), key=len)
    assert "ein normales Ticket von Berlin" in both[0]
    assert "Zitronenfalter-Dienstag" in both[1]  # which she can answer
    told = desk.arrives(BEN)
    assert "Zitronenfalter-Dienstag" in told.text
    assert desk.ticket(number).ticket.department == "berlin"
    desk.nothing_else_arrives()


def test_forbidden_and_missing_tickets_get_the_same_answer(desk: Desk) -> None:
    story = at_location(desk, "München", "Geheim.", CLARA)
    answers = []
    for number in (story.number, "99999999"):
        for command in ("!zeige", "!zu", "!nehmen", "!verschieben berlin"):
            word, _, rest = command.partition(" ")
            desk.write(ANNA, TICKETS, "x", f"{word} #{number} {rest}".strip())
            answers.append(desk.arrives(ANNA).text.replace(number, "N"))
    assert answers[:4] == answers[4:]
    assert all("es gibt kein Ticket #N, das du sehen darfst" in answer for answer in answers)


def test_lists_show_only_what_the_agent_may_see(desk: Desk) -> None:
    mine = at_location(desk, "Freiburg", "Laptop", BEN)
    other = at_location(desk, "München", "Geheim", CLARA)
    mine.does(BEN, "!nehmen")
    lists = "!liste\n\n!liste meine\n\n!liste abteilung freiburg\n\n!liste abteilung muenchen"
    desk.write(BEN, TICKETS, "Liste", lists)
    text = desk.arrives(BEN).text
    assert text.count(f"#{mine.number} Freiburg in Arbeit") >= 2
    assert f"#{other.number}" not in text
    assert "!liste abteilung muenchen – 0 Tickets" in text
    assert "Meine Tickets" in text
    assert "Offene Tickets" in text


def test_show_prints_the_thread_in_the_readers_language(desk: Desk) -> None:
    story = berlin(desk, "Ich suche einen Laptop.")
    story.does(ANNA, "Ja, gern.\n\n!note\nRegal 3")
    story.does(ANNA, "!close quiet")
    text = story.does(BEN, "!zeige ganz", to=story.other).text
    for part in ("Ich suche einen Laptop.", "Ja, gern.", "Regal 3", "Notiz, Anna", "Antwort, Anna"):
        assert part in text
    assert "erste Antwort: zuständig ist jetzt Anna" in text
    assert "Anna: Status: in Arbeit → geschlossen" in text
    assert "status:" not in text


def test_help_explains_the_words_in_the_agents_language(desk: Desk) -> None:
    desk.write(ANNA, TICKETS, "x", "!hilfe")
    text = desk.arrives(ANNA).text
    for word in ("!nehmen", "!verschieben", "!zu", "!notiz", "!liste"):
        assert word in text
    assert "Du wirst zuständig." in text
    for foreign in ("You ", "Sie werden", "Ihnen"):
        assert foreign not in text
    desk.write(ANNA, TICKETS, "x", "!hilfe verschieben")
    assert "In ein anderes Department" in desk.arrives(ANNA).text


def test_several_tickets_are_closed_together_or_not_at_all(desk: Desk) -> None:
    one, two = berlin(desk), berlin(desk)
    foreign = at_location(desk, "München", "x", CLARA)
    desk.write(ANNA, TICKETS, "x", f"!zu #{one.number} #{two.number} #{foreign.number}")
    receipt = desk.arrives(ANNA)
    assert NOTHING in receipt.text
    assert one.ticket.status == two.ticket.status == "open"
    desk.nothing_else_arrives()
    desk.write(ANNA, TICKETS, "x", f"!zu #{one.number} #{two.number}")
    assert "Erledigt" in desk.arrives(ANNA).subject
    assert one.ticket.status == two.ticket.status == "closed"
    desk.arrives(one.maria)
    desk.arrives(two.maria)


def test_commands_are_read_at_an_internal_address_too(desk: Desk) -> None:
    story = berlin(desk)
    desk.write(ANNA, "berlin@truhe.example", "x", f"!nehmen #{story.number}")
    assert "Erledigt" in desk.arrives(ANNA).subject
    assert story.responsible == "anna"


@pytest.mark.parametrize("text", ["Liebe Maria, ja gern.", "!notiz nur so", "!zu"])
def test_without_a_ticket_nothing_is_done(desk: Desk, text: str) -> None:
    desk.write(ANNA, TICKETS, "x", text)
    receipt = desk.arrives(ANNA)
    assert NOTHING in receipt.text
    assert "diese Mail gehört zu keinem Ticket" in receipt.text
    desk.nothing_else_arrives()


@pytest.mark.parametrize(
    ("commands", "says"),
    [
        ("!clsoe", "Gemeint: !close?"),
        ("!schliesen", "Gemeint: !"),
        ("!zauber", "Den Befehl „!zauber“ gibt es nicht"),
        ("!zu\n\n!warten", "Zwei verschiedene Status für #"),
        ("!nehmen\n\n!zuweisen @ben", "Zwei verschiedene Zuständige für #"),
        ("!verschieben berlin\n\n!verschieben freiburg", "Zwei verschiedene Departments"),
        ("!zu\nund tschüss", "fehlt eine Leerzeile"),
        ("/close", "Diese Zeile sieht wie ein Befehl aus"),
        ("!zuweisen ben", "mit einem @ vor dem Namen"),
        ("!zuweisen", "Hinter !zuweisen fehlt etwas"),
    ],
)
def test_what_is_not_understood_does_nothing_and_gives_the_text_back(
    desk: Desk, commands: str, says: str
) -> None:
    story = berlin(desk)
    receipt = story.does(ANNA, f"Liebe Maria, dein Zitronenfalter ist da.\n\n{commands}")
    head = "Bitte bestätigen" if "Gemeint" in says else "Nicht ausgeführt"
    assert receipt.subject.startswith(f"{head}: #{story.number}")
    assert NOTHING in receipt.text
    assert says in words(receipt)
    assert "dein Zitronenfalter ist da." in receipt.text
    assert "Ihre" not in receipt.text
    assert not any(line.lstrip().startswith("!") for line in receipt.text.splitlines())
    desk.nothing_else_arrives()
    assert story.ticket.status == "open"


def test_a_locked_agent_commands_nothing_and_is_assigned_nothing(desk: Desk) -> None:
    story = berlin(desk)
    desk.store.people.set_state("ben", AgentState.LOCKED)
    try:
        desk.answer(BEN, story.other, "!zu")
        desk.settle()
        assert story.ticket.status == "open"
        desk.forget()
        assert "kein aktives Konto" in story.does(ANNA, "!zuweisen @ben").text
        desk.write(BEN, TICKETS, "x", f"!zu #{story.number}")
        desk.settle()
        assert story.ticket.status == "open"
    finally:
        desk.store.people.set_state("ben", AgentState.ACTIVE)


def test_when_the_responsible_agent_is_locked_the_department_hears(desk: Desk) -> None:
    story = berlin(desk)
    story.does(BEN, "Ja, gern.", to=story.other)
    answer = desk.arrives(story.maria)
    desk.store.people.set_state("ben", AgentState.LOCKED)
    try:
        desk.answer(story.maria, answer, "Wann?")
        mail = desk.arrives(ANNA)
        if "Wann?" not in mail.text:  # that Ben's tickets are free is told when its time comes
            mail = desk.arrives(ANNA)
        assert "Wann?" in mail.text
        desk.nothing_arrives(BEN, DORA)
    finally:
        desk.store.people.set_state("ben", AgentState.ACTIVE)


def test_nobody_unknown_commands_anything(desk: Desk) -> None:
    story = berlin(desk)
    desk.write(fresh("fremd"), TICKETS, "x", f"!zu #{story.number}")
    desk.settle()
    assert story.ticket.status == "open"


def test_an_agent_who_asks_for_something_is_a_requester_like_others(desk: Desk) -> None:
    desk.write(f"Dora <{DORA}>", "datenschutz@truhe.example", "Auskunft", "Was wisst ihr von mir?")
    confirmation = desk.arrives(DORA)
    number = desk.tickets(DORA)[-1].number
    notice = desk.arrives("emil@mitglieder.example")
    desk.answer("emil@mitglieder.example", notice, "Nur das Nötigste.")
    answer = desk.arrives(DORA)
    assert "Nur das Nötigste." in answer.text
    assert answer.sender == "datenschutz@truhe.example"
    desk.answer(DORA, answer, "Danke!\n\n!zu")
    assert desk.ticket(number).ticket.status == "in-progress"
    assert desk.ticket(number).entries[-1].kind == "message"
    desk.answer(DORA, confirmation, "Und noch etwas.")
    assert desk.ticket(number).entries[-1].kind == "message"
    desk.nothing_arrives(DORA)
