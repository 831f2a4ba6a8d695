"""The shipped organisation, and what admins write, as one value."""

import unicodedata
from datetime import date, time
from pathlib import Path

import pytest
from rules_help import Edit, mistakes

from gateway.model.address import Mailbox, fold
from gateway.model.authors import Allow, HeaderCondition, InFile
from gateway.model.organisation import Address, AddressKind, DepartmentKind
from gateway.model.people import AgentSpec, DepartmentId, Language, NotifyChoice, Rhythm
from gateway.rulebook.defaults import folder
from gateway.rulebook.load import Rulebook, load


@pytest.fixture(scope="module")
def shipped() -> Rulebook:
    return load(folder("rules"))


def test_the_shipped_organisation_has_the_addresses_of_its_kinds(shipped: Rulebook) -> None:
    by_kind: dict[AddressKind, set[str]] = {}
    for address in shipped.organisation.addresses.values():
        by_kind.setdefault(address.kind, set()).add(address.address.removesuffix("@truhe.example"))

    assert by_kind == {
        AddressKind.PUBLIC: {"info", "datenschutz", "vorstand", "postmaster", "abuse"},
        AddressKind.MEMBERS: {"gefahrgut"},
        AddressKind.INTERNAL: {"berlin", "freiburg", "muenchen", "ueberregional"},
        AddressKind.FORM: {"kontaktformular"},
        AddressKind.COMMAND: {"tickets"},
        AddressKind.RELAY: {"mitgliederliste"},
    }
    assert shipped.organisation.command_address == "tickets@truhe.example"
    assert shipped.organisation.kind_of("Info@Truhe.Example") == Address(
        "info@truhe.example", AddressKind.PUBLIC, DepartmentId("allgemein")
    )


def test_the_shipped_organisation_has_its_departments(shipped: Rulebook) -> None:
    departments = shipped.organisation.departments
    kinds = {
        DepartmentKind.OFFICE: {"allgemein", "datenschutz", "gefahrgut", "vorstand"},
        DepartmentKind.LOCATION: {"berlin", "freiburg", "muenchen"},
        DepartmentKind.SUPRAREGIONAL: {"ueberregional"},
        DepartmentKind.REJECTED: {
            "abgelehnt-berlin", "abgelehnt-freiburg", "abgelehnt-muenchen",
            "abgelehnt-ueberregional",
        },
    }  # fmt: skip
    assert {d.id: d.kind for d in departments.values()} == {
        short: kind for kind, names in kinds.items() for short in names
    }
    assert {d.id for d in departments.values() if d.admins} == {"allgemein", "vorstand"}


def test_every_location_has_its_own_rejected_mail_that_tells_nobody(shipped: Rulebook) -> None:
    departments = shipped.organisation.departments
    for short in ("berlin", "freiburg", "muenchen", "ueberregional"):
        main = departments[DepartmentId(short)]
        assert main.rejected is not None
        rejected = departments[main.rejected]
        assert (rejected.main, rejected.silent, rejected.address) == (main.id, True, main.address)
        assert rejected.name == f"Abgelehnte Anfragen – {main.name}"


def test_the_shipped_agents_are_those_of_the_example(shipped: Rulebook) -> None:
    assert {agent.handle: sorted(agent.departments) for agent in shipped.agents} == {
        "anna": ["berlin"],
        "ben": ["berlin", "freiburg"],
        "clara": ["muenchen"],
        "dora": ["vorstand"],
        "emil": ["datenschutz"],
        "fritz": ["gefahrgut"],
    }
    assert shipped.agents[3] == AgentSpec(
        "dora", Mailbox("dora@mitglieder.example", "Dora"), frozenset({DepartmentId("vorstand")}),
        admin=True, language=Language.GERMAN,
    )  # fmt: skip
    assert [agent.handle for agent in shipped.agents if agent.admin] == ["dora"]


def test_the_shipped_rules_have_no_warnings(rules: Path) -> None:
    assert load(rules).warnings == ()


@pytest.mark.parametrize("word", ["muenchen", "münchen", "München", "MÜNCHEN", "Mu\u0308nchen"])
def test_a_department_is_known_by_every_spelling(word: str, shipped: Rulebook) -> None:
    typed = fold(unicodedata.normalize("NFC", word))
    assert shipped.organisation.department_names[typed] == "muenchen"


def test_the_form_is_read_by_its_own_words(shipped: Rulebook) -> None:
    form = shipped.organisation.form
    assert form.fields["email"] == "email"
    assert form.fields["postleitzahl"] == "postcode"
    assert form.locations["muenchen"] == "muenchen"
    assert form.topics["vorstand"] == "vorstand"
    assert (form.fallback, form.broken, form.secret) == ("ueberregional", "vorstand", "")


def test_the_examples_in_the_comments_are_right(rules: Path) -> None:
    for name, first in (("allow.yaml", "  # -"), ("agents.yaml", "    # -")):
        lines = (rules / name).read_text(encoding="utf-8").splitlines()
        begun, out = False, []
        for line in lines:
            begun = (begun or line.startswith(first)) and bool(line.strip())
            out.append(line.replace("# ", "", 1) if begun else line)
        (rules / name).write_text("\n".join(out) + "\n", encoding="utf-8")

    organisation = load(rules).organisation

    assert organisation.allow["vermieterin@hausverein.example"] == (
        Allow(
            "vermieterin@hausverein.example",
            "Öffnungszeiten und Wartung im Haus, Mietvertrag bis Ende 2027",
            frozenset({DepartmentId("berlin")}),
            date(2027, 12, 31),
            source=InFile("rules/allow.yaml", 24),
        ),
    )
    assert organisation.allow["@partnerverein.example"][0].authenticated
    (parcels,) = organisation.allow["@paketdienst.example"]
    assert parcels.subdomains
    assert parcels.header == HeaderCondition("x-mailer", "sendungsverfolgung")
    (caretakers,) = organisation.allow["%8E1F9D3C27A45B609F12C3D74E58A6B10D927F35"]
    assert caretakers.departments == {"berlin"}
    (block,) = organisation.block["werbung@haendler.example"]
    assert block.until == date(2027, 6, 30)
    assert organisation.members == {"gerda@verein.example", "@mitglieder.example"}


