"""Forwards in arbitrary mail: agent and requester are never mixed up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.mail.forward import chain, forwarded, text_above
from gateway.mail.forward_block import find_block, view_of
from gateway.mail.forward_dates import read_local
from gateway.mail.forward_people import author_of, people_of
from gateway.mail.parse import parse

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
