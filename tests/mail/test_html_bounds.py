"""HTML whose text would be larger than any mail gives a text of bounded size."""

import pytest

from gateway.mail.html import text_of, texts_of

ROW = "<tr><td>a</td><td>b</td></tr>"


@pytest.mark.parametrize(
    "html",
    [
        '<p style="margin-top:99999em">x</p>' * 1000,
        '<p style="padding-left:99999em">x</p>' * 1000,
        "<table><tr><td>" + "x" * 100_000 + "</td><td>y</td></tr>" + ROW * 2000 + "</table>",
        "<ul>" * 200 + "<li>x" * 5000,
        "<table><tr>" + "<td>x</td>" * 3000 + "</tr>" + "<tr><td>x</td></tr>" * 3000 + "</table>",
        "<table><tr><td>" + "x<br>" * 5000 + "</td>" + "<td>y</td>" * 2000 + "</tr></table>",
        "<table><tr><td>" * 60 + "x" * 50 + "</td></tr></table>" * 60,
    ],
    ids=["margin", "indent", "wide table", "lists", "ragged table", "high table", "nested tables"],
)
def test_the_text_of_html_is_not_much_larger_than_its_source(html):
    assert len(text_of(html)) <= 10 * len(html)


def test_a_table_stays_a_table():
    html = "<table><tr><th>Name</th><th>Preis</th></tr><tr><td>Maus</td><td>12</td></tr></table>"
    assert [line.split() for line in text_of(html).splitlines()] == [
        ["Name", "Preis"],
        ["Maus", "12"],
    ]


def test_what_a_style_hides_stays_hidden_and_what_it_keeps_stays_apart():
    html = (
        '<p>Hallo <span style="color:red">rot</span><span style="display:none">weg</span>'
        '<b style="display:block">Zeile</b></p>'
    )
    assert text_of(html).split() == ["Hallo", "rot", "Zeile"]


def test_what_stands_below_a_million_characters_of_html_is_read():
    html = "<p>Zeile &amp; mehr</p>\n" * 60_000 + "<p>Ende &lt;3</p>"
    text, new = texts_of(html)
    assert (text.count("Zeile & mehr"), new.count("Zeile & mehr")) == (60_000, 60_000)
    assert text.endswith("\nEnde <3")
    assert new.endswith("\nEnde <3")
