"""Keys that come with mail, from there to the sealed answer, with real gpg; and who tries what."""

import pytest
from pgpmail import gpg_itself

from gateway.mail.parse import parse
from tests.workers.key_desk import (
    DORA,
    EVE,
    MARIA,
    MARK,
    PROVED,
    UNPROVED,
    attached,
    autocrypt,
    key_desk,
    key_file,
    people,
    plain,
    read_by,
    sealed,
)


@pytest.fixture(scope="module")
def who():
    with people() as found:
        yield found


@pytest.fixture
def desk(tmp_path, who):
    with key_desk(tmp_path / "desk", who) as found:
        yield found


def field(who, name, *, mutual=False):
    return autocrypt(MARIA, who.public(name), mutual=mutual)


def secret(who, text=MARK, signer=""):
    return sealed(who.cipher(plain(f"Es geht um {text}."), signer))


def notice_of(mails):
    return mails[DORA]


@pytest.mark.parametrize("peer", [PROVED, UNPROVED])
def test_an_answer_to_an_encrypted_mail_is_encrypted_to_the_key_that_came_with_it(desk, who, peer):
    asked = desk.take(secret(who), field(who, who.maria), peer=peer)
    told = desk.sent()
    assert desk.keys() == {who.maria: "used" if peer == PROVED else "unproved"}
    assert read_by(who.marias, told[MARIA])  # the confirmation
    left = desk.answers(notice_of(told), f"Liebe Maria, {MARK} gibt es am Freitag.")
    assert "Freitag" in read_by(who.marias, left[MARIA])
    assert read_by(who.eves, left[MARIA]) is None
    assert not any("key" in each for each in desk.events(asked))


def test_an_attached_key_and_one_inside_of_the_encrypted_part_count_too(desk, who):
    desk.take(attached("Hier mein Schlüssel.", key_file(who.public(who.maria))))
    assert desk.keys() == {who.maria: "used"}
    inner = attached(f"Es geht um {MARK}.", key_file(who.public(who.maria2), "0xABC.asc"))
    desk.take(sealed(who.cipher(inner)))
    assert desk.keys() == {who.maria: "used", who.maria2: "waiting"}


def test_a_field_that_only_the_inside_has_counts(desk, who):
    inner = plain(MARK).replace(b"utf-8", b'utf-8; protected-headers="v1"', 1)
    desk.take(sealed(who.cipher(field(who, who.maria).encode() + inner)))
    assert desk.keys() == {who.maria: "used"}


def test_gossip_is_about_others_and_is_not_taken_in(desk, who):
    desk.take(plain("Hallo"), field(who, who.maria).replace("Autocrypt:", "Autocrypt-Gossip:"))
    assert desk.keys() == {}


def test_who_prefers_it_is_answered_encrypted_in_an_ordinary_ticket_too(desk, who):
    desk.take(plain("Haben Sie einen Laptop?"), field(who, who.maria, mutual=True), days_ago=1)
    told = desk.sent()
    left = desk.answers(notice_of(told), "Ja, gern.")
    assert "Ja, gern." in read_by(who.marias, left[MARIA])
    desk.take(plain("Und eine Maus?"), field(who, who.maria))
    assert b"Ja, gern." in desk.answers(desk.sent()[DORA], "Ja, gern.")[MARIA]


# -- what others try -------------------------------------------------------------------------------


def test_a_key_from_a_forged_mail_never_reads_what_came_before_it(desk, who):
    """Maria has written encrypted, without a key; Eve brings one in her name, in every way."""
    desk.take(secret(who), peer=UNPROVED)
    told = desk.sent()
    confirmed = parse(told[MARIA])
    false = field(who, who.false, mutual=True)
    answering = f"In-Reply-To: <{confirmed.message_id}>\r\n"
    to = confirmed.reply_to[0].address
    desk.take(plain("Hallo"), false, peer=UNPROVED)
    desk.take(plain("Hier mein Schlüssel"), false + answering, to=to, peer=UNPROVED)
    desk.take(secret(who, "Erbsen"), false + answering, to=to, peer=UNPROVED)
    assert desk.keys() == {who.false: "unproved"}
    assert "erst benutzt wird, wenn" in " ".join(parse(desk.sent()[DORA]).text.split())
    left = desk.answers(notice_of(told), "Am Freitag, Keller, dritte Tür.")
    assert MARIA not in left
    assert f"!schlüssel annehmen {who.false}" in " ".join(parse(left[DORA]).text.split())
    # Maria's own, proved one takes its place.
    desk.take(plain("Hier mein Schlüssel"), field(who, who.maria))
    assert desk.keys() == {who.maria: "used"}
    desk.sent()
    left = desk.answers(notice_of(told), "Am Freitag, Keller, dritte Tür.")
    assert "dritte" in read_by(who.marias, left[MARIA])
    assert read_by(who.eves, left[MARIA]) is None


