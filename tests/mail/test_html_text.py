"""HTML as a person reads it: what stands apart stays apart, what is hidden stays hidden."""

import pytest

from gateway.mail.html import text_of

SAFE = "https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fb.example%2Fz%3Fa%3D1&data=05"


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<font>A</font><center>B</center>C", "A\nB\nC"),
        ("<dl><dt>Maus</dt><dd>fehlt</dd></dl>", "Maus\nfehlt"),
        ("<button>Senden</button><select><option>eins</option></select>", "Senden\neins"),
        ("<ol start=3><li>drei</li><li>vier</li></ol>", "3. drei\n4. vier"),
        ("<ol><li value=7>sieben</li><li><p>acht</p></li></ol>", "7. sieben\n8. acht"),
        ("<p hidden>weg</p><svg><text>weg</text></svg><p>da</p>", "da"),
        ("<p>Ja <img alt='😀' src='x.gif'> gern</p>", "Ja 😀 gern"),
        ("<p>Ja <img alt='Logo' src='x.gif'>gern</p>", "Ja gern"),
        ("<p>Donau&shy;dampf&#8203;schiff</p>", "Donaudampfschiff"),
        ("<p>&zwnj; &zwnj;&nbsp;&zwnj;</p><p>da</p>", "da"),
        (f"<a href='{SAFE.replace('&', '&amp;')}'>hier</a>", "hier <https://b.example/z?a=1>"),
        (f"<a href='{SAFE}'>https://b.example/z?a=1</a>", "https://b.example/z?a=1"),
        (
            "<a href='https://urldefense.com/v3/__https://b.example/z__;!!abc!x$'>hier</a>",
            "hier <https://b.example/z>",
        ),
        ("<p>eins</p><p>&nbsp;</p><p></p><p>&nbsp;</p><p>zwei</p>", "eins\n\nzwei"),
        ("<p>5 &lt; 6 &amp;amp; &euro;</p>", "5 < 6 &amp; €"),
        ("<!--[if mso]><p>weg</p><![endif]--><p>da</p>", "da"),
    ],
)
def test_html_is_read_as_it_is_seen(html, text):
    assert text_of(html) == text
