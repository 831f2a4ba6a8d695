"""What the other files declare, for checks of files that name much of it.

It is put together from whatever is right in them, so that the mistakes of all files come at once.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from gateway.model.canned import CannedResponses
from gateway.model.topic import Topics
from gateway.policy.commands.folding import folded
from gateway.policy.form.words import word_key
from gateway.rulebook import build_work
from gateway.rulebook.files import Files, declared
from gateway.rulebook.names import spellings
from gateway.rulebook.schema import TopicsFile


@dataclass(frozen=True, slots=True)
class Around:
    """Names and what they mean. Words are folded."""

    departments: frozenset[str] = frozenset()
    department_words: Mapping[str, str] = field(default_factory=dict)
    topics: Topics = field(default_factory=Topics)
    statuses: Mapping[str, str] = field(default_factory=dict)
    form_fields: Mapping[str, str] = field(default_factory=dict)
    addresses: frozenset[str] = frozenset()
    handles: frozenset[str] = frozenset()
    canned: CannedResponses = field(default_factory=dict)


def around(files: Files, canned: CannedResponses) -> Around:
    """Everything that is declared, and what was meant to be but has a mistake."""
    workflow = build_work.workflow(files.workflow.content if files.workflow else None)
    form = files.form.content.fields if files.form else {}
    own = declared(files.organisation) if files.organisation else ()
    handles = files.agents.content.agents if files.agents else {}
    words = _department_words(files)
    return Around(
        departments=frozenset(words.values()),
        department_words=words,
        topics=build_work.topics(files.topics.content if files.topics else TopicsFile()),
        statuses={str(status): str(status) for status in workflow.statuses},
        form_fields={word_key(name): name for name in form},
        addresses=frozenset(one.address for one in own),
        handles=frozenset(map(folded, handles)),
        canned=canned,
    )


def _department_words(files: Files) -> dict[str, str]:
    if files.departments is None:
        return {}
    document, departments = files.departments.document, files.departments.content.departments
    words = {
        word: short
        for short, part in departments.items()
        for spoken in (short, part.name, *part.aliases)
        for form in spellings(spoken)
        for word in (form, folded(form))
    }
    lost = {str(loc[1]) for loc in document.lost(("departments",)) if len(loc) > 1}
    return words | {word: short for short in lost for word in spellings(short)}
