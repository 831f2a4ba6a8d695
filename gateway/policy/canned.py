"""Canned responses filled in for a ticket: for an agent's answer, or sent by the gateway itself."""

from collections.abc import Mapping
from dataclasses import replace

from gateway.model.canned import Canned, filled
from gateway.model.organisation import Organisation
from gateway.model.outgoing import AutomaticAnswer
from gateway.model.people import Agent, Language
from gateway.model.ticket import EntryKind
from gateway.policy import automatic, routes
from gateway.policy.acts import Acts
from gateway.policy.commands.folding import folded
from gateway.policy.facts import Facts, TicketFacts
from gateway.policy.fields import fields_of
from gateway.policy.said import NOBODY, Said, entry

OF_REQUESTER = ("name", "vorname", "betreff")
"""Places that the requester's own words would fill: never in a mail that is sent by itself."""


def in_language(
    languages: Mapping[Language, Canned], wanted: Language | None, organisation: Organisation
) -> Canned:
    """The response in the wanted language, else the organisation's, else any."""
    for language in (wanted, organisation.language):
        if language is not None and language in languages:
            return languages[language]
    return next(iter(languages.values()))


def values_of(
    about: TicketFacts, agent: Agent | None, organisation: Organisation
) -> dict[str, str]:
    """What fills the gaps by itself, by folded name: of the requester, the ticket, the agent."""
    ticket = about.ticket
    requester = ticket.requester.name
    own = agent.mailbox.name.partition(" ")[0] or agent.handle if agent else ""
    values = {
        "name": requester,
        "vorname": requester.partition(" ")[0],
        "nummer": f"#{ticket.number}",
        "betreff": ticket.subject,
        "department": organisation.department(ticket.department).name,
        "agent": own,
        "organisation": organisation.name,
        "formular": organisation.form_url,
    }
    values |= {english: values[german] for english, german in ENGLISH.items()}
    for field in fields_of(about, organisation):
        if not field.departments and (value := about.fields.get(field.id)):
            values.setdefault(folded(field.id), ", ".join(value))
    return values


ENGLISH = {
    "firstname": "vorname",
    "number": "nummer",
    "subject": "betreff",
    "form": "formular",
}


def sent_by_itself(
    facts: Facts,
    about: TicketFacts,
    name: str,
    values: Mapping[str, str] | None = None,
    *,
    confirms: bool = False,
) -> Acts | None:
    """The canned response of this name, sent to the requester; None when it cannot be filled in.

    It says no word of the requester's, whose address may be another's: nobody can make us send what
    they like to whom they like. `values` (by folded name) are the caller's own. That the requester
    may be answered by a machine (`automatic.why_not_answer`) is asked before. `confirms`: it stands
    for the confirmation of a new ticket.
    """
    languages = facts.organisation.canned.get(folded(name))
    if languages is None:
        return None
    canned = in_language(languages, about.ticket.language, facts.organisation)
    text, empty = filled(canned, _known_to_us(about, facts.organisation) | dict(values or {}))
    if empty:
        return None
    route, joined = routes.automatic_to_requester(facts, about, "automatic-answer")
    said = replace(
        entry(about.ticket.id, EntryKind.RESPONSE, Said(NOBODY, text)), from_this_message=False
    )
    answer = AutomaticAnswer(route, about.ticket, text, canned.files, confirms=confirms)
    return joined + Acts((said, automatic.count(facts, "automatic-answer")), (answer,))


def _known_to_us(about: TicketFacts, organisation: Organisation) -> dict[str, str]:
    department = organisation.department(about.ticket.department).name
    bare = replace(about, ticket=replace(about.ticket, subject=""), fields={})
    values = values_of(bare, None, organisation) | {"agent": department}
    return {
        key: "" if ENGLISH.get(key, key) in OF_REQUESTER else value for key, value in values.items()
    }


def without_value(canned: Canned) -> tuple[str, ...]:
    """The places of a canned response that stay empty when it is sent by itself."""
    known = {"nummer", "department", "agent", "organisation", "formular"}
    gaps = [piece for piece in canned.body if not isinstance(piece, str)]
    return tuple(
        dict.fromkeys(
            gap.written
            for gap in gaps
            if not gap.fallback and ENGLISH.get(gap.name, gap.name) not in known
        )
    )
