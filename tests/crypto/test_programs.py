"""Mails in the shapes that mail programs, and what lies between them, give to OpenPGP."""

from base64 import b64encode, encodebytes
from collections.abc import Callable
from dataclasses import dataclass
from quopri import encodestring

import pytest
from pgpmail import HEADER, encrypted_parts, multipart, part, signed_entity, text

from gateway.mail.armor import armored
from gateway.mail.autocrypt import autocrypt
from gateway.mail.parse import parse
from gateway.model.openpgp import Covers, Problem, Verdict

REAL = "Brief an die Hilfe"
BODY = "Grüße aus Köln"
VERSION = part("application/pgp-encrypted", b"Version: 1\r\n")


def crlf(octets: bytes) -> bytes:
    return octets.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def with_subject(subject: str) -> bytes:
    return HEADER.replace(b"Subject: Frage", b"Subject: " + subject.encode())


def pgp_mime(armor: bytes, subject: str = "...", *, fields: bytes = b"", more: str = "") -> bytes:
    """multipart/encrypted as most programs write it, with their preamble."""
    kind = f'encrypted; protocol="application/pgp-encrypted"{more}'
    whole = multipart(kind, *encrypted_parts(armor), boundary="----enc")
    preamble = b"\r\n\r\nThis is an OpenPGP/MIME encrypted message (RFC 4880 and 3156)\r\n"
    return with_subject(subject) + fields + whole.replace(b"\r\n\r\n", preamble, 1)


def flowed(content: str) -> bytes:
    kind = "text/plain; charset=UTF-8; format=flowed"
    return part(kind, encodebytes(content.encode()), "Content-Transfer-Encoding: base64")


def key_file(keys) -> bytes:
    block = crlf(armored("PUBLIC KEY BLOCK", keys.theirs.export(keys.anna)))
    named = 'application/pgp-keys; name="OpenPGP_0x1.asc"'
    return part(named, block, 'Content-Disposition: attachment; filename="OpenPGP_0x1.asc"')


def typed(entity: bytes, more: str, *fields: str) -> bytes:
    """The entity with parameters of its type and fields behind it."""
    first, _, rest = entity.partition(b"\r\n")
    return b"\r\n".join((first + more.encode(), *map(str.encode, fields), rest))


V1 = '; protected-headers="v1"'
INNER = ("From: Anna <anna@example.org>", "To: help@verein.example", f"Subject: {REAL}")


# -- programs --------------------------------------------------------------------------------------


def thunderbird(keys) -> bytes:
    inner = multipart("mixed", flowed(BODY), key_file(keys), boundary="----in")
    inner = typed(multipart("mixed", inner, boundary="----out"), V1, *INNER)
    return pgp_mime(keys.encrypted(inner, signed=True))


def thunderbird_signed(keys) -> bytes:
    inner = crlf(typed(multipart("mixed", flowed(BODY), boundary="----out"), V1, *INNER))
    return with_subject(REAL) + signed_entity(inner, keys.signature(inner))


def header_protection(keys) -> bytes:
    """RFC 9788: encrypted with a copy of the subject for old programs in the text."""
    kind = 'text/plain; charset="utf-8"; hp-legacy-display="1"; hp="cipher"'
    shown = f"Subject: {REAL}\r\n\r\n{BODY}\r\n".encode()
    outer = ("HP-Outer: Subject: [...]", "HP-Outer: From: Anna <anna@example.org>")
    inner = part(kind, shown, *INNER, *outer, "Content-Transfer-Encoding: 8bit")
    return pgp_mime(keys.encrypted(inner, signed=True), "[...]")


def legacy_display(keys) -> bytes:
    """ "v1", with the part before the text that shows the subject."""
    shown = part("text/plain; charset=us-ascii" + V1, f"Subject: {REAL}\r\n".encode())
    inner = typed(multipart("mixed", shown, text(BODY), boundary="----d"), V1, *INNER)
    return pgp_mime(keys.encrypted(inner, signed=True), "Encrypted Message")


