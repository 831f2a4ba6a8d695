"""The README and docs/ say what the programs do: settings, card, keys, commands, snippets."""

import difflib
import io
import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import chdir, redirect_stderr, redirect_stdout
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import pytest
import yaml
from journeys import postfix as servers
from pgpmail import encrypted, gone, key_folder, new_keys, text

from gateway.__main__ import app
from gateway.cli.explaining import item_of
from gateway.cli.mistakes import told
from gateway.config import annotated, load
from gateway.daemon import build
from gateway.model.envelope import QueueId
from gateway.model.people import Language
from gateway.policy.commands.read import read
from gateway.policy.commands.words import card
from gateway.render.catalogue import Catalogue
from gateway.render.composer import MailComposer
from gateway.rulebook.defaults import folder
from gateway.rulebook.load import load as load_rules
from gateway.rulebook.load_tests import load_tests
from gateway.ruletests.run import run

ROOT = Path(__file__).parents[1]
PAGES = {"README.md": ROOT / "README.md"} | {
    f"docs/{page.name}": page for page in sorted((ROOT / "docs").glob("*.md"))
}
CORPUS = ROOT / "tests" / "corpus"
GROUPS = {"ticket", "queue", "agent", "rules", "audit", "person", "retention", "keys", "openpgp"}


def page(name: str) -> str:
    return PAGES[name].read_text(encoding="utf-8")


def part(name: str, mark: str) -> str:
    """What stands between `<!-- mark -->` and `<!-- end -->`."""
    found = re.search(rf"<!-- {re.escape(mark)} -->\n(.*?)<!-- end -->", page(name), re.DOTALL)
    assert found, f"{name} has no part {mark}"
    return found[1]


def assert_same(written: str, right: str, where: str) -> None:
    difference = difflib.unified_diff(
        written.splitlines(), right.splitlines(), where, "what it should be", lineterm=""
    )
    assert written == right, "\n" + "\n".join(difference)


