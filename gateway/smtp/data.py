"""Reading what follows DATA (RFC 5321 section 4.5.2), in chunks and without I/O.

The end is CRLF.CRLF and nothing else. Cost and memory depend on the bytes alone, not on how they
are cut into lines. What is too much or malformed is read to its end and thrown away, so that no
byte of it is ever taken for a command.
"""

import re
from io import BytesIO

from gateway.model.refusal import (
    BareLineEnd,
    MessageTooBig,
    Refusal,
    StorageFull,
    TooManyHops,
)
from gateway.smtp.limits import Pending

_END = b"\r\n.\r\n"
_BARE = re.compile(rb"\r\n|\r|\n")
_MAX_HOPS = 50
_HEADER_WINDOW = 262_144  # where Received fields are counted: far more than 50 of them need


class Collector:
    """The content of one message under way.

    `feed` takes what came from the wire; after it has returned True, `take` gives the content
    or raises its refusal, and `rest` is what came after the end. `overrun` says that the peer
    does not stop: there is nothing left to do but to close the connection. `release` must be
    called at last, whatever happened.
    """

    def __init__(self, max_bytes: int, pending: Pending, *, normalise: bool) -> None:
        """`normalise` repairs line ends (of a trusted server) that are refused otherwise."""
        self.rest = b""
        self.refusal: Refusal | None = None
        self._max_bytes = max_bytes
        self._pending = pending
        self._normalise = normalise
        self._bare = False
        self._size = 0
        self._held = 0
        self._content = BytesIO()
        # The CRLF that ended the DATA line: a dot right behind it is a dot at a line's start.
        self._carry = b"\r\n"
        self._seed = 2

    @property
    def overrun(self) -> bool:
        """True when twice the allowed size came and still no end.

        A peer that is only a little over the limit is heard out and gets its 552; closing at
        once would reset the connection before the peer reads why, and it would come again.
        """
        return self._size > 2 * self._max_bytes

    def feed(self, chunk: bytes) -> bool:
        """Take the next bytes; True when the end was among them."""
        buffer = self._carry + chunk
        end = buffer.find(_END)
        if end >= 0:
            self._keep(buffer[: end + 2])
            self._carry = b""
            self.rest = buffer[end + len(_END) :]
            return True
        cut = _cut(buffer)
        self._keep(buffer[:cut])
        self._carry = buffer[cut:]
        return False

    def take(self) -> bytes:
        """The content: dots removed (transparency), CRLF line ends. Raises its refusal."""
        if self.refusal is not None:
            raise self.refusal
        content = self._content.getvalue()
        if self._bare:
            content = _BARE.sub(b"\r\n", content)
        _check_hops(content)
        return content

    def release(self) -> None:
        """Give back what was counted as pending, and the memory."""
        self._pending.give(self._held)
        self._held = 0
        self._content = BytesIO()

    def _keep(self, piece: bytes) -> None:
        if not piece:
            return
        self._size += len(piece) - self._seed
        if self.refusal is None:
            self._check(piece)
        if self.refusal is None:
            self._content.write(piece.replace(b"\r\n.", b"\r\n")[self._seed :])
        elif self._held:
            self.release()
        self._seed = 0

    def _check(self, piece: bytes) -> None:
        """Set the refusal when the message cannot be taken any more."""
        if self._size > self._max_bytes:
            self.refusal = MessageTooBig("content")
            return
        if not self._pending.take(len(piece)):
            self.refusal = StorageFull("too many bytes pending")
            return
        self._held += len(piece)
        pairs = piece.count(b"\r\n")
        if piece.count(b"\n") != pairs or piece.count(b"\r") != pairs:
            self._bare = True
            if not self._normalise:
                self.refusal = BareLineEnd("in content")


def _cut(buffer: bytes) -> int:
    """Where to cut so that no CRLF, no CRLF-dot and no end mark is cut in two.

    Four bytes are kept for an end mark that is not complete yet; a CRLF right before them may
    belong to a dot behind it, a CR to an LF.
    """
    cut = max(len(buffer) - 4, 0)
    if buffer.endswith(b"\r\n", 0, cut):
        return cut - 2
    if buffer.endswith(b"\r", 0, cut):
        return cut - 1
    return cut


def _check_hops(content: bytes) -> None:
    """Raise TooManyHops when the header says that the message runs in circles."""
    end = content.find(b"\r\n\r\n", 0, _HEADER_WINDOW)
    head = b"\r\n" + content[: end if end >= 0 else _HEADER_WINDOW].lower()
    hops = head.count(b"\r\nreceived:")
    if hops > _MAX_HOPS:
        raise TooManyHops(f"{hops} Received fields")
