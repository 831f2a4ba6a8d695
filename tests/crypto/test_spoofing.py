"""Signature spoofing after "Johnny, you are fired!" (USENIX Security 2019): nothing seems signed
that is not, and nobody's signature is taken for somebody else's."""

import pytest
from pgpmail import (
    HEADER,
    encrypted,
    gpg_itself,
    key_folder,
    multipart,
    new_gpg,
    part,
    signed,
    signed_entity,
    text,
)

from gateway.crypto.gpg import Gpg
from gateway.crypto.keyfolder import KeyFolder
from gateway.mail.parse import parse
from gateway.model.openpgp import Covers, Verdict

FIRED = "Du bist gefeuert!"
HIDDEN = f'<b>{FIRED}</b><div style="display: none;"><plaintext>\r\n'
DOTS = FIRED + "\r\n." * 50 + "\r\n"


def crlf(octets: bytes) -> bytes:
    return octets.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


@pytest.fixture(scope="module")
def block(keys):
    return keys.clearsigned("Du wirst befördert!\n".encode())


@pytest.fixture(scope="module")
def mime(keys):
    entity = crlf(text("Du wirst befördert!\n"))
    return signed_entity(entity, keys.signature(entity))


def html(content: str, *fields: str) -> bytes:
    return part("text/html; charset=utf-8", content.encode(), *fields)


def fields_before(entity: bytes, *fields: str) -> bytes:
    return "".join(f"{field}\r\n" for field in fields).encode() + entity


ATTACHED = "Content-Disposition: attachment; filename=signature.asc"
SHOWN = f'<b>{FIRED}</b><iframe src="cid:target"></iframe><img src="cid:target">'
WRAPPINGS = {
    "above": lambda inner: multipart("mixed", text(DOTS), inner),
    "hidden by HTML": lambda inner: multipart("mixed", html(HIDDEN), inner),
    "hidden in a reference": lambda inner: multipart(
        "related", html(SHOWN), fields_before(inner, "Content-ID: <target>")
    ),
    "hidden as a file": lambda inner: multipart(
        "mixed", text(FIRED), fields_before(inner, ATTACHED)
    ),
    "another form": lambda inner: multipart("alternative", inner, html(f"<b>{FIRED}</b>")),
}


@pytest.mark.parametrize("wrapping", WRAPPINGS)
@pytest.mark.parametrize("sort", ["inline", "mime"])
def test_what_stands_around_is_never_covered(keys, block, mime, wrapping, sort):
    inner = mime if sort == "mime" else part("text/plain; charset=utf-8", block)
    found = keys.open(HEADER + WRAPPINGS[wrapping](inner)).message
    assert FIRED in found.text + found.html
    signature = found.openpgp.signature
    assert signature is None or signature.covers is Covers.PART


@pytest.mark.parametrize(
    "page",
    [
        HIDDEN + "{}",
        f"<p>{FIRED}</p><pre>{{}}</pre>",
        f'<img alt="" src="data:image/png;base64,{FIRED}"><pre>{{}}</pre>',
        f'<input value="{FIRED}"><pre>{{}}</pre>',
    ],
    ids=["hidden", "beside", "picture", "form"],
)
def test_armor_in_html_does_not_cover_the_page(keys, block, page):
    found = keys.open(HEADER + html(page.format(block.decode()))).message
    signature = found.openpgp.signature
    assert signature is None or signature.covers is Covers.PART


def test_armor_in_html_with_nothing_else_is_all(keys, block):
    found = keys.open(HEADER + html(f"<html><pre>{block.decode()}</pre></html>")).message
    assert found.openpgp.signature.covers is Covers.ALL


# -- whose signature it is -------------------------------------------------------------------------


@pytest.fixture(scope="module")
def folder(keys, tmp_path_factory):
    """Keys of Anna and of the one whose name is used; both are known."""
    made = key_folder(keys, tmp_path_factory.mktemp("keys"))
    with KeyFolder(made) as opener:
        yield opener


BY_ANNA = b"From: Anna <anna@example.org>\r\n"
BY_US = b"From: Hilfe <help@verein.example>\r\n"


@pytest.mark.parametrize(
    ("authors", "verdict"),
    [
        (BY_ANNA, Verdict.VALID),
        (b"From: Anna <Anna@Example.ORG>\r\n", Verdict.VALID),
        (b"From: Anna privat <anna@home.example>\r\n", Verdict.VALID),
        (BY_US, Verdict.OTHER_KEY),
        (BY_US + b"Sender: anna@example.org\r\n", Verdict.OTHER_KEY),
        (BY_US + BY_ANNA, Verdict.OTHER_KEY),
        (BY_ANNA + BY_US, Verdict.OTHER_KEY),
        (b"From: anna@example.org, help@verein.example\r\n", Verdict.OTHER_KEY),
        (b'From: "anna@example.org" <help@verein.example>\r\n', Verdict.OTHER_KEY),
    ],
)
def test_the_signature_of_somebody_else_is_not_the_authors(keys, folder, authors, verdict):
    """Where there are keys of the author. An author without any may be anybody we know."""
    entity = crlf(text("Hallo\n"))
    raw = signed(entity, keys.signature(entity), HEADER.replace(BY_ANNA, authors))
    signature = folder.open(raw, parse(raw)).message.openpgp.signature
    assert signature.verdict is verdict
    assert signature.fingerprint == keys.anna
    sealed = encrypted(keys.encrypted(text("x"), signed=True), HEADER.replace(BY_ANNA, authors))
    assert folder.open(sealed, parse(sealed)).message.openpgp.signature.verdict is verdict


def test_an_address_counts_wherever_it_stands_in_a_user_id(keys, tmp_path):
    """Old keys have the comment behind it. It is enough that nobody else's key is taken for it."""
    home = new_gpg(keys.gpg.home.parent / "s")
    home.version()
    made = ("--passphrase", "", "--quick-gen-key", "Anna <anna@example.org> (alt)", "ed25519")
    gpg_itself(home.home, *made, "sign", "never", octets=b"")
    (old,) = home.own_keys()
    (tmp_path / "old.gpg").write_bytes(home.export(old.fingerprint))
    (tmp_path / "new.gpg").write_bytes(keys.theirs.export(keys.anna))
    entity = crlf(text("Hallo\n"))
    raw = signed(entity, Gpg(home.home).sign(entity, old.fingerprint)[0])
    home.close()
    with KeyFolder(tmp_path) as opener:
        signature = opener.open(raw, parse(raw)).message.openpgp.signature
    assert (signature.verdict, signature.fingerprint) == (Verdict.VALID, old.fingerprint)
