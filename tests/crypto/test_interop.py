"""A second implementation (Sequoia) on the other side, both ways; and keys of all kinds."""

import shutil
from pathlib import Path

import pytest
from pgpmail import HEADER, encrypted, gpg_itself, new_gpg, signed, text
from pysequoia import Cert, Profile, Sig, SignatureMode, Tsk, decrypt, encrypt, sign, verify

from gateway.crypto.gpg import CannotSeal, Gpg
from gateway.crypto.keyfolder import KeyFolder
from gateway.mail.armor import armored, dearmor
from gateway.mail.keyblob import KeyRefused
from gateway.mail.parse import parse
from gateway.model.openpgp import Covers, Fingerprint, Problem, Verdict
from gateway.policy.signatures import why_closed

SECRET = "Grüße aus Köln"


@pytest.fixture(scope="module")
def berta():
    return Tsk.generate("Berta <berta@example.org>", profile=Profile.RFC4880)


def public(tsk) -> bytes:
    return bytes(tsk.extract_certificate())


def ours(keys) -> Cert:
    return Cert.from_bytes(keys.gpg.export(keys.ours))


def test_what_sequoia_encrypts_and_signs_is_read(keys, berta):
    message = encrypt(text(SECRET), recipients=[ours(keys)], signer=berta.signer())
    found = keys.open(encrypted(bytes(message)), public(berta))
    assert found.message.text == SECRET
    signature = found.message.openpgp.signature
    assert (signature.verdict, signature.covers) == (Verdict.VALID, Covers.ALL)
    assert signature.fingerprint == berta.extract_certificate().fingerprint.upper()


def test_what_sequoia_signs_detached_is_checked(keys, berta):
    entity = text(SECRET + "\n").replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    signature = bytes(sign(berta.signer(), entity, mode=SignatureMode.DETACHED))
    found = keys.open(signed(entity, signature), public(berta))
    assert found.message.openpgp.signature.verdict is Verdict.VALID
    bad = keys.open(signed(entity, signature).replace(b"aus", b"von"), public(berta))
    assert bad.message.openpgp.signature.verdict is Verdict.BAD


def test_what_sequoia_signs_as_cleartext_is_checked(keys, berta):
    block = bytes(sign(berta.signer(), SECRET.encode(), mode=SignatureMode.CLEAR))
    raw = HEADER + b"Content-Type: text/plain; charset=utf-8\r\n\r\n" + block
    found = keys.open(raw, public(berta))
    assert found.message.text == SECRET
    assert found.message.openpgp.signature.verdict is Verdict.VALID
    assert found.message.openpgp.signature.covers is Covers.ALL


def test_what_we_encrypt_and_sign_sequoia_reads(keys, berta):
    sealed = keys.gpg.encrypt(SECRET.encode(), [public(berta)], keys.ours)
    done = decrypt(sealed, decryptor=berta.decryptor(), store=lambda _ids: [ours(keys)])
    assert bytes(done.bytes) == SECRET.encode()
    assert [one.certificate.upper() for one in done.valid_sigs] == [keys.ours]


def test_what_we_sign_sequoia_checks(keys):
    signature, micalg = keys.gpg.sign(SECRET.encode(), keys.ours)
    assert micalg == "pgp-sha512"
    done = verify(
        SECRET.encode(), store=lambda _ids: [ours(keys)], signature=Sig.from_bytes(signature)
    )
    assert [one.certificate.upper() for one in done.valid_sigs] == [keys.ours]


def test_sequoias_keys_are_read(keys, berta):
    (key,) = keys.gpg.read_keys(public(berta))
    assert key.fingerprint == berta.extract_certificate().fingerprint.upper()
    assert key.user_ids == ("Berta <berta@example.org>",)
    assert key.can_encrypt
    assert key.can_sign


# -- keys of all kinds, out of a folder ------------------------------------------------------------

CURVES = {
    "curve25519": ("ed25519", "cv25519"),
    "nistp256": ("nistp256", "nistp256"),
    "nistp384": ("nistp384", "nistp384"),
    "nistp521": ("nistp521", "nistp521"),
    "brainpool": ("brainpoolP256r1", "brainpoolP256r1"),  # which Sequoia has not, as built here
}
MADE = Path(__file__).parent / "keys"  # what takes seconds to make
KINDS = (*CURVES, "rsa3072", "rsa4096", "dsa")


@pytest.fixture
def home(keys):
    made = new_gpg(keys.gpg.home.parent / "k")
    made.version()  # prepares the home: an agent of its own derives keys a hundred times slower
    yield made
    made.close()


def new_key(home, name, sign_with, encrypt_to, *, passphrase=None):
    options = ("--passphrase", passphrase) if passphrase is not None else ()
    run = lambda *words: gpg_itself(home.home, *options, *words, octets=b"")  # noqa: E731
    run("--quick-gen-key", f"{name} <{name}@example.org>", sign_with, "cert,sign", "never")
    key = home.own_keys()[-1].fingerprint
    run("--quick-add-key", key, encrypt_to, "encr", "never")
    return key


