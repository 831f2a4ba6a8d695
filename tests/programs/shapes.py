"""What a mail program makes of a typed answer to a mail of ours.

Each shape is a function from the notification and the typed text to the bytes of the answer, in the
form in which that program sends it: its marks around the quotation, its wrapping, its footer.
"""

import html
import re
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP


@dataclass(frozen=True)
class Notice:
    """The mail that is answered."""

    subject: str
    text: str
    html: str
    name: str = "Truhe e. V. – Berlin"
    address: str = "berlin+r0123456789abcdef0123456789abcdef@truhe.example"
    message_id: str = "1001.0123456789abcdef@truhe.example"

    @property
    def body(self) -> str:
        """The inside of its HTML body."""
        return re.search(r"<body[^>]*>(.*)</body>", self.html, re.DOTALL)[1]


Shape = Callable[[Notice, str], EmailMessage]

AGENT = "anna@mitglieder.example"
DAY_DE, DAY_EN = "24.11.2026", "Nov 24, 2026"


def _mail(notice: Notice, text: str = "", page: str = "", **fields: str) -> EmailMessage:
    mail = EmailMessage(policy=SMTP.clone(max_line_length=998))
    mail["From"] = f"Anna <{AGENT}>"
    mail["To"] = notice.address
    mail["Subject"] = fields.pop("subject", f"Re: {notice.subject}")
    mail["Message-ID"] = "<answer@mitglieder.example>"
    mail["In-Reply-To"] = f"<{notice.message_id}>"
    mail["References"] = f"<{notice.message_id}>"
    for name, value in fields.items():
        mail[name.replace("_", "-")] = value
    if text:
        mail.set_content(text, cte="8bit")
    if page and text:
        mail.add_alternative(page, subtype="html", cte="8bit")
    elif page:
        mail.set_content(page, subtype="html", cte="8bit")
    return mail


def _quoted(text: str, mark: str = "> ") -> str:
    return "\n".join(
        (mark + line).rstrip() if mark.strip() == ">" else mark + line for line in text.splitlines()
    )


def _lines(typed: str, tag: str, empty: str = "<br>") -> str:
    """Each typed line in an element of its own."""
    name = tag.split(maxsplit=1)[0]
    return "\n".join(
        f"<{tag}>{html.escape(line, quote=False) or empty}</{name}>" for line in typed.splitlines()
    )


def _broken(typed: str) -> str:
    """The typed lines with a break behind each."""
    return "<br>\n".join(html.escape(line, quote=False) for line in typed.splitlines())


def _unwrapped(text: str) -> str:
    return html.escape(text, quote=False).replace("\n", "<br>\n")


# --- programs on a desk ---------------------------------------------------------------------------


def thunderbird_flowed(notice: Notice, typed: str) -> EmailMessage:
    """Plain text, format=flowed: soft breaks at 72, space-stuffing, the signature above."""
    flowed = []
    for line in typed.splitlines():
        pieces = textwrap.wrap(line, 71, drop_whitespace=False) or [""]
        flowed += [f"{piece.rstrip()} " for piece in pieces[:-1]] + [pieces[-1].rstrip()]
    stuffed = [f" {line}" if line.startswith((" ", ">", "From ")) else line for line in flowed]
    text = "\n".join(stuffed)
    body = f"{text}\n\nAm {DAY_DE} um 10:00 schrieb {notice.name}:\n{_quoted(notice.text)}\n"
    mail = _mail(notice, body)
    mail.set_param("format", "flowed")
    return mail


def thunderbird_below(notice: Notice, typed: str) -> EmailMessage:
    """Plain text below the quotation, with a signature."""
    body = f"Am {DAY_DE} um 10:00 schrieb {notice.name}:\n{_quoted(notice.text)}\n\n{typed}\n"
    return _mail(notice, f"{body}\n-- \nAnna Beispiel\nTruhe e. V.\n")


