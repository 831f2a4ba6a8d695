"""An admin keeps accounts by mail: people come, change departments, go, and come back."""

import time

from tests.journeys.agents.stories import ANNA, BEN, DORA, berlin
from tests.journeys.desk import PATIENCE, Arrived, Desk, fresh

COMMANDS = "tickets@truhe.example"


def tells(desk: Desk, who: str, text: str) -> Arrived:
    """A mail to the command address; its receipt."""
    desk.write(who, COMMANDS, "Konten", text)
    return desk.arrives(who)


def test_an_agent_comes_works_and_goes(desk: Desk) -> None:
    cleo = fresh("cleo", "ngo.example")
    done = tells(desk, DORA, f"!konto neu cleo {cleo} Cleo Wagner abteilung=berlin")
    assert "Cleo Wagner" in done.text
    assert done.subject.startswith("Erledigt")
    welcome = desk.arrives(cleo)
    assert welcome.subject == "Willkommen im Helpdesk von Truhe e. V."
    assert "Berlin" in welcome.text
    assert welcome.answer_to == COMMANDS
    assert welcome["Auto-Submitted"] == "auto-generated"
    desk.nothing_arrives(DORA, ANNA)

    desk.answer(cleo, welcome, "!hilfe")
    assert "!nehmen" in desk.arrives(cleo).text

    listed = tells(desk, DORA, "!konten").text
    line = next(line for line in listed.splitlines() if "@cleo" in line)
    assert cleo in line
    assert "noch keine Mail" not in line
    assert "aktiv" in line

    story = berlin(desk)
    desk.write(cleo, COMMANDS, "x", f"!nehmen #{story.number}")
    assert "#" in desk.arrives(cleo).text
    assert story.responsible == "cleo"
    desk.forget()

    assert "werden: 1" in tells(desk, DORA, "!konto sperren cleo").text
    assert "gesperrt" in desk.arrives(cleo).subject
    free = desk.soon(BEN)
    assert f"#{story.number}" in free.text
    assert desk.soon(ANNA).subject == f"Wieder frei: #{story.number}"
    assert story.responsible == ""
    assert story.ticket.status == "open"
    desk.answer(BEN, free, f"!nehmen #{story.number}")
    desk.arrives(BEN)
    assert story.responsible == "ben"

    desk.write(cleo, COMMANDS, "x", f"!nehmen #{story.number} trotzdem")
    desk.settle()
    assert story.responsible == "ben"
    desk.forget()

    tells(desk, DORA, "!konto entsperren cleo")
    assert "wieder aktiv" in desk.arrives(cleo).subject
    tells(desk, DORA, "!konto abteilung cleo +freiburg -berlin")
    assert "Freiburg" in desk.arrives(cleo).text
    tells(desk, DORA, "!konto entfernen cleo")
    assert "entfernt" in desk.arrives(cleo).subject
    _forgotten(story, "Cleo Wagner")
    again = tells(desk, DORA, f"!account add cleo {cleo} Cleo Wagner dept=berlin lang=en")
    assert again.subject.startswith("Erledigt")
    assert desk.arrives(cleo).subject == "Welcome to the help desk of Truhe e. V."


def _forgotten(story: object, name: str) -> None:
    end = time.monotonic() + PATIENCE
    while any(name in event for event in story.events):  # type: ignore[attr-defined]
        assert time.monotonic() < end, "the history still knows the name"
        time.sleep(0.05)


def test_nobody_but_an_admin_and_not_the_last_one(desk: Desk) -> None:
    refused = tells(desk, ANNA, "!account lock ben")
    assert refused.subject.startswith("Nicht ausgeführt")
    assert "Nur Administrator*innen" in refused.text or "Administrator" in refused.text
    refused = tells(desk, DORA, "!account role dora agent")
    assert "keine Administrator*in mehr" in refused.text
    desk.nothing_arrives(BEN)
    assert desk.store.people.find("dora").admin  # type: ignore[union-attr]


def test_an_account_command_with_a_slip_changes_nothing(desk: Desk) -> None:
    refused = tells(desk, DORA, "!konto speren ben\n\n!konto abteilung anna +freiburg")
    assert "!konto sperren" in refused.text
    anna = desk.store.people.find("anna")
    assert anna is not None
    assert anna.departments == {"berlin"}
    desk.nothing_arrives(ANNA, BEN)
