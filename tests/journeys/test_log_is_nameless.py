"""Stories of requesters and agents, and what the daemon wrote into its log about them."""

import re
import time

from tests.journeys.desk import PATIENCE, fresh

_TEXTS = ("Waschbärbauch", "Sonnenblumenweg", "Zaunkönigin", "Quittenbaum", "987654")


def _a_story(desk) -> list[str]:
    """A question, an answer with a note, commands with free text and a code; whom it is about."""
    maria = fresh("adelheid.sonderbar")
    mail = desk.write(
        f"Adelheid Sonderbar <{maria}>", "info@truhe.example", "Waschbärbauch", "Sonnenblumenweg 3"
    )
    desk.arrives(maria)
    news = desk.arrives("dora@mitglieder.example")
    desk.answer(
        "dora@mitglieder.example",
        news,
        "!987654\n!task Zaunkönigin anrufen\n!subject Quittenbaum\n\nHallo.\n\n!note Waschbärbauch",
    )
    desk.settle()
    desk.write(
        "dora@mitglieder.example", "tickets@truhe.example", "x", f"!deny {maria} Zaunkönigin"
    )
    desk.write("nobody@example.org", "berlin@truhe.example", "Quittenbaum", "Sonnenblumenweg")
    desk.settle()
    return [maria, "adelheid", "sonderbar", str(mail["Message-ID"]).strip("<>")]


def test_the_log_names_nobody_and_says_nothing_of_what_was_written(desk):
    before = len(desk.log)
    people = _a_story(desk)
    desk.forget()
    end = time.monotonic() + PATIENCE
    while desk.log[before:].count(" processed ") < 4:
        assert time.monotonic() < end, desk.log[before:]
        time.sleep(0.01)
    log = desk.log[before:].lower()
    for secret in (*people, *_TEXTS, "dora", "mitglieder.example", "nobody"):
        assert secret.lower() not in log, secret
    assert re.search(r"accepted .*queue_id=", log)
    assert re.search(r"delivered .*outbox_id=", log)
