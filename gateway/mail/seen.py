"""What of OpenPGP is to be seen on the outside of a mail, without a key (RFC 3156, RFC 9580)."""

from collections.abc import Sequence

from gateway.mail.armor import MESSAGE, SIGNATURE, SIGNED_MESSAGE, blocks, is_binary
from gateway.mail.armor_html import text_with_armor
from gateway.mail.headers import file_name, parameter
from gateway.mail.layers import is_encrypted, is_message
from gateway.mail.pgp_parts import is_structure
from gateway.mail.tree import Part
from gateway.model.openpgp import OpenPgp

_ARMOR = b"-----BEGIN PGP "
_FILES = (".asc", ".pgp", ".gpg")


def seen(root: Part, leaves: Sequence[tuple[Part, bytes]]) -> OpenPgp:
    """Whether something in the mail is encrypted, or signed. Attached messages stay closed."""
    is_signed = root.media_type == "multipart/signed"
    is_pgp = "pgp" in str(root.get_param("protocol") or "").lower()
    encrypted, signed = is_pgp and root.media_type == "multipart/encrypted", is_pgp and is_signed
    for part, octets in leaves:
        found = _in_leaf(part, octets, is_signed=is_signed)
        encrypted, signed = encrypted or found[0], signed or found[1]
    return OpenPgp(encrypted=encrypted, signed=signed)


def _in_leaf(part: Part, octets: bytes, *, is_signed: bool) -> tuple[bool, bool]:
    """Whether a leaf is encrypted, or signed. `is_signed`: the mail says that it is signed."""
    kind = part.media_type
    if kind in {"application/pgp-signature", "application/pgp-encrypted"}:
        return kind.endswith("encrypted"), kind.endswith("signature")
    if kind.startswith("message/"):
        return False, False
    if is_structure(file_name(part), octets):
        return b"application/pgp-encrypted" in octets, b"application/pgp-signature" in octets
    if _ARMOR in octets:
        if kind == "text/html":
            octets = text_with_armor(octets, parameter(part, "charset", "content-type"))
        kinds = {block.kind for block in blocks(octets)}
        encrypted = MESSAGE in kinds and is_encrypted(octets)
        signed = SIGNED_MESSAGE in kinds or (is_signed and SIGNATURE in kinds)
        return encrypted, signed or (MESSAGE in kinds and not encrypted and is_message(octets))
    if is_binary(octets) and file_name(part).lower().endswith(_FILES):
        encrypted = is_encrypted(octets)
        return encrypted, is_message(octets) and not encrypted
    return False, False
