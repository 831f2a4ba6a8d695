"""The structure around OpenPGP, without gpg: what any octets lead to, and what is seen outside."""

from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pgpmail import HEADER, encrypted, multipart, part, signed, text

from gateway.mail.armor import MESSAGE, SIGNED_MESSAGE, armored, blocks, dearmor
from gateway.mail.layers import unsound
from gateway.mail.opened import open_mail
from gateway.mail.packets import BrokenPackets, packets
from gateway.mail.parse import parse
from gateway.mail.slices import Entity, canonical, joined
from gateway.model.openpgp import Covers, Opened, Problem, Signature, Verdict

FINGERPRINT = "A" * 40
PKESK = b"\xc1\x03\x03ab"
SEIPD = b"\xd2\x05\x01abcd"
CIPHERTEXT = PKESK + SEIPD


class Opens:
    """Tools that open everything to one content, with a good signature."""

    def __init__(self, content=b"Content-Type: text/plain\r\n\r\ninnen\r\n"):
        self.content = content
        self.calls = 0

    def decrypt(self, octets):
        self.calls += 1
        good = Signature(Verdict.VALID, FINGERPRINT)
        return Opened(self.content, signature=good)

    def verify(self, octets, signature):
        self.calls += 1
        return Signature(Verdict.VALID, FINGERPRINT)


def opened(raw, tools=None):
    return open_mail(raw, parse(raw), tools or Opens())


ARMOR = armored(MESSAGE, CIPHERTEXT).replace(b"\n", b"\r\n")
SAMPLES = [
    encrypted(ARMOR),
    signed(text("Hallo\r\n"), armored("SIGNATURE", b"\xc2\x01x")),
    HEADER + b"Content-Type: text/plain\r\n\r\n" + ARMOR,
    HEADER + multipart("mixed", text("a"), encrypted(ARMOR, b""), text("b")),
    HEADER + multipart("alternative", part("text/plain", ARMOR), part("text/html", ARMOR)),
    HEADER + multipart("mixed", part('application/octet-stream; name="x.pgp"', CIPHERTEXT)),
]


@given(st.binary(max_size=300))
def test_any_octets_are_a_mail(octets):
    for raw in (octets, HEADER + octets, HEADER + b"Content-Type: multipart/signed\n\n" + octets):
        opened(raw)
    dearmor(octets)
    blocks(octets)


@given(
    st.sampled_from(SAMPLES),
    st.lists(
        st.tuples(st.integers(0, 3000), st.binary(max_size=12), st.integers(0, 40)), max_size=6
    ),
)
def test_any_change_of_a_mail_is_a_mail(raw, changes):
    for place, new, length in changes:
        here = place % len(raw)
        raw = raw[:here] + new + raw[here + length :]
    found = opened(raw)
    assert not any("not readable" in defect for defect in found.message.defects)


@given(
    st.recursive(
        st.just(ARMOR), lambda inner: st.lists(inner, min_size=1, max_size=3), max_leaves=8
    )
)
def test_any_nesting_is_opened_in_bounded_work(tree):
    def entity(node, depth=0):
        if isinstance(node, bytes):
            return part("text/plain", node)
        return multipart("mixed", *(entity(one, depth + 1) for one in node), boundary=f"b{depth}")

    tools = Opens(b"innen")
    opened(HEADER + entity(tree), tools)
    assert tools.calls <= 40


def test_what_opens_to_itself_again_comes_to_an_end():
    tools = Opens(encrypted(ARMOR, b""))
    found = opened(encrypted(ARMOR), tools)
    assert tools.calls <= 40
    assert found.message.openpgp.encrypted


def test_a_message_of_very_many_parts_is_bounded():
    tools = Opens(b"innen")
    many = [part("text/plain", armored(MESSAGE, PKESK * n + SEIPD)) for n in range(1, 80)]
    found = opened(HEADER + multipart("mixed", *many), tools)
    assert tools.calls <= 30
    assert found.message.openpgp.problem is Problem.TOO_BIG


