"""What is encrypted is opened and what is signed is checked, in every structure there is."""

from base64 import b64encode
from quopri import encodestring

import pytest
from pgpmail import (
    HEADER,
    encrypted,
    encrypted_parts,
    gpg_itself,
    multipart,
    new_gpg,
    part,
    signed,
    signed_entity,
    text,
)

from gateway.crypto.opener import GpgOpener
from gateway.mail.parse import attachment_bytes, parse
from gateway.model.openpgp import Covers, Problem, Verdict

SECRET = "Grüße aus Köln,\n\ndas bleibt unter uns."
PDF = b"%PDF-1.4 \x00\xff not really"


def crlf(content: bytes) -> bytes:
    return content.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def is_signed_by_anna(keys, found, covers=Covers.ALL):
    signature = found.message.openpgp.signature
    assert signature is not None
    assert (signature.verdict, signature.covers) == (Verdict.VALID, covers)
    assert signature.fingerprint == keys.anna


def is_open(found, plain=SECRET):
    assert found.message.text == plain
    assert found.message.openpgp.decrypted
    assert found.message.openpgp.problem is Problem.NONE


def test_encrypted_mail_is_read(keys):
    found = keys.open(encrypted(keys.encrypted(text(SECRET))))
    is_open(found)
    assert found.message.openpgp.signature is None
    assert found.message.attachments == ()


def test_encrypted_and_signed_in_one_is_signed_as_a_whole(keys):
    found = keys.open(encrypted(keys.encrypted(text(SECRET), signed=True)))
    is_open(found)
    is_signed_by_anna(keys, found)


def test_signed_and_then_encrypted(keys):
    entity = text(SECRET)
    inner = signed_entity(entity, keys.signature(entity))
    found = keys.open(encrypted(keys.encrypted(inner)))
    is_open(found)
    is_signed_by_anna(keys, found)
    assert found.message.attachments == ()


def test_encrypted_and_then_signed(keys):
    entity = multipart(
        "encrypted; protocol=application/pgp-encrypted",
        *encrypted_parts(keys.encrypted(text(SECRET))),
        boundary="enc",
    )
    found = keys.open(signed(entity, keys.signature(entity)))
    is_open(found)
    is_signed_by_anna(keys, found)


def test_signed_encrypted_and_signed_again(keys):
    entity = text(SECRET)
    inner = signed_entity(entity, keys.signature(entity))
    middle = multipart(
        "encrypted; protocol=application/pgp-encrypted",
        *encrypted_parts(keys.encrypted(inner, signed=True)),
        boundary="enc",
    )
    found = keys.open(signed(middle, keys.signature(middle)))
    is_open(found)
    is_signed_by_anna(keys, found)


def test_attachments_are_read_out_of_what_was_encrypted(keys):
    file = part(
        "application/pdf",
        b64encode(PDF),
        "Content-Transfer-Encoding: base64",
        'Content-Disposition: attachment; filename="plan.pdf"',
    )
    inner = multipart("mixed", text(SECRET), file, boundary="in")
    found = keys.open(encrypted(keys.encrypted(inner, signed=True)))
    is_open(found)
    is_signed_by_anna(keys, found)
    (plan,) = found.message.attachments
    assert plan.filename == "plan.pdf"
    assert attachment_bytes(found.content, [plan.part]) == [PDF]


def test_html_and_text_inside(keys):
    html = part("text/html; charset=utf-8", "<p>Grüße aus Köln</p>".encode())
    inner = multipart("alternative", text(SECRET), html, boundary="alt")
    found = keys.open(encrypted(keys.encrypted(inner)))
    is_open(found)
    assert "<p>Grüße" in found.message.html


