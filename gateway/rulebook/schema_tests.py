"""What may stand in the files of `rules/tests`: sample mails, and what is to become of them."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema, model_validator

from gateway.rulebook import author_words, testing_words, words
from gateway.rulebook.routing_words import several
from gateway.rulebook.schema import Line, List, Part, Reference, Table
from gateway.rulebook.schema_routing import Several, Size, Tags, Values

Recipients = Annotated[
    tuple[Annotated[str, AfterValidator(testing_words.recipient)], ...],
    BeforeValidator(several, json_schema_input_type=str | tuple[str, ...]),
]
Author = Annotated[str, AfterValidator(testing_words.author)]
Sender = Annotated[str, AfterValidator(testing_words.sender)]
Moment = Annotated[testing_words.When, BeforeValidator(testing_words.moment,
                                                       json_schema_input_type=str)]  # fmt: skip
HeaderName = Annotated[str, AfterValidator(author_words.header_name)]

Kind = Annotated[
    str,
    AfterValidator(testing_words.kind),
    WithJsonSchema({"type": "string", "enum": list(testing_words.KINDS_OF_MAIL)}),
]
"""What sort of mail it is."""


class AttachmentPart(Part):
    """A file that the sample mail brings."""

    name: Line
    type: Annotated[str, AfterValidator(testing_words.media_type)] = ""
    size: Annotated[Size, AfterValidator(testing_words.bearable)] = 100


class SamplePart(Part):
    """A mail as it would arrive."""

    file: Annotated[str | None, AfterValidator(testing_words.file_name)] = None
    from_: Annotated[Author | None, Field(alias="from")] = None
    to: Recipients = ()
    cc: Recipients = ()
    subject: str | None = None
    text: str | None = None
    headers: Annotated[dict[HeaderName, Line], Table] = Field(default={})
    attachments: Annotated[
        tuple[
            Annotated[
                AttachmentPart,
                BeforeValidator(testing_words.named, json_schema_input_type=str | AttachmentPart),
            ],
            ...,
        ],
        List,
    ] = ()
    form: Annotated[Values | None, Field(default=None)]
    envelope_from: Sender | None = None
    envelope_to: Recipients = ()
    proved: bool | None = None
    proof: Literal["none", "dkim", "spf", "arc", "authentication-results", "submission"] | None = (
        None
    )
    forged: bool = False
    at: Moment | None = None

    @model_validator(mode="after")
    def _of_one_piece(self) -> "SamplePart":
        if wrong := testing_words.wrong_in_mail(self.model_fields_set, forged=self.forged):
            raise words.mistake(*wrong)
        return self


class SentPart(Part):
    """A mail that is sent: all of what is given holds."""

    to: Annotated[str | None, AfterValidator(testing_words.reader)] = None
    kind: Kind | None = None
    subject: Several = ()
    contains: Several = ()

    @model_validator(mode="after")
    def _says_something(self) -> "SentPart":
        if not self.model_fields_set:
            raise words.mistake(*testing_words.nothing_expected())
        return self


Sent = Annotated[
    SentPart, BeforeValidator(testing_words.to_whom, json_schema_input_type=str | SentPart)
]
_SENT_INPUT: Any = Literal["nothing"] | tuple[str | SentPart, ...]


class ExpectPart(Part):
    """What is to become of the mail."""

    outcome: (
        Literal["entry", "command", "rejected", "relayed", "duplicate", "quarantined", "refused"]
        | None
    ) = None
    ticket: Literal["new", "known", "none"] | None = None
    department: Reference | None = None
    topic: Reference | None = None
    priority: Literal["low", "normal", "high", "urgent"] | None = None
    status: Reference | None = None
    responsible: Line | None = None
    language: Literal["de", "en"] | None = None
    requester: Annotated[str, AfterValidator(words.mail_address)] | None = None
    tags: Annotated[Tags | None, BeforeValidator(testing_words.none_as_empty)] = None
    fields: Values = Field(default={})
    refer: Several = ()
    notes: Several = ()
    rules: Several = ()
    not_rules: Several = ()
    sent: Annotated[
        tuple[Sent, ...] | None,
        BeforeValidator(testing_words.sent, json_schema_input_type=_SENT_INPUT),
    ] = None
    not_sent: Annotated[
        tuple[Sent, ...],
        BeforeValidator(testing_words.listed, json_schema_input_type=tuple[str | SentPart, ...]),
    ] = ()

    @model_validator(mode="after")
    def _expects_something(self) -> "ExpectPart":
        if not self.model_fields_set:
            raise words.mistake(*testing_words.nothing_expected())
        return self


class RuleTestPart(Part):
    """One test."""

    name: Line
    after: Line | None = None
    mail: Annotated[
        SamplePart,
        BeforeValidator(testing_words.from_file, json_schema_input_type=str | SamplePart),
    ]
    expect: ExpectPart


class RuleTestsFile(Part):
    """A file in rules/tests."""

    tests: Annotated[tuple[RuleTestPart, ...], List] = ()
