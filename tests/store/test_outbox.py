from datetime import timedelta

from gateway.model.outbox import GivenUp, Sent, TryAgain

from .things import MINUTE, NOW, composed, open_ticket

LEASE = timedelta(minutes=5)


def put(store, *mails):
    with store.begin() as transaction:
        transaction.enqueue(mails, NOW)


def test_a_mail_comes_out_as_it_was_composed(store):
    new = open_ticket(store)
    put(store, composed("m1@x", tail=b"A" * 5000 + b"\r\n", ticket=new.id, next_hop="mx:26"))
    [mail] = store.outbox.claim("a", 10, NOW, LEASE)
    assert mail.content == b"Subject: Neu\r\n\r\nm1@x\r\n" + b"A" * 5000 + b"\r\n"
    assert (mail.message_id, mail.kind, mail.rcpt_to) == (
        "m1@x",
        "notification",
        "anna@mitglieder.example",
    )
    assert (mail.mail_from, mail.next_hop, mail.ticket) == (
        "tickets+tok@truhe.example",
        "mx:26",
        new.id,
    )
    assert (mail.attempts, mail.created_at) == (1, NOW)


def test_the_null_reverse_path_stays_null(store):
    put(store, composed("m1@x", mail_from=None))
    assert store.outbox.claim("a", 1, NOW, LEASE)[0].mail_from is None


def test_one_attachment_for_ten_people_is_stored_once(store):
    put(store, *(composed(f"m{n}@x", tail=b"big" * 999) for n in range(10)))
    with store.database.reading() as connection:
        count = connection.exec_driver_sql("SELECT count(*) FROM outbox_tail").scalar()
    mails = store.outbox.claim("a", 10, NOW, LEASE)
    assert count == 1
    assert all(mail.content.endswith(b"big" * 999) for mail in mails)


def test_mail_is_not_sent_before_its_time(store):
    put(store, composed("m1@x", not_before=NOW + MINUTE))
    assert store.outbox.claim("a", 1, NOW, LEASE) == []
    assert len(store.outbox.claim("a", 1, NOW + MINUTE, LEASE)) == 1


def test_every_result_of_a_round_is_written(store):
    put(store, *(composed(f"m{n}@x") for n in range(3)))
    first, second, third = store.outbox.claim("a", 10, NOW, LEASE)
    later = NOW + 10 * MINUTE
    store.outbox.settle(
        [
            (first.id, Sent()),
            (second.id, TryAgain(later, "451 später")),
            (third.id, GivenUp("550 nobody here")),
        ],
        NOW,
    )
    assert store.outbox.counts() == {"queued": 1, "failed": 1}
    assert [row.message_id for row in store.outbox.listing("delivered", 5)] == ["m0@x"]
    assert store.outbox.listing("failed", 5)[0].last_error == "550 nobody here"
    assert store.outbox.claim("a", 10, later - MINUTE, LEASE) == []
    [again] = store.outbox.claim("a", 10, later, LEASE)
    assert (again.message_id, again.attempts) == ("m1@x", 2)


def test_a_failed_mail_can_be_tried_again(store):
    put(store, composed("m1@x"))
    [mail] = store.outbox.claim("a", 1, NOW, LEASE)
    store.outbox.settle([(mail.id, GivenUp("no"))], NOW)
    assert store.outbox.retry(mail.id)
    assert not store.outbox.retry(mail.id)
    assert [each.id for each in store.outbox.claim("a", 1, NOW, LEASE)] == [mail.id]


def test_a_dead_nodes_mail_is_sent_by_another(store):
    put(store, composed("m1@x"))
    store.outbox.claim("a", 1, NOW, LEASE)
    assert store.outbox.claim("b", 1, NOW, LEASE) == []
    assert len(store.outbox.claim("b", 1, NOW + LEASE, LEASE)) == 1


def test_a_restarted_node_takes_its_own_mail_at_once(store):
    put(store, composed("m1@x"))
    store.outbox.claim("a", 1, NOW, LEASE)
    assert store.outbox.release("a") == 1
    assert store.outbox.claim("a", 1, NOW, LEASE)[0].attempts == 2


def test_the_oldest_waiting_mail_is_told(store):
    assert store.outbox.oldest() is None
    put(store, composed("m1@x"))
    assert store.outbox.oldest() == NOW
