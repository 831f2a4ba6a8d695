"""What the history knows of an agent's mails, as the agent and the operator see it."""

from email.policy import SMTP
from hashlib import sha256

from gateway.model.history import Intact
from tests.journeys.desk import Desk, fresh
from tests.terminal import Done, gateway

DORA = "dora@mitglieder.example"


def _gateway(desk: Desk, *words: str) -> Done:
    return gateway(*words, config=desk.config)


def test_each_command_mail_is_in_the_history_with_what_it_changed(desk):
    maria = fresh()
    desk.write(f"Maria <{maria}>", "info@truhe.example", "Laptop", "Haben Sie einen?")
    news = desk.arrives(DORA)
    number = desk.only_ticket(maria).ticket.number
    answer = desk.answer(DORA, news, "Ja.\n\n!task Karton suchen\n\n!wait")
    desk.settle()
    desk.answer(DORA, news, "!zzz")
    desk.forget()
    desk.write(DORA, "tickets@truhe.example", "Befehl", f"!zeige #{number} verlauf")
    shown = desk.arrives(DORA)
    text = shown.text
    assert "Verlauf" in text
    (done,) = [line for line in text.splitlines() if "task" in line]
    assert "Dora" in done
    assert "Karton suchen" in done
    assert "Status" in done
    assert "Warteliste" in done
    digest = sha256(answer.as_bytes(policy=SMTP)).hexdigest()
    assert f"Mail {digest[:12]}" in text.replace("\n", " ") or digest[:12] in text
    assert "nicht ausgeführt" in text
    assert "Haben Sie einen?" not in text
    assert isinstance(desk.store.history.verify(), Intact)


def test_the_operator_checks_the_chain_and_acts_at_the_terminal_are_in_it(desk):
    before = desk.store.history.head().acts
    name = fresh("neu").partition("@")[0].replace(".", "")
    assert (
        _gateway(desk, "agent", "add", f"{name}@mitglieder.example", "-d", "berlin").returncode == 0
    )
    found = _gateway(desk, "audit", "verify")
    assert found.returncode == 0, found.stderr
    assert "The history is intact" in found.stdout
    end = found.stdout.split()[-1]
    assert desk.store.history.head().acts == before + 1
    assert _gateway(desk, "agent", "remove", name).returncode == 0
    assert _gateway(desk, "audit", "verify", "--known", end).returncode == 0
    wrong = _gateway(desk, "audit", "verify", "--known", end.partition(":")[0] + ":" + "0" * 64)
    assert wrong.returncode == 1
    assert "breaks at act" in wrong.stderr
    desk.forget()


def test_who_may_not_see_a_ticket_sees_no_history_of_it(desk):
    maria = fresh()
    desk.write(f"Maria <{maria}>", "info@truhe.example", "Geheim", "Frage")
    news = desk.arrives(DORA)
    number = desk.only_ticket(maria).ticket.number
    desk.answer(DORA, news, "!task Zaunkönigin")
    desk.forget()
    desk.write("ben@mitglieder.example", "tickets@truhe.example", "x", f"!show #{number} history")
    shown = desk.arrives("ben@mitglieder.example")
    assert "Zaunkönigin" not in shown.text
    assert "Dora" not in shown.text
