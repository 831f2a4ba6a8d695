"""A mail opened: a plain mail that is parsed as any other, and what OpenPGP says of it.

The header is that of the outside with the protected fields in their places (`mail.protected`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from gateway.mail.inline import Signed
from gateway.mail.layers import Layers, Tools
from gateway.mail.opening import Opening
from gateway.mail.parse import parse
from gateway.mail.protected import Protected, protected
from gateway.mail.reply import new_text
from gateway.mail.slices import Entity
from gateway.mail.tree import from_its_first_field
from gateway.model.message import Message
from gateway.model.openpgp import Covers, OpenPgp, Problem, Verdict
from gateway.model.refusal import Refusal

_MAX_SIGNED_TEXT = 200_000


@dataclass(frozen=True, slots=True)
class OpenedMail:
    """`content` is the plain mail: attachments are read out of it, never out of what was sent."""

    content: bytes
    message: Message


def open_mail(raw: bytes, outside: Message, tools: Tools) -> OpenedMail:
    """The mail `raw`, which reads as `outside` before it is opened.

    Where nothing could be opened it is `outside` itself, with the reason in its `openpgp`. Raises
    the `Refusal`s of its tools, and for no octets anything else.
    """
    try:
        return _opened(raw, outside, tools)
    except Refusal:
        raise
    except Exception as error:  # noqa: BLE001 - whatever hostile bytes lead to, the mail stays visible
        said = replace(outside.openpgp, problem=Problem.DAMAGED)
        defects = (*outside.defects, f"OpenPGP not readable: {type(error).__name__}")
        return OpenedMail(raw, replace(outside, openpgp=said, defects=defects))


def _opened(raw: bytes, outside: Message, tools: Tools) -> OpenedMail:
    layers = Layers(tools)
    opening = Opening(layers)
    entity = Entity(from_its_first_field(raw))
    view = opening.view(entity)
    signed = _chosen(view.signatures)
    problem, seems = layers.problem, outside.openpgp.encrypted and not view.opened
    if seems and not layers.encrypted and problem is Problem.NONE:
        problem = Problem.DAMAGED  # it says that it is encrypted, and nothing in it is
    said = OpenPgp(
        encrypted=layers.encrypted or seems,
        signed=layers.signed or outside.openpgp.signed,
        decrypted=layers.opened > 0 and layers.problem is Problem.NONE,
        signature=signed.signature if signed else None,
        signatures=len(view.signatures),
        problem=problem,
        key_ids=tuple(layers.key_ids),
    )
    if not view.opened:
        # What PGP/MIME is made of is nothing that anybody could open.
        is_wrapping = entity.media_type == "multipart/encrypted"
        files = () if is_wrapping else outside.attachments
        return OpenedMail(raw, replace(outside, openpgp=said, attachments=files))
    inner, is_signed = _inner(entity, opening, signed)
    content = _composed(entity, Entity(view.octets), inner)
    said = replace(
        said,
        protected=tuple(name for name, _ in inner.fields),
        contradicted=inner.contradicted,
        signed_fields=_signed_fields(inner) if is_signed else (),
        signed_text=_signed_text(signed),
    )
    message = parse(content)
    # The digest is that of what was sent: it is the same before and after a key is there.
    return OpenedMail(content, replace(message, openpgp=said, digest=outside.digest))


def only_signed(message: Message) -> Message:
    """The mail with nothing but the text under its signature, where that covers a part only.

    What stands beside may be by anybody (the footer of a list, or worse): nobody's commands.
    """
    signature = message.openpgp.signature
    if signature is None or not signature.is_good or signature.covers is not Covers.PART:
        return message
    text = message.openpgp.signed_text
    return replace(message, text=text, reply=new_text(text), html="")


def told(found: OpenPgp) -> dict[str, object]:
    """What the log says of it: no text, no names."""
    signature = found.signature
    return {
        "encrypted": found.encrypted,
        "problem": str(found.problem),
        "signature": str(signature.verdict) if signature else "",
        "covers": str(signature.covers) if signature else "",
    }


def _inner(entity: Entity, opening: Opening, signed: Signed | None) -> tuple[Protected, bool]:
    """The fields of the innermost part that protects any, or of the copy that stands for them.

    And whether the signature covers them: whoever encrypts a signed part can put fields around it.
    """
    signature = signed.signature if signed is not None else None
    payloads = opening.payloads
    chosen = [one for one in payloads if one.is_meant] or list(payloads)
    if not chosen:
        return Protected(), False
    payload = chosen[-1]
    is_secret = any(one.is_secret for one in payloads)
    holds = signature is None or signature.covers is not Covers.NOTHING
    found = protected(
        entity.fields,
        payload.entity,
        is_meant=payload.is_meant,
        is_secret=is_secret,
        wins=is_secret or holds,
    )
    is_signed = signed is not None and bool(signed.entity) and signed.entity in payload.under
    if opening.legacy is not None and "subject" not in dict(found.fields):
        copied = [field for field in opening.legacy.fields if field[0] == "subject"]
        return replace(found, fields=(*found.fields, *copied[:1])), is_signed and not copied
    return found, is_signed


def _composed(outer: Entity, inner: Entity, fields: Protected) -> bytes:
    """The header of the outside with the fields of the inside, and the body of the inside."""
    names = {name for name, _ in fields.fields}
    kept = [
        octets
        for name, octets in outer.fields
        if name not in names and not name.startswith("content-") and name != "mime-version"
    ]
    about = [octets for name, octets in inner.fields if name.startswith("content-")]
    replaced = [octets for _, octets in fields.fields]
    head = b"".join((*kept, *replaced, b"MIME-Version: 1.0\r\n", *about))
    return head + b"\r\n" + inner.body


def _chosen(signatures: Sequence[Signed]) -> Signed | None:
    """The signature that is told of: a bad one if there is any, else the best, the innermost."""
    bad = [one for one in signatures if one.signature.verdict is Verdict.BAD]
    if bad:
        return bad[0]
    rank = {Covers.ALL: 2, Covers.PART: 1, Covers.NOTHING: 0}
    best: Signed | None = None
    for one in signatures:
        mine = (one.signature.is_good, rank[one.signature.covers])
        if best is None or mine >= (best.signature.is_good, rank[best.signature.covers]):
            best = one
    return best


def _signed_fields(inner: Protected) -> tuple[str, ...]:
    """The fields that are taken from the inside; and From, which says the same on both sides."""
    names = tuple(name for name, _ in inner.fields)
    return (*names, "from") if inner.confirms_author else names


def _signed_text(signed: Signed | None) -> str:
    """The text under a good signature that covers a part of the mail."""
    if signed is None or signed.signature.covers is not Covers.PART or not signed.signature.is_good:
        return ""
    text = signed.text or (parse(signed.entity).text if signed.entity else "")
    return text[:_MAX_SIGNED_TEXT]
