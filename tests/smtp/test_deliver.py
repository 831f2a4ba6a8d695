"""Delivery to a smarthost that is scripted, over real connections."""

import asyncio
import ssl

import pytest

from gateway.config import DeliverySettings
from gateway.model.delivery import Deferred, Delivered, Failed
from gateway.smtp.client import Smarthost

from .sink import Sink

MAIL = b"Subject: x\r\n\r\nHallo\r\n"


def deliver(sink, *mails, mail_from="info@truhe.example", rcpt_to="a@b.example", next_hop="",
            between=None, **settings):  # fmt: skip
    """The outcomes of delivering the mails one after the other."""
    settings = {"security": "none", "host": "127.0.0.1", "timeout": 5} | settings

    async def run():
        async with sink:
            smarthost = Smarthost(DeliverySettings(port=sink.port, **settings), hostname="gw.test")
            outcomes = []
            for mail in mails or (MAIL,):
                hop = next_hop.format(port=sink.port)
                outcomes.append(await smarthost.deliver(mail_from, rcpt_to, mail, next_hop=hop))
                if between is not None:
                    between(sink)
                    await asyncio.sleep(0.02)
            await smarthost.close()
            return outcomes

    return asyncio.run(run())


def server_tls(certificate):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


def test_one_connection_carries_many_mails():
    sink = Sink()
    assert deliver(sink, MAIL, MAIL, MAIL) == [Delivered("2.0.0 taken")] * 3
    assert sink.connections == 1
    assert sink.heard[:3] == [
        "EHLO gw.test",
        f"MAIL FROM:<info@truhe.example> SIZE={len(MAIL)}",
        "RCPT TO:<a@b.example>",
    ]
    assert sink.heard[-1] == "QUIT"
    assert sink.mails == [MAIL + b".\r\n"] * 3


def test_the_null_return_path_is_sent_as_such():
    sink = Sink()
    deliver(sink, mail_from=None)
    assert any(line.startswith("MAIL FROM:<> ") for line in sink.heard)


def test_no_bare_line_end_leaves_and_dots_are_stuffed():
    sink = Sink()
    deliver(sink, b"a\r.\rMAIL FROM:<x@y>\n.\nb\r\n.\r\nc")
    assert sink.mails == [b"a\r\n..\r\nMAIL FROM:<x@y>\r\n..\r\nb\r\n..\r\nc\r\n.\r\n"]


@pytest.mark.parametrize("stage", ["MAIL", "RCPT", "DATA", "dot"])
@pytest.mark.parametrize("code", ["450", "550"])
def test_4xx_is_deferred_and_5xx_failed_and_the_next_mail_goes_on(stage, code):
    sink = Sink(script={stage: [f"{code} {code[0]}.7.1 no, thanks"]})
    outcome, after = deliver(sink, MAIL, MAIL)
    if code == "450":
        assert isinstance(outcome, Deferred)
        assert not outcome.host_down
        assert not outcome.unknown
    else:
        assert isinstance(outcome, Failed)
        assert outcome.status == "5.7.1"
    assert "no, thanks" in outcome.reason
    assert isinstance(after, Delivered)
    assert sink.connections == 1


@pytest.mark.parametrize(
    ("stage", "reply"),
    [("banner", "554 5.3.2 not today"), ("banner", "421 4.3.2 busy"), ("banner", "close"),
     ("EHLO", "close"), ("MAIL", "421 4.3.2 closing"), ("MAIL", "close"),
     ("MAIL", "530 5.7.0 login first"), ("banner", "hang"), ("MAIL", "hang"), ("banner", "junk")],
)  # fmt: skip
def test_a_host_that_cannot_be_used_is_down_and_no_mail_fails_by_it(stage, reply):
    (outcome,) = deliver(Sink(script={stage: reply}), timeout=0.2)
    assert isinstance(outcome, Deferred)
    assert outcome.host_down


def test_a_refused_connection_is_deferred():
    sink = Sink()
    (outcome,) = deliver(sink, next_hop="127.0.0.1:1")
    assert isinstance(outcome, Deferred)
    assert outcome.host_down


@pytest.mark.parametrize("reply", ["close", "hang"])
def test_a_connection_lost_after_the_dot_has_an_unknown_outcome_and_is_not_repeated(reply):
    sink = Sink(script={"dot": ["250 ok", reply]})
    first, second = deliver(sink, MAIL, MAIL, timeout=0.2)
    assert isinstance(first, Delivered)
    assert isinstance(second, Deferred)
    assert second.unknown
    assert not second.host_down
    assert len(sink.mails) == 2


def test_a_kept_connection_that_died_is_replaced():
    sink = Sink()
    assert [type(each) for each in deliver(sink, MAIL, MAIL, between=Sink.hang_up)] == [
        Delivered
    ] * 2
    assert sink.connections == 2


