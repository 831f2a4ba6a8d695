"""What form.yaml says about itself and topics.yaml."""

from collections.abc import Iterable, Iterator, Mapping

from gateway.model.form import Postcodes
from gateway.model.text import say
from gateway.policy.form.words import word_key
from gateway.policy.pattern import fits
from gateway.rulebook.build_form import postcodes
from gateway.rulebook.errors import RuleError, error
from gateway.rulebook.files import Files
from gateway.rulebook.names import closest
from gateway.rulebook.reading import Document
from gateway.rulebook.schema import FormFile, TopicsFile
from gateway.rulebook.wrong import Checked


def contradictions_of_form(files: Files) -> Iterator[RuleError]:
    """All mistakes of form.yaml that no value shows alone."""
    if files.form is None:
        return
    document, form = files.form.document, files.form.content
    for meaning in ("email", "text"):
        is_near = any(closest(other, (meaning,)) for other in form.fields.values())
        if not is_near and not document.lost(("fields",)):
            yield error(
                document.key_place(("fields",)),
                say('no field of the form means "%(meaning)s"', meaning=meaning),
                say("add the line %(line)s", line=f"…: {meaning}"),
            )
    tables: Mapping[str, Mapping[str, str]] = {
        "fields": form.fields,
        "locations": form.locations,
        "topics": form.topics,
    }
    for key, table in tables.items():
        yield from _ambiguous(document, key, table)
    if form.secret and form.secret_file:
        yield error(
            document.place(("secret_file",)),
            say("only one of secret and secret_file may stand here"),
            say("leave out secret: in a file of its own it is read by nobody else"),
        )
    yield from _required(files.form)
    yield from _overlaps(files.form)
    yield from _no_postcodes(files.form)
    yield from _filters(files.form, files.topics)


def _ambiguous(document: Document, key: str, table: Mapping[str, str]) -> Iterator[RuleError]:
    """Words of the form that differ only in case or umlauts, but mean different things."""
    meaning: dict[str, str] = {}
    for word, target in table.items():
        if meaning.setdefault(word_key(word), target) != target:
            yield error(
                document.key_place((key, word)),
                say('"%(word)s" means two things here', word=word),
                say("keep one of the lines; case, blanks and signs make no difference"),
            )


def _required(form: Checked[FormFile]) -> Iterator[RuleError]:
    meanings = tuple(dict.fromkeys(form.content.fields.values()))
    if form.document.lost(("fields",)):
        return
    for number, name in enumerate(form.content.required):
        if name not in meanings:
            meant = closest(name, meanings)
            yield error(
                form.document.place(("required", number)),
                say('no field of the form means "%(meaning)s"', meaning=name),
                say('did you mean "%(known)s"?', known=meant)
                if meant
                else say("possible: %(all)s", all=", ".join(meanings)),
            )


def _overlaps(form: Checked[FormFile]) -> Iterator[RuleError]:
    """Postcodes that belong to two departments: sorted, only neighbours can share one."""
    marked = [
        (postcodes(code), name, number)
        for name, codes in form.content.postcodes.items()
        for number, code in enumerate(codes)
    ]
    marked.sort(key=lambda each: _ends(each[0]))
    before: tuple[Postcodes, str, int] | None = None
    for each in marked:
        if before is not None and before[1] != each[1] and _share(before[0], each[0]):
            code = form.content.postcodes[each[1]][each[2]]
            yield error(
                form.document.place(("postcodes", each[1], each[2])),
                say(
                    'postcodes of "%(code)s" belong to %(other)s already',
                    code=code,
                    other=before[1],
                ),
                say("let each postcode lead to one department"),
            )
        if before is None or _ends(each[0])[1] >= _ends(before[0])[1]:
            before = each


def _no_postcodes(form: Checked[FormFile]) -> Iterator[RuleError]:
    """Postcodes that the pattern of the same file would not let anybody send."""
    pattern = form.content.postcode_pattern
    for name, codes in form.content.postcodes.items() if pattern else ():
        for number, code in enumerate(codes):
            first = code.partition("-")[0]
            if "*" in code or fits(pattern, first):
                continue
            meant = f"0{first}" if fits(pattern, f"0{first}") else ""
            yield error(
                form.document.place(("postcodes", name, number)),
                say('"%(code)s" is no postcode as postcode_pattern wants it', code=first),
                say("write %(value)s, or %(other)s for all that begin so", value=meant,
                    other=f"{first}*")
                if meant
                else say("write a whole one, or %(other)s for all that begin so",
                         other=f"{first.rstrip('X')}*"),
            )  # fmt: skip


def _ends(codes: Postcodes) -> tuple[str, str]:
    """The first and the last that it stands for, made equally long."""
    return codes.first.ljust(10, "0"), codes.last.ljust(10, "Z" if codes.beginning else "0")


def _share(one: Postcodes, other: Postcodes) -> bool:
    if not (one.beginning or other.beginning) and len(one.first) != len(other.first):
        return False
    (first, last), (begin, end) = _ends(one), _ends(other)
    return first <= end and begin <= last


def _filters(form: Checked[FormFile], topics: Checked[TopicsFile] | None) -> Iterator[RuleError]:
    content, document = form.content, form.document
    spoken = {
        word
        for short, part in (topics.content.topics if topics else {}).items()
        for word in (short, part.name, part.english or part.name, *part.aliases)
    }
    known = {"topics": {*content.topics, *spoken}, "locations": {*content.locations}}
    lost = topics is None or bool(topics.document.lost(("topics",)))
    for number, part in enumerate(content.refuse):
        tables: Mapping[str, Iterable[str]] = {"topics": part.topics, "locations": part.locations}
        for key, words in tables.items():
            if (key == "topics" and lost) or document.lost((key,)):
                continue
            keys = {word_key(word) for word in known[key]}
            for place, word in enumerate(words):
                if word_key(word) not in keys:
                    yield error(
                        document.place(("refuse", number, key, place)),
                        say('the form has no "%(word)s"', word=word),
                        say("possible: %(all)s", all=", ".join(sorted(known[key]))),
                    )
        if part.elsewhere and not content.postcodes:
            yield error(
                document.place(("refuse", number, "elsewhere")),
                say("no postcode belongs to a department, so this would refuse all"),
                say("say which do, under postcodes"),
            )
