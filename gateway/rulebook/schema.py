"""What may stand in the rule files; `editors` tells editors the same."""

from datetime import date, time
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    WithJsonSchema,
    model_validator,
)

from gateway.rulebook import author_words, field_words, form_words, words

Line = Annotated[str, AfterValidator(words.line)]
LocalPart = Annotated[str, AfterValidator(words.own_address)]
MailAddress = Annotated[str, AfterValidator(words.mail_address)]
Domain = Annotated[str, AfterValidator(words.domain)]
AuthorAddress = Annotated[str, AfterValidator(author_words.author_address)]
AuthorDomain = Annotated[str, AfterValidator(author_words.author_domain)]
ShortName = Annotated[str, AfterValidator(words.short_name)]
NextHop = Annotated[str, AfterValidator(words.next_hop)]
Clock = Annotated[
    time, BeforeValidator(words.clock), WithJsonSchema({"type": "string", "pattern": words.CLOCK})
]
Day = Annotated[
    date, BeforeValidator(words.day), WithJsonSchema({"type": "string", "pattern": words.DAY})
]
FieldName = Annotated[str, AfterValidator(field_words.field_name)]
Choice = Annotated[str, BeforeValidator(words.number_as_text), AfterValidator(field_words.choice)]
Postcodes = Annotated[
    str, BeforeValidator(words.number_as_text), AfterValidator(form_words.postcodes)
]
FingerprintText = Annotated[
    str, BeforeValidator(words.number_as_text), AfterValidator(author_words.whole_fingerprint)
]
Reference = Line
"""The short name of a department; that it exists is checked later."""


def or_empty(value: object) -> object:
    """Nothing where entries may stand means no entries: all of them are commented out."""
    return {} if value is None else value


def or_none(value: object) -> object:
    """The same for a list."""
    return () if value is None else value


Table = BeforeValidator(or_empty)
List = BeforeValidator(or_none)
Filled = BeforeValidator(words.filled)
"""A value that may be left out, with its key; the key alone is a slip."""
Once = AfterValidator(words.once)
References = Annotated[tuple[Reference, ...], List, Once]


