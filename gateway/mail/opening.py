"""The structure of a mail with every layer of OpenPGP taken off (RFC 3156, and what is made of it).

What a signature covers is computed on the way: all of a mail only if nothing else of it shows.
"""

import mimetypes
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from gateway.mail.armor import SIGNED_MESSAGE, blocks, is_binary
from gateway.mail.armor_html import shows_pictures, text_with_armor
from gateway.mail.body import disposition
from gateway.mail.inline import Signed, covering, opened_text
from gateway.mail.layers import Layers, is_encrypted, is_message
from gateway.mail.pgp_parts import (
    HEADER_OF_MIME,
    as_entity,
    ciphertext_at,
    is_signature,
    is_structure,
    is_version,
    name_of,
    rewritten,
    shows_text,
    text_or_file,
    was_signed,
)
from gateway.mail.protected import (
    is_legacy_part,
    is_protecting,
    is_whole_mail,
    without_legacy,
    wrapped_mail,
)
from gateway.mail.slices import Entity, canonical, joined, leaf
from gateway.model.openpgp import Covers, Problem, Signature, Verdict

_MAX_DEPTH = 12
_MAX_PARTS = 1000  # of all layers together
_TYPES = mimetypes.MimeTypes(filenames=())
_ARMOR = b"-----BEGIN PGP "
_FILES = (".asc", ".pgp", ".gpg")
_BLANKS = re.compile(rb"(?<![ \t])[ \t]{1,200}(?=\r\n|\Z)")


@dataclass(frozen=True, slots=True)
class View:
    """An entity as it is shown: `opened` when that differs from what was sent.

    `shows` is false for what a reader sees nothing of. `signatures` tell how much of it they cover.
    """

    octets: bytes
    opened: bool = False
    shows: bool = True
    signatures: tuple[Signed, ...] = ()

    def within(self, covers: Covers) -> tuple[Signed, ...]:
        """The signatures as part of something bigger."""
        return tuple(one.within(covers) for one in self.signatures)


@dataclass(frozen=True, slots=True)
class Payload:
    """A part whose header may be that of the whole mail, and whether it came out of ciphertext.

    `is_meant`: it says that it is. `under` are the entities around it, or itself, that something
    signs.
    """

    entity: Entity
    is_secret: bool
    is_meant: bool
    under: tuple[bytes, ...] = ()