def test_who_came_first_with_a_false_key_reads_nothing_of_the_next_ticket(desk, who):
    desk.take(secret(who, "Erbsen"), field(who, who.false, mutual=True), peer=UNPROVED)
    desk.sent()
    desk.take(secret(who), field(who, who.maria), peer=UNPROVED)
    told = desk.sent()
    left = desk.answers(notice_of(told), "Am Freitag, dritte Tür.")
    assert "dritte" in read_by(who.marias, left[MARIA])
    assert read_by(who.eves, left[MARIA]) is None
    desk.take(plain("Ganz offen"), peer=UNPROVED)
    left = desk.answers(notice_of(desk.sent()), "Ja, gern.")
    assert b"Ja, gern." in left[MARIA]


def test_a_ticket_that_a_false_key_opened_reads_nothing_that_comes_into_it(desk, who):
    """Maria answers, or an agent merges hers into it: it is not Eve's alone any more."""
    theirs = desk.take(secret(who, "Erbsen"), field(who, who.false), peer=UNPROVED)
    told = desk.sent()
    asked = desk.take(secret(who), peer=UNPROVED)
    numbers = desk.ticket(asked).ticket.number, desk.ticket(theirs).ticket.number
    desk.sent()
    desk.take(plain("!merge #{} into #{} force".format(*numbers)), sender=DORA,
              to="tickets@truhe.example")  # fmt: skip
    desk.sent()
    assert desk.ticket(theirs).ticket.came_with == ""
    assert MARIA not in desk.answers(notice_of(told), "Am Freitag, dritte Tür.")


def test_words_of_others_in_a_ticket_end_what_its_opening_key_is_good_for(desk, who):
    theirs = desk.take(secret(who, "Erbsen"), field(who, who.false), peer=UNPROVED)
    told = desk.sent()
    confirmed = parse(told[MARIA])
    desk.take(secret(who), f"In-Reply-To: <{confirmed.message_id}>\r\n", peer=UNPROVED,
              to=confirmed.reply_to[0].address)  # fmt: skip
    desk.sent()
    assert desk.ticket(theirs).ticket.came_with == ""
    assert MARIA not in desk.answers(notice_of(told), "Am Freitag, dritte Tür.")


@pytest.mark.parametrize("peer", [PROVED, UNPROVED])
def test_another_key_waits_until_an_agent_accepts_it(desk, who, peer):
    desk.take(secret(who), field(who, who.maria))
    desk.sent()
    asked = desk.take(secret(who), field(who, who.maria2), peer=peer)
    told = desk.sent()
    assert desk.keys() == {who.maria: "used", who.maria2: "waiting"}
    (event,) = desk.events(asked)
    assert who.maria2[:4] in event
    left = desk.answers(notice_of(told), "Am Freitag.")
    first = who.marias.decrypt(left[MARIA][left[MARIA].index(b"-----BEGIN PGP M") :])
    left = desk.answers(notice_of(told), f"!schlüssel annehmen {who.maria2}\n\nAm Samstag.")
    second = who.marias.decrypt(left[MARIA][left[MARIA].index(b"-----BEGIN PGP M") :])
    assert first.key_ids != second.key_ids
    assert desk.keys() == {who.maria2: "used"}
    assert "Samstag" in read_by(who.marias, left[MARIA])


def test_an_agent_is_told_of_another_key_and_accepts_it_by_a_tap(desk, who):
    desk.take(plain("Hallo"), field(who, who.maria))
    desk.sent()
    desk.take(plain("Hallo"), field(who, who.maria2), peer=UNPROVED)
    told = parse(desk.sent()[DORA])
    words = " ".join(told.text.split())
    assert "anderen Schlüssel" in words
    assert "am Telefon" in words
    assert f"accept%20{who.maria2}" in words
    assert not any(line.startswith("!") for line in told.text.splitlines())


def test_a_key_is_forgotten_and_only_known_ones_are_accepted(desk, who):
    desk.take(secret(who), field(who, who.maria))
    told = desk.sent()
    left = desk.answers(notice_of(told), f"!key accept {who.false}")
    assert "nichts" in parse(left[DORA]).text.lower()
    desk.answers(notice_of(told), f"!key forget {who.maria}")
    assert desk.keys() == {}
    assert MARIA not in desk.answers(notice_of(told), "Am Freitag.")


def test_keys_of_others_and_of_a_reply_to_are_no_keys_of_the_author(desk, who):
    desk.take(plain("Hallo"), autocrypt(EVE, who.public(who.eve)), sender=MARIA)
    desk.take(plain("Hallo"), autocrypt(MARIA, who.public(who.eve)), sender=MARIA)
    desk.take(attached("Hallo", key_file(who.public(who.eve))), f"Reply-To: {EVE}\r\n")
    assert (desk.keys(), desk.keys(EVE)) == ({}, {})


