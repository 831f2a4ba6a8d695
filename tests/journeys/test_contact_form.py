"""The page and the sender script of docs/contact-form: from the browser to the ticket."""

import importlib.util
import os
import subprocess
import sys
from collections.abc import Iterator
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from .browser import browser, program
from .conftest import FORM_SECRET
from .desk import Desk, fresh

HERE = Path(__file__).parents[2] / "docs" / "contact-form"
ANNA = "anna@mitglieder.example"

needs_chromium = [
    pytest.mark.chromium,
    pytest.mark.skipif(
        program() is None and not os.environ.get("NOTHING_MISSING"),
        reason="Chromium is not installed (Debian: chromium)",
    ),
]


def settings(folder: Path, port: int, **changes: str) -> Path:
    """The shipped settings for the desk on this port, as an operator edits them."""
    (folder / "secret").write_text(f"{FORM_SECRET}\n", "utf-8")
    text = (HERE / "contact-form.ini").read_text("utf-8")
    for key, value in {"server": f"127.0.0.1:{port}", **changes}.items():
        lines = text.splitlines()
        found = next(n for n, line in enumerate(lines) if line.startswith(f"{key} ="))
        lines[found] = f"{key} = {value}"
        text = "\n".join(lines)
    path = folder / "contact-form.ini"
    path.write_text(text, "utf-8")
    return path


# --- in a browser ---------------------------------------------------------------------------------


