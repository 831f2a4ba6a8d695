"""The HTML of a mail: the same words, no command in any line, nothing from elsewhere."""

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from lxml.html import document_fromstring
from render_values import (
    MARIA,
    ROUTE,
    TICKET,
    attachment,
    body_of,
    commands_in,
    html_of,
    notification,
    parsed,
    receipt,
    response,
)

from gateway.mail.html import text_of
from gateway.mail.marker import MARKER
from gateway.model.address import Mailbox
from gateway.model.answers import HelpText, ReceiptLine, TicketLine, TicketList, TicketView
from gateway.model.route import Action, InlineImage
from gateway.model.text import say
from gateway.model.ticket import Entry, EntryId, EntryKind
from gateway.render.samples import SAMPLE_NOW, samples

TEXTS = st.text(st.characters(), max_size=200) | st.text(
    st.sampled_from(
        "!\uff01az1 \t-*#•<&>|\r\n\x0b\x0c\x0e\x0f\x10\x12\x13\x85\u2028\u200b\ufeff\0"
    ),
    max_size=80,
)
quick = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
PIXEL = b"\x89PNG\r\n\x1a\n" + bytes(60)


def one(composer, mail, raw=b""):
    (composed,) = composer.compose((mail,), raw, SAMPLE_NOW)
    assert max(map(len, (composed.head + composed.tail).split(b"\r\n"))) <= 998
    return composed


def pieces(html):
    """What a program would make of it that begins a line at each tag."""
    found: list[str] = []

    class Reader(HTMLParser):
        def handle_data(self, data):
            found.append(data)

    Reader().feed(re.sub(r"<(?:style|title)>.*?</(?:style|title)>", "", html, flags=re.DOTALL))
    return "\n".join(found)


def everything(text, word):
    """A notification and a receipt with these words wherever words of others stand."""
    author = Mailbox("x@example.org", word)
    ticket = replace(TICKET, subject=word, requester=author)
    entries = (
        Entry(EntryId(1), EntryKind.MESSAGE, author, SAMPLE_NOW, text, attachments=(word,)),
        Entry(EntryId(2), EntryKind.EVENT, author, SAMPLE_NOW, "", event=word),
    )
    answers = (
        TicketList(say("%(x)s", x=word), (TicketLine(ticket, word, word),), 1),
        TicketView(ticket, word, word, entries, full=True, entry_count=2),
        HelpText(""),
    )
    line = ReceiptLine(False, 0, word, say("%(x)s", x=word))
    return (
        notification(
            text,
            subject=word,
            author=author,
            actor=word,
            responsible=word,
            fields=((word, word), ("Ort", text)),
            actions=(Action(say("%(x)s", x=word), word), Action(say("Take"), "claim")),
        ),
        receipt(
            done=False, head=say("%(x)s", x=word), lines=(line,), answers=answers, own_text=text
        ),
    )


# --- what an answer could turn into a command ---


@quick
@given(text=TEXTS, word=TEXTS)
@example("!löschen", "!zu")
@example("Hallo\n\n - !delete\r\n\u2028!zu", "\uff01zu")
@example("wort " * 14 + "!löschen " * 30, "- !zu")
@example("> !zu\n>> !zu\n</div><p>!zu", "<br>!zu")
def test_neither_text_nor_html_of_a_mail_to_an_agent_has_a_line_that_is_a_command(
    composer, text, word
):
    for mail in everything(text, word):
        composed = one(composer, mail)
        html = html_of(composed)
        assert not commands_in(body_of(composed))
        assert not commands_in(text_of(html))
        assert not commands_in(pieces(html))


def test_no_line_of_the_html_of_a_sample_is_a_command(composer):
    for mail in composer.compose(samples(), b"", SAMPLE_NOW):
        assert not commands_in(text_of(html_of(mail))), mail.kind
        assert not commands_in(pieces(html_of(mail))), mail.kind


def test_each_line_of_a_requester_carries_its_mark_in_html_too(composer):
    html = html_of(one(composer, notification("Erste\n\n!zu\u2028<b>vierte</b>")))
    assert "| Erste\n|\n| !zu\n| <b>vierte</b>\n" in text_of(html)


# --- the same words ---


@quick
@given(text=TEXTS)
@example("<script>alert(1)</script> & &amp; <!-- x")
@example("]]> \x00 \ud800 \u202e")
def test_html_of_a_requester_or_an_agent_is_shown_and_never_is_html(composer, text):
    for mail in (notification(text), response(text)):
        tree = document_fromstring(html_of(one(composer, mail)))
        tags = {element.tag for element in tree.iter() if isinstance(element.tag, str)}
        assert tags <= _OUR_TAGS
        assert not tree.xpath("//comment()")


_OUR_TAGS = frozenset(
    "html head meta title style body div p br h1 h2 ul li blockquote table tr th td a hr".split()
)


def test_text_and_html_say_the_same_words(composer):
    for mail in composer.compose(samples(), b"", SAMPLE_NOW):
        if "image/png" in {part.get_content_type() for part in parsed(mail).walk()}:
            continue
        text = re.sub(r"<mailto:\S+>|-{3,}|-- |^- |: *$", " ", body_of(mail), flags=re.MULTILINE)
        said = re.findall(r"\w+", text_of(html_of(mail)))
        assert said == re.findall(r"\w+", text), mail.kind


def test_the_marker_stands_first_in_the_html_of_a_notification(composer):
    assert text_of(html_of(one(composer, notification()))).startswith(MARKER + "\n")


