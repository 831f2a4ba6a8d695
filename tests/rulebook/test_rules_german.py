"""Admins read their mistakes in German as well as in English."""

from rules_help import Edit

from gateway.model.people import Language
from gateway.render.catalogue import Catalogue
from gateway.rulebook.defaults import folder
from gateway.rulebook.errors import RuleErrors
from gateway.rulebook.load import load


def test_a_mistake_is_told_in_german(edit: Edit) -> None:
    edit("organisation.yaml", "language: de", "langauge: de")
    rules = edit("agents.yaml", "[muenchen]", "[münchn]")
    catalogue = Catalogue.load(folder("templates"))

    try:
        load(rules)
    except RuleErrors as wrong:
        told = wrong.render(lambda text: catalogue.sentence(text, Language.GERMAN))

    assert told.splitlines() == [
        "rules/agents.yaml:34:19: es gibt kein Department „münchn“ — war „muenchen“ gemeint?",
        "rules/organisation.yaml:19:1: unbekannter Schlüssel „langauge“ — war „language“ gemeint?",
    ]
