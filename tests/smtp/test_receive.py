"""Receiving, over real connections on the loopback."""

import asyncio
import logging
import socket
import ssl
import stat
import struct

import pytest
import structlog

from gateway.config import SmtpSettings
from gateway.model.envelope import Protocol
from gateway.model.refusal import StorageFull
from gateway.smtp.server import Server

from .wire import Queue, Wire, close_all, no_connections, play

MAIL = b"Subject: Laptop\r\n\r\nHabt ihr einen?\r\n"


def test_250_names_the_queue_id_and_the_bytes_are_the_ones_sent():
    async def story(server, _queue):
        wire = await Wire.open(server)
        reply = await wire.data(MAIL + b"..dot\r\n.\r\n")
        assert reply == "250 2.0.0 Ok: queued as q1"
        assert (await wire.say("QUIT")).startswith("221 ")
        assert await wire.closed()

    ((envelope, peer, raw),) = play(story).kept
    assert raw == MAIL + b".dot\r\n"
    assert (envelope.mail_from, envelope.rcpt_to) == ("a@b.example", ("info@truhe.example",))
    assert (peer.ip, peer.helo, peer.protocol) == ("127.0.0.1", "client.example", Protocol.ESMTP)


def test_250_is_not_said_before_the_commit():
    release = asyncio.Event()

    async def story(server, queue):
        wire = await Wire.open(server)
        await wire.envelope()
        await wire.say("DATA")
        await wire.send(MAIL + b".\r\n")
        await queue.begun.wait()
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(asyncio.shield(wire.reader.read(1)), 0.05)
        release.set()

    play(story, Queue(before=release.wait))


def test_an_empty_message_and_a_first_line_with_a_dot_are_messages():
    async def story(server, _queue):
        wire = await Wire.open(server)
        assert (await wire.data(b".\r\n")).startswith("250 ")
        assert (await wire.data(b"..\r\n.\r\n")).startswith("250 ")

    assert [raw for *_, raw in play(story).kept] == [b"", b".\r\n"]


@pytest.mark.parametrize("size", [1, 2, 3, 5, 7])
def test_how_the_network_cuts_the_bytes_does_not_matter(size):
    content = b"\r\n.x\r\n..\r\n...y\r\n\r\nz\r\n.\r\n"

    async def story(server, _queue):
        wire = await Wire.open(server)
        wire.writer.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        await wire.envelope()
        await wire.say("DATA")
        for begin in range(0, len(content), size):
            await wire.send(content[begin : begin + size])
            await asyncio.sleep(0)
        assert (await wire.reply()).startswith("250 ")

    ((*_, raw),) = play(story).kept
    assert raw == b"\r\nx\r\n.\r\n..y\r\n\r\nz\r\n"


def test_a_pipelined_session_in_one_write_is_served_in_order():
    async def story(server, _queue):
        wire = await Wire.open(server, hello="")
        one = b"MAIL FROM:<>\r\nRCPT TO:<info@truhe.example>\r\nDATA\r\n" + MAIL + b".\r\n"
        await wire.send(b"EHLO c\r\n" + one + one + b"QUIT\r\n")
        wire.writer.write_eof()
        codes = [(await wire.reply())[:3] for _ in range(10)]
        assert codes == ["250", *["250", "250", "354", "250"] * 2, "221"]

    assert [envelope.mail_from for envelope, *_ in play(story).kept] == [None, None]


def test_a_line_of_a_megabyte_is_accepted():
    async def story(server, _queue):
        wire = await Wire.open(server)
        assert (await wire.data(b"a" * 1_000_000 + b"\r\n.\r\n")).startswith("250 ")

    ((*_, raw),) = play(story).kept
    assert len(raw) == 1_000_002


def test_what_is_offered_and_nothing_about_the_software():
    async def story(server, _queue):
        wire = Wire(*await asyncio.open_connection(*server.addresses[0]))
        said = [await wire.reply()]
        said += [await wire.say(line) for line in ("EHLO c", "HELP", "VRFY info", "AUTH PLAIN x")]
        assert said[0] == "220 mx.truhe.example ESMTP"
        offered = {line[4:].split()[0] for line in said[1].splitlines()[1:]}
        assert offered == {
            "PIPELINING", "SIZE", "8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES", "HELP",
        }  # fmt: skip
        assert said[3].startswith("252 ")
        assert said[4].startswith("500 ")
        assert "ython" not in "".join(said)
        assert "aiosmtpd" not in "".join(said)

    play(story)


