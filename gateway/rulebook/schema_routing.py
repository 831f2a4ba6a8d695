"""What may stand in routing.yaml: rules with conditions (`if`) and actions (`then`)."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from gateway.rulebook import author_words, routing_words, words
from gateway.rulebook.schema import (
    Clock,
    Day,
    Filled,
    Line,
    List,
    MailAddress,
    Part,
    Reference,
    Table,
)

_LIST_INPUT: Any = str | int | tuple[str | int, ...]

Several = Annotated[
    tuple[Line, ...],
    BeforeValidator(routing_words.several, json_schema_input_type=_LIST_INPUT),
]
"""One value, or a list of which any will do."""
Regex = Annotated[str, AfterValidator(routing_words.regex)]
Patterns = Annotated[
    tuple[Regex, ...],
    BeforeValidator(routing_words.several, json_schema_input_type=_LIST_INPUT),
]
Author = Annotated[str, AfterValidator(routing_words.author)]
Authors = Annotated[
    tuple[Author, ...],
    BeforeValidator(routing_words.several, json_schema_input_type=_LIST_INPUT),
]
Weekday = Annotated[int, BeforeValidator(lambda value: routing_words.weekday(str(value)))]
Weekdays = Annotated[
    tuple[Weekday, ...],
    BeforeValidator(routing_words.several, json_schema_input_type=_LIST_INPUT),
]
Size = Annotated[int, BeforeValidator(routing_words.size, json_schema_input_type=str | int)]
Tags = Annotated[
    tuple[Annotated[str, AfterValidator(routing_words.tag)], ...],
    BeforeValidator(routing_words.several, json_schema_input_type=_LIST_INPUT),
]
Values = Annotated[dict[Line, Annotated[str, BeforeValidator(words.value_text)]], Table]
"""What stands in fields, or in the places of a canned response."""
Kind = Literal["new", "reply", "agent", "all"]
Kinds = Annotated[
    tuple[Kind, ...],
    BeforeValidator(routing_words.several, json_schema_input_type=Kind | tuple[Kind, ...]),
]


class TextPart(Part):
    """How a text is compared: exactly one of these."""

    equals: Several = ()
    contains: Several = ()
    starts: Several = ()
    ends: Several = ()
    glob: Several = ()
    word: Several = ()
    regex: Patterns = ()
    between: Annotated[
        tuple[int, int] | None,
        BeforeValidator(
            routing_words.span,
            json_schema_input_type=Annotated[list[int], Field(min_length=2, max_length=2)],
        ),
    ] = None

    @property
    def operators(self) -> tuple[str, ...]:
        """Those that are given."""
        return tuple(each for each in routing_words.OPERATORS if getattr(self, each))

    def given(self) -> tuple[str, ...]:
        """Everything of which exactly one must be given."""
        return self.operators

    @model_validator(mode="after")
    def _one_operator(self) -> "TextPart":
        if wrong := routing_words.one_operator(self.given()):
            raise words.mistake(*wrong)
        return self


Comparison = Annotated[
    TextPart, BeforeValidator(routing_words.comparison, json_schema_input_type=TextPart)
]


class HeaderTest(TextPart):
    """A header field by its name."""

    name: Annotated[str, AfterValidator(author_words.header_name)]


class FilledPart(TextPart):
    """A field of the form or of the help topic by its name, or whether it says something."""

    name: Line
    filled: Annotated[bool | None, Filled] = None

    def given(self) -> tuple[str, ...]:
        """An operator, or `filled`."""
        return (*self.operators, *(("filled",) if self.filled is not None else ()))


class AddressTest(TextPart):
    """Addresses: whole ones or domains (`is`), parts of them, or the name beside them."""

    is_: Annotated[Authors, Field(alias="is")] = ()
    name: Annotated[Comparison | None, Filled] = None

    def given(self) -> tuple[str, ...]:
        """`is`, `name`, or an operator."""
        more = {"is": self.is_, "name": self.name}
        return (*(key for key, value in more.items() if value), *self.operators)


Addresses = Annotated[
    AddressTest,
    BeforeValidator(
        routing_words.addresses, json_schema_input_type=str | tuple[str, ...] | AddressTest
    ),
]


class AttachmentTest(Part):
    """One attachment for which all of this holds."""

    name: Annotated[Comparison | None, Filled] = None
    type: Annotated[Comparison | None, Filled] = None
    over: Annotated[Size | None, Filled] = None
    under: Annotated[Size | None, Filled] = None


class CountTest(Part):
    """How many attachments."""

    at_least: Annotated[int, Field(ge=0, le=10_000)] = 0
    at_most: Annotated[int | None, Field(ge=0, le=10_000)] = None


class TimeTest(Part):
    """When, by the organisation's clocks. All of what is given must hold."""

    weekdays: Weekdays = ()
    after: Annotated[Clock | None, Filled] = None
    before: Annotated[Clock | None, Filled] = None
    first_day: Annotated[Day | None, Filled] = None
    last_day: Annotated[Day | None, Filled] = None


