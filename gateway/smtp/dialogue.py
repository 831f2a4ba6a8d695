"""What is said before DATA: the state of one SMTP or LMTP session, without I/O.

RFC 5321 section 4.1.4 (order of commands), RFC 2033 (LMTP), RFC 1870 (SIZE), RFC 6531 (SMTPUTF8),
RFC 2034 (enhanced status codes). A refused command raises a `Refusal` and changes nothing.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from gateway.model.address import fold
from gateway.model.envelope import Envelope, Peer, Protocol
from gateway.model.refusal import (
    BadAddress,
    MessageTooBig,
    NotTheirAddress,
    Refusal,
    StorageFull,
    TooManyRecipients,
)
from gateway.smtp.limits import Pending
from gateway.smtp.login import MECHANISMS, LoginNeeded, TlsNeeded
from gateway.smtp.path import MailFrom, parse_mail, parse_rcpt

# No white space, no controls, nothing that has a meaning in a Received field.
_NAME = re.compile(r"[^\x00-\x20\x7f-\U0010FFFF()<>\"\\;,@]{1,255}")


class BadSequence(Refusal):
    """A command at the wrong time (RFC 5321 section 4.1.4)."""

    code, status, text = 503, "5.5.1", "Bad sequence of commands"


class UnknownCommand(Refusal):
    """A command that we do not have."""

    code, status, text = 500, "5.5.1", "Command not recognized"


class BadArgument(Refusal):
    """A command with an argument that it cannot have."""

    code, status, text = 501, "5.5.4", "Bad argument"


@dataclass(frozen=True, slots=True)
class Offer:
    """What this server offers: the same for all of its sessions."""

    hostname: str
    max_bytes: int
    max_recipients: int
    lmtp: bool
    starttls: bool
    submission: bool
    check_recipient: Callable[[str], None]
    pending: Pending


class Dialogue:
    """One session's envelope as it grows. `tls`: the connection is encrypted by now.

    `may_log_in` offers AUTH; `login` is the folded address of the agent who has logged in.
    """

    def __init__(self, offer: Offer, *, tls: bool) -> None:
        self.offer = offer
        self.helo = ""
        self.may_log_in = False
        self.login = ""
        self.may_starttls = offer.starttls and not tls
        self._tls = tls
        self._extended = False
        self._mail: MailFrom | None = None
        self._rcpt_to: list[str] = []

    def answer(self, verb: str, argument: str) -> str:
        """The reply to one command, lines joined by CRLF. Raises a Refusal."""
        answer = _COMMANDS.get(verb)
        if answer is None:
            raise UnknownCommand(verb)
        return answer(self, argument)

    def reset(self) -> None:
        """Forget the transaction, not the greeting."""
        self._mail = None
        self._rcpt_to = []

    def envelope(self) -> Envelope:
        """The envelope, ready for DATA. Raises BadSequence when it is not."""
        if self._mail is None or not self._rcpt_to:
            raise BadSequence("DATA without recipients")
        return Envelope(self._mail.address, tuple(self._rcpt_to))

    def peer(self, ip: str) -> Peer:
        """Who is talking, and by which protocol (RFC 3848)."""
        if self.offer.lmtp:
            protocol = Protocol.LMTP
        elif self.login:
            protocol = Protocol.ESMTPSA
        elif self._tls:
            protocol = Protocol.ESMTPS
        else:
            protocol = Protocol.ESMTP if self._extended else Protocol.SMTP
        return Peer(ip, self.helo, protocol, self.login)

    def check_may_log_in(self) -> None:
        """Raise when AUTH cannot come now (RFC 4954 section 4)."""
        if not self.offer.submission:
            raise UnknownCommand("AUTH")
        if not self._tls:
            raise TlsNeeded("AUTH")
        if not self._extended or self.login or self._mail is not None or not self.may_log_in:
            raise BadSequence("AUTH")

    def mail(self, argument: str) -> str:
        """MAIL FROM: a new transaction."""
        if not self.helo or self._mail is not None:
            raise BadSequence("MAIL")
        if self.offer.submission and not self.login:
            raise LoginNeeded("MAIL") if self._tls else TlsNeeded("MAIL")
        mail = parse_mail(_behind(argument, "FROM:"), login=bool(self.login))
        if self.login and fold(mail.address or "") != self.login:
            raise NotTheirAddress(f"MAIL FROM of {self.login}")
        if mail.size > self.offer.max_bytes:
            raise MessageTooBig("declared")
        if not self.offer.pending.has(mail.size):
            raise StorageFull("too many bytes pending")
        self._mail = mail
        return "250 2.1.0 Ok"

    def rcpt(self, argument: str) -> str:
        """RCPT TO: one more recipient, if it is ours."""
        if self._mail is None:
            raise BadSequence("RCPT")
        address = parse_rcpt(_behind(argument, "TO:"), smtputf8=self._mail.smtputf8)
        # 452 is temporary: the peer sends the rest in another transaction (section 4.5.3.1.10).
        if len(self._rcpt_to) >= self.offer.max_recipients:
            raise TooManyRecipients(address)
        self.offer.check_recipient(address)
        self._rcpt_to.append(address)
        return "250 2.1.5 Ok"

    def hello(self, argument: str) -> str:
        """HELO: the plain greeting."""
        if self.offer.lmtp:
            raise UnknownCommand("HELO")
        self._greet(argument, extended=False)
        return f"250 {self.offer.hostname}"

    def extended_hello(self, argument: str) -> str:
        """EHLO: the greeting that is answered with what we offer."""
        if self.offer.lmtp:
            raise UnknownCommand("EHLO")  # RFC 2033 section 4.1
        self._greet(argument, extended=True)
        return self._offers()

    def lmtp_hello(self, argument: str) -> str:
        """LHLO: EHLO of LMTP."""
        if not self.offer.lmtp:
            raise UnknownCommand("LHLO")
        self._greet(argument, extended=True)
        return self._offers()

    def rset(self, argument: str) -> str:
        """RSET: no transaction."""
        if argument:
            raise BadArgument("RSET")
        self.reset()
        return "250 2.0.0 Ok"

    def _greet(self, name: str, *, extended: bool) -> None:
        if not _NAME.fullmatch(name):
            raise BadArgument("name of the peer")
        self.helo, self._extended = name, extended
        self.reset()

    def _offers(self) -> str:
        offer = self.offer
        lines = [offer.hostname, "PIPELINING", f"SIZE {offer.max_bytes}", "8BITMIME", "SMTPUTF8"]
        if self.may_starttls:
            lines.append("STARTTLS")
        if offer.submission and self._tls and self.may_log_in and not self.login:
            lines.append(f"AUTH {MECHANISMS}")
        lines += ["ENHANCEDSTATUSCODES", "HELP"]
        return "".join(f"250-{line}\r\n" for line in lines[:-1]) + f"250 {lines[-1]}"


def _behind(argument: str, keyword: str) -> str:
    """What stands behind `FROM:` or `TO:`."""
    if argument[: len(keyword)].upper() != keyword:
        raise BadAddress(f"no {keyword}")
    return argument[len(keyword) :]


def _vrfy(_dialogue: Dialogue, argument: str) -> str:
    """The same for everybody: who exists here is nobody's business (RFC 5321 section 7.3)."""
    if not argument:
        raise BadArgument("VRFY")
    return "252 2.1.5 Cannot verify, but will accept mail for valid recipients"


_COMMANDS: dict[str, Callable[[Dialogue, str], str]] = {
    "HELO": Dialogue.hello,
    "EHLO": Dialogue.extended_hello,
    "LHLO": Dialogue.lmtp_hello,
    "MAIL": Dialogue.mail,
    "RCPT": Dialogue.rcpt,
    "RSET": Dialogue.rset,
    "NOOP": lambda _dialogue, _argument: "250 2.0.0 Ok",
    "VRFY": _vrfy,
    "HELP": lambda _dialogue, _argument: "214 2.0.0 See RFC 5321",
}