def test_commands_out_of_order_are_refused():
    async def story(server, _queue):
        wire = await Wire.open(server, hello="")
        assert (await wire.say("MAIL FROM:<a@b.example>")).startswith("503 ")
        await wire.say("HELO c")
        for line in ("RCPT TO:<info@truhe.example>", "DATA", "STARTTLS", "LHLO c"):
            assert (await wire.say(line))[:3] in {"500", "503"}
        await wire.envelope()
        assert (await wire.say("MAIL FROM:<a@b.example>")).startswith("503 ")
        assert (await wire.say("RSET")).startswith("250 ")
        assert (await wire.say("DATA")).startswith("503 ")

    assert play(story).kept == []


def test_a_failure_is_451_without_its_text_and_a_full_disk_is_452():
    async def broken() -> None:
        raise RuntimeError("db locked at postgres://u:secret@h")

    async def full() -> None:
        raise StorageFull("no space")

    async def story(server, queue):
        wire = await Wire.open(server)
        with structlog.testing.capture_logs() as logs:
            assert await wire.data(MAIL + b".\r\n") == (
                "451 4.3.0 Temporary failure, try again later"
            )
        assert [line["event"] for line in logs] == ["message not accepted"]
        queue.before = full
        assert (await wire.data(MAIL + b".\r\n")).startswith("452 4.3.1 ")
        queue.before = None
        assert (await wire.data(MAIL + b".\r\n")).startswith("250 ")

    assert len(play(story, Queue(before=broken)).kept) == 1


def test_a_failing_look_up_of_a_recipient_is_451():
    class Broken(Queue):
        def check_recipient(self, address):
            raise RuntimeError("secret")

    async def story(server, _queue):
        wire = await Wire.open(server)
        await wire.say("MAIL FROM:<a@b.example>")
        with structlog.testing.capture_logs():
            reply = await wire.say("RCPT TO:<info@truhe.example>")
        assert reply == "451 4.3.0 Temporary failure, try again later"

    play(story, Broken())


@pytest.mark.parametrize("reset", [True, False])
def test_a_client_that_is_gone_after_the_dot_does_not_undo_the_commit(reset):
    release = asyncio.Event()

    async def story(server, queue):
        wire = await Wire.open(server)
        await wire.envelope()
        await wire.say("DATA")
        await wire.send(MAIL + b".\r\n")
        await queue.begun.wait()
        if reset:
            linger = struct.pack("ii", 1, 0)
            wire.writer.get_extra_info("socket").setsockopt(
                socket.SOL_SOCKET, socket.SO_LINGER, linger
            )
        wire.writer.transport.abort()
        if reset:
            await no_connections(server)
        release.set()

    assert len(play(story, Queue(before=release.wait)).kept) == 1


def test_a_client_that_is_gone_before_the_dot_leaves_nothing():
    async def story(server, _queue):
        wire = await Wire.open(server)
        await wire.envelope()
        await wire.say("DATA")
        await wire.send(MAIL + b".\r")
        wire.close()
        await no_connections(server)

    assert play(story).kept == []


def test_closing_lets_a_message_under_way_end_and_sends_the_idle_away():
    async def story(server, queue):
        busy, idle = await Wire.open(server), await Wire.open(server)
        await busy.envelope()
        await busy.say("DATA")
        await busy.send(MAIL)
        closing = asyncio.create_task(server.close(5))
        assert (await idle.reply()).startswith("421 4.3.2")
        await busy.send(b".\r\n")
        assert (await busy.reply()).startswith("250 ")
        assert (await busy.reply()).startswith("421 ")
        await closing

    assert len(play(story).kept) == 1


def test_closing_does_not_wait_longer_than_its_grace():
    async def story(server, _queue):
        wire = await Wire.open(server)
        await wire.envelope()
        await wire.say("DATA")
        await server.close(0.05)
        assert "421" in await wire.reply()

    assert play(story).kept == []


def test_a_handed_over_socket_is_listened_on():
    async def story():
        bound = socket.create_server(("127.0.0.1", 0))
        server = await Server.start(SmtpSettings(listen=("192.0.2.1:25",)), Queue(), [bound])
        assert server.addresses == (bound.getsockname(),)
        assert (await (await Wire.open(server)).data(MAIL + b".\r\n")).startswith("250 ")
        await close_all()
        await server.close(1)

    asyncio.run(story())


# --- STARTTLS -----------------------------------------------------------------------------------


