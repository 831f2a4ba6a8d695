"""What proves who wrote a mail: one honest verdict of the front server, and nothing less."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from policy_facts import organisation

from gateway.config import TrustSettings
from gateway.mail.parse import parse
from gateway.model.envelope import Envelope, Peer, Protocol, QueuedMessage, QueueId
from gateway.policy.facts import Proof, Trust
from gateway.policy.trust import author_trust, is_to_be_judged, trust_policy, unless_replayed

FRONT = Peer("192.0.2.25", "mx.truhe.example", Protocol.ESMTP)
SETTINGS = TrustSettings(authserv_id="mx.truhe.example", trusted_relays=("192.0.2.0/24", "unix"))
PASS = "mx.truhe.example; dmarc=pass header.from=corp.example"


def trust_in(
    *fields: str,
    author: str = "chef@corp.example",
    peer: Peer = FRONT,
    settings: TrustSettings = SETTINGS,
) -> Trust:
    """The trust in a mail with these header fields on top (name and value)."""
    raw = "".join(f"{field}\r\n" for field in (*fields, f"From: {author}", "Subject: x", "", "x"))
    now = datetime(2026, 11, 24, 10, tzinfo=UTC)
    item = QueuedMessage(QueueId("q"), Envelope(None, ()), peer, now, raw.encode())
    return author_trust(parse(item.raw), item, trust_policy(settings), organisation())


def ar(value: str) -> str:
    return f"Authentication-Results: {value}"


RECEIVED = "Received: from x.example by mx.truhe.example; Tue, 24 Nov 2026 10:00:00 +0100"
FOREIGN = "Received: from y.example by mx.evil.example; Tue, 24 Nov 2026 09:00:00 +0100"


@pytest.mark.parametrize(
    "value",
    [
        PASS,
        "mx.truhe.example 1; dmarc=pass header.from=corp.example",
        "MX.Truhe.Example; DMARC=Pass header.from=Corp.Example",
        (
            "mx.truhe.example; spf=pass smtp.mailfrom=a@b.example;\r\n"
            "\tdmarc=pass (p=none dis=none) header.from=corp.example"
        ),
        "mx.truhe.example; dkim=fail; dmarc=pass header.from=chef@corp.example",
        "mx.truhe.example (Postfix (mit Klammern)); dmarc = pass header.from = corp.example",
    ],
)
def test_one_pass_of_the_front_server_for_the_authors_domain_is_proof(value: str) -> None:
    trust = trust_in(ar(value), RECEIVED)
    assert trust.proof is Proof.AUTHENTICATION_RESULTS
    assert not trust.forged


@pytest.mark.parametrize("order", [(ar(PASS), RECEIVED), (RECEIVED, ar(PASS)), (ar(PASS),)])
def test_the_verdict_may_stand_above_or_below_the_front_servers_own_received_field(
    order: tuple[str, ...],
) -> None:
    assert trust_in(*order, FOREIGN).proved


FORGED = {
    "other server": "mx.evil.example; dmarc=pass header.from=corp.example",
    "longer name": "mx.truhe.example.evil.example; dmarc=pass header.from=corp.example",
    "name as a prefix of another": "xmx.truhe.example; dmarc=pass header.from=corp.example",
    "quoted name": '"mx.truhe.example"; dmarc=pass header.from=corp.example',
    "other version": "mx.truhe.example 2; dmarc=pass header.from=corp.example",
    "name in a comment": "(mx.truhe.example) evil; dmarc=pass header.from=corp.example",
    "pass in a comment": "mx.truhe.example; dmarc=none (dmarc=pass) header.from=corp.example",
    "result in a comment": "mx.truhe.example; (dmarc=pass header.from=corp.example)",
    "pass in a reason": 'mx.truhe.example; spf=fail reason="; dmarc=pass header.from=corp.example"',
    "escaped quote in a reason": r'mx.truhe.example; spf=fail reason="\"; dmarc=pass '
    r'header.from=corp.example"',
    "pass and fail": "mx.truhe.example; dmarc=fail header.from=corp.example; "
    "dmarc=pass header.from=corp.example",
    "pass for another domain": "mx.truhe.example; dmarc=pass header.from=evil.example",
    "pass for a subdomain": "mx.truhe.example; dmarc=pass header.from=sub.corp.example",
    "pass for no domain": "mx.truhe.example; dmarc=pass",
    "domain in another result": "mx.truhe.example; dmarc=pass; spf=pass header.from=corp.example",
    "only spf": "mx.truhe.example; spf=pass smtp.mailfrom=chef@corp.example",
    "only dkim": "mx.truhe.example; dkim=pass header.d=corp.example",
    "longer word": "mx.truhe.example; dmarc=passed header.from=corp.example",
    "another method": "mx.truhe.example; x-dmarc=pass header.from=corp.example",
    "none": "mx.truhe.example; none",
    "empty": "",
    "comment never ends": "mx.truhe.example; dmarc=pass header.from=corp.example (",
    "quote never ends": 'mx.truhe.example; dmarc=pass header.from=corp.example "',
    "bracket too many": "mx.truhe.example); dmarc=pass header.from=corp.example",
    "kelvin sign": "mx.truhe.example; dmarc=pass header.from=corp.example\u212a",
}


@pytest.mark.parametrize("value", FORGED.values(), ids=FORGED.keys())
def test_anything_else_is_no_proof(value: str) -> None:
    assert not trust_in(ar(value), RECEIVED).proved


@pytest.mark.parametrize(
    "second",
    [
        PASS,
        "mx.truhe.example; dmarc=fail header.from=corp.example",
        "mx.truhe.example; dmarc=none header.from=corp.example",
        "mx.truhe.example; spf=pass smtp.mailfrom=(never@ends.example; dmarc=fail",
    ],
)
def test_two_verdicts_or_an_unreadable_one_are_no_proof_in_any_order(second: str) -> None:
    assert not trust_in(ar(PASS), RECEIVED, ar(second)).proved
    assert not trust_in(ar(second), RECEIVED, ar(PASS)).proved


def test_a_verdict_below_the_second_received_field_was_written_by_others() -> None:
    assert not trust_in(RECEIVED, FOREIGN, ar(PASS)).proved
    genuine = "mx.truhe.example; dmarc=fail header.from=corp.example"
    assert trust_in(ar(genuine), RECEIVED, FOREIGN, ar(PASS)).forged
    other = "mx.truhe.example; dmarc=pass header.from=corp.example"
    assert trust_in(RECEIVED, ar(other), FOREIGN, ar("mx.truhe.example; dmarc=fail")).proved


@pytest.mark.parametrize("name", ["X-Authentication-Results", "ARC-Authentication-Results"])
def test_other_fields_say_nothing(name: str) -> None:
    assert not trust_in(f"{name}: {PASS}", RECEIVED).proved


@pytest.mark.parametrize("ip", ["198.51.100.7", "127.0.0.1", "::1", "2001:db8::25"])
def test_a_verdict_that_came_by_another_way_is_not_believed(ip: str) -> None:
    assert not trust_in(ar(PASS), peer=Peer(ip, "mx.truhe.example", Protocol.ESMTP)).proved


def test_the_unix_socket_is_believed_only_when_named() -> None:
    socket = Peer("", "mx.truhe.example", Protocol.LMTP)
    assert trust_in(ar(PASS), peer=socket).proved
    without = SETTINGS.model_copy(update={"trusted_relays": ("192.0.2.25",)})
    assert not trust_in(ar(PASS), peer=socket, settings=without).proved


@pytest.mark.parametrize(
    "settings",
    [
        TrustSettings(),
        TrustSettings(authserv_id="mx.truhe.example"),
        TrustSettings(trusted_relays=("192.0.2.25",)),
    ],
)
def test_nothing_is_believed_unless_name_and_way_are_both_configured(
    settings: TrustSettings,
) -> None:
    for value in (PASS, "; dmarc=pass header.from=corp.example"):
        assert not trust_in(ar(value), settings=settings).proved


@pytest.mark.parametrize(
    "author",
    [
        "chef@corp.example, boss@evil.example",
        "boss@evil.example\r\nFrom: chef@corp.example",
        "",
        "keine Adresse",
    ],
)
def test_where_the_author_is_not_clear_nothing_is_proved(author: str) -> None:
    assert not trust_in(ar(PASS), author=author).proved
    assert not trust_in(ar("mx.truhe.example; dmarc=pass"), author=author).proved


def test_a_display_name_is_no_author() -> None:
    evil = '"chef@corp.example" <boss@evil.example>'
    assert not trust_in(ar(PASS), author=evil).proved


def test_a_fail_means_forged_and_none_does_not() -> None:
    assert trust_in(ar("mx.truhe.example; dmarc=fail header.from=corp.example")).forged
    assert not trust_in(ar("mx.truhe.example; dmarc=none header.from=corp.example")).forged
    stranger = Peer("198.51.100.7", "x", Protocol.ESMTP)
    fail = ar("mx.truhe.example; dmarc=fail header.from=corp.example")
    assert not trust_in(fail, peer=stranger).forged


def test_development_believes_this_machine_and_no_other() -> None:
    settings = TrustSettings(development=True)
    for ip, proof in (
        ("127.0.0.1", Proof.LOOPBACK),
        ("::1", Proof.LOOPBACK),
        ("", Proof.LOOPBACK),
        ("192.0.2.25", Proof.NONE),
    ):
        peer = Peer(ip, "x", Protocol.ESMTP)
        assert trust_in(peer=peer, settings=settings).proof is proof


def test_every_decision_says_why() -> None:
    for fields in ((), (ar(PASS),), (ar(PASS), ar(PASS))):
        assert trust_in(*fields).reason


def test_a_network_that_is_none_is_named_at_the_start() -> None:
    with pytest.raises(ValueError, match=r"mx\.example"):
        trust_policy(TrustSettings(authserv_id="x", trusted_relays=("mx.example",)))


@pytest.mark.parametrize(
    "name", ["Subject", "To", "Reply-To", "Message-ID", "Date", "Content-Type", "References"]
)
def test_a_field_that_stands_twice_is_no_proof(name: str) -> None:
    twice = (f"{name}: <a@b.example>", f"{name.upper()}: <c@d.example>")
    trust = trust_in(ar(PASS), RECEIVED, *twice)
    assert not trust.proved
    assert "more than one" in trust.reason
    assert trust_in(ar(PASS), RECEIVED, "X-Note: a", "X-Note: b").proved


def test_a_known_id_with_other_content_is_no_proof_unless_it_came_straight() -> None:
    found = trust_in(ar(PASS), RECEIVED)
    assert unless_replayed(found, same_id_seen=False) is found
    for proof, is_proof in ((Proof.DKIM, False), (Proof.ARC, False), (Proof.SPF, True),
                            (Proof.SUBMISSION, True), (Proof.LOOPBACK, True)):  # fmt: skip
        trust = unless_replayed(replace(found, proof=proof), same_id_seen=True)
        assert trust.proved is is_proof


@pytest.mark.parametrize(
    ("author", "proved"),
    [("chef@corp.example", True), ("Chef <CHEF@Corp.example>", True), ("boss@corp.example", False),
     ("chef@corp.example, boss@corp.example", False), ('"chef@corp.example" <b@c.example>', False)],
)  # fmt: skip
def test_a_login_proves_its_own_address_alone(author: str, proved: bool) -> None:
    peer = Peer("198.51.100.7", "x", Protocol.ESMTPSA, "chef@corp.example")
    trust = trust_in(author=author, peer=peer)
    assert trust.proved is proved
    if proved:
        assert trust.proof is Proof.SUBMISSION


def test_only_mail_that_nobody_has_looked_at_is_looked_at() -> None:
    policy = trust_policy(SETTINGS.model_copy(update={"evaluate": True}))
    stranger = Peer("198.51.100.7", "x", Protocol.ESMTP)
    assert is_to_be_judged(stranger, policy)
    assert not is_to_be_judged(FRONT, policy)
    assert not is_to_be_judged(Peer("", "x", Protocol.LMTP), policy)
    assert not is_to_be_judged(replace(stranger, login="chef@corp.example"), policy)
    assert not is_to_be_judged(stranger, trust_policy(SETTINGS))
    trying = trust_policy(TrustSettings(evaluate=True, development=True))
    assert not is_to_be_judged(replace(stranger, ip="127.0.0.1"), trying)
    assert is_to_be_judged(stranger, trying)
