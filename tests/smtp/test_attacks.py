"""What must not work: smuggling, floods, relaying, strange envelopes."""

import asyncio
import resource

import pytest

from gateway.smtp.path import parse_mail, parse_rcpt
from gateway.smtp.server import Server

from .wire import Queue, Wire, no_connections, play, until

EVIL = b"MAIL FROM:<evil@x.example>\r\nRCPT TO:<info@truhe.example>\r\nDATA\r\nevil\r\n.\r\n"
FALSE_ENDS = [
    b"\n.\n", b"\n.\r\n", b"\r.\r", b"\r\n.\n", b"\r\n.\r", b"\r.\r\n", b"\r\n\0.\r\n",
    b"\n\n.\r\n", b"\r\r\n.\n", b"\n\r.\r\n",
]  # fmt: skip


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize("end", FALSE_ENDS)
def test_a_false_end_of_data_smuggles_no_second_message(end, first):
    async def story(server, _queue):
        wire = await Wire.open(server)
        reply = await wire.data((b"" if first else b"Subject: a\r\n\r\nb") + end + EVIL)
        assert reply.startswith("250 ") if b"\0" in end else reply.startswith("550 5.5.2 ")
        assert (await wire.say("NOOP")).startswith("250 ")

    kept = play(story).kept
    assert [envelope.mail_from for envelope, *_ in kept] == (
        ["a@b.example"] if b"\0" in end else []
    )


@pytest.mark.parametrize(
    "content", [b"a\rb\r\n.\r\n", b"a\nb\r\n.\r\n", b"a\r\r\n.\r\n", b"\n\r\n.\r\n"]
)
def test_a_bare_line_end_is_refused_wherever_the_network_cuts(content):
    async def story(server, _queue):
        wire = await Wire.open(server)
        assert (await wire.data(content)).startswith("550 5.5.2 ")
        await wire.envelope()
        await wire.say("DATA")
        for byte in content:
            await wire.send(bytes([byte]))
            await asyncio.sleep(0.001)
        assert (await wire.reply()).startswith("550 5.5.2 ")

    assert play(story).kept == []


def test_millions_of_empty_lines_cost_little_and_others_are_served_meanwhile():
    async def story(server, _queue):
        wire, other = await Wire.open(server), await Wire.open(server)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        sending = asyncio.create_task(wire.data(b"\r\n" * 4_000_000 + b".\r\n"))
        while not sending.done():
            await asyncio.wait_for(other.say("NOOP"), 1)
            await asyncio.sleep(0.01)
        assert (await sending).startswith("250 ")
        assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000  # KiB

    ((*_, raw),) = play(story).kept
    assert len(raw) == 8_000_000


def test_a_message_a_little_over_the_limit_is_refused_and_the_session_goes_on():
    async def story(server, _queue):
        wire = await Wire.open(server)
        assert (await wire.data(b"a" * 70_000 + b"\r\n.\r\n")).startswith("552 5.3.4 ")
        assert (await wire.data(b"a\r\n.\r\n")).startswith("250 ")

    assert len(play(story, max_message_bytes=65_536).kept) == 1


def test_a_peer_that_never_ends_is_cut_off():
    async def pour(wire):
        while True:
            await wire.send(b"a" * 65_536)

    async def story(server, _queue):
        wire = await Wire.open(server)
        await wire.envelope()
        await wire.say("DATA")
        flood = asyncio.create_task(pour(wire))
        assert (await wire.reply()).startswith("552 5.3.4 ")
        with pytest.raises(ConnectionError):
            await flood
        await no_connections(server)

    assert play(story, max_message_bytes=1_000_000).kept == []


def test_the_declared_size_is_refused_at_mail_from():
    async def story(server, _queue):
        wire = await Wire.open(server)
        assert (await wire.say("MAIL FROM:<a@b.example> SIZE=65537")).startswith("552 5.3.4 ")
        assert (await wire.say("MAIL FROM:<a@b.example> SIZE=65536")).startswith("250 ")

    play(story, max_message_bytes=65_536)


