"""What `gateway explain` says of a new ticket: where it goes, and what its author hears at once."""

import json
from pathlib import Path

import pytest

from gateway.rulebook.defaults import init
from tests.terminal import gateway

EINGANG = "---\ntitle: Eingang\n---\nDanke, das ist {{ nummer }}.\n"


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A desk whose default topic answers new tickets."""
    folder = tmp_path_factory.mktemp("explain")
    init(folder, development=True)
    (folder / "rules" / "canned" / "eingang.txt").write_text(EINGANG, encoding="utf-8")
    topics = folder / "rules" / "topics.yaml"
    name = "    name: Allgemeine Anfrage\n"
    text = topics.read_text(encoding="utf-8")
    topics.write_text(text.replace(name, f"{name}    autoresponse: eingang\n"), encoding="utf-8")
    return folder / "gateway.toml"


def explained(config: Path, *words: str, head: str = "") -> str:
    mail = (
        f"From: maria@example.org\nTo: info@truhe.example\n{head}Subject: Frage\n"
        "Message-ID: <1@example.org>\n\nGuten Tag, haben Sie einen Laptop?\n"
    )
    done = gateway("explain", "-", *words, config=config, stdin=mail.encode())
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_canned_response_of_the_topic_is_named_and_shown(config: Path) -> None:
    shown = explained(config, "--language", "en")
    assert "ticket:     #1001, a new one: allgemein, allgemeine-anfrage, normal, open" in shown
    assert "answer:     the canned response “eingang” of the help topic, in place of" in shown
    assert "--- would be sent: automatic-answer to maria@example.org ---" in shown
    assert "Danke, das ist #1001." in shown


def test_it_is_said_why_nobody_is_answered(config: Path) -> None:
    shown = explained(config, "--language", "de", head="Auto-Submitted: auto-replied\n")
    assert "Antwort:    nichts: written by a machine" in shown
    assert "maria@example.org ---" not in shown


def test_programs_learn_the_same(config: Path) -> None:
    answer = json.loads(explained(config, "--json"))["answer"]
    assert answer == {"kind": "automatic-answer", "autoresponse": "eingang", "why_not": None}
    rejected = json.loads(explained(config, "--json", "--to", "berlin@truhe.example"))["answer"]
    assert rejected == {"kind": "rejection", "autoresponse": None, "why_not": None}
    machine = json.loads(explained(config, "--json", head="Precedence: list\n"))["answer"]
    assert machine["kind"] is None
    assert machine["why_not"]
