"""Names in retention.yaml that mean nothing, and rules that no ticket reaches."""

from collections.abc import Collection, Iterator

from gateway.model.text import Text, say
from gateway.rulebook.errors import RuleError, error
from gateway.rulebook.files import Files, has_rejected, rejected_id
from gateway.rulebook.names import closest


def contradictions_of_retention(files: Files) -> Iterator[RuleError]:
    """Unknown departments and topics, and rules behind one that fits all."""
    if files.retention is None or files.departments is None:
        return
    document = files.retention.document
    departments = list(files.departments.content.departments)
    departments += [
        rejected_id(short)
        for short, part in files.departments.content.departments.items()
        if has_rejected(part)
    ]
    topics = list(files.topics.content.topics) if files.topics is not None else []
    fits_all: int | None = None
    for number, rule in enumerate(files.retention.content.rules):
        for key, names, known in (
            ("departments", rule.departments, departments),
            ("topics", rule.topics, topics),
        ):
            for place, name in enumerate(names):
                if name not in known:
                    where = document.place(("rules", number, key, place))
                    yield error(where, *_unknown(key, name, known))
        if fits_all is not None:
            yield error(
                document.place(("rules", number)),
                say("no ticket reaches this rule: rule %(first)s fits all", first=fits_all + 1),
                say("put it above that one, or leave it out"),
            )
        elif not (rule.departments or rule.topics or rule.rejected or rule.spam):
            fits_all = number if rule.rejected is None and rule.spam is None else None


def _unknown(key: str, name: str, known: Collection[str]) -> tuple[Text, Text]:
    what = (
        say('there is no department "%(name)s"', name=name)
        if key == "departments"
        else say('there is no help topic "%(name)s"', name=name)
    )
    meant = closest(name, known)
    if meant:
        return what, say('did you mean "%(known)s"?', known=meant)
    return what, say("known here: %(known)s", known=", ".join(known))