def k9(keys) -> bytes:
    inner = typed(text(BODY + "\r\n-- \r\nK-9"), V1, f"Subject: {REAL}")
    return pgp_mime(keys.encrypted(inner, signed=True))


def delta_chat(keys) -> bytes:
    named = "Subject: Message from anna@example.org"
    inner = typed(text(BODY), V1, *INNER[:2], named, "Chat-Version: 1.0")
    return pgp_mime(keys.encrypted(inner, signed=True), "[...]", fields=b"Chat-Version: 1.0\r\n")


def mailvelope(keys) -> bytes:
    """A whole entity in the armor of a text, as webmail sends it."""
    inner = multipart("mixed", text(BODY), boundary="----mv")
    armor = keys.encrypted(inner, signed=True)
    named = b"MESSAGE-----\r\nVersion: Mailvelope v6\r\nComment: https://mailvelope.com\r\n"
    armor = armor.replace(b"MESSAGE-----\r\n", named, 1)
    return with_subject(REAL) + part("text/plain; charset=UTF-8; format=flowed", armor)


def flowcrypt(keys) -> bytes:
    """The text as armor, each file encrypted by itself."""
    sealed = b64encode(keys.run("--encrypt", "-r", keys.ours, octets=b"%PDF-1"))
    file = part(
        'application/octet-stream; name="plan.pdf.pgp"',
        sealed,
        'Content-Disposition: attachment; filename="plan.pdf.pgp"',
        "Content-Transfer-Encoding: base64",
    )
    armor = part("text/plain", keys.encrypted(BODY.encode(), signed=True))
    return with_subject(REAL) + multipart("mixed", armor, file)


def gpgol(keys) -> bytes:
    inner = multipart("alternative", text(BODY), part("text/html; charset=utf-8", b"<p>x</p>"))
    inner = inner.replace(b"<p>x</p>", f"<p>{BODY}</p>".encode())
    first = typed(VERSION, "", "Content-Disposition: attachment", "Content-Transfer-Encoding: 7Bit")
    second = part(
        "application/octet-stream",
        keys.encrypted(inner, signed=True),
        'Content-Disposition: inline; filename="openpgp-encrypted-message.asc"',
        "Content-Transfer-Encoding: 7Bit",
    )
    kind = 'encrypted; protocol="application/pgp-encrypted"'
    return with_subject(REAL) + multipart(kind, first, second, boundary="=-=f2fUdMPRWG5eYm=-=")


def gpgol_structure(keys) -> bytes:
    """What Outlook sends when it does not know what GpgOL made: all of it as one file."""
    whole = multipart('encrypted; protocol="application/pgp-encrypted"', *parts_of(keys))
    file = part(
        'application/octet-stream; name="GpgOL_MIME_structure.mime"',
        encodebytes(b"MIME-Version: 1.0\r\n" + whole),
        'Content-Disposition: attachment; filename="GpgOL_MIME_structure.mime"',
        "Content-Transfer-Encoding: base64",
    )
    return with_subject(REAL) + multipart("mixed", text("\r\n"), file)


def exchange(keys) -> bytes:
    """PGP/MIME that Exchange took apart: an empty text, the parts as files."""
    version, cipher = parts_of(keys)
    version = typed(version, '; name="PGPMIME version identification"')
    return with_subject(REAL) + multipart("mixed", text("\r\n"), version, cipher)


def symantec(keys) -> bytes:
    """Version and ciphertext with their types the other way round."""
    version = part('text/plain; name="Version.txt"', b"Version: 1")
    cipher = part('application/pgp-encrypted; name="Message.pgp"', keys.encrypted(text(BODY)))
    return with_subject(REAL) + multipart("mixed", version, cipher)


def gmail(keys) -> bytes:
    """The ciphertext became the text, the version stayed a file."""
    armor = part("text/plain; charset=us-ascii", keys.encrypted(text(BODY), signed=True))
    version = typed(VERSION, '; name=""', "Content-Disposition: attachment")
    return with_subject(REAL) + multipart("mixed", armor, version)


