"""What of OpenPGP is to be seen on the outside of a mail, without a key (RFC 3156, RFC 9580)."""

from collections.abc import Sequence

from gateway.mail.armor import MESSAGE, SIGNED_MESSAGE, blocks, is_binary
from gateway.mail.headers import file_name
from gateway.mail.html import text_of
from gateway.mail.layers import is_encrypted, is_message
from gateway.mail.tree import Part
from gateway.model.openpgp import OpenPgp

_ARMOR = b"-----BEGIN PGP "
_FILES = (".asc", ".pgp", ".gpg")


def seen(root: Part, leaves: Sequence[tuple[Part, bytes]]) -> OpenPgp:
    """Whether something in the mail is encrypted, or signed. Attached messages stay closed."""
    encrypted = signed = False
    for part, content in leaves:
        octets = content
        kind = part.media_type
        if kind == "application/pgp-signature":
            signed = True
        elif kind == "application/pgp-encrypted":
            encrypted = True
        elif kind.startswith("message/"):
            continue
        elif _ARMOR in octets:
            if kind == "text/html":
                octets = text_of(octets.decode("utf-8", "replace")).encode()
            kinds = {block.kind for block in blocks(octets)}
            signed = signed or SIGNED_MESSAGE in kinds
            if MESSAGE in kinds:
                encrypted = encrypted or is_encrypted(octets)
                signed = signed or not encrypted
        elif is_binary(octets) and file_name(part).lower().endswith(_FILES):
            encrypted = encrypted or is_encrypted(octets)
            signed = signed or (is_message(octets) and not is_encrypted(octets))
    if root.media_type in {"multipart/encrypted", "multipart/signed"}:
        is_pgp = "pgp" in str(root.get_param("protocol") or "").lower()
        encrypted = encrypted or (is_pgp and root.media_type == "multipart/encrypted")
        signed = signed or (is_pgp and root.media_type == "multipart/signed")
    return OpenPgp(encrypted=encrypted, signed=signed)
