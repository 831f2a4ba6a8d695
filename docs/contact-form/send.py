#!/usr/bin/env python3
"""Takes what somebody filled in on index.html and mails it to the ticket gateway.

Runs as CGI or WSGI (`application`), needs nothing but Python 3.9 or newer, keeps nothing. To try it
out: python3 send.py --serve 8000, then http://127.0.0.1:8000/
"""

import configparser
import hashlib
import hmac
import html
import json
import mimetypes
import os
import re
import smtplib
import sys
import time
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate, make_msgid
from pathlib import Path
from typing import Callable, Dict, Iterable, List, NamedTuple, Tuple
from urllib.parse import parse_qsl
from wsgiref.handlers import CGIHandler
from wsgiref.simple_server import make_server

HERE = Path(__file__).resolve().parent
_ADDRESS = re.compile(r"[^\s\"(),:;<>@\[\\\]]{1,64}@([\w-]+\.)+[\w-]{2,63}")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\ud800-\udfff]")
_BOUNDARY = re.compile(r'boundary="?([^";,\s]{1,200})')
_FIELD = re.compile(r'(?i)^content-disposition:.*?[;\s]name="([^"]*)"', re.MULTILINE)
_FILE = re.compile(r'(?i)^content-disposition:.*?[;\s]filename="([^"]*)"', re.MULTILINE)
_PART_TYPE = re.compile(r"(?im)^content-type:\s*([\w.+-]+/[\w.+-]+)")
_TYPE = re.compile(r"(application|audio|image|text|video)/[a-z0-9.+-]{1,100}")
_PAGE = """\
<!DOCTYPE html>
<html lang="de">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
<style>
  body {{ margin: 0 auto; max-width: 40rem; padding: 1rem;
    font: 1.0625rem/1.5 system-ui, sans-serif; }}
</style>
</head>
<body>
<main>
<h1>{title}</h1>
{paragraphs}</main>
</body>
</html>
"""


class Upload(NamedTuple):
    """A file that somebody attached."""

    name: str
    kind: str
    content: bytes


class Form(NamedTuple):
    """The values by field, in the order of the page; a field with several values has several."""

    values: Dict[str, List[str]]
    uploads: List[Upload]


class Refused(Exception):  # noqa: N818 (says what it is)
    """What is said instead of sending: a status, and sentences for the person."""

    def __init__(self, status: str, *sentences: str) -> None:
        super().__init__(status)
        self.status = status
        self.sentences = sentences


# --- what was filled in ---------------------------------------------------------------------------


def read(environ: dict, limits: configparser.SectionProxy) -> Form:
    """The form in the body of a request."""
    try:
        length = int(environ.get("CONTENT_LENGTH") or 0)
    except ValueError:
        length = 0
    most = limits.getint("bytes")
    too_big = Refused(
        "413 Content Too Large",
        f"Das ist zusammen zu groß: höchstens {most // 1_000_000} MB gehen auf einmal.",
        "Bitte schicken Sie kleinere oder weniger Dateien.",
    )
    if length > most:
        raise too_big
    body = environ["wsgi.input"].read(length)
    kind = environ.get("CONTENT_TYPE", "")
    if kind.lower().startswith("multipart/form-data"):
        form = _of_multipart(kind, body)
    else:
        pairs = parse_qsl(
            body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=200
        )
        form = Form(_grouped(pairs), [])
    if len(form.uploads) > limits.getint("files"):
        raise Refused("422 Unprocessable Content", "Das sind zu viele Dateien.")
    return form


def _of_multipart(kind: str, body: bytes) -> Form:
    """The parts of a body as browsers send it (RFC 7578): each between two boundaries."""
    found = _BOUNDARY.search(kind)
    pairs: List[Tuple[str, str]] = []
    uploads: List[Upload] = []
    frame = b"\r\n--" + found[1].encode("latin-1", "replace") if found else b""
    for part in (b"\r\n" + body).split(frame)[1:] if frame else ():
        raw_head, blank, content = part.partition(b"\r\n\r\n")
        head = raw_head.decode("utf-8", "replace")
        field, name = _FIELD.search(head), _FILE.search(head)
        if not blank or not field:
            continue
        if name is None:
            pairs.append((_unescaped(field[1]), content.decode("utf-8", "replace")))
        elif content:
            type_ = _PART_TYPE.search(head)
            uploads.append(
                Upload(_file_name(_unescaped(name[1])), type_[1] if type_ else "", content)
            )
    return Form(_grouped(pairs), uploads)