def test_all_messages_under_way_together_have_a_limit_that_passes():
    async def story(server, _queue):
        first, second = await Wire.open(server), await Wire.open(server)
        await first.envelope()
        await first.say("DATA")
        await first.send(b"a" * 700_000)
        await until(lambda: not server._shared.pending.has(500_000))
        assert (await second.say("MAIL FROM:<a@b.example> SIZE=600000")).startswith("452 4.3.1 ")
        assert (await second.data(b"a" * 600_000 + b"\r\n.\r\n")).startswith("452 4.3.1 ")
        await first.send(b"\r\n.\r\n")
        assert (await first.reply()).startswith("250 ")
        assert (await second.data(b"a" * 600_000 + b"\r\n.\r\n")).startswith("250 ")
        assert server._shared.pending.has(1_048_576)

    assert len(play(story, max_pending_bytes=1_048_576).kept) == 2


def test_a_message_that_runs_in_circles_is_refused():
    async def story(server, _queue):
        wire = await Wire.open(server)
        hop = b"Received: from a by b\r\n"
        assert (await wire.data(hop * 51 + b"\r\nx\r\n.\r\n")).startswith("554 5.4.6 ")
        assert (await wire.data(hop * 50 + b"\r\n" + hop * 9 + b".\r\n")).startswith("250 ")

    assert len(play(story).kept) == 1


def test_connections_are_limited_and_free_again_when_they_end():
    async def story(server, _queue):
        wires = [await Wire.open(server) for _ in range(2)]
        turned_away = Wire(*await asyncio.open_connection(*server.addresses[0]))
        assert (await turned_away.reply()).startswith("421 4.3.2 ")
        assert await turned_away.closed()
        assert (await wires[0].say("NOOP")).startswith("250 ")
        wires[0].close()
        await until(lambda: server.connections < 2)
        await Wire.open(server)

    play(story, max_connections_per_client=2)
    play(story, max_connections=2)


def test_a_flood_of_commands_or_errors_ends_the_session():
    async def story(server, _queue):
        for line, most in ((b"NOOP\r\n", 1200), (b"XYZZY\r\n", 60)):
            wire = await Wire.open(server)
            wire.writer.write(line * 10_000)
            replies = (await asyncio.wait_for(wire.reader.read(100_000), 5)).decode().split("\r\n")
            while not replies[-2].startswith("421 4.7.0 "):
                more = (await wire.reader.read(100_000)).decode()
                assert more
                replies = (replies[-1] + more).split("\r\n")
            assert len(replies) < most

    play(story)


def test_the_101st_recipient_is_told_to_come_again():
    async def story(server, _queue):
        wire = await Wire.open(server)
        await wire.envelope()
        for _ in range(99):
            assert (await wire.say("RCPT TO:<anna@truhe.example>")).startswith("250 ")
        assert (await wire.say("RCPT TO:<anna@truhe.example>")).startswith("452 4.5.3 ")
        assert (await wire.say("DATA")).startswith("354 ")
        await wire.send(b"x\r\n.\r\n")
        assert (await wire.reply()).startswith("250 ")

    ((envelope, *_),) = play(story).kept
    assert len(envelope.rcpt_to) == 100


@pytest.mark.parametrize("trickle", [True, False])
def test_a_silent_or_trickling_client_is_sent_away(trickle):
    async def story(server, _queue):
        wire = await Wire.open(server)
        while trickle and not wire.reader._buffer:
            await wire.send(b"N")
            await asyncio.sleep(0.01)
        assert (await wire.reply()).startswith("421 4.4.2 ")
        assert await wire.closed()

    play(story, idle_timeout=0.1)


def test_no_session_lives_longer_than_its_time():
    async def story(server, _queue):
        wire = await Wire.open(server)
        while not (reply := await wire.say("NOOP")).startswith("421 4.4.2 "):
            assert reply.startswith("250 ")
            await asyncio.sleep(0.01)

    play(story, session_timeout=0.1)


