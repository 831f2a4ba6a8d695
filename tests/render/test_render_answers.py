"""Answers to our own mails, as mail programs write them: only what was typed is new."""

import re
from dataclasses import replace
from email.message import EmailMessage
from email.policy import SMTP
from html import escape
from textwrap import fill

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from render_values import MARIA, body_of, html_of, notification, receipt, response

from gateway.mail.body import new_text_of_html
from gateway.mail.html import text_of
from gateway.mail.parse import parse
from gateway.model.answers import HelpText, ReceiptLine
from gateway.model.route import Action
from gateway.model.text import say
from gateway.policy.commands.read import read
from gateway.render.samples import SAMPLE_NOW

ACTIONS = tuple(Action(say(label), word) for label, word in (("Take", "claim"), ("Close", "close")))
REQUEST = """Guten Tag,

ich brauche einen Laptop für die Schule meiner Tochter.
!zu
- !spam
Am 1.3. hatte ich schon geschrieben:
> !löschen

Viele Grüße
Maria Müller"""
TYPED = ("Liebe Maria,\n\nder Laptop ist da.\n\nAnna", "!nehmen", "!notiz\nruft zurück", "!warten")
ATTRIBUTION = "Am Di., 3. März 2026 um 14:05 Uhr schrieb Verein – Köln <berlin@verein.example>:"
HEADS = "Von: Verein – Köln <berlin@verein.example>\nGesendet: Dienstag, 3. März 2026 14:05\n"
HEADS += "An: Anna <anna@example.net>\nBetreff: [#1042] Rechner für Jörg"


def typed_as(tag, typed):
    return "".join(f"<{tag}>{escape(line) or '<br>'}</{tag}>" for line in typed.split("\n"))


def gmail(typed, inner):
    return (
        f'<div dir="ltr">{typed_as("div", typed)}</div><br>'
        '<div class="gmail_quote gmail_quote_container"><div dir="ltr" class="gmail_attr">'
        f'{escape(ATTRIBUTION)}<br></div><blockquote class="gmail_quote" style="margin:0px 0px 0px'
        " 0.8ex;border-left:1px solid rgb(204,204,204);padding-left:1ex"
        f'">{inner}</blockquote></div>'
    )


def outlook(typed, inner):
    heads = escape(HEADS).replace("\n", "<br>")
    return (
        f'<div class="WordSection1">{typed_as("p", typed)}<p class="MsoNormal">&nbsp;</p>'
        "<div><div style='border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm'>"
        f'<p class="MsoNormal">{heads}</p></div></div><p class="MsoNormal">&nbsp;</p>{inner}</div>'
    )


def outlook_web(typed, inner):
    heads = escape(HEADS).replace("\n", "<br>")
    return (
        f'{typed_as("div", typed)}<div id="appendonsend"></div><hr style="display:inline-block;'
        f'width:98%"><div id="divRplyFwdMsg" dir="ltr"><font>{heads}</font><div>&nbsp;</div></div>'
        f"{inner}"
    )


def apple(typed, inner):
    return (
        f'{typed_as("div", typed)}<div><br><blockquote type="cite"><div>{escape(ATTRIBUTION)}</div>'
        f'<br class="Apple-interchange-newline"><div>{inner}</div></blockquote></div>'
    )


def thunderbird(typed, inner):
    return (
        f'{typed_as("p", typed)}<div class="moz-cite-prefix">{escape(ATTRIBUTION)}<br></div>'
        f'<blockquote type="cite" cite="mid:1042.abc@verein.example">{inner}</blockquote>'
    )


def bare(typed, inner):
    """Programs that only put the old mail below the new text."""
    return f"{typed_as('div', typed)}<br>{inner}"


HTML = (gmail, outlook, outlook_web, apple, thunderbird, bare)


def below_attribution(typed, text):
    quoted = "\n".join(f"> {line}".rstrip() for line in text.splitlines())
    return f"{typed}\n\n{ATTRIBUTION}\n\n{quoted}\n"


def broken(typed, text):
    quoted = "\n".join(
        fill(line, 66, initial_indent="> ", subsequent_indent="> ", drop_whitespace=True) or ">"
        for line in text.splitlines()
    )
    return f"{typed}\n\n{ATTRIBUTION}\n{quoted}\n"


def below_heads(typed, text):
    return f"{typed}\n\n{HEADS}\n\n{text}\n"


