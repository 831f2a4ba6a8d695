"""Answers to agents as everybody on their way may read them: what is confidential is left out.

Of a confidential ticket its number, status and department stay: with them an agent finds it.
"""

from dataclasses import replace
from typing import assert_never

from gateway.model.address import Mailbox
from gateway.model.answers import (
    AccountList,
    Answer,
    AuthorList,
    CannedList,
    Fits,
    HelpText,
    NewsChoices,
    ReceiptLine,
    SavedQueries,
    Statistics,
    TableLine,
    TicketLine,
    TicketList,
    TicketView,
)
from gateway.model.ticket import Ticket
from gateway.policy.commands.words import find
from gateway.policy.secrecy import without_values


def veiled(ticket: Ticket) -> Ticket:
    """The ticket as it may be named to everybody: without subject and requester if confidential."""
    return replace(ticket, subject="", requester=Mailbox("")) if ticket.confidential else ticket


def veiled_receipt_line(line: ReceiptLine) -> ReceiptLine:
    """Of what was typed the word of the command stays."""
    word = line.typed.split(maxsplit=1)[0] if line.typed.strip() else ""
    typed = word if word.startswith("!") and find(word[1:]) else ""
    return replace(line, typed=typed, result=without_values(line.result))


def veiled_answer(answer: Answer) -> Answer | None:
    """The answer as everybody may read it; None for one of which nothing is left."""
    match answer:
        case TicketList():
            return veiled_list(answer)
        case TicketView(ticket=ticket):
            return None if ticket.confidential else answer
        case Fits():
            return veiled_fits(answer)
        case Statistics() | HelpText() | CannedList() | NewsChoices() | SavedQueries():
            return answer  # counts, and words of the house or of the agent
        case AuthorList() | AccountList():
            return answer  # what admins have written about people
        case _ as never:
            assert_never(never)


def veiled_list(answer: TicketList) -> TicketList:
    """The list with its confidential tickets as they may be named; with its table too."""
    table = answer.table
    if table is not None:
        table = replace(table, lines=tuple(map(_table_line, table.lines)))
    return replace(answer, lines=tuple(map(veiled_line, answer.lines)), table=table)


def untitled(answer: TicketList) -> TicketList:
    """The list without what was asked for: that may be somebody's words too."""
    all_by = without_values(answer.all_by) if answer.all_by else None
    return replace(answer, title=without_values(answer.title), all_by=all_by)


def veiled_line(line: TicketLine) -> TicketLine:
    """The line of a list."""
    return replace(line, ticket=veiled(line.ticket))


def _table_line(line: TableLine) -> TableLine:
    if not line.line.ticket.confidential:
        return line
    return TableLine(veiled_line(line.line), None, tuple(None for _ in line.values))


def veiled_fits(fits: Fits) -> Fits | None:
    """What fits, without confidential tickets; None when no other is left."""
    lines = tuple(line for line in fits.lines if not line.ticket.confidential)
    return replace(fits, lines=lines) if lines else None
