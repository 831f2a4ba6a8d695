"""Agents log in to send mail: only encrypted, only as themselves, only to addresses of ours."""

import asyncio
import smtplib
import ssl
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from gateway.config import SmtpSettings
from gateway.crypto import passwords
from gateway.model.envelope import Protocol
from gateway.smtp.login import LoginsLocked, WrongLogin
from gateway.smtp.server import Server
from gateway.workers.logins import FOR_ONE_NAME, FROM_ONE_NETWORK, WITHIN, LoggingIn

from .wire import Queue

ANNA = "anna@truhe.example"
PASSWORD = passwords.new_password()
KEPT = passwords.hashed(PASSWORD)
MAIL = b"From: anna@truhe.example\r\n\r\n!liste\r\n"


@dataclass
class Store:
    """Anna has a password, unless nobody has."""

    anybody: bool = True
    asked: list[str] = field(default_factory=list)

    def are_there(self) -> bool:
        return self.anybody

    def find(self, name: str) -> tuple[str, str] | None:
        self.asked.append(name)
        return (ANNA, KEPT) if self.anybody and name.lower() in ("anna", ANNA) else None


def played(
    certificate: Path | None, story: Callable[[int, Queue], None], store: Store | None = None
) -> None:
    """Run `story` in a thread against a server; it gets the port and the queue."""

    async def run() -> None:
        settings = SmtpSettings(
            listen=("127.0.0.1:0",), submission_listen=("127.0.0.1:0",), tls_certificate=certificate
        )
        queue = Queue()
        logins = LoggingIn(store or Store(), passwords.matches, passwords.NOBODYS)
        server = await Server.start(settings, queue, (), logins)
        try:
            await asyncio.to_thread(story, server.submission_addresses[0][1], queue)
        finally:
            await server.close(1)
            logins.close()

    asyncio.run(run())


def connected(port: int, trusting: ssl.SSLContext | None) -> smtplib.SMTP:
    client = smtplib.SMTP("127.0.0.1", port, timeout=10)
    if trusting is not None:
        client.starttls(context=trusting)
    client.ehlo("client.example")
    return client


@pytest.mark.parametrize("name", ["anna", "Anna", ANNA, "ANNA@truhe.example"])
@pytest.mark.parametrize("mechanism", ["auth_plain", "auth_login"])
def test_an_agent_logs_in_and_sends(
    certificate: Path, trusting: ssl.SSLContext, name: str, mechanism: str
) -> None:
    def story(port: int, queue: Queue) -> None:
        with connected(port, trusting) as client:
            assert client.esmtp_features["auth"].split() == ["PLAIN", "LOGIN"]
            client.user, client.password = name, PASSWORD.replace("-", "").upper()
            client.auth(mechanism.removeprefix("auth_").upper(), getattr(client, mechanism))
            client.ehlo("client.example")
            assert "auth" not in client.esmtp_features
            client.sendmail(ANNA, ["info@truhe.example"], MAIL)
        (_, peer, _) = queue.kept[0]
        assert (peer.login, peer.protocol) == (ANNA, Protocol.ESMTPSA)

    played(certificate, story)


def test_nothing_is_said_in_clear(certificate: Path) -> None:
    def story(port: int, queue: Queue) -> None:
        with connected(port, None) as client:
            assert "auth" not in client.esmtp_features
            secret = b64encode(f"\0anna\0{PASSWORD}".encode()).decode()
            assert client.docmd("AUTH", f"PLAIN {secret}")[0] == 530
            assert client.docmd("MAIL", f"FROM:<{ANNA}>")[0] == 530
        assert not queue.kept

    store = Store()
    played(certificate, story, store)
    assert store.asked == []


def test_without_a_login_nothing_is_taken(certificate: Path, trusting: ssl.SSLContext) -> None:
    def story(port: int, queue: Queue) -> None:
        with connected(port, trusting) as client:
            code, said = client.docmd("MAIL", "FROM:<x@stranger.example>")
            assert (code, said.startswith(b"5.7.0")) == (530, True)
            assert client.docmd("RCPT", "TO:<info@truhe.example>")[0] == 503
        assert not queue.kept

    played(certificate, story)


