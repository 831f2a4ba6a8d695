"""Real Postfix instances for a journey: a front server and a smarthost, each in its own folder.

Nothing of the machine's own Postfix is read or changed but its programs. Each instance listens on
a loopback port of its own and is ended by process id.
"""

import os
import pwd
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

PATIENCE = 30.0

QUEUE = (
    "active bounce corrupt defer deferred flush hold incoming maildrop private public saved trace"
).split()

MASTER = """
postlog   unix-dgram n - n - 1 postlogd
127.0.0.1:{port} inet n - n - - smtpd
cleanup   unix n - n - 0 cleanup
qmgr      unix n - n 300 1 qmgr
rewrite   unix - - n - - trivial-rewrite
bounce    unix - - n - 0 bounce
defer     unix - - n - 0 bounce
trace     unix - - n - 0 bounce
flush     unix n - n 1000? 0 flush
proxymap  unix - - n - - proxymap
smtp      unix - - n - - smtp
lmtp      unix - - n - - lmtp
error     unix - - n - - error
retry     unix - - n - - error
discard   unix - - n - - discard
virtual   unix - n n - - virtual
anvil     unix - - n - 1 anvil
scache    unix - - n - 1 scache
"""

MAIN = """
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
maillog_file = {folder}/mail.log
maillog_file_prefixes = {folder}
myhostname = {name}
mydestination =
alias_maps =
local_recipient_maps =
mynetworks = 127.0.0.0/8
inet_protocols = ipv4
disable_dns_lookups = yes
smtputf8_enable = yes
smtpd_peername_lookup = no
smtpd_client_connection_count_limit = 0
smtpd_recipient_restrictions = permit_mynetworks, reject
queue_run_delay = 1s
minimal_backoff_time = 1s
maximal_backoff_time = 2s
"""


def missing() -> str:
    """What Postfix journeys lack on this machine, as a sentence; empty when they can run."""
    if not _program("postfix"):
        return "Postfix is not installed (Debian: apt-get install postfix)"
    for program in ("swaks", "msmtp"):
        if not shutil.which(program):
            return f"{program} is not installed (Debian: apt-get install {program})"
    if os.geteuid() != 0:
        return "Postfix can only be started by root"
    return ""


@dataclass(frozen=True, slots=True)
class Postfix:
    """A running instance."""

    folder: Path
    port: int

    @property
    def log(self) -> str:
        """Its log so far."""
        log = self.folder / "mail.log"
        return log.read_text() if log.exists() else ""


@contextmanager
def postfix(folder: Path, name: str, settings: str) -> Iterator[Postfix]:
    """A Postfix called `name` in the new `folder`, with more lines of main.cf; ended afterwards."""
    port = free_port()
    folder.mkdir()
    _make_queue(folder)
    (folder / "main.cf").write_text(MAIN.format(folder=folder, name=name) + settings)
    (folder / "master.cf").write_text(MASTER.format(port=port))
    # Postfix waits until its settings are two seconds old, lest somebody is still writing them.
    os.utime(folder / "main.cf", (0, 0))
    daemons = subprocess.check_output(
        [_program("postconf"), "-c", folder, "-h", "daemon_directory"], text=True
    )
    master = subprocess.Popen(
        [f"{daemons.strip()}/master", "-c", folder, "-d"],
        start_new_session=True,  # master ends its children as a process group
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    instance = Postfix(folder, port)
    try:
        wait_until(lambda: _greets(port), f"{name} does not greet:\n{instance.log}")
        yield instance
    finally:
        master.terminate()
        master.wait(PATIENCE)


def relay_to(next_hop: str) -> str:
    """Settings of a server that hands everything to `next_hop`, such as smtp:[127.0.0.1]:8025."""
    return f"relay_domains = static:all\nrelay_transport = {next_hop}\n"


def deliver_into(mailboxes: Path) -> str:
    """Settings of a server that delivers every address into one Maildir, marked Delivered-To."""
    nobody = pwd.getpwnam("nobody")
    mailboxes.mkdir()
    os.chown(mailboxes, nobody.pw_uid, nobody.pw_gid)
    return f"""
virtual_mailbox_domains = static:all
virtual_mailbox_base = {mailboxes}
virtual_mailbox_maps = static:all/
virtual_uid_maps = static:{nobody.pw_uid}
virtual_gid_maps = static:{nobody.pw_gid}
"""


def mailbox(mailboxes: Path, address: str) -> list[EmailMessage]:
    """What was delivered to the address, in the order of arrival."""
    files = (mailboxes / "all" / "new").glob("*")
    arrived = sorted(files, key=lambda file: file.stat().st_mtime_ns)
    messages = [_message(file.read_bytes()) for file in arrived]
    return [message for message in messages if message["Delivered-To"] == address]


def wait_for_mail(mailboxes: Path, address: str, count: int = 1) -> list[EmailMessage]:
    """At least `count` delivered mails of the address."""
    wait_until(
        lambda: len(mailbox(mailboxes, address)) >= count, f"no mail number {count} to {address}"
    )
    return mailbox(mailboxes, address)


def swaks(server: Postfix, sender: str, recipient: str, mail: str) -> None:
    """Hand the mail to the server with swaks; fails unless it is accepted."""
    command = f"swaks --server 127.0.0.1 --port {server.port} --ehlo client.example --data -"
    _hand_over([*command.split(), "--from", sender, "--to", recipient], mail)


def msmtp(server: Postfix, sender: str, recipient: str, mail: str) -> None:
    """Hand the mail to the server with msmtp; fails unless it is accepted."""
    command = f"msmtp --file=/dev/null --host=127.0.0.1 --port={server.port} --tls=off --auth=off"
    _hand_over([*command.split(), f"--from={sender}", "--", recipient], mail)


def free_port() -> int:
    """A loopback port that was free a moment ago."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def wait_until(holds: Callable[[], bool], failure: str) -> None:
    """Return as soon as it holds; AssertionError with the sentence after the patience."""
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, failure
        time.sleep(0.05)


def _make_queue(folder: Path) -> None:
    """The folders that `postfix check` would make."""
    owner = pwd.getpwnam("postfix").pw_uid
    for name in ("data", *(f"queue/{each}" for each in QUEUE)):
        (folder / name).mkdir(0o700, parents=True)
        os.chown(folder / name, owner, -1)
    (folder / "queue").chmod(0o755)
    (folder / "queue" / "pid").mkdir()


def _hand_over(command: list[str], mail: str) -> None:
    done = subprocess.run(command, input=mail, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def _greets(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as client:
            return client.recv(4) == b"220 "
    except OSError:
        return False


def _program(name: str) -> str | None:
    return shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin")


def _message(raw: bytes) -> EmailMessage:
    message = message_from_bytes(raw, policy=default)
    assert isinstance(message, EmailMessage)
    return message
