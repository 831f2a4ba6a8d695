"""The checked form.yaml as the value that forms are read by."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import TypeVar

from gateway.model.address import fold
from gateway.model.form import FormFilter, FormMapping, Postcodes
from gateway.model.people import DepartmentId
from gateway.model.topic import Topics
from gateway.policy.commands.folding import folded
from gateway.policy.fields import name_key
from gateway.policy.form.words import word_key
from gateway.rulebook.schema import FormFile, FormFilterPart

MeaningT = TypeVar("MeaningT")


def form(file: FormFile | None, topics: Topics, secret: str) -> FormMapping:
    """How the form is read; nothing without a file."""
    if file is None:
        return FormMapping()
    served = {name: tuple(map(postcodes, codes)) for name, codes in file.postcodes.items()}
    return FormMapping(
        fields=_by_key(file.fields),
        locations=_by_key({k: DepartmentId(v) for k, v in file.locations.items()}),
        topics=_by_key({k: DepartmentId(v) for k, v in file.topics.items()}),
        postcodes=tuple(
            (each, DepartmentId(name)) for name, found in served.items() for each in found
        ),
        filters=tuple(_filter(part, topics, served.values()) for part in file.refuse),
        required=file.required,
        labels={meaning: key for key, meaning in reversed(file.fields.items())},
        postcode_pattern=file.postcode_pattern,
        fallback=DepartmentId(file.fallback),
        broken=DepartmentId(file.broken),
        secret=secret,
        window=timedelta(hours=file.signature_hours),
        senders=frozenset(map(fold, file.senders)),
    )


def _by_key(table: Mapping[str, MeaningT]) -> dict[str, MeaningT]:
    return {word_key(word): meaning for word, meaning in table.items()}


def _filter(
    part: FormFilterPart, topics: Topics, served: Iterable[tuple[Postcodes, ...]]
) -> FormFilter:
    outside = tuple(map(postcodes, part.outside))
    if part.elsewhere:
        outside = tuple(each for codes in served for each in codes)
    return FormFilter(
        folded(part.canned),
        frozenset(_words_for(part.topics, topics)),
        frozenset(map(word_key, part.locations)),
        tuple(map(postcodes, part.postcodes)),
        outside,
    )


def _words_for(words: Iterable[str], topics: Topics) -> Iterable[str]:
    """The words, and all others that mean the same help topic."""
    for word in words:
        yield word_key(word)
        meant = topics.topic_names.get(name_key(word))
        yield from (word_key(name) for name, topic in topics.topic_names.items() if topic == meant)


def postcodes(written: str) -> Postcodes:
    """What `10115`, `10115-14199` or `10*` stands for."""
    first, _, last = written.partition("-")
    return Postcodes(first.rstrip("*"), last or first.rstrip("*"), first.endswith("*"))