def test_nothing_is_offered_while_nobody_has_a_password(
    certificate: Path, trusting: ssl.SSLContext
) -> None:
    def story(port: int, _queue: Queue) -> None:
        with connected(port, trusting) as client:
            assert "auth" not in client.esmtp_features
            assert client.docmd("AUTH", "PLAIN AGFubmEAeA==")[0] == 503

    played(certificate, story, Store(anybody=False))


def test_the_usual_port_has_no_auth(certificate: Path, trusting: ssl.SSLContext) -> None:
    async def run() -> None:
        settings = SmtpSettings(listen=("127.0.0.1:0",), tls_certificate=certificate)
        logins = LoggingIn(Store(), passwords.matches, passwords.NOBODYS)
        server = await Server.start(settings, Queue(), (), logins)

        def story() -> None:
            with connected(server.addresses[0][1], trusting) as client:
                assert "auth" not in client.esmtp_features
                assert client.docmd("AUTH", "PLAIN AGFubmEAeA==")[0] == 500

        try:
            await asyncio.to_thread(story)
        finally:
            await server.close(1)
            logins.close()

    asyncio.run(run())


WRONG = {
    "password": ("anna", "falsch-falsch"),
    "nobody": ("zora", PASSWORD),
    "empty": ("", ""),
    "empty password": ("anna", ""),
    "injection": ("anna' OR 1=1 --", PASSWORD),
    "percent": ("%", PASSWORD),
}


@pytest.mark.parametrize(("name", "password"), WRONG.values(), ids=WRONG.keys())
def test_all_wrong_logins_have_one_answer(
    certificate: Path, trusting: ssl.SSLContext, name: str, password: str
) -> None:
    def story(port: int, _queue: Queue) -> None:
        with connected(port, trusting) as client:
            secret = b64encode(f"\0{name}\0{password}".encode()).decode()
            reply = client.docmd("AUTH", f"PLAIN {secret}")
            assert reply == (535, b"5.7.8 Name or password is wrong")
            assert client.docmd("MAIL", f"FROM:<{ANNA}>")[0] == 530

    played(certificate, story)


FOR_BEN = b"ben\0anna\0x"
STRANGE = {
    "no base64": ("PLAIN ***", 501),
    "no octets of text": ("PLAIN /////w==", 501),
    "two parts": (f"PLAIN {b64encode(b'a' + bytes(1) + b'b').decode()}", 501),
    "for somebody else": (f"PLAIN {b64encode(FOR_BEN).decode()}", 501),
    "another mechanism": ("CRAM-MD5", 504),
    "no mechanism": ("", 504),
    "nothing inside": ("PLAIN =", 501),
}  # fmt: skip


@pytest.mark.parametrize(("argument", "code"), STRANGE.values(), ids=STRANGE.keys())
def test_what_cannot_be_read_is_refused(
    certificate: Path, trusting: ssl.SSLContext, argument: str, code: int
) -> None:
    def story(port: int, _queue: Queue) -> None:
        with connected(port, trusting) as client:
            assert client.docmd("AUTH", argument)[0] == code
            assert client.noop()[0] == 250

    played(certificate, story)


def test_a_peer_may_give_up_half_way(certificate: Path, trusting: ssl.SSLContext) -> None:
    def story(port: int, _queue: Queue) -> None:
        with connected(port, trusting) as client:
            assert client.docmd("AUTH", "LOGIN") == (334, b64encode(b"Username:"))
            assert client.docmd("*")[0] == 501
            assert client.docmd("AUTH", "PLAIN") == (334, b"")
            assert client.docmd("x" * 3000)[0] == 501

    played(certificate, story)