def thunderbird_html(notice: Notice, typed: str) -> EmailMessage:
    """HTML and plain text."""
    plain = f"{typed}\n\nAm {DAY_DE} um 10:00 schrieb {notice.name}:\n{_quoted(notice.text)}\n"
    page = (
        '<!DOCTYPE html>\n<html>\n  <head>\n    <meta http-equiv="Content-Type" content="text/html;'
        f' charset=UTF-8">\n  </head>\n  <body>\n{_lines(typed, "p")}\n'
        f'<div class="moz-cite-prefix">Am {DAY_DE} um 10:00 schrieb {notice.name}:<br>\n</div>\n'
        f'<blockquote type="cite"\n cite="mid:{notice.message_id}">{notice.body}</blockquote>\n'
        '<pre class="moz-signature" cols="72">-- \nAnna Beispiel\nTruhe e. V.</pre>\n</body>\n</html>'
    )
    return _mail(notice, f"{plain}\n-- \nAnna Beispiel\nTruhe e. V.\n", page)


def outlook_desktop(notice: Notice, typed: str) -> EmailMessage:
    """Word's HTML: each line a paragraph, a border above the bare old mail; plain text from it."""
    block = (
        f"Von: {notice.name} <{notice.address}> \nGesendet: Dienstag, 24. November 2026 10:00\n"
        f"An: Anna <{AGENT}>\nBetreff: {notice.subject}\n"
    )
    spaced = "\n\n".join(line or "\u00a0" for line in typed.splitlines())
    plain = f"{spaced}\n\n \n\n{block}\n" + "\n\n".join(notice.text.splitlines())
    page = (
        '<html xmlns:o="urn:schemas-microsoft-com:office:office" '
        'xmlns:w="urn:schemas-microsoft-com:office:word"><head><meta name=Generator '
        'content="Microsoft Word 15 (filtered medium)"><style><!--\np.MsoNormal {margin:0cm}\n'
        "--></style></head><body lang=DE><div class=WordSection1>\n"
        f"{_lines(typed, 'p class=MsoNormal', '<o:p>&nbsp;</o:p>')}\n"
        "<p class=MsoNormal><o:p>&nbsp;</o:p></p>\n<div><div style='border:none;border-top:solid "
        "#E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm'><p class=MsoNormal><b>Von:</b> "
        f"{html.escape(notice.name)} &lt;{notice.address}&gt; <br><b>Gesendet:</b> Dienstag, 24. "
        f"November 2026 10:00<br><b>An:</b> Anna &lt;{AGENT}&gt;<br><b>Betreff:</b> "
        f"{html.escape(notice.subject)}<o:p></o:p></p></div></div>\n<p class=MsoNormal><o:p>&nbsp;"
        f"</o:p></p>\n{notice.body}</div></body></html>"
    )
    return _mail(notice, plain, page, subject=f"AW: {notice.subject}")


def outlook_plain(notice: Notice, typed: str) -> EmailMessage:
    """A plain-text answer: wrapped at 76, `-----Ursprüngliche Nachricht-----`, the old mail bare."""
    wrapped = "\n".join(textwrap.fill(line, 76) for line in typed.splitlines())
    block = (
        f"-----Ursprüngliche Nachricht-----\nVon: {notice.name} <{notice.address}> \n"
        f"Gesendet: Dienstag, 24. November 2026 10:00\nAn: Anna <{AGENT}>\n"
        f"Betreff: {notice.subject}\n"
    )
    return _mail(notice, f"{wrapped}\n\n{block}\n{notice.text}", subject=f"AW: {notice.subject}")


def outlook_plain_english(notice: Notice, typed: str) -> EmailMessage:
    """The same in English."""
    block = (
        f"-----Original Message-----\nFrom: {notice.name} <{notice.address}> \n"
        f"Sent: Tuesday, November 24, 2026 10:00 AM\nTo: Anna <{AGENT}>\n"
        f"Subject: {notice.subject}\n"
    )
    return _mail(notice, f"{typed}\n\n{block}\n{notice.text}", subject=f"RE: {notice.subject}")


def outlook_quoting(notice: Notice, typed: str) -> EmailMessage:
    """Old mails marked with `> `, the header block too."""
    block = (
        f"-----Ursprüngliche Nachricht-----\nVon: {notice.name} <{notice.address}>\n"
        f"Gesendet: Dienstag, 24. November 2026 10:00\nAn: Anna <{AGENT}>\n"
        f"Betreff: {notice.subject}\n\n{notice.text}"
    )
    return _mail(notice, f"{typed}\n\n{_quoted(block)}", subject=f"AW: {notice.subject}")


