"""Full text, fields and requesters are found the same way in both databases."""

from dataclasses import replace

import pytest

from gateway.model.address import Mailbox
from gateway.model.changes import (
    AddEntry,
    ChangeResponsible,
    ChangeStatus,
    MoveTicket,
    OpenTicket,
    Refer,
)
from gateway.model.field_changes import SetField, SetPriority, SetSubject, SetTags, SetTopic
from gateway.model.people import AgentId, DepartmentId
from gateway.model.query import (
    Criterion,
    FieldIs,
    Late,
    Order,
    PriorityIs,
    RequesterIs,
    Scope,
    StatusIs,
    TagIs,
    TextHas,
    Wanted,
)
from gateway.model.ticket import EntryKind, FieldId, Priority, State, Status, TopicId
from gateway.policy.query.folding import ways
from gateway.store.search import _ROOM

from .things import BERLIN, MINUTE, NOW, ticket

NOBODY = Mailbox("qq@kunde.example", "Q")

MUNICH = DepartmentId("muenchen")
AGENT = AgentId(99)
BOTH = frozenset({State.OPEN, State.CLOSED})


def record(store, *changes, at=NOW):
    with store.begin() as transaction:
        transaction.apply(changes, at)


def opened(store, department=BERLIN, requester=NOBODY, at=NOW):
    """A ticket whose own words are none that is looked for."""
    with store.begin() as transaction:
        _, number = transaction.next_ticket()
        new = ticket(number, department=department, at=at)
        new = replace(new, subject="Anfrage", requester=requester)
        transaction.apply([OpenTicket(new)], at)
    return new.id


def field(ticket, name, *values):
    return SetField(ticket, FieldId(name), values, tuple(value.casefold() for value in values))


def said(store, text, department=BERLIN, kind=EntryKind.MESSAGE, attachments=()):
    new = opened(store, department)
    record(store, AddEntry(new, kind, NOBODY, text, attachments=attachments))
    return new


def has(text, *, exact=False, negated=False):
    return Criterion(TextHas(ways(text), exact), negated)


def found(store, *groups, departments=(BERLIN,), agent=AGENT, order=Order.OPENED_LAST):
    groups = tuple(each if isinstance(each, tuple) else (each,) for each in groups)
    wanted = Wanted(BOTH, groups, order)
    with store.begin(write=False) as transaction:
        listing = transaction.list_tickets(wanted, Scope(frozenset(departments), agent), 50, 0)
    assert listing.total == len(listing.tickets)
    return [ticket.id for ticket in listing.tickets]


@pytest.mark.parametrize(
    ("written", "typed", "is_found"),
    [
        ("Frau Müller ruft an", "müller", True),
        ("Frau Müller ruft an", "MUELLER", True),
        ("Frau Müller ruft an", "muller", True),
        ("Frau Mu\u0308ller ruft an", "müller", True),
        ("Frau Mueller ruft an", "Müller", True),
        ("Frau Muller ruft an", "Müller", True),
        ("Frau Mueller ruft an", "muller", False),
        ("in der Großen Straße", "grosse", True),
        ("in der Großen Straße", "grossen strasse", True),
        ("in der GROSSEN STRASSE", "große", True),
        ("in der GROSSEN STRASSE", "straße", True),
        ("drei Laptops", "laptop", True),
        ("ein Laptop", "laptops", False),
        ("ein Laptop", "top", False),
        ("Zelle", "zel", True),
        ("Zelle", "ze", False),
        ("am 3. da", "3", True),
        ("Café", "cafe", True),
        ("Компьютер сломан", "компьютер", True),
        ("MR-2023-000123 ist da", "MR-2023", True),
        ("schreibe an x@y.example", "x@y.example", True),
        ("fast 100 % gut", "100 %", True),
    ],
)
def test_words_are_found_whatever_their_umlauts(store, written, typed, is_found):
    ticket = said(store, written)
    assert found(store, has(typed)) == ([ticket] if is_found else [])


def test_quoted_words_stand_together_and_are_whole(store):
    ticket = said(store, "Der Bildschirm bleibt dunkel.")
    assert found(store, has("bildschirm bleibt", exact=True)) == [ticket]
    assert found(store, has("bildschirm dunkel", exact=True)) == []
    assert found(store, has("bleib", exact=True)) == []


def test_groups_must_all_hold_and_of_a_group_one(store):
    both, one, other = said(store, "laptop maus"), said(store, "laptop"), said(store, "tablet")
    assert found(store, has("laptop"), has("maus")) == [both]
    assert found(store, (has("laptop"), has("tablet"))) == [other, one, both]
    assert found(store, has("laptop"), has("maus", negated=True)) == [one]
    assert found(store, has("laptop", negated=True)) == [other]


