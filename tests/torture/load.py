"""People who write, answer and command, each mail sent again until it was accepted.

A conversation of kind `public` or `form` has three mails: a question; an agent's answer with
commands, once the agent was notified; the requester's thanks, once the answer has arrived. One of
kind `internal` is a stranger's mail that is rejected. All mails of conversation 7 say `(7)`.
"""

import re
import smtplib
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP, default
from email.utils import parseaddr
from pathlib import Path
from typing import Self

from .daemon import settled
from .smarthost import Taken

KINDS = ("public", "form", "internal")
NUMBER = re.compile(r"\((\d+)\)")
_AGENTS = {"public": "dora@mitglieder.example", "form": "anna@mitglieder.example"}
_FORM = """\
Name: Maria {n}
E-Mail: person{n}@example.org
Standort: Berlin
Nachricht: Frage ({n})
"""


@dataclass(frozen=True)
class Letter:
    """A mail to be sent. `step` names its place in its conversation."""

    number: int
    kind: str
    step: str
    message_id: str
    sender: str
    to: str
    raw: bytes


@dataclass
class Load:
    """Sends letters through whatever port `port` says now, from several threads at a time.

    What arrives is read in `maildirs`, and in what a smarthost has `taken`.
    """

    port: Callable[[], int]
    maildirs: list[Path]
    threads: int = 4
    taken: list[Taken] = field(default_factory=list)
    letters: dict[tuple[int, str], Letter] = field(default_factory=dict)
    accepted: set[str] = field(default_factory=set)
    _seen: set[Path] = field(default_factory=set)
    _read_until: int = 0
    _ended: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Self:
        self._pool = ThreadPoolExecutor(self.threads)
        self._reader = threading.Thread(target=self._read)
        self._reader.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._reader.join()
        self._pool.shutdown(cancel_futures=True)

    def begin(self, *numbers: int) -> None:
        """Begin conversations; their kinds take turns."""
        for number in numbers:
            kind = KINDS[number % len(KINDS)]
            sender, to, text = {
                "public": (person(number), "info@truhe.example", f"Frage ({number})\n"),
                "form": (
                    "website@truhe.example",
                    "kontaktformular@truhe.example",
                    _FORM.format(n=number),
                ),
                "internal": (person(number), "berlin@truhe.example", f"Angebot ({number})\n"),
            }[kind]
            self._post(number, kind, "question", sender, to, f"Betreff ({number})", text)

    @property
    def expected(self) -> set[tuple[int, str]]:
        """All steps of all conversations that were begun."""
        steps = {"internal": ["question"]}
        return {
            (letter.number, step)
            for letter in list(self.letters.values())
            for step in steps.get(letter.kind, ["question", "answer", "thanks"])
        }

    def is_through(self) -> bool:
        """True when every conversation has come to its end and every mail was accepted."""
        written = set(self.letters)
        return written == self.expected and len(self.accepted) == len(written)

    def missing(self) -> str:
        """What is not written or not accepted yet, for the message of a failure."""
        unsent = {letter.message_id for letter in self.letters.values()} - self.accepted
        return f"to be written {self.expected - set(self.letters)}, to be accepted {unsent}"

    def _post(
        self, number: int, kind: str, step: str, sender: str, to: str, subject: str, text: str,
        answers: str = "",
    ) -> None:  # fmt: skip
        if (number, step) in self.letters:
            return
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = sender, to, subject
        mail["Message-ID"] = f"<{step}.{number}.{id(self):x}@mail.example>"
        if answers:
            mail["In-Reply-To"] = mail["References"] = answers
        mail.set_content(text)
        raw = mail.as_bytes(policy=SMTP)
        letter = Letter(number, kind, step, mail["Message-ID"].strip("<>"), sender, to, raw)
        self.letters[number, step] = letter
        self._pool.submit(self._send_until_accepted, letter)

    def _send_until_accepted(self, letter: Letter) -> None:
        while not self._ended.is_set():
            try:
                with smtplib.SMTP("127.0.0.1", self.port(), timeout=30) as smtp:
                    smtp.sendmail(letter.sender, [letter.to], letter.raw)
            except (OSError, smtplib.SMTPException):
                time.sleep(0.05)
            else:
                self.accepted.add(letter.message_id)
                return

    # --- reading and answering ------------------------------------------------------------------

    def _read(self) -> None:
        while not self._ended.wait(0.05):
            for folder in self.maildirs:
                for file in folder.glob("*/new/*"):
                    if file not in self._seen:
                        self._seen.add(file)
                        self._answer(file.parent.parent.name, file.read_bytes())
            for mail in self.taken[self._read_until :]:
                self._read_until += 1
                self._answer(mail.rcpt_to, mail.raw)

    def _answer(self, reader: str, raw: bytes) -> None:
        mail = message_from_bytes(raw, policy=default)
        assert isinstance(mail, EmailMessage)
        body = mail.get_body(("plain",))
        text = str(body.get_content()) if body else ""
        found = NUMBER.search(text) or NUMBER.search(str(mail["Subject"]))
        if found is None:
            return
        number = int(found[1])
        kind = KINDS[number % len(KINDS)]
        to = parseaddr(str(mail["Reply-To"] or mail["From"]))[1]
        known = str(mail["Message-ID"])
        subject = f"Re: {mail['Subject']}"
        if reader == _AGENTS.get(kind) and f"Frage ({number})" in text:
            words = f"Antwort ({number})\n\n!nehmen\n\n!notiz\nNotiz ({number})\n"
            self._post(number, kind, "answer", reader, to, subject, words, known)
        elif reader == person(number) and f"Antwort ({number})" in text:
            words = f"Danke ({number})\n"
            self._post(number, kind, "thanks", reader, to, subject, words, known)


def person(number: int) -> str:
    """The requester of a conversation."""
    return f"person{number}@example.org"


def drain(load: Load, store, patience: float = 60.0) -> None:
    """Return when all is said, processed and delivered."""
    settled(load.is_through, load.missing, patience)
    settled(
        lambda: not (store.inbound.counts()["queued"] or store.outbox.counts()["queued"]),
        "empty queues",
        patience,
    )