def apple(keys) -> bytes:
    inner = multipart("alternative", text(BODY), part("text/html", b"<html><body>x</body></html>"))
    inner = crlf(
        inner.replace(b">x<", f">{BODY.encode('ascii', 'xmlcharrefreplace').decode()}<".encode())
    )
    inner = signed_entity(inner, keys.signature(inner))
    return pgp_mime(keys.encrypted(inner), REAL)


def proton(keys) -> bytes:
    quoted = encodestring(BODY.encode())
    body = part("text/plain;charset=utf-8", quoted, "Content-Transfer-Encoding: quoted-printable")
    inner = multipart("mixed", body, boundary="---------------------103eab")
    inner = inner.replace(
        b'; boundary="---------------------103eab"', b";boundary=---------------------103eab", 1
    )
    return pgp_mime(keys.encrypted(inner, signed=True), more="; charset=UTF-8")


def evolution(keys) -> bytes:
    inner = part('text/plain; charset="UTF-8"', BODY.encode(), "Content-Transfer-Encoding: 8bit")
    inner = crlf(inner)
    inner = signed_entity(inner, keys.signature(inner))
    return pgp_mime(keys.encrypted(inner), REAL, more='; type="application/pgp-encrypted"')


def kmail(keys) -> bytes:
    inner = part('text/plain; charset="UTF-8"', BODY.encode(), "Content-Transfer-Encoding: 8Bit")
    return pgp_mime(keys.encrypted(inner, signed=True), REAL)


def mutt(keys) -> bytes:
    """Its protected subject stands behind the type."""
    kind = "text/plain; charset=utf-8" + V1
    quoted = encodestring(BODY.encode())
    fields = ("Content-Disposition: inline", "Content-Transfer-Encoding: quoted-printable")
    inner = part(kind, quoted, f"Subject: {REAL}", *fields)
    return pgp_mime(keys.encrypted(inner, signed=True))


def mutt_inline(keys) -> bytes:
    fields = "Content-Disposition: inline; filename=msg.pgp"
    kind = "application/pgp; format=text; x-action=encrypt"
    return with_subject(REAL) + part(kind, keys.encrypted(BODY.encode(), signed=True), fields)


def pep(keys) -> bytes:
    """p≡p: the whole mail once more inside, with a note before and a key behind it."""
    inner = HEADER.replace(b"Frage", REAL.encode()) + text(BODY)
    note = text("pEp-Wrapped-Message-Info: OUTER\r\n")
    whole = part('message/rfc822; forwarded="no"', inner)
    wrapping = multipart("mixed", note, whole, key_file(keys))
    return pgp_mime(keys.encrypted(wrapping, signed=True), "p≡p")


def smime_shape(keys) -> bytes:
    """A message inside that is the mail itself (RFC 8551 section 3.1)."""
    inner = HEADER.replace(b"Frage", REAL.encode()) + text(BODY)
    return pgp_mime(keys.encrypted(part('message/rfc822; forwarded="no"', inner), signed=True))


def without_version(keys) -> bytes:
    kind = 'encrypted; protocol="application/pgp-encrypted"'
    return with_subject(REAL) + multipart(kind, parts_of(keys)[1])


def html_on_the_way(keys) -> bytes:
    """A program made HTML of the text, with nothing but line ends of the source in the armor."""
    armor = keys.encrypted(BODY.encode(), signed=True)
    return with_subject(REAL) + part("text/html; charset=utf-8", b"<html>\r\n" + armor + b"</html>")


def unfolded_header(keys) -> bytes:
    """A parameter that lost the blank before it; the signature below a blank line."""
    inner = crlf(text(BODY))
    raw = with_subject(REAL) + signed_entity(inner, keys.signature(inner))
    raw = raw.replace(b"; protocol=", b";\r\nprotocol=")
    return raw.replace(
        b"--sig\r\nContent-Type: application", b"--sig\r\n\r\nContent-Type: application"
    )


def blanks_at_line_ends(keys) -> bytes:
    """Signed as if no line had blanks at its end, which old programs and OpenPGP.js do."""
    inner = crlf(text(BODY + "  \r\nAnna \t"))
    return with_subject(REAL) + signed_entity(
        inner, keys.signature(inner.replace(b"  \r\n", b"\r\n").removesuffix(b" \t"))
    )


