"""The links of a notification, tapped: the mail that opens is sent as it is."""

from urllib.parse import unquote

import pytest
from lxml.html import document_fromstring

from tests.journeys.desk import Arrived, Desk

from .stories import ANNA, berlin


def link(mail: Arrived, label: str) -> str:
    """The target of the link with this label."""
    part = mail.mail.get_body(("html",))
    assert part is not None
    links = document_fromstring(part.get_content()).iter("a")
    return next(one.get("href", "") for one in links if one.text == label)


def opened(target: str) -> dict[str, str]:
    """What a mail program shows for a mailto link (RFC 6068)."""
    assert "+" not in target
    assert " " not in target
    address, _, rest = target.removeprefix("mailto:").partition("?")
    fields = dict(field.split("=", 1) for field in rest.split("&"))
    return {name: unquote(value) for name, value in {"to": address, **fields}.items()}


@pytest.mark.parametrize(
    ("label", "status", "responsible"),
    [
        ("Nehmen", "in-progress", "anna"),
        ("Warteliste", "on-waiting", ""),
        ("Schließen", "closed", ""),
        ("Spam", "spam", ""),
    ],
)
def test_a_tapped_link_does_what_it_says(
    desk: Desk, label: str, status: str, responsible: str
) -> None:
    story = berlin(desk)
    prepared = opened(link(story.notice, label))
    assert prepared["subject"].startswith(f"Re: [#{story.number}] ")
    assert prepared["body"].endswith("\r\n\r\n")
    body = prepared["body"].replace("\r\n", "\n") + "-- \nAnna\nGesendet vom Telefon\n"
    desk.write(ANNA, prepared["to"], prepared["subject"], body)
    assert desk.arrives(ANNA).subject == f"Erledigt: #{story.number}"
    assert (story.ticket.status, story.responsible) == (status, responsible)


def test_a_note_below_the_word_of_its_link_stays_among_agents(desk: Desk) -> None:
    story = berlin(desk)
    prepared = opened(link(story.notice, "Notiz"))
    text = prepared["body"].replace("\r\n", "\n") + "Habe angerufen.\n"
    desk.write(ANNA, prepared["to"], prepared["subject"], text)
    desk.nothing_arrives(story.maria)
    assert "note: Habe angerufen." in story.events


def test_who_gives_a_ticket_back_can_tell_the_requester_by_a_tap(desk: Desk) -> None:
    story = berlin(desk)
    story.does(ANNA, "!nehmen")
    receipt = story.does(ANNA, "!freigeben")
    assert "Weiß die anfragende Person" in receipt.text
    prepared = opened(link(receipt, "Bescheid sagen"))
    desk.write(ANNA, prepared["to"], prepared["subject"], prepared["body"].replace("\r\n", "\n"))
    told = desk.arrives(story.maria)
    assert "Jemand anderes aus unserem Team" in told.text
    assert "freigeben" not in told.everything
    assert (story.ticket.status, story.responsible) == ("open", "")


def test_who_says_so_while_giving_back_is_not_asked(desk: Desk) -> None:
    story = berlin(desk)
    story.does(ANNA, "!nehmen")
    receipt = story.does(ANNA, "Liebe Maria, ab jetzt hilft dir Ben.\n\n!freigeben")
    assert "Weiß die anfragende Person" not in receipt.text
    assert "hilft dir Ben" in desk.arrives(story.maria).text
