"""Entries of the allow and block list, and why mail was not let in, as sentences."""

from typing import assert_never

from gateway.model.authors import Allow, AuthorEntry, ByCommand, InFile, Source
from gateway.model.organisation import Organisation
from gateway.model.statistics import Rejected
from gateway.model.text import Text, named, say
from gateway.policy.around import day

REASONS: dict[Rejected, Text] = {
    Rejected.NOT_ALLOWED: say("direct mail to an internal address"),
    Rejected.OTHER_DEPARTMENT: say("allowed, but for other departments"),
    Rejected.EXPIRED: say("the entry of the allow list has ended"),
    Rejected.UNPROVED: say("allowed, but it is not proved who wrote"),
    Rejected.UNSIGNED: say("allowed, but not signed as the entry demands it"),
    Rejected.FORGED: say("the author is forged"),
    Rejected.NO_MEMBER: say("the address is for members"),
    Rejected.NO_FORM: say("the address is for the form, and the form did not write it"),
    Rejected.NO_AGENT: say("the address is for commands of agents"),
    Rejected.BLOCKED: say("the author is blocked"),
    Rejected.FILTERED: say("refused by a filter of the form"),
    Rejected.BY_RULE: say("a rule rejects it"),
}
"""Why a mail was not let in, in a few words."""


def source_text(source: Source) -> Text:
    """Where an entry comes from: `rules/allow.yaml:12`, or who made it and when."""
    match source:
        case InFile():
            return named(str(source), str(source))
        case ByCommand(_, agent, when):
            return say("%(name)s, %(day)s", name=agent, day=day(when))
        case _:
            assert_never(source)


def place_of_entry(entry: AuthorEntry) -> str:
    """Where an entry comes from, without anybody's name: this goes into the log."""
    source = entry.source
    return str(source) if isinstance(source, InFile) else f"a command of {source.day}"


def until_text(entry: AuthorEntry) -> Text:
    """How long the entry holds."""
    if entry.until is None:
        return say("without end")
    return say("until %(day)s", day=day(entry.until))


def where_text(entry: Allow, organisation: Organisation) -> Text:
    """What an entry of the allow list opens."""
    if not entry.departments:
        return say("all internal addresses")
    names = ", ".join(organisation.department(each).name for each in sorted(entry.departments))
    return named(names, names)
