"""What is new in an answer: nothing of it is lost, and what we sent is not taken for it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.mail.body import new_text_of_html
from gateway.mail.reply import new_text

ATTRIBUTION = "Am 03.03.25 um 10:15 schrieb Max Muster <max@x.example>:"
SENT = """Guten Tag Frau Müller,

wir haben Ihren Laptop gefunden und können ihn am Montag um zehn Uhr bringen.
Passt Ihnen das? Bitte nennen Sie uns auch die Seriennummer des Geräts.

Viele Grüße
Ihr Helpdesk"""

lines = st.sampled_from(
    [
        "", " ", "> alt", ">> älter", "neu", "-- ", "--", "Von: Max", "From: Max <m@x.example>",
        "Sent: Monday, March 3, 2025 10:15 AM", "Subject: X", ATTRIBUTION, "Max wrote:", ">:",
        "-----Original Message-----", "Sent from my iPhone", "___________", "!close", "- eins",
        "===== reply above this line / bitte darüber", "antworten =====",
    ]
)  # fmt: skip
texts = st.lists(lines | st.text(max_size=20), max_size=14).map("\n".join)


@given(texts, texts | st.none())
def test_any_text_gives_lines_that_stand_in_it(text, sent):
    ours = {line.strip() for line in text.split("\n")}
    for line in new_text(text, sent).split("\n"):
        assert line.strip() in ours or line.removeprefix("> ").strip() in ours or not line.strip()


@given(texts)
def test_text_without_signs_of_a_mail_program_is_kept_whole(text):
    own = "\n".join(line for line in text.split("\n") if line.isalpha())
    assert new_text(own) == own


@given(st.lists(st.text("abcdefgh ", min_size=1, max_size=30).filter(str.strip), max_size=6))
def test_words_above_a_quotation_are_all_kept(own):
    text = "\n".join(line.strip() for line in own)
    assert new_text(f"{text}\n\n{ATTRIBUTION}\n> alt\n") == text


def test_an_empty_answer_above_our_own_mail_has_no_new_text():
    marker = "===== reply above this line / bitte darüber antworten ====="
    assert new_text(f"\n{ATTRIBUTION}\n> {marker}\n> !close") == ""
    header = "From: a@b.example\nSent: 3.3.2025 10:15\nSubject: X"
    ours = f"{marker}\n{SENT}\n!close"
    assert new_text(f"\n{header}\n\n{ours}", ours) == ""


def test_below_our_unmarked_mail_nothing_is_lost_and_nothing_is_a_command():
    ours = f"===== reply above this line / bitte darüber antworten =====\n{SENT}\n!close"
    found = new_text(f"{ours}\n\nJa, das passt.")
    assert "Ja, das passt." in found
    assert not any(line.startswith("!") for line in found.split("\n"))
    assert new_text(f"{ours}\n\nJa, das passt.", ours) == "Ja, das passt."


@pytest.mark.parametrize(
    "own",
    [
        "My answers are below in red.",
        "Please see my comments inline",
        "Meine Antworten stehen unten im Text.",
        "Mes réponses sont ci-dessous en bleu.",
        "Siehe unten.",
    ],
)
def test_who_says_that_answers_stand_below_has_the_old_text_kept(own):
    header = "From: a@b.example\nSent: 3.3.2025 10:15\nSubject: X"
    found = new_text(f"{own}\n\n{header}\n\nWann?\nMontag um zehn.\n!close")
    assert found.startswith(own)
    assert "Montag um zehn." in found
    assert not any(line.startswith("!") for line in found.split("\n"))


def test_who_answers_between_quoted_lines_is_read_as_ever():
    text = f"Answers below.\n\n{ATTRIBUTION}\n> Wann?\nMontag.\n> Wo?\nBerlin.\n> Gruß"
    assert new_text(text).endswith("> Wo?\nBerlin.")


def test_a_forward_without_own_words_is_kept_but_no_line_of_it_is_a_command():
    text = "-----Original Message-----\nFrom: Max <m@x.example>\nSubject: X\n\nHilfe\n!close"
    found = new_text(text)
    assert "Hilfe" in found
    assert not any(line.startswith("!") for line in found.split("\n"))


def test_an_answer_after_the_last_quotation_is_kept_and_an_unanswered_quotation_goes():
    text = f"{ATTRIBUTION}\n> eins?\n\nJa.\n\n> zwei?\n\nNein.\n\n> Grüße"
    assert new_text(text) == f"{ATTRIBUTION}\n> eins?\n\nJa.\n\n> zwei?\n\nNein."


def test_our_own_lines_are_the_quotation_whatever_their_prefix_and_wrapping():
    wrapped = SENT.replace(" am Montag", "\n am Montag").replace("auch", "\nauch")
    for prefix in ("", "> ", "| ", ">> ", "  "):
        quoted = "\n".join(prefix + line for line in wrapped.split("\n"))
        assert new_text(f"Ja, das passt.\n\n{ATTRIBUTION}\n\n{quoted}", SENT) == "Ja, das passt."


def test_answers_between_our_unmarked_lines_are_kept_with_the_lines_they_answer():
    first, second = SENT.split("\n")[2:4]
    text = f"{first}\nAm Montag bin ich da.\n{second}\nDie Nummer ist 12-34."
    assert new_text(text, SENT) == (
        f"> {first}\nAm Montag bin ich da.\n> {second}\nDie Nummer ist 12-34."
    )


def test_an_answer_below_our_unmarked_mail_is_kept():
    header = "Von: Helpdesk <h@x.example>\nGesendet: Montag, 3. März 2025 10:15\nBetreff: X"
    assert new_text(f"{header}\n\n{SENT}\n\nJa, das passt.", SENT) == "Ja, das passt."


def test_a_greeting_that_stands_in_both_mails_is_new():
    text = f"Guten Tag,\n\nJa, das passt.\n\nViele Grüße\nAnna\n\n{ATTRIBUTION}\n> Passt Ihnen das?"
    assert new_text(text, SENT) == "Guten Tag,\n\nJa, das passt.\n\nViele Grüße\nAnna"


def test_a_mail_that_quotes_nothing_of_ours_is_read_by_its_signs():
    assert new_text(f"Neu.\n\n{ATTRIBUTION}\n> etwas anderes", SENT) == "Neu."


@pytest.mark.parametrize(
    "text",
    [
        "\n" * 20_000,
        "a" + "\n" * 20_000 + "b",
        "On Mon, Mar 3, 2025 at 10:15 AM Max <m@x.example> wrote:\n" * 5_000,
        "On Mon at 10:15 AM Max wrote:\n> q\na\n" * 5_000,
        "On " * 70_000,
        "-" * 200_000,
        ">" * 200_000,
        " " * 200_000 + "x",
        "From:\n\n" * 5_000,
        "--\nx\n" * 5_000,
        "Sent from my iPhone\n" * 20_000,
        "> ===== reply above this line / bitte darüber antworten =====\n" * 5_000,
    ],
    ids=range(12),
)
def test_a_hostile_text_is_read_in_one_pass(text):
    assert len(new_text(text, "On Mon Max wrote a a a\n" * 5_000)) <= len(text)


@pytest.mark.parametrize(
    "html",
    [
        "<div class=gmail_quote>" * 5_000 + "x",
        "<div class=zmail_extra>x</div>" * 5_000,
        "<blockquote>q</blockquote>a" * 5_000,
        "<div id=divRplyFwdMsg>q</div>a" * 5_000,
    ],
    ids=["nested", "boxes", "quotes", "heads"],
)
def test_hostile_html_is_read_in_one_pass(html):
    assert isinstance(new_text_of_html(html), str)


NOTICE = """===== reply above this line / bitte darüber antworten =====

