"""Leases: prolonged by their node, given back, and what a node may say that lost one."""

from datetime import timedelta

from gateway.model.outbox import GivenUp, Sent, TryAgain

from .things import MINUTE, NOW, composed, mail

LEASE = timedelta(minutes=2)


def put(store, *names: str) -> None:
    with store.begin() as transaction:
        transaction.enqueue([composed(name) for name in names], NOW)


def test_a_renewed_lease_keeps_other_nodes_off(store):
    store.inbound.insert([mail("A")])
    put(store, "m@x")
    store.inbound.claim("a", 5, NOW, LEASE)
    [sending] = store.outbox.claim("a", 5, NOW, LEASE)
    later = NOW + MINUTE
    assert store.inbound.renew("a", later, LEASE) == {"A"}
    assert store.outbox.renew("a", later, LEASE) == {sending.id}
    assert store.inbound.claim("b", 5, NOW + LEASE, LEASE) == []
    assert store.outbox.claim("b", 5, NOW + LEASE, LEASE) == []


def test_what_another_node_took_is_not_renewed(store):
    store.inbound.insert([mail("A")])
    put(store, "m@x")
    for node, now in (("a", NOW), ("b", NOW + LEASE)):
        assert len(store.inbound.claim(node, 5, now, LEASE)) == 1
        assert len(store.outbox.claim(node, 5, now, LEASE)) == 1
    assert store.inbound.renew("a", NOW + LEASE, LEASE) == set()
    assert store.outbox.renew("a", NOW + LEASE, LEASE) == set()


def test_what_was_not_begun_is_given_back_as_it_was(store):
    store.inbound.insert([mail("A"), mail("B")])
    store.inbound.claim("a", 5, NOW, LEASE)
    assert store.inbound.release("a", counted=False) == 2
    assert [m.attempts for m in store.inbound.claim("a", 5, NOW, LEASE)] == [1, 1]
    assert store.inbound.release("a") == 2
    assert [m.attempts for m in store.inbound.claim("a", 5, NOW, LEASE)] == [2]


def test_a_node_that_lost_its_lease_is_believed_only_that_it_sent(store):
    put(store, "one@x", "two@x", "three@x")
    one, two, three = store.outbox.claim("a", 5, NOW, LEASE)
    store.outbox.claim("b", 5, NOW + LEASE, LEASE)
    late = [(one.id, Sent()), (two.id, TryAgain(NOW, "no")), (three.id, GivenUp("no"))]
    store.outbox.settle(late, NOW + LEASE, node="a")
    assert store.outbox.renew("b", NOW + LEASE, LEASE) == {two.id, three.id}
    store.outbox.settle([(two.id, Sent()), (three.id, GivenUp("no"))], NOW + LEASE, node="b")
    assert store.outbox.counts() == {"queued": 0, "failed": 1}


def test_a_mail_is_given_up_once(store):
    put(store, "m@x")
    [sending] = store.outbox.claim("a", 5, NOW, LEASE)
    for expected in (True, False):
        with store.begin() as transaction:
            assert transaction.give_up(sending.id, "550 no", NOW) is expected
    [failed] = store.outbox.listing("failed", 5)
    assert (failed.last_error, failed.finished_at) == ("550 no", NOW)