def _unescaped(name: str) -> str:
    """What browsers write for a quote and for line ends in names."""
    return name.replace("%22", '"').replace("%0D", "\r").replace("%0A", "\n")


def _grouped(pairs: Iterable[Tuple[str, str]]) -> Dict[str, List[str]]:
    values: Dict[str, List[str]] = {}
    for field, value in pairs:
        text = _CONTROL.sub("", "\n".join(value.splitlines())).strip()
        if text:
            # The page is for send.php too, which wants [] behind fields with several values.
            name = " ".join(field.split())[:100].removesuffix("[]")
            values.setdefault(name, []).append(text)
    return values


def _file_name(name: str) -> str:
    last = re.split(r"[/\\]", _CONTROL.sub("", name))[-1]
    return " ".join(last.split())[-100:] or "datei"


def check(form: Form, rules: configparser.SectionProxy) -> None:
    """Raises `Refused` with all that is missing."""
    wrong = [
        f"Es fehlt: {field}."
        for field in map(str.strip, rules["required"].split(","))
        if field and not form.values.get(field)
    ]
    address = form.values.get(rules["email"], [""])[0]
    if address and not _ADDRESS.fullmatch(address):
        wrong.append(f"„{address}“ ist keine E-Mail-Adresse.")
    if wrong:
        raise Refused("422 Unprocessable Content", *wrong)


# --- the mail -------------------------------------------------------------------------------------


def letter(form: Form, settings: configparser.ConfigParser, secret: str, now: int) -> EmailMessage:
    """The mail to the gateway: the form as JSON, the files, and the signature over all of it."""
    mail = EmailMessage(policy=SMTP)
    mail["From"] = settings["mail"]["from"]
    mail["To"] = settings["mail"]["to"]
    mail["Subject"] = "Kontaktformular"
    mail["Date"] = formatdate(now)
    mail["Message-ID"] = make_msgid(domain=settings["mail"]["from"].rpartition("@")[2])
    mail["Auto-Submitted"] = "auto-generated"
    text = "Neue Anfrage über das Kontaktformular der Website."
    values = {
        field: found[0] if len(found) == 1 else found
        for field, found in form.values.items()
        if field != settings["form"]["trap"]
    }
    document = json.dumps(values, ensure_ascii=False, indent=1).encode()
    files = [Upload("form.json", "application/json", document), *form.uploads]
    mail["X-Form-Signature"] = signature(text, [each.content for each in files], secret, now)
    mail.set_content(text)
    for file in files:
        main, sub = _kind(file).split("/", 1)
        mail.add_attachment(file.content, main, sub, filename=file.name, cte="base64")
    return mail


def _kind(file: Upload) -> str:
    guessed = mimetypes.guess_type(file.name)[0] or file.kind
    is_plain = _TYPE.fullmatch(guessed) and not guessed.startswith("text/")
    return guessed if is_plain else "application/octet-stream"


def signature(text: str, files: List[bytes], secret: str, now: int) -> str:
    """The header X-Form-Signature, as docs/rules.md of the gateway describes it."""
    lines = [line.rstrip() for line in text.strip().splitlines()]
    digests = [hashlib.sha256(content).hexdigest() for content in files]
    signed = "\n".join([str(now), *digests, "", *lines])
    mac = hmac.new(secret.encode(), signed.encode(), hashlib.sha256).hexdigest()
    return f"t={now}, v1={mac}"


def send(mail: EmailMessage, settings: configparser.SectionProxy) -> None:
    """Hands the mail over; raises OSError (smtplib's errors are some) when that fails."""
    host, _, port = settings["server"].rpartition(":")
    kind = smtplib.SMTP_SSL if settings["security"] == "tls" else smtplib.SMTP
    with kind(host, int(port), timeout=30) as smtp:
        if settings["security"] == "starttls":
            smtp.starttls()
        if settings.get("user"):
            smtp.login(settings["user"], _secret(settings["password_file"]))
        smtp.send_message(mail)