def test_every_mail_is_readable_by_everybody_and_loads_nothing(composer):
    for mail in composer.compose(samples(), b"", SAMPLE_NOW):
        tree = document_fromstring(html_of(mail))
        assert tree.get("lang") in ("de", "en")
        assert tree.findtext(".//title") == parsed(mail)["subject"]
        assert tree.xpath("//meta[@name='color-scheme']/@content") == ["light dark"]
        assert not tree.xpath("//table[not(@role)][not(.//th[@scope])]")
        assert not tree.xpath("//script | //link | //form | //*[@background]")
        assert all(source.startswith("cid:") for source in tree.xpath("//@src"))
        assert all(tree.xpath("//img/@alt"))
        assert "url(" not in html_of(mail)
        assert "background" not in html_of(mail)
        assert all(href.startswith(("mailto:", "https://")) for href in tree.xpath("//@href"))


# --- an agent's words ---


def words(composer, text):
    tree = document_fromstring(html_of(one(composer, response(text))))
    for part in tree.xpath("//p[@class='quiet'] | //head"):
        part.drop_tree()
    return tree


def test_paragraphs_lists_and_lines_of_an_agent_stay(composer):
    tree = words(composer, "Liebe Maria,\nhallo!\n\nbitte mitbringen:\n- Ausweis\n- Kabel\n\nAnna")
    assert [text_of_element(p) for p in tree.iter("p")] == [
        "Liebe Maria,\nhallo!",
        "bitte mitbringen:",
        "Anna",
    ]
    assert [li.text_content() for li in tree.iter("li")] == ["Ausweis", "Kabel"]


def text_of_element(element):
    return "".join(element.itertext()).replace("\r\n", "\n")


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("siehe https://x.example/a?b=c&d=e.", "https://x.example/a?b=c&d=e"),
        ("(https://x.example/)", "https://x.example/"),
        ("https://x.example/a_(b)!", "https://x.example/a_(b)"),
        ("<https://x.example/>", "https://x.example/"),
    ],
)
def test_a_web_address_is_a_link_without_the_signs_around_it(composer, text, address):
    (link,) = words(composer, text).iter("a")
    assert link.get("href") == address == link.text
    assert text in words(composer, text).text_content()


@pytest.mark.parametrize(
    "text", ["javascript:alert(1)", "http:x", 'https://"onclick=x', "data:text/html,x", "www.x.y"]
)
def test_nothing_else_is_a_link(composer, text):
    assert not list(words(composer, text).iter("a"))


def test_an_agents_list_of_signs_is_no_markup(composer):
    text = "# kein Titel\n| kein Zitat\n-----\n-- \nName: Wert"
    assert text in body_of(one(composer, response(text)))
    assert not words(composer, text).xpath("//h1 | //hr | //blockquote | //table")


# --- parts ---


def test_text_comes_first_and_html_is_the_better_part(composer):
    mail = parsed(one(composer, notification()))
    assert mail.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]


def test_an_image_of_the_mail_itself_is_found_by_its_content_id(composer):
    image = InlineImage("chart.1@verein.example", PIXEL, say("Ticket #%(number)s", number=7))
    composed = one(composer, receipt(images=(image,)))
    mail = parsed(composed)
    related = mail.get_payload(1)
    assert [part.get_content_type() for part in mail.walk()] == [
        "multipart/alternative",
        "text/plain",
        "multipart/related",
        "text/html",
        "image/png",
    ]
    (picture,) = document_fromstring(html_of(composed)).iter("img")
    part = related.get_payload(1)
    assert f"<{picture.get('src').removeprefix('cid:')}>" == part["content-id"]
    assert part.get_payload(decode=True) == PIXEL
    assert picture.get("alt") == "Ticket #7"
    assert "[Ticket #7]" in body_of(composed)


def test_a_long_text_in_a_foreign_script_is_not_blown_up(composer):
    composed = one(composer, response("日本語の手紙です。" * 300))
    assert "日本語の手紙です。" * 300 in html_of(composed)
    assert len(composed.head) < 300 * 9 * 3 * 2 * 1.5 + 6_000


def test_a_left_out_attachment_is_named_in_both_parts(composer):
    big = replace(attachment("Film.mp4", b"x", "video/mp4"), size=30_000_000)
    composed = one(composer, response(attachments=(big,)))
    for text in (body_of(composed), text_of(html_of(composed))):
        assert "nicht angehängt: Film.mp4 (30 MB)" in text


def test_each_agent_gets_links_with_an_address_of_their_own(composer):
    actions = (Action(say("Take"), "claim"),)
    routes = [replace(ROUTE, reply_to=f"berlin+{token}@verein.example") for token in ("a1", "b2")]
    for text in ("Hallo", "Привет, мир. " * 50, "ü" * 600):
        mails = [notification(text, route=route, actions=actions) for route in routes]
        for mail, token in zip(composer.compose(mails, b"", SAMPLE_NOW), ("a1", "b2"), strict=True):
            for part in (body_of(mail), html_of(mail)):
                assert f"mailto:berlin%2B{token}@verein.example?" in part
                assert "\x13" not in part
            assert not parsed(mail).defects
            for line in mail.head.split(b"\r\n"):
                assert len(line) <= 998


def test_a_requester_cannot_write_the_mark_of_the_reply_address(composer):
    composed = one(composer, notification("\x13 a=13 =13", author=replace(MARIA, name="\x13")))
    assert "rtoken" not in body_of(composed) + html_of(composed)
    assert "a=13 =13" in body_of(composed)
