"""Delivery reports as multipart/report (RFC 3464, RFC 6522)."""

from hashlib import blake2b

from gateway.model.outgoing import Undeliverable
from gateway.render.header import addr_spec, one_line

_MOST_HEADER = 16_384
"""Octets of the original header that are given back."""


def delivery_report(text: bytes, mail: Undeliverable, original: bytes) -> bytes:
    """Fields and content: the text for people, the status for programs, the original's header."""
    boundary = f"=_{blake2b(mail.route.message_id.encode(), digest_size=16).hexdigest()}"
    header = original.partition(b"\r\n\r\n")[0][:_MOST_HEADER]
    status = (
        f"Reporting-MTA: dns; {mail.route.sender.domain}\r\n\r\n"
        f"Final-Recipient: rfc822; {addr_spec(mail.recipient)}\r\n"
        f"Action: failed\r\nStatus: {one_line(mail.status, 20)}\r\n"
        f"Diagnostic-Code: smtp; {one_line(mail.reason, 900)}\r\n"
    )
    delimiter = f"--{boundary}\r\n".encode()
    return b"".join(
        (
            b"Content-Type: multipart/report; report-type=delivery-status;\r\n",
            f' boundary="{boundary}"\r\n\r\n'.encode(),
            delimiter,
            text,
            delimiter,
            b"Content-Type: message/delivery-status\r\n\r\n",
            status.encode("ascii", "replace"),
            b"\r\n",
            delimiter,
            b"Content-Type: text/rfc822-headers\r\n\r\n",
            header.decode("latin-1").encode("ascii", "replace"),
            f"\r\n\r\n--{boundary}--\r\n".encode(),
        )
    )
