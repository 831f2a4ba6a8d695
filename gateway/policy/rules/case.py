"""One mail as the rules see it, and the ticket as they have left it so far."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, tzinfo

from gateway.model.address import Mailbox
from gateway.model.authors import author_keys
from gateway.model.envelope import Envelope
from gateway.model.message import Message
from gateway.model.people import DepartmentId, Language
from gateway.model.rules import MailKind, Side, Trait, Where
from gateway.model.ticket import FieldId, Priority, StatusId, TopicId
from gateway.policy.facts import FormSubmission, Recipient, Trust
from gateway.policy.form.words import word_key
from gateway.policy.rules.texts import Seen, seen


@dataclass(frozen=True, slots=True)
class Standing:
    """The ticket as the rules before have left it; of a new one as it would be without rules."""

    department: DepartmentId
    topic: TopicId | None
    priority: Priority
    status: StatusId
    language: Language
    tags: tuple[str, ...] = ()
    fields: Mapping[FieldId, tuple[str, ...]] = field(default_factory=dict)
    assign: str = ""
    """Handle of the agent whom a rule makes responsible."""


@dataclass(frozen=True, slots=True)
class Case:
    """What rules may know of a mail. `now` is a moment; `zone` is where the organisation is."""

    kind: MailKind
    message: Message
    envelope: Envelope
    recipients: tuple[Recipient, ...]
    trust: Trust
    form: FormSubmission | None
    standing: Standing
    now: datetime
    zone: tzinfo
    released: bool = False
    """The operator took it out of quarantine: no rule puts it there again."""


class Look:
    """A case while rules run over it. Texts are made ready once, and only those asked for."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.standing = case.standing
        self._texts: dict[tuple[Where, str], tuple[Seen, ...]] = {}
        self._addresses: dict[Side, tuple[Mailbox, ...]] = {}
        self._keys: dict[Side, frozenset[str]] = {}
        self._said: dict[str, str] | None = None

    def change(self, **changes: object) -> None:
        """What a rule has set; fields of the ticket are not kept from before."""
        self.standing = replace(self.standing, **changes)  # type: ignore[arg-type]
        for key in [key for key in self._texts if key[0] is Where.FIELD]:
            del self._texts[key]

    def texts(self, where: Where, name: str = "") -> tuple[Seen, ...]:
        """The texts that a condition is about: several header fields may have one name."""
        found = self._texts.get((where, name))
        if found is None:
            found = tuple(seen(text, where) for text in self._raw(where, name))
            self._texts[where, name] = found
        return found

    def _raw(self, where: Where, name: str) -> tuple[str, ...]:
        message = self.case.message
        match where:
            case Where.SUBJECT:
                form = self.case.form
                return (
                    (message.subject, form.subject) if form and form.subject else (message.subject,)
                )
            case Where.BODY:
                is_new = self.case.kind is MailKind.NEW
                return (message.text if is_new else message.reply or message.text,)
            case Where.HEADER:
                return tuple(message.header_values(name))
            case Where.FORM:
                said = self.form_values().get(name)
                return () if said is None else (said,)
            case Where.FIELD:
                return self.standing.fields.get(FieldId(name), ())

    def form_values(self) -> Mapping[str, str]:
        """What stands in the form by the folded name of each of its fields."""
        if self._said is None:
            form = self.case.form
            self._said = {word_key(key): value for key, value in form.said} if form else {}
        return self._said

    def addresses(self, side: Side) -> tuple[Mailbox, ...]:
        """The mailboxes of a side; ours without the secret part."""
        if side not in self._addresses:
            self._addresses[side] = tuple(self._boxes(side))
        return self._addresses[side]

    def _boxes(self, side: Side) -> tuple[Mailbox, ...]:
        case = self.case
        ours = tuple(Mailbox(each.address.address) for each in case.recipients)
        match side:
            case Side.FROM:
                form = case.form
                return (form.requester,) if form is not None else case.message.authors
            case Side.TO:
                return (*map(_without_token, case.message.to), *ours)
            case Side.CC:
                return tuple(map(_without_token, case.message.cc))
            case Side.ENVELOPE_FROM:
                return (Mailbox(case.envelope.mail_from or ""),)
            case Side.ENVELOPE_TO:
                return ours

    def keys(self, side: Side) -> frozenset[str]:
        """Every key that an address of this side can be named by: itself, `@domain`, and above."""
        if side not in self._keys:
            self._keys[side] = frozenset(
                key for box in self.addresses(side) for key in author_keys(box)
            )
        return self._keys[side]

    def domains(self, side: Side) -> frozenset[str]:
        """The `@domain`s themselves, without those above."""
        return frozenset(
            list(author_keys(box))[1] for box in self.addresses(side) if "@" in box.address
        )

    def is_so(self, trait: Trait) -> bool:
        """Whether the mail has the trait."""
        message, trust = self.case.message, self.case.trust
        match trait:
            case Trait.PROVED:
                return trust.proved
            case Trait.FORGED:
                return trust.forged
            case Trait.AUTOMATIC:
                return message.automatic.is_auto_generated
            case Trait.ENCRYPTED:
                return message.openpgp.encrypted
            case Trait.SIGNED:
                return message.openpgp.signed


def _without_token(box: Mailbox) -> Mailbox:
    local, at, domain = box.address.rpartition("@")
    return Mailbox(f"{local.partition('+')[0]}{at}{domain}", box.name)
