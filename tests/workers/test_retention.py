"""Tickets that were closed long enough: proposed, answered, deleted, kept, purged; over years."""

from dataclasses import replace
from datetime import timedelta

import pytest

from gateway.model.history import Intact
from gateway.model.outbox import Sent
from gateway.model.second_factor import Demand
from gateway.model.ticket import State
from tests.workers.retention_desk import ALL, DAY, DORA, command, desk, letter


@pytest.fixture
def years(tmp_path, sqlite_url):
    (tmp_path / "unused").mkdir()
    with desk(tmp_path, sqlite_url) as found:
        yield found


def closed_ticket(desk, name="maria", how="!close #{} quiet"):
    asked = desk.write(letter(f"{name}@example.org", "info@truhe.example", "Frage", "Bitte"))
    desk.deliver()
    with desk.store.begin(write=False) as transaction:
        number = transaction.ticket(asked.ticket, lock=False).ticket.number
    command(desk, how.format(number))
    return number


def state(desk, number):
    about = desk.store.tickets.show(number)
    return about.ticket.state if about else None


def days_until_mail(desk, subject, quiet=0):
    """Day by day until a mail with this in its subject leaves; that mail and the days.

    Of the first `quiet` days only every hundredth is lived through.
    """
    day = 0
    while day < 900:
        step = min(100, quiet - day) if day < quiet else 1
        day, desk.now = day + step, desk.now + step * DAY
        for _ in range(3):
            for duty in desk.duties:
                duty.work_off()
        found = [mail for mail in desk.deliver() if subject.encode() in mail.content]
        if found:
            return found, day
    raise AssertionError(f"no mail with {subject!r} within {day} days")


def answer(desk, mail, text):
    done = desk.write(
        letter(DORA, "tickets@truhe.example", "Re: x", text, In_Reply_To=f"<{mail.message_id}>")
    )
    return done, desk.deliver()


def test_a_yes_to_the_proposal_deletes_and_a_month_later_nothing_is_left(years):
    numbers = [closed_ticket(years, f"p{place}") for place in range(7)]
    (mail,), days = days_until_mail(years, "7 Tickets", quiet=700)
    assert mail.rcpt_to == DORA
    assert 728 <= days <= 735
    for number in numbers:
        assert f"#{number}".encode() in mail.content
    _, receipts = answer(years, mail, "!ja")
    assert {state(years, number) for number in numbers} == {State.DELETED}
    assert any(b"Erledigt" in each.content for each in receipts)
    command(years, f"!restore #{numbers[0]}")
    years.pass_by(29)
    assert state(years, numbers[1]) is State.DELETED
    years.pass_by(3)
    assert [state(years, number) for number in numbers] == [State.OPEN, *[None] * 6]
    assert isinstance(years.store.history.verify(), Intact)


def test_a_no_keeps_them_for_a_year(years):
    number = closed_ticket(years)
    (mail,), _ = days_until_mail(years, "Ein Ticket", quiet=700)
    answer(years, mail, "!nein")
    assert state(years, number) is State.CLOSED
    assert years.store.tickets.show(number).ticket.kept is not None
    _, days = days_until_mail(years, "Ein Ticket", quiet=340)
    assert 360 <= days <= 370


def test_nobody_answers_and_is_asked_again_a_month_later(years):
    number = closed_ticket(years)
    days_until_mail(years, "Ein Ticket", quiet=700)
    _, days = days_until_mail(years, "Ein Ticket")
    assert 29 <= days <= 32
    assert state(years, number) is State.CLOSED


def test_what_happened_after_the_proposal_is_not_deleted_by_the_yes(years):
    stays, goes = closed_ticket(years, "maria"), closed_ticket(years, "otto")
    (mail,), _ = days_until_mail(years, "2 Tickets", quiet=700)
    command(years, f"!reopen #{stays}")
    answer(years, mail, "!ja")
    assert (state(years, stays), state(years, goes)) == (State.OPEN, State.DELETED)


def test_the_yes_of_an_agent_who_is_no_admin_deletes_nothing(years):
    number = closed_ticket(years)
    (mail,), _ = days_until_mail(years, "Ein Ticket", quiet=700)
    years.write(
        letter(
            "ben@mitglieder.example",
            "tickets@truhe.example",
            "Re: x",
            "!ja",
            In_Reply_To=f"<{mail.message_id}>",
        )
    )
    assert state(years, number) is State.CLOSED


