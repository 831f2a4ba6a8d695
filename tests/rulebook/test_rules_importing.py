"""People and departments from a table, as the operator takes them over."""

import json
import zipfile
from pathlib import Path

import pytest

from gateway.rulebook.defaults import init
from gateway.rulebook.load import load
from tests import terminal
from tests.terminal import Done


def gateway(folder: Path, *words: str) -> Done:
    return terminal.gateway(*words, config=folder / "gateway.toml")


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    init(tmp_path / "desk", development=True)
    return tmp_path / "desk"


PEOPLE = """\
Name;E-Mail;Standort;Vorstand;Sprache
Gerda Grün;gerda@mitglieder.example;Berlin, Freiburg;nein;deutsch
Hannes;hannes@mitglieder.example;München;;en
Dora;dora@mitglieder.example;Vorstand;ja;
"""


def test_people_of_a_table_become_agents(desk: Path, tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text(PEOPLE, encoding="utf-8-sig")
    done = gateway(desk, "agent", "import", str(tmp_path / "people.csv"))
    assert done.returncode == 0, done.stderr
    assert "added  gerda <gerda@mitglieder.example>  berlin, freiburg" in done.stdout
    assert "same  dora" in done.stdout
    listed = gateway(desk, "agent", "list", "--json").stdout.splitlines()
    agents = {each["handle"]: each for each in map(json.loads, listed)}
    assert agents["gerda"]["departments"] == ["berlin", "freiburg"]
    assert agents["hannes"]["language"] == "en"
    again = gateway(desk, "agent", "import", str(tmp_path / "people.csv"))
    assert again.stdout.count("same") == 3


def test_trying_changes_nothing(desk: Path, tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text(PEOPLE, encoding="utf-8")
    tried = gateway(desk, "agent", "import", str(tmp_path / "people.csv"), "--try")
    assert "added  gerda" in tried.stdout
    assert "gerda" not in gateway(desk, "agent", "list").stdout


def test_all_mistakes_are_told_with_their_lines_and_nothing_is_taken_over(
    desk: Path, tmp_path: Path
) -> None:
    (tmp_path / "people.csv").write_text(
        "name,address,departments,admin\nA,a@x.example,berlin,no\nB,b at x.example,,\n"
        "C,c@x.example,freibrug,perhaps\nD,a@x.example,berlin,\n",
        encoding="utf-8",
    )
    told = gateway(desk, "agent", "import", str(tmp_path / "people.csv"))
    assert told.returncode == 1
    assert "people.csv:3" in told.stderr
    assert 'people.csv:4:1: “freibrug” is not known — did you mean "freiburg"?' in told.stderr
    assert "“perhaps” is not known" in told.stderr
    assert "people.csv:5:1: “a@x.example” stands in line 2 already" in told.stderr
    assert "a@x.example" not in gateway(desk, "agent", "list").stdout


def test_a_table_without_the_needed_column_says_which(desk: Path, tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text("Vorname;Nachname\nA;B\n", encoding="utf-8")
    told = gateway(desk, "agent", "import", str(tmp_path / "people.csv"))
    assert "there is no column “address”" in told.stderr


def test_departments_of_a_table_are_written_into_the_rules(desk: Path, tmp_path: Path) -> None:
    (tmp_path / "departments.csv").write_text(
        "Name;Aliases\nLeipzig;\nKöln am Rhein;koeln\nBerlin;\n", encoding="utf-8"
    )
    done = gateway(desk, "department", "import", str(tmp_path / "departments.csv"))
    assert done.returncode == 0, done.stderr
    organisation = load(desk / "rules").organisation
    assert organisation.departments["leipzig"].address == "leipzig@truhe.example"  # type: ignore[index]
    assert "abgelehnt-koeln-am-rhein" in organisation.departments
    assert "Die Departments: Arbeitsgruppen" in (desk / "rules/departments.yaml").read_text()


def test_tickets_are_exported_with_their_mails(desk: Path, tmp_path: Path) -> None:
    nothing = gateway(desk, "ticket", "export", str(tmp_path / "all.zip"), "--all")
    assert nothing.stdout.startswith("0 tickets written")
    assert zipfile.ZipFile(tmp_path / "all.zip").namelist() == []
    assert (
        "exists already"
        in gateway(desk, "ticket", "export", str(tmp_path / "all.zip"), "--all").stderr
    )
    assert "Name the tickets" in gateway(desk, "ticket", "export", str(tmp_path / "b.zip")).stderr
    assert "no ticket #7" in gateway(desk, "ticket", "export", str(tmp_path / "c.zip"), "#7").stderr
