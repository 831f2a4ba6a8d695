"""Conditions of routing.yaml that can never hold, and rules that do more than was meant."""

from collections.abc import Iterator
from datetime import UTC, datetime

from gateway.model.text import Text, say
from gateway.rulebook.around import Around
from gateway.rulebook.checks_places import tables
from gateway.rulebook.document import Document, Loc
from gateway.rulebook.errors import RuleError, RuleWarning, error
from gateway.rulebook.names import closest
from gateway.rulebook.schema_routing import AddressTest, ConditionPart, RulePart, TextPart

_DROPPING = ("quarantine", "spam", "reject", "relay")


def never_holds(document: Document, loc: Loc, rule: RulePart) -> Iterator[RuleError]:
    """Conditions that contradict themselves."""
    for where, part in tables((*loc, "if"), rule.if_):
        for key, what, right in _impossible(part):
            yield error(document.place((*where, *key)), what, right)


def _impossible(part: ConditionPart) -> Iterator[tuple[Loc, Text, Text]]:
    if part.proved and part.forged:
        yield (
            ("forged",),
            say("an author cannot be proved and forged at once: this never holds"),
            say("keep one of them"),
        )
    time, size, count = part.time, part.attachment, part.attachments
    swap = say("write the smaller one first")
    if time and time.first_day and time.last_day and time.last_day < time.first_day:
        yield (
            ("time", "last_day"),
            say("the last day is before the first one: this never holds"),
            say("write %(value)s", value=f"first_day: {time.last_day}, last_day: {time.first_day}"),
        )
    if size and size.over is not None and size.under is not None and size.under <= size.over:
        yield ("attachment", "under"), say("no attachment is that big and that small at once"), swap
    if count and count.at_most is not None and count.at_most < count.at_least:
        yield ("attachments", "at_most"), say("at_most is less than at_least: never holds"), swap


def surely_not_meant(
    document: Document, loc: Loc, rule: RulePart, around: Around
) -> Iterator[RuleWarning]:
    """What works, but hardly as it was meant."""
    for key in _DROPPING:
        if rule.if_ is None and key in rule.then.model_fields_set and "new" in rule.kinds:
            yield _warning(
                document,
                (*loc, "then", key),
                say("without if: this rule is for every mail"),
                say("write below if: which mails it is for"),
            )
    for where, part in tables((*loc, "if"), rule.if_):
        yield from _in_condition(document, where, part, around)


def _in_condition(
    document: Document, where: Loc, part: ConditionPart, around: Around
) -> Iterator[RuleWarning]:
    last = part.time.last_day if part.time else None
    if last is not None and last < datetime.now(tz=UTC).date():
        what = say("this rule is over since %(day)s", day=str(last))
        yield _warning(document, (*where, "time", "last_day"), what, say("take it out"))
    for key in ("subject", "body", "header", "form", "field"):
        test: TextPart | None = getattr(part, key)
        for value in test.glob if test else ():
            if not set(value) & set("*?[]"):
                yield _warning(
                    document,
                    (*where, key, "glob"),
                    say('"%(value)s" has neither * nor ?: it must be the whole text',
                        value=value[:60]),
                    say("write %(value)s, or contains: instead of glob:", value=f'"*{value}*"'),
                )  # fmt: skip
    for key in ("to", "envelope_to", "cc"):
        yield from _foreign(document, (*where, key), getattr(part, key), around)


def _foreign(
    document: Document, where: Loc, test: AddressTest | None, around: Around
) -> Iterator[RuleWarning]:
    """Addresses at the organisation's domain that it does not have."""
    if test is None or not test.is_:
        return
    domains = {address.partition("@")[2] for address in around.addresses}
    for number, address in enumerate(test.is_):
        local, _, domain = address.partition("@")
        if not local or address in around.addresses or domain not in domains:
            continue
        near = closest(local, [each.partition("@")[0] for each in around.addresses])
        yield _warning(
            document,
            (*where, "is", number),
            say('there is no address "%(address)s" in organisation.yaml', address=address),
            say('did you mean "%(known)s"?', known=f"{near}@{domain}")
            if near
            else say("known here: %(known)s", known=", ".join(sorted(around.addresses)[:20])),
        )


def _warning(document: Document, loc: Loc, what: Text, right: Text) -> RuleWarning:
    return RuleWarning(str(document.place(loc)), what, right)
