"""Direct mail to addresses that take none, and the exceptions from it."""

import pytest

from .desk import Desk, fresh, letter

AGENTS = [f"{name}@mitglieder.example" for name in ("anna", "ben", "clara", "dora")]


def verdict(domain: str, result: str = "pass", server: str = "mx.truhe.example") -> dict[str, str]:
    """What the front mail server wrote on top."""
    return {"Authentication-Results": f"{server}; dmarc={result} header.from={domain}"}


@pytest.mark.parametrize(
    ("location", "department"),
    [
        ("berlin", "abgelehnt-berlin"),
        ("muenchen", "abgelehnt-muenchen"),
        ("ueberregional", "abgelehnt-ueberregional"),
    ],
)
def test_direct_mail_to_an_internal_address_is_answered_and_filed_and_nobody_is_told(
    desk: Desk, location: str, department: str
) -> None:
    dealer = fresh("haendler")
    mail = desk.write(
        f"Händler <{dealer}>", f"{location}@truhe.example", "Angebot", "Kaufen Sie Zitronenfalter!"
    )
    about = desk.only_ticket(dealer)
    assert (about.ticket.department, about.ticket.status) == (department, "closed")
    assert about.ticket.rejected
    assert "Zitronenfalter" in about.entries[0].text
    answer = desk.arrives(dealer)
    assert f"an {location}@truhe.example geschrieben" in answer.text
    assert "https://www.truhe.example/kontakt" in answer.text
    assert "Zitronenfalter" not in answer.everything
    assert "Angebot" not in answer.everything
    assert answer["In-Reply-To"] == mail["Message-ID"]
    assert answer["Auto-Submitted"] == "auto-replied"
    assert answer.sender == f"{location}@truhe.example"
    assert "Abgelehnt" not in answer["From"], "what happens behind the counter is not shown"
    assert desk.sent(answer.message_id).mail_from is None
    desk.nothing_else_arrives()


def test_the_answer_is_given_once_for_each_author_and_window(desk: Desk) -> None:
    dealer = fresh("haendler")
    for subject in ("Angebot 1", "Angebot 2", "Angebot 3"):
        desk.write(dealer, "berlin@truhe.example", subject, "Kaufen Sie!")
    desk.write(dealer, "freiburg@truhe.example", "Angebot 4", "Kaufen Sie!")
    desk.write(dealer.upper(), "berlin@truhe.example", "Angebot 5", "Kaufen Sie!")
    desk.arrives(dealer)
    desk.nothing_else_arrives()
    assert len(desk.tickets(dealer)) == 5
    assert all(ticket.rejected and ticket.status == "closed" for ticket in desk.tickets(dealer))


def test_an_english_author_is_answered_in_english(desk: Desk) -> None:
    dealer = fresh("dealer")
    text = "Dear Sir or Madam,\nwe would like to offer you the best printers.\nKind regards"
    desk.write(dealer, "berlin@truhe.example", "Our offer", text)
    answer = desk.arrives(dealer)
    assert "you have written to berlin@truhe.example" in answer.text
    assert "Guten Tag" not in answer.text


def test_a_rejected_mail_can_be_accepted_and_answered(desk: Desk) -> None:
    parcel = fresh("paketdienst")
    desk.write(parcel, "berlin@truhe.example", "Ihr Paket", "Kommt morgen um 9.")
    number = desk.only_ticket(parcel).ticket.number
    desk.arrives(parcel)
    desk.write(AGENTS[0], "tickets@truhe.example", "Bitte", f"!annehmen #{number}")
    about = desk.ticket(number)
    assert (about.ticket.department, about.ticket.status) == ("berlin", "open")
    assert not about.ticket.rejected
    assert "angenommen" in desk.arrives(AGENTS[1]).text