def test_renaming_the_organisation_takes_one_file(edit: Edit) -> None:
    edit("organisation.yaml", "name: Truhe e. V.", "name: Kiste gGmbH")
    rules = edit("organisation.yaml", "domain: truhe.example", "domain: Kiste.example")

    organisation = load(rules).organisation

    assert organisation.address_of(DepartmentId("berlin")) == Mailbox(
        "berlin@kiste.example", "Kiste gGmbH – Berlin"
    )
    assert "info@kiste.example" in organisation.addresses


def test_words_that_look_like_other_things_stay_words(edit: Edit) -> None:
    edit("departments.yaml", "[aufkleber]", "[no, 1:30, 012, ~x]")
    edit("agents.yaml", "name: Clara", "name: Null")
    rules = edit("organisation.yaml", "language: de", "language: en")

    book = load(rules)

    assert book.organisation.departments[DepartmentId("gefahrgut")].aliases == (
        "no", "1:30", "012", "~x",
    )  # fmt: skip
    assert [agent.mailbox.name for agent in book.agents][2] == "Null"
    assert book.agents[0].language is Language.ENGLISH


def test_a_department_with_several_addresses_says_which_one_it_answers_from(edit: Edit) -> None:
    edit("organisation.yaml", "    info: allgemein", "    info: allgemein\n    hallo: allgemein")
    rules = edit(
        "departments.yaml", "Allgemeine Anfragen\n", "Allgemeine Anfragen\n    address: hallo\n"
    )

    found = load(rules).organisation.departments[DepartmentId("allgemein")]

    assert found.address == "hallo@truhe.example"


def test_relayed_mail_goes_to_the_smarthost_or_to_a_named_server(edit: Edit) -> None:
    rules = edit(
        "organisation.yaml",
        "liste: smarthost",
        "liste: smarthost\n    alle: lists.truhe.example:2525",
    )

    addresses = load(rules).organisation.addresses

    assert addresses["mitgliederliste@truhe.example"].next_hop == ""
    assert addresses["alle@truhe.example"].next_hop == "lists.truhe.example:2525"
    assert addresses["alle@truhe.example"].department is None


def test_agents_allow_and_form_may_be_left_out(edit: Edit) -> None:
    rules = edit("organisation.yaml", "  form:\n    - kontaktformular\n", "")
    for name in ("agents.yaml", "allow.yaml", "form.yaml"):
        (rules / name).unlink()

    book = load(rules)

    assert (book.agents, book.organisation.allow) == ((), {})


def test_rule_files_that_everybody_may_write_are_refused(rules: Path) -> None:
    (rules / "allow.yaml").chmod(0o666)
    (wrong,) = mistakes(rules)
    assert "chmod go-w rules/allow.yaml" in str(wrong)


def test_rule_files_that_others_may_write_are_warned_of(rules: Path) -> None:
    (rules / "allow.yaml").chmod(0o664)
    (rules / "form.yaml").rename(rules.parent / "elsewhere")
    (rules / "form.yaml").symlink_to(rules.parent / "elsewhere")

    warnings = load(rules).warnings

    assert [warning.file for warning in warnings] == ["rules/allow.yaml", "rules/form.yaml"]
    assert "chmod go-w rules/allow.yaml" in str(warnings[0])
    assert "symbolic link" in str(warnings[1])


def test_the_secret_of_the_form_may_stand_in_a_file_or_be_a_credential(
    edit: Edit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, credential = tmp_path / "form", tmp_path / "form-secret"
    for path, secret in ((file, "ab" * 16), (credential, "cd" * 16)):
        path.write_text(f"{secret}\n", "utf-8")
        path.chmod(0o400)
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    rules = edit("form.yaml", "# secret_file: /etc/ticket-gateway/form-secret", "# nothing")
    assert load(rules).organisation.form.secret == "cd" * 16
    rules = edit("form.yaml", "# nothing", f"secret_file: {file}")
    assert load(rules).organisation.form.secret == "ab" * 16
    assert load(rules).warnings == ()
    file.chmod(0o444)
    (warning,) = load(rules).warnings
    assert f"chmod o-r {file}" in str(warning)
    file.write_text("\n", "utf-8")
    (wrong,) = mistakes(rules)
    assert "openssl rand -hex 32" in str(wrong)


def test_the_first_agents_may_bring_what_they_are_told(edit: Edit) -> None:
    rules = edit(
        "agents.yaml", "[berlin, freiburg]", "[berlin, freiburg]\n    notify: {freiburg: digest}"
    )
    ben = next(spec for spec in load(rules).agents if spec.handle == "ben")
    assert ben.choices == {(DepartmentId("freiburg"), NotifyChoice.DIGEST)}
    assert ben.digest is Rhythm.DAILY  # without one, nobody would read it


def test_the_clocks_of_the_organisation_are_its_own(edit: Edit) -> None:
    edit("organisation.yaml", "timezone: Europe/Berlin", "timezone: America/Lima")
    rules = edit("organisation.yaml", '"7:00"', "18.30 Uhr")
    found = load(rules).organisation
    assert str(found.zone) == "America/Lima"
    assert found.digest_clock == time(18, 30)