async def _encrypt(wire: Wire, trusting: ssl.SSLContext) -> Wire:
    await wire.writer.start_tls(trusting, server_hostname="localhost")
    return wire


def test_after_starttls_the_session_begins_anew_and_is_encrypted(certificate, trusting):
    async def story(server, _queue):
        wire = await Wire.open(server)
        await wire.envelope()
        assert "STARTTLS" in await wire.say("EHLO c")
        assert (await wire.say("STARTTLS")).startswith("220 ")
        await _encrypt(wire, trusting)
        assert (await wire.say("DATA")).startswith("503 ")
        assert "STARTTLS" not in await wire.say("EHLO c")
        assert (await wire.data(MAIL + b".\r\n")).startswith("250 ")
        assert (await wire.say("QUIT")).startswith("221 ")
        wire.close()

    ((_, peer, _),) = play(story, tls_certificate=certificate).kept
    assert peer.protocol is Protocol.ESMTPS


def test_what_was_sent_in_clear_behind_starttls_is_forgotten(certificate, trusting):
    async def story(server, _queue):
        wire = await Wire.open(server)
        await wire.send(
            b"STARTTLS\r\nEHLO i\r\nMAIL FROM:<i@x.example>\r\nRCPT TO:<info@truhe.example>\r\n"
        )
        assert (await wire.reply()).startswith("220 ")
        await _encrypt(wire, trusting)
        assert (await wire.say("DATA")).startswith("503 ")
        assert (await wire.say("MAIL FROM:<a@b.example>")).startswith("503 ")
        wire.close()

    assert play(story, tls_certificate=certificate).kept == []


def test_a_handshake_that_fails_ends_the_session_only(certificate):
    async def story(server, _queue):
        wire = await Wire.open(server)
        await wire.say("STARTTLS")
        await wire.send(b"no handshake at all\r\n")
        await wire.closed()
        wire.close()
        await no_connections(server)
        assert (await (await Wire.open(server)).data(MAIL + b".\r\n")).startswith("250 ")

    play(story, tls_certificate=certificate)


# --- LMTP ---------------------------------------------------------------------------------------


async def _lmtp(path) -> Wire:
    wire = Wire(*await asyncio.open_unix_connection(str(path)))
    assert (await wire.reply()).endswith(" LMTP")
    return wire


def test_lmtp_answers_for_each_recipient(tmp_path):
    path = tmp_path / "lmtp"

    async def story(server, _queue):
        assert stat.S_IMODE(path.stat().st_mode) == 0o660
        wire = await _lmtp(path)
        assert (await wire.say("EHLO c")).startswith("500 ")
        assert "STARTTLS" not in await wire.say("LHLO front.example")
        await wire.say("MAIL FROM:<>")
        await wire.say("RCPT TO:<info@truhe.example>")
        assert (await wire.say("RCPT TO:<nobody@truhe.example>")).startswith("550 5.1.1")
        await wire.say("RCPT TO:<anna@truhe.example>")
        await wire.say("DATA")
        await wire.send(b"a\nb\rc\r\n.\r\n")
        assert [await wire.reply(), await wire.reply()] == ["250 2.0.0 Ok: queued as q1"] * 2
        assert (await wire.say("NOOP")).startswith("250 ")

    ((envelope, peer, raw),) = play(story, lmtp_socket=path).kept
    assert (peer.ip, peer.protocol, len(envelope.rcpt_to)) == ("", Protocol.LMTP, 2)
    assert raw == b"a\r\nb\r\nc\r\n"  # line ends of the trusted front server are repaired
    assert not path.exists()


def test_a_socket_left_by_a_dead_server_is_replaced_and_a_living_one_is_not(tmp_path):
    path = tmp_path / "lmtp"
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(path))

    async def story(server, _queue):
        await _lmtp(path)
        with pytest.raises(OSError, match="another server"):
            await Server.start(server._shared.settings, Queue())
        await _lmtp(path)

    play(story, lmtp_socket=path)


def test_no_body_reaches_the_log_at_debug(caplog):
    caplog.set_level(logging.DEBUG)

    async def story(server, _queue):
        wire = await Wire.open(server)
        with structlog.testing.capture_logs() as logs:
            await wire.data(b"Subject: MARK\r\n\r\nMARK\r\n.\r\n")
        assert "MARK" not in repr(logs)
        assert [line["queue_id"] for line in logs if line["log_level"] != "debug"] == ["q1"]

    play(story)
    assert "MARK" not in caplog.text
