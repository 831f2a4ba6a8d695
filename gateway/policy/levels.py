"""How much proof each part of an agent's mail needs: the table, and what a mail is made of.

    0  the agent's address in From (help, undoing, trying); with a front server also proved
    1  proved: the mail comes from the agent's mailbox, and a reply has the token that they got
    2  and a second factor: a one-time code, an open session, or the answer to our question
    3  and a one-time code now

The levels are those of the words of the card, and may be set otherwise in security.yaml. What a
command does decides, not how it was written: `!status deleted` needs as much as `!delete`.
"""

from collections.abc import Iterator, Mapping

from gateway.model.command import Command, CommandMail
from gateway.model.organisation import Organisation
from gateway.model.ticket import State, Status, TicketId
from gateway.policy.commands.plan import printed
from gateway.policy.commands.verbs.canned import ListCanned
from gateway.policy.commands.verbs.merging import Merge
from gateway.policy.commands.verbs.saved import ForgetQuery, ShowSaved
from gateway.policy.commands.verbs.status import SetStatus
from gateway.policy.commands.words import WORDS, find
from gateway.policy.facts import Facts, TicketFacts

MERGE_REQUESTERS = "merge-requesters"
"""Merging tickets of two requesters: what is one person's then goes to another."""

LEVELS: Mapping[str, int] = {word.name: word.level for word in WORDS} | {MERGE_REQUESTERS: 3}
"""The level of everything that an agent's mail can do, by the name of its word."""

FIXED = frozenset({"yes", "no", "otp"})
"""Words that are proof themselves, or stop something."""

HIGHEST = max(LEVELS.values())


def key_of(word: str) -> str | None:
    """The name in the table that a word of either language means."""
    entry = find(word)
    return entry.name if entry else word if word in LEVELS else None


def level_of(name: str, organisation: Organisation) -> int:
    """The level that the organisation wants for this name of the table."""
    return organisation.security.levels.get(name, LEVELS[name])


def highest(facts: Facts, mail: CommandMail, thread: TicketFacts | None) -> tuple[int, str]:
    """The level that a mail needs, which is that of its highest part, and the part's name."""
    found = [(level_of(name, facts.organisation), name) for name in parts(facts, mail, thread)]
    return max(found, key=lambda part: part[0], default=(0, ""))


def parts(facts: Facts, mail: CommandMail, thread: TicketFacts | None) -> Iterator[str]:
    """Names of the table for all that the mail does."""
    if mail.reply:
        yield "reply"
    if mail.note or facts.message.attachments:
        yield "note"
    for command in mail.commands:
        yield from _names(command, facts, thread)


def _names(command: Command, facts: Facts, thread: TicketFacts | None) -> Iterator[str]:
    match command:
        case SetStatus():
            yield from _names_of_status(command, facts, thread)
        case Merge():
            yield "merge"
            about = list(_tickets(command, facts, thread, command.into))
            if len({each.ticket.requester.key for each in about}) > 1:
                yield MERGE_REQUESTERS
        case ListCanned() | ForgetQuery() | ShowSaved():
            yield "list"
        case _:
            yield _word(command)


def _names_of_status(command: SetStatus, facts: Facts, thread: TicketFacts | None) -> Iterator[str]:
    """What leads into or out of spam, archive and bin needs as much as the word for that."""
    workflow = facts.organisation.workflow
    yield _word(command)
    if command.block:
        yield "deny"
    wanted = workflow.names.get(command.status)
    if wanted is not None:
        yield from _put_away(wanted == Status.SPAM, workflow.rule(wanted).state)
    for about in _tickets(command, facts, thread):
        if about.ticket.status == wanted:
            continue
        if about.ticket.status == Status.SPAM:
            yield "ham"
        if about.ticket.state in (State.ARCHIVED, State.DELETED):
            yield "restore"


def _put_away(is_spam: bool, state: State) -> Iterator[str]:
    if is_spam:
        yield "spam"
    if state is State.ARCHIVED:
        yield "archive"
    if state is State.DELETED:
        yield "delete"


def _tickets(
    command: Command, facts: Facts, thread: TicketFacts | None, *more: str
) -> Iterator[TicketFacts]:
    """The tickets that a command is about, as far as they exist."""
    numbers = (*command.tickets, *(each for each in more if each))
    ids: list[TicketId] = [facts.numbers[each] for each in numbers if each in facts.numbers]
    if thread is not None and (not command.tickets or "" in more):
        ids.append(thread.ticket.id)
    yield from (facts.tickets[each] for each in dict.fromkeys(ids) if each in facts.tickets)


def _word(command: Command) -> str:
    """The name of the word in the command's canonical line; the highest level where it has none."""
    entry = find(printed(command).removeprefix("!").split()[0])
    return entry.name if entry else _HIGHEST_NAME


_HIGHEST_NAME = max(LEVELS, key=lambda name: LEVELS[name])