@pytest.mark.parametrize("line_end", [b"\r\n", b"\n"])
@pytest.mark.parametrize(
    "entity",
    [
        text("Hallo\n"),
        text("Leerzeichen am Ende   \n-- \nAnna\n"),
        text("From hier\n.\n..\nEnde\n"),
        text("\n\nlange " + "x" * 2000 + "\n\n\n"),
        part("text/plain; charset=iso-8859-1", b"Gr\xfc\xdfe\n", "Content-Transfer-Encoding: 8bit"),
        part("text/plain; charset=utf-8; format=flowed", b" >gestopft \nweiter\n"),
        part(
            "text/plain; charset=utf-8",
            encodestring("Größe = 5\n".encode()),
            "Content-Transfer-Encoding: quoted-printable",
        ),
        part("text/plain", b"ohne Zeilenende"),
        b"\nohne Kopf\n",
        multipart("mixed", text("Eins\n"), text("Zwei\n"), boundary="in--side"),
    ],
    ids=lambda value: value[:40] if isinstance(value, bytes) else None,
)
def test_signed_octets_are_checked_as_they_are(keys, entity, line_end):
    entity = crlf(entity)
    raw = signed(entity, keys.signature(entity)).replace(b"\r\n", line_end)
    found = keys.open(raw)
    is_signed_by_anna(keys, found)
    assert found.message.attachments == ()


def test_a_changed_letter_is_a_bad_signature(keys):
    entity = crlf(text("Bitte 100 Euro\n"))
    raw = signed(entity, keys.signature(entity)).replace(b"100 Euro", b"900 Euro")
    signature = keys.open(raw).message.openpgp.signature
    assert (signature.verdict, signature.covers) == (Verdict.BAD, Covers.NOTHING)
    assert signature.fingerprint == ""


def test_changed_line_ends_inside_are_a_bad_signature(keys):
    entity = crlf(text("Eins\nZwei\n"))
    raw = signed(entity, keys.signature(entity)).replace(b"Eins\r\nZwei", b"Eins\r\n\r\nZwei")
    assert keys.open(raw).message.openpgp.signature.verdict is Verdict.BAD


def test_an_unknown_signer_is_named_as_such(keys):
    entity = crlf(text("Hallo\n"))
    found = keys.open(signed(entity, keys.signature(entity)), keys.gpg.export(keys.ours))
    assert found.message.openpgp.signature.verdict is Verdict.UNKNOWN_KEY
    assert keys.anna.endswith(found.message.openpgp.signature.key_id[-16:])
    assert found.message.text == "Hallo"


# -- inline ----------------------------------------------------------------------------------------


def inline(body: bytes, *fields: bytes, kind: bytes = b"text/plain; charset=utf-8") -> bytes:
    more = b"".join(field + b"\r\n" for field in fields)
    return HEADER + b"Content-Type: " + kind + b"\r\n" + more + b"\r\n" + body


def test_armor_as_the_whole_text(keys):
    found = keys.open(inline(keys.encrypted(SECRET.encode(), signed=True)))
    is_open(found)
    is_signed_by_anna(keys, found)


@pytest.mark.parametrize("encoding", [b"base64", b"quoted-printable"])
def test_armor_in_an_encoded_text(keys, encoding):
    armor = keys.encrypted(SECRET.encode())
    body = b64encode(armor) if encoding == b"base64" else encodestring(armor)
    is_open(keys.open(inline(body, b"Content-Transfer-Encoding: " + encoding)))


def test_armor_between_other_text_is_opened_where_it_stands(keys):
    armor = keys.encrypted(b"geheim", signed=True)
    found = keys.open(inline(b"Vorher\r\n\r\n" + armor + b"\r\nNachher\r\n"))
    assert found.message.text == "Vorher\n\ngeheim\n\nNachher"
    is_signed_by_anna(keys, found, Covers.PART)
    assert found.message.openpgp.signed_text == "geheim"


def test_two_blocks_of_armor(keys):
    both = keys.encrypted(b"eins", signed=True) + b"\r\n" + keys.encrypted(b"zwei", signed=True)
    found = keys.open(inline(both))
    assert found.message.text == "eins\n\nzwei"
    is_signed_by_anna(keys, found, Covers.PART)


@pytest.mark.parametrize("kind", [b"text/plain; charset=iso-8859-1", b"text/plain", b"text/html"])
def test_the_charset_inside_is_utf8_whatever_the_outside_says(keys, kind):
    armor = keys.encrypted("Größe".encode())
    body = b"<pre>" + armor + b"</pre>" if b"html" in kind else armor
    assert keys.open(inline(body, kind=kind)).message.text == "Größe"


