"""The checked routing.yaml as rules, ready to be looked up."""

from collections.abc import Callable, Iterator, Mapping

from gateway.model.address import fold
from gateway.model.authors import InFile
from gateway.model.people import DepartmentId
from gateway.model.rules import (
    NO_PEOPLE,
    Actions,
    AddressIs,
    AddressText,
    All,
    AnyOf,
    AttachmentCount,
    Between,
    CannedAnswer,
    Compare,
    Comparison,
    Condition,
    HasAttachment,
    Is,
    IsFilled,
    MailKind,
    Moment,
    Not,
    Op,
    People,
    Rule,
    Side,
    Standing,
    StandsAt,
    TextIs,
    Trait,
    Where,
)
from gateway.model.ticket import FieldId, Priority, StatusId, TopicId
from gateway.model.topic import Topics
from gateway.policy.commands.folding import folded
from gateway.policy.fields import name_key
from gateway.policy.form.words import word_key
from gateway.policy.rules.compiled import NO_RULES, Rules, compiled
from gateway.policy.rules.texts import plain
from gateway.rulebook.schema_routing import (
    ActionsPart,
    AddressTest,
    AttachmentTest,
    CannedPart,
    ConditionPart,
    FilledPart,
    RejectPart,
    RoutingFile,
    RulePart,
    TextPart,
    TimeTest,
)
from gateway.rulebook.templates import template
from gateway.rulebook.wrong import Checked

Names = Mapping[str, DepartmentId]
"""Every word that means a department, folded."""


def rules(file: Checked[RoutingFile] | None, departments: Names, topics: Topics) -> Rules:
    """The rules in their order, with the places where they stand."""
    if file is None:
        return NO_RULES
    build = Build(departments, topics)
    return compiled(
        build.rule(part, _place(file, number)) for number, part in enumerate(file.content.rules)
    )


def _place(file: Checked[RoutingFile], number: int) -> InFile:
    place = file.document.place(("rules", number))
    return InFile(place.file, place.line)


class Build:
    """Builds rules of one organisation, whose words may mean departments, topics and fields."""

    def __init__(self, departments: Names, topics: Topics) -> None:
        self._departments = departments
        self._topics = topics

    def rule(self, part: RulePart, source: InFile = InFile()) -> Rule:  # noqa: B008  (a frozen value)
        """One rule."""
        return Rule(
            part.name,
            frozenset(map(MailKind, part.kinds)),
            self.condition(part.if_) if part.if_ else All(()),
            self._actions(part.then),
            source,
        )

    def condition(self, part: ConditionPart) -> Condition:
        """The condition: all that stands in one table."""
        found = tuple(self._conditions(part))
        return found[0] if len(found) == 1 else All(found)

    def _conditions(self, part: ConditionPart) -> Iterator[Condition]:
        for side, addresses in _sides(part):
            yield _addresses(side, addresses)
        for where, test in ((Where.SUBJECT, part.subject), (Where.BODY, part.body)):
            if test is not None:
                yield TextIs(where, comparison(test))
        if part.header is not None:
            yield TextIs(Where.HEADER, comparison(part.header), part.header.name)
        if part.form is not None:
            yield _filled(Where.FORM, part.form, word_key)
        if part.field is not None:
            yield _filled(Where.FIELD, part.field, self._field)
        yield from self._of_the_mail(part)
        yield from (self.condition(each) for each in part.all)
        if part.any:
            yield AnyOf(tuple(self.condition(each) for each in part.any))
        if part.not_ is not None:
            yield Not(self.condition(part.not_))

    def _of_the_mail(self, part: ConditionPart) -> Iterator[Condition]:
        if part.attachment is not None:
            yield _attachment(part.attachment)
        if part.attachments is not None:
            yield AttachmentCount(part.attachments.at_least, part.attachments.at_most)
        yield from self._standings(part)
        for trait in Trait:
            wanted = getattr(part, trait.value)
            if wanted is not None:
                yield Is(trait, wanted)
        if part.time is not None:
            yield _moment(part.time)

    def _standings(self, part: ConditionPart) -> Iterator[StandsAt]:
        values: dict[Standing, tuple[str, ...]] = {
            Standing.DEPARTMENT: tuple(self._department(each) for each in part.department),
            Standing.TOPIC: tuple(map(self._topic, part.topic)),
            Standing.STATUS: part.status,
            Standing.PRIORITY: part.priority,
            Standing.TAG: tuple(tag.casefold() for tag in part.tag),
            Standing.LANGUAGE: part.language,
            Standing.PROOF: part.proof,
        }
        for what, wanted in values.items():
            if wanted:
                yield StandsAt(what, frozenset(wanted))

    def _actions(self, part: ActionsPart) -> Actions:
        return Actions(
            department=self._department(part.department) if part.department else None,
            topic=self._topic(part.topic) if part.topic else None,
            priority=Priority(part.priority) if part.priority else None,
            status=StatusId(part.status) if part.status else None,
            assign=_handle(part.assign) if part.assign else "",
            fields=tuple(
                (FieldId(self._field(name)), template(text)) for name, text in part.fields.items()
            ),
            tags=part.tag,
            answer=_canned(part.answer) if part.answer else None,
            note=template(part.note.strip()) if part.note else (),
            notify=self._people(part.notify),
            refer=self._people(part.refer),
            relay=part.relay,
            accept=part.accept,
            reject=part.reject is not None,
            reject_with=_reject(part.reject) if part.reject else None,
            quarantine=part.quarantine or "",
            spam=part.spam,
            stop=part.stop,
        )

    def _people(self, names: tuple[str, ...]) -> People:
        if not names:
            return NO_PEOPLE
        agents = frozenset(_handle(name) for name in names if name.startswith("@"))
        departments = (self._department(name) for name in names if not name.startswith("@"))
        return People(frozenset(departments), agents)

    def _department(self, name: str) -> DepartmentId:
        return self._departments.get(folded(name), DepartmentId(name))

    def _topic(self, name: str) -> TopicId:
        return self._topics.topic_names.get(name_key(name), TopicId(name))

    def _field(self, name: str) -> str:
        return self._topics.field_names.get(name_key(name), FieldId(name))


