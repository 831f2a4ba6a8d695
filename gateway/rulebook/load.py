"""The folder of rule files as one Rulebook, or all mistakes in it."""

import gc
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel

from gateway.model.organisation import Organisation
from gateway.model.people import AgentSpec, Language
from gateway.policy.rules.compiled import NO_RULES, Rules
from gateway.rulebook import (
    build,
    build_escalations,
    build_form,
    build_routing,
    build_security,
    build_work,
)
from gateway.rulebook.around import around
from gateway.rulebook.build_authors import with_authors
from gateway.rulebook.build_retention import retention
from gateway.rulebook.canned import Known, load_canned, warnings_about_canned
from gateway.rulebook.checks import contradictions, warnings_about_people
from gateway.rulebook.checks_accounts import contradictions_of_accounts
from gateway.rulebook.checks_authors import warnings_about_authors
from gateway.rulebook.checks_canned import contradictions_of_canned
from gateway.rulebook.checks_escalations import (
    contradictions_of_escalations,
    warnings_about_escalations,
)
from gateway.rulebook.checks_retention import contradictions_of_retention
from gateway.rulebook.checks_routing import contradictions_of_routing, warnings_about_routing
from gateway.rulebook.checks_security import contradictions_of_security
from gateway.rulebook.errors import RuleError, RuleErrors, RuleWarning
from gateway.rulebook.files import Files, has_rejected, rejected_id
from gateway.rulebook.folder import (
    misnamed,
    missing,
    open_to_all,
    readable,
    shown,
    unknown_files,
    unreadable,
    warnings_about_files,
)
from gateway.rulebook.form_secret import secret_of, warnings_about_secret
from gateway.rulebook.listed_keys import load_keys
from gateway.rulebook.names import spellings
from gateway.rulebook.reading import cut_short, read
from gateway.rulebook.schema import (
    AccountsFile,
    AgentsFile,
    AllowFile,
    DepartmentsFile,
    FormFile,
    OrganisationFile,
    RetentionFile,
    SecurityFile,
    TopicsFile,
    WorkflowFile,
)
from gateway.rulebook.schema_escalations import EscalationsFile
from gateway.rulebook.schema_routing import RoutingFile
from gateway.rulebook.wrong import Checked, check

FileT = TypeVar("FileT", bound=BaseModel)

MODELS: Mapping[str, type[BaseModel]] = {
    "organisation.yaml": OrganisationFile,
    "departments.yaml": DepartmentsFile,
    "agents.yaml": AgentsFile,
    "allow.yaml": AllowFile,
    "form.yaml": FormFile,
    "topics.yaml": TopicsFile,
    "workflow.yaml": WorkflowFile,
    "accounts.yaml": AccountsFile,
    "security.yaml": SecurityFile,
    "escalations.yaml": EscalationsFile,
    "retention.yaml": RetentionFile,
    "routing.yaml": RoutingFile,
}
"""The rule files. All but organisation and departments may be missing."""


@dataclass(frozen=True, slots=True)
class Rulebook:
    """What the rule files say. `agents` are created once, when their handle is missing."""

    organisation: Organisation
    agents: tuple[AgentSpec, ...]
    warnings: tuple[RuleWarning, ...] = ()
    rules: Rules = NO_RULES


def load(folder: Path) -> Rulebook:
    """The rules in `folder`; raises RuleErrors with every mistake of every file."""
    with _no_search_for_garbage():
        return _load(folder)


