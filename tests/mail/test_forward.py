"""Forwards in arbitrary mail: agent and requester are never mixed up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.mail.forward import chain, forwarded, text_above
from gateway.mail.forward_block import find_block, view_of
from gateway.mail.forward_dates import read_local
from gateway.mail.forward_people import author_of, people_of
from gateway.mail.marker import MARKER
from gateway.mail.parse import attachment_bytes, parse

HEAD = "From: joerg@verein.example\nTo: help@verein.example\nSubject: WG: X\n"
HEAD += "Date: Mon, 2 Mar 2026 10:11:12 +0100\nContent-Type: text/plain; charset=utf-8\n\n"
SHAPES = (
    "---------- Forwarded message ---------\n{}",
    "-------- Weitergeleitete Nachricht --------\n{}",
    "Anfang der weitergeleiteten Nachricht:\n\n{}",
    "________________________________\n{}",
    "{}",
)
BLOCK = (
    "Von: Anna <anna@kunde.example>\nGesendet: Montag, 2. März 2026 08:00\n"
    "An: help@verein.example\nBetreff: Drucker\n"
)
pieces = st.sampled_from(
    [
        "", " ", "> ", "Von: ", "From:", "Anna <anna@kunde.example>", "a@b.example", "Gesendet: ",
        "Montag, 2. März 2026 08:00", "An:", "Betreff: X", "Subject:", "Re:", "Cc: ", "!close",
        "---------- Forwarded message ---------", "-----Original Message-----", "____________",
        "Begin forwarded message:", "----- End forwarded message -----", "-- ", "wrote:",
        "Am 03.03.25 um 10:15 schrieb Max <max@x.example>:", "Message-ID: <a@b>", "\u202e", "<",
    ]
)  # fmt: skip
texts = st.lists(st.lists(pieces | st.text(max_size=8), max_size=3).map("".join), max_size=16).map(
    "\n".join
)
words = st.lists(st.from_regex(r"[a-z]{4,9}( [a-z]{4,9}){0,4}", fullmatch=True), max_size=5)


def mail(author, subject, *parts, text="siehe Anhang"):
    head = f"From: {author}\nSubject: {subject}\nDate: Mon, 2 Mar 2026 08:00:00 +0100\n"
    head += f"Message-ID: <{subject}@x.example>\nMIME-Version: 1.0\n"
    mark = f"grenze-{subject}"
    head += f'Content-Type: multipart/mixed; boundary="{mark}"\n\n'
    pieces = [f"Content-Type: text/plain; charset=utf-8\n\n{text}", *parts]
    return head + "".join(f"--{mark}\n{piece}\n" for piece in pieces) + f"--{mark}--\n"


def file(name, content):
    head = f'Content-Type: application/pdf\nContent-Disposition: attachment; filename="{name}"'
    return f"{head}\n\n{content}"


def attached(inner):
    return "Content-Type: message/rfc822\n\n" + inner


def everything(source):
    raw = source.encode()
    message = parse(raw)
    return message, raw, chain(message, raw)


def read(body):
    raw = (HEAD + body).encode("utf-8", "surrogatepass")
    message = parse(raw)
    return message, raw, forwarded(message, raw)


@given(texts)
def test_any_body_gives_a_forward_or_none_and_all_of_it_stands_in_the_mail(body):
    message, raw, found = read(body)
    assert all(mail.text is not None for mail in chain(message, raw))
    mail_text = "".join(message.text.split()).replace(">", "")
    if found:
        assert "".join(found.text.split()).replace(">", "") in mail_text


@given(st.binary(max_size=300))
def test_any_bytes_give_a_forward_or_none(raw):
    message = parse(raw)
    assert isinstance(text_above(message), str)
    assert len(chain(message, raw)) <= 8


@given(words, words, st.sampled_from(SHAPES), st.booleans())
def test_what_the_agent_typed_and_what_was_passed_on_are_kept_apart(typed, told, shape, quoted):
    typed = [f"!neu {line}" for line in typed]
    passed_on = BLOCK + "\n" + "\n".join(f"!close {line}" for line in told)
    if quoted:
        passed_on = "\n".join(f"> {line}" for line in passed_on.split("\n"))
    message, _, found = read("\n".join(typed) + "\n\n" + shape.format(passed_on))
    assert found is not None
    assert found.author is not None
    assert found.author.address == "anna@kunde.example"
    assert found.text.split("\n") == ([f"!close {line}" for line in told] or [""])
    assert text_above(message).split("\n") == (typed or [""])
    assert "!neu" not in found.text


@given(texts, texts)
def test_no_line_below_the_beginning_of_a_forward_is_what_the_agent_typed(above, below):
    body = f"{above}\n\n---------- Forwarded message ---------\n{BLOCK}\n!sentinel\n{below}"
    message, _, found = read(body)
    if found and "!sentinel" in found.text:
        assert "!sentinel" not in text_above(message)


@pytest.mark.parametrize(
    "value",
    [
        "Anna Müller",
        "",
        "anna@kunde.example, ben@kunde.example",
        "anna@kunde.example <mallory@boese.example>",
        '"anna@kunde.example" <mallory@boese.example>',
        "Anna <anna@kunde.example> <mallory@boese.example>",
        "<anna@kunde.example>@boese.example",
        "Anna <anna@kunde>",
        "Anna <@kunde.example>",
        "Anna <anna@kun\u0434e.example>",
        "Anna <anna\u200b@kunde.example>",
        "\u202eelpmaxe.ednuk@anna <anna@kunde.example>",
        "Anna <anna@@kunde.example>",
        "Anna <anna@kunde..example>",
        '"Anna B"@kunde.example',
    ],
)
def test_nobody_is_better_than_the_wrong_one(value):
    assert author_of(value) is None


@pytest.mark.parametrize(
    ("value", "address", "name"),
    [
        ("Müller, Anna <anna@kunde.example>", "anna@kunde.example", "Müller, Anna"),
        ('"Anna Müller" <anna@kunde.example>', "anna@kunde.example", "Anna Müller"),
        ("'anna@kunde.example' <anna@kunde.example>", "anna@kunde.example", ""),
        ("Anna [mailto:anna@kunde.example]", "anna@kunde.example", "Anna"),
        ("Anna <mailto:anna@kunde.example>", "anna@kunde.example", "Anna"),
        ("Anna (anna@kunde.example)", "anna@kunde.example", "Anna"),
        ("a@kunde.example<mailto:a@kunde.example>", "a@kunde.example", ""),
        ("A <a@kunde.example<mailto:a@kunde.example>>", "a@kunde.example", "A"),
        ("Anna@Kunde.example", "Anna@Kunde.example", ""),
        ("Sean O'Hara <o'hara@kunde.example>", "o'hara@kunde.example", "Sean O'Hara"),
        ("Jörg <jörg@bücher.example>", "jörg@bücher.example", "Jörg"),
        ("<anna@kunde\n .example>", "anna@kunde.example", ""),
        ("Anna | Firma <anna@kunde.example>", "anna@kunde.example", "Anna | Firma"),
    ],
)
def test_one_address_is_found_in_the_form_of_each_program(value, address, name):
    found = author_of(value)
    assert found is not None
    assert (found.address, found.name) == (address, name)


def test_recipients_without_an_address_are_left_out():
    found = people_of("Lager; Anna <anna@kunde.example>; Ben [mailto:ben@kunde.example]")
    assert [box.address for box in found] == ["anna@kunde.example", "ben@kunde.example"]


@pytest.mark.parametrize(
    ("value", "iso"),
    [
        ("Montag, 2. März 2026 08:00", "2026-03-02T08:00:00+00:00"),
        ("mar. 3 mars 2026 à 08:00", "2026-03-03T08:00:00+00:00"),
        ("lunes, 2 de marzo de 2026 8:00 p. m.", "2026-03-02T20:00:00+00:00"),
        ("pon., 2 mar 2026 o 08:00", "2026-03-02T08:00:00+00:00"),
        ("2 Mart 2026 Pazartesi 08:00", "2026-03-02T08:00:00+00:00"),
        ("пн, 2 бер. 2026 р. о 08:00", "2026-03-02T08:00:00+00:00"),
        ("segunda-feira, 2 de março de 2026 08:00", "2026-03-02T08:00:00+00:00"),
        ("po 2. března 2026 8:00", "2026-03-02T08:00:00+00:00"),
        ("maanantai 2. maaliskuuta 2026 8.00", "2026-03-02T08:00:00+00:00"),
        ("2. marts 2026 08:00", "2026-03-02T08:00:00+00:00"),
        ("March 2, 2026 at 8:00:00 AM GMT+1", "2026-03-02T08:00:00+01:00"),
        ("02.03.26 08:00 (GMT+01:00)", "2026-03-02T08:00:00+01:00"),
        ("3/2/2026 8:00 PM", "2026-03-02T20:00:00+00:00"),
        ("12/3/2026 12:05 AM", "2026-12-03T00:05:00+00:00"),
        ("Mon, 2 Mar 2026 08:00:00 -0500 (EST)", "2026-03-02T08:00:00-05:00"),
        ("2. März 2026 um 08:00:00 MESZ", "2026-03-02T08:00:00+02:00"),
    ],
)
def test_a_date_is_read_in_the_language_of_the_program(value, iso):
    found = read_local(value)
    assert found is not None
    assert found.isoformat() == iso


@pytest.mark.parametrize("value", ["", "heute", "2.3.2026", "31. Februar 2026 08:00", "08:00"])
def test_what_names_no_moment_is_no_date(value):
    assert read_local(value) is None


@given(st.text(max_size=60))
def test_any_words_give_a_date_or_none(value):
    assert read_local(value) is None or read_local(value).tzinfo is not None


@pytest.mark.parametrize(
    "text",
    [
        "Von: Lager 1\nAn: Lager 2\nBetreff: Umzug",
        "Von: Lager 1\nAn: Lager 2\nDatum: 3.3.2026\nBitte umbuchen.",
        "Bitte an: anna@kunde.example schreiben",
        "Betreff: Drucker\nAn: anna@kunde.example",
        "Datum: 2.3.2026 08:00\nOrt: Berlin",
        "text\n> Begin forwarded\n> Von: Anna <anna@kunde.example>\n> Betreff: X\n> An: b@x.de",
    ],
)
def test_what_people_write_is_no_forward(text):
    assert find_block(view_of(text)) is None


@pytest.mark.parametrize(
    "piece",
    [
        "Von: a@b.example\n", "Von:\nAn:\n", "Betreff: x\n\n", "> Von:\n", ">" * 50 + "\n", "-----",
        "----- Forwarded message -----\n", "Von: <\n", "Von: a An: b Betreff: c Datum: d ", "@",
        "Begin forwarded message:\n\n", "X-A: b\n", "<a@b", "Am 3.3.25 10:15 schrieb Max:\n",
        "VON: AN: BETREFF: DATUM: " * 70 + "\n", "-A:B:C:" + "ABCD" * 450 + "\n",
        "Von: x\nCc: y\n z\n z\n z\n",
    ],
)  # fmt: skip
def test_a_large_body_of_one_shape_is_read_in_one_pass(piece):
    view = view_of(piece * (300_000 // len(piece)))
    assert find_block(view) is None or find_block(view).body <= len(view.raw)
    author_of(piece * 2000)
    people_of(piece * 2000)


def test_a_bounce_is_no_forward():
    body = (
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n"
        "From: mailer-daemon@x.example\n\n--b\n\nfailed\n--b\n"
        "Content-Type: message/delivery-status\n\nFinal-Recipient: rfc822; a@b.example\n"
        "Action: failed\nStatus: 5.1.1\n\n--b\nContent-Type: message/rfc822\n\n"
        "From: help@verein.example\nSubject: X\n\nx\n--b--\n"
    )
    raw = body.encode()
    assert forwarded(parse(raw), raw) is None


def test_files_of_an_attached_mail_are_found_in_the_outer_one():
    inner = mail("anna@kunde.example", "Drucker", file("a.pdf", "AAA"), file("b.pdf", "BBB"))
    source = mail(
        "joerg@verein.example", "WG", file("own.pdf", "OWN"), attached(inner), text="!neu"
    )
    message, raw, (found,) = everything(source)
    assert found.attached
    assert found.message_id == "Drucker@x.example"
    assert [one.filename for one in found.attachments] == ["a.pdf", "b.pdf"]
    numbers = [one.part for one in (*found.attachments, *message.attachments[:1])]
    assert attachment_bytes(raw, numbers) == [b"AAA", b"BBB", b"OWN"]
    assert text_above(message) == "!neu"


def test_a_part_number_that_names_nothing_in_an_attached_mail_gives_nothing():
    raw = mail("joerg@verein.example", "WG", attached(mail("anna@kunde.example", "X"))).encode()
    assert attachment_bytes(raw, [9 << 16 | 1, 1 << 16 | 9, 1 << 40, -1, -(1 << 16)]) == [b""] * 5


def test_a_mail_in_an_attached_mail_comes_after_it():
    first = mail("anna@kunde.example", "Drucker", file("a.pdf", "AAA"))
    second = mail("ben@verein.example", "WG2", attached(first))
    source = mail("joerg@verein.example", "WG1", attached(second), text="!neu")
    _, raw, found = everything(source)
    assert [one.author.address for one in found] == ["ben@verein.example", "anna@kunde.example"]
    assert [one.attached for one in found] == [True, True]
    for one in found:
        names = [file.filename for file in one.attachments]
        assert names == ["WG2.eml"] or names == ["Drucker.eml"]
        assert b"anna@kunde.example" in attachment_bytes(raw, [one.attachments[0].part])[0]


def test_a_forward_in_the_body_of_an_attached_mail_comes_after_it():
    inner = mail("ben@verein.example", "WG2", text=f"bitte nehmen\n\n{BLOCK}\nHilfe")
    _, _, found = everything(mail("joerg@verein.example", "WG1", attached(inner), text="!neu"))
    assert [one.author.address for one in found] == ["ben@verein.example", "anna@kunde.example"]
    assert found[1].text == "Hilfe"
    assert not found[1].attached


def test_an_attached_mail_with_the_same_subject_says_who_wrote_where_the_body_names_nobody():
    block = BLOCK.replace(" <anna@kunde.example>", "")
    inner = mail("anna@kunde.example", "Drucker")
    source = mail("joerg@verein.example", "WG", attached(inner), text=f"!neu\n\n{block}\nHilfe")
    message, _, (found,) = everything(source)
    assert found.attached
    assert found.author.address == "anna@kunde.example"
    assert text_above(message) == "!neu"


def test_a_mail_attached_to_what_was_passed_on_in_the_body_is_a_file_of_it():
    inner = mail("fremd@x.example", "Anlage")
    source = mail("joerg@verein.example", "WG", attached(inner), text=f"!neu\n\n{BLOCK}\nHilfe")
    _, _, (found,) = everything(source)
    assert found.author.address == "anna@kunde.example"
    assert [one.filename for one in found.attachments] == ["Anlage.eml"]


def test_a_file_that_only_has_the_name_of_a_mail_is_none():
    part = "Content-Type: application/octet-stream; name=x.eml\n\nkein Brief"
    message, raw, found = everything(mail("joerg@verein.example", "WG", part, text="!neu"))
    assert found == ()
    assert forwarded(message, raw) is None


def test_an_answer_to_our_own_notification_is_no_forward():
    message, _, found = read(f"!nimm\n\n{BLOCK}\n{MARKER}\n\n| !close")
    assert found is None
    assert text_above(message) == "!nimm"


def test_a_forwarded_answer_to_a_mail_of_ours_is_a_forward():
    message, _, found = read(f"!neu\n\n{BLOCK}\nJa.\n\nHelpdesk schrieb:\n> {MARKER}\n> Hallo")
    assert found is not None
    assert found.author.address == "anna@kunde.example"
    assert text_above(message) == "!neu"


def test_a_header_block_in_a_quotation_that_is_answered_is_no_forward():
    quoted = "\n".join(f"> {line}" for line in f"{BLOCK}\nHilfe".split("\n"))
    attribution = "Am 03.03.25 um 10:15 schrieb Max Muster <max@x.example>:"
    message, _, found = read(f"!notiz ja\n\n{attribution}\n{quoted}")
    assert found is None
    assert text_above(message) == "!notiz ja"


@pytest.mark.parametrize("lost", range(4))
def test_below_a_header_block_that_lost_a_line_nothing_is_a_command(lost):
    block = "\n".join(line for n, line in enumerate(BLOCK.split("\n")) if n != lost)
    message, _, _ = read(f"!neu\n\n{block}\nHilfe\n!close")
    lines = text_above(message).split("\n")
    assert lines[0] == "!neu"
    assert "!close" not in lines


def test_commands_below_a_header_that_the_agent_typed_alone_stay_commands():
    body = "!neu anna@kunde.example Drucker\n\nAn: Lager\nBitte prüfen.\n!notiz ja"
    message, _, found = read(body)
    assert found is None
    assert text_above(message) == body
