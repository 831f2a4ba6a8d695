"""What the rule files say about each other: one mistake for each contradiction.

A check that needs a file which could not be read is left out; its mistakes are told already.
"""

from collections.abc import Iterator
from itertools import chain

from gateway.model.address import fold
from gateway.model.freemail import is_anybodys
from gateway.model.text import Text, say
from gateway.rulebook.checks_authors import contradictions_about_authors
from gateway.rulebook.checks_form import contradictions_of_form
from gateway.rulebook.checks_work import contradictions_of_work
from gateway.rulebook.errors import Place, RuleError, RuleWarning, error
from gateway.rulebook.files import (
    POSTMASTER,
    REJECTED_PREFIX,
    Files,
    addresses_of,
    complete,
    declared,
    rejected_id,
)
from gateway.rulebook.names import spellings
from gateway.rulebook.reading import Document, Loc
from gateway.rulebook.references import unknown_departments
from gateway.rulebook.schema import DepartmentsFile
from gateway.rulebook.wrong import UNKNOWN_DOMAIN, Checked

COMMAND_WORDS = ("keep", "behalten", "force", "trotzdem", "quiet", "still")
"""Words of commands that stand where the name of a department may stand."""


def contradictions(files: Files) -> tuple[RuleError, ...]:
    """All mistakes that no file shows alone."""
    return tuple(
        chain(
            unknown_departments(files),
            _addresses(files),
            _own_addresses_elsewhere(files),
            _supraregional(files),
            _department_words(files),
            _department_addresses(files),
            _agents(files),
            contradictions_of_form(files),
            contradictions_of_work(files),
            contradictions_about_authors(files),
        )
    )


# --- addresses ------------------------------------------------------------------------------------


def _addresses(files: Files) -> Iterator[RuleError]:
    if files.organisation is None:
        return
    domain = files.organisation.content.domain
    first: dict[str, Place] = {}
    for found in declared(files.organisation):
        local, _, behind = found.address.rpartition("@")
        if behind != domain != UNKNOWN_DOMAIN:
            yield error(
                found.place,
                say('"%(address)s" is outside the domain %(domain)s',
                    address=found.address, domain=domain),
                say("write only %(local)s, or correct the domain above", local=local),
            )  # fmt: skip
        if local in POSTMASTER and behind == domain:
            yield error(
                found.place,
                say('"%(local)s" exists already: every domain has it', local=local),
                say("delete this line; the key postmaster says which department reads it"),
            )
        if found.address in first:
            yield error(
                found.place,
                say('the address "%(address)s" is declared twice', address=found.address),
                say("keep one of them; the first is in line %(line)s",
                    line=first[found.address].line),
            )  # fmt: skip
        first.setdefault(found.address, found.place)


def _own_addresses_elsewhere(files: Files) -> Iterator[RuleError]:
    """An agent or a guest with an address of the gateway would make it talk to itself."""
    if files.organisation is None:
        return
    own = {found.address for found in declared(files.organisation)}
    own |= {complete(name, files.organisation.content.domain) for name in POSTMASTER}
    for document, loc, address in _foreign_addresses(files):
        local, _, domain = fold(address).rpartition("@")
        if f"{local.partition('+')[0]}@{domain}" in own:
            yield error(
                document.place(loc),
                say('"%(address)s" is an address of the gateway itself', address=address),
                say("write the person's own address"),
            )


def _foreign_addresses(files: Files) -> Iterator[tuple[Document, Loc, str]]:
    if files.agents:
        document = files.agents.document
        for handle, agent in files.agents.content.agents.items():
            yield document, ("agents", handle, "address"), agent.address
        for number, address in enumerate(files.agents.content.members.addresses):
            yield document, ("members", "addresses", number), address
    if files.allow:
        for number, allow in enumerate(files.allow.content.allow):
            if allow.address is not None:
                yield files.allow.document, ("allow", number, "address"), allow.address
        for number, block in enumerate(files.allow.content.block):
            if block.address is not None:
                yield files.allow.document, ("block", number, "address"), block.address


# --- departments ----------------------------------------------------------------------------------


def _supraregional(files: Files) -> Iterator[RuleError]:
    if files.departments is None:
        return
    document, departments = files.departments.document, files.departments.content.departments
    found = [short for short, part in departments.items() if part.kind == "supraregional"]
    right = say(
        "exactly one department needs the line %(line)s: it belongs to all locations and takes "
        "what belongs to none",
        line="kind: supraregional",
    )
    if not found:
        what = say("no department is supraregional")
        yield error(document.key_place(("departments",)), what, right)
    for short in found[1:]:
        what = say('"%(name)s" is supraregional too, like "%(other)s"', name=short, other=found[0])
        yield error(document.place(("departments", short, "kind")), what, right)