def _handle(name: str) -> str:
    return fold(name.removeprefix("@"))


def _sides(part: ConditionPart) -> Iterator[tuple[Side, AddressTest]]:
    for side, test in (
        (Side.FROM, part.from_),
        (Side.TO, part.to),
        (Side.CC, part.cc),
        (Side.ENVELOPE_FROM, part.envelope_from),
        (Side.ENVELOPE_TO, part.envelope_to),
    ):
        if test is not None:
            yield side, test


def _addresses(side: Side, test: AddressTest) -> Condition:
    if test.is_:
        below = frozenset("@" + each[3:] for each in test.is_ if each.startswith("@*."))
        named = frozenset(each for each in test.is_ if not each.startswith("@*."))
        return AddressIs(side, named, below)
    if test.name is not None:
        return AddressText(side, comparison(test.name), name=True)
    return AddressText(side, comparison(test))


def comparison(part: TextPart) -> Comparison:
    """The one comparison that the part has."""
    if part.between is not None:
        return Between(*part.between)
    (name,) = part.operators
    op, values = Op(name), getattr(part, name)
    return Compare(op, values if op is Op.REGEX else tuple(map(plain, values)))


def _filled(where: Where, part: FilledPart, named: Callable[[str], str]) -> Condition:
    name = named(part.name)
    if part.filled is None:
        return TextIs(where, comparison(part), name)
    return IsFilled(where, name) if part.filled else Not(IsFilled(where, name))


def _attachment(part: AttachmentTest) -> HasAttachment:
    return HasAttachment(_test(part.name), _test(part.type), part.over, part.under)


def _test(part: TextPart | None) -> Compare | None:
    found = comparison(part) if part is not None else None
    return found if isinstance(found, Compare) else None


def _moment(part: TimeTest) -> Moment:
    days = frozenset(part.weekdays)
    return Moment(days, part.after, part.before, part.first_day, part.last_day)


def _canned(part: CannedPart) -> CannedAnswer:
    values = ((folded(name), template(text)) for name, text in part.values.items())
    return CannedAnswer(folded(part.canned), tuple(values))


def _reject(part: RejectPart) -> CannedAnswer | None:
    return None if part.canned is None else _canned(CannedPart(canned=part.canned,
                                                               values=part.values))  # fmt: skip
