"""Mail through real servers: swaks, a Postfix in front, the gateway, a Postfix as the smarthost."""

import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from .postfix import (
    Postfix,
    deliver_into,
    free_port,
    missing,
    msmtp,
    postfix,
    relay_to,
    swaks,
    wait_for_mail,
    wait_until,
)

pytestmark = [pytest.mark.postfix, pytest.mark.skipif(bool(missing()), reason=missing())]

RULES = Path(__file__).parents[2] / "rules"
REQUESTER, AGENT = "frieda@requester.example", "dora@mitglieder.example"
FRONT = "front.truhe.example"

SETTINGS = """
rules = "{rules}"
[smtp]
listen = ["127.0.0.1:{port}"]
lmtp_socket = "{folder}/lmtp.sock"
[store]
url = "sqlite:///{folder}/gateway.db"
[delivery]
mode = "smarthost"
host = "127.0.0.1"
port = {smarthost}
security = "none"
[trust]
authserv_id = "{front}"
trusted_relays = ["127.0.0.1", "unix"]
"""

# What a milter does on a real front server: the verdict on the author's domain.
VERDICT = f"""
smtpd_sender_restrictions = check_sender_access inline:{{
    {{ {AGENT} = PREPEND Authentication-Results: {FRONT};
        dmarc=pass header.from=mitglieder.example }} }}
"""


@dataclass(frozen=True, slots=True)
class Desk:
    """A help desk between two servers; `settings` is the gateway's, `mailboxes` everybody's."""

    front: Postfix
    mailboxes: Path
    settings: Path

    def read(self, address: str, count: int = 1) -> list:
        """At least `count` mails that arrived for the address."""
        try:
            return wait_for_mail(self.mailboxes, address, count)
        except AssertionError as failure:
            log = self.settings.with_name("gateway.log").read_text()
            raise AssertionError(f"{failure}\n{self.front.log}\n{log}") from None


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder that Postfix's own users can reach, which pytest's is not."""
    folder = Path(tempfile.mkdtemp(prefix="journey-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def without_delay(organisation: Path) -> None:
    """Answers leave at once: nobody here takes one back."""
    shipped = organisation.read_text(encoding="utf-8")
    edited = shipped.replace("send_delay: 60", "send_delay: 0")
    assert edited != shipped
    organisation.write_text(edited, encoding="utf-8")


@pytest.fixture(params=["smtp", "lmtp"])
def desk(request, place: Path) -> Iterator[Desk]:
    """Two Postfix instances, which hand over by SMTP or by LMTP; the gateway is not started."""
    port, settings = free_port(), place / "gateway.toml"
    next_hop = {"smtp": f"smtp:[127.0.0.1]:{port}", "lmtp": f"lmtp:unix:{place}/lmtp.sock"}
    with (
        postfix(
            place / "smarthost", "smarthost.example", deliver_into(place / "mail")
        ) as smarthost,
        postfix(place / "front", FRONT, relay_to(next_hop[request.param]) + VERDICT) as front,
    ):
        rules = shutil.copytree(RULES, place / "rules")
        without_delay(rules / "organisation.yaml")
        settings.write_text(
            SETTINGS.format(
                rules=rules, port=port, folder=place, smarthost=smarthost.port, front=FRONT
            )
        )
        yield Desk(front, place / "mail", settings)


@contextmanager
def gateway(desk: Desk) -> Iterator[None]:
    """`gateway serve`, from its being ready to its end."""
    log = desk.settings.with_name("gateway.log")
    command = [sys.executable, "-m", "gateway", "serve", "--config", desk.settings]
    with log.open("a") as errors:
        daemon = subprocess.Popen(command, stderr=errors)
    try:
        wait_until(
            lambda: log.read_text().count("ready: lmtp") > 0 or daemon.poll() is not None,
            "the gateway does not start",
        )
        assert daemon.poll() is None, log.read_text()
        if (socket := desk.settings.with_name("lmtp.sock")).exists():
            socket.chmod(0o777)
        yield
    finally:
        daemon.terminate()
        daemon.wait(30)
    assert daemon.returncode == 0, log.read_text()


def ask(desk: Desk, text: str = "Haben Sie einen Laptop für unsere Größe?") -> None:
    """Frieda's first mail to the organisation."""
    swaks(
        desk.front,
        REQUESTER,
        "info@truhe.example",
        f"From: Frieda Größe <{REQUESTER}>\nTo: info@truhe.example\n"
        "Message-ID: <first@requester.example>\nSubject: Laptop\n"
        f"MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\n{text}\n",
    )


def reply_to(mail, author: str, text: str) -> tuple[str, str]:
    """The recipient and the reply to a mail, as a mail program writes it."""
    recipient = (mail["Reply-To"] or mail["From"]).addresses[0].addr_spec
    references = f"{mail['References'] or ''} {mail['Message-ID']}".split()
    quoted = "".join(f"> {line}\n" for line in body(mail).splitlines())
    return recipient, (
        f"From: {author}\nTo: {recipient}\nSubject: Re: {mail['Subject']}\n"
        f"In-Reply-To: {mail['Message-ID']}\nReferences: {' '.join(references)}\n"
        "MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\n"
        f"{text}\n\nAm 2. November 2026 schrieb jemand:\n{quoted}"
    )


def body(mail) -> str:
    """The readable text of a mail."""
    return mail.get_body(("plain",)).get_content()


def test_a_request_is_confirmed_answered_and_continued_through_real_servers(desk):
    with gateway(desk):
        ask(desk)
        confirmation = desk.read(REQUESTER)[0]
        notification = desk.read(AGENT)[0]
        number = re.search(r"\[#(\d+)\]", confirmation["Subject"])[0]
        assert confirmation["Auto-Submitted"] == "auto-replied"
        assert confirmation["In-Reply-To"] == "<first@requester.example>"
        assert number in notification["Subject"]
        assert "Laptop für unsere Größe" in body(notification)

        recipient, reply = reply_to(notification, AGENT, "Ja, morgen.\n\n!note\nKeller 3")
        msmtp(desk.front, AGENT, recipient, reply)
        response = desk.read(REQUESTER, 2)[1]
        assert "Ja, morgen." in body(response)
        assert "Keller" not in response.as_string()
        assert "!note" not in body(response)
        assert AGENT not in response.as_string()
        assert "<first@requester.example>" in response["References"].split()
        assert response["From"].addresses[0].domain == "truhe.example"

        recipient, reply = reply_to(response, REQUESTER, "Vielen Dank!")
        swaks(desk.front, REQUESTER, recipient, reply)
        wait_until(
            lambda: any("Vielen Dank!" in body(mail) for mail in desk.read(AGENT)),
            "the agent does not see the requester's answer",
        )


def test_an_agent_whom_the_front_server_does_not_know_commands_nothing(desk):
    with gateway(desk):
        ask(desk)
        notification = desk.read(AGENT)[0]
        recipient, reply = reply_to(notification, AGENT, "Gelogen.")
        # Another envelope sender: the front server gives no verdict, so only From says who it is.
        swaks(desk.front, "liar@elsewhere.example", recipient, reply)
        ask(desk, "Noch eine Frage")
        desk.read(AGENT, 2)
        assert "Gelogen." not in "".join(body(mail) for mail in desk.read(REQUESTER))


def test_the_front_server_keeps_mail_while_the_gateway_is_away(desk):
    ask(desk)
    wait_until(lambda: "status=deferred" in desk.front.log, "the front server did not try")
    with gateway(desk):
        assert "Laptop" in desk.read(AGENT)[0]["Subject"]
