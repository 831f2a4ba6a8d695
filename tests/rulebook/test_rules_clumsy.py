"""A table of typical mistakes, and the words that tell how to mend each, in both languages.

Each line: the file, what is written instead of what (or the whole file, for None), the line that
is told, and essential words of the message in English and in German. One mistake is one message.
"""

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest
from rules_help import mistakes

from gateway.model.people import Language
from gateway.render.catalogue import Catalogue
from gateway.rulebook.defaults import folder

ORGANISATION, DEPARTMENTS, AGENTS = "organisation.yaml", "departments.yaml", "agents.yaml"
ALLOW, FORM, TOPICS, WORKFLOW = "allow.yaml", "form.yaml", "topics.yaml", "workflow.yaml"
ESCALATIONS, ACCOUNTS, RETENTION = "escalations.yaml", "accounts.yaml", "retention.yaml"
SECURITY, ROUTING = "security.yaml", "routing.yaml"


@dataclass(frozen=True, slots=True)
class Slip:
    """A mistake: where, what is written instead of what, and what is said about it."""

    file: str
    old: str | None
    new: str
    at: str
    en: str
    de: str


def entry(*lines: str) -> str:
    """allow.yaml with one entry, and a slip in it."""
    return "allow:\n" + "".join(f"  {line}\n" for line in lines)


def when(condition: str, action: str = "priority: high") -> str:
    """routing.yaml with one rule."""
    return f"rules:\n  - name: Test\n    if:\n      {condition}\n    then:\n      {action}\n"