def outlook_mac(notice: Notice, typed: str) -> EmailMessage:
    """Outlook for Mac: HTML with a header block in English, plain text from it."""
    head = (
        f"From: {notice.name} <{notice.address}>\nDate: Tuesday, 24. November 2026 at 10:00\n"
        f"To: Anna <{AGENT}>\nSubject: {notice.subject}\n"
    )
    page = (
        '<html><head></head><body><div class="WordSection1">'
        f"{_lines(typed, 'p class=MsoNormal', '<o:p>&nbsp;</o:p>')}"
        '<div id="mail-editor-reference-message-container"><div><div style="border:none;border-top:'
        'solid #B5C4DF 1.0pt;padding:3.0pt 0in 0in 0in"><p class="MsoNormal" style="margin-bottom:'
        f'12.0pt"><b>From: </b>{html.escape(notice.name)} &lt;{notice.address}&gt;<br><b>Date: </b>'
        f"Tuesday, 24. November 2026 at 10:00<br><b>To: </b>Anna &lt;{AGENT}&gt;<br><b>Subject: "
        f"</b>{html.escape(notice.subject)}</p></div>{notice.body}</div></div></div></body></html>"
    )
    return _mail(notice, f"{typed}\n\n{head}\n{notice.text}", page)


def apple_mail(notice: Notice, typed: str) -> EmailMessage:
    """HTML and plain text, top."""
    said = f"Am {DAY_DE} um 10:00 schrieb {notice.name} <{notice.address}>:"
    page = (
        '<html><head><meta http-equiv="content-type" content="text/html; charset=utf-8"></head>'
        '<body style="overflow-wrap: break-word; -webkit-nbsp-mode: space; line-break: '
        f'after-white-space;">{_lines(typed, "div")}<div><br><blockquote type="cite"><div>'
        f'{html.escape(said)}</div><br class="Apple-interchange-newline"><div>{notice.body}</div>'
        "</blockquote></div><br></body></html>"
    )
    return _mail(notice, f"{typed}\n\n> {said}\n> \n{_quoted(notice.text)}\n", page)


def apple_mail_html_only(notice: Notice, typed: str) -> EmailMessage:
    """HTML alone."""
    both = apple_mail(notice, typed)
    page = both.get_body(("html",))
    assert page is not None
    return _mail(notice, page=page.get_content())


def evolution(notice: Notice, typed: str) -> EmailMessage:
    """Evolution in German."""
    said = f"Am Dienstag, dem 24.11.2026 um 10:00 +0100 schrieb {notice.name}:"
    return _mail(notice, f"{typed}\n\n{said}\n{_quoted(notice.text)}\n")


def mutt(notice: Notice, typed: str) -> EmailMessage:
    """Answer below, attribution in English."""
    said = f"On Tue, Nov 24, 2026 at 10:00:00AM +0100, {notice.name} wrote:"
    return _mail(notice, f"{said}\n{_quoted(notice.text)}\n\n{typed}\n")


# --- programs in a browser ------------------------------------------------------------------------


def gmail(notice: Notice, typed: str) -> EmailMessage:
    """Plain text wrapped hard at 78, HTML beside it."""
    wrapped = "\n".join(textwrap.fill(line, 78) for line in typed.splitlines())
    said = f"Am Di., 24. Nov. 2026 um 10:00 Uhr schrieb {notice.name} <"
    plain = f"{wrapped}\n\n{said}\n{notice.address}>:\n\n{_quoted(notice.text)}\n"
    page = (
        f'<div dir="ltr">{_lines(typed, "div")}</div><br><div class="gmail_quote '
        f'gmail_quote_container"><div dir="ltr" class="gmail_attr">{html.escape(said)}<a href='
        f'"mailto:{notice.address}">{notice.address}</a>&gt;:<br></div><blockquote '
        'class="gmail_quote" style="margin:0px 0px 0px 0.8ex;border-left:1px solid '
        f'rgb(204,204,204);padding-left:1ex">{notice.body}</blockquote></div>\n'
    )
    return _mail(notice, plain, page)