def test_a_slow_commit_is_not_cut_short():
    async def slow() -> None:
        await asyncio.sleep(0.2)

    async def story(server, _queue):
        assert (await (await Wire.open(server)).data(b"x\r\n.\r\n")).startswith("250 ")

    play(story, Queue(before=slow), idle_timeout=0.05)


@pytest.mark.parametrize(
    "path",
    ["<x@elsewhere.example>", "<x%elsewhere.example@truhe.example>",
     '<"x@elsewhere.example"@truhe.example>', "<@truhe.example:x@elsewhere.example>",
     "<x@elsewhere.example@truhe.example>", "<elsewhere.example!x@truhe.example>"],
)  # fmt: skip
def test_nothing_is_relayed(path):
    async def story(server, _queue):
        wire = await Wire.open(server)
        await wire.say("MAIL FROM:<a@b.example>")
        assert (await wire.say(f"RCPT TO:{path}")).startswith("550 5.1.1 ")

    play(story)


@pytest.mark.parametrize(
    "argument",
    [b"<a@b", b"<a>", b"a@b.example", b"<a@>", b"<@b>", b"<a@b..c>", b"<a@-b>", b"< a@b>",
     b"<a@b>x", b"<a b@c>", b"<a(x)@b>", b"<" + b"a" * 300 + b"@b>", b"<a@" + b"b." * 127 + b"cc>",
     b"<a@b\0c>", b'<"a\rX"@b>', b"<a@b\x1b[2J>", "<a@b\u2028c> SMTPUTF8".encode(),
     "<a\u202eb@c> SMTPUTF8".encode(), b"<\xff@b> SMTPUTF8", "<grüße@b.example>".encode(),
     b"<a@b> SIZE=x", b"<a@b> BODY=BINARYMIME", b"<a@b> AUTH=<>", b"<a@b> ==", b"<a\n@b>"],
)  # fmt: skip
def test_a_strange_sender_is_refused(argument):
    async def story(server, _queue):
        wire = await Wire.open(server)
        await wire.send(b"MAIL FROM:" + argument + b"\r\n")
        assert (await wire.reply())[:3] in {"500", "501", "553", "555"}
        assert (await wire.say("DATA"))[:3] in {"500", "503"}

    play(story)


def test_the_null_sender_and_unusual_addresses_are_understood():
    assert parse_mail("<>").address is None
    assert parse_mail(" <> BODY=8BITMIME").address is None
    assert parse_mail('<"a b"@c.example>').address == '"a b"@c.example'
    assert parse_mail("<a@[192.0.2.1]>").address == "a@[192.0.2.1]"
    assert parse_mail("<grüße@b.example> SMTPUTF8 size=12").size == 12
    assert parse_mail("<bounce+id=a%b.example@c.example>").address is not None
    assert parse_rcpt("<Postmaster>", smtputf8=False) == "Postmaster"


def test_an_address_in_utf8_is_accepted_when_it_was_asked_for():
    async def story(server, _queue):
        wire = await Wire.open(server)
        await wire.say("MAIL FROM:<a@b.example>")
        assert (await wire.say("RCPT TO:<grüße@truhe.example>")).startswith("553 5.6.7 ")
        await wire.say("RSET")
        await wire.say("MAIL FROM:<a@b.example> SMTPUTF8")
        assert (await wire.say("RCPT TO:<grüße@truhe.example>")).startswith("250 ")

    play(story)


@pytest.mark.parametrize("name", ["", "a b", "a(b)", "<a>", "a" * 256, "ä"])
def test_a_name_that_would_spoil_a_received_field_is_refused(name):
    async def story(server, _queue):
        wire = await Wire.open(server, hello="")
        assert (await wire.say(f"EHLO {name}")).startswith("501 ")

    play(story)


def test_an_endless_command_line_ends_the_session():
    async def story(server: Server, _queue):
        wire = await Wire.open(server)
        assert (await wire.say("NOOP " + "a" * 3000)).startswith("500 5.5.6 ")
        await wire.send(b"a" * 1_000_000)
        assert (await wire.reply()).startswith("500 5.5.6 ")

    play(story)