class Part(BaseModel):
    """A table of a rule file: unknown keys are mistakes, values are taken as they are written."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Addresses(Part):
    """All addresses of the organisation, by kind: part before the @, then what it leads to."""

    public: Annotated[dict[LocalPart, Reference], Table] = {}
    members: Annotated[dict[LocalPart, Reference], Table] = {}
    internal: Annotated[dict[LocalPart, Reference], Table] = {}
    form: Annotated[tuple[LocalPart, ...], List] = ()
    command: LocalPart
    relay: Annotated[dict[LocalPart, NextHop], Table] = {}


class OrganisationFile(Part):
    """organisation.yaml."""

    name: Line
    domain: Domain
    language: Literal["de", "en"] = "de"
    form_url: Annotated[str, AfterValidator(words.web_address)] = ""
    postmaster: Reference
    number_start: int = Field(default=1000, ge=0, le=10**12)
    confirm_new_tickets: bool = True
    reject_window_days: int = Field(default=7, ge=1, le=366)
    send_delay: int = Field(default=60, ge=0, le=900)
    automatic_per_day: int = Field(default=5, ge=1, le=1000)
    timezone: Annotated[str, AfterValidator(words.time_zone)] = "Europe/Berlin"
    digest_at: Clock = time(7)
    addresses: Addresses


class DepartmentPart(Part):
    """One department of departments.yaml."""

    name: Line
    kind: Literal["office", "location", "supraregional"] = "office"
    address: Annotated[LocalPart | None, Filled] = None
    aliases: Annotated[tuple[Line, ...], List, Once] = ()
    admins: bool = False
    silent: bool = False


class DepartmentsFile(Part):
    """departments.yaml."""

    departments: Annotated[dict[ShortName, DepartmentPart], Table]


class AgentPart(Part):
    """One agent of agents.yaml."""

    name: Line
    address: MailAddress
    departments: References = ()
    admin: bool = False
    language: Annotated[Literal["de", "en"] | None, Filled] = None
    notify: Annotated[dict[Reference, Literal["all", "mine", "digest", "none"]], Table] = {}
    digest: Annotated[Literal["daily", "weekly"] | None, Filled] = None


class MembersPart(Part):
    """Members who are not agents, by address or by the domain of their addresses."""

    addresses: Annotated[tuple[MailAddress, ...], List, Once] = ()
    domains: Annotated[tuple[Domain, ...], List, Once] = ()


class AgentsFile(Part):
    """agents.yaml."""

    agents: Annotated[dict[ShortName, AgentPart], Table] = {}
    members: Annotated[MembersPart, Table] = MembersPart()


class HeaderPart(Part):
    """A header field that a mail must have: one of `equals`, `contains` and `regex` (RE2)."""

    name: Annotated[str, AfterValidator(author_words.header_name)]
    equals: Annotated[Line | None, Filled] = None
    contains: Annotated[Line | None, Filled] = None
    regex: Annotated[str | None, Filled, AfterValidator(author_words.header_pattern)] = None

    @model_validator(mode="after")
    def _one_value(self) -> "HeaderPart":
        given = (self.equals, self.contains, self.regex)
        if sum(each is not None for each in given) != 1:
            raise words.mistake(*author_words.one_value())
        return self


class AuthorPart(Part):
    """Who an entry of allow.yaml is about, why, and until when."""

    address: Annotated[AuthorAddress | None, Filled] = None
    domain: Annotated[AuthorDomain | None, Filled] = None
    subdomains: bool = False
    reason: Line
    until: Annotated[Day | None, Filled] = None

    @property
    def has_one_author(self) -> bool:
        """True for exactly one of `address` and `domain`."""
        return (self.address is None) != (self.domain is None)

    @model_validator(mode="after")
    def _subdomains_of_a_domain(self) -> "AuthorPart":
        if self.subdomains and self.domain is None:
            raise words.mistake(*author_words.no_subdomains())
        return self


class AllowPart(AuthorPart):
    """One entry of `allow`: an address or a domain, an OpenPGP key, a header field; also together.

    `key` is the file in the folder `keys` that has the key of `fingerprint`, or says which it is.
    """

    departments: Annotated[References, BeforeValidator(author_words.some_department)] = ()
    authenticated: bool = False
    header: Annotated[HeaderPart | None, Filled] = None
    fingerprint: Annotated[FingerprintText | None, Filled] = None
    key: Annotated[str | None, Filled, AfterValidator(author_words.key_file)] = None

    @model_validator(mode="after")
    def _one_author(self) -> "AllowPart":
        others = (self.header, self.fingerprint, self.key)
        nobody = self.address is None and self.domain is None
        alone = nobody and any(each is not None for each in others)
        if not (self.has_one_author or alone):
            raise words.mistake(*author_words.one_author())
        return self


class BlockPart(AuthorPart):
    """One entry of `block`: an address or a domain."""

    @model_validator(mode="after")
    def _one_author(self) -> "BlockPart":
        if not self.has_one_author:
            raise words.mistake(*author_words.one_author())
        return self


class AllowFile(Part):
    """allow.yaml."""

    allow: Annotated[tuple[AllowPart, ...], List] = ()
    block: Annotated[tuple[BlockPart, ...], List] = ()


FORM_MEANINGS = (
    "name",
    "email",
    "language",
    "subject",
    "topic",
    "location",
    "postcode",
    "devices",
    "text",
)
"""What a field of the form can mean, beside the fields of topics.yaml."""


class FormFilterPart(Part):
    """One entry of `refuse`: which forms are answered with a canned response and closed."""

    topics: Annotated[tuple[Line, ...], List] = ()
    locations: Annotated[tuple[Line, ...], List] = ()
    postcodes: Annotated[tuple[Postcodes, ...], List] = ()
    outside: Annotated[tuple[Postcodes, ...], List] = ()
    elsewhere: bool = False
    canned: Line

    @model_validator(mode="after")
    def _one_place(self) -> "FormFilterPart":
        places = sum(map(bool, (self.postcodes, self.outside, self.elsewhere)))
        if places > 1:
            raise words.mistake(*form_words.one_place())
        if not (places or self.topics or self.locations):
            raise words.mistake(*form_words.no_condition())
        return self


class FormFile(Part):
    """form.yaml. A field of the form means one of `FORM_MEANINGS`, or a field of topics.yaml."""

    fields: Annotated[dict[Line, Line], Table]
    locations: Annotated[dict[Line, Reference], Table] = {}
    topics: Annotated[dict[Line, Reference], Table] = {}
    postcode_pattern: Annotated[str, AfterValidator(words.pattern)] = ""
    postcodes: Annotated[dict[Reference, Annotated[tuple[Postcodes, ...], List]], Table] = {}
    required: Annotated[tuple[Line, ...], List] = ()
    refuse: Annotated[tuple[FormFilterPart, ...], List] = ()
    fallback: Reference
    broken: Reference
    secret: Annotated[str, AfterValidator(words.secret)] = ""
    secret_file: Annotated[str | None, Filled, AfterValidator(words.whole_path)] = None
    signature_hours: int = Field(default=120, ge=1, le=720)
    senders: Annotated[tuple[MailAddress, ...], List, Once] = ()


class StatusPart(Part):
    """One status of workflow.yaml. `to` are the short names of statuses."""

    name: Line
    english: Annotated[Line | None, Filled] = None
    state: Literal["open", "closed", "archived", "deleted"]
    to: References
    words: Annotated[tuple[Line, ...], List] = ()
    holder: Literal["keep", "actor", "nobody"] = "keep"
    admins: bool = False
    needs_fields: bool = False
    needs_tasks: bool = False
    informs: bool = False
    reopens: bool = False


class WorkflowFile(Part):
    """workflow.yaml."""

    reopen_within_days: Annotated[int | None, Filled] = Field(default=None, ge=1, le=36_600)
    statuses: Annotated[dict[ShortName, StatusPart], Table]


class FieldPart(Part):
    """One field of topics.yaml."""

    name: FieldName
    english: Annotated[FieldName | None, Filled] = None
    aliases: Annotated[tuple[FieldName, ...], List] = ()
    type: Literal["flag", "text", "long-text", "choice", "date", "number", "identifiers"]
    choices: Annotated[tuple[Choice, ...], List, Once] = ()
    pattern: Annotated[str, AfterValidator(words.pattern)] = ""
    example: Annotated[Line | None, Filled] = None
    unique: bool = False
    required_to_close: bool = False
    matched: bool = False
    departments: References = ()

    @model_validator(mode="after")
    def _fits_its_type(self) -> "FieldPart":
        if wrong := field_words.wrong_for_type(self.type, self.choices, self.pattern, self.example):
            raise words.mistake(*wrong)
        if self.unique and self.type not in ("text", "identifiers"):
            raise words.mistake(*field_words.cannot_be_unique(self.type))
        return self


class TopicPart(Part):
    """One help topic of topics.yaml. `fields` are short names."""

    name: Line
    english: Annotated[Line | None, Filled] = None
    aliases: Annotated[tuple[Line, ...], List] = ()
    fields: References = ()
    department: Annotated[Reference | None, Filled] = None
    priority: Literal["low", "normal", "high", "urgent"] = "normal"
    autoresponse: Annotated[Line | None, Filled] = None
    side: Annotated[Literal["offer", "request"] | None, Filled] = None


class AccountsFile(Part):
    """accounts.yaml. 0 months: never."""

    lock_after_months: int = Field(default=6, ge=0, le=120)
    warn_days: int = Field(default=14, ge=1, le=180)
    delete_after_months: int = Field(default=6, ge=0, le=120)
    exempt: References = ()


class RetentionPart(Part):
    """One rule of retention.yaml."""

    closed_months: int = Field(ge=0, le=600)
    then: Literal["propose", "delete", "keep"]
    departments: References = ()
    topics: References = ()
    rejected: Annotated[bool | None, Filled] = None
    spam: Annotated[bool | None, Filled] = None


class RetentionFile(Part):
    """retention.yaml."""

    rules: Annotated[tuple[RetentionPart, ...], List] = ()
    purge_days: int = Field(default=30, ge=1, le=3650)
    again_months: int = Field(default=12, ge=1, le=120)
    mail_days: int = Field(default=90, ge=14, le=3650)
    history_months: int = Field(default=24, ge=1, le=240)


class TopicsFile(Part):
    """topics.yaml."""

    default: Annotated[Reference | None, Filled] = None
    fields: Annotated[dict[ShortName, FieldPart], Table] = {}
    topics: Annotated[dict[ShortName, TopicPart], Table] = {}


class SecurityFile(Part):
    """security.yaml. `levels` are words of commands without the exclamation mark."""

    second_factor: Annotated[Literal["required", "enrolled", "off"] | None, Filled] = None
    confirmation_mail: bool = True
    session_hours: int = Field(default=8, ge=0, le=24)
    code_minutes: int = Field(default=10, ge=0, le=60)
    code_ahead_seconds: int = Field(default=30, ge=0, le=300)
    wrong_codes: int = Field(default=5, ge=3, le=20)
    wrong_code_minutes: int = Field(default=15, ge=5, le=1440)
    lock_minutes: int = Field(default=60, ge=5, le=1440)
    held_hours: int = Field(default=48, ge=1, le=168)
    levels: Annotated[dict[Line, Annotated[int, Field(ge=0, le=3)]], Table] = {}