def test_other_departments_never_appear_and_are_not_counted(store):
    mine, theirs = said(store, "laptop"), said(store, "laptop", MUNICH)
    assert found(store, has("laptop")) == [mine]
    assert found(store, has("laptop"), departments=[MUNICH]) == [theirs]
    assert found(store, has("laptop"), departments=[BERLIN, MUNICH]) == [theirs, mine]
    assert found(store, has("laptop"), departments=[]) == []
    assert found(store, has("laptop"), departments=[], agent=None) == [theirs, mine]


def test_own_and_referred_tickets_are_found_by_their_words(store):
    anna = store.people.add_agent("anna", "anna@mitglieder.example", "Anna", [BERLIN]).id
    own, referred, to_berlin = (said(store, "laptop", MUNICH) for _ in range(3))
    hidden = said(store, "tablet", MUNICH)
    record(store, ChangeResponsible(own, anna), ChangeResponsible(hidden, anna))
    record(store, Refer(referred, agent=anna), Refer(to_berlin, department=BERLIN))
    assert found(store, has("laptop"), agent=anna) == [to_berlin, referred, own]
    assert found(store, has("lapto"), agent=AgentId(77)) == [to_berlin]


def test_a_moved_ticket_is_found_where_it_is(store):
    ticket = said(store, "laptop")
    record(store, MoveTicket(ticket, MUNICH, rejected=False))
    assert found(store, has("laptop")) == []
    assert found(store, has("laptop"), departments=[MUNICH]) == [ticket]


def test_subject_fields_and_names_of_files_are_found_as_they_are_now(store):
    ticket = said(store, "x", attachments=("Nachweis März.pdf",))
    record(store, SetSubject(ticket, "Alter Titel"), field(ticket, "notizen", "Beamer"))
    assert found(store, has("maerz")) == [ticket]
    assert found(store, has("alter titel")) == [ticket]
    assert found(store, has("beamer")) == [ticket]
    record(store, SetSubject(ticket, "Neu"), field(ticket, "notizen"))
    assert found(store, has("alter")) == []
    assert found(store, has("beamer")) == []
    assert found(store, has("neu")) == [ticket]