class Opening:
    """One mail while it is opened.

    `payloads` are the insides of its outermost layers, `legacy` is the copy of the header that
    stands before the text for old programs.
    """

    def __init__(self, layers: Layers) -> None:
        self.layers = layers
        self.payloads: list[Payload] = []
        self.legacy: Entity | None = None
        self._parts = 0
        self._under: list[bytes] = []

    def view(
        self,
        entity: Entity,
        depth: int = 0,
        *,
        root: bool = True,
        secret: bool | None = None,
        is_mail: bool = False,
    ) -> View:
        """An entity opened. `root`: nothing but layers is around it; `secret`: of which kind.

        `is_mail`: it is the whole mail again, with its header (RFC 8551 section 3.1).
        """
        self._parts += 1
        if depth > _MAX_DEPTH or self._parts > _MAX_PARTS:
            return View(entity.octets)
        if root and secret is not None:
            is_meant = is_mail or is_protecting(entity)
            self.payloads.append(Payload(entity, secret, is_meant, tuple(self._under)))
        if entity.is_multipart:
            return self._multipart(entity, depth, root=root, secret=secret)
        return self._leaf(entity, depth, root=root, secret=secret)

    @contextmanager
    def _signing(self, octets: bytes | None) -> Iterator[None]:
        """What is looked at meanwhile stands under a signature of these octets."""
        if octets is None:
            yield
            return
        self._under.append(octets)
        yield
        self._under.pop()

    # -- multiparts -----------------------------------------------------------------------------

    def _multipart(self, entity: Entity, depth: int, *, root: bool, secret: bool | None) -> View:
        children = entity.children()
        if entity.media_type == "multipart/signed" or was_signed(children):
            signature = next((n for n, one in enumerate(children) if is_signature(one)), 0)
            if signature > 0:
                return self._signed(children, signature, depth, root=root, secret=secret)
        if root and secret is not None and (whole := wrapped_mail(children)):
            inner = Entity(whole.content)
            return replace(self.view(inner, depth + 1, secret=secret, is_mail=True), opened=True)
        views: list[View] = []
        dropped = False
        number = 0
        while number < len(children):
            taken = ciphertext_at(entity, children, number)
            view = self._opened(children[number + taken - 1], depth, root) if taken else None
            if view is None:
                taken = 1
                if not views and root and secret is not None and is_legacy_part(children[number]):
                    dropped = True
                    self.legacy = Entity(children[number].content.strip() + b"\r\n\r\n")
                    number += 1
                    continue
                child = children[number]
                view = self.view(child, depth + 1, root=False, secret=secret)
            views.append(view)
            number += taken
        views = self._with_signed_files(children, views)
        if any(view.opened for view in views):
            views = [one for one in views if one.opened or not is_version(Entity(one.octets))]
        if not dropped and not any(view.opened or view.signatures for view in views):
            shows = any(view.shows for view in views)
            return View(entity.octets, shows=shows)
        return _together(entity, views)

    def _opened(self, child: Entity, depth: int, root: bool) -> View | None:
        """What is in the part with the ciphertext; None when it stays closed."""
        done = self.layers.decrypt(child.content)
        if done.problem is not Problem.NONE:
            return None
        inner = Entity(as_entity(done.content))
        with self._signing(inner.octets if done.signature is not None else None):
            view = self.view(inner, depth + 1, root=root, secret=done.encrypted or None)
        signatures = view.signatures
        if done.signature is not None:
            signatures = (covering(done.signature, entity=inner.octets), *signatures)
        return replace(view, opened=True, signatures=signatures)

    def _signed(
        self,
        children: Sequence[Entity],
        number: int,
        depth: int,
        *,
        root: bool,
        secret: bool | None,
    ) -> View:
        """What is signed, with the parts that stand beside it against the standard."""
        child = children[number - 1]
        signature = self._verified(child.octets, children[number].content)
        with self._signing(child.octets):
            view = self.view(child, depth + 1, root=root, secret=bool(secret))
        signed = covering(signature, entity=child.octets)
        view = replace(view, opened=True, signatures=(signed, *view.signatures))
        others = [one for n, one in enumerate(children) if n not in {number - 1, number}]
        if not others:
            return view
        beside = [self.view(one, depth + 1, root=False) for one in others]
        return _together(Entity(b""), [*beside[: number - 1], view, *beside[number - 1 :]])

    def _verified(self, octets: bytes, signature: bytes) -> Signature:
        """The signature over the part: with CRLF as it must be, else as it may have been.

        Old programs signed with their own line ends, or as if no line had blanks at its end (RFC
        2440 section 5.2.4, OpenPGP.js); mailboxes put a mark before "From ".
        """
        sent = canonical(octets)
        found = self.layers.verify(sent, signature)
        bare = _BLANKS.sub(b"", sent)
        for changed in (octets, sent.replace(b"\n>From ", b"\nFrom "), bare):
            if found.verdict is not Verdict.BAD:
                return found
            if changed != sent:
                again = self.layers.verify(changed, signature)
                found = found if again.verdict is Verdict.BAD else again
        return found

    def _with_signed_files(self, children: Sequence[Entity], views: list[View]) -> list[View]:
        """Attachments whose signature is another attachment, named like them."""
        if len(views) != len(children):
            return views
        names = [name_of(child) for child in children]
        for number, child in enumerate(children):
            stem = names[number].rpartition(".")[0]
            is_named = names[number].lower().endswith((".sig", ".asc"))
            if not is_named or stem not in names or not is_signature(child):
                continue
            which = names.index(stem)
            found = self.layers.verify(children[which].content, child.content)
            signed = (*views[which].signatures, covering(found, entity=children[which].octets))
            views[which] = replace(views[which], signatures=signed)
        return views

    # -- leaves ---------------------------------------------------------------------------------

    def _leaf(self, entity: Entity, depth: int, *, root: bool, secret: bool | None) -> View:
        part, kind = entity.part, entity.media_type
        if root and is_whole_mail(entity):
            view = self.view(Entity(entity.content), depth + 1, secret=secret, is_mail=True)
            return replace(view, opened=True)
        name = name_of(entity)
        content = entity.content
        if is_structure(name, content):
            return replace(self.view(Entity(content), depth + 1, root=root), opened=True)
        is_text = kind.startswith("text/") or kind == "application/pgp"
        if is_text and not (disposition(part) == "attachment" or name.lower().endswith(_FILES)):
            if secret is not None and (shorter := without_legacy(entity)) is not None:
                return View(rewritten(entity, shorter), opened=True)
            if _ARMOR in content:
                found = self._text(entity, content, depth, root=root)
                if found is not None:
                    return found
            return View(entity.octets, shows=shows_text(kind, content))
        return self._file(entity, name, content, depth, root=root) or View(entity.octets)

    def _text(self, entity: Entity, content: bytes, depth: int, *, root: bool) -> View | None:
        charset = entity.parameter("charset")
        most = Covers.ALL
        if entity.media_type == "text/html":
            most = Covers.PART if shows_pictures(content) else Covers.ALL
            content, charset = text_with_armor(content, charset), "utf-8"
        flowed = entity.parameter("format").lower() == "flowed"
        found = opened_text(content, charset, self.layers, flowed=flowed)
        if found is None:
            return None
        if found.whole is not None and HEADER_OF_MIME.match(found.whole):
            inner = Entity(found.whole.lstrip())
            view = self.view(inner, depth + 1, root=root, secret=True)
            view = replace(view, opened=True, signatures=(*found.signatures, *view.signatures))
        else:
            octets = leaf("text/plain", found.text.encode("utf-8", "replace"), charset="utf-8")
            view = View(octets, True, bool(found.text.strip()), found.signatures)
        return replace(view, signatures=view.within(most))

    def _file(
        self, entity: Entity, name: str, content: bytes, depth: int, *, root: bool
    ) -> View | None:
        """What is in an attached file; None when it holds nothing that can be opened."""
        armor = blocks(content) if not is_binary(content) else []
        if armor and armor[0].kind == SIGNED_MESSAGE:
            return self._text(entity, content, depth, root=root) if depth == 0 else None
        is_pgp = entity.media_type.startswith("application/pgp-encrypted")
        is_ours = is_encrypted(content) or (name.lower().endswith(_FILES) and is_message(content))
        if not is_ours or not (is_pgp or armor or name.lower().endswith(_FILES)):
            return None
        done = self.layers.decrypt(content)
        if done.problem is not Problem.NONE:
            return None
        signatures = (covering(done.signature, entity=done.content),) if done.signature else ()
        if HEADER_OF_MIME.match(done.content):
            inner = Entity(done.content.lstrip())
            with self._signing(done.content if done.signature is not None else None):
                view = self.view(inner, depth + 1, root=root, secret=done.encrypted or None)
            return replace(view, opened=True, signatures=(*signatures, *view.signatures))
        plain = name[: -len(".asc")] if name.lower().endswith(_FILES) else name
        if depth == 0 or not plain or "." not in plain:
            octets = text_or_file(plain, done.content)
        else:
            kind = _TYPES.guess_type(plain)[0] or "application/octet-stream"
            octets = leaf(kind, done.content, name=plain)
        return View(octets, opened=True, signatures=signatures)


def _together(entity: Entity, views: Sequence[View]) -> View:
    """The parts of a multipart, opened; what is alone to be seen stands alone."""
    if entity.media_type == "multipart/alternative" and any(view.opened for view in views):
        # The same in another form, which nobody opened: it would show the ciphertext.
        views = [one for one in views if one.opened or _ARMOR not in Entity(one.octets).body]
        views = [one for one in views if not one.opened] + [one for one in views if one.opened][:1]
    visible = [view for view in views if view.shows]
    if len(visible) == 1 and visible[0].opened:
        return visible[0]
    covers = Covers.PART if len(visible) > 1 else Covers.ALL
    signatures = tuple(one for view in views for one in view.within(covers))
    kind = entity.media_type.partition("/")[2] if entity.is_multipart else "mixed"
    if kind in {"signed", "encrypted", "report"}:
        kind = "mixed"
    octets = joined((), [view.octets for view in views], kind)
    return View(octets, opened=True, shows=bool(visible), signatures=signatures)
