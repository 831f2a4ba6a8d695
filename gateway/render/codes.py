"""The secret of one-time codes as a picture that an authenticator app reads."""

from io import BytesIO

from gateway.model.outgoing import CodesToScan
from gateway.model.route import InlineImage
from gateway.model.text import say

_DOTS = 6
"""Pixels of one module: large enough to be scanned off a screen."""


def code_to_scan(mail: CodesToScan) -> InlineImage:
    """A QR code (PNG, black on white with the quiet zone that readers need)."""
    import segno  # noqa: PLC0415  (rarely needed)

    octets = BytesIO()
    segno.make(mail.codes.uri, error="m").save(octets, kind="png", scale=_DOTS, border=4)
    return InlineImage(f"code.{mail.route.message_id}", octets.getvalue(), say("QR code"))
