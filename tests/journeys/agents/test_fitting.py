"""Offers and requests that fit each other, by mail."""

from datetime import UTC, datetime, timedelta

from gateway.model.around_changes import Remind
from gateway.model.reminder import ReminderKind
from tests.journeys.desk import Arrived, Desk, fresh

from .stories import ANNA, BEN, CLARA, TICKETS

FITS = "Wartende Nachfragen, zu denen #{number} passt"


def words(mail: Arrived) -> str:
    """The text with ordinary blanks and on one line each sentence."""
    return " ".join(mail.text.replace("\u00a0", " ").split())


def comes(desk: Desk, topic: str, devices: str, location: str = "Berlin") -> str:
    """Somebody fills in the form; the number of their ticket."""
    person = fresh("maria")
    desk.write(
        "website@truhe.example",
        "kontaktformular@truhe.example",
        "Kontaktformular",
        f"Name: Maria Muster\nE-Mail: {person}\nStandort: {location}\nThema: {topic}\n"
        f"Geräte: {devices}\nNachricht: Guten Tag.\n",
    )
    return desk.only_ticket(person).ticket.number


def orders(desk: Desk, agent: str, text: str) -> Arrived:
    """Commands to the agents' address; the receipt comes back."""
    desk.forget()
    desk.write(agent, TICKETS, "Befehl", text)
    return desk.arrives(agent)


def test_an_offer_names_who_waits_for_it_until_one_of_them_gets_it(desk: Desk) -> None:
    first = comes(desk, "Spendennachfrage", "Smartphone")
    second = comes(desk, "Spendennachfrage", "Smartphone, Tablet")
    not_waiting = comes(desk, "Spendennachfrage", "Smartphone")
    elsewhere = comes(desk, "Spendennachfrage", "Smartphone", "München")
    orders(desk, ANNA, f"!warten #{first}")
    orders(desk, ANNA, f"!warten #{second}")
    orders(desk, CLARA, f"!warten #{elsewhere}")
    listed = words(orders(desk, ANNA, "!liste wartend smartphone"))
    assert f"#{first}" in listed
    assert f"#{elsewhere}" not in listed
    desk.forget()

    offer = comes(desk, "Spendenangebot", "Smartphone, Tablet")
    news = desk.arrives(ANNA)
    text = words(news)
    assert FITS.format(number=offer) in text
    assert text.index(f"#{first} Smartphone –") < text.index(f"#{second} Tablet, Smartphone –")
    assert f"#{not_waiting} " not in text
    assert f"#{elsewhere} " not in text
    assert f"„!verbinden #{offer} mit #{first}“" in text
    assert f"Mit #{first} verbinden" in text
    assert "!verbinden" not in [line[:10] for line in news.text.splitlines()]

    desk.forget()
    desk.answer(ANNA, news, f"!verbinden #{first}")
    assert f"verbunden mit #{first}" in words(desk.arrives(ANNA))
    again = comes(desk, "Spendenangebot", "Smartphone")
    text = words(desk.arrives(BEN))
    assert f"#{first} " not in text
    assert f"#{second} " in text
    desk.forget()
    orders(desk, ANNA, f"!nehmen #{second}")
    assert f"#{second} " not in words(orders(desk, ANNA, f"!zeige #{again}"))


def test_a_request_names_open_offers_when_it_comes_up(desk: Desk) -> None:
    offer = comes(desk, "Spendenangebot", "Desktop")
    desk.forget()
    request = comes(desk, "Spendennachfrage", "Desktop, Bildschirm")
    news = desk.arrives(ANNA)
    assert f"Angebote, die zu #{request} passen" in words(news)
    assert f"#{offer} Desktop – angeboten vor" in words(news)
    # Waiting, and its time over.
    assert f"#{offer} Desktop" in words(orders(desk, ANNA, f"!warten #{request}"))
    with desk.store.begin() as transaction:
        now = datetime.now(UTC)
        ticket = desk.ticket(request).ticket.id
        transaction.apply([Remind(ticket, ReminderKind.WAIT, now - timedelta(minutes=1))], now)
    assert f"#{offer} Desktop" in words(desk.soon(ANNA))
    # Reserved, it has what it waits for.
    receipt = orders(desk, ANNA, f"!feld #{request} Reservierung = MR-20270112-7")
    assert f"#{offer} " not in words(receipt)
    orders(desk, ANNA, f"!zu #{offer} still")
    assert f"#{offer} " not in words(orders(desk, ANNA, f"!feldweg #{request} Reservierung"))


def test_a_field_that_is_filled_in_later_is_matched_then(desk: Desk) -> None:
    request = comes(desk, "Spendennachfrage", "Laptop")
    orders(desk, ANNA, f"!warten #{request}")
    offer = comes(desk, "Spendenangebot", "Bildschirm")
    desk.forget()
    receipt = words(orders(desk, BEN, f"!set #{offer} laptop = ja"))
    assert FITS.format(number=offer) in receipt
    assert f"#{request} Laptop" in receipt
    assert f"#{request} Laptop" in words(orders(desk, BEN, f"!zeige #{offer}"))