Maria hat im Ticket #1042 geschrieben.

| Guten Tag

Was unter einer Zeile „!notiz“ steht, sehen nur Agent*innen.
Weitere Wörter, je in eigener Zeile: !nehmen, !zu, !hilfe

Oder mit einem Tipp: Eine Mail öffnet sich.

Nehmen:

Spam: <mailto:x@help.example>"""
HEADER = "Von: Hilfe <x@help.example>\nGesendet: Montag, 3. März 2025 10:15\nBetreff: X"


@pytest.mark.parametrize("below", ["", "\n\n", "\n\nVon meinem iPhone gesendet"])
@pytest.mark.parametrize("above", ["", f"{HEADER}\n\n", f"{ATTRIBUTION}\n\n"])
def test_our_whole_notification_without_a_quote_sign_is_nothing_new(above, below):
    assert new_text(f"{above}{NOTICE}{below}") == ""


@pytest.mark.parametrize("above", ["", f"{HEADER}\n\n", f"{ATTRIBUTION}\n\n"])
def test_below_our_whole_notification_nothing_is_lost(above):
    found = new_text(f"{above}{NOTICE}\n\nJa, das passt.")
    assert found.endswith("Ja, das passt.")
    assert not any(line.startswith("!") for line in found.split("\n"))


@pytest.mark.parametrize(
    "text",
    [
        "Received: by mx; 12 Feb 2026\nFrom: a@b.example\nDate: 12 Feb 2026\nSubject: y\n\nWas?",
        "So:\n```\nFrom: a@b.example\nDate: Thu, 12 Feb 2026\nSubject: x\n```\nkommt nicht an.",
        "Im Kalender:\n12.02.2026 08:15 Uhr - Termin <amt@stadt.example>:\nRaum 5\n\nStimmt das?",
        "Buchung\nNummer: 5\nDate: 3 March 2026\nFrom: a@b.example\nTo: 5 March\nSubject: x\n\nJa?",
        "Name: Max\nFrom: a@b.example\nDate: 3 March 2026 11:02\nSubject: x\n\nFenster kaputt.",
        "Am 12.2. um 8:15 schrieb mir amt@stadt.example:\nalles gut. Stimmt das?",
    ],
)
def test_what_the_author_shows_is_not_cut_off(text):
    assert new_text(text) == text


FOOTERS = """Securely sent with Tuta Mail <https://tuta.com>
Envoyé avec la messagerie sécurisée Proton Mail.
Gesendet mit Proton Mail
Sent from Proton Mail mobile
Sent from Proton Mail for iOS
Sent from my T-Mobile 4G LTE Device
Sent from my Verizon, Samsung Galaxy smartphone
Sent via the Samsung Galaxy S10, an AT&T 5G smartphone
Get Outlook for iOS
Outlook für Android beziehen
Télécharger Outlook pour Android
Obtenir Outlook pour iOS
Obtener Outlook para Android
Scarica Outlook per iOS
Outlook voor Android downloaden
Hämta Outlook för iOS
Pobierz program Outlook dla systemu Android
Скачать Outlook для Android
Завантажити Outlook для iOS
Gesendet von Outlook für Android
Gesendet von Yahoo Mail auf Android
Sent from Yahoo Mail for iPhone
Envoyé à partir de Outlook pour Android
Envoyé de mon appareil Galaxy
Enviado desde mi Samsung Mobile de Claro
Enviado desde Outlook para iOS
Inviato dal mio dispositivo Android
Inviato da Outlook per iOS
Verzonden vanaf Outlook voor iOS
Verstuurd vanaf mijn Galaxy
Wysłano z mojego urządzenia Galaxy
Wysłane z Outlooka dla Androida
Odesláno z mého iPhonu
Küldve az iPhone-omról
Trimis de pe iPhone-ul meu
Sendt fra min Galaxy
Sendt fra Outlook for Android
Sendt fra min iPad
Skickat från Outlook för Android
Lähetetty iPhonesta
Στάλθηκε από το iPhone μου
Надіслано з мого iPhone
Отправлено из мобильной Почты Mail
Отправлено из Mail.ru для Android
Отправлено с устройства Galaxy
Android cihazımdan gönderildi
نُشرت من iPhone
נשלח מה-iPhone שלי
나의 iPhone에서 보냄
내 iPhone에서 보냄
iPhoneから送信
从我的iPhone发送
發自我的 iPhone
发自我的小米手机
Sent from Mailspring
Sent from Thunderbird for Android
Von meinem/meiner Galaxy gesendet
Von meinem iPad gesendet
Diese Nachricht wurde von meinem Android-Mobiltelefon mit GMX Mail gesendet.
Gesendet mit der GMX Mail App
Gesendet mit der mobilen Mail App
Sent with Airmail
Sent with Spark
Sent from Canary
Sent from Front
Sent from my mobile device. Please excuse brevity and typos.
Sent from Workspace ONE Boxer
Sent using Zoho Mail
Sent from Nine
Enviado do meu smartphone Samsung Galaxy.
Enviado via UOL Mail
Poslano s mog iPhonea
Poslané z iPhonu
Saadetud minu iPhone'ist
Dikirim dari iPhone saya
Đã gửi từ iPhone của tôi
ส่งจาก iPhone ของฉัน
Enviat des del meu iPhone"""


@pytest.mark.parametrize("footer", FOOTERS.splitlines())
def test_the_line_that_a_mobile_program_adds_is_not_new_text(footer):
    assert new_text(f"Gut.\n\n{footer}") == "Gut."
    assert new_text(f"Gut.\n\n{footer}\n\n{ATTRIBUTION}\n> alt") == "Gut."


PROSE = """Sent by mail on Monday.
Sent with the app, did not arrive
Geschrieben mit dem Handy, kam nicht an.
Sent by nine people.
Posted on the mailbox.
Gesendet mit DHL am 3.4., Paket kam nicht.
Written with pencil on my tablet, is that ok?
Sent via phone but nobody answered
Von meinem Handy wurde es gestern gesendet.
Sent by mail.
Envoyé par mail hier soir.
Enviado por correo ayer desde mi móvil
Gesendet habe ich es per Mail.
Von meinem Konto gesendet: 100 Euro
Mail was sent from the office printer."""


@pytest.mark.parametrize("line", PROSE.splitlines())
def test_a_last_line_that_tells_something_stays(line):
    assert new_text(f"Gut.\n\n{line}") == f"Gut.\n\n{line}"
