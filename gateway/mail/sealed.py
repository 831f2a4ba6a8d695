"""Mail of ours signed and encrypted, as exact bytes (RFC 3156), its header protected (RFC 9788).

What is signed is one MIME entity: the content as it was composed, with copies of the header fields
in front. It is never touched again. So that it survives every way it is 7 bit, has no blanks at the
ends of lines and no line that begins with `From ` (RFC 3156 section 3); `render.mime` sees to that.

Of an encrypted mail the subject stays inside. Outside stands the ticket's number, which is in the
Message-ID as well, or `...`. Older programs know the inner fields by `protected-headers="v1"`.
"""

import re
from base64 import b64encode
from dataclasses import dataclass
from hashlib import blake2b

_FIELD = re.compile(rb"[^\r\n]*\r\n(?:[ \t][^\r\n]*\r\n)*")
_NUMBER = re.compile(rb"<([A-Za-z0-9-]{1,20})\.[0-9a-f]{32}@")
_INSIDE_ONLY = (b"content-", b"mime-version:")
_NOT_PROTECTED = (*_INSIDE_ONLY, b"autocrypt:", b"received:")

_SIGNATURE = (
    b'Content-Type: application/pgp-signature; name="signature.asc"\r\n'
    b"Content-Description: OpenPGP digital signature\r\n"
    b'Content-Disposition: attachment; filename="signature.asc"\r\n\r\n'
)
_VERSION = (
    b"Content-Type: application/pgp-encrypted\r\n"
    b"Content-Description: PGP/MIME version identification\r\n\r\nVersion: 1\r\n"
)
_CIPHERTEXT = (
    b'Content-Type: application/octet-stream; name="encrypted.asc"\r\n'
    b"Content-Description: OpenPGP encrypted message\r\n"
    b'Content-Disposition: inline; filename="encrypted.asc"\r\n\r\n'
)
_ADDRESS = re.compile(rb"[<\s]([A-Za-z0-9!#$%&'*+/=?^_`{|}~.\-]+@[A-Za-z0-9.\-]+)>?\s*\Z")


@dataclass(frozen=True, slots=True)
class Parts:
    """A mail of ours: its header fields (each whole, with CRLF), those of its content, the body."""

    fields: tuple[bytes, ...]
    content_fields: tuple[bytes, ...]
    body: bytes

    @property
    def message_id(self) -> bytes:
        """The Message-ID field, empty when there is none."""
        return next((each for each in self.fields if _name(each) == b"message-id"), b"")


def parts_of(content: bytes) -> Parts:
    """The parts of a composed mail (CRLF line ends)."""
    header, _, body = content.partition(b"\r\n\r\n")
    fields = _FIELD.findall(header + b"\r\n")
    inside = tuple(each for each in fields if each.lower().startswith(_INSIDE_ONLY))
    return Parts(tuple(each for each in fields if each not in inside), inside, body)


def to_sign(mail: Parts) -> bytes:
    """The entity whose octets are signed: all of it can be read, also its header (`hp="clear"`).

    A field outside ASCII (RFC 6532) would not be 7 bit, so it has no copy in here.
    """
    copies = [each for each in _protected(mail.fields) if each.isascii()]
    return _entity(mail, copies, "clear")


def to_encrypt(mail: Parts) -> bytes:
    """The entity that is encrypted, with the fields as they are, and as they stand outside."""
    outside = [b"HP-Outer: " + each for each in _protected(_outside(mail))]
    return _entity(mail, [*_protected(mail.fields), *outside], "cipher")


def signed(mail: Parts, entity: bytes, signature: bytes, micalg: str, own_key: bytes) -> bytes:
    """multipart/signed (RFC 3156 section 5): the entity as it was signed, and the signature."""
    boundary = _boundary(mail)
    fields = (
        f"Content-Type: multipart/signed; micalg={micalg};\r\n"
        f' protocol="application/pgp-signature";\r\n boundary="{boundary}"\r\n'
    )
    return b"".join(
        (
            *mail.fields,
            autocrypt(mail, own_key),
            b"MIME-Version: 1.0\r\n" + fields.encode() + b"\r\n",
            f"--{boundary}\r\n".encode() + entity,
            f"\r\n--{boundary}\r\n".encode(),
            _SIGNATURE,
            _lines(signature) + f"\r\n--{boundary}--\r\n".encode(),
        )
    )


def encrypted(mail: Parts, ciphertext: bytes, own_key: bytes) -> bytes:
    """multipart/encrypted (RFC 3156 section 4)."""
    boundary = _boundary(mail)
    fields = (
        'Content-Type: multipart/encrypted; protocol="application/pgp-encrypted";\r\n'
        f' boundary="{boundary}"\r\n'
    )
    return b"".join(
        (
            *_outside(mail),
            autocrypt(mail, own_key),
            b"MIME-Version: 1.0\r\n" + fields.encode() + b"\r\n",
            f"--{boundary}\r\n".encode(),
            _VERSION,
            f"\r\n--{boundary}\r\n".encode(),
            _CIPHERTEXT,
            _lines(ciphertext) + f"\r\n--{boundary}--\r\n".encode(),
        )
    )


def autocrypt(mail: Parts, own_key: bytes) -> bytes:
    """The Autocrypt field with our public key (binary); empty for none, or for no plain address."""
    addresses = [
        found[1]
        for each in mail.fields
        if _name(each) == b"from" and (found := _ADDRESS.search(each)) is not None
    ]
    if not own_key or not addresses:
        return b""
    data = b64encode(own_key)
    lines = b"".join(b" " + data[at : at + 76] + b"\r\n" for at in range(0, len(data), 76))
    return b"Autocrypt: addr=" + addresses[0] + b"; keydata=\r\n" + lines


def _entity(mail: Parts, copies: list[bytes], sort: str) -> bytes:
    """The content under these fields; its type names the sort of protection."""
    named = f';\r\n protected-headers="v1"; hp="{sort}"\r\n'.encode()
    content = [
        each.removesuffix(b"\r\n") + named if _name(each) == b"content-type" else each
        for each in mail.content_fields
        if _name(each) != b"mime-version"
    ]
    return b"".join((*copies, *content, b"\r\n", mail.body)).removesuffix(b"\r\n")


def _protected(fields: tuple[bytes, ...]) -> list[bytes]:
    """The fields that have a copy inside, without blanks at the ends of their lines."""
    return [
        re.sub(rb"[ \t]+\r\n", b"\r\n", each)
        for each in fields
        if not each.lower().startswith(_NOT_PROTECTED)
    ]


def _outside(mail: Parts) -> tuple[bytes, ...]:
    """The fields as everybody may read them."""
    known = _NUMBER.search(mail.message_id)
    subject = b"Subject: " + (b"[#" + known[1] + b"]" if known else b"...") + b"\r\n"
    return tuple(subject if _name(each) == b"subject" else each for each in mail.fields)


def _name(field: bytes) -> bytes:
    return field.partition(b":")[0].strip().lower()


def _boundary(mail: Parts) -> str:
    """Ours all begin with `=_`, which stands in no content; this one is used nowhere inside."""
    return "=_sealed_" + blake2b(mail.message_id, digest_size=12).hexdigest()


def _lines(armored: bytes) -> bytes:
    """Armored text with CRLF."""
    return b"\r\n".join(armored.strip().splitlines()) + b"\r\n"
