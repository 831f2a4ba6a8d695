"""The slips that admins make: each is told once, with file, line and what would be right."""

import shutil

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rules_help import Edit, line_of, mistakes

from gateway.rulebook.defaults import folder
from gateway.rulebook.errors import RuleErrors
from gateway.rulebook.load import load

ORGANISATION, DEPARTMENTS, AGENTS = "organisation.yaml", "departments.yaml", "agents.yaml"
ALLOW, FORM = "allow.yaml", "form.yaml"


def entry(*lines: str) -> str:
    return "\n".join(
        ["allow:", "  - address: ada@haus.example", *(f"    {line}" for line in lines)]
    )


# what is written instead of what, the line the slip is in (some text of it), the remedy
SLIPS = {
    "a department that is none, among the choices": (
        AGENTS, "[muenchen]", "[muenchen]\n    notify: {berln: mine}", "berln", '"berlin"',
    ),
    "a choice that is none": (
        AGENTS, "[muenchen]", "[muenchen]\n    notify: {berlin: mien}", "mien", "mine",
    ),
    "no time of the day": (
        ORGANISATION, 'digest_at: "7:00"', "digest_at: 25:00", "digest_at", "7:00",
    ),
    "no time zone": (
        ORGANISATION, "timezone: Europe/Berlin", "timezone: Europa/Berlin", "timezone",
        "Europe/Berlin",
    ),
    "a tab as indentation": (
        DEPARTMENTS, "    admins: true", "\tadmins: true", "\tadmins", "use spaces instead",
    ),
    "no colon": (
        ORGANISATION, "domain: truhe", "domain truhe", "domain truhe", "domain: truhe.example",
    ),
    "no colon in the first line": (
        ORGANISATION, "name: Truhe", "name Truhe", "name Truhe", "name: Truhe e. V.",
    ),
    "no colon after a heading": (DEPARTMENTS, "  berlin:", "  berlin", "  berlin", "berlin:"),
    "no space after the colon": (
        ORGANISATION, "language: de", "language:de", "language:de", "put a space after",
    ),
    "a quote that is not closed": (
        ORGANISATION, "name: Truhe e. V.", 'name: "Truhe e. V.', "name: ", "put the same mark",
    ),
    "a quote that the next one closes": (
        ORGANISATION, "domain: truhe.example", 'domain: "truhe.example\nx: "y"', "domain:",
        "put the same mark",
    ),
    "a bracket that is not closed": (
        AGENTS, "[berlin, freiburg]", "[berlin, freiburg", "[berlin, freiburg", "put ] at its end",
    ),
    "a bare at sign": (
        ALLOW, "allow:", "allow:\n  - domain: @haus.example", "@haus", "leave it out: haus.example",
    ),
    "a second colon": (
        ORGANISATION, "name: Truhe e. V.", "name: Truhe: der Verein", "Truhe:",
        '"Truhe: der Verein"',
    ),
    "a line that stands too far left": (
        AGENTS, "    address: clara", "   address: clara", "   address: clara",
        "with 2 as line",
    ),
    "a hyphen behind the colon": (
        AGENTS, "[muenchen]", "- muenchen", "departments: - m", "[muenchen]",
    ),
    "a name between asterisks": (
        ORGANISATION, "name: Truhe e. V.", "name: *Truhe*", "name: *", '"*Truhe*"',
    ),
    "a key given twice": (
        ORGANISATION, "language: de", "domain: b.example", "domain: b.example",
        "keep one of them; the first is in line",
    ),
    "an unknown key": (
        ORGANISATION, "language: de", "langauge: de", "langauge", 'did you mean "language"?',
    ),
    "an unknown key of a department": (
        DEPARTMENTS, "aliases: [auf", "alias: [auf", "alias: [auf", 'did you mean "aliases"?',
    ),
    "an umlaut in a reference": (
        ORGANISATION, "muenchen: muenchen", "muenchen: münchen", "münchen",
        'did you mean "muenchen"?',
    ),
    "an umlaut in a short name": (
        DEPARTMENTS, "  muenchen:", "  münchen:", "münchen:", "muenchen",
    ),
    "a slip in a department": (
        AGENTS, "[muenchen]", "[münchn]", "[münchn]", 'did you mean "muenchen"?',
    ),
    "a department that is not there": (
        AGENTS, "[berlin, freiburg]", "[berlin, hamburg]", "hamburg", "allgemein, datenschutz",
    ),
    "a department in capitals": (
        FORM, "Berlin: berlin", "Berlin: Berlin", "Berlin: Berlin", 'did you mean "berlin"?',
    ),
    "an address twice": (
        ORGANISATION, "    gefahrgut:", "    Info: vorstand\n    gefahrgut:", "Info:", "keep one",
    ),
    "an address outside the domain": (
        ORGANISATION, "    info:", "    info@anders.example:", "info@anders", "write only info",
    ),
    "an address of the gateway as an agent's": (
        AGENTS, "emil@mitglieder.example", "Vorstand+x@truhe.example", "Vorstand+x",
        "write the person's own address",
    ),
    "two agents with one address": (
        AGENTS, "emil@mitglieder", "Anna@mitglieder", "Anna@mitglieder", "an address of their own",
    ),
    "a handle twice": (AGENTS, "  emil:", "  anna: # zwei", "# zwei", "keep one of them"),
    "a handle in capitals": (AGENTS, "  emil:", "  Emil:", "  Emil:", "emil"),
    "an agent without a department": (
        AGENTS, "  fritz:\n", "  gerd:\n    name: Gerd\n    address: g@x.example\n  fritz:\n",
        "gerd:", "departments: […]",
    ),
    "text where a list belongs": (
        AGENTS, "[datenschutz]", "datenschutz", "departments: datenschutz", "[datenschutz]",
    ),
    "no instead of false": (DEPARTMENTS, "admins: true", "admins: no", "admins: no", "write false"),
    "ja instead of true": (AGENTS, "admin: true", "admin: ja", "admin: ja", "write true"),
    "a word instead of a number": (
        ORGANISATION, "number_start: 1000", "number_start: tausend", "tausend", "digits only",
    ),
    "a number with a leading zero": (
        ORGANISATION, "number_start: 1000", "number_start: 0100", "0100", "digits only",
    ),
    "a number out of range": (
        ORGANISATION, "per_day: 5", "per_day: 0", "per_day: 0", "at least 1",
    ),
    "a number instead of a name": (AGENTS, "name: Clara", "name: 12", "name: 12", '"12"'),
    "a German date": (
        ALLOW, "allow:", entry("reason: Haus", "until: 31.12.2027"), "until: 31", "2027-12-31",
    ),
    "a day that does not exist": (
        ALLOW, "allow:", entry("reason: Haus", "until: 2027-02-30"), "until: 2027-02",
        "a day of the calendar",
    ),
    "no reason": (ALLOW, "allow:", entry("departments: [berlin]"), "- address: ada", "reason: …"),
    "address and domain": (
        ALLOW, "allow:", entry("reason: Haus", "domain: haus.example"), "- address: ada",
        "one of them",
    ),
    "an unknown department in the allowlist": (
        ALLOW, "allow:", entry("reason: Haus", "departments: [Berln]"), "Berln",
        'did you mean "berlin"?',
    ),
    "neither address nor domain": (
        ALLOW, "allow:", "allow:\n  - reason: Haus", "- reason", "write one of them",
    ),
    "subdomains of an address": (
        ALLOW, "allow:", entry("reason: Haus", "subdomains: true"), "- address: ada",
        "write a domain instead",
    ),
    "the own domain in the allowlist": (
        ALLOW, "allow:", "allow:\n  - domain: truhe.example\n    reason: wir", "domain: truhe",
        "the people who write to you",
    ),
    "an agent in the allowlist": (
        ALLOW, "allow:", "allow:\n  - address: Anna@mitglieder.example\n    reason: Anna", "Anna@",
        "take the entry out",
    ),
    "an agent in the block list": (
        ALLOW, "block:", "block:\n  - address: anna@mitglieder.example\n    reason: x", "anna@",
        "take the entry out",
    ),
    "an own address in the block list": (
        ALLOW, "block:", "block:\n  - address: info@truhe.example\n    reason: x", "info@truhe",
        "the person's own address",
    ),
    "everybody of a free mail provider": (
        ALLOW, "allow:", "allow:\n  - domain: gmx.de\n    reason: x", "gmx.de", "single addresses",
    ),
    "the same entry twice": (
        ALLOW, "allow:", entry("reason: x") + "\n  - address: Ada@haus.example\n    reason: y",
        "- address: Ada", "keep one of them",
    ),
    "allowed and blocked": (
        ALLOW, "Tickets. Eine Sperre geht jeder Erlaubnis vor.\nblock:",
        "\n" + entry("reason: x")[7:] + "\nblock:\n  - domain: haus.example\n    reason: x",
        "- address: ada", "the block is in line",
    ),
    "an allowed author at a public department": (
        ALLOW, "allow:", entry("reason: x", "departments: [vorstand]"), "vorstand]", "take one of",
    ),
    "a header field without a value": (
        ALLOW, "allow:", entry("reason: x", "header: {name: List-Id}"), "header: {", "write one of",
    ),
    "a header field's pattern that fits all": (
        ALLOW, "allow:", entry("reason: x", "header: {name: List-Id, regex: .*}"), "header: {",
        "write one that finds something",
    ),
    "the short id of a key": (
        ALLOW, "allow:", entry("reason: x", "fingerprint: 0x4E58A6B10D927F35"), "0x4E58",
        "write the whole fingerprint, 40 digits",
    ),
    "no fingerprint at all": (
        ALLOW, "allow:", entry("reason: x", "fingerprint: Adas Schlüssel"), "Adas", "gpg --fing",
    ),
    "a key in another folder": (
        ALLOW, "allow:", entry("reason: x", "key: ../ada.asc"), "../ada", "for example ada.asc",
    ),
    "a key that is not there": (
        ALLOW, "allow:", entry("reason: x", "key: ada.asc"), "ada.asc", "> keys/ada.asc",
    ),
    "a header field with a blank": (
        ALLOW, "allow:", entry("reason: x", "header: {name: List Id, equals: a}"), "List Id",
        "List-Id",
    ),
    "no command address": (
        ORGANISATION, "  command: tickets\n", "", "\naddresses:", "command: …",
    ),
    "two command addresses": (
        ORGANISATION, "command: tickets", "command: [tickets, befehle]", "[tickets",
        "command: tickets",
    ),
    "no supraregional department": (
        DEPARTMENTS, "kind: supraregional", "kind: office", "\ndepartments:", "kind: supraregional",
    ),
    "two supraregional departments": (
        DEPARTMENTS, "Freiburg\n    kind: location", "Freiburg\n    kind: supraregional",
        "Überregionale Anfragen\n    kind", "exactly one",
    ),
    "a kind that is not there": (
        DEPARTMENTS, "kind: location", "kind: lokation", "lokation", 'did you mean "location"?',
    ),
    "a word for two departments": (
        DEPARTMENTS, "[aufkleber]", "[München]", "[München]", "one department only",
    ),
    "a command word as alias": (
        DEPARTMENTS, "[aufkleber]", "[behalten]", "[behalten]", "take another word",
    ),
    "a department without an address": (
        ORGANISATION, "    freiburg: freiburg\n", "", "", "freiburg: freiburg",
    ),
    "a domain with an umlaut": (
        ORGANISATION, "domain: truhe", "domain: trühe", "domain: trühe", "xn--trhe-1ra.example",
    ),
    "a web address without https": (
        ORGANISATION, "https://www", "www", "form_url: www", "https://",
    ),
    "a meaning of the form that is not there": (
        FORM, "E-Mail: email", "E-Mail: emial", "emial", 'did you mean "email"?',
    ),
    "a form without the requester's address": (
        FORM, "  E-Mail: email\n  E-Mail-Adresse: email\n", "", "\nfields:", "…: email",
    ),
    "a range of postcodes that is none": (
        FORM, "10115-14199", "10115-1419", "10115-1419", "10115-14199",
    ),
    "a range of postcodes the wrong way round": (
        FORM, "10115-14199", "14199-10115", "14199-10115", "10115-14199",
    ),
    "postcodes of two departments": (
        FORM, "[790*, 791*]", "[790*, 12345]", "12345", "one department",
    ),
    "postcodes of a department that is none": (
        FORM, "  freiburg: [790*", "  freiburgg: [790*", "freiburgg", "freiburg",
    ),
    "something required that the form has not": (
        FORM, "required: []", "required: [postcod]", "required: [", "postcode",
    ),
    "a filter without a condition": (
        FORM, "refuse:\n", "refuse:\n  - canned: kein-bedarf\n", "- canned", "elsewhere: true",
    ),
    "a filter with two conditions on the postcode": (
        FORM, "refuse:\n",
        "refuse:\n  - canned: kein-bedarf\n    elsewhere: true\n    outside: [10*]\n",
        "- canned", "second entry",
    ),
    "a secret that is none": (
        FORM, '# secret: ""', "secret: geheim", "secret: geheim", "openssl rand",
    ),
    "a secret in a file that is not there": (
        FORM, '# secret: ""', "secret_file: /nowhere/form-secret", "secret_file: /now",
        "must be there",
    ),
    "a secret in a file somewhere": (
        FORM, '# secret: ""', "secret_file: form-secret", "secret_file: form", "from / on",
    ),
    "a secret in two places": (
        FORM, '# secret: ""', f"secret: {'ab' * 16}\nsecret_file: /etc/form-secret",
        "secret_file: /etc/form", "leave out secret",
    ),
}  # fmt: skip


