"""A desk whose admins have written some rules."""

from collections.abc import Iterator

import pytest

from tests.journeys.desk import Desk, running_desk

RULES = """rules:
  - name: Vermieterin
    if: {from: "@hausverein.example", to: "berlin@truhe.example"}
    then: {accept: true, tag: haus}
  - name: Presse
    if: {subject: {word: Interview}}
    then:
      department: vorstand
      priority: high
      tag: [presse, eilig]
      note: "Anfrage von {{ name | jemandem }}"
      notify: ["@emil"]
      stop: true
  - name: Gerät
    for: [new, reply]
    if: {body: {regex: 'Gerät (?P<geraet>[A-Z]{2}-[0-9]+)'}}
    then: {topic: spendennachfrage, fields: {notizen: "Es geht um {{ geraet }}"}, tag: geraet}
  - name: Werbung
    if: {subject: {contains: SEO}}
    then: {spam: true}
  - name: Programm
    if: {subject: {contains: Programm}}
    then: {quarantine: ein Programm}
  - name: Zuständig
    if: {subject: {contains: für Anna}}
    then: {department: berlin, assign: anna, field_: x}
  - name: Warteliste
    if: {subject: {contains: Warteliste}}
    then: {department: berlin, status: on-waiting}
  - name: Absage
    if: {subject: {contains: Verstand}}
    then: {answer: keine-ueberregionale-ausgabe, status: closed}
  - name: Keine Anrufe
    if: {subject: {contains: Rückruf}}
    then: {reject: keine-ueberregionale-ausgabe}
  - name: Kopie
    if: {subject: {contains: Verteiler}}
    then: {relay: archiv@anderswo.example, refer: datenschutz}
  - name: Verschieben
    for: reply
    if: {body: {contains: Nach Freiburg bitte}}
    then: {department: freiburg, priority: urgent}
  - name: Merken
    for: agent
    if: {body: {contains: Kaution}}
    then: {tag: kaution, notify: vorstand, note: Kaution erwähnt}
""".replace(", field_: x", "")


@pytest.fixture(scope="session")
def _ruled_desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("ruled")
    with running_desk(folder, edits={"rules/routing.yaml": {"rules:\n": RULES}}) as desk:
        yield desk


@pytest.fixture
def desk(_ruled_desk: Desk) -> Desk:
    """The desk; what arrived before the test is taken as seen."""
    _ruled_desk.forget()
    return _ruled_desk
