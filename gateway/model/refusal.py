"""Refusals before 250: each carries its own answer on the wire (RFC 5321, RFC 3463)."""


class Refusal(Exception):  # noqa: N818  (the field says refusal; nothing of ours is in error)
    """The peer gets `code status text`. `str(refusal)` is the reason for the log, never sent."""

    code = 550
    status = "5.0.0"
    text = "Refused"

    @property
    def reply(self) -> str:
        """The reply line, without CRLF."""
        return f"{self.code} {self.status} {self.text}"


class UnknownRecipient(Refusal):
    """RCPT TO names no address of ours: we are no relay and have no such user."""

    code, status, text = 550, "5.1.1", "No such address here"


class BadAddress(Refusal):
    """MAIL FROM or RCPT TO is no address by RFC 5321 section 4.1.2."""

    code, status, text = 501, "5.1.3", "Bad address syntax"


class TooManyRecipients(Refusal):
    """More recipients than one transaction may have; the rest may be sent in another one."""

    code, status, text = 452, "4.5.3", "Too many recipients"


class MessageTooBig(Refusal):
    """Over the limit announced by SIZE (RFC 1870)."""

    code, status, text = 552, "5.3.4", "Message is too big"


class TooManyHops(Refusal):
    """So many Received fields that it must be a loop (RFC 5321 section 6.3)."""

    code, status, text = 554, "5.4.6", "Too many hops"


class BareLineEnd(Refusal):
    """A CR or LF that is not part of a CRLF: the raw material of SMTP smuggling."""

    code, status, text = 550, "5.5.2", "Lines must end with CRLF"


class Forged(Refusal):
    """The author's domain says that such mail is not theirs (RFC 7489 section 6.6.2)."""

    code, status, text = 550, "5.7.1", "Forged: the domain of the From field disowns this mail"


class NotTheirAddress(Refusal):
    """What is sent with a login shows the address of that login, and no other."""

    code, status, text = 550, "5.7.1", "From must be the address of your login, and only that"


class Busy(Refusal):
    """Over a limit of ours that will pass: connections, memory for messages under way."""

    code, status, text = 421, "4.3.2", "Too busy, try again later"


class StorageFull(Refusal):
    """No space to keep the message."""

    code, status, text = 452, "4.3.1", "No storage left, try again later"


class TemporaryFailure(Refusal):
    """The message could not be kept (database away, unknown error); the peer keeps it."""

    code, status, text = 451, "4.3.0", "Temporary failure, try again later"
