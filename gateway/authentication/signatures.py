"""DKIM (RFC 6376, RFC 8301, RFC 8463): the signatures of the author's own organisation.

Others prove nothing about the author and are not looked at, so no stranger makes us ask for keys.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

import dkim
import dkim.util

from gateway.authentication.domains import aligned, ascii_domain
from gateway.authentication.fields import Octets, is_tame, with_single_blanks
from gateway.authentication.lookups import DnsTrouble, Lookups
from gateway.mail.dates import read_date
from gateway.model.address import Mailbox
from gateway.model.authentication import Finding, Signed

MOST_SIGNATURES = 5
"""Aligned signatures of one mail that are verified."""
SMALLEST_RSA = 1024
"""Bits of a key (RFC 8301 section 3.2)."""
_LONGEST_KEY = 2000  # octets of a record: enough for RSA with 8192 bits
_MOST_NAMES = 300
_ALGORITHMS = frozenset({b"rsa-sha256", b"ed25519-sha256"})
_AHEAD = timedelta(days=1)
_COVERED = ("from", "subject", "date", "to", "message-id", "content-type")
"""What must be signed, or else somebody may have said something else there."""
_INNER_TYPE = re.compile(rb"(?im)^content-type[ \t]*:")

Tags = Mapping[bytes, bytes]


class BadKey(Exception):  # noqa: N818  (says what it is)
    """The published key cannot be used; the text says why."""


def signatures(
    mail: Octets, author: Mailbox, lookups: Lookups, at: datetime, age: timedelta, *, strict: bool
) -> tuple[Signed, ...]:
    """What came of each aligned signature. `age`: how old a signature may be `at` that time.

    No answer of DNS is a finding. Raises TooManyLookups.
    """
    found: list[Signed] = []
    ours = ascii_domain(author.domain)
    for place, value in enumerate(mail.values(b"dkim-signature")):
        tags = read_tags(value) if is_tame(value) else None
        domain = ascii_domain(_word(tags, b"d")) if tags else ""
        if tags is None or not aligned(domain, ours, strict=strict):
            continue
        if len(found) == MOST_SIGNATURES:
            break
        found.append(_checked(mail, place, tags, domain, author, lookups, at, age))
    return tuple(found)


def read_tags(value: bytes) -> Tags | None:
    """The tags of a signature or key; None when they cannot be read."""
    try:
        tags: Tags = dkim.util.parse_tag_value(re.sub(rb"\r\n", b"", value))
    except dkim.util.InvalidTagValueList:
        return None
    return tags


def _word(tags: Tags | None, name: bytes) -> str:
    return (tags or {}).get(name, b"").decode("utf-8", "replace")


def _checked(
    mail: Octets,
    place: int,
    tags: Tags,
    domain: str,
    author: Mailbox,
    lookups: Lookups,
    at: datetime,
    age: timedelta,
) -> Signed:
    selector = _word(tags, b"s")
    finding, why = _verified(mail, place, tags, domain, selector, lookups)
    weak = ""
    if finding is Finding.PASS:
        weak = (
            weakness(tags, mail) or _of_another(tags, author) or _out_of_time(tags, mail, at, age)
        )
    return Signed(domain, selector, finding, why, weak)


def _verified(
    mail: Octets, place: int, tags: Tags, domain: str, selector: str, lookups: Lookups
) -> tuple[Finding, str]:
    algorithm = tags.get(b"a", b"")
    if algorithm not in _ALGORITHMS:
        return Finding.POLICY, f"algorithm {_word(tags, b'a')[:20] or 'missing'}"
    if len(tags.get(b"h", b"").split(b":")) > _MOST_NAMES:
        return Finding.PERMERROR, "too many names of fields"
    try:
        record = key_record(f"{selector}._domainkey.{domain}", tags, lookups)
    except BadKey as bad:
        return Finding.PERMERROR, str(bad)
    except DnsTrouble as trouble:
        return Finding.TEMPERROR, str(trouble)
    verifier = dkim.DKIM(minkey=SMALLEST_RSA)
    prepare(verifier, mail, tags)
    try:
        holds = verifier.verify(place, dnsfunc=lambda _name, **_rest: record)
    except dkim.KeyFormatError as bad:
        return Finding.POLICY, str(bad)
    except dkim.DKIMException as bad:
        return Finding.FAIL, str(bad)[:100]
    except Exception as bad:  # noqa: BLE001  (a library at hostile octets: no signature holds)
        return Finding.PERMERROR, type(bad).__name__
    how = f"{algorithm.decode().partition('-')[0]}-{verifier.keysize}"
    return (Finding.PASS, how) if holds else (Finding.FAIL, "does not match")


def prepare(verifier: dkim.DomainSigner, mail: Octets, tags: Tags) -> None:
    """Give the library the mail in the form in which it works in linear time."""
    verifier.headers = mail.for_library()
    relaxed = tags.get(b"c", b"").partition(b"/")[2].strip() == b"relaxed"
    verifier.body = with_single_blanks(mail.body) if relaxed else mail.body


def key_record(name: str, tags: Tags, lookups: Lookups) -> bytes:
    """The key that a signature names. Raises BadKey, DnsTrouble, TooManyLookups."""
    records = [each for each in lookups.texts(name) if b"p=" in each]
    if not records:
        raise BadKey(f"there is no key {name}")
    record = records[0]
    if len(record) > _LONGEST_KEY:
        raise BadKey("the key is too large")
    key = read_tags(record)
    if key is None or not key.get(b"p"):
        raise BadKey("the key was revoked" if key is not None else "the key cannot be read")
    flags = {flag.strip() for flag in key.get(b"t", b"").split(b":")}
    if b"y" in flags:
        raise BadKey("the key is for testing only")
    if b"s" in flags and tags.get(b"i", b"").lower().rpartition(b"@")[2] not in (
        b"",
        tags.get(b"d", b"").lower(),
    ):
        raise BadKey("the key is not for subdomains")
    hashes = {each.strip() for each in key.get(b"h", b"sha256").split(b":")}
    if b"sha256" not in hashes:
        raise BadKey("the key is for another hash")
    return record


def weakness(tags: Tags, mail: Octets) -> str:
    """Why a signature does not cover all that counts; empty when it does (see `Signed`)."""
    if b"l" in tags:
        return "it covers only the beginning of the text (l=)"
    covered = {name.strip().lower() for name in _word(tags, b"h").split(":")}
    missing = [name for name in _COVERED if name not in covered and not _is_absent(name, mail)]
    return f"it does not cover {_listed(missing)}" if missing else ""


def _is_absent(name: str, mail: Octets) -> bool:
    """True for the type of a plain text that has none, and nothing in it to be read otherwise."""
    if name != "content-type":
        return False
    outside = mail.values(b"content-type") or mail.values(b"content-transfer-encoding")
    return not outside and not _INNER_TYPE.search(mail.body)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(name.title().replace("Id", "ID") for name in names)


def _of_another(tags: Tags, author: Mailbox) -> str:
    """The signer may name the mailbox that it signs for."""
    local, _, domain = _word(tags, b"i").rpartition("@")
    if not local or ascii_domain(domain) != ascii_domain(author.domain):
        return ""
    is_author = Mailbox(f"{local}@{author.domain}").key == author.key
    return "" if is_author else "it names another mailbox of the domain"


def _out_of_time(tags: Tags, mail: Octets, at: datetime, age: timedelta) -> str:
    """A mail that was signed long ago may be an old one that somebody sends again."""
    moment = signed_at(tags, mail, at)
    if moment is None:
        return "it does not say when it was made"
    return "" if at - age <= moment <= at + _AHEAD else f"it is of {moment:%Y-%m-%d}"


def signed_at(tags: Tags, mail: Octets, at: datetime) -> datetime | None:
    """When it was signed; by the Date of the mail where the signature does not say so."""
    written = tags.get(b"t", b"")
    if written.isdigit() and len(written) < 12:
        return datetime.fromtimestamp(int(written), tz=at.tzinfo)
    dates = [value.decode("ascii", "replace").strip() for value in mail.values(b"date")]
    return read_date(dates[:1], [])