def other_protocol(keys) -> bytes:
    inner = crlf(text(BODY))
    raw = signed_entity(inner, keys.signature(inner))
    return with_subject(REAL) + raw.replace(b"application/pgp-signature", b"application/broken")


def parts_of(keys) -> tuple[bytes, bytes]:
    return encrypted_parts(keys.encrypted(text(BODY), signed=True))


@dataclass(frozen=True)
class Shape:
    make: Callable[..., bytes]
    subject: str = REAL
    covers: Covers | None = Covers.ALL
    files: tuple[str, ...] = ()
    body: str = BODY


SHAPES = [
    Shape(thunderbird, files=("OpenPGP_0x1.asc",)),
    Shape(thunderbird_signed),
    Shape(header_protection),
    Shape(legacy_display),
    Shape(k9, body=f"{BODY}\n--\nK-9"),
    Shape(delta_chat, subject="Message from anna@example.org"),
    Shape(mailvelope),
    Shape(flowcrypt, covers=Covers.PART, files=("plan.pdf",)),
    Shape(gpgol),
    Shape(gpgol_structure),
    Shape(exchange),
    Shape(symantec, covers=None),
    Shape(gmail),
    Shape(apple),
    Shape(proton, subject="..."),
    Shape(evolution),
    Shape(kmail),
    Shape(mutt),
    Shape(mutt_inline),
    Shape(pep),
    Shape(smime_shape),
    Shape(without_version),
    Shape(html_on_the_way),
    Shape(unfolded_header),
    Shape(blanks_at_line_ends, body=f"{BODY}\nAnna"),
    Shape(other_protocol),
]


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.make.__name__)
def test_a_mail_as_a_program_writes_it(keys, shape):
    raw = shape.make(keys)
    assert parse(raw).openpgp.is_there
    message = keys.open(raw).message
    lines = [line.rstrip() for line in message.text.split("\n")]
    assert "\n".join(lines) == shape.body
    assert message.subject == shape.subject
    assert tuple(each.filename for each in message.attachments) == shape.files
    assert message.openpgp.problem is Problem.NONE
    assert message.openpgp.decrypted == message.openpgp.encrypted
    signature = message.openpgp.signature
    assert (signature and signature.covers) == shape.covers
    assert signature is None or signature.verdict is Verdict.VALID


def test_what_only_says_that_it_is_encrypted_is_damaged(keys):
    """Not everything that looks encrypted is: it is neither shown as such nor forgotten."""
    for inside in (keys.clearsigned(b"tree 1\n"), b"-----BEGIN PGP MESSAGE-----\n\nhF4D\n=xJbn\n"):
        found = keys.open(pgp_mime(inside)).message.openpgp
        assert (found.encrypted, found.decrypted) == (True, False)
        assert found.problem is Problem.DAMAGED


@pytest.mark.parametrize(
    ("before", "width", "indent"),
    [
        (" addr=anna@example.org; keydata=", 72, "\r\n "),  # Thunderbird
        (" addr=anna@example.org; prefer-encrypt=mutual; keydata=", 76, "\r\n "),  # K-9, Delta Chat
        (" addr=anna@example.org; prefer-encrypt=mutual;\r\n keydata=", 76, "\r\n\t"),  # mutt
        (" addr=Anna@Example.org; _pgp=1; keydata=", 10_000, ""),  # all of it in one line
    ],
)
def test_the_key_in_the_field_of_an_encrypted_mail(keys, before, width, indent):
    key = keys.theirs.export(keys.anna)
    data = b64encode(key).decode()
    lines = [data[at : at + width] for at in range(0, len(data), width)]
    field = f"Autocrypt:{before}{indent}{indent.join(lines)}\r\n"
    raw = pgp_mime(keys.encrypted(text(BODY)), fields=field.encode())
    found = autocrypt(keys.open(raw).message)
    assert found is not None
    assert found.keydata == key
    assert found.prefer_encrypt == ("mutual" in before)