# --- the answer -----------------------------------------------------------------------------------


def application(environ: dict, start_response: Callable) -> List[bytes]:
    """WSGI: one request, one answer."""
    settings = load()
    try:
        if environ["REQUEST_METHOD"] != "POST":
            return _answer(environ, start_response, settings)
        form = read(environ, settings["limits"])
        if form.values.get(settings["form"]["trap"]):
            print("contact form: a program filled in the trap", file=environ["wsgi.errors"])
            return _redirect(start_response, "?gesendet")
        _deliver(form, settings, environ)
    except Refused as refused:
        return _page(
            start_response,
            refused.status,
            "Noch nicht abgeschickt",
            *refused.sentences,
            "Mit „Zurück“ im Browser kommen Sie zum Formular; Ihr Text steht dort noch.",
        )
    return _redirect(start_response, "?gesendet")


def _deliver(form: Form, settings: configparser.ConfigParser, environ: dict) -> None:
    check(form, settings["form"])
    try:
        secret = _secret(settings["mail"]["secret_file"])
        send(letter(form, settings, secret, int(time.time())), settings["mail"])
    except OSError as error:
        print(f"contact form: not sent: {error!r}", file=environ["wsgi.errors"])
        raise Refused(
            "503 Service Unavailable",
            "Das Verschicken geht gerade nicht. Bitte versuchen Sie es in einigen Minuten wieder.",
        ) from error


def _answer(
    environ: dict, start_response: Callable, settings: configparser.ConfigParser
) -> List[bytes]:
    if environ.get("QUERY_STRING") == "gesendet":
        return _page(
            start_response,
            "200 OK",
            "Vielen Dank",
            "Ihre Nachricht ist unterwegs zu uns. Gleich kommt eine Bestätigung mit einer "
            "Nummer an Ihre E-Mail-Adresse.",
            "Kommt keine, sehen Sie bitte im Spam-Ordner nach, oder die Adresse war falsch: "
            "dann schicken Sie das Formular bitte noch einmal.",
        )
    return _redirect(start_response, settings["form"]["page"])


def _redirect(start_response: Callable, target: str) -> List[bytes]:
    """After a form has been sent, so that loading the page again does not send it again."""
    start_response("303 See Other", [("Location", target), ("Content-Length", "0")])
    return []


def _page(start_response: Callable, status: str, title: str, *sentences: str) -> List[bytes]:
    paragraphs = "".join(f"<p>{html.escape(each)}</p>\n" for each in sentences)
    page = _PAGE.format(title=title, paragraphs=paragraphs).encode()
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    start_response(
        status,
        [
            ("Content-Type", "text/html; charset=utf-8"),
            ("Content-Length", str(len(page))),
            ("Content-Security-Policy", policy),
            ("Cache-Control", "no-store"),
        ],
    )
    return [page]


# --- settings and ways to run ---------------------------------------------------------------------


def load() -> configparser.ConfigParser:
    """The settings; a file that is missing or broken is told to the web server's log."""
    settings = configparser.ConfigParser(interpolation=None)
    path = Path(os.environ.get("CONTACT_FORM") or HERE / "contact-form.ini")
    settings.read_string(path.read_text(encoding="utf-8"))
    settings["mail"]["secret_file"] = str(path.parent / settings["mail"]["secret_file"])
    return settings


def _secret(file: str) -> str:
    return Path(file).read_text(encoding="utf-8").strip()


def _try_it(environ: dict, start_response: Callable) -> List[bytes]:
    """For `--serve`: the page, and what it posts to."""
    if environ["PATH_INFO"] == "/send.py":
        return application(environ, start_response)
    content = (HERE / "index.html").read_bytes()
    start_response("200 OK", [("Content-Type", "text/html; charset=utf-8")])
    return [content]


if __name__ == "__main__":
    if sys.argv[1:2] == ["--serve"]:
        with make_server("127.0.0.1", int(sys.argv[2]), _try_it) as server:
            print(f"http://127.0.0.1:{server.server_port}/", flush=True)
            server.serve_forever()
    else:
        CGIHandler().run(application)