def gmail_english(notice: Notice, typed: str) -> EmailMessage:
    """Gmail in English with a signature."""
    said = f"On Tue, Nov 24, 2026 at 10:00 AM {notice.name} <{notice.address}>"
    plain = f"{typed}\n\n-- \nAnna Beispiel\nTruhe e. V.\n\n\n{said}\nwrote:\n\n"
    page = (
        f'<div dir="ltr">{_lines(typed, "div")}<div><br clear="all"></div><br>'
        '<span class="gmail_signature_prefix">-- </span><br><div dir="ltr" class="gmail_signature" '
        'data-smartmail="gmail_signature"><div dir="ltr">Anna Beispiel<br>Truhe e. V.</div></div>'
        f'</div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">{html.escape(said)} '
        f'wrote:<br></div><blockquote class="gmail_quote">{notice.body}</blockquote></div>'
    )
    return _mail(notice, plain + _quoted(notice.text) + "\n", page)


def outlook_web(notice: Notice, typed: str) -> EmailMessage:
    """Outlook on the web: divs, `divRplyFwdMsg`, a rule."""
    line = "_" * 32
    head = (
        f"Von: {notice.name} <{notice.address}>\nGesendet: Dienstag, 24. November 2026 10:00\n"
        f"An: Anna <{AGENT}>\nBetreff: {notice.subject}\n"
    )
    page = (
        '<html><head></head><body dir="ltr"><div class="elementToProof" style="font-family: Aptos">'
        f'{_lines(typed, "div class=elementToProof")}</div><div id="appendonsend"></div><hr style='
        '"display:inline-block;width:98%" tabindex="-1"><div id="divRplyFwdMsg" dir="ltr"><font '
        f'face="Calibri, sans-serif"><b>Von:</b> {html.escape(notice.name)} &lt;{notice.address}'
        "&gt;<br><b>Gesendet:</b> Dienstag, 24. November 2026 10:00<br><b>An:</b> Anna &lt;"
        f"{AGENT}&gt;<br><b>Betreff:</b> {html.escape(notice.subject)}</font><div>&nbsp;</div>"
        f"</div>{notice.body}</body></html>"
    )
    return _mail(notice, f"{typed}\n{line}\n{head}\n{notice.text}", page)


def gmx(notice: Notice, typed: str) -> EmailMessage:
    """GMX and web.de: HTML with a quote container, a header block in it."""
    head = (
        f'Gesendet: Dienstag, 24. November 2026 um 10:00 Uhr\nVon: "{notice.name}" <'
        f"{notice.address}>\nAn: {AGENT}\nBetreff: {notice.subject}\n"
    )
    page = (
        '<html><head></head><body><div style="font-family: Verdana;font-size: 12.0px;">'
        f'{_lines(typed, "div", "&nbsp;")}<div>&nbsp;<div>&nbsp;<div name="quote" style="margin:'
        "10px 5px 5px 10px; padding: 10px 0 10px 10px; border-left:2px solid #C3D9E5; word-wrap: "
        'break-word;"><div style="margin:0 0 10px 0;"><b>Gesendet:</b>&nbsp;Dienstag, 24. November '
        f'2026 um 10:00 Uhr<br/><b>Von:</b>&nbsp;"{html.escape(notice.name)}" &lt;{notice.address}'
        f"&gt;<br/><b>An:</b>&nbsp;{AGENT}<br/><b>Betreff:</b>&nbsp;{html.escape(notice.subject)}"
        f'</div><div name="quoted-content">{notice.body}</div></div></div></div></div></body></html>'
    )
    return _mail(
        notice,
        f"{typed}\n\n{_quoted(head + chr(10) + notice.text)}",
        page,
        subject=f"Aw: {notice.subject}",
    )


def t_online(notice: Notice, typed: str) -> EmailMessage:
    """T-Online: plain text, dashes and a header block with bare old text."""
    head = (
        f"-----Original-Nachricht-----\nBetreff: {notice.subject}\nDatum: 2026-11-24T10:00:00+0100\n"
        f'Von: "{notice.name}" <{notice.address}>\nAn: "Anna" <{AGENT}>\n'
    )
    return _mail(notice, f"{typed}\n\n{head}\n{notice.text}")