def _department_words(files: Files) -> Iterator[RuleError]:
    """Two departments that one word means, or a word that is part of a command."""
    if files.departments is None:
        return
    departments = files.departments.content.departments
    owner: dict[str, str] = {rejected_id(s): rejected_id(s) for s in departments} | {
        word: word for word in COMMAND_WORDS
    }
    told: set[str] = set()
    for short in departments:
        if short.startswith(REJECTED_PREFIX):
            told.add(short)
            yield error(
                files.departments.document.key_place(("departments", short)),
                say('"%(name)s" comes by itself, where there is a location', name=short),
                say("leave it out, or take a short name that does not begin with %(word)s",
                    word=REJECTED_PREFIX),
            )  # fmt: skip
    for short, place, word in _spoken(files.departments):
        forms = spellings(word)
        other = next((owner[form] for form in forms if owner.get(form, short) != short), "")
        if other and short not in told:
            told.add(short)
            yield error(
                place,
                say('"%(word)s" already means %(other)s', word=word, other=other),
                say("take another word: each may mean one department only"),
            )
        owner |= {form: short for form in forms if form not in owner}


def _spoken(departments: Checked[DepartmentsFile]) -> Iterator[tuple[str, Place, str]]:
    """Department, place and word for every word that means one; aliases come last."""
    document, parts = departments.document, departments.content.departments
    for short, part in parts.items():
        yield short, document.key_place(("departments", short)), short
        yield short, document.place(("departments", short, "name")), part.name
    for short, part in parts.items():
        for number, word in enumerate(part.aliases):
            yield short, document.place(("departments", short, "aliases", number)), word


def _department_addresses(files: Files) -> Iterator[RuleError]:
    if files.departments is None or files.organisation is None:
        return
    document, domain = files.departments.document, files.organisation.content.domain
    leading = addresses_of(files.organisation)
    addresses = files.organisation.document
    if (
        not addresses.stands(("addresses",))
        or addresses.lost(("addresses",))
        or set(leading) - set(files.departments.content.departments)
    ):
        return  # an address that leads nowhere yet is told; it would lead to one of these
    for short, part in files.departments.content.departments.items():
        if short.startswith(REJECTED_PREFIX):
            continue
        candidates = leading.get(short, ())
        if part.address is not None and complete(part.address, domain) not in candidates:
            yield error(
                document.place(("departments", short, "address")),
                say('"%(address)s" does not lead to %(name)s', address=part.address, name=short),
                _lead(short, candidates),
            )
        elif part.address is None and len(candidates) != 1:
            yield error(document.key_place(("departments", short)), *_no_address(short, candidates))


def _lead(short: str, candidates: tuple[str, ...]) -> Text:
    if candidates:
        return say("take one of: %(known)s", known=", ".join(candidates))
    line = f"{short}: {short}"
    return say("declare it in organisation.yaml, under public: or internal: of addresses:, for "
               "example %(line)s", line=line)  # fmt: skip


def _no_address(short: str, candidates: tuple[str, ...]) -> tuple[Text, Text]:
    if candidates:
        return (
            say('several addresses lead to "%(name)s"', name=short),
            say("say which one its answers come from, with the line %(line)s",
                line=f"address: {candidates[0].partition('@')[0]}"),
        )  # fmt: skip
    return (
        say('no address leads to "%(name)s": its answers would come from nowhere', name=short),
        _lead(short, ()),
    )


def warnings_about_people(files: Files) -> Iterator[RuleWarning]:
    """Departments in which nobody is, and no admin: right where accounts are made by command."""
    if files.agents is None or files.departments is None or not files.agents.content.agents:
        return
    agents = files.agents.content.agents.values()
    right = say("this is right where the account was made by command: gateway agent list")
    if not any(agent.admin for agent in agents):
        place = files.agents.document.key_place(("agents",))
        yield RuleWarning(str(place), say("nobody in this file is an admin"), right)
    filled = {name for agent in agents for name in agent.departments}
    for short, part in files.departments.content.departments.items():
        if not (short in filled or part.admins or part.kind == "supraregional" or part.silent):
            yield RuleWarning(
                str(files.departments.document.key_place(("departments", short))),
                say('nobody in agents.yaml belongs to "%(name)s"', name=short),
                right,
            )


# --- agents ---------------------------------------------------------------------------------------


def _agents(files: Files) -> Iterator[RuleError]:
    if files.agents is None:
        return
    document, first = files.agents.document, dict[str, str]()
    for number, domain in enumerate(files.agents.content.members.domains):
        if is_anybodys(domain):
            yield error(
                document.place(("members", "domains", number)),
                say("everybody can have an address at %(domain)s", domain=domain),
                say("write the single addresses, for example %(value)s",
                    value=f"- ada@{domain}"),
            )  # fmt: skip
    for handle, agent in files.agents.content.agents.items():
        other = first.setdefault(fold(agent.address), handle)
        if other != handle:
            yield error(
                document.place(("agents", handle, "address")),
                say("%(name)s has this address already", name=other),
                say("give every agent an address of their own"),
            )
        alone = not (agent.departments or agent.admin)
        if alone and not document.lost(("agents", handle)):
            yield error(
                document.key_place(("agents", handle)),
                say('"%(name)s" belongs to no department and would see nothing', name=handle),
                say("add the line %(line)s", line="departments: […]"),
            )
