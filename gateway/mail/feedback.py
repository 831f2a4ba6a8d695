"""Complaints: that a reader called a mail of ours unwanted (RFC 5965, and Hotmail's own form).

They come the same way as delivery reports and name a recipient whom automatic mail should spare,
so they are given as reports, with an action of their own and no status.
"""

import re
from collections.abc import Mapping, Sequence

from gateway.mail.charset import clean, decode
from gateway.mail.informal import addresses
from gateway.mail.tree import Part
from gateway.model.message import COMPLAINT, Bounce

Contents = Sequence[tuple[Part, bytes]]
Fields = Mapping[str, Sequence[str]]

_MAX_REPORT = 64 * 1024
_MAX_RECIPIENTS = 100
_RECIPIENT = re.compile(
    r"(?im)^(?:original-rcpt-to|removal-recipient|x-hmxmroriginalrecipient)[ \t]*:(.{1,500})$"
)
_KIND = re.compile(r"(?im)^feedback-type[ \t]*:[ \t]*([\w-]{1,40})")


def find(contents: Contents, fields: Fields) -> tuple[Bounce, ...]:
    """The complaints in a mail, one for each recipient named (empty where it is kept secret)."""
    report = _report(contents, fields)
    if not report:
        return ()
    kind = _KIND.search(report)
    named = [address for value in _RECIPIENT.findall(report) for address in addresses(value)]
    return tuple(
        Bounce(
            address, "", COMPLAINT, diagnostic=f"feedback report: {kind[1] if kind else 'abuse'}"
        )
        for address in list(dict.fromkeys(named))[:_MAX_RECIPIENTS] or [""]
    )


def _report(contents: Contents, fields: Fields) -> str:
    for part, octets in contents:
        if part.media_type == "message/feedback-report":
            return clean(decode(octets[:_MAX_REPORT]))
    subject = " ".join(fields.get("subject", ()))[:200].lower()
    if "complaint about message from" in subject:
        for _, octets in contents:
            if b"X-HmXmrOriginalRecipient:" in octets[:_MAX_REPORT]:
                return clean(decode(octets[:_MAX_REPORT]))
    return ""
