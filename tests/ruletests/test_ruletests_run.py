"""Sample mails beside the rules: what becomes of them, and what is said where that is not right."""

import pytest

from gateway.store.schema import metadata
from gateway.store.throwaway import ThrowAway

PRESS = """
  - name: Presse
    if:
      subject: {word: [Presse, Interview]}
    then:
      department: vorstand
      priority: high
      tag: presse
      note: Bitte bald antworten.
      notify: ["@emil"]
      stop: true
  - name: Danach
    then:
      topic: spendenangebot
  - name: Antworten
    for: reply
    if:
      body: {word: [Danke]}
    then:
      tag: dank
"""

MAIL = """
tests:
  - name: Presse
    mail:
      from: Ina <ina@zeitung.example>
      to: info@truhe.example
      subject: {subject}
      text: Wir hätten Fragen.
    expect: {expect}
"""


def written(expect, subject="Interview"):
    return MAIL.format(subject=subject, expect=expect)


def test_what_is_expected_of_a_rule_holds(desk):
    desk.routing(PRESS)
    everything = (
        "{outcome: entry, ticket: new, department: Vorstand, topic: Allgemeine Anfrage, "
        "priority: high, status: offen, responsible: nobody, language: de, "
        "requester: ina@zeitung.example, tags: [presse], refer: ['@emil'], "
        "notes: bald  ANTWORTEN, rules: Presse, not_rules: [Danach, Antworten], "
        "sent: [{to: ina@zeitung.example, kind: confirmation, subject: Ihre Anfrage}, '@dora', "
        "{to: '@emil', contains: Wir hätten Fragen}], not_sent: ['@anna', {kind: response}]}"
    )
    assert desk.failures(written(everything)) == []


_WRONG = {
    "outcome: rejected": '"outcome" should be rejected, but is entry — what decided: new mail to '
    "public address info@truhe.example",
    "ticket: none": '"ticket" should be none, but is new — what decided: new mail to public '
    "address info@truhe.example",
    "department: berlin": '"department" should be berlin, but is vorstand — it was the rule '
    '"Presse" (rules/routing.yaml:3)',
    "topic: spendenangebot": '"topic" should be spendenangebot, but is allgemeine-anfrage — no '
    "rule decides it; these hold: “Presse”",
    "priority: low": '"priority" should be low, but is high — it was the rule "Presse" '
    "(rules/routing.yaml:3)",
    "status: closed": '"status" should be closed, but is open — no rule decides it; these hold: '
    "“Presse”",
    "responsible: dora": '"responsible" should be dora, but is nobody — no rule decides it; these '
    "hold: “Presse”",
    "language: en": '"language" should be en, but is de — what decided: new mail to public '
    "address info@truhe.example",
    "requester: a@b.example": '"requester" should be a@b.example, but is ina@zeitung.example — '
    "what decided: new mail to public address info@truhe.example",
    "tags: []": '"tags" should be –, but is presse — it was the rule "Presse" '
    "(rules/routing.yaml:3)",
    "fields: {notizen: x}": '"fields.notizen" should be x, but is – — no rule decides it; these '
    "hold: “Presse”",
    "refer: [berlin]": 'berlin should have access, but has not — it was the rule "Presse" '
    "(rules/routing.yaml:3)",
    "notes: später": 'no note of the ticket contains "später" — there is: Bitte bald antworten.',
    "rules: Danach": 'the rule "Danach" should hold, but does not — the rule "Presse" '
    "(rules/routing.yaml:3) has stopped before it",
    "rules: Antworten": 'the rule "Antworten" should hold, but does not — it is for other mail: '
    "for: [reply]",
    "not_rules: Presse": 'the rule "Presse" should not hold, but does — this is so: the subject '
    "contains the word “presse”, “interview”",
    "sent: ['@anna']": "this mail should be sent, but is not: → anna@mitglieder.example — there "
    "is: confirmation → ina@zeitung.example: Ihre Anfrage [#1001]; notification → "
    "dora@mitglieder.example: [#1001] Interview; notification → emil@mitglieder.example: "
    "[#1001] Interview",
    "sent: nothing": "nothing should be sent, but something is — there is: confirmation → "
    "ina@zeitung.example: Ihre Anfrage [#1001]; notification → dora@mitglieder.example: [#1001] "
    "Interview; notification → emil@mitglieder.example: [#1001] Interview",
    "not_sent: {to: '@emil'}": "this mail should not be sent, but is: notification → "
    'emil@mitglieder.example: [#1001] Interview — it was the rule "Presse" (rules/routing.yaml:3)',
}