def test_a_kept_connection_that_says_421_is_replaced():
    sink = Sink(script={"MAIL": ["250 ok", "421 4.4.2 idle too long"]})
    assert [type(each) for each in deliver(sink, MAIL, MAIL)] == [Delivered] * 2
    assert sink.connections == 2


def test_a_server_that_drips_cannot_hold_an_attempt():
    lines = "\r\n".join("250-x" for _ in range(2000))
    (outcome,) = deliver(Sink(script={"RCPT": lines}), timeout=0.1)
    assert isinstance(outcome, Deferred)


def test_required_tls_that_is_not_offered_defers():
    sink = Sink()
    (outcome,) = deliver(sink, security="starttls")
    assert isinstance(outcome, Deferred)
    assert outcome.host_down
    assert not any(line.startswith("MAIL") for line in sink.heard)


@pytest.mark.parametrize("implicit", [False, True])
def test_a_certificate_that_is_not_trusted_defers(certificate, implicit):
    sink = Sink(tls=server_tls(certificate), implicit_tls=implicit)
    (outcome,) = deliver(sink, security="tls" if implicit else "starttls", host="localhost")
    assert isinstance(outcome, Deferred)
    assert outcome.host_down
    assert sink.mails == []


@pytest.mark.parametrize("implicit", [False, True])
def test_with_a_trusted_certificate_it_logs_in_and_delivers(certificate, implicit, tmp_path):
    password = tmp_path / "password"
    password.write_text("geheim\n")
    sink = Sink(
        tls=server_tls(certificate), implicit_tls=implicit, offers=("AUTH PLAIN", "8BITMIME")
    )
    (outcome,) = deliver(
        sink, security="tls" if implicit else "starttls", host="localhost",
        ca_file=certificate, user="gw", password_file=password,
    )  # fmt: skip
    assert isinstance(outcome, Delivered)
    assert "AUTH PLAIN AGd3AGdlaGVpbQ==" in sink.heard


def test_a_refused_login_defers_and_keeps_the_password_to_itself(tmp_path):
    password = tmp_path / "password"
    password.write_text("geheim")
    sink = Sink(offers=("AUTH PLAIN",), script={"AUTH": "535 5.7.8 wrong"})
    (outcome,) = deliver(sink, user="gw", password_file=password)
    assert isinstance(outcome, Deferred)
    assert outcome.host_down
    assert "geheim" not in repr(outcome)


def test_what_the_server_cannot_take_fails_before_it_is_sent():
    sink = Sink(offers=())
    (eight_bit,) = deliver(sink, "ü".encode())
    assert isinstance(eight_bit, Failed)
    (address,) = deliver(Sink(offers=()), rcpt_to="grüße@b.example")
    assert isinstance(address, Failed)
    assert address.status == "5.6.7"
    assert not any(line.startswith("MAIL") for line in sink.heard)


def test_8_bit_mail_and_utf8_addresses_are_announced():
    sink = Sink()
    (outcome,) = deliver(sink, "ü".encode(), rcpt_to="grüße@b.example")
    assert isinstance(outcome, Delivered)
    assert any(line.endswith("BODY=8BITMIME SMTPUTF8") for line in sink.heard)
    assert "RCPT TO:<grüße@b.example>" in sink.heard


@pytest.mark.parametrize("address", ["a@b\r\nX", "a b@c", "a", "", "<a@b>", "a@b\0c", "a@b> X=<c"])
def test_an_address_that_is_none_fails_without_a_connection(address):
    sink = Sink()
    (outcome,) = deliver(sink, rcpt_to=address)
    assert isinstance(outcome, Failed)
    assert sink.connections == 0


def test_a_next_hop_is_used_without_login_and_with_any_certificate(certificate, tmp_path):
    password = tmp_path / "password"
    password.write_text("geheim")
    sink = Sink(tls=server_tls(certificate), offers=("AUTH PLAIN",))
    (outcome,) = deliver(
        sink, next_hop="127.0.0.1:{port}", host="192.0.2.1", user="gw", password_file=password
    )
    assert isinstance(outcome, Delivered)
    assert "STARTTLS" in sink.heard
    assert not any(line.startswith("AUTH") for line in sink.heard)


def test_a_next_hop_with_broken_tls_gets_the_mail_in_clear(certificate):
    sink = Sink(tls=server_tls(certificate), script={"STARTTLS": ["454 4.7.0 not now", "close"]})
    (outcome,) = deliver(sink, next_hop="127.0.0.1:{port}")
    assert isinstance(outcome, Delivered)


def test_no_more_connections_than_allowed_are_opened():
    sink = Sink()

    async def run():
        async with sink:
            smarthost = Smarthost(
                DeliverySettings(port=sink.port, security="none", host="127.0.0.1", connections=2)
            )
            work = (smarthost.deliver(None, "a@b.example", MAIL) for _ in range(20))
            outcomes = await asyncio.gather(*work)
            await smarthost.close()
            return outcomes

    assert all(isinstance(each, Delivered) for each in asyncio.run(run()))
    assert sink.connections == 2