def test_the_charset_that_the_armor_names(keys):
    armor = keys.encrypted("Größe".encode("iso-8859-15"))
    armor = armor.replace(b"\r\n\r\n", b"\r\nCharset: iso-8859-15\r\n\r\n", 1)
    assert keys.open(inline(armor)).message.text == "Größe"


def test_a_clearsigned_text(keys):
    found = keys.open(inline(keys.clearsigned("Grüße\n\n- Punkt\nFrom Anna\n".encode())))
    assert found.message.text == "Grüße\n\n- Punkt\nFrom Anna"
    is_signed_by_anna(keys, found)


def test_text_around_a_clearsigned_one_is_not_signed(keys):
    block = keys.clearsigned(b"gilt\n")
    found = keys.open(inline(b"davor\r\n" + block + b"dahinter\r\n"))
    assert found.message.text == "davor\ngilt\n\ndahinter"
    is_signed_by_anna(keys, found, Covers.PART)
    assert found.message.openpgp.signed_text.strip() == "gilt"


def test_a_clearsigned_text_in_another_charset_than_it_was_signed_in(keys):
    block = keys.clearsigned("Grüße\n".encode()).decode().encode("iso-8859-1")
    found = keys.open(inline(block, kind=b"text/plain; charset=iso-8859-1"))
    assert found.message.text == "Grüße"
    is_signed_by_anna(keys, found)


def test_a_clearsigned_text_whose_lines_were_stuffed(keys):
    block = keys.clearsigned(b"> zitiert\nFrom Anna\n")
    stuffed = b"\r\n".join(
        b" " + line if line.startswith((b">", b"From ")) else line for line in block.split(b"\r\n")
    )
    found = keys.open(inline(stuffed, kind=b"text/plain; format=flowed"))
    is_signed_by_anna(keys, found)


def test_clearsigned_inside_of_encrypted_armor(keys):
    found = keys.open(inline(keys.encrypted(keys.clearsigned(b"beides\n"))))
    assert found.message.text == "beides"
    is_signed_by_anna(keys, found)


def test_a_signed_message_that_is_not_encrypted(keys):
    armor = keys.run("--sign", "--armor", "--local-user", keys.anna, octets=b"nur signiert\n")
    found = keys.open(inline(crlf(armor)))
    assert found.message.text == "nur signiert"
    is_signed_by_anna(keys, found)
    assert not found.message.openpgp.encrypted


def test_armor_in_both_forms_of_a_text_is_shown_once(keys):
    armor = keys.encrypted(SECRET.encode())
    html = b"<html><body>" + armor.replace(b"\r\n", b"<br>\r\n") + b"</body></html>"
    body = multipart("alternative", part("text/plain", armor), part("text/html", html))
    found = keys.open(HEADER + body)
    is_open(found)
    assert "BEGIN PGP" not in found.message.html


def test_armor_with_blanks_that_do_not_belong_there(keys):
    armor = keys.encrypted(SECRET.encode()).replace(b"\r\n", b" \r\n")
    is_open(keys.open(inline(armor)))


# -- files -----------------------------------------------------------------------------------------


def attached(name: str, content: bytes, kind: str = "application/octet-stream") -> bytes:
    fields = (
        "Content-Transfer-Encoding: base64",
        f'Content-Disposition: attachment; filename="{name}"',
    )
    return part(kind, b64encode(content), *fields)


@pytest.mark.parametrize("suffix", ["pgp", "gpg", "asc"])
def test_encrypted_files_are_opened(keys, suffix):
    content = keys.encrypted(PDF)
    if suffix != "asc":
        content = keys.run("--encrypt", "--recipient", keys.ours, octets=PDF)
    body = multipart("mixed", text("Anbei"), attached(f"plan.pdf.{suffix}", content))
    found = keys.open(HEADER + body)
    (plan,) = found.message.attachments
    assert (plan.filename, plan.content_type) == ("plan.pdf", "application/pdf")
    assert attachment_bytes(found.content, [plan.part]) == [PDF]
    assert found.message.text == "Anbei"
    assert found.message.openpgp.decrypted