@pytest.fixture
def website(front_desk: Desk, tmp_path: Path) -> Iterator[str]:
    """The website's address, with the page and the script on it."""
    environment = {**os.environ, "CONTACT_FORM": str(settings(tmp_path, front_desk.port))}
    server = subprocess.Popen(
        [sys.executable, HERE / "send.py", "--serve", "0"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert server.stdout
        yield server.stdout.readline().strip()
    finally:
        server.terminate()
        server.communicate(timeout=30)


class TestInABrowser:
    """Without JavaScript, on a phone, by keys alone."""

    pytestmark = needs_chromium

    def test_from_the_page_to_the_ticket(
        self, website: str, front_desk: Desk, tmp_path: Path
    ) -> None:
        maria, photo = fresh(), tmp_path / "Foto März.jpg"
        photo.write_bytes(b"\xff\xd8\xff" + bytes(range(256)) * 20)
        text = "Guten Tag,\n\nich suche einen Laptop für die Schule.\nE-Mail: boese@evil.example"
        with browser() as page:
            page.opens(website)
            assert page.width <= 360, "no scrolling to the side on a phone"
            page.types("#name", "Mária Müßter")
            page.types("#email", maria)
            page.goes_to("#thema")
            page.presses("ArrowDown", times=2)
            page.goes_to("#standort")
            page.presses("ArrowDown")
            page.types("#plz", "10115")
            page.goes_to("input[value=Laptop]")
            page.presses(" ")
            page.goes_to("input[value=Bildschirm]")
            page.presses(" ")
            page.types("#nachricht", text)
            page.attaches("#dateien", [photo])
            page.goes_to("button")
            with page.loading():
                page.presses("Enter")
            assert "Vielen Dank" in page.page
            assert page.width <= 360
            assert all(url.startswith((website, "data:")) for url in page.requests)
        about = front_desk.only_ticket(maria)
        assert about.ticket.department == "berlin"
        assert about.ticket.requester.name == "Mária Müßter"
        assert about.ticket.topic == "spendennachfrage"
        assert about.ticket.subject == "Spendennachfrage: Bildschirm, Laptop"
        assert set(about.fields) == {"laptop", "bildschirm"}
        assert about.entries[0].text == text
        confirmation = front_desk.arrives(maria)
        assert about.ticket.number in confirmation.subject
        notice = front_desk.arrives(ANNA)
        assert notice.attachments == {"Foto März.jpg": photo.read_bytes()}
        assert "Postleitzahl: 10115" in notice.text
        assert "form.json" not in notice.everything

    def test_everybody_can_use_it(self, website: str) -> None:
        with browser() as page:
            page.opens(website)
            controls = page.controls
        assert all(name for _, name in controls), controls
        assert "Bitte leer lassen" not in dict(map(reversed, controls)), "nobody meets the trap"
        assert ("textbox", "E-Mail-Adresse *") in controls

    def test_the_browser_asks_for_what_is_missing(self, website: str, front_desk: Desk) -> None:
        before = len(front_desk.tickets())
        with browser() as page:
            page.opens(website)
            page.types("#email", "keine Adresse")
            page.goes_to("button")
            page.presses("Enter")
            assert "Schreiben Sie uns" in page.page
        assert len(front_desk.tickets()) == before


# --- the script alone -----------------------------------------------------------------------------


class Answer:
    """What the script answers."""

    def __init__(self, application: Any, environ: dict[str, Any]) -> None:
        self.log = StringIO()
        self.status, self.headers = "", {}

        def start(status: str, headers: list[tuple[str, str]]) -> None:
            self.status, self.headers = status, dict(headers)

        environ = {"REQUEST_METHOD": "POST", "wsgi.errors": self.log, **environ}
        self.text = b"".join(application(environ, start)).decode()

    @property
    def is_thanks(self) -> bool:
        return (self.status, self.headers.get("Location")) == ("303 See Other", "?gesendet")


@pytest.fixture
def post(front_desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Posts a form to the script, which hands it to the desk."""
    spec = importlib.util.spec_from_file_location("send", HERE / "send.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)

    def do(
        values: dict[str, Any],
        files: dict[str, tuple[str, bytes]] | None = None,
        port: int | None = None,
        **environ: str,
    ) -> Answer:
        monkeypatch.setenv("CONTACT_FORM", str(settings(tmp_path, port or front_desk.port)))
        body, kind = urlencode(values, doseq=True).encode(), "application/x-www-form-urlencoded"
        if files is not None:
            body, kind = multipart(values, files)
        whole = {"CONTENT_TYPE": kind, "CONTENT_LENGTH": str(len(body)), **environ}
        return Answer(module.application, {**whole, "wsgi.input": BytesIO(body)})

    return do


def multipart(values: dict[str, str], files: dict[str, tuple[str, bytes]]) -> tuple[bytes, str]:
    """A form as browsers send it (RFC 7578)."""
    out = b""
    for name, value in values.items():
        out += f'--grenze\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'.encode()
        out += value.encode() + b"\r\n"
    for name, (kind, content) in files.items():
        head = f'--grenze\r\nContent-Disposition: form-data; name="Dateien"; filename="{name}"\r\n'
        out += f"{head}Content-Type: {kind}\r\n\r\n".encode() + content + b"\r\n"
    return out + b"--grenze--\r\n", "multipart/form-data; boundary=grenze"


def form(maria: str, **more: str) -> dict[str, str]:
    return {"Name": "Maria", "E-Mail": maria, "Standort": "Berlin", "Nachricht": "Hallo", **more}


def test_a_form_is_mailed_and_the_person_thanked(post: Any, front_desk: Desk) -> None:
    maria = fresh()
    assert post(form(maria, Geräte=["Laptop", "Tablet"], Thema="Spendenangebot")).is_thanks
    about = front_desk.only_ticket(maria)
    assert set(about.fields) == {"laptop", "tablet"}
    assert "Vielen Dank" in post({}, REQUEST_METHOD="GET", QUERY_STRING="gesendet").text
    assert post({}, REQUEST_METHOD="GET").headers["Location"] == "index.html"


@pytest.mark.parametrize(
    ("name", "kind", "content"),
    [
        ("brief.eml", "message/rfc822", b"From: a@b.c\r\nSubject: x\r\n\r\nText\r\n"),
        ("winmail.dat", "application/ms-tnef", b"\x78\x9f\x3e\x22" + b"\0" * 50),
        ("angebot.json", "application/json", b'{"E-Mail": "boese@evil.example"}'),
        ("text.txt", "text/plain; charset=latin-1", "Grüße\nE-Mail: x".encode("latin-1")),
        ("seite.html", "text/html", b"<script>alert(1)</script>"),
        ("a\u202egpj.exe", "multipart/mixed", b"MZ"),
    ],
)
def test_files_of_every_kind_arrive_as_they_are(
    post: Any, front_desk: Desk, name: str, kind: str, content: bytes
) -> None:
    maria = fresh()
    assert post(form(maria), {name: (kind, content)}).is_thanks
    assert not front_desk.only_ticket(maria).ticket.rejected
    notice = front_desk.arrives(ANNA)
    assert list(notice.attachments.values()) == [content]


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"E-Mail": ""}, "Es fehlt: E-Mail."),
        ({"Nachricht": " \n "}, "Es fehlt: Nachricht."),
        ({"E-Mail": "maria"}, "„maria“ ist keine E-Mail-Adresse."),
        ({"E-Mail": "<b>@x.org"}, "„&lt;b&gt;@x.org“"),
        ({"E-Mail": "a@x.org\r\nBcc: b@y.org"}, "keine E-Mail-Adresse"),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_sent(
    post: Any, front_desk: Desk, values: dict[str, str], said: str
) -> None:
    before = len(front_desk.tickets())
    answer = post({**form(fresh()), **values})
    assert answer.status.startswith("422")
    assert said in answer.text
    assert len(front_desk.tickets()) == before


def test_no_field_brings_a_header(post: Any, front_desk: Desk) -> None:
    maria, victim = fresh(), fresh("opfer")
    inside = f"x\r\nBcc: {victim}\r\nSubject: y"
    values = form(maria, Thema=inside, Betreff=inside, **{f"a\r\nBcc: {victim}": "1"})
    values["Name"] = inside
    assert post(values).is_thanks
    assert front_desk.only_ticket(maria).ticket.department == "berlin"
    front_desk.nothing_arrives(victim)


def test_a_program_that_fills_in_the_trap_hears_nothing_of_it(post: Any, front_desk: Desk) -> None:
    before = len(front_desk.tickets())
    answer = post(form(fresh(), Webseite="https://spam.example"))
    assert answer.is_thanks
    assert "trap" in answer.log.getvalue()
    assert len(front_desk.tickets()) == before


def test_too_much_is_refused_before_it_is_read(post: Any) -> None:
    answer = post(form(fresh()), CONTENT_LENGTH="99999999999")
    assert answer.status.startswith("413")
    many = {f"{n}.txt": ("text/plain", b"x") for n in range(6)}
    assert post(form(fresh()), many).status.startswith("422")


def test_a_mail_server_that_is_down_is_told_to_person_and_operator(post: Any) -> None:
    answer = post(form(fresh()), port=1)
    assert answer.status.startswith("503")
    assert "in einigen Minuten" in answer.text
    assert "not sent" in answer.log.getvalue()
    assert FORM_SECRET not in answer.log.getvalue()


@pytest.mark.parametrize("body", [b"", b"\xff\xfe", b"--grenze", b"a=b&" * 100_000, b"%"])
def test_nonsense_is_no_error_of_ours(post: Any, body: bytes) -> None:
    for kind in ("multipart/form-data; boundary=grenze", "multipart/form-data", "", "text/plain"):
        environ = {"CONTENT_TYPE": kind, "CONTENT_LENGTH": str(len(body))}
        assert post({}, **environ, **{"wsgi.input": BytesIO(body)}).status.startswith("422")
