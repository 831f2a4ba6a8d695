"""What routing.yaml says about itself and about the other files."""

from collections.abc import Collection, Iterator, Mapping

from gateway.model.address import fold
from gateway.model.rules import MailKind
from gateway.model.text import Text, say
from gateway.model.ticket import FieldId
from gateway.policy.commands.folding import folded
from gateway.policy.facts import Proof
from gateway.policy.fields import name_key
from gateway.policy.form.words import word_key
from gateway.policy.values import permitted
from gateway.rulebook.around import Around
from gateway.rulebook.build_escalations import value_of
from gateway.rulebook.checks_never import never_holds, surely_not_meant
from gateway.rulebook.checks_order import contradictions_of_order
from gateway.rulebook.checks_places import patterns, tables, wrong_places
from gateway.rulebook.errors import RuleError, RuleWarning, error
from gateway.rulebook.names import closest
from gateway.rulebook.reading import Document, Loc
from gateway.rulebook.routing_words import narrow
from gateway.rulebook.schema_routing import ConditionPart, RoutingFile, RulePart
from gateway.rulebook.wrong import UNKNOWN, Checked

_ONLY_NEW = ("accept", "reject", "spam")
_NOT_FOR_AGENTS = ("department", "topic", "status", "assign", "fields", "answer")


def contradictions_of_routing(file: Checked[RoutingFile], around: Around) -> Iterator[RuleError]:
    """All mistakes that no value of the file shows alone."""
    document = file.document
    for number, rule in enumerate(file.content.rules):
        loc: Loc = ("rules", number)
        yield from _unknown_names(document, loc, rule, around)
        yield from _wrong_kind(document, loc, rule)
        yield from wrong_places(document, loc, rule, around)
        yield from _wrong_fields(document, loc, rule, around)
        yield from _relays_to_us(document, loc, rule, around)
        yield from never_holds(document, loc, rule)
    yield from contradictions_of_order(file)


def warnings_about_routing(file: Checked[RoutingFile], around: Around) -> Iterator[RuleWarning]:
    """What works, but may not do what was meant."""
    document = file.document
    for number, rule in enumerate(file.content.rules):
        yield from surely_not_meant(document, ("rules", number), rule, around)
        for loc, name in _agents(("rules", number), rule):
            if folded(name) not in around.handles:
                near = closest(name, around.handles)
                yield RuleWarning(
                    str(document.place(loc)),
                    say('no agent in agents.yaml has the short name "%(name)s"', name=name),
                    say('did you mean "%(known)s"?', known=near)
                    if near
                    else say("this is right where the account was made by command"),
                )
        for loc, pattern in patterns(("rules", number, "if"), rule.if_):
            if narrow(pattern):
                yield RuleWarning(
                    str(document.place(loc)),
                    say("\\b, \\w and \\W know only the letters a to z here: ü is none of them"),
                    say("write word: instead of a pattern, or \\pL for a letter of any alphabet"),
                )


# --- names ----------------------------------------------------------------------------------------

_Named = tuple[Loc, str, str]
"""Place, what sort of name, and the name."""


def _unknown_names(
    document: Document, loc: Loc, rule: RulePart, around: Around
) -> Iterator[RuleError]:
    topics = around.topics
    known: Mapping[str, tuple[Mapping[str, object], Collection[str]]] = {
        "department": (around.department_words, around.departments),
        "topic": (topics.topic_names, topics.topics),
        "field": (topics.field_names, topics.fields),
        "status": (around.statuses, around.statuses),
        "canned": (around.canned, around.canned),
        "proof": (dict.fromkeys(map(str, Proof)), tuple(map(str, Proof))),
        "form": (around.form_fields, tuple(around.form_fields.values())),
    }
    for at, sort, name in _named(loc, rule):
        words, shown = known[sort]
        key = folded(name) if sort in ("department", "canned") else name
        key = name_key(name) if sort in ("topic", "field") else key
        key = word_key(name) if sort == "form" else key
        if name != UNKNOWN and key not in words and (sort != "form" or words):
            yield error(document.place(at), *_unknown(sort, name, words, shown))


