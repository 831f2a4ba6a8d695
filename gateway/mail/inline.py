"""Armor in the text of a mail: every block opened or checked where it stands."""

from dataclasses import dataclass, replace

from gateway.mail import cleartext
from gateway.mail.armor import MESSAGE, SIGNED_MESSAGE, Block, blocks
from gateway.mail.charset import clean, decode
from gateway.mail.layers import Layers
from gateway.model.openpgp import Covers, Opened, Problem, Signature, Verdict

CLOSED = "[…]"
"""Stands where something is that could not be opened: nobody can read it, and nobody quotes it."""
_MAX_LAYERS = 3


@dataclass(frozen=True, slots=True)
class Signed:
    """A signature, and the text (or the whole entity) that is under it."""

    signature: Signature
    text: str = ""
    entity: bytes = b""

    def within(self, covers: Covers) -> "Signed":
        """The same where it covers at most so much."""
        mine = self.signature.covers
        if mine is Covers.NOTHING or covers is Covers.ALL:
            return self
        return replace(self, signature=replace(self.signature, covers=covers))


@dataclass(frozen=True, slots=True)
class Text:
    """A text with its blocks opened.

    `whole` is the content of its only block, where there is nothing else: it may be more than text.
    """

    text: str
    signatures: tuple[Signed, ...]
    whole: bytes | None = None


def covering(signature: Signature, text: str = "", entity: bytes = b"") -> Signed:
    """The signature over all of something; one that is bad covers nothing."""
    nothing = {Verdict.BAD, Verdict.UNREADABLE, Verdict.AMBIGUOUS}
    covers = Covers.NOTHING if signature.verdict in nothing else Covers.ALL
    return Signed(replace(signature, covers=covers), text, entity)


def opened_text(
    octets: bytes, charset: str, layers: Layers, *, flowed: bool = False, level: int = 0
) -> Text | None:
    """The text with what is in its blocks; None when there is none that can be opened.

    `charset` is that of the text around, and of what is inside unless that is UTF-8 or says so.
    """
    found = [one for one in blocks(octets) if one.kind in {MESSAGE, SIGNED_MESSAGE}]
    if not found or level >= _MAX_LAYERS:
        return None
    pieces: list[str] = []
    signed: list[tuple[Signed, ...]] = []
    place, whole = 0, None
    for block in found:
        pieces.append(clean(decode(octets[place : block.start], charset)))
        piece = _block(octets, block, charset, layers, flowed, level)
        pieces.append(piece.text)
        signed.append(piece.signatures)
        whole, place = piece.whole, block.end
    pieces.append(clean(decode(octets[place:], charset)))
    is_alone = len(found) == 1 and not (pieces[0].strip() or pieces[-1].strip())
    covers = Covers.ALL if is_alone else Covers.PART
    signatures = tuple(one.within(covers) for group in signed for one in group)
    if is_alone:
        return Text(pieces[1], signatures, whole)
    return Text("".join(pieces), signatures)


def _block(
    octets: bytes, block: Block, charset: str, layers: Layers, flowed: bool, level: int
) -> Text:
    armor = octets[block.start : block.end]
    inside = cleartext.charset_of(armor) or charset
    if block.kind == SIGNED_MESSAGE:
        signed = _cleartext(armor, inside, charset, layers, flowed)
        deeper = opened_text(signed.text.encode(), "utf-8", layers, level=level + 1)
        if deeper is None:
            return signed
        return Text(deeper.text, (*signed.signatures, *deeper.signatures))
    done = layers.decrypt(armor)
    if done.problem is not Problem.NONE:
        return Text(CLOSED, ())
    deeper = opened_text(done.content, inside, layers, level=level + 1)
    text = deeper.text if deeper else clean(as_unicode(done.content, inside))
    signatures = deeper.signatures if deeper else ()
    if done.signature is not None:
        signatures = (covering(done.signature, text), *signatures)
    return Text(text, signatures, None if deeper else done.content)


def _cleartext(armor: bytes, inside: str, charset: str, layers: Layers, flowed: bool) -> Text:
    """What gpg says is signed. A text that was changed on its way is put right, if it can be."""
    done = Opened(b"", Problem.DAMAGED)
    for candidate in _as_it_was(armor, inside, charset, flowed):
        done = layers.unwrap(candidate)
        signature = done.signature
        if done.problem is Problem.NONE and signature and signature.verdict is not Verdict.BAD:
            expected = cleartext.text_of(candidate)
            if expected is None or not cleartext.is_same(expected, done.content):
                signature = Signature(Verdict.AMBIGUOUS, key_id=signature.key_id)
            text = clean(as_unicode(done.content, inside))
            return Text(text, (covering(signature, text),))
    if done.problem is not Problem.NONE or done.signature is None:
        unread = covering(Signature(Verdict.UNREADABLE))
        plain = cleartext.text_of(armor)  # of a signature that gpg knows nothing of
        return Text(clean(decode(armor if plain is None else plain, charset)), (unread,))
    text = clean(as_unicode(done.content, inside))
    return Text(text, (covering(done.signature, text),))


def _as_it_was(armor: bytes, inside: str, charset: str, flowed: bool) -> list[bytes]:
    """The block, and what it may have been before a program on the way changed it."""
    found = [armor]
    if flowed:  # stuffed lines (RFC 3676 section 4.4)
        lines = armor.split(b"\n")
        found.append(b"\n".join(line[1:] if line[:1] == b" " else line for line in lines))
    text = decode(armor, charset)
    if not armor.isascii():
        for name in dict.fromkeys((inside or "utf-8", "utf-8")):
            try:
                found.append(text.encode(name))
            except (UnicodeError, LookupError):
                continue
    return list(dict.fromkeys(found))[:3]


def as_unicode(octets: bytes, charset: str) -> str:
    """The text of what was inside: UTF-8 if it can be (RFC 9580 section 5.9.1), else as named."""
    if not octets.isascii():
        try:
            return octets.decode("utf-8")
        except UnicodeDecodeError:
            pass
    return decode(octets, charset)