def test_no_key_of_an_agent_comes_by_mail(desk, who):
    key = desk.people.eves.generate(("Dora", DORA))
    raw = desk.people.eves.export(key)
    desk.take(plain("Hallo"), autocrypt(DORA, raw), sender=DORA)
    desk.take(attached("Hallo", key_file(raw)), sender=DORA, to="tickets@truhe.example")
    desk.take(attached("Hallo", key_file(raw)), sender=MARIA)
    assert (desk.keys(DORA), desk.keys()) == ({}, {})
    assert desk.parts.rules.gpg.own_keys() == desk.people.ours.own_keys()
    # Attached to an admin's command it is pinned, as the docs say.
    desk.take(attached(f"!account key-add dora {key}", key_file(raw)), sender=DORA,
              to="tickets@truhe.example")  # fmt: skip
    (pinned,) = desk.parts.store.keys.pinned(desk.parts.pipeline.clock())
    assert pinned.key.fingerprint == key
    # Prolonged, it comes again with any mail of hers.
    desk.people.eves.set_expiry(key, "5y")
    longer = autocrypt(DORA, desk.people.eves.export(key))
    desk.take(plain("Hallo"), longer, sender=DORA, peer=UNPROVED)
    (renewed,) = desk.parts.store.keys.pinned(desk.parts.pipeline.clock())
    assert pinned.key.expires is None
    assert renewed.key.expires is not None


def test_a_blocked_author_brings_none(desk, who):
    desk.take(plain(f"!deny {MARIA} advertisements"), sender=DORA, to="tickets@truhe.example")
    desk.take(plain("Hallo"), field(who, who.maria))
    assert desk.keys() == {}


@pytest.mark.parametrize(
    "files",
    [
        [("key.asc", "application/pgp-keys", b"-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nAAAA")],
        [("key.asc", "application/pgp-keys", b"\x99" + b"x" * 600_000)],
        [("key.gpg", "application/octet-stream", b"\x99\xff\xff" * 1000)],
        [(f"{n}.asc", "application/pgp-keys", b"nothing") for n in range(50)],
    ],
)
def test_a_broken_or_giant_key_stops_nothing(desk, files):
    decision = desk.take(attached("Guten Tag", *files))
    assert desk.ticket(decision).entries[0].text.startswith("Guten Tag")
    assert desk.keys() == {}


def test_of_a_flood_of_keys_the_authors_own_is_found_and_few_are_read(desk, who):
    others = [who.public(who.eve)] * 1 + [who.public(who.maria)]
    many = b"".join(others)
    desk.take(attached("Hallo", ("keys.asc", "application/pgp-keys", many)))
    assert desk.keys() == {who.maria: "used"}


def test_a_renewed_key_is_taken_over_and_a_revoked_one_is_written_to_no_more(desk, who):
    gpg = who.marias
    new = gpg.generate(("Maria", MARIA), years=1)
    old = gpg.export(new)
    desk.take(secret(who), autocrypt(MARIA, old))
    told = desk.sent()
    gpg.set_expiry(new, "5y")
    desk.take(plain("Hallo"), autocrypt(MARIA, gpg.export(new)), peer=UNPROVED)

    def known():
        (one,) = desk.parts.store.keys.of_authors(5, desk.parts.pipeline.clock())
        return one.key

    longer = known().expires
    assert (longer - desk.parts.pipeline.clock()).days > 1800
    desk.take(plain("Hallo"), autocrypt(MARIA, old))
    assert known().expires == longer  # an older copy takes nothing back
    note = (gpg.home / "openpgp-revocs.d" / f"{new}.rev").read_text()
    gpg_itself(gpg.home, "--import", octets=note.replace(":-----BEGIN", "-----BEGIN").encode())
    asked = desk.take(plain("Widerrufen"), autocrypt(MARIA, gpg.export(new)), peer=UNPROVED)
    assert known().revoked
    assert len(desk.events(asked)) == 1
    desk.sent()
    assert MARIA not in desk.answers(notice_of(told), "Am Freitag.")
    desk.take(plain("Neu"), field(who, who.maria))
    assert desk.keys() == {who.maria: "used"}


def test_a_signature_by_the_key_that_came_along_proves_nothing(desk, who):
    first = desk.take(secret(who, signer=who.maria), field(who, who.maria))
    again = desk.take(secret(who, signer=who.maria), field(who, who.maria))
    false = desk.take(secret(who, signer=who.false), field(who, who.false), peer=UNPROVED)
    later = desk.take(secret(who, signer=who.false), peer=UNPROVED)
    flags = [desk.ticket(each).entries[0].flags for each in (first, again, false, later)]
    assert ["signed" in each for each in flags] == [False, True, False, False]
    assert ["unproved-signature" in each for each in flags] == [True, False, True, True]