class ConditionPart(Part):
    """Conditions: all that stand here must hold."""

    all: Annotated[tuple["ConditionPart", ...], List] = ()
    any: Annotated[tuple["ConditionPart", ...], List] = ()
    not_: Annotated["ConditionPart | None", Filled, Field(alias="not")] = None
    from_: Annotated[Addresses | None, Filled, Field(alias="from")] = None
    to: Annotated[Addresses | None, Filled] = None
    cc: Annotated[Addresses | None, Filled] = None
    envelope_from: Annotated[Addresses | None, Filled] = None
    envelope_to: Annotated[Addresses | None, Filled] = None
    subject: Annotated[Comparison | None, Filled] = None
    body: Annotated[Comparison | None, Filled] = None
    header: Annotated[HeaderTest | None, Filled] = None
    attachment: Annotated[AttachmentTest | None, Filled] = None
    attachments: Annotated[CountTest | None, Filled] = None
    form: Annotated[FilledPart | None, Filled] = None
    field: Annotated[FilledPart | None, Filled] = None
    department: Several = ()
    topic: Several = ()
    status: Several = ()
    priority: Annotated[
        tuple[Literal["low", "normal", "high", "urgent"], ...],
        BeforeValidator(routing_words.several, json_schema_input_type=_LIST_INPUT),
    ] = ()
    tag: Tags = ()
    language: Annotated[
        tuple[Literal["de", "en"], ...],
        BeforeValidator(routing_words.several, json_schema_input_type=_LIST_INPUT),
    ] = ()
    proof: Several = ()
    proved: Annotated[bool | None, Filled] = None
    forged: Annotated[bool | None, Filled] = None
    automatic: Annotated[bool | None, Filled] = None
    encrypted: Annotated[bool | None, Filled] = None
    signed: Annotated[bool | None, Filled] = None
    time: Annotated[TimeTest | None, Filled] = None

    @model_validator(mode="after")
    def _says_something(self) -> "ConditionPart":
        if all_empty(self):
            raise words.mistake(*routing_words.empty_condition())
        return self


def all_empty(part: Part) -> bool:
    """True when nothing of the table was written."""
    return not part.model_fields_set


class CannedPart(Part):
    """A canned response, and what stands in its places."""

    canned: Line
    values: Values = Field(default={})


class RejectPart(Part):
    """The answer to what is rejected; without a canned response the usual one."""

    canned: Annotated[Line | None, Filled] = None
    values: Values = Field(default={})


def _only_true(key: str) -> Any:  # noqa: ANN401  (a part of an annotation)
    return BeforeValidator(
        lambda value: routing_words.only_true(value, key), json_schema_input_type=Literal[True]
    )


class ActionsPart(Part):
    """What a rule does."""

    department: Annotated[Reference | None, Filled] = None
    topic: Annotated[Reference | None, Filled] = None
    priority: Annotated[Literal["low", "normal", "high", "urgent"] | None, Filled] = None
    status: Annotated[Reference | None, Filled] = None
    assign: Annotated[Line | None, Filled] = None
    fields: Values = Field(default={})
    tag: Tags = ()
    answer: Annotated[
        CannedPart | None,
        BeforeValidator(routing_words.canned, json_schema_input_type=str | CannedPart),
    ] = None
    note: Annotated[str | None, Filled] = None
    notify: Several = ()
    refer: Several = ()
    relay: Annotated[
        tuple[MailAddress, ...],
        BeforeValidator(routing_words.several, json_schema_input_type=_LIST_INPUT),
    ] = ()
    accept: Annotated[bool, _only_true("accept")] = False
    reject: Annotated[
        RejectPart | None,
        BeforeValidator(
            routing_words.rejection, json_schema_input_type=Literal[True] | str | RejectPart
        ),
    ] = None
    quarantine: Annotated[
        Line | None,
        BeforeValidator(routing_words.reason, json_schema_input_type=Literal[True] | str),
    ] = None
    spam: Annotated[bool, _only_true("spam")] = False
    stop: Annotated[bool, _only_true("stop")] = False

    @model_validator(mode="after")
    def _no_contradiction(self) -> "ActionsPart":
        if all_empty(self):
            raise words.mistake(*routing_words.empty_rule())
        given = {key: getattr(self, key) is not None and getattr(self, key) not in (False, (), {})
                 for key in self.model_fields_set}  # fmt: skip
        if wrong := routing_words.contradiction(given):
            raise words.mistake(*wrong)
        return self


class RulePart(Part):
    """One rule of routing.yaml."""

    name: Line
    for_: Annotated[Kinds, Field(alias="for")] = ("new",)
    if_: Annotated[ConditionPart | None, Filled, Field(alias="if")] = None
    then: ActionsPart

    @property
    def kinds(self) -> frozenset[str]:
        """The kinds of mail that it is for."""
        return frozenset({"new", "reply", "agent"} if "all" in self.for_ else self.for_)


class RoutingFile(Part):
    """routing.yaml."""

    rules: Annotated[tuple[RulePart, ...], List] = ()