def yahoo(notice: Notice, typed: str) -> EmailMessage:
    """Yahoo: the first line indented, English attribution, HTML beside it."""
    said = f"On Tuesday, November 24, 2026 at 10:00:00 AM GMT+1, {notice.name} <"
    plain = f" {typed}\n\n    {said}{notice.address}> wrote:  \n \n "
    page = (
        '<html><head></head><body><div class="ydp1yahoo-style-wrap" style="font-family:Helvetica;">'
        f'{_lines(typed, "div dir=ltr data-setdir=false")}<div><br></div></div><div id="ydp2yahoo_'
        f'quoted_1" class="ydp2yahoo_quoted"><div><div>{html.escape(said)}{notice.address}&gt; '
        f"wrote:</div><div><br></div><div>{notice.body}</div></div></div></body></html>"
    )
    return _mail(notice, plain + notice.text.replace("\n", "\n "), page)


def proton(notice: Notice, typed: str) -> EmailMessage:
    """Proton: HTML and plain text, a footer above the quotation."""
    said = f"On Tuesday, November 24th, 2026 at 10:00, {notice.name} <{notice.address}> wrote:"
    footer = "Sent with Proton Mail secure email."
    page = (
        f'<div style="font-family: Arial; font-size: 14px;">{_lines(typed, "div")}</div><div '
        'class="protonmail_signature_block"><div class="protonmail_signature_block-proton">Sent '
        'with <a target="_blank" href="https://proton.me/">Proton Mail</a> secure email.</div>'
        f'</div><div class="protonmail_quote">{html.escape(said)}<br><blockquote class='
        f'"protonmail_quote" type="cite">{notice.body}</blockquote><br></div>'
    )
    return _mail(notice, f"{typed}\n\n{footer}\n\n{said}\n\n{_quoted(notice.text)}\n", page)


def roundcube(notice: Notice, typed: str) -> EmailMessage:
    """Roundcube: plain text in German."""
    said = f"Am {DAY_DE} 10:00, schrieb {notice.name}:"
    return _mail(notice, f"{typed}\n\n{said}\n{_quoted(notice.text)}\n")


def zimbra(notice: Notice, typed: str) -> EmailMessage:
    """Zimbra: a rule of dashes and a header block."""
    head = (
        f'Von: "{notice.name}" <{notice.address}>\nAn: "Anna" <{AGENT}>\nGesendet: Dienstag, 24. '
        f"November 2026 10:00:00\nBetreff: {notice.subject}\n"
    )
    return _mail(notice, f"{typed}\n\n----- Ursprüngliche Mail -----\n{head}\n{notice.text}")


# --- phones ---------------------------------------------------------------------------------------


def ios_german(notice: Notice, typed: str) -> EmailMessage:
    """iOS: capitals, smart punctuation, footer, U+FEFF before the quotation."""
    said = f"Am {DAY_DE} um 10:00 schrieb {notice.name} <{notice.address}>:"
    footer = "Von meinem iPhone gesendet"
    plain = f"{typed}\n\n{footer}\n\n> {said}\n> \n{_quoted(chr(0xFEFF) + notice.text)}"
    return _mail(notice, plain, _ios(notice, typed, said, footer))


def ios_english(notice: Notice, typed: str) -> EmailMessage:
    """iOS in English."""
    said = f"On Nov 24, 2026, at 10:00 AM, {notice.name} <{notice.address}> wrote:"
    plain = f"{typed}\n\nSent from my iPhone\n\n> {said}\n> \n{_quoted(chr(0xFEFF) + notice.text)}"
    return _mail(notice, plain, _ios(notice, typed, said, "Sent from my iPhone"))


def _ios(notice: Notice, typed: str, said: str, footer: str) -> str:
    return (
        '<html><head><meta http-equiv="content-type" content="text/html; charset=utf-8"></head>'
        f'<body dir="auto">{_lines(typed, "div dir=ltr")}<br id="lineBreakAtBeginningOfSignature">'
        f'<div dir="ltr">{footer}</div><div dir="ltr"><br><blockquote type="cite">'
        f'{html.escape(said)}<br><br></blockquote></div><blockquote type="cite"><div dir="ltr">'
        f"\ufeff{notice.body}</div></blockquote></body></html>"
    )