NAME = "name: Truhe e. V."
TABLE = [
    # --- signs ------------------------------------------------------------------------------
    Slip(ORGANISATION, NAME, "name: „Truhe e. V.“", "„Truhe", '"Truhe e. V."', "gerade schreiben"),
    Slip(ORGANISATION, NAME, "name: „Truhe: ja“", "„Truhe", '"Truhe: ja"', "zweiter Doppelpunkt"),
    Slip(ORGANISATION, NAME, 'name: "Truhe" e. V.', '"Truhe"', "'\"Truhe\" e. V.'", "den ganzen"),
    Slip(ORGANISATION, NAME, "name: 'Anna's Truhe'", "'Anna", '"Anna\'s Truhe"', "mitten im Wert"),
    Slip(ORGANISATION, NAME, "name: [Verein] Truhe", "[Ver", '"[Verein] Truhe"', "beginnen"),
    Slip(ORGANISATION, NAME, "name: @Truhe", "@Truhe", '"@Truhe"', "nicht mit @ beginnen"),
    Slip(ORGANISATION, NAME, "name: Truhe\u00a0e. V.", "name:", "type it again", "neu tippen"),
    Slip(ORGANISATION, "language: de", "language:\u00a0de", "language:", "language: de", "tippen"),
    Slip(ORGANISATION, "domain: truhe", "domain: tru\u200bhe", "domain:",
         "U+200B", "niemand sieht"),
    Slip(ORGANISATION, "language: de", "language = de", "language =", "language: de", "fehlt"),
    Slip(ORGANISATION, "language: de", "language： de", "language", "language: de", "fehlt"),
    Slip(ORGANISATION, "language: de", "<<<<<<< HEAD\nlanguage: de", "<<<", "keep one", "behalten"),
    Slip(ORGANISATION, "# Sprache, in", "Sprache, in", "Sprache, in", "begins with #", "Kommentar"),
    Slip(ORGANISATION, "language: de", "  language: de", "  language", "with 0 as", "mit 0 wie"),
    Slip(ORGANISATION, "    info:", "\u00a0\u00a0info:", "\u00a0\u00a0info",
         "U+00A0", "Leerzeichen"),
    # --- kinds of values ---------------------------------------------------------------------
    Slip(ORGANISATION, "number_start: 1000", "number_start: 1.000", "1.000",
         "only: 1000", "Ziffern"),
    Slip(ORGANISATION, "number_start: 1000", 'number_start: "1000"', '"1000"',
         "quotes: 1000", "1000"),
    Slip(ORGANISATION, "send_delay: 60", "send_delay: 60 Sekunden", "60 S",
         "a unit", "ohne Einheit"),
    Slip(ORGANISATION, "send_delay: 60", "send_delay: 1000", "1000\n",
         "at most 900", "höchstens 900"),
    Slip(ORGANISATION, "new_tickets: true", "new_tickets: True", "True", ": true", "klein"),
    Slip(ORGANISATION, "new_tickets: true", "new_tickets: ja", "ja\n",
         "write true", "true schreiben"),
    Slip(ORGANISATION, "new_tickets: true", "new_tickets:", "tickets:",
         "true or false", "oder false"),
    Slip(ORGANISATION, "domain: truhe", "domain: https://truhe", "https://t",
         "truhe.example", "Punkt"),
    Slip(ORGANISATION, "language: de", "language: deutsch", "deutsch", '"de"', "„de“"),
    Slip(ORGANISATION, "language: de", "sprache: de", "sprache", '"language"', "„language“"),
    Slip(ORGANISATION, "    info: allgemein", "    info@: allgemein", "info@:",
         "@: info", "vor dem @"),
    Slip(ORGANISATION, "liste: smarthost", "liste: Smarthost", "Smarthost",
         '"smarthost"', "gemeint"),
    Slip(ORGANISATION, "  public:", "public:", "members:", "0 as line", "Leerzeichen"),
    Slip(ORGANISATION, "    - kontakt", "    -kontakt", "-kontakt", "- kontaktf", "Bindestrich"),
    Slip(ORGANISATION, None, "", "", "nothing stands", "steht nichts"),
    Slip(ORGANISATION, None, "<html>name: x</html>", "", "known here", "hier bekannt"),
    # --- departments and agents --------------------------------------------------------------
    Slip(DEPARTMENTS, "\ndepartments:", "\nabteilungen:", "abteil", '"departments"', "gemeint"),
    Slip(DEPARTMENTS, "\ndepartments:", "\n", "allgemein:", "departments:", "fehlt darüber"),
    Slip(DEPARTMENTS, "    kind: location", "    art: location", "art:", '"kind"', "„kind“"),
    Slip(DEPARTMENTS, "kind: location", "kind: Standort", "Standort", '"location"', "„location“"),
    Slip(DEPARTMENTS, "    name: Berlin\n    kind", "  name: Berlin\n  kind", "name: B",
         "two more", "zwei"),
    Slip(DEPARTMENTS, "  berlin:\n", "  - berlin:\n", "- berlin", "hyphen out", "Bindestrich weg"),
    Slip(DEPARTMENTS, "[aufkleber]", "[aufkleber, Aufkleber]", "[auf", "keep one", "behalte"),
    Slip(DEPARTMENTS, "[aufkleber]", "\n      – aufkleber", "– auf", "- aufkleber", "jede Zeile"),
    Slip(DEPARTMENTS, "[aufkleber]", "(aufkleber)", "(auf", "[aufkleber]", "eckige Klammern"),
    Slip(DEPARTMENTS, "  berlin:", "  abgelehnt-x:\n    name: X\n  berlin:", "abg",
         "leave it", "selbst"),
    Slip(AGENTS, "    address: anna", "    e-mail: anna", "e-mail", '"address"', "„address“"),
    Slip(AGENTS, "departments: [berlin]", "abteilung: berlin", "abt", "[berlin]", "Und dann"),
    Slip(AGENTS, "anna@mitglieder.example", "Anna <anna@m.example>", "Anna <", "anna@m.ex", "Name"),
    Slip(AGENTS, "anna@mitglieder", "anna(at)mitglieder", "(at)", "anna@mitglieder", "vollständig"),
    Slip(AGENTS, "[berlin, freiburg]", "{berlin, freiburg}", "{berlin", "[berlin, f", "eckige"),
    Slip(AGENTS, "[berlin, freiburg]", "[berlin freiburg]", "[berlin f", "berlin, f", "Kommas"),
    Slip(AGENTS, "  anna:", "  @anna:", "@anna", "anna:", "weglassen"),
    Slip(AGENTS, "[muenchen]", "[muenchen]\n    notify: mine", "mine",
         "{berlin: mine}", "darunter"),
    Slip(AGENTS, "    # - mitgl", "    - gmail.com # mitgl", "gmail",
         "everybody", "- ada@gmail.com"),
    # --- allow -------------------------------------------------------------------------------
    Slip(ALLOW, None, entry("- from: a@b.example", "  reason: x"), "from", '"address"', "gemeint"),
    Slip(ALLOW, None, entry("- domain: '@b.example'", "  reason: x"), "@b", "b.example", "hinter"),
    Slip(ALLOW, None, entry("- domain: '*.b.example'", "  reason: x"), "*", "subdomains", "zwei"),
    Slip(ALLOW, None, entry("- address: '*@b.example'", "  reason: x"), "*", "domain: b", "statt"),
    Slip(ALLOW, None, entry("- address: a@b.example", "- reason: x"), "- rea",
         "blank", "Leerzeichen"),
    Slip(ALLOW, None, entry("- address: a@b.example", "reason: x"), "reason", "4 spaces", "mit 4"),
    Slip(ALLOW, None, entry("-address: a@b.example", "  reason: x"), "-add", "- address", "Leerz"),
    Slip(ALLOW, None, entry("- a@b.example"), "- a@b", "address: a@b.example", "darunter"),
    Slip(ALLOW, None, entry("address: a@b.example", "reason: x"), "add", "- address: a@b", "Binde"),
    Slip(ALLOW, None, entry("- address: a@b.example", "  until: 31.12.27", "  reason: x"), "until",
         "2027-12-31", "Jahr-Monat-Tag"),
    Slip(ALLOW, None, entry("- address: a@b.example", "  until: 2027–12–31", "  reason: x"),
         "until", "2027-12-31", "kein Datum"),
    Slip(ALLOW, None, entry("- address: a@b.example", "  until:", "  reason: x"), "until", "behind",
         "hinter dem Doppelpunkt steht nichts"),
    Slip(ALLOW, None, entry("- address: a@b.example", "  departments: []", "  reason: x"), "depart",
         "leave out the line", "für alle"),
    Slip(ALLOW, None, entry("- address: a@b.example", "  departments: [alle]", "  reason: x"),
         "[alle", "leave out the line", "für alle"),
    Slip(ALLOW, None, entry("- address: a@b.example", "  reason: Haus: Wartung"), "Haus",
         '"Haus: Wartung"', "zweiter Doppelpunkt"),
    Slip(ALLOW, "\nallow:", "\nerlaubt:", "erlaubt", '"allow"', "„allow“"),
    # --- form and topics ---------------------------------------------------------------------
    Slip(FORM, "[790*, 791*]", "[1067]", "[1067", "write 01067", "01067 schreiben"),
    Slip(FORM, "10115-14199", "10115 bis 14199", "10115 bis", "10115-14199", "Bereich"),
    Slip(FORM, "'[0-9]{5}'", "[0-9]{5}", "[0-9]", '"[0-9]{5}"', "Anführungszeichen"),
    Slip(FORM, "'[0-9]{5}'", '"\\d{5}"', '"\\d', "single quotes", "Backslash"),
    Slip(FORM, "refuse:\n",
         "refuse:\n  - canned: keine-ueberregionale-ausgabe\n    topics: [Spenden]\n",
         "[Spenden]", "Spendennachfrage", "möglich"),
    Slip(FORM, "fallback: ueberreg", "sonst: ueberreg", "sonst", '"fallback"', "„fallback“"),
    Slip(FORM, "signature_hours: 120", "signature_hours: 5 Tage", "5 Tage",
         "example 120", "Einheit"),
    Slip(TOPICS, "    type: flag", "    type: Ja/Nein", "Ja/N", '"flag"', "„flag“"),
    Slip(TOPICS, "\ntopics:", "\n", "allgemeine-anfrage:", "topics:", "fehlt darüber"),
    Slip(TOPICS, "\nfields:", "\nfelder:", "felder", '"fields"', "„fields“"),
    Slip(TOPICS, "required_to_close: true", "pflicht: ja", "pflicht", "write true", "Und dann"),
    Slip(TOPICS, "'[A-Z]{2,4}-", "'([A-Z])\\1-", "([A-Z])", "references", "zwei Regeln"),
    # --- times and deadlines -----------------------------------------------------------------
    Slip(WORKFLOW, "to: [in-progress,", "to: [in-arbeit,", "[in-arb", '"in-progress"', "gemeint"),
    Slip(WORKFLOW, "  spam:\n", "  spamm:\n", "\nstatuses:", '"spam" is missing', "„spam“ fehlt"),
    Slip(WORKFLOW, "holder: nobody", "holder: niemand", "niemand", '"nobody"', "„nobody“"),
    Slip(ESCALATIONS, "after: 7 days", "after: 7", "after: 7", "7 days", "7 days"),
    Slip(ESCALATIONS, "move: vorstand", "move: ueberregional", "move: u", "already", "schon in"),
    Slip(ESCALATIONS, "remind: true", "remind: ja", "ja\n", "write true", "true schreiben"),
    Slip(ESCALATIONS, "# - 2026-12-24", "- 24.12.2026", "24.12", "2026-12-24", "kein Datum"),
    Slip(ACCOUNTS, "lock_after_months: 6", "lock_after_months: sechs", "sechs",
         "only: 6", "Ziffern"),
    Slip(ACCOUNTS, "[datenschutz, gefahrgut]", "[datenschtz]", "[dat", '"datenschutz"', "gemeint"),
    Slip(RETENTION, "then: delete", "then: löschen", "löschen", '"delete"', "„delete“"),
    Slip(RETENTION, "  - spam: true", "  - closed_months: 9\n    then: keep\n  - spam: true",
         "- spam", "no ticket reaches", "kein Ticket erreicht"),
    Slip(SECURITY, "factor: enrolled", "factor: true", "factor: true", '"required"', "„required“"),
    Slip(SECURITY, "\nlevels:", "\nlevels:\n  !spam: 1", "!spam", "leave it out", "weglassen"),
    # --- routing -----------------------------------------------------------------------------
    Slip(ROUTING, None, when("subject: Rechnung"), "subject", '{contains: "Rechnung"}', "vergl"),
    Slip(ROUTING, None, when("betreff: {contains: x}"), "betreff", '"subject"', "„subject“"),
    Slip(ROUTING, None, when("subject: {enthält: x}"), "enth", '"contains"', "„contains“"),
    Slip(ROUTING, None, when("subject: {contains: Re: x}"), "Re:",
         '{contains: "Re: x"}', "anderes"),
    Slip(ROUTING, None, when("subject: {contains: Nr #1}"), "Nr",
         '{contains: "Nr #1"}', "Kommentar"),
    Slip(ROUTING, None, when("subject: {contains: A, b}"), "A, b", '"A, b"', "Komma"),
    Slip(ROUTING, None, when("subject: {contains:x}"), "contains", "{contains: x}", "Leerzeichen"),
    Slip(ROUTING, None, when('subject: {regex: "\\bx"}'), "regex", "single quotes", "Backslash"),
    Slip(ROUTING, None, when("subject: {regex: '/x/i'}"), "regex", "leave them out: 'x'", "Schräg"),
    Slip(ROUTING, None, when("from: Müller"), "from", "{name: {contains: Müller}}", "daneben"),
    Slip(ROUTING, None, when("from: '*@b.example'"), "from", '"@b.example"', "alle Adressen"),
    Slip(ROUTING, None, when("proved: true\n      forged: true"), "forged",
         "never holds", "nie zu"),
    Slip(ROUTING, None, when("subject:\n      contains: x"), "contains", "two more", "zwei Leerz"),
    Slip(ROUTING, None, when(""), "if:", "behind the colon", "steht nichts"),
    Slip(ROUTING, None, when("proved: true", "note: {{ name }}"), "note", '"{{ name }}"', "{{ beg"),
    Slip(ROUTING, None, when("proved: true", "note: Hallo {name}"), "note", "{{ name }}", "Platzh"),
    Slip(ROUTING, None, when("proved: true", "fields: {laptop: rot}"), "laptop",
         "yes or no", "mögl"),
    Slip(ROUTING, None, when("proved: true", "tag: #presse"), "tag", '"#presse"', "Kommentar"),
    Slip(ROUTING, None, when("proved: true", "forward: a@b.example"), "forw", '"relay"', "„relay“"),
    Slip(ROUTING, None, when("proved: true").replace("    then", "      then"), "then",
         "as if:", "if"),
]  # fmt: skip


@pytest.fixture(scope="module")
def german() -> Catalogue:
    return Catalogue.load(folder("templates"))


@pytest.mark.parametrize("slip", TABLE, ids=lambda slip: f"{slip.file} {slip.new[-40:]}")
def test_a_mistake_tells_how_to_mend_it(slip: Slip, rules: Path, german: Catalogue) -> None:
    shutil.copytree(folder("rules") / "canned", rules / "canned")
    path = rules / slip.file
    text = path.read_text(encoding="utf-8")
    assert slip.old is None or slip.old in text
    written = slip.new if slip.old is None else text.replace(slip.old, slip.new, 1)
    path.write_text(written, encoding="utf-8")

    found = mistakes(rules)

    assert len(found) == 1, [str(one) for one in found]
    assert found[0].file == f"rules/{slip.file}"
    lines = written.split("\n")
    assert slip.at.strip("\n") in lines[found[0].line - 1], str(found[0])
    assert slip.en in str(found[0]), str(found[0])
    assert slip.de in german.sentence(found[0].text, Language.GERMAN)