def test_spam_and_rejected_mail_go_without_a_question(years):
    spam = closed_ticket(years, "spam", "!spam #{}")
    years.write(letter("post@example.org", "berlin@truhe.example", "Paket", "Lieferung"))
    rejected = years.store.tickets.list(ALL, 1)[0].number
    years.pass_by(40)
    assert state(years, spam) is State.DELETED
    assert state(years, rejected) is State.CLOSED
    years.pass_by(190)
    assert state(years, spam) is None
    assert state(years, rejected) in (State.DELETED, None)


def test_what_is_kept_is_neither_proposed_nor_deleted_nor_purged(years):
    number = closed_ticket(years, "spam", "!spam #{}")
    command(years, f"!keep #{number} Rechtsstreit")
    command(years, f"!delete #{number}")
    years.pass_by(100)
    assert state(years, number) is State.CLOSED
    command(years, f"!unkeep #{number}")
    command(years, f"!delete #{number}")
    assert state(years, number) is State.DELETED
    command(years, f"!behalten #{number} Prüfung bis +3m")
    years.pass_by(80)
    assert state(years, number) is State.DELETED
    years.pass_by(20)
    assert state(years, number) is None


def test_a_clock_that_jumps_ahead_deletes_nothing_and_one_that_goes_on_does(years):
    number = closed_ticket(years, "spam", "!spam #{}")
    command(years, f"!delete #{number}")
    years.pass_by(3)
    years.now += timedelta(days=3650)
    for _ in range(20):
        for duty in years.duties:
            duty.work_off()
        years.now += timedelta(hours=1)
    assert state(years, number) is State.DELETED
    years.now -= timedelta(days=3651)
    for duty in years.duties:
        duty.work_off()
    assert state(years, number) is State.DELETED
    years.pass_by(40)
    assert state(years, number) is None


def test_a_ticket_whose_mail_has_not_left_is_purged_later(years):
    number = closed_ticket(years)
    command(years, f"!delete #{number}")
    asked = years.store.tickets.show(number).ticket.id
    with years.store.database.writing() as connection:
        connection.exec_driver_sql(
            "UPDATE outbox SET state = 'queued' WHERE id = (SELECT max(id) FROM outbox"
            f" WHERE ticket_id = {asked})"
        )
    for _ in range(40):
        years.now += DAY
        for duty in years.duties:
            duty.work_off()
    assert state(years, number) is State.DELETED
    for mail in years.store.outbox.claim("only", 100, years.now + 9 * DAY, DAY):
        years.store.outbox.settle([(mail.id, Sent())], years.now)
    years.pass_by(2)
    assert state(years, number) is None


def test_a_copy_of_a_purged_mail_is_still_known(years):
    mail = letter("maria@example.org", "info@truhe.example", "Frage", "Bitte")
    asked = years.write(mail)
    years.deliver()
    with years.store.begin(write=False) as transaction:
        number = transaction.ticket(asked.ticket, lock=False).ticket.number
    command(years, f"!close #{number} quiet")
    command(years, f"!delete #{number}")
    years.pass_by(35)
    assert state(years, number) is None
    before = str(mail["Message-ID"])
    del mail["Message-ID"]
    again = years.write(mail, message_id=before)
    assert again.outcome == "duplicate"


def test_what_a_merged_ticket_brought_goes_with_it(years):
    one, other = closed_ticket(years, "maria"), closed_ticket(years, "maria")
    command(years, f"!reopen #{one}\n\n!reopen #{other}")
    command(years, f"!merge #{other} into #{one}")
    command(years, f"!close #{one} quiet")
    command(years, f"!delete #{one}")
    years.pass_by(35)
    assert (state(years, one), state(years, other)) == (None, None)


def test_where_a_second_factor_is_demanded_a_yes_alone_deletes_nothing(years):
    number = closed_ticket(years)
    (mail,), _ = days_until_mail(years, "Ein Ticket", quiet=700)
    rulebook = years.rules.rulebook
    security = replace(rulebook.organisation.security, demand=Demand.REQUIRED)
    organisation = replace(rulebook.organisation, security=security)
    years.rules.rulebook = replace(rulebook, organisation=organisation)
    _, (receipt,) = answer(years, mail, "!ja")
    assert state(years, number) is State.CLOSED
    assert "Einmalcode" in receipt.content.decode("utf-8", "replace")