@pytest.mark.parametrize(
    ("raw", "is_encrypted", "is_signed"),
    [
        (HEADER + text("Hallo"), False, False),
        (encrypted(ARMOR), True, False),
        (signed(text("x"), b""), False, True),
        (HEADER + b"\r\n" + ARMOR, True, False),
        (
            HEADER + text("> -----BEGIN PGP MESSAGE-----\r\n> x\r\n> -----END PGP MESSAGE-----"),
            False,
            False,
        ),
        (
            HEADER + multipart("mixed", text("x"), part("message/rfc822", encrypted(ARMOR))),
            False,
            False,
        ),
        (
            HEADER
            + multipart("mixed", text("x"), part('application/x; name="a.pdf.gpg"', CIPHERTEXT)),
            True,
            False,
        ),
        (HEADER + multipart("mixed", encrypted(ARMOR, b""), text("Liste")), True, False),
        (
            HEADER + part("text/plain", b64encode(ARMOR), "Content-Transfer-Encoding: base64"),
            True,
            False,
        ),
    ],
)
def test_what_is_seen_without_a_key(raw, is_encrypted, is_signed):
    seen = parse(raw).openpgp
    assert (seen.encrypted, seen.signed) == (is_encrypted, is_signed)


def test_a_part_is_sliced_to_the_octet():
    first, second = b"A: 1\r\n\r\n\r\nx \r\n\r\n", b"\r\n--b-00\r\n-- b-0\r\nlast"
    found = Entity(multipart("mixed", first, second)).children()
    assert [one.octets for one in found] == [first, second]
    bare = multipart("mixed", first, second).replace(b"\r\n", b"\n")
    assert [canonical(one.octets) for one in Entity(bare).children()] == [first, second]


@given(st.lists(st.binary(max_size=60), min_size=1, max_size=4))
def test_parts_that_are_put_together_come_apart_again(parts):
    again = Entity(joined((), parts)).children()
    assert [one.octets for one in again] == parts


@given(st.binary(min_size=1, max_size=500))
def test_armor_comes_back(octets):
    block = armored(MESSAGE, octets)
    assert [one.kind for one in blocks(block)] == [MESSAGE]
    if octets[0] >= 0x80:
        assert dearmor(b"davor\r\n" + block.replace(b"\n", b"\r\n")) == octets


@given(st.binary(max_size=200))
def test_packets_end_or_say_that_they_are_broken(octets):
    try:
        found = list(packets(octets))
    except BrokenPackets:
        return
    assert not found or found[-1].end == len(octets)


@pytest.mark.parametrize(
    ("octets", "problem"),
    [
        (CIPHERTEXT, Problem.NONE),
        (PKESK * 3 + SEIPD, Problem.NONE),
        (b"\xca\x03PGP" + CIPHERTEXT, Problem.NONE),
        (CIPHERTEXT + CIPHERTEXT, Problem.DAMAGED),
        (CIPHERTEXT + b"\xcb\x01b", Problem.DAMAGED),
        (PKESK, Problem.DAMAGED),
        (PKESK + b"\xc9\x02ab", Problem.NO_INTEGRITY),
        (CIPHERTEXT[:-1], Problem.DAMAGED),
        (b"", Problem.DAMAGED),
        (PKESK * 300 + SEIPD, Problem.DAMAGED),
    ],
)
def test_what_may_be_given_to_gpg(octets, problem):
    assert unsound(octets) is problem


def test_a_block_ends_where_its_kind_ends():
    clear = (
        b"-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nx\n-----BEGIN PGP SIGNATURE-----\n\n"
        b"aaaa\n-----END PGP SIGNATURE-----\n"
    )
    (block,) = blocks(b"davor\n" + clear + b"danach")
    assert block.kind == SIGNED_MESSAGE
    assert (b"davor\n" + clear)[block.start : block.end] == clear.rstrip()


def test_the_signature_covers_what_is_alone_to_be_seen():
    def covers(*parts):
        found = opened(HEADER + multipart("mixed", *parts))
        return found.message.openpgp.signature.covers

    inner = encrypted(ARMOR, b"")
    assert covers(inner) is Covers.ALL
    assert covers(text("  \r\n"), inner, part("text/html", b"<p>&nbsp;</p>")) is Covers.ALL
    assert covers(inner, part("image/png", b"x")) is Covers.PART
    assert covers(inner, text("."), text("")) is Covers.PART
    assert covers(inner, encrypted(ARMOR, b"")) is Covers.PART


@pytest.mark.parametrize("size", range(200, 420))
def test_a_message_of_any_size_is_seen(size):
    octets = PKESK + b"\xd2\xff" + size.to_bytes(4, "big") + bytes(size)
    for line_end in (b"\n", b"\r\n"):
        block = armored(MESSAGE, octets)
        block = block.replace(b"\n-----END", b"\n=rOZa\n-----END").replace(b"\n", line_end)
        assert parse(HEADER + b"\r\n" + block).openpgp.encrypted
        assert dearmor(block) == octets