def key_of(home, kind) -> Fingerprint:
    """A key of this kind in the home, without a passphrase."""
    if kind in CURVES:
        return new_key(home, kind, *CURVES[kind], passphrase="")
    return home.import_secret((MADE / f"{kind}.asc").read_bytes())[0]


@pytest.mark.parametrize("kind", KINDS)
def test_keys_of_every_kind_out_of_a_folder(keys, home, tmp_path, kind):
    key = key_of(home, kind)
    entity = text(SECRET)
    sealed = gpg_itself(
        home.home, "--encrypt", "--sign", "--armor", "-u", key, "-r", key, octets=entity
    )
    secret = gpg_itself(home.home, "--export-secret-keys", "--passphrase", "", key, octets=b"")
    (tmp_path / "key.gpg").write_bytes(secret)
    with KeyFolder(tmp_path) as opener:
        raw = encrypted(sealed)
        found = opener.open(raw, parse(raw)).message
    assert found.text == SECRET
    assert found.openpgp.signature.is_good
    assert found.openpgp.signature.fingerprint == key


@pytest.mark.parametrize("kind", sorted({"rsa3072", "rsa4096", *CURVES} - {"brainpool"}))
def test_keys_of_every_kind_both_ways_with_sequoia(keys, berta, home, kind):
    key = key_of(home, kind)
    secret = gpg_itself(home.home, "--export-secret-keys", "--passphrase", "", key, octets=b"")
    theirs, other = Tsk.from_bytes(secret), home.export(key)
    cert = Cert.from_bytes(other)

    sealed = bytes(encrypt(text(SECRET), recipients=[ours(keys)], signer=theirs.signer()))
    found = keys.open(encrypted(sealed), other).message
    assert found.text == SECRET
    assert found.openpgp.signature.verdict is Verdict.VALID
    sealed = keys.gpg.encrypt(SECRET.encode(), [other], keys.ours)
    done = decrypt(sealed, decryptor=theirs.decryptor(), store=lambda _ids: [ours(keys)])
    assert bytes(done.bytes) == SECRET.encode()
    assert [one.certificate.upper() for one in done.valid_sigs] == [keys.ours]

    no_passphrase = Gpg(home.home)
    sealed = bytes(encrypt(text(SECRET), recipients=[cert], signer=berta.signer()))
    assert SECRET in no_passphrase.decrypt(dearmor(sealed), [public(berta)]).content.decode()
    signature, _ = no_passphrase.sign(SECRET.encode(), key)
    done = verify(SECRET.encode(), store=lambda _ids: [cert], signature=Sig.from_bytes(signature))
    assert [one.certificate.upper() for one in done.valid_sigs] == [key]


# -- keys of version 6, which gpg does not know (RFC 9580) -----------------------------------------


@pytest.fixture(scope="module")
def neu():
    return Tsk.generate("Neu <neu@example.org>", profile=Profile.RFC9580)


def test_keys_of_version_6_are_refused(keys, neu):
    with pytest.raises(KeyRefused, match="gpg cannot use this key"):
        keys.gpg.read_keys(public(neu))
    with pytest.raises(KeyRefused, match="no secret key in it that gpg can use"):
        keys.gpg.import_secret(bytes(neu))
    with pytest.raises(CannotSeal):
        keys.gpg.encrypt(b"x", [public(neu)])


def test_mail_for_or_by_keys_of_version_6_stays_closed_and_says_so(keys, neu):
    for sealed in (
        encrypt(text(SECRET), recipients=[neu.extract_certificate()]),
        encrypt(text(SECRET), recipients=[ours(keys)], signer=neu.signer()),
    ):
        found = keys.open(encrypted(bytes(sealed)), public(neu)).message.openpgp
        assert (found.encrypted, found.decrypted) == (True, False)
        assert found.problem is Problem.DAMAGED
        assert "encrypted in a way that we cannot read" in str(why_closed(found.problem))
    for_both = encrypt(text(SECRET), recipients=[neu.extract_certificate(), ours(keys)])
    assert keys.open(encrypted(bytes(for_both))).message.text == SECRET


def test_signatures_of_version_6_are_unreadable_and_their_text_is_not(keys, neu):
    entity = text(SECRET + "\n").replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    detached = bytes(sign(neu.signer(), entity, mode=SignatureMode.DETACHED))
    block = bytes(sign(neu.signer(), SECRET.encode(), mode=SignatureMode.CLEAR))
    inline = HEADER + b"Content-Type: text/plain; charset=utf-8\r\n\r\n" + block
    for raw in (signed(entity, detached), inline):
        found = keys.open(raw, public(neu)).message
        assert found.text == SECRET
        assert found.openpgp.signature.verdict is Verdict.UNREADABLE
        assert found.openpgp.signature.covers is Covers.NOTHING


