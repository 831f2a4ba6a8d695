"""Offers and requests that fit, found by an index: the oldest of each department."""

from datetime import timedelta

from sqlalchemy import event

from gateway.model.around_changes import LinkTickets, UnlinkTickets
from gateway.model.changes import ChangeStatus
from gateway.model.field_changes import Reserve, SetField, SetTopic
from gateway.model.fit import FitsWanted
from gateway.model.people import DepartmentId
from gateway.model.ticket import FieldId, LinkKind, State, Status, TopicId

from .things import BERLIN, NOW, open_ticket

LAPTOP, SCREEN = FieldId("laptop"), FieldId("bildschirm")
OFFER, REQUEST = TopicId("angebot"), TopicId("nachfrage")
MUNICH = DepartmentId("muenchen")
MINUTE = timedelta(minutes=1)


def record(store, *changes, at=NOW):
    with store.begin() as transaction:
        transaction.apply(changes, at)


def about(store, topic, *fields, department=BERLIN, waits=None):
    """A ticket of the topic with these fields; `waits` minutes after NOW it goes on waiting."""
    new = open_ticket(store, department)
    record(
        store,
        SetTopic(new.id, topic),
        *(SetField(new.id, each, ("ja",), ("ja",)) for each in fields),
    )
    if waits is not None:
        change = ChangeStatus(new.id, Status.ON_WAITING, State.OPEN)
        record(store, change, at=NOW + waits * MINUTE)
    return new.id


def found(store, topic=REQUEST, departments=(BERLIN,), fields=(LAPTOP,), most=5):
    wanted = FitsWanted(
        topics=frozenset({topic}),
        others=frozenset({OFFER if topic is REQUEST else REQUEST}),
        departments=frozenset(departments),
        fields=frozenset(fields),
        waiting=topic is REQUEST,
        most=most,
    )
    with store.begin(write=False) as transaction:
        return [(fit.ticket.id, set(fit.fields)) for fit in transaction.fits(wanted)]


def test_the_longest_on_the_waiting_list_come_first(store):
    late, early = about(store, REQUEST, LAPTOP, waits=5), about(store, REQUEST, LAPTOP, waits=1)
    about(store, REQUEST, LAPTOP)  # not on the waiting list
    about(store, REQUEST, SCREEN, waits=0)
    about(store, OFFER, LAPTOP, waits=0)
    assert [ticket for ticket, _ in found(store)] == [early, late]


def test_offers_are_found_while_they_are_open(store):
    one, two = about(store, OFFER, LAPTOP), about(store, OFFER, LAPTOP, waits=1)
    assert [ticket for ticket, _ in found(store, OFFER)] == [one, two]
    record(store, ChangeStatus(one, Status.CLOSED, State.CLOSED))
    assert [ticket for ticket, _ in found(store, OFFER)] == [two]


def test_what_they_have_in_common_is_told(store):
    both = about(store, REQUEST, LAPTOP, SCREEN, waits=0)
    one = about(store, REQUEST, SCREEN, waits=1)
    assert found(store, fields=(LAPTOP, SCREEN)) == [(both, {LAPTOP, SCREEN}), (one, {SCREEN})]
    assert found(store, fields=(LAPTOP,)) == [(both, {LAPTOP})]


def test_each_field_has_its_own_oldest(store):
    """Many who wait for one thing do not hide those who wait for another."""
    for minute in range(4):
        about(store, REQUEST, SCREEN, waits=minute)
    laptop = about(store, REQUEST, LAPTOP, waits=9)
    assert (laptop, {LAPTOP}) in found(store, fields=(LAPTOP, SCREEN), most=2)
    assert len(found(store, fields=(LAPTOP, SCREEN), most=2)) == 3


def test_only_the_departments_asked_for(store):
    here = about(store, REQUEST, LAPTOP, waits=1)
    there = about(store, REQUEST, LAPTOP, waits=0, department=MUNICH)
    assert [ticket for ticket, _ in found(store)] == [here]
    assert [ticket for ticket, _ in found(store, departments=(BERLIN, MUNICH))] == [there, here]
    assert found(store, departments=()) == []


def test_what_is_reserved_is_not_found(store):
    request = about(store, REQUEST, LAPTOP, waits=0)
    record(store, Reserve(request, ((FieldId("reservierung"), "mr-1"),)))
    assert found(store) == []
    record(store, Reserve(request, ()))
    assert [ticket for ticket, _ in found(store)] == [request]


def test_who_is_linked_with_an_open_one_of_the_other_side_is_not_found(store):
    request, offer, other = (
        about(store, REQUEST, LAPTOP, waits=0),
        about(store, OFFER, LAPTOP),
        about(store, REQUEST, SCREEN),
    )
    related = LinkKind.RELATED, LinkKind.RELATED
    record(store, LinkTickets(request, other, *related))
    assert [ticket for ticket, _ in found(store)] == [request]
    record(store, LinkTickets(request, offer, *related))
    assert found(store) == []
    with store.begin(write=False) as transaction:
        assert transaction.partners([request]) == {request: {offer: OFFER, other: REQUEST}}
    record(store, ChangeStatus(offer, Status.CLOSED, State.CLOSED))
    assert [ticket for ticket, _ in found(store)] == [request]
    record(store, ChangeStatus(offer, Status.OPEN, State.OPEN), UnlinkTickets(request, offer))
    assert [ticket for ticket, _ in found(store)] == [request]


def test_the_look_up_goes_by_the_index(store):
    """No plan reads all tickets: each scan is of the department's open ones of the topic."""
    seen = []

    def note(_connection, _cursor, statement, parameters, *_):
        seen.append((statement, parameters))

    engine = store.database.engine
    event.listen(engine, "before_cursor_execute", note)
    found(store)
    found(store, OFFER)
    event.remove(engine, "before_cursor_execute", note)
    asked = [each for each in seen if "field_value" in each[0] and "ticket_id IN" not in each[0]]
    assert len(asked) == 2
    for (statement, parameters), index in zip(
        asked, ("ticket_waits", "ticket_of_topic"), strict=True
    ):
        plan = explained(engine, statement, parameters)
        if engine.dialect.name == "sqlite":
            assert f"INDEX {index} (" in plan, plan
            assert "SCAN ticket" not in plan, plan
        else:  # which index, an empty table does not tell
            assert "Seq Scan on ticket" not in plan, plan


def explained(engine, statement, parameters):
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
            return "\n".join(row[3] for row in rows)
        connection.exec_driver_sql("SET enable_seqscan = off")
        rows = connection.exec_driver_sql(f"EXPLAIN {statement}", parameters)
        return "\n".join(row[0] for row in rows)