def blocks(text: str, kind: str) -> list[str]:
    return re.findall(rf"^```{kind}\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)


# --- settings and card ----------------------------------------------------------------------------


def test_the_docs_quote_the_configuration_as_init_writes_it():
    page_name = "docs/configuration.md"
    written = part(page_name, "configuration")
    assert_same(written, f"```toml\n{annotated()}```\n", page_name)


@pytest.mark.parametrize("language", list(Language))
def test_the_card_in_the_docs_is_the_table_of_words(language):
    head = {
        Language.ENGLISH: "| command | also | what it does | example |",
        Language.GERMAN: "| Befehl | auch | Bedeutung | Beispiel |",
    }
    catalogue = Catalogue.load(folder("templates"))
    rows = [
        f"| {_code(row.written)} | {' '.join(map(_code, row.also))} |"
        f" {catalogue.sentence(row.meaning, language)} | {_code(row.example)} |"
        for row in card(language)
    ]
    right = "\n".join([head[language], "|---|---|---|---|", *rows, ""])
    assert_same(part("docs/commands.md", f"card: {language}"), right, f"card: {language}")
    assert f"[{len(rows)} commands of the card]" in page("README.md")


def _code(words: str) -> str:
    return f"`{words.strip()}`".replace("|", "\\|")


@pytest.mark.parametrize("mail", blocks(page("docs/commands.md"), "mail"))
def test_an_agent_who_writes_an_example_of_the_docs_is_understood(mail):
    understood = read(mail)
    assert not understood.problems, understood.problems
    assert understood.commands or understood.reply


# --- rules ----------------------------------------------------------------------------------------


def test_the_examples_for_admins_are_rules(tmp_path):
    rules = tmp_path / "rules"
    shutil.copytree(folder("rules"), rules)
    secret = tmp_path / "form-secret"
    secret.write_text("0123456789abcdef" * 4)
    written = page("docs/rules.md").replace("/etc/ticket-gateway/form-secret", str(secret))
    examples = blocks(written, "yaml")
    assert len(examples) > 5
    (answer,) = [each for each in blocks(page("docs/rules.md"), "") if "Eingang eines" in each]
    (rules / "canned" / "spendenangebot-eingang.txt").write_text(answer, encoding="utf-8")
    for example in examples:
        name = re.match(r"# rules/((?:tests/)?\w+\.yaml)", example)
        assert name, f"the example does not name its file:\n{example}"
        file = rules / name[1]
        if file.parent.name == "tests":
            file.write_text(example, encoding="utf-8")
            continue
        merged = _merged(yaml.safe_load(file.read_text("utf-8")), yaml.safe_load(example))
        file.write_text(yaml.safe_dump(merged, allow_unicode=True), encoding="utf-8")
    rulebook = load_rules(rules)
    organisation = rulebook.organisation
    assert "leipzig@truhe.example" in organisation.addresses
    (rules / "tests" / "beispiele.yaml").unlink()
    found = load_tests(rules, rulebook)
    assert not found.errors
    ran = list(run(found.tests, rulebook, MailComposer(organisation)))
    assert [len(each.failures) for each in ran] == [0, 0]
    assert {"vermieterin@hausverein.example", "@partnerverein.example"} <= organisation.allow.keys()


def _merged(old, new):
    if isinstance(old, dict) and isinstance(new, dict):
        return old | {key: _merged(old.get(key), value) for key, value in new.items()}
    if isinstance(old, list) and isinstance(new, list):
        return old + new
    return new


# --- commands and links ---------------------------------------------------------------------------


def _named_commands() -> Iterator[tuple[str, str]]:
    """(page, command line) of every `gateway ...` in code."""
    for name in PAGES:
        text = re.sub(r"^```.*?^```$", "", page(name), flags=re.DOTALL | re.MULTILINE)
        lines = re.findall(r"`([^`\n]+)`", text)
        lines += re.findall(r"^    (\S.*)$", page(name), re.MULTILINE)
        for line in lines:
            if found := re.match(r"(?:\S*/)?gateway ([a-z].*)", line):
                yield name, found[1].split(" #")[0]


def _command(line: str) -> tuple[str, ...]:
    words = line.split()
    return tuple(words[:2]) if words[0] in GROUPS and len(words) > 1 else (words[0],)


@cache
def _help(command: tuple[str, ...]) -> str:
    done = _gateway(*command, "--help")
    assert done.returncode == 0, done.stderr
    return done.stdout


@dataclass(frozen=True, slots=True)
class Done:
    """What a command printed, and its exit status."""

    returncode: int
    stdout: str
    stderr: str


def _gateway(*arguments: str | Path, cwd: Path = ROOT) -> Done:
    """Run the command line in this process: a second a command is too long for so many."""
    output, errors = io.StringIO(), io.StringIO()
    status = 0
    with pytest.MonkeyPatch.context() as patch, chdir(cwd):
        patch.setenv("COLUMNS", "200")
        with redirect_stdout(output), redirect_stderr(errors):
            try:
                with told():
                    app([*map(str, arguments)])
            except SystemExit as end:
                status = int(end.code or 0)
    return Done(status, output.getvalue(), errors.getvalue())


def test_every_command_that_the_pages_name_exists_with_its_options():
    named = list(_named_commands())
    assert len(named) > 20
    for where, line in named:
        shown = _help(_command(line))
        for option in re.findall(r"(?<!\S)--[a-z][a-z-]*", line):
            assert option in shown, f"{where}: gateway {line} has no {option}"


def test_every_relative_link_leads_somewhere():
    for name, path in PAGES.items():
        for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", page(name)):
            assert (path.parent / target).exists(), f"{name} links to {target}"


def test_the_readme_stays_readable():
    assert len(page("README.md").splitlines()) < 350


def test_every_line_of_the_log_is_explained_to_operators():
    written = re.compile(r"log\.(?:info|warning|error|exception|critical)\(\s*f?\"([^\"]+)\"")
    events = {
        event
        for file in sorted((ROOT / "gateway").rglob("*.py"))
        for event in written.findall(file.read_text(encoding="utf-8"))
    }
    table = page("docs/operation.md").partition("## The log")[2].partition("\n## ")[0]
    explained = set(re.findall(r"`([^`]+)`", table))
    assert len(events) > 15
    assert not events - explained


# --- contracts for scripts ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def desk(tmp_path_factory) -> Path:
    """A gateway's folder with tickets, a waiting message and waiting outgoing mail."""
    home = tmp_path_factory.mktemp("desk")
    assert _gateway("init", home / "desk").returncode == 0
    base = home / "desk"
    parts = build(load(base / "gateway.toml"), base)
    try:
        for number, mail in enumerate((_QUESTION, _ORDER, _PUT_OFF)):
            item = item_of(mail, (), None, parts.rules.rulebook.organisation)
            item = replace(item, queue_id=QueueId(f"queue-{number}"))
            parts.store.inbound.insert([item])
            if mail is not _PUT_OFF:
                parts.pipeline.process(item)
    finally:
        parts.store.close()
    return base


_QUESTION = b"""From: Maria <maria@example.org>\r
To: info@truhe.example\r
Message-ID: <first@example.org>\r
Subject: Laptop\r
\r
Haben Sie einen Laptop?\r
"""
_ORDER = b"""From: dora@mitglieder.example\r
To: tickets@truhe.example\r
Message-ID: <order@mitglieder.example>\r
Subject: x\r
\r
!move berlin keep #1001\r
"""
_PUT_OFF = _QUESTION.replace(b"first@", b"second@")
_ANSWER = _QUESTION.replace(b"Subject: Laptop", b"In-Reply-To: <first@example.org>\r\nSubject: Re")


def _paths(value: object, path: str = "") -> Iterator[str]:
    """The keys of an object, nested ones as `from.name` and `to[].name`."""
    if isinstance(value, dict) and value:
        for key, inner in value.items():
            yield from _paths(inner, f"{path}.{key}" if path else key)
    elif isinstance(value, list) and any(isinstance(each, dict) for each in value):
        for each in value:
            yield from _paths(each, f"{path}[]")
    else:
        yield path


def _documented(mark: str, name: str = "README.md") -> set[str]:
    table = re.search(rf"<!-- keys: {mark} -->\n\|.*\n\|.*\n((?:\|.*\n)+)", page(name))
    assert table, f"{name} has no table of keys for {mark}"
    return set(
        re.findall(r"`([^`]+)`", "".join(row.split("|")[1] for row in table[1].splitlines()))
    )


def assert_keys(objects: list[dict], documented: set[str]) -> None:
    """Each key is documented and printed; `a.*` stands for whatever is below `a`."""
    assert objects
    open_ended = tuple(key.removesuffix("*") for key in documented if key.endswith("*"))
    printed = {path for each in objects for path in _paths(each)}
    # A null or an empty list where another object has more.
    printed = {p for p in printed if not any(q.startswith((f"{p}.", f"{p}[]")) for q in printed)}
    named = {key for key in documented if not key.endswith("*")}
    free = {path for path in printed - named if path.startswith(open_ended)}
    assert bool(free) == bool(open_ended)
    difference = difflib.ndiff(sorted(named), sorted(printed - free))
    assert named == printed - free, "\n".join(each for each in difference if each[0] in "-+")


def _lines(*arguments: str | Path, cwd: Path) -> list[dict]:
    done = _gateway(*arguments, "--json", cwd=cwd)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_inspect_prints_the_keys_that_are_documented(tmp_path):
    copied = tmp_path / "copied.eml"
    copied.write_bytes(b"Cc: Ben <ben@example.org>\n" + _QUESTION)
    paths = tmp_path / "paths"
    paths.write_text("\n".join(map(str, [copied, *sorted(CORPUS.glob("*.eml"))])))
    done = _gateway("inspect", "--paths", paths, "--json")
    objects = [json.loads(line) for line in done.stdout.splitlines()]
    assert all(each.pop("path") for each in objects)
    objects += _opened(tmp_path)
    assert_keys(objects, _documented("inspect"))


def _opened(folder: Path) -> list[dict]:
    """What inspect prints of a mail that is signed and encrypted, whose subject is inside."""
    keys = new_keys()
    try:
        inner = text("Nur für euch.").replace(b"utf-8", b'utf-8; protected-headers="v1"', 1)
        armor = keys.encrypted(b"Subject: Innen\r\n" + inner, signed=True)
        (folder / "secret.eml").write_bytes(encrypted(armor))
        arguments = ("--keys", key_folder(keys, folder / "keys"), folder / "secret.eml")
        return _lines("inspect", *arguments, cwd=folder)
    finally:
        gone(keys)


def test_inspect_names_a_file_that_cannot_be_read(tmp_path):
    paths = tmp_path / "paths"
    paths.write_text("/nowhere.eml\n")
    done = _gateway("inspect", "--paths", paths, "--json")
    assert json.loads(done.stdout).keys() == {"path", "error"}


def test_explain_prints_the_keys_that_are_documented(desk, tmp_path):
    objects = []
    for number, mail in enumerate((_ANSWER, _ORDER.replace(b"order@", b"other@"))):
        file = tmp_path / f"{number}.eml"
        file.write_bytes(mail)
        objects += _lines("explain", file, cwd=desk)
    assert_keys(objects, _documented("explain"))


@pytest.mark.parametrize("command", ["ticket list", "queue list", "agent list", "check"])
def test_a_list_prints_the_keys_that_are_documented(desk, command):
    assert_keys(_lines(*command.split(), cwd=desk), _documented(command))


def test_doctor_prints_the_keys_that_are_documented(desk):
    assert_keys(_lines("doctor", cwd=desk), _documented("doctor", "docs/operation.md"))


def test_ticket_show_prints_the_keys_that_are_documented(desk):
    documented = _documented("ticket list") | _documented("ticket show, more")
    assert_keys(_lines("ticket", "show", "1001", cwd=desk), documented)


def test_agents_are_named_by_their_short_names(desk):
    shown = _lines("ticket", "show", "#1001", cwd=desk)[0]
    assert shown["referrals"] == ["@dora"]


# --- agents at the terminal -----------------------------------------------------------------------


def test_an_agent_is_added_changed_and_locked_at_the_terminal(desk):
    _done(desk, "agent add greta@verein.example --name Greta --dept freiburg")
    _done(desk, "agent set greta --dept berlin --dept muenchen --admin")
    assert "berlin, muenchen" in _done(desk, "agent set greta --state locked")
    greta = next(each for each in _lines("agent", "list", cwd=desk) if each["handle"] == "greta")
    assert (greta["state"], greta["admin"]) == ("locked", True)


_MISTAKES = {
    "agent add verein.example": "no mail address",
    "agent add berlin@truhe.example": "an address of the gateway itself",
    "agent add ada@verein.example --dept berln": "there is no department “berln”. Did you mean",
    "agent set nobody --admin": "there is no account “nobody”",
    "agent set dora --state locked": "dora is the last active admin",
    "agent set dora@mitglieder.example --no-admin": "dora is the last active admin",
}


def test_a_mistake_about_an_agent_is_one_line_and_changes_nothing(desk):
    before = _lines("agent", "list", cwd=desk)
    for arguments, mistake in _MISTAKES.items():
        done = _gateway(*arguments.split(), cwd=desk)
        assert (done.returncode, done.stdout) == (1, "")
        assert mistake in done.stderr
        assert len(done.stderr.splitlines()) == 1
    assert _lines("agent", "list", cwd=desk) == before


def _done(desk: Path, arguments: str) -> str:
    done = _gateway(*arguments.split(), cwd=desk)
    assert done.returncode == 0, done.stderr
    return done.stdout


# --- the snippet for Postfix ----------------------------------------------------------------------


@pytest.mark.postfix
@pytest.mark.skipif(bool(servers.missing()), reason=servers.missing())
def test_postfix_with_the_snippet_asks_the_gateway_and_strips_forged_fields(monkeypatch):
    verify = "verify unix - - n - 1 verify\n"
    monkeypatch.setattr(servers, "MASTER", servers.MASTER + verify)
    place = Path(tempfile.mkdtemp(prefix="snippet-"))
    place.chmod(0o755)
    try:
        _play(place)
    finally:
        shutil.rmtree(place)


def _play(place: Path) -> None:
    mail = place / "desk" / "mail"
    with (
        servers.postfix(place / "front", "mx.truhe.example", _snippet(place)) as front,
        _serving(place, place / "front" / "queue" / "private" / "ticket-gateway"),
    ):
        refused = subprocess.run(
            ["swaks", "--server", f"127.0.0.1:{front.port}", "--to", "nobody@truhe.example",
             "--from", "maria@example.org", "--quit-after", "RCPT"],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert "<** 550 5.1.1" in refused.stdout, refused.stdout + front.log
        forged = (
            "Authentication-Results: mx.truhe.example; dmarc=pass header.from=mitglieder.example"
        )
        body = f"From: dora@mitglieder.example\n{forged}\nSubject: x\n\n!list\n"
        servers.swaks(front, "dora@mitglieder.example", "tickets@truhe.example", body)
        servers.wait_until(lambda: any(mail.glob("dora@*/new/*")), f"no answer\n{front.log}")
        log = (place / "desk" / "log").read_text()
        assert "0 DMARC verdicts of mx.truhe.example" in log, log


def _snippet(place: Path) -> str:
    """main.cf of the docs, with its files in `place`; milters are programs of others."""
    (place / "header_checks").write_text(
        blocks(part("docs/postfix.md", "header_checks"), "text")[0]
    )
    main = blocks(part("docs/postfix.md", "main.cf"), "ini")[0]
    main = re.sub(r"^(smtpd_milters|transport_maps) =.*\n", "", main, flags=re.MULTILINE)
    # Every client of the test is on this machine and must be treated as a stranger.
    strangers = "mynetworks = 192.0.2.1/32\naddress_verify_poll_delay = 1s\n"
    return main.replace("/etc/postfix", str(place)) + strangers + "address_verify_map =\n"


class _serving:  # noqa: N801  (reads as what it is)
    """`gateway serve` behind the socket, from its being ready to its end."""

    def __init__(self, place: Path, socket: Path) -> None:
        self._base = place / "desk"
        self._socket = socket

    def __enter__(self) -> None:
        assert _gateway("init", self._base, "--production").returncode == 0
        config = self._base / "gateway.toml"
        text = config.read_text()
        for old, new in (
            ('listen = ["127.0.0.1:8025"]', "listen = []"),
            ('#lmtp_socket = "/run/gateway/lmtp.sock"', f'lmtp_socket = "{self._socket}"'),
            ('mode = "smarthost"', 'mode = "maildir"'),
            ('authserv_id = ""', 'authserv_id = "mx.truhe.example"'),
            ("trusted_relays = []", 'trusted_relays = ["unix"]'),
            ('level = "info"', 'level = "debug"'),
        ):
            assert old in text
            text = text.replace(old, new)
        config.write_text(text)
        self._log = (self._base / "log").open("w+")
        self._daemon = subprocess.Popen(
            [sys.executable, "-m", "gateway", "serve", "--config", config], stderr=self._log
        )
        log = self._base / "log"
        servers.wait_until(lambda: "ready: lmtp" in log.read_text(), "the gateway does not start")
        self._socket.chmod(0o666)

    def __exit__(self, *_: object) -> None:
        self._daemon.terminate()
        self._daemon.wait(30)
        self._log.close()


@pytest.fixture(scope="module")
def listing_desk(tmp_path_factory) -> Path:
    """A gateway's folder with entries of both kinds and sources, and a rejected mail."""
    base = tmp_path_factory.mktemp("listing") / "desk"
    assert _gateway("init", base).returncode == 0
    file = base / "rules" / "allow.yaml"
    file.write_text(_LISTS, encoding="utf-8")
    parts = build(load(base / "gateway.toml"), base)
    command = _ORDER.replace(b"!move berlin keep #1001", b"!allow haus@verein.example room key")
    try:
        for number, mail in enumerate((_QUESTION.replace(b"info@", b"berlin@"), command)):
            item = item_of(mail, (), None, parts.rules.rulebook.organisation)
            item = replace(item, queue_id=QueueId(f"queue-{number}"))
            parts.store.inbound.insert([item])
            parts.pipeline.process(item)
    finally:
        parts.store.close()
    return base


_LISTS = """allow:
  - domain: paketdienst.example
    header: {name: X-Mailer, contains: Sendung}
    reason: Pakete
block:
  - address: werbung@haendler.example
    reason: Werbung
"""


@pytest.mark.parametrize("command", ["rules show", "rules rejected"])
def test_rules_print_the_keys_that_are_documented(listing_desk, command):
    objects = _lines(*command.split(), cwd=listing_desk)
    assert_keys(objects, _documented(command, "docs/rules.md"))


def test_both_lists_are_printed_with_their_sources(listing_desk):
    shown = _gateway("rules", "show", cwd=listing_desk).stdout
    assert "rules/allow.yaml:2  Pakete" in shown
    assert re.search(r"haus@verein\.example +all +without end +Dora, 20..-..-.. +room key", shown)
    assert "rules/allow.yaml:6  Werbung" in shown
    assert "1 mails were not let in" in _gateway("rules", "rejected", cwd=listing_desk).stdout
