"""People in copy by mail: the requester's Cc, what each gets, adding and dropping by command."""

from email.utils import getaddresses

from tests.journeys.desk import Arrived, Desk, fresh, letter, reply

from .stories import ANNA, BEN, DORA, NOTHING, berlin
from .test_around import words


def copied(desk: Desk, sender: str, to: str | Arrived, text: str, cc: str, **head: str) -> None:
    """A mail with Cc: their own servers take the copies of the others, we get ours."""
    head = {name.replace("_", "-"): value for name, value in head.items()} | {"Cc": cc}
    if isinstance(to, str):
        mail = letter(sender, to, head.pop("Subject", "Laptop"), text, head)
    else:
        mail = reply(sender, to, text, head)
    ours = [each for _, each in getaddresses([str(mail["To"])]) if each.endswith("@truhe.example")]
    desk.send(mail, sender, *ours)


def test_whom_the_requester_names_in_cc_gets_the_answers_and_may_write(desk: Desk) -> None:
    maria, otto = fresh(), fresh("otto")
    copied(desk, maria, "info@truhe.example", "Haben Sie einen?", f"Otto <{otto}>, {ANNA}")
    news = desk.arrives(DORA)
    assert f"Deine Antworten gehen in Kopie an: Otto <{otto}>" in words(news)
    assert ANNA not in news.text
    desk.arrives(maria)
    desk.nothing_arrives(otto)
    desk.answer(DORA, news, "Ja, haben wir.")
    assert f"in Kopie an {otto}" in words(desk.arrives(DORA))
    to_maria, to_otto = desk.arrives(maria), desk.arrives(otto)
    for mail in (to_maria, to_otto):
        assert "Ja, haben wir." in mail.text
        assert (mail["To"], otto in mail["Cc"]) == (maria, True)
    assert to_maria.answer_to != to_otto.answer_to
    assert to_maria.message_id != to_otto.message_id
    desk.answer(otto, to_otto, "Ich hole ihn ab.")
    told = desk.arrives(DORA)
    assert "Ich hole ihn ab." in told.text
    assert "Achtung" not in told.text
    desk.nothing_else_arrives()


def test_a_reply_to_all_among_the_requesters_is_one_conversation(desk: Desk) -> None:
    story = berlin(desk)
    otto = fresh("otto")
    copied(desk, story.maria, story.confirmation, "Otto weiß mehr.", otto)
    news = desk.arrives(ANNA)
    assert otto in news.text
    desk.forget()
    desk.answer(ANNA, news, "Danke!")
    desk.arrives(ANNA)
    to_maria = desk.arrives(story.maria)
    assert "Danke!" in desk.arrives(otto).text
    # Otto answers to the mail that Maria got, and to her: it was passed on to him.
    copied(desk, otto, to_maria, "Ich antworte allen.", story.maria)
    told = desk.arrives(ANNA)
    assert "Ich antworte allen." in told.text
    assert "Achtung" not in told.text


def test_a_stranger_brings_nobody_into_a_ticket(front_desk: Desk) -> None:
    desk = front_desk
    maria, mallory = fresh(), fresh("mallory")
    desk.write(maria, "info@truhe.example", "Laptop", "Haben Sie einen?")
    number = desk.only_ticket(maria).ticket.number
    news = desk.arrives(DORA)
    desk.forget()
    for sender in (mallory, maria):  # the second one is only Maria's address in a From field
        copied(
            desk,
            sender,
            "info@truhe.example",
            "Bitte auch an mich.",
            mallory,
            Subject=f"Re: Laptop [#{number}]",
            In_Reply_To=news.message_id,
        )
    assert mallory not in desk.ticket(number).parties
    desk.forget()


def test_an_agent_adds_somebody_takes_it_back_and_drops_them(desk: Desk) -> None:
    story = berlin(desk)
    otto = fresh("otto")
    receipt = story.does(ANNA, f"!kopie dazu {otto}")
    assert f"In Kopie: {otto}. Sie bekommen ab jetzt jede Antwort" in words(receipt)
    assert f"In Kopie: {otto}" in words(story.does(ANNA, "!zeige"))
    story.does(ANNA, "!rückgängig", receipt)
    assert otto not in desk.ticket(story.number).parties
    story.does(ANNA, f"!cc add {otto}\n\nHallo zusammen")
    assert "Hallo zusammen" in desk.arrives(otto).text
    assert otto in desk.arrives(story.maria)["Cc"]
    assert "Niemand ist in Kopie." in words(story.does(ANNA, f"!kopie weg {otto}"))
    story.does(ANNA, "Nur für Maria")
    assert desk.arrives(story.maria)["Cc"] == ""
    desk.nothing_arrives(otto)


def test_our_own_people_are_no_copies(desk: Desk) -> None:
    story = berlin(desk)
    for address, hint in ((BEN, "!verweisen @ben"), ("info@truhe.example", "von uns")):
        refused = story.does(ANNA, f"!kopie dazu {address}")
        assert NOTHING in refused.text
        assert hint in words(refused)
