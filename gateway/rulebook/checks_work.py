"""What workflow.yaml and topics.yaml say about themselves, and form.yaml about fields."""

from collections.abc import Collection, Iterable, Iterator

from gateway.model.text import Text, say
from gateway.model.workflow import DEFAULT_WORKFLOW, STATUS_NAMES
from gateway.policy.fields import name_key
from gateway.rulebook.errors import Place, RuleError, error
from gateway.rulebook.files import Files
from gateway.rulebook.names import closest, spellings
from gateway.rulebook.reading import Document, Loc
from gateway.rulebook.schema import FORM_MEANINGS, TopicsFile, WorkflowFile
from gateway.rulebook.wrong import Checked

STATUS_COMMAND_WORDS = ("quiet", "still", "leise", "force", "trotzdem")
"""Words of commands that stand where the name of a status or a topic may stand."""

Spoken = tuple[str, Place, str]
"""Short name, place and word: a word that means something in commands."""


def contradictions_of_work(files: Files) -> Iterator[RuleError]:
    """All mistakes about statuses, topics and fields that no value shows alone."""
    if files.workflow:
        yield from _statuses(files.workflow)
    if files.topics:
        yield from _topics(files.topics)
    yield from _form_meanings(files)


# --- workflow.yaml --------------------------------------------------------------------------------


def _statuses(workflow: Checked[WorkflowFile]) -> Iterator[RuleError]:
    document, statuses = workflow.document, workflow.content.statuses
    lost = {str(loc[1]) for loc in document.lost(("statuses",)) if len(loc) > 1}
    gone = {rule.id for rule in DEFAULT_WORKFLOW.statuses.values()} - {*statuses, *lost}
    yield from _built_in(workflow, {*statuses, *lost})
    known = {*statuses, *lost, *gone}
    for short, part in statuses.items():
        for number, name in enumerate(part.to):
            loc = ("statuses", short, "to", number)
            if name == short:
                yield error(
                    document.place(loc),
                    say('"%(name)s" leads to itself', name=name),
                    say("leave it out: staying is always possible"),
                )
            elif name not in known:
                what = say('there is no status "%(name)s"', name=name)
                yield error(document.place(loc), what, _meant(name, statuses))
    if not (lost or gone):
        yield from _dead_ends(workflow)
    owner = {name_key(word): str(status) for word, status in STATUS_NAMES.items()}
    owner |= {word: word for word in STATUS_COMMAND_WORDS}
    if not gone:
        yield from _clashes(_status_words(workflow), owner)


def _built_in(workflow: Checked[WorkflowFile], known: set[str]) -> Iterator[RuleError]:
    document, statuses = workflow.document, workflow.content.statuses
    for rule in DEFAULT_WORKFLOW.statuses.values():
        if rule.id not in known:
            yield error(
                document.key_place(("statuses",)),
                say('the status "%(name)s" is missing: the gateway itself sets it', name=rule.id),
                say("add it again; its name and its ways may be other ones"),
            )
        elif rule.id in statuses and statuses[rule.id].state != rule.state.value:
            yield error(
                document.place(("statuses", rule.id, "state")),
                say('the state of "%(name)s" cannot be another one', name=rule.id),
                say("write %(value)s", value=f"state: {rule.state.value}"),
            )


def _dead_ends(workflow: Checked[WorkflowFile]) -> Iterator[RuleError]:
    """Statuses that nobody can leave, or reach; new tickets are open."""
    document, statuses = workflow.document, workflow.content.statuses
    reached = {name for part in statuses.values() for name in part.to} | {"open"}
    for short, part in statuses.items():
        if not part.to:
            yield error(
                document.place(("statuses", short, "to")),
                say('no ticket could ever leave "%(name)s"', name=short),
                say("name at least one status it may go to, for example %(line)s",
                    line="to: [open]"),
            )  # fmt: skip
        if short not in reached:
            yield error(
                document.key_place(("statuses", short)),
                say('no ticket could ever reach "%(name)s"', name=short),
                say("name it under to: of another status, for example of open"),
            )