def test_armored_text_with_encrypted_files_beside_it(keys):
    armor = part("text/plain; charset=utf-8", keys.encrypted(SECRET.encode(), signed=True))
    file = attached("plan.pdf.pgp", keys.encrypted(PDF, signed=True))
    found = keys.open(HEADER + multipart("mixed", armor, file))
    is_open(found)
    assert [one.filename for one in found.message.attachments] == ["plan.pdf"]
    is_signed_by_anna(keys, found, Covers.PART)


def test_a_file_with_its_signature_beside_it(keys):
    signature = keys.run("--detach-sign", "--local-user", keys.anna, octets=PDF)
    files = (attached("plan.pdf", PDF), attached("plan.pdf.sig", signature))
    found = keys.open(HEADER + multipart("mixed", text("Anbei"), *files))
    is_signed_by_anna(keys, found, Covers.PART)


def test_a_message_in_a_file_is_read_as_the_mail(keys):
    file = attached("encrypted.asc", keys.encrypted(text(SECRET)))
    is_open(keys.open(HEADER + multipart("mixed", text(""), file)))
    is_open(
        keys.open(HEADER + multipart("mixed", attached("msg.asc", keys.encrypted(SECRET.encode()))))
    )


# -- what programs on the way make of it -----------------------------------------------------------


@pytest.mark.parametrize("version", ["application/pgp-encrypted", "application/octet-stream"])
def test_a_mail_that_exchange_took_apart(keys, version):
    parts = (
        part("text/plain; charset=us-ascii", b"\r\n"),
        part(
            f'{version}; name="PGPMIME Versions Identification"',
            b64encode(b"Version: 1\r\n"),
            "Content-Transfer-Encoding: base64",
        ),
        attached("encrypted.asc", keys.encrypted(text(SECRET), signed=True)),
    )
    found = keys.open(HEADER + multipart("mixed", *parts))
    is_open(found)
    is_signed_by_anna(keys, found)
    assert found.message.attachments == ()


def test_the_footer_of_a_list_is_outside(keys):
    entity = crlf(text("Unterschrieben\n"))
    inner = signed_entity(entity, keys.signature(entity))
    found = keys.open(HEADER + multipart("mixed", inner, text("Verteiler, abmelden\n")))
    is_signed_by_anna(keys, found, Covers.PART)
    assert found.message.openpgp.signed_text == "Unterschrieben"
    assert found.message.text == "Unterschrieben\n\nVerteiler, abmelden"


def test_an_encrypted_mail_with_the_footer_of_a_list(keys):
    inner = multipart(
        "encrypted; protocol=application/pgp-encrypted",
        *encrypted_parts(keys.encrypted(text(SECRET), signed=True)),
        boundary="enc",
    )
    found = keys.open(HEADER + multipart("mixed", inner, text("Verteiler")))
    assert found.message.text == SECRET + "\n\nVerteiler"
    is_signed_by_anna(keys, found, Covers.PART)


def test_a_footer_inside_of_the_signed_structure(keys):
    entity = crlf(text("Unterschrieben\n"))
    raw = signed(entity, keys.signature(entity), HEADER, text("Verteiler\n"))
    is_signed_by_anna(keys, keys.open(raw), Covers.PART)


def test_a_signed_mail_that_became_mixed(keys):
    entity = crlf(text("Unterschrieben\n"))
    body = multipart("mixed", entity, part("application/pgp-signature", keys.signature(entity)))
    is_signed_by_anna(keys, keys.open(HEADER + body))


def test_the_ciphertext_alone(keys):
    armor = keys.encrypted(text(SECRET))
    is_open(keys.open(HEADER + part("application/octet-stream", armor)))
    is_open(keys.open(HEADER + part("application/pgp-encrypted", armor)))


def test_the_version_is_missing(keys):
    armor = part("application/octet-stream", keys.encrypted(text(SECRET)))
    is_open(keys.open(HEADER + multipart("encrypted; protocol=application/pgp-encrypted", armor)))


def test_text_without_a_header_inside(keys):
    is_open(keys.open(encrypted(keys.encrypted(SECRET.encode()))))
    is_open(keys.open(encrypted(keys.encrypted(b"\n" + SECRET.encode()))), SECRET)