def test_forged_direct_mail_is_filed_and_not_answered(front_desk: Desk) -> None:
    victim = fresh("opfer", "bank.example")
    front_desk.write(
        victim, "berlin@truhe.example", "Konto", "Klicken Sie", verdict("bank.example", "fail")
    )
    assert front_desk.only_ticket(victim).ticket.rejected
    front_desk.nothing_else_arrives()


# --- the allow list -----------------------------------------------------------------------------


def test_an_allowed_author_opens_a_normal_ticket(front_desk: Desk) -> None:
    landlady = "vermieterin@hausverein.example"
    front_desk.write(f"Frau Haus <{landlady}>", "berlin@truhe.example", "Heizung", "Wartung am 3.")
    about = front_desk.tickets(landlady)[-1]
    assert (about.department, about.status, about.rejected) == ("berlin", "open", False)
    assert "Wartung am 3." in front_desk.arrives(AGENTS[0]).text
    assert "Wartung am 3." in front_desk.arrives(AGENTS[1]).text
    assert front_desk.arrives(landlady).sender == "berlin@truhe.example"


def test_an_allowed_author_is_rejected_at_other_departments(front_desk: Desk) -> None:
    landlady = "vermieterin@hausverein.example"
    front_desk.write(landlady, "muenchen@truhe.example", "Heizung München", "Wartung?")
    assert front_desk.tickets(landlady)[-1].department == "abgelehnt-muenchen"
    front_desk.nothing_arrives("clara@mitglieder.example")


def test_an_expired_entry_lets_nobody_in(front_desk: Desk) -> None:
    builder = "frueher@hausverein.example"
    front_desk.write(builder, "berlin@truhe.example", "Umbau", "Wann?")
    assert front_desk.only_ticket(builder).ticket.rejected
    assert "Kontaktformular" in front_desk.arrives(builder).text


@pytest.mark.parametrize(
    ("headers", "is_let_in"),
    [
        (verdict("partnerverein.example"), True),
        ({}, False),
        (verdict("partnerverein.example", "fail"), False),
        (verdict("partnerverein.example", server="mx.evil.example"), False),
        (verdict("evil.example"), False),
    ],
)
def test_an_entry_that_demands_proof_takes_nothing_less(
    front_desk: Desk, headers: dict[str, str], is_let_in: bool
) -> None:
    partner = fresh("vorsitz", "partnerverein.example")
    front_desk.write(partner, "berlin@truhe.example", "Reparaturtag", "Am Samstag?", headers)
    assert front_desk.only_ticket(partner).ticket.rejected is not is_let_in


# --- members only -------------------------------------------------------------------------------


@pytest.mark.parametrize("sender", ["gerda@verein.example", "anna@mitglieder.example"])
def test_members_may_write_to_a_members_address(front_desk: Desk, sender: str) -> None:
    proof = verdict(sender.partition("@")[2])
    front_desk.write(sender, "gefahrgut@truhe.example", "Aufkleber", "Bitte fünf Stück.", proof)
    assert front_desk.tickets(sender)[-1].department == "gefahrgut"
    assert "Bitte fünf Stück." in front_desk.arrives("fritz@mitglieder.example").text
    assert front_desk.arrives(sender).sender == "gefahrgut@truhe.example"


def test_others_are_rejected_at_a_members_address(front_desk: Desk) -> None:
    stranger = fresh("fremd")
    front_desk.write(
        stranger, "gefahrgut@truhe.example", "Aufkleber", "Für mich?", verdict("example.org")
    )
    about = front_desk.only_ticket(stranger)
    assert about.ticket.rejected
    assert "gefahrgut@truhe.example" in front_desk.arrives(stranger).text
    front_desk.nothing_else_arrives()


def test_a_members_name_without_proof_opens_nothing(front_desk: Desk) -> None:
    mail = letter("gerda@verein.example", "gefahrgut@truhe.example", "Aufkleber", "Angeblich.")
    front_desk.send(mail)
    assert front_desk.tickets("gerda@verein.example")[-1].rejected
    front_desk.nothing_arrives("fritz@mitglieder.example")
