"""Attachments: their names made safe, their contents measured."""

import mimetypes
import re
from hashlib import sha256

from gateway.mail.body import disposition
from gateway.mail.headers import file_name, readable
from gateway.mail.tree import Part
from gateway.model.message import Attachment

_MAX_NAME = 120
_MAX_SUFFIX = 20
_TYPES = mimetypes.MimeTypes(filenames=())
_SUFFIXES = {
    "message/rfc822": ".eml",
    "message/global": ".eml",
    "text/plain": ".txt",
    "image/jpeg": ".jpg",
    "message/delivery-status": ".txt",
    "text/calendar": ".ics",
    "text/rtf": ".rtf",
    "application/pgp-signature": ".asc",
}
# Marks that turn or hide letters: `rechnung<RLO>fdp.exe` is shown as `rechnungexe.pdf`.
_HIDDEN = re.compile(
    "[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]"
)
_NOT_IN_NAMES = re.compile(r'[<>:"|?*]')
_TYPE = re.compile(r"[!-.0-~]{1,100}/[!-.0-~]{1,100}")
_SUBJECT = re.compile(rb"^subject:[ \t]*(.{1,500}?)\r?$", re.IGNORECASE | re.MULTILINE)


def describe(part: Part, number: int, octets: bytes) -> Attachment:
    """The attachment that leaf `number` is, with its decoded content `octets`."""
    kind = part.media_type
    if not _TYPE.fullmatch(kind):
        kind = "application/octet-stream"
    return Attachment(
        filename=safe_name(file_name(part)) or _made_name(kind, number, octets),
        content_type=kind,
        size=len(octets),
        sha256=sha256(octets).hexdigest(),
        part=number,
        inline="Content-ID" in part or disposition(part) == "inline",
    )


def safe_name(name: str) -> str:
    """A display name without path, control and direction marks; empty when nothing is left."""
    name = _HIDDEN.sub("", name).replace("\\", "/").rpartition("/")[2]
    name = _NOT_IN_NAMES.sub("_", name).strip(" .") if name.strip(". ") else ""
    if len(name) <= _MAX_NAME:
        return name
    stem, dot, suffix = name.rpartition(".")
    if not dot or len(suffix) > _MAX_SUFFIX:
        return name[:_MAX_NAME]
    return stem[: _MAX_NAME - len(suffix) - 1] + "." + suffix


def _made_name(kind: str, number: int, octets: bytes) -> str:
    suffix = _SUFFIXES.get(kind) or _TYPES.guess_extension(kind) or ".bin"
    if kind in {"message/rfc822", "message/global"} and (found := _SUBJECT.search(octets[:16384])):
        subject = readable(found[1].decode("ascii", "surrogateescape"))
        if name := safe_name(subject.replace("/", "-")[:80]):
            return name + suffix
    return f"attachment-{number}{suffix}"