def test_binary_ciphertext(keys):
    octets = keys.run("--encrypt", "--recipient", keys.ours, octets=text(SECRET))
    second = part(
        "application/octet-stream", b64encode(octets), "Content-Transfer-Encoding: base64"
    )
    version = part("application/pgp-encrypted", b"Version: 1\r\n")
    is_open(
        keys.open(
            HEADER + multipart("encrypted; protocol=application/pgp-encrypted", version, second)
        )
    )


# -- keys ------------------------------------------------------------------------------------------


def test_hidden_recipients(keys):
    armor = keys.run("--encrypt", "--armor", "--hidden-recipient", keys.ours, octets=text(SECRET))
    found = keys.open(encrypted(armor))
    is_open(found)
    assert found.message.openpgp.key_ids == ()


def test_others_are_written_to_as_well(keys):
    to = ("--recipient", keys.anna, "--recipient", keys.ours, "--hidden-recipient", keys.anna)
    is_open(keys.open(encrypted(keys.run("--encrypt", "--armor", *to, octets=text(SECRET)))))


def test_what_is_not_for_us_stays_closed_and_says_why(keys):
    armor = keys.run("--encrypt", "--armor", "--recipient", keys.anna, octets=text(SECRET))
    found = keys.open(encrypted(armor))
    assert found.message.openpgp.problem is Problem.NO_KEY
    assert found.message.openpgp.encrypted
    assert not found.message.openpgp.decrypted
    assert len(found.message.openpgp.key_ids) == 1


def test_armor_that_stays_closed_is_not_shown(keys):
    armor = keys.run("--encrypt", "--armor", "--recipient", keys.anna, octets=b"nichts")
    found = keys.open(inline(b"Vorher\r\n" + crlf(armor) + b"Nachher\r\n"))
    assert found.message.text == "Vorher\n[…]\nNachher"
    assert found.message.openpgp.problem is Problem.NO_KEY


def test_a_password_is_no_key(keys):
    armor = gpg_itself(
        keys.theirs.home, "--symmetric", "--armor", "--passphrase", "andere", octets=b"x"
    )
    assert keys.open(inline(crlf(armor))).message.openpgp.problem is Problem.PASSWORD


# -- protected headers -----------------------------------------------------------------------------


def test_the_subject_inside_wins(keys):
    entity = b"Subject: =?utf-8?q?Das_geheime_Thema?=\r\nReferences: <0@example.org>\r\n" + text(
        SECRET
    ).replace(b"utf-8", b'utf-8; protected-headers="v1"', 1)
    raw = encrypted(keys.encrypted(entity), HEADER.replace(b"Frage", b"..."))
    found = keys.open(raw)
    is_open(found)
    assert found.message.subject == "Das geheime Thema"
    assert found.message.references == ("0@example.org",)
    assert set(found.message.openpgp.protected) == {"subject", "references"}
    assert found.message.openpgp.contradicted == ()


def test_a_subject_that_says_nothing_is_no_contradiction(keys):
    header = HEADER.replace(b"Subject: Frage", b"Subject: Subject Unavailable")
    for more, subject in (('; protected-headers="v1"', "Innen"), ("", "Subject Unavailable")):
        inner = part(f"text/plain{more}", b"x", "Subject: Innen")
        found = keys.open(encrypted(keys.encrypted(inner), header)).message
        assert found.subject == subject
        assert found.openpgp.contradicted == ()


def test_a_contradiction_is_told(keys):
    entity = b"Subject: Innen\r\nFrom: Eva <eva@example.org>\r\n" + text(SECRET).replace(
        b"utf-8", b'utf-8; hp="cipher"', 1
    )
    found = keys.open(encrypted(keys.encrypted(entity)))
    assert found.message.subject == "Innen"
    assert found.message.author.address == "anna@example.org"
    assert set(found.message.openpgp.contradicted) == {"subject", "from"}


def test_what_was_said_outside_on_purpose_is_no_contradiction(keys):
    entity = b"Subject: Innen\r\nHP-Outer: Subject: Frage\r\n" + text(SECRET).replace(
        b"utf-8", b'utf-8; hp="cipher"', 1
    )
    found = keys.open(encrypted(keys.encrypted(entity)))
    assert (found.message.subject, found.message.openpgp.contradicted) == ("Innen", ())


