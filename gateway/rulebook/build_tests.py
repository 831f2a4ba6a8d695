"""Sample mails and what is expected of them, by the names that the rules declare."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from email.utils import parseaddr

from gateway.model.address import Mailbox
from gateway.model.organisation import AddressKind
from gateway.model.people import DepartmentId, Language
from gateway.model.text import Text, say
from gateway.model.ticket import FieldId, Priority, StatusId, TopicId
from gateway.policy.commands.folding import folded
from gateway.policy.fields import name_key
from gateway.policy.values import read_value
from gateway.rulebook.errors import RuleError, error
from gateway.rulebook.files import complete
from gateway.rulebook.load import Rulebook
from gateway.rulebook.names import closest
from gateway.rulebook.reading import Document, Loc
from gateway.rulebook.rule_tests import NOBODY, Expected, SampleFile, SampleMail, SampleSent
from gateway.rulebook.schema_tests import ExpectPart, RuleTestPart, SentPart
from gateway.rulebook.testing_words import NULL_SENDER, USUAL_DAY

_BY_KEY = ("topic", "status", "field")
"""Sorts of names that are looked up as `name_key` folds them."""


@dataclass(slots=True)
class Building:
    """Reads one test against the rules, and collects what is wrong in it."""

    rulebook: Rulebook
    document: Document
    errors: list[RuleError] = field(default_factory=list)

    def mail(self, loc: Loc, part: RuleTestPart, raw: bytes | None) -> SampleMail:
        """The sample mail; `raw` is that of the file it names."""
        at, mail = (*loc, "mail"), part.mail
        self.errors += self._missing(at, part)
        is_form = mail.form is not None
        return SampleMail(
            author=self._author((*at, "from"), mail.from_),
            to=self._whole(mail.to)
            or (self.form_addresses[:1] if is_form and not part.after else ()),
            cc=self._whole(mail.cc),
            subject=mail.subject,
            text=mail.text or "",
            headers=tuple(mail.headers.items()),
            attachments=tuple(SampleFile(f.name, f.type, f.size) for f in mail.attachments),
            form=tuple(mail.form.items()) if mail.form is not None else None,
            envelope_from="" if mail.envelope_from == NULL_SENDER else mail.envelope_from,
            envelope_to=self._whole(mail.envelope_to),
            proof="none" if mail.forged or mail.proved is False else mail.proof or "dkim",
            forged=mail.forged,
            at=mail.at.there(self.rulebook.organisation.zone) if mail.at else None,
            raw=raw,
        )

    def expected(self, loc: Loc, part: ExpectPart) -> Expected:
        """What is expected, by the short names."""
        at = (*loc, "expect")
        department, topic, status = (
            self._name((*at, sort), sort, getattr(part, sort))
            for sort in ("department", "topic", "status")
        )
        is_nobody = part.responsible == NOBODY
        return Expected(
            outcome=part.outcome,
            ticket=part.ticket,
            department=DepartmentId(department) if department else None,
            topic=TopicId(topic) if topic else None,
            priority=Priority(part.priority) if part.priority else None,
            status=StatusId(status) if status else None,
            responsible=NOBODY
            if is_nobody
            else self._name((*at, "responsible"), "agent", part.responsible),
            language=Language(part.language) if part.language else None,
            requester=part.requester,
            tags=part.tags,
            fields=tuple(self._fields((*at, "fields"), part.fields)),
            refer=self._people((*at, "refer"), part.refer),
            notes=part.notes,
            rules=self._names((*at, "rules"), "rule", part.rules),
            not_rules=self._names((*at, "not_rules"), "rule", part.not_rules),
            sent=self._sent((*at, "sent"), part.sent) if part.sent is not None else None,
            not_sent=self._sent((*at, "not_sent"), part.not_sent),
        )

    @property
    def form_addresses(self) -> tuple[str, ...]:
        """Where the website's form writes to."""
        addresses = self.rulebook.organisation.addresses.values()
        return tuple(each.address for each in addresses if each.kind is AddressKind.FORM)

    # --- the mail ---------------------------------------------------------------------------------

    def _missing(self, at: Loc, part: RuleTestPart) -> Iterator[RuleError]:
        mail, place = part.mail, self.document.key_place(at)
        wrong = {loc[-1] for loc in self.document.lost(at)}  # told where it stands
        has_reader = bool(mail.to or mail.envelope_to or mail.file or part.after or "to" in wrong)
        has_author = bool(mail.from_ or mail.file or mail.form is not None or "from" in wrong)
        if not has_author:
            yield error(
                place,
                say('"%(key)s" is missing', key="from"),
                say("add the line %(line)s", line="from: ada@verein.example"),
            )
        if not has_reader and (mail.form is None or not self.form_addresses):
            own = next(iter(self.rulebook.organisation.addresses), "")
            yield error(
                place,
                say('"%(key)s" is missing', key="to"),
                say("add the line %(line)s", line=f"to: {own}"),
            )

    def _author(self, at: Loc, written: str | None) -> Mailbox | None:
        if written is None:
            return None
        if written.startswith("@"):
            return Mailbox(self._address(at, written))
        name, address = parseaddr(written)
        return Mailbox(address, name)

    def _whole(self, addresses: Sequence[str]) -> tuple[str, ...]:
        domain = self.rulebook.organisation.domain
        return tuple(each if "@" in each else complete(each, domain) for each in addresses)

    def _address(self, at: Loc, written: str) -> str:
        """An address, or that of the agent `@anna`."""
        if not written.startswith("@"):
            return self._whole((written,))[0]
        handle = self._name(at, "agent", written[1:])
        agents = self.rulebook.agents
        return next((each.mailbox.address for each in agents if each.handle == handle), "")

    # --- what is expected -------------------------------------------------------------------------

    def _fields(
        self, at: Loc, written: Mapping[str, str]
    ) -> Iterator[tuple[FieldId, tuple[str, ...]]]:
        fields = self.rulebook.organisation.topics.fields
        for key, text in written.items():
            name = FieldId(self._name((*at, key), "field", key) or "")
            if name not in fields:
                continue
            value = read_value(fields[name], text, USUAL_DAY)
            if isinstance(value, Text):
                right = say("correct the value, or take another field")
                self.errors.append(error(self.document.place((*at, key)), value, right))
            else:
                yield name, value

    def _people(self, at: Loc, written: Sequence[str]) -> tuple[str, ...]:
        """Departments, and agents as `@anna`."""
        return tuple(
            "@" + (self._name((*at, number), "agent", each[1:]) or "")
            if each.startswith("@")
            else self._name((*at, number), "department", each) or ""
            for number, each in enumerate(written)
        )

    def _sent(self, at: Loc, parts: Sequence[SentPart]) -> tuple[SampleSent, ...]:
        return tuple(
            SampleSent(
                self._address((*at, number, "to"), part.to) if part.to else "",
                part.kind or "",
                part.subject,
                part.contains,
            )
            for number, part in enumerate(parts)
        )

    # --- names ------------------------------------------------------------------------------------

    def _names(self, at: Loc, sort: str, written: Sequence[str]) -> tuple[str, ...]:
        return tuple(
            self._name((*at, number), sort, each) or "" for number, each in enumerate(written)
        )

    def _name(self, at: Loc, sort: str, written: str | None) -> str | None:
        """The short name that is meant; told where there is none."""
        if written is None:
            return None
        words = self._words(sort)
        found = words.get(name_key(written) if sort in _BY_KEY else folded(written))
        if found is None:
            at = at if self.document.has(at) else at[:-1]  # one value stands for a list of one
            place = self.document.key_place(at) if sort == "field" else self.document.place(at)
            self.errors.append(error(place, *_unknown(sort, written, words)))
        return found

    def _words(self, sort: str) -> Mapping[str, str]:
        organisation = self.rulebook.organisation
        match sort:
            case "department":
                return organisation.department_names
            case "status":
                return organisation.workflow.names
            case "topic":
                return organisation.topics.topic_names
            case "field":
                return organisation.topics.field_names
            case "rule":
                return {folded(rule.name): rule.name for rule in self.rulebook.rules.rules}
            case _:
                return {folded(spec.handle): spec.handle for spec in self.rulebook.agents}


def _unknown(sort: str, name: str, words: Mapping[str, str]) -> tuple[Text, Text]:
    sentences = {
        "department": say('there is no department "%(name)s"', name=name),
        "topic": say('there is no help topic "%(name)s"', name=name),
        "field": say('there is no field "%(name)s"', name=name),
        "status": say('there is no status "%(name)s"', name=name),
        "rule": say('there is no rule "%(name)s" in routing.yaml', name=name),
        "agent": say('no agent in agents.yaml has the short name "%(name)s"', name=name),
    }
    near = words.get(closest(name, words), "")
    if near:
        return sentences[sort], say('did you mean "%(known)s"?', known=near)
    listed = ", ".join(list(dict.fromkeys(words.values()))[:20]) or "–"
    return sentences[sort], say("known here: %(known)s", known=listed)