def _named(loc: Loc, rule: RulePart) -> Iterator[_Named]:
    then, at = rule.then, (*loc, "then")
    for key in ("department", "topic", "status"):
        if value := getattr(then, key):
            yield (*at, key), key, value
    for name in then.fields:
        yield (*at, "fields", name), "field", name
    for key in ("answer", "reject"):
        part = getattr(then, key)
        if part is not None and part.canned:
            yield (*at, key, "canned"), "canned", part.canned
    for key in ("notify", "refer"):
        for number, name in enumerate(getattr(then, key)):
            if not name.startswith("@"):
                yield (*at, key, number), "department", name
    yield from _named_in_conditions((*loc, "if"), rule.if_)


def _named_in_conditions(loc: Loc, condition: ConditionPart | None) -> Iterator[_Named]:
    for where, part in tables(loc, condition):
        for key in ("department", "topic", "status", "proof"):
            for number, name in enumerate(getattr(part, key)):
                yield (*where, key, number), key, name
        for key in ("field", "form"):
            test = getattr(part, key)
            if test is not None:
                yield (*where, key, "name"), key, test.name


def _unknown(
    sort: str, name: str, words: Mapping[str, object], shown: Collection[str]
) -> tuple[Text, Text]:
    sentences = {
        "department": say('there is no department "%(name)s"', name=name),
        "topic": say('there is no help topic "%(name)s"', name=name),
        "field": say('there is no field "%(name)s"', name=name),
        "status": say('there is no status "%(name)s"', name=name),
        "canned": say('there is no canned response "%(name)s"', name=name),
        "proof": say('there is no proof "%(name)s"', name=name),
        "form": say('form.yaml knows no field "%(name)s"', name=name),
    }
    near = closest(name, shown) or ("" if sort == "form" else closest(name, words))
    if name.lower() in words and sort == "department":
        near = ""
    if near:
        return sentences[sort], say('did you mean "%(known)s"?', known=near)
    listed = ", ".join(sorted(shown)[:20]) or "–"
    return sentences[sort], say("known here: %(known)s", known=listed)


def _agents(loc: Loc, rule: RulePart) -> Iterator[tuple[Loc, str]]:
    then = rule.then
    if then.assign:
        yield (*loc, "then", "assign"), then.assign.removeprefix("@")
    for key in ("notify", "refer"):
        for number, name in enumerate(getattr(then, key)):
            if name.startswith("@"):
                yield (*loc, "then", key, number), name.removeprefix("@")


# --- what goes with what --------------------------------------------------------------------------


def _wrong_kind(document: Document, loc: Loc, rule: RulePart) -> Iterator[RuleError]:
    """Actions that the kinds of mail of the rule cannot have."""
    then = rule.then.model_fields_set
    for key in _ONLY_NEW:
        if key in then and rule.kinds != {MailKind.NEW.value}:
            yield error(
                document.key_place((*loc, "then", key)),
                say('"%(key)s" is only possible for new mail', key=key),
                say("leave out the line for:, or make a rule of its own for it"),
            )
    for key in _NOT_FOR_AGENTS:
        if key in then and MailKind.AGENT.value in rule.kinds:
            yield error(
                document.key_place((*loc, "then", key)),
                say('"%(key)s" is not possible for the mail of agents', key=key),
                say("write for: [new, reply]; agents do it themselves, by a command"),
            )


def _wrong_fields(
    document: Document, loc: Loc, rule: RulePart, around: Around
) -> Iterator[RuleError]:
    """Reservations are made by people: two mails cannot want one device."""
    topics = around.topics
    for name in rule.then.fields:
        field = topics.fields.get(topics.field_names.get(name_key(name), FieldId(name)))
        value = rule.then.fields[name]
        if field is not None and "{{" not in value and value_of(field, value) is None:
            yield error(
                document.place((*loc, "then", "fields", name)),
                say('"%(value)s" cannot stand in this field', value=value[:60]),
                say("possible: %(all)s", all=permitted(field)),
            )
        if field is not None and field.unique:
            yield error(
                document.key_place((*loc, "then", "fields", name)),
                say('a rule cannot fill in "%(name)s": it is unique', name=name),
                say("leave out the line: what can be there only once, an agent reserves"),
            )


def _relays_to_us(
    document: Document, loc: Loc, rule: RulePart, around: Around
) -> Iterator[RuleError]:
    for number, address in enumerate(rule.then.relay):
        if fold(address) in around.addresses:
            yield error(
                document.place((*loc, "then", "relay", number)),
                say('"%(address)s" is an address of the gateway itself', address=address),
                say("write department: or refer: instead; relay: is for mailboxes elsewhere"),
            )