def open_with(folder, raw):
    with KeyFolder(folder) as opener:
        return opener.open(raw, parse(raw)).message


def test_many_keys_in_one_file_and_several_passphrases(keys, home, tmp_path):
    first = new_key(home, "eins", *CURVES["curve25519"], passphrase="erstes")
    second = new_key(home, "zwei", *CURVES["curve25519"], passphrase="zweites Wort ä")
    exported = "Das sind Schlüssel:\r\n".encode()
    for key, passphrase in ((first, "erstes"), (second, "zweites Wort ä")):
        secret = ("--export-secret-keys", "--armor", "--passphrase", passphrase, key)
        exported += gpg_itself(home.home, *secret, octets=b"").replace(b"\n", b"\r\n")
    exported += armored("PUBLIC KEY BLOCK", keys.theirs.export(keys.anna))
    folder = tmp_path / "alle"
    folder.mkdir()
    (folder / "schluessel.txt").write_bytes(exported)
    (folder / "PASSPHRASE").write_text("erstes\r\nzweites Wort ä", encoding="utf-8")
    for key in (first, second):
        entity = text(SECRET)
        sealed = gpg_itself(home.home, "--encrypt", "--armor", "-r", key, octets=entity)
        assert open_with(folder, encrypted(sealed)).text == SECRET
        hidden = gpg_itself(home.home, "--encrypt", "--armor", "-R", key, octets=entity)
        assert open_with(folder, encrypted(hidden)).text == SECRET
    entity = text("Hallo\n").replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    assert open_with(tmp_path, signed(entity, keys.signature(entity))).openpgp.signature.is_good


def test_a_passphrase_that_is_missing_or_wrong(home, tmp_path):
    key = new_key(home, "drei", *CURVES["curve25519"], passphrase="richtig")
    secret = ("--export-secret-keys", "--armor", "--passphrase", "richtig", key)
    (tmp_path / "k.asc").write_bytes(gpg_itself(home.home, *secret, octets=b""))
    sealed = encrypted(gpg_itself(home.home, "--encrypt", "--armor", "-r", key, octets=b"x"))
    assert open_with(tmp_path, sealed).openpgp.problem is Problem.PASSPHRASE
    (tmp_path / "passphrase").write_text("falsch\n")
    assert open_with(tmp_path, sealed).openpgp.problem is Problem.PASSPHRASE
    (tmp_path / "passphrase").write_text("falsch\nrichtig\n")
    assert open_with(tmp_path, sealed).openpgp.decrypted


def test_a_folder_with_other_things_in_it(keys, tmp_path):
    (tmp_path / "README.md").write_text("nichts")
    (tmp_path / "leer").write_bytes(b"")
    (tmp_path / "unsinn.gpg").write_bytes(b"\x99\xff\xff\xff\x00" * 20)
    (tmp_path / "anna.asc").write_bytes(armored("PUBLIC KEY BLOCK", keys.theirs.export(keys.anna)))
    entity = text("Hallo\n").replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    found = open_with(tmp_path, signed(entity, keys.signature(entity)))
    assert found.openpgp.signature.fingerprint == keys.anna


def test_a_public_key_without_a_user_id(keys, berta, tmp_path):
    from gateway.mail.packets import Tag, packets  # noqa: PLC0415

    octets = public(berta)
    bare, skip = b"", False
    for packet in packets(octets):
        if packet.tag == Tag.USER_ID:
            skip = True
        elif packet.tag != Tag.SIGNATURE:
            skip = False
        if not skip:
            bare += octets[packet.start : packet.end]
    (tmp_path / "bare.pgp").write_bytes(bare)
    entity = text("Hallo\n").replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    signature = bytes(sign(berta.signer(), entity, mode=SignatureMode.DETACHED))
    found = open_with(tmp_path, signed(entity, signature))
    assert found.openpgp.signature.is_good


def test_the_folder_may_be_a_home_of_gpg(home, tmp_path):
    key = new_key(home, "heim", *CURVES["curve25519"], passphrase="")
    sealed = encrypted(gpg_itself(home.home, "--encrypt", "--armor", "-r", key, octets=b"x"))
    copied = tmp_path / "home"
    shutil.copytree(home.home, copied, ignore=shutil.ignore_patterns("S.*", "*.lock", ".#*"))
    assert open_with(copied, sealed).openpgp.decrypted


def test_a_folder_without_secret_keys(keys, tmp_path):
    (tmp_path / "ours.gpg").write_bytes(keys.gpg.export(keys.ours))
    found = open_with(tmp_path, encrypted(keys.encrypted(text(SECRET))))
    assert found.openpgp.problem is Problem.NO_KEY
    assert not found.openpgp.decrypted
