"""An admin says by mail who may write directly, and who is blocked."""

from journeys.desk import Arrived, Desk, fresh, letter

ANNA, BEN, CLARA, DORA = (f"{name}@mitglieder.example" for name in ("anna", "ben", "clara", "dora"))


def asks(desk: Desk, *lines: str, who: str = DORA) -> Arrived:
    """The receipt of a mail with commands to the address for them."""
    desk.write(who, "tickets@truhe.example", "Bitte", "\n\n".join(lines))
    return desk.arrives(who)


def rejects(desk: Desk, author: str, to: str = "berlin") -> None:
    """The author writes to an internal address, and nobody but them gets a mail, or nobody."""
    before = len(desk.tickets(author))
    desk.write(author, f"{to}@truhe.example", "Heizung", "Wartung am 3.")
    found = desk.tickets(author)
    assert len(found) == before + 1
    assert found[-1].rejected
    desk.nothing_arrives(ANNA, BEN, CLARA, DORA)


def is_let_in(desk: Desk, author: str, to: str = "berlin") -> None:
    desk.write(author, f"{to}@truhe.example", "Heizung", "Wartung am 3.")
    found = desk.tickets(author)[-1]
    assert (found.department, found.rejected) == (to, False)
    desk.forget()


def test_a_landlady_may_write_to_one_location_until_it_is_taken_back(desk: Desk) -> None:
    domain = f"{fresh('haus').partition('@')[0]}.example"
    landlady = f"vermieterin@{domain}"
    rejects(desk, landlady)
    assert "Kontaktformular" in desk.arrives(landlady).text
    receipt = asks(desk, f"!erlauben {landlady} an berlin@ bis 31.12.2027 Öffnungszeiten im Haus")
    assert receipt.subject == "Erledigt: deine Mail"
    assert f"{landlady} darf direkt schreiben an: Berlin, bis 31.12.2027" in receipt.text
    assert f"!erlauben weg {landlady}" in receipt.text
    is_let_in(desk, landlady)
    rejects(desk, landlady, "muenchen")
    rejects(desk, f"sonst@{domain}")
    listed = asks(desk, f"!erlaubt {domain}").text
    assert f"1. {landlady} – Berlin, bis 31.12.2027: Öffnungszeiten im Haus (Dora, " in listed
    asks(desk, f"!erlauben weg {landlady}")
    rejects(desk, landlady)
    assert "Niemand." in asks(desk, f"!erlaubt {domain}").text


def test_a_partner_domain_may_write_to_two_locations_in_english(desk: Desk) -> None:
    domain = f"{fresh('partner').partition('@')[0]}.example"
    asks(desk, f"!allow @{domain} to freiburg@ muenchen@ repair days together")
    is_let_in(desk, f"a@{domain}", "freiburg")
    is_let_in(desk, f"b@{domain}", "muenchen")
    rejects(desk, f"a@{domain}")
    rejects(desk, f"a@sub.{domain}", "freiburg")


def test_undo_takes_an_entry_back(desk: Desk) -> None:
    author = fresh("haus")
    receipt = asks(desk, f"!erlauben {author} wegen der Schlüssel")
    desk.answer(DORA, receipt, "!rückgängig")
    assert "wieder wie vorher" in desk.arrives(DORA).text
    rejects(desk, author)


def test_a_blocked_author_is_heard_by_nobody_until_the_block_ends(desk: Desk) -> None:
    author = fresh("werbung")
    desk.write(author, "info@truhe.example", "Angebot", "Kaufen Sie!")
    confirmation = desk.arrives(author)
    desk.forget()
    receipt = asks(desk, f"!sperren {author} täglich Werbung")
    assert "ist gesperrt, unbefristet" in receipt.text
    desk.write(author, "info@truhe.example", "Angebot 2", "Kaufen Sie doch!")
    second = desk.tickets(author)[-1]
    assert (second.rejected, second.status, second.department) == (True, "closed", "allgemein")
    desk.answer(author, confirmation, "Kaufen Sie endlich!")
    first = desk.ticket(desk.tickets(author)[0].number)
    assert any("endlich" in entry.text for entry in first.entries)
    desk.nothing_else_arrives()
    shown = asks(desk, f"!zeige #{second.number}").text
    assert "Kaufen Sie doch!" in shown
    assert f"Niemand wurde benachrichtigt: {author} ist gesperrt, unbefristet (Dora, " in shown
    asks(desk, f"!annehmen #{second.number}", f"!sperren weg {author}")
    assert desk.ticket(second.number).ticket.status == "open"
    desk.forget()
    desk.write(author, "info@truhe.example", "Angebot 3", "Letztes Angebot!")
    assert "Angebot 3" in desk.arrives(DORA).subject
    assert desk.arrives(author)


def test_only_admins_may_and_nothing_happens_otherwise(desk: Desk) -> None:
    author = fresh("haus")
    receipt = asks(desk, f"!erlauben {author} wegen der Schlüssel", who=BEN)
    assert "Das dürfen nur Administrator*innen." in receipt.text
    rejects(desk, author)


def test_agents_find_what_was_rejected_and_why_and_the_statistics_count_it(desk: Desk) -> None:
    domain = f"{fresh('paket').partition('@')[0]}.example"
    word = domain.partition(".")[2].partition(".")[0]
    asks(desk, f"!erlauben bote@{domain} an muenchen@ wegen der Pakete")
    desk.send(letter(f"bote@{domain}", "berlin@truhe.example", "Paket", f"Sendung {word} kommt."))
    number = desk.tickets(f"bote@{domain}")[-1].number
    desk.forget()
    assert f"#{number}" in asks(desk, f"!suche {word}", who=ANNA).text
    assert f"#{number}" not in asks(desk, f"!suche {word}", who=CLARA).text
    shown = asks(desk, f"!zeige #{number}", who=ANNA).text
    assert "Nicht angenommen: erlaubt, aber für andere Departments" in shown
    figures = asks(desk, "!statistik berlin", who=ANNA).text
    assert "erlaubt, aber für andere Departments: " in figures
    assert f"{domain}: 1" in figures
