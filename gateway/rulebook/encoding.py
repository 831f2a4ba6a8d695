"""Files that are no text in UTF-8: what they seem to be instead."""

from gateway.model.text import Text, say
from gateway.rulebook.errors import Place, RuleError, error

_OTHERS = (b"PK\x03\x04", b"{\\rtf", b"%PDF", b"\xd0\xcf\x11\xe0", b"\x89PNG", b"\xff\xd8\xff")
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


def not_text(raw: bytes, file: str, at: int = 0) -> RuleError:
    """The mistake that a file is no UTF-8; `at` is the first octet that shows it."""
    if raw.startswith(_OTHERS):
        return error(
            Place(file),
            say("this is no text file: it comes from another program"),
            say("write it with a text editor, and save it as plain text"),
        )
    if raw.startswith(_UTF16) or raw[:200].count(0) > len(raw[:200]) // 4:
        return error(Place(file), say("this file is saved as UTF-16 (“Unicode”)"), _as_utf8())
    line_start = raw.rfind(b"\n", 0, at) + 1
    place = Place(file, raw.count(b"\n", 0, at) + 1, at - line_start + 1)
    if raw[at : at + 1] == b"\0":
        return error(place, say("an invisible control character"), say("delete it"))
    shown = raw[at : at + 1].decode("cp1252", "replace")
    what = say('the character "%(character)s" is not saved as UTF-8', character=shown)
    return error(place, what, _as_utf8())


def _as_utf8() -> Text:
    return say("save the file with the encoding UTF-8: the editor offers it under “Save as”")