def _status_words(workflow: Checked[WorkflowFile]) -> Iterator[Spoken]:
    document = workflow.document
    for short, part in workflow.content.statuses.items():
        yield short, document.key_place(("statuses", short)), short
        yield short, document.place(("statuses", short, "name")), part.name
        if part.english:
            yield short, document.place(("statuses", short, "english")), part.english
        for number, word in enumerate(part.words):
            yield short, document.place(("statuses", short, "words", number)), word


# --- topics.yaml ----------------------------------------------------------------------------------


def _topics(topics: Checked[TopicsFile]) -> Iterator[RuleError]:
    document, content = topics.document, topics.content
    known = {*content.fields, *_lost(document, "fields")}
    for short, topic in content.topics.items():
        for number, name in enumerate(topic.fields):
            place = document.place(("topics", short, "fields", number))
            if name not in known:
                what = say('there is no field "%(name)s"', name=name)
                yield error(place, what, _meant(name, content.fields))
            elif name in topic.fields[:number]:
                what = say('"%(name)s" stands here twice', name=name)
                yield error(place, what, say("keep one of them"))
    if (
        content.default
        and content.topics
        and content.default
        not in {
            *content.topics,
            *_lost(document, "topics"),
        }
    ):
        what = say('there is no topic "%(name)s"', name=content.default)
        yield error(document.place(("default",)), what, _meant(content.default, content.topics))
    for short in set(content.fields) & set(FORM_MEANINGS):
        yield error(
            document.key_place(("fields", short)),
            say('"%(name)s" has a meaning of its own in form.yaml', name=short),
            say("take another short name"),
        )
    yield from _clashes(_topic_words(topics, "fields"), {})
    yield from _clashes(
        _topic_words(topics, "topics"), {word: word for word in STATUS_COMMAND_WORDS}
    )


def _lost(document: Document, key: str) -> set[str]:
    names = (str(loc[1]) for loc in document.lost((key,)) if len(loc) > 1)
    return {form for name in names for form in spellings(name)}


def _topic_words(topics: Checked[TopicsFile], key: str) -> Iterator[Spoken]:
    document, content = topics.document, topics.content
    table = content.fields if key == "fields" else content.topics
    for short, part in table.items():
        yield short, document.key_place((key, short)), short
        yield short, document.place((key, short, "name")), part.name
        if part.english:
            yield short, document.place((key, short, "english")), part.english
    for short, part in table.items():
        for number, word in enumerate(part.aliases):
            yield short, document.place((key, short, "aliases", number)), word


def _form_meanings(files: Files) -> Iterator[RuleError]:
    """Fields of the form that mean nothing that there is."""
    if files.form is None:
        return
    fields = files.topics.content.fields if files.topics else {}
    lost = _lost(files.topics.document, "fields") if files.topics else set()
    for key, meaning in files.form.content.fields.items():
        could_be = files.topics is not None or closest(meaning, FORM_MEANINGS)
        if could_be and meaning not in (*FORM_MEANINGS, *fields, *lost):
            loc: Loc = ("fields", key)
            yield error(
                files.form.document.place(loc),
                say('"%(value)s" is not possible here', value=meaning),
                _meant(meaning, (*FORM_MEANINGS, *fields)),
            )


# --- both -----------------------------------------------------------------------------------------


def _clashes(words: Iterable[Spoken], owner: dict[str, str]) -> Iterator[RuleError]:
    """Two things that one word means in commands: one mistake for each of them."""
    told: set[str] = set()
    for short, place, word in words:
        other = owner.setdefault(name_key(word), short)
        if other != short and short not in told:
            told.add(short)
            yield error(
                place,
                say('"%(word)s" already means %(other)s', word=word, other=other),
                say("take another word: each may mean one thing only"),
            )


def _meant(name: str, known: Collection[str]) -> Text:
    listed = ", ".join(known)
    if meant := closest(name, known):
        return say('did you mean "%(known)s"? possible: %(all)s', known=meant, all=listed)
    return say("possible: %(all)s", all=listed)
