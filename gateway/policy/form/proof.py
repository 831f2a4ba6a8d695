"""Did the website's form write this mail? By its signature, or by the proof of its address.

The signature is an HMAC over the moment of signing, every attached file and the text, under the
secret of form.yaml. It counts once: a signed mail that somebody sends again has no second effect.
From alone proves nothing.
"""

import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from gateway.mail.as_sent import as_sent
from gateway.model.message import Message
from gateway.model.organisation import AddressKind, Organisation
from gateway.model.text import Text, say
from gateway.policy.facts import Proof, Recipient, Trust

SIGNATURE_HEADER = "X-Form-Signature"
"""`t=SECONDS, v1=HEX`: when it was signed (Unix time), and the HMAC-SHA256 of `signed_content`."""

_OF_A_SERVER = frozenset({Proof.AUTHENTICATION_RESULTS, Proof.DKIM, Proof.SPF})

AHEAD = timedelta(hours=1)
"""How far the clock of the website may be ahead of ours."""

_SIGNATURE = re.compile(r"t=([0-9]{1,12})\s*[,;]?\s*v1=([0-9A-Fa-f]{64})")


@dataclass(frozen=True, slots=True)
class FormProof:
    """The form wrote the mail. `signature` (hex) is empty where the front server's word proves it.

    `late`: signed outside of the time that a mail may need.
    """

    signature: str = ""
    late: bool = False


NO_SIGNATURE = FormProof()


def signed_content(moment: int, files: tuple[str, ...], text: str) -> bytes:
    """What the signature covers, as UTF-8.

    A line with the Unix time, a line with the SHA-256 (hex) of each attached file in their order,
    an empty line, then the lines of the text without blanks at their ends and without empty lines
    around. Mail servers may re-encode a body and change its line ends, but not this.
    """
    bare = "\n".join(line.rstrip() for line in text.strip().splitlines())
    return "\n".join([str(moment), *files, "", bare]).encode()


def is_for_form(recipients: tuple[Recipient, ...]) -> bool:
    """True when one of the addresses is the contact form's."""
    return any(recipient.address.kind is AddressKind.FORM for recipient in recipients)


def proof_of(
    message: Message,
    raw: bytes,
    trust: Trust,
    organisation: Organisation,
    accepted_at: datetime,
    *,
    by_agent: bool = False,
) -> FormProof | Text:
    """The proof that the form wrote the mail, or why there is none, for whoever sets it up.

    Beside the signature it is a proved author whose address is one of the website's; where none is
    named, one of the organisation's domain who is no agent.
    """
    signed = _signature(message, raw, organisation, accepted_at)
    if isinstance(signed, FormProof):
        return signed
    if trust.proof is Proof.LOOPBACK:
        return NO_SIGNATURE
    author = message.author
    if author is None or trust.proof not in _OF_A_SERVER:
        return signed
    senders = organisation.form.senders
    is_ours = author.domain == organisation.domain and not by_agent
    is_website = author.key in senders if senders else is_ours
    return NO_SIGNATURE if is_website else signed


def _signature(
    message: Message, raw: bytes, organisation: Organisation, accepted_at: datetime
) -> FormProof | Text:
    mapping = organisation.form
    given = message.header_values(SIGNATURE_HEADER)
    if not given:
        return say("it has no signature")
    if not mapping.secret:
        return say("it is signed, but form.yaml has no secret to check that with")
    if len(given) > 1:
        return say("it has more than one signature")
    found = _SIGNATURE.fullmatch(given[0].strip())
    if found is None:
        return say("its signature is not of the form %(shape)s", shape="t=…, v1=…")
    moment = int(found[1])
    text, files = as_sent(raw)
    content = signed_content(moment, files, text)
    wanted = hmac.new(mapping.secret.encode(), content, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(found[2].lower(), wanted):
        return say("its signature is wrong: another secret, or the text was changed on the way")
    age = accepted_at.timestamp() - moment
    late = not -AHEAD.total_seconds() <= age <= mapping.window.total_seconds()
    return FormProof(wanted, late=late)