def gmail_phone(notice: Notice, typed: str) -> EmailMessage:
    """The Gmail app: paragraphs with dir=auto."""
    said = f"{notice.name} <{notice.address}> schrieb am Di., 24. Nov. 2026, 10:00:"
    page = (
        f'<div dir="auto">{_lines(typed, "div dir=auto")}</div><br><div class="gmail_quote"><div '
        f'dir="ltr" class="gmail_attr">{html.escape(said)}<br></div><blockquote class="gmail_quote"'
        f' style="margin:0 0 0 .8ex">{notice.body}</blockquote></div>'
    )
    return _mail(notice, f"{typed}\n\n{said}\n\n{_quoted(notice.text)}\n", page)


def outlook_phone(notice: Notice, typed: str) -> EmailMessage:
    """Outlook for Android and iOS: footer with a link, a rule, a header block."""
    footer = "Outlook für Android herunterladen"
    head = (
        f"From: {notice.name} <{notice.address}>\nSent: Tuesday, November 24, 2026 10:00:00 AM\n"
        f"To: Anna <{AGENT}>\nSubject: {notice.subject}\n"
    )
    page = (
        f'<html><body>{_lines(typed, "div dir=auto")}<div id="ms-outlook-mobile-signature" dir='
        f'"auto">{footer}</div><hr style="display:inline-block;width:98%" tabindex="-1">'
        f'<div id="divRplyFwdMsg" dir="ltr"><b>From:</b> {html.escape(notice.name)} &lt;'
        f"{notice.address}&gt;<br><b>Sent:</b> Tuesday, November 24, 2026 10:00:00 AM<br><b>To:</b> "
        f"Anna &lt;{AGENT}&gt;<br><b>Subject:</b> {html.escape(notice.subject)}<br></div>"
        f"{notice.body}</body></html>"
    )
    rule = "_" * 32
    link = f"{footer}<https://aka.ms/AAb9ysg>"
    return _mail(notice, f"{typed}\n\n{link}\n{rule}\n{head}\n{notice.text}", page)


def k9(notice: Notice, typed: str) -> EmailMessage:
    """K-9: `>` without a blank, the signature below the quotation."""
    said = f"Am 24. November 2026 10:00:00 MEZ schrieb {notice.name} <{notice.address}>:"
    plain = f"{typed}\n\n{said}\n{_quoted(notice.text, '>')}\n\n-- \n"
    return _mail(
        notice, f"{plain}Diese Nachricht wurde von meinem Android-Gerät mit K-9 Mail gesendet.\n"
    )


def samsung(notice: Notice, typed: str) -> EmailMessage:
    """Samsung: HTML alone, a footer, dashes, a header block, the old mail bare."""
    page = (
        f'<html><head></head><body dir="auto">{_lines(typed, "div dir=auto")}<div dir="auto"><br>'
        '</div><div id="composer_signature" dir="auto"><div style="font-size:12px;color:#575757">'
        'Von meinem/meiner Galaxy gesendet</div></div><div dir="auto"><br></div><div><div dir="auto"'
        '>-------- Ursprüngliche Nachricht --------</div><div dir="auto">Von: '
        f"{html.escape(notice.name)} &lt;{notice.address}&gt; </div><div>Datum: 24.11.26  10:00  "
        f"(GMT+01:00) </div><div>An: Anna &lt;{AGENT}&gt; </div><div>Betreff: "
        f"{html.escape(notice.subject)} </div><div><br></div></div>{notice.body}</body></html>"
    )
    return _mail(notice, page=page)


SHAPES: tuple[Shape, ...] = (
    thunderbird_flowed, thunderbird_below, thunderbird_html, outlook_desktop, outlook_plain,
    outlook_plain_english, outlook_quoting, outlook_mac, apple_mail, apple_mail_html_only,
    evolution, mutt, gmail, gmail_english, outlook_web, gmx, t_online, yahoo, proton, roundcube,
    zimbra, ios_german, ios_english, gmail_phone, outlook_phone, k9, samsung,
)  # fmt: skip