@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_is_told_once_with_file_line_and_remedy(slip: str, edit: Edit) -> None:
    name, old, new, in_line, remedy = SLIPS[slip]
    rules = edit(name, old, new)

    found = mistakes(rules)

    assert len(found) == 1, [str(one) for one in found]
    if in_line:
        expected = line_of(rules, name, in_line) + in_line.startswith("\n")
        expected += in_line.endswith("    kind")
        assert (found[0].file, found[0].line) == (f"rules/{name}", expected), str(found[0])
    assert remedy in str(found[0].right), str(found[0])
    assert str(found[0]).startswith(f"{found[0].file}:{found[0].line}:{found[0].column}: ")


def test_an_alias_is_refused_where_it_stands(edit: Edit) -> None:
    edit(AGENTS, "[berlin]", "&b [berlin]")
    rules = edit(AGENTS, "departments: [muenchen]", "departments: *b")

    (found,) = mistakes(rules)

    assert found.line == line_of(rules, AGENTS, "*b")


def test_merge_keys_and_tags_are_refused(edit: Edit) -> None:
    edit(DEPARTMENTS, "  allgemein:", "  <<: {}\n\n  allgemein:")
    rules = edit(ORGANISATION, "name: Truhe", "name: !Truhe")

    assert [one.file for one in mistakes(rules)] == [
        f"rules/{DEPARTMENTS}",
        f"rules/{ORGANISATION}",
    ]