@contextmanager
def _no_search_for_garbage() -> Iterator[None]:
    """Many small objects are made, and nearly all are kept: looking through them takes a third."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _load(folder: Path) -> Rulebook:
    reader = _Reader(folder)
    files = Files(
        organisation=reader.file("organisation.yaml", OrganisationFile, required=True),
        departments=reader.file("departments.yaml", DepartmentsFile, required=True),
        agents=reader.file("agents.yaml", AgentsFile),
        allow=reader.file("allow.yaml", AllowFile),
        form=reader.file("form.yaml", FormFile),
        topics=reader.file("topics.yaml", TopicsFile),
        workflow=reader.file("workflow.yaml", WorkflowFile),
        accounts=reader.file("accounts.yaml", AccountsFile),
        security=reader.file("security.yaml", SecurityFile),
        escalations=reader.file("escalations.yaml", EscalationsFile),
        retention=reader.file("retention.yaml", RetentionFile),
        routing=reader.file("routing.yaml", RoutingFile),
    )
    errors = [*reader.errors, *contradictions(files), *_form_missing(folder, files)]
    errors += [*contradictions_of_accounts(files), *contradictions_of_security(files)]
    errors += [*contradictions_of_escalations(files), *contradictions_of_retention(files)]
    errors += [*unknown_files(folder, MODELS), *open_to_all(folder, MODELS)]
    keys, errors_in_keys = load_keys(folder, files.allow)
    secret, errors_of_secret = secret_of(files.form)
    errors += [*errors_in_keys, *errors_of_secret]
    canned, errors_in_canned = load_canned(folder, _known(files))
    names = around(files, canned)
    if files.routing is not None:
        errors += contradictions_of_routing(files.routing, names)
    if (
        files.departments is not None and not files.departments.document.twice
    ):  # texts name departments and topics
        errors += [*errors_in_canned, *contradictions_of_canned(files, canned)]
    if errors or files.organisation is None or files.departments is None:
        raise RuleErrors(readable(errors))
    agents = files.agents.content if files.agents else AgentsFile()
    organisation = build.organisation(files.organisation, files.departments.content, agents)
    topics = build_work.topics(files.topics.content if files.topics else TopicsFile())
    organisation = replace(
        with_authors(organisation, files.allow, keys),
        topics=topics,
        form=build_form.form(files.form.content if files.form else None, topics, secret),
        workflow=build_work.workflow(files.workflow.content if files.workflow else None),
        accounts=build.accounts(files.accounts.content if files.accounts else AccountsFile()),
        security=build_security.security(files.security.content if files.security else None),
        retention=retention(files.retention.content if files.retention else None),
    )
    if files.escalations:
        escalations = build_escalations.escalations(files.escalations.content, organisation)
        organisation = replace(organisation, escalations=escalations)
    organisation = replace(organisation, canned=canned)
    specs = build.agents(agents, organisation.language)
    warnings = [*reader.warnings, *warnings_about_files(folder, MODELS)]
    warnings += [*warnings_about_people(files), *warnings_about_authors(files)]
    warnings += warnings_about_canned(folder, canned)
    warnings += warnings_about_secret(folder, files.form)
    warnings += warnings_about_escalations(files)
    if files.routing is not None:
        warnings += warnings_about_routing(files.routing, names)
    rules = build_routing.rules(files.routing, organisation.department_names, organisation.topics)
    return Rulebook(organisation, specs, tuple(warnings), rules)


def _known(files: Files) -> Known:
    departments = files.departments.content.departments if files.departments else {}
    topics = files.topics.content.topics if files.topics else {}
    language = files.organisation.content.language if files.organisation else "de"
    lost = [
        form
        for file, key in ((files.departments, "departments"), (files.topics, "topics"))
        for loc in ((*file.document.lost((key,)), *file.document.twice) if file else ())
        for form in spellings(str(loc[-1]))
    ]
    rejected = (rejected_id(short) for short, part in departments.items() if has_rejected(part))
    return Known((*departments, *rejected), tuple(topics), Language(language), frozenset(lost))


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads the files of one folder and collects their mistakes."""

    folder: Path
    errors: list[RuleError] = field(default_factory=list)
    warnings: list[RuleWarning] = field(default_factory=list)

    def file(
        self, name: str, model: type[FileT], *, required: bool = False
    ) -> Checked[FileT] | None:
        path, file = self.folder / name, shown(self.folder, name)
        try:
            document, errors = read(path, file)
        except FileNotFoundError as wrong:
            if path.is_symlink():
                self.errors.append(unreadable(path, file, wrong))
            elif required and name not in misnamed(self.folder, MODELS):
                self.errors.append(missing(file))
            return None
        except OSError as wrong:
            self.errors.append(unreadable(path, file, wrong))
            return None
        self.errors.extend(errors)
        if document is None:
            return None
        self.warnings.extend(cut_short(document))
        checked, errors = check(document, model)
        self.errors.extend(errors)
        return checked


def _form_missing(folder: Path, files: Files) -> Iterator[RuleError]:
    """A form address needs to be told how to read the form."""
    path = folder / "form.yaml"
    form = files.organisation.content.addresses.form if files.organisation else ()
    if form and not path.exists() and path.name not in misnamed(folder, MODELS):
        yield missing(shown(folder, path.name))