def below_heads_broken(typed, text):
    lines = "\n".join(fill(line, 72) for line in text.splitlines())
    return f"{typed}\n\n{HEADS}\n\n{lines}\n"


def at_once(typed, text):
    return f"{typed}\n\n{text}\n"


PLAIN = (below_attribution, broken, below_heads, below_heads_broken, at_once)


def sent(composer, mail):
    """Text, text made of the HTML, and what stands in the body of the HTML."""
    (composed,) = composer.compose((mail,), b"", SAMPLE_NOW)
    html = html_of(composed)
    inner = re.search(r"<body[^>]*>(.*)</body>", html, re.DOTALL)
    assert inner
    return body_of(composed), text_of(html), inner[1]


def answer(plain=None, html=None):
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"] = "anna@example.net", "berlin+rtoken@verein.example"
    mail["Message-ID"], mail["Subject"] = "<answer@example.net>", "Re: [#1042] Rechner für Jörg"
    if plain is not None:
        mail.set_content(plain)
    if html is not None:
        page = f"<html><head><style>p{{margin:0}}</style></head><body>{html}</body></html>"
        if plain is None:
            mail.set_content(page, subtype="html")
        else:
            mail.add_alternative(page, subtype="html")
    return parse(mail.as_bytes())


def words(text):
    return [line for line in text.splitlines() if line.strip()]


def news():
    return notification(REQUEST, actions=ACTIONS, fields=(("Ort", "!zu"),))


@pytest.mark.parametrize("typed", TYPED)
@pytest.mark.parametrize("shape", HTML)
def test_only_what_was_typed_above_our_html_is_new(composer, shape, typed):
    _, _, inner = sent(composer, news())
    message = answer(html=shape(typed, inner))
    assert words(message.reply) == words(typed)
    assert words(new_text_of_html(message.html)) == words(typed)


@pytest.mark.parametrize("typed", TYPED)
@pytest.mark.parametrize("quoting", PLAIN)
def test_only_what_was_typed_above_the_text_of_either_part_is_new(composer, quoting, typed):
    for text in sent(composer, news())[:2]:
        assert words(answer(quoting(typed, text)).reply) == words(typed)


@pytest.mark.parametrize("typed", TYPED)
@pytest.mark.parametrize("shape", HTML)
@pytest.mark.parametrize("quoting", PLAIN)
def test_both_parts_of_an_answer_ask_for_the_same(composer, quoting, shape, typed):
    _, text, inner = sent(composer, news())
    message = answer(quoting(typed, text), shape(typed, inner))
    understood = read(message.reply, new_text_of_html(message.html))
    assert not understood.problems
    assert words(message.reply) == words(typed)


@pytest.mark.parametrize("shape", [gmail, outlook, outlook_web, apple, thunderbird])
def test_an_answer_to_a_receipt_or_to_a_response_has_only_what_was_typed(composer, shape):
    lines = (ReceiptLine(True, 1, "!nehmen", say("open")), ReceiptLine(False, 0, "!x", say("x")))
    mails = (
        receipt(lines=lines, answers=(HelpText(""),), own_text=REQUEST, done=False),
        response("Liebe Maria,\n\nbitte bringen Sie mit:\n- Ausweis\n- Kabel\n\n> Frage\n\nAnna"),
    )
    for mail in mails:
        _, _, inner = sent(composer, mail)
        message = answer(html=shape("!nehmen", inner))
        assert message.reply == "!nehmen"


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    text=st.text(max_size=120)
    | st.text(st.sampled_from("!\uff01az \t-*#<>|\r\n\u2028\ufeff"), max_size=80),
    name=st.text(max_size=30) | st.sampled_from(["!zu", "- !zu", "Von: X", "\n!zu"]),
)
@example(text="!zu\n\n-- \n!spam\n\nVon: x\n!warten", name="!zu")
def test_no_words_of_a_requester_are_taken_for_an_agents_command(composer, text, name):
    mail = notification(
        text,
        subject=name,
        author=replace(MARIA, name=name),
        actions=ACTIONS,
        fields=((name, name),),
    )
    plain, shown, inner = sent(composer, mail)
    for message in (
        *(answer(html=shape("!nehmen", inner)) for shape in HTML),
        *(answer(quoting("!nehmen", quoted)) for quoting in PLAIN for quoted in (plain, shown)),
    ):
        understood = read(message.reply, new_text_of_html(message.html) or None)
        assert [type(command).__name__ for command in understood.commands] == ["Claim"]
        assert not understood.reply
        assert not understood.problems