def test_all_mistakes_of_all_files_come_at_once_and_in_order(edit: Edit) -> None:
    edit(ORGANISATION, "name: Truhe e. V.", "nam: Truhe e. V.")
    edit(ORGANISATION, "domain: truhe.example", "domain: truhe")
    edit(ORGANISATION, "berlin: berlin", "berlin: berln")
    edit(AGENTS, "[berlin]", "[berln]")
    edit(
        ALLOW,
        "allow:",
        "allow:\n  - domain: x\n    reason: y\n" + entry("reason: z", "until: x")[7:],
    )
    rules = edit(FORM, "fallback:", "falback:")

    assert [f"{one.file} {one.what}" for one in mistakes(rules)] == [
        'rules/agents.yaml there is no department "berln"',
        'rules/allow.yaml "x" is no domain',
        'rules/allow.yaml "x" is no date',
        'rules/form.yaml unknown key "falback"',
        'rules/organisation.yaml unknown key "nam"',
        'rules/organisation.yaml "truhe" is no domain',
        'rules/organisation.yaml there is no department "berln"',
    ]  # fmt: skip


def test_later_entries_of_a_list_keep_their_lines_when_an_earlier_one_is_wrong(edit: Edit) -> None:
    two = entry("reason: Haus", "until: x") + "\n  - domain: b.example\n    reason: y\n"
    rules = edit(ALLOW, "allow:", two + "    departments: [nirgends]\n")

    assert [one.line for one in mistakes(rules)] == [
        line_of(rules, ALLOW, "until: x"),
        line_of(rules, ALLOW, "[nirgends]"),
    ]