def test_long_threads_are_found_once_by_their_first_and_last_words(store):
    ticket = said(store, "anfang " + "wort " * (_ROOM // 5))
    record(store, AddEntry(ticket, EntryKind.RESPONSE, NOBODY, "ende " * 100))
    assert found(store, has("anfang")) == found(store, has("ende")) == [ticket]
    assert found(store, has("anfrage")) == [ticket]


def test_many_words_with_one_beginning_are_all_found(store):
    ticket = said(store, " ".join(f"viele{number}" for number in range(700)))
    other = said(store, "vielleicht")
    assert found(store, has("vie")) == [other, ticket]
    assert found(store, has("viele69")) == [ticket]


@pytest.mark.parametrize(
    "typed",
    ['" OR 1=1 --', "body:*", "NEAR(", "'", "a\0b", "!", "laptop*", "-laptop", "lap | top", "a & b",
     "(laptop", "laptop <-> x", "{head} : laptop", "^laptop", "\\", "laptop:*A", "%", "_", "x' --"],
)  # fmt: skip
def test_signs_of_a_query_language_are_nothing_but_signs(store, typed):
    said(store, "etwas ganz anderes")
    if ways(typed):
        assert found(store, has(typed)) == []
        assert len(found(store, has(typed, negated=True))) == 1
        ticket = said(store, typed)
        assert ticket in found(store, has(typed))


def test_the_marks_of_the_index_show_nothing_of_other_departments(store):
    ticket = said(store, "qxd qxf qxfmarta laptop", MUNICH)
    with store.begin(write=False) as transaction:
        heads = transaction._connection.exec_driver_sql("SELECT head FROM ticket_text").scalars()
        mark = [head.split()[-1] for head in heads]
    assert found(store, has(mark[0])) == []
    record(store, AddEntry(said(store, "mine"), EntryKind.NOTE, NOBODY, mark[0]))
    assert ticket not in found(store, has(mark[0]))
    assert ticket not in found(store, has("laptop"), has(mark[0]))


def test_requesters_are_found_by_address_and_by_parts(store):
    maria = opened(store, requester=Mailbox("maria.muster@example.org", "Maria Müller"))
    other = opened(store, requester=Mailbox("hans@muster.example", "Hans"))

    def who(text, *, whole=False):
        return found(store, Criterion(RequesterIs(text, whole)))

    assert who("maria.muster@example.org", whole=True) == [maria]
    assert who("maria.muster@example.or", whole=True) == []
    assert who("mueller") == [maria]
    assert who("müll") == [maria]
    assert who("muster") == [other, maria]
    assert who("@example.org") == [maria]
    assert who("!") == []
    record(store, AddEntry(other, EntryKind.MESSAGE, NOBODY, "maria"))
    assert who("maria") == [maria]


def test_values_of_fields_are_found(store):
    tickets = [opened(store) for _ in range(3)]
    record(store, field(tickets[0], "reservierung", "MR-2023-000123", "MR-2023-000124"))
    record(store, field(tickets[1], "reservierung", "MR-2024-000001"))
    name = FieldId("reservierung")
    is_there = Criterion(FieldIs(name))
    assert found(store, Criterion(FieldIs(name, "mr-2023-000124"))) == [tickets[0]]
    assert found(store, Criterion(FieldIs(name, "mr-20"))) == [tickets[1], tickets[0]]
    assert found(store, is_there) == [tickets[1], tickets[0]]
    assert found(store, Criterion(is_there.condition, negated=True)) == [tickets[2]]


def test_late_is_what_is_due_or_what_waits_for_an_answer(store):
    late = Criterion(Late(NOW, NOW - 10 * MINUTE))
    waits, fresh, answered, again, closed = (
        said_at(store, minutes) for minutes in (20, 5, 20, 20, 20)
    )
    record(store, AddEntry(answered, EntryKind.RESPONSE, NOBODY, "!"), at=NOW - 15 * MINUTE)
    record(store, AddEntry(again, EntryKind.RESPONSE, NOBODY, "!"), at=NOW - 18 * MINUTE)
    record(store, AddEntry(again, EntryKind.MESSAGE, NOBODY, "?"), at=NOW - 15 * MINUTE)
    record(store, AddEntry(again, EntryKind.NOTE, NOBODY, "."), at=NOW - 14 * MINUTE)
    record(store, ChangeStatus(closed, Status.CLOSED, State.CLOSED))
    assert fresh not in found(store, late)
    assert set(found(store, late)) == {waits, again}
    assert set(found(store, late, departments=[], agent=None)) == {waits, again}
    assert found(store, late, departments=[MUNICH]) == []
    assert set(found(store, (late, has("x")))) >= {waits, again}
    assert answered in found(store, Criterion(late.condition, negated=True))


def said_at(store, minutes):
    new = opened(store, at=NOW - minutes * MINUTE)
    record(store, AddEntry(new, EntryKind.MESSAGE, NOBODY, "?"), at=NOW - minutes * MINUTE)
    return new


def test_words_and_the_waiting_list_keep_its_order(store):
    first, second = said(store, "laptop"), said(store, "laptop")
    for place, each in enumerate((second, first)):
        change = ChangeStatus(each, Status.ON_WAITING, State.OPEN)
        record(store, change, at=NOW + place * MINUTE)
    waiting = Criterion(StatusIs(frozenset({Status.ON_WAITING})))
    assert found(store, has("laptop"), waiting, order=Order.WAITING) == [second, first]


def test_tags_and_priorities_are_found(store):
    tickets = [opened(store) for _ in range(3)]
    offer = TopicId("angebot")
    record(store, SetTags(tickets[0], ("Presse", "eilig")), SetPriority(tickets[0], Priority.HIGH))
    record(store, SetTags(tickets[0], ("Presse",)), SetTags(tickets[1], ("Presse", "presse")))
    record(store, SetTopic(tickets[1], offer))
    high = PriorityIs(Priority.HIGH, frozenset({offer}), frozenset({offer}), others=False)
    normal = PriorityIs(Priority.NORMAL, frozenset(), frozenset({offer}), others=True)

    assert set(found(store, Criterion(TagIs("presse")))) == {tickets[0], tickets[1]}
    assert found(store, Criterion(TagIs("eilig"))) == []
    assert found(store, Criterion(TagIs("presse"), negated=True)) == [tickets[2]]
    assert set(found(store, Criterion(high))) == {tickets[0], tickets[1]}
    assert found(store, Criterion(normal)) == [tickets[2]]
    with store.begin(write=False) as transaction:
        about = transaction.ticket(tickets[0], lock=False)
    assert (about.ticket.tags, about.ticket.priority) == (("Presse",), Priority.HIGH)
