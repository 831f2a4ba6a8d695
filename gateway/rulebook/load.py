"""The folder of rule files as one Rulebook, or all mistakes in it."""

import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel

from gateway.model.organisation import Organisation
from gateway.model.people import AgentSpec, Language
from gateway.model.text import say
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
from gateway.rulebook.canned import Known, load_canned
from gateway.rulebook.checks import contradictions
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
from gateway.rulebook.errors import Place, RuleError, RuleErrors, RuleWarning, error
from gateway.rulebook.files import Files, has_rejected, rejected_id
from gateway.rulebook.form_secret import secret_of, warnings_about_secret
from gateway.rulebook.listed_keys import load_keys
from gateway.rulebook.names import closest
from gateway.rulebook.reading import read
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
    reader = _Reader(folder, [])
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
    errors += [*_unknown_files(folder), *_open_to_all(folder)]
    keys, errors_in_keys = load_keys(folder, files.allow)
    secret, errors_of_secret = secret_of(files.form)
    errors += [*errors_in_keys, *errors_of_secret]
    canned, errors_in_canned = load_canned(folder, _known(files))
    names = around(files, canned)
    if files.routing is not None:
        errors += contradictions_of_routing(files.routing, names)
    if not errors:  # texts name departments and topics, which must be right themselves
        errors += [*errors_in_canned, *contradictions_of_canned(files, canned)]
    if errors or files.organisation is None or files.departments is None:
        raise RuleErrors(tuple(errors))
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
    warnings = [*_warnings(folder), *warnings_about_authors(files)]
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
    rejected = (rejected_id(short) for short, part in departments.items() if has_rejected(part))
    return Known((*departments, *rejected), tuple(topics), Language(language))


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads the files of one folder and collects their mistakes."""

    folder: Path
    errors: list[RuleError]

    def file(
        self, name: str, model: type[FileT], *, required: bool = False
    ) -> Checked[FileT] | None:
        path, shown = self.folder / name, _shown(self.folder, name)
        try:
            document, errors = read(path, shown)
        except FileNotFoundError:
            if required:
                self.errors.append(_missing(shown))
            return None
        except OSError as wrong:
            self.errors.append(_unreadable(shown, wrong))
            return None
        self.errors.extend(errors)
        if document is None:
            return None
        checked, errors = check(document, model)
        self.errors.extend(errors)
        return checked


def _shown(folder: Path, name: str) -> str:
    return f"{folder.name}/{name}" if folder.name else name


def _missing(shown: str) -> RuleError:
    return error(
        Place(shown),
        say("this file is missing"),
        say("write it, or fetch the shipped example with: gateway init"),
    )


def _unreadable(shown: str, wrong: OSError) -> RuleError:
    return error(
        Place(shown),
        say("this file cannot be read: %(problem)s", problem=wrong.strerror or str(wrong)),
        say("give the user that runs the gateway the right to read it"),
    )


def _form_missing(folder: Path, files: Files) -> Iterator[RuleError]:
    """A form address needs to be told how to read the form."""
    path = folder / "form.yaml"
    if files.organisation and files.organisation.content.addresses.form and not path.exists():
        yield _missing(_shown(folder, path.name))


def _unknown_files(folder: Path) -> Iterator[RuleError]:
    """A file that nobody reads is a slip in its name: its rules would silently not be in force."""
    try:
        paths = sorted(folder.iterdir())
    except OSError:  # told for each file that must be there
        return
    for path in paths:
        if path.suffix not in (".yaml", ".yml") or path.name in MODELS:
            continue
        meant = closest(path.stem, (Path(name).stem for name in MODELS))
        right = (
            say('did you mean "%(known)s"?', known=f"{meant}.yaml")
            if meant
            else say("known here: %(known)s", known=", ".join(MODELS))
        )
        what = say("no rule file has this name")
        yield error(Place(_shown(folder, path.name)), what, right)


def _open_to_all(folder: Path) -> Iterator[RuleError]:
    """What everybody on the machine may change is no rule of the organisation's."""
    keys = sorted(folder.glob("keys/*"))
    for path in (folder, *(folder / name for name in MODELS), folder / "keys", *keys):
        if path.exists() and path.stat().st_mode & stat.S_IWOTH:
            inside = path.relative_to(folder).as_posix()
            shown = folder.name if path == folder else _shown(folder, inside)
            yield error(
                Place(shown),
                say("everybody on this machine may write this"),
                say("take that right away: %(command)s", command=f"chmod go-w {shown}"),
            )


def _warnings(folder: Path) -> Iterator[RuleWarning]:
    """Who else could change the rules: an admin's rights hang on these files."""
    for name in MODELS:
        path, shown = folder / name, _shown(folder, name)
        if path.is_symlink():
            yield RuleWarning(
                shown,
                say("this is a symbolic link"),
                say("put the file itself here: who may change the link may change the rules"),
            )
        if path.exists() and path.stat().st_mode & stat.S_IWGRP:
            yield RuleWarning(
                shown,
                say("others than its owner may write this file"),
                say("take that right away: %(command)s", command=f"chmod go-w {shown}"),
            )
