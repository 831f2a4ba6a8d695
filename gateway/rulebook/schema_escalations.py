"""What may stand in escalations.yaml."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema, model_validator

from gateway.model.escalation import Span
from gateway.model.text import say
from gateway.rulebook import spans, words
from gateway.rulebook.schema import (
    Day,
    Filled,
    Line,
    List,
    Once,
    Part,
    Reference,
    References,
    ShortName,
    Table,
)

Length = Annotated[
    Span, BeforeValidator(spans.span), WithJsonSchema({"type": "string", "pattern": spans.PATTERN})
]
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
Written = Annotated[str, BeforeValidator(words.value_text), AfterValidator(words.line)]
Person = Annotated[str, AfterValidator(words.without_at)]
Strings = Annotated[str, AfterValidator(str.strip)]


class WhenPart(Part):
    """Which tickets a rule is about; without a line it asks for nothing."""

    departments: References = ()
    statuses: References = ()
    topics: References = ()
    taken: Annotated[bool | None, Filled] = None
    fields: Annotated[dict[ShortName, Written], Table] = Field(default={})
    filled: References = ()
    empty: References = ()


class StepPart(Part):
    """What is done after which time."""

    after: Length
    remind: bool = False
    notify: Annotated[tuple[Person, ...], List, Once] = ()
    move: Annotated[Reference | None, Filled] = None
    status: Annotated[Reference | None, Filled] = None
    assign: Annotated[Person | None, Filled] = None
    note: Annotated[Strings | None, Filled] = None
    text: Annotated[Line | None, Filled] = None

    @model_validator(mode="after")
    def _does_something(self) -> "StepPart":
        if not (self.remind or self.notify or self.move or self.status or self.assign or self.note):
            raise words.mistake(
                say("this step does nothing"),
                say("write what it does, for example %(value)s", value="remind: true"),
            )
        return self


class EscalationPart(Part):
    """One rule."""

    name: Line
    when: Annotated[WhenPart, Table] = WhenPart()
    since: Literal["matching", "opened", "message", "answer", "due"] = "matching"
    steps: Annotated[tuple[StepPart, ...], Field(min_length=1)]


class CalendarPart(Part):
    """Which days are no working days."""

    weekend: Annotated[tuple[Weekday, ...], List, Field(max_length=6)] = ("saturday", "sunday")
    holidays: Annotated[str | None, Filled, AfterValidator(spans.place)] = None
    days_off: Annotated[tuple[Day, ...], List] = ()


class EscalationsFile(Part):
    """escalations.yaml."""

    calendar: Annotated[CalendarPart, Table] = CalendarPart()
    escalations: Annotated[dict[ShortName, EscalationPart], Table] = Field(default={})