def test_what_is_not_as_expected_is_told_with_the_rule_that_decided_it(desk):
    desk.routing(PRESS)
    tests = "tests:\n"
    for number, expect in enumerate(_WRONG):
        part = written("{" + expect + "}").partition("tests:\n")[2]
        tests += part.replace("name: Presse", f"name: '{number}'")
    told = desk.failures(tests)
    wanted = [
        f'rules/tests/a.yaml:{7 * number + 8}:14: test "{number}": {sentence}'
        for number, sentence in enumerate(_WRONG.values())
    ]
    assert told == wanted


def test_a_rule_that_does_not_hold_is_told_with_the_condition_that_is_not_so(desk):
    desk.routing("""
      - name: Presse
        if:
          all:
            - subject: {word: Interview}
            - not: {from: "@zeitung.example"}
        then: {tag: presse}
    """)
    (told,) = desk.failures(written("{rules: [Presse]}"))
    assert told.endswith("this is not so: not: the author is “@zeitung.example”")


def test_a_mail_answers_what_was_sent_before_it(desk):
    desk.routing(PRESS)
    tests = """
tests:
  - name: Frage
    mail: {from: maria@example.org, to: info@truhe.example, subject: Frage, text: Hallo}
    expect: {ticket: new}
  - name: Antwort
    after: Frage
    mail: {from: "@dora", text: "Guten Tag!"}
    expect: {outcome: command, ticket: known, responsible: dora, sent: [maria@example.org]}
  - name: Dank
    after: Antwort
    mail: {from: maria@example.org, text: "Danke!"}
    expect: {ticket: known, responsible: dora, rules: Antworten, tags: [dank], sent: ["@dora"]}
  - name: Fremd
    after: Frage
    mail: {from: eva@example.org, to: info@truhe.example, text: Ich weiß es}
    expect: {ticket: known, sent: ["@dora"], not_sent: [maria@example.org]}
"""
    assert desk.failures(tests) == []


def test_every_test_begins_with_an_empty_desk(desk):
    tests = """
tests:
  - name: Frage
    mail: {from: maria@example.org, to: berlin@truhe.example, subject: Frage, text: Hallo}
    expect: {outcome: rejected, sent: [{to: maria@example.org, kind: rejection}]}
  - name: Noch einmal
    mail: {from: maria@example.org, to: berlin@truhe.example, subject: Frage, text: Hallo}
    expect: {outcome: rejected, sent: [{to: maria@example.org, kind: rejection}]}
"""
    assert desk.failures(tests) == []


SAMPLES = """
  - name: Anhang
    if: {attachment: {name: {ends: .pdf}, type: {equals: application/pdf}, over: 1 MB}}
    then: {tag: gross}
  - name: Kopf
    if: {header: {name: X-Mailer, contains: Sendung}}
    then: {tag: paket}
  - name: Nachts
    if: {time: {weekdays: [Sa, So], after: "18:00"}}
    then: {tag: nachts}
  - name: Weihnachten
    if: {time: {first_day: 2026-12-24, last_day: 2026-12-26}}
    then: {tag: weihnachten}
  - name: Umschlag
    if: {envelope_from: bote@haendler.example}
    then: {tag: bote}
  - name: Kopie
    if: {cc: vorstand@truhe.example}
    then: {tag: kopie}
  - name: Maschine
    if: {automatic: true}
    then: {tag: maschine}
  - name: Name
    if: {from: {name: {contains: Müller}}}
    then: {tag: mueller}
  - name: Unbewiesen
    if: {proved: false}
    then: {tag: unbewiesen}
  - name: Falsch
    if: {forged: true}
    then: {tag: falsch}
  - name: SPF
    if: {proof: [spf]}
    then: {tag: spf}
  - name: ARC
    if: {proof: arc}
    then: {tag: arc}
  - name: Vorn
    if: {proof: authentication-results}
    then: {tag: vorn}
"""