def test_a_login_sends_as_itself_and_to_us_alone(
    certificate: Path, trusting: ssl.SSLContext
) -> None:
    def story(port: int, queue: Queue) -> None:
        with connected(port, trusting) as client:
            client.login("anna", PASSWORD)
            for sender in ("ben@truhe.example", "", "anna@truhe.example.evil.example"):
                assert client.docmd("MAIL", f"FROM:<{sender}>")[0] == 550
            assert client.docmd("MAIL", f"FROM:<{ANNA}> AUTH=<>")[0] == 250
            assert client.docmd("RCPT", "TO:<maria@example.org>")[0] == 550
            assert client.docmd("RCPT", "TO:<info@truhe.example>")[0] == 250
            assert client.docmd("AUTH", "PLAIN AGFubmEAeA==")[0] == 503
        assert not queue.kept

    played(certificate, story)


def test_tls_cannot_begin_twice(certificate: Path, trusting: ssl.SSLContext) -> None:
    def story(port: int, _queue: Queue) -> None:
        with connected(port, trusting) as client:
            client.login("anna", PASSWORD)
            assert client.docmd("STARTTLS")[0] in (500, 503)
            client.rset()
            assert client.docmd("MAIL", f"FROM:<{ANNA}>")[0] == 250

    played(certificate, story)


def test_without_a_certificate_the_server_does_not_start() -> None:
    async def run() -> None:
        await Server.start(SmtpSettings(listen=(), submission_listen=("127.0.0.1:0",)), Queue())

    with pytest.raises(ValueError, match="tls_certificate"):
        asyncio.run(run())


# --- guessing -------------------------------------------------------------------------------------


def guessing(story: Callable[[LoggingIn, list[float]], object], store: Store) -> None:
    async def run() -> None:
        now = [1000.0]
        quick = LoggingIn(
            store, lambda kept, said: (kept, said) == (KEPT, "right"), "", lambda: now[0]
        )
        try:
            await story(quick, now)
        finally:
            quick.close()

    asyncio.run(run())


def test_guessing_from_one_network_is_stopped_and_forgiven() -> None:
    store = Store()

    async def story(logins: LoggingIn, now: list[float]) -> None:
        for number in range(FROM_ONE_NETWORK):
            with pytest.raises(WrongLogin):
                await logins.check(f"n{number}", "x", f"2001:db8::{number:x}")
        for name in ("anna", "zora"):
            with pytest.raises(LoginsLocked):
                await logins.check(name, "right", "2001:db8::ff")
        assert len(store.asked) == FROM_ONE_NETWORK
        assert await logins.check("anna", "right", "2001:db8:0:1::1") == ANNA
        now[0] += WITHIN
        assert await logins.check("anna", "right", "2001:db8::ff") == ANNA

    guessing(story, store)


def test_guessing_one_name_from_everywhere_is_stopped() -> None:
    async def story(logins: LoggingIn, now: list[float]) -> None:
        for number in range(FOR_ONE_NAME):
            with pytest.raises(WrongLogin):
                await logins.check("Anna" if number % 2 else "anna", "x", f"192.0.2.{number}")
        with pytest.raises(LoginsLocked):
            await logins.check("anna", "right", "198.51.100.1")
        now[0] += WITHIN
        assert await logins.check("anna", "right", "198.51.100.1") == ANNA

    guessing(story, Store())


def test_a_right_password_forgives() -> None:
    async def story(logins: LoggingIn, _now: list[float]) -> None:
        for _ in range(3):
            for _ in range(FROM_ONE_NETWORK - 1):
                with pytest.raises(WrongLogin):
                    await logins.check("anna", "x", "192.0.2.1")
            assert await logins.check("anna", "right", "192.0.2.1") == ANNA

    guessing(story, Store())


def test_passwords_are_long_different_and_read_however_they_are_typed() -> None:
    made = {passwords.new_password() for _ in range(50)}
    assert len(made) == 50
    assert all(len(each.replace("-", "")) == 25 for each in made)
    assert KEPT.startswith("$argon2id$")
    assert PASSWORD not in KEPT
    for typed in (
        PASSWORD,
        PASSWORD.replace("-", ""),
        PASSWORD.upper(),
        PASSWORD.replace("-", " "),
    ):
        assert passwords.matches(KEPT, typed)
    assert not passwords.matches(KEPT, PASSWORD[:-1])
    assert not passwords.matches("kein hash", PASSWORD)
