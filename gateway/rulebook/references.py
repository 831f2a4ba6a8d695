"""Every place where a rule file names a department, and the names that mean none."""

import re
from collections.abc import Iterator

from gateway.model.text import Text, say
from gateway.rulebook.checks_escalations import departments_in
from gateway.rulebook.errors import RuleError, error
from gateway.rulebook.files import Files
from gateway.rulebook.names import closest, spellings
from gateway.rulebook.reading import Document, Loc
from gateway.rulebook.schema import (
    AgentsFile,
    AllowFile,
    DepartmentsFile,
    FormFile,
    OrganisationFile,
    TopicsFile,
)
from gateway.rulebook.wrong import Checked

Named = Iterator[tuple[Document, Loc, str]]


def unknown_departments(files: Files) -> Iterator[RuleError]:
    """A mistake for each name that no department has, with the one that was probably meant."""
    if files.departments is None or any(
        loc[:1] == ("departments",) for loc in files.departments.document.twice
    ):
        return  # one of two departments of one name is likely to be meant
    known = {*files.departments.content.departments, *_meant_but_wrong(files.departments)}
    for document, loc, name in _all_references(files):
        if name not in known and document.stands(loc):
            yield error(document.place(loc), *_unknown_department(name, files.departments))


def _meant_but_wrong(departments: Checked[DepartmentsFile]) -> Iterator[str]:
    """Names of departments that are declared with a mistake: it is told once, there."""
    for loc in departments.document.lost(("departments",)):
        yield from spellings(str(loc[1]))


def _unknown_department(name: str, departments: Checked[DepartmentsFile]) -> tuple[Text, Text]:
    words = {
        word: short
        for short, part in departments.content.departments.items()
        for spoken in (short, part.name, *part.aliases)
        for word in spellings(spoken)
    }
    what = say('there is no department "%(name)s"', name=name)
    if name.lower() in ("alle", "all", "*"):
        return what, say("leave out the line: without it, it is for all of them")
    parts = re.split(r"[\s,;+]+", name.strip())
    if len(parts) > 1 and all(part in words for part in parts):
        right = say("put commas between them: %(value)s", value=", ".join(parts))
        return what, right
    name = name.partition("@")[0] or name
    meant = next((words[word] for word in spellings(name) if word in words), "")
    meant = meant or words.get(closest(name, words), "")
    if meant:
        return what, say('did you mean "%(known)s"?', known=meant)
    known = ", ".join(departments.content.departments)
    return what, say("declare it in departments.yaml, or take one of: %(known)s", known=known)


def _all_references(files: Files) -> Named:
    if files.organisation:
        yield from _in_organisation(files.organisation)
    if files.agents:
        yield from _in_agents(files.agents)
    if files.allow:
        yield from _in_allow(files.allow)
    if files.form:
        yield from _in_form(files.form)
    if files.topics:
        yield from _in_topics(files.topics)
    if files.accounts:
        for number, name in enumerate(files.accounts.content.exempt):
            yield files.accounts.document, ("exempt", number), name
    yield from departments_in(files)


def _in_organisation(organisation: Checked[OrganisationFile]) -> Named:
    document, content = organisation.document, organisation.content
    yield document, ("postmaster",), content.postmaster
    addresses = content.addresses
    tables = {
        "public": addresses.public,
        "members": addresses.members,
        "internal": addresses.internal,
    }
    for kind, table in tables.items():
        for written, name in table.items():
            yield document, ("addresses", kind, written), name


def _in_agents(agents: Checked[AgentsFile]) -> Named:
    for handle, agent in agents.content.agents.items():
        for number, name in enumerate(agent.departments):
            yield agents.document, ("agents", handle, "departments", number), name
        for name in agent.notify:
            yield agents.document, ("agents", handle, "notify", name), name


def _in_allow(allow: Checked[AllowFile]) -> Named:
    for entry, part in enumerate(allow.content.allow):
        for number, name in enumerate(part.departments):
            yield allow.document, ("allow", entry, "departments", number), name


def _in_form(form: Checked[FormFile]) -> Named:
    document, content = form.document, form.content
    yield document, ("fallback",), content.fallback
    yield document, ("broken",), content.broken
    for key, table in (("locations", content.locations), ("topics", content.topics)):
        for value, name in table.items():
            yield document, (key, value), name
    for name in content.postcodes:
        yield document, ("postcodes", name), name


def _in_topics(topics: Checked[TopicsFile]) -> Named:
    document, content = topics.document, topics.content
    for short, field in content.fields.items():
        for number, name in enumerate(field.departments):
            yield document, ("fields", short, "departments", number), name
    for short, topic in content.topics.items():
        if topic.department is not None:
            yield document, ("topics", short, "department"), topic.department