def test_a_file_in_another_encoding_is_told_with_its_line(rules, edit: Edit) -> None:
    text = (rules / DEPARTMENTS).read_text(encoding="utf-8")
    (rules / DEPARTMENTS).write_bytes(text.replace("–", "-").encode("latin-1", "replace"))

    (found,) = mistakes(rules)

    assert "UTF-8" in str(found.right)
    assert found.line == line_of_bytes(text)


def line_of_bytes(text: str) -> int:
    first = next(n for n, character in enumerate(text) if ord(character) > 127)
    return text.count("\n", 0, first) + 1


def test_a_missing_file_is_named(rules) -> None:
    (rules / DEPARTMENTS).unlink()
    (rules / FORM).unlink()

    assert [(one.file, str(one.what)) for one in mistakes(rules)] == [
        (f"rules/{DEPARTMENTS}", "this file is missing"),
        (f"rules/{FORM}", "this file is missing"),
    ]


def test_a_rule_file_with_a_slip_in_its_name_is_not_passed_over(rules) -> None:
    (rules / ALLOW).rename(rules / "alow.yml")

    (found,) = mistakes(rules)

    assert found.file == "rules/alow.yml"
    assert 'did you mean "allow.yaml"?' in str(found.right)


def test_a_file_cut_off_before_its_end_is_no_organisation(rules) -> None:
    text = (rules / ORGANISATION).read_text(encoding="utf-8")
    for end in range(0, text.index("  command:"), 61):
        (rules / ORGANISATION).write_text(text[:end], encoding="utf-8")
        assert mistakes(rules)


JUNK = [
    "\t",
    "  ",
    ":",
    '"',
    "'",
    "[",
    "]",
    "{",
    "- ",
    "\n",
    "#",
    "&a",
    "*a",
    "!x",
    "null",
    "ü",
    "\0",
]


@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_whatever_is_typed_into_a_file_gives_rules_or_mistakes_with_lines(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    rules = tmp_path_factory.mktemp("typed") / "rules"
    shutil.copytree(folder("rules"), rules)
    name = data.draw(st.sampled_from([ORGANISATION, DEPARTMENTS, AGENTS, ALLOW, FORM]))
    text = (rules / name).read_text(encoding="utf-8")
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(text)))
        cut = data.draw(st.integers(0, 9))
        text = text[:at] + data.draw(st.sampled_from(JUNK)) + text[at + cut :]
    (rules / name).write_text(text, encoding="utf-8")

    try:
        load(rules)
    except RuleErrors as wrong:
        for found in wrong.errors:
            there = (rules.parent / found.file).read_text(encoding="utf-8")
            assert 1 <= found.line <= there.count("\n") + 2
            assert str(found.what)
            assert str(found.right)