@pytest.mark.parametrize(
    ("mail", "tags"),
    [
        ("attachments: [{name: a.pdf, size: 2 MB}]", "gross"),
        ("attachments: [a.pdf, b.txt]", ""),
        ("headers: {X-Mailer: Sendungsverfolgung}", "paket"),
        ("at: Sa 20:00", "nachts"),
        ("at: Sonntag 17:00", ""),
        ("at: 2026-12-24", "weihnachten"),
        ("at: 2026-12-26 18:00", "nachts, weihnachten"),
        ("at: 2026-12-27 9:00", ""),
        ("envelope_from: bote@haendler.example", "bote"),
        ("cc: [vorstand@truhe.example]", "kopie"),
        ("envelope_from: <>", "maschine"),
        ("headers: {Auto-Submitted: auto-generated}", "maschine"),
        ("from: Eva Müller <eva@example.org>", "mueller"),
        ("proved: false", "unbewiesen"),
        ("proved: true", ""),
        ("forged: true", "falsch, unbewiesen"),
        ("proof: spf", "spf"),
        ("proof: arc", "arc"),
        ("proof: authentication-results", "vorn"),
    ],
)
def test_a_sample_mail_is_as_it_says(desk, mail, tags):
    desk.routing(SAMPLES)
    author = "" if mail.startswith("from") else "from: maria@example.org, "
    mail = "{" + author + "to: info@truhe.example, subject: x, text: Hallo, " + mail + "}"
    tests = f"tests:\n  - name: a\n    mail: {mail}\n    expect: {{tags: [{tags}]}}\n"
    assert desk.failures(tests) == []


def test_a_mail_may_be_a_file_beside_the_test(desk):
    desk.routing(PRESS)
    mail = "From: ina@zeitung.example\nTo: info@truhe.example\nSubject: Interview\n\nHallo\n"
    (desk.rules / "tests" / "presse.eml").write_text(mail)
    tests = """
    tests:
      - name: Aus der Datei
        mail: presse.eml
        expect: {rules: Presse, department: vorstand}
      - name: An andere
        mail: {file: presse.eml, envelope_to: datenschutz@truhe.example}
        expect: {rules: Presse, sent: ["@dora"]}
    """
    assert desk.failures(tests) == []


def test_a_form_is_written_as_the_website_does(desk):
    tests = """
    tests:
      - name: Formular
        mail:
          form:
            Nachricht: "Zeile eins\\n\\nPLZ: 10115"
            E-Mail: maria@example.org
            Anderes Gerät: "Beamer\\nund Leinwand"
            Thema: Spendenangebot
            PLZ: 80331
        expect:
          department: muenchen
          topic: spendenangebot
          fields: {anderes-geraet: Beamer und Leinwand}
          sent: [{to: "@clara", contains: "Zeile eins PLZ: 10115"}]
      - name: Nicht von der Website
        mail: {from: eva@example.org, form: {E-Mail: maria@example.org, Nachricht: Hallo}}
        expect: {outcome: rejected, not_sent: [maria@example.org]}
    """
    assert desk.failures(tests) == []


def test_agents_need_no_codes_here_but_to_be_proved(desk):
    security = desk.rules / "security.yaml"
    security.write_text("second_factor: required\n")
    tests = """
    tests:
      - name: Liste
        mail: {from: "@dora", to: tickets@truhe.example, subject: x, text: "!liste"}
        expect: {outcome: command, sent: [{to: "@dora", kind: receipt, subject: Erledigt}]}
      - name: Unbewiesen
        mail: {from: "@dora", to: tickets@truhe.example, subject: x, text: "!liste", proved: false}
        expect: {outcome: rejected, sent: [{to: "@dora", subject: Nicht ausgeführt}]}
      - name: Angemeldet
        mail: {from: "@dora", to: tickets@truhe.example, text: "!liste", proof: submission}
        expect: {outcome: command}
    """
    assert desk.failures(tests) == []


def test_the_store_in_memory_begins_as_a_new_one_does(sqlite_store):
    memory = ThrowAway()
    for table in metadata.sorted_tables:
        rows = []
        for store in (memory.store, sqlite_store):
            with store.database.reading() as connection:
                rows.append([dict(row) for row in connection.execute(table.select()).mappings()])
        assert rows[0] == rows[1], table.name
    memory.close()