def test_a_signed_subject_wins_unless_the_signature_is_bad(keys):
    entity = crlf(b"Subject: Innen\r\n" + text("Ja\n").replace(b"utf-8", b'utf-8; hp="clear"', 1))
    raw = signed(entity, keys.signature(entity))
    assert keys.open(raw).message.subject == "Innen"
    bad = keys.open(raw.replace(b"Ja", b"Je"))
    assert bad.message.subject == "Frage"
    assert bad.message.openpgp.contradicted == ("subject",)


def test_the_copy_of_the_header_for_old_programs_is_left_out(keys):
    legacy = part('text/plain; charset=utf-8; protected-headers="v1"', b"Subject: Innen\r\n")
    inner = multipart('mixed; protected-headers="v1"', legacy, text(SECRET), boundary="in")
    found = keys.open(encrypted(keys.encrypted(b"Subject: Innen\r\n" + inner)))
    is_open(found)
    assert found.message.subject == "Innen"
    shown = text("Subject: Innen\n\n" + SECRET).replace(
        b"utf-8", b'utf-8; hp="cipher"; hp-legacy-display="1"', 1
    )
    found = keys.open(encrypted(keys.encrypted(b"Subject: Innen\r\n" + shown)))
    is_open(found)


def test_a_whole_message_inside(keys):
    entity = part("message/rfc822; forwarded=no", b"Subject: Innen\r\n" + text(SECRET))
    found = keys.open(encrypted(keys.encrypted(entity)))
    assert found.message.text == SECRET


def test_the_mark_that_mailboxes_put_before_from(keys):
    entity = crlf(text("Hallo\nFrom hier\n"))
    raw = signed(entity, keys.signature(entity)).replace(b"\nFrom hier", b"\n>From hier")
    is_signed_by_anna(keys, keys.open(raw))


def test_a_copy_of_the_header_is_all_there_is(keys):
    copied = part('text/rfc822-headers; protected-headers="v1"', b"Subject: Innen\r\n")
    inner = multipart('mixed; protected-headers="v1"', copied, text(SECRET), boundary="in")
    found = keys.open(encrypted(keys.encrypted(inner), HEADER.replace(b"Frage", b"...")))
    is_open(found)
    assert found.message.subject == "Innen"


@pytest.mark.parametrize(
    "before", [b"\r\n\r\n", b"\xef\xbb\xbf", b"From anna Mon Mar  2 10:00:00 2026\r\n"]
)
def test_what_stands_before_the_header(keys, before):
    is_open(keys.open(before + encrypted(keys.encrypted(text(SECRET)))))


def test_a_good_signature_by_somebody_else_is_not_the_authors(keys):
    entity = crlf(text("Hallo\n"))
    raw = signed(entity, keys.gpg.sign(entity, keys.ours)[0])
    known = (keys.theirs.export(keys.anna),)
    found = GpgOpener(keys.gpg, lambda _: known, of_author=True).open(raw, parse(raw))
    assert found.message.openpgp.signature.verdict is Verdict.OTHER_KEY
    assert not found.message.openpgp.signature.is_good
    raw = signed(entity, keys.signature(entity))
    found = GpgOpener(keys.gpg, lambda _: known, of_author=True).open(raw, parse(raw))
    assert found.message.openpgp.signature.verdict is Verdict.VALID


def test_armor_inside_of_a_clearsigned_text(keys):
    block = keys.clearsigned(keys.encrypted(b"innen").replace(b"\r\n", b"\n"))
    found = keys.open(inline(block))
    assert found.message.text == "innen"
    is_signed_by_anna(keys, found)


def test_encrypted_and_signed_by_somebody_unknown_is_read(keys):
    other = new_gpg(keys.gpg.home.parent / "u")
    eva = other.generate(("Eva", "eva@example.org"))
    made = other.encrypt(text(SECRET), [keys.gpg.export(keys.ours)], eva)
    other.close()
    found = keys.open(encrypted(crlf(made)))
    is_open(found)
    assert found.message.openpgp.signature.verdict is Verdict.UNKNOWN_KEY
