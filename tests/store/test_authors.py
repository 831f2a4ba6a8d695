"""Entries by command, and what was not let in, in the database."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import text

from gateway.model.address import Mailbox
from gateway.model.author_changes import CountRejected, EndEntry, EnterAuthor, RenewEntry
from gateway.model.authors import Allow, Block, ByCommand, author_keys
from gateway.model.held import Undoable
from gateway.model.held_changes import RememberWork
from gateway.model.people import AgentSpec, DepartmentId
from gateway.model.statistics import Rejected, RejectedMail, Rejections, week_of

from .things import BERLIN, NOW

MUNICH = DepartmentId("muenchen")
DAY = NOW.date()
POST = Mailbox("Post@Partner.Example")


@pytest.fixture
def dora(store):
    spec = AgentSpec("dora", Mailbox("dora@mitglieder.example", "Dora"), frozenset(), admin=True)
    (found,) = store.people.ensure_agents([spec])
    return found


def record(store, *changes, at=NOW):
    with store.begin() as transaction:
        transaction.apply(changes, at)


def about(store, author):
    with store.begin(write=False) as transaction:
        return transaction.entries_about(tuple(author_keys(author)))


def by(key):
    return ByCommand(key, "Dora", DAY)


ENTRIES = (
    Allow(
        "post@partner.example",
        "Schlüssel",
        frozenset({BERLIN, MUNICH}),
        date(2027, 12, 31),
        authenticated=True,
        source=by("k1"),
    ),
    Allow("@partner.example", "Tage", subdomains=True, source=by("k2")),
    Block("@other.example", "Werbung", source=by("k3")),
)


def test_entries_come_back_as_they_were_made(store, dora):
    record(store, *(EnterAuthor(each, dora.id) for each in ENTRIES))
    with store.begin(write=False) as transaction:
        assert transaction.entries(10) == ENTRIES
        assert transaction.entries(1) == ENTRIES[:1]


def test_an_author_is_found_by_address_domain_and_domains_above(store, dora):
    record(store, *(EnterAuthor(each, dora.id) for each in ENTRIES))
    assert about(store, POST) == ENTRIES[:2]
    assert about(store, Mailbox("x@a.b.partner.example")) == ENTRIES[1:2]
    assert about(store, Mailbox("x@other.example")) == ENTRIES[2:]
    assert about(store, Mailbox("x@example.org")) == ()
    assert about(store, Mailbox("nobody")) == ()


def test_an_ended_entry_is_kept_and_can_hold_again(store, dora):
    record(store, EnterAuthor(ENTRIES[0], dora.id))
    record(store, EndEntry("k1", dora.id), at=NOW + timedelta(hours=1))
    assert about(store, POST) == ()
    with store.database.reading() as connection:
        row = connection.execute(text("SELECT ended_by FROM author_entry")).one()
    assert row.ended_by == dora.id
    record(store, RenewEntry("k1"))
    assert about(store, POST) == ENTRIES[:1]


def test_what_a_command_entered_is_remembered_for_undo(store, dora):
    record(store, RememberWork(dora.id, "r1", (), entered=("k1",), ended=("k2",)))
    with store.begin() as transaction:
        ((_, done),) = transaction.undoable(dora.id, NOW - timedelta(minutes=1))
    assert done == Undoable(done.id, dora.id, NOW, (), entered=("k1",), ended=("k2",))


def test_strange_addresses_are_entered_and_found(store, dora):
    long = replace(ENTRIES[0], author="x" * 64 + "@" + ".".join(["a" * 60] * 4), source=by("k9"))
    odd = replace(ENTRIES[0], author="a\0b@partner.example", source=by("k8"))
    record(store, EnterAuthor(long, dora.id), EnterAuthor(odd, dora.id))
    assert about(store, Mailbox(long.author)) == (long,)
    assert len(about(store, Mailbox(odd.author))) == 1


def rejections(store, *departments, since=NOW):
    with store.begin(write=False) as transaction:
        return transaction.figures(departments, since).rejections


def test_what_is_not_let_in_is_counted_by_week_department_reason_and_domain(store):
    later = NOW + timedelta(days=8)
    spam = CountRejected(BERLIN, Rejected.BLOCKED, "spam.example")
    record(store, spam, spam, CountRejected(BERLIN, Rejected.EXPIRED, "haus.example"))
    record(store, spam, CountRejected(MUNICH, Rejected.FORGED, "haus.example"), at=later)
    assert rejections(store, BERLIN, MUNICH) == Rejections(
        (
            RejectedMail(week_of(NOW), BERLIN, Rejected.BLOCKED, 2),
            RejectedMail(week_of(NOW), BERLIN, Rejected.EXPIRED, 1),
            RejectedMail(week_of(later), BERLIN, Rejected.BLOCKED, 1),
            RejectedMail(week_of(later), MUNICH, Rejected.FORGED, 1),
        ),
        (("spam.example", 3), ("haus.example", 2)),
    )
    assert rejections(store, MUNICH).domains == (("haus.example", 1),)
    assert rejections(store, BERLIN, since=later).domains == (("spam.example", 1),)
    assert rejections(store, DepartmentId("freiburg")) == Rejections()
