"""A list as a file for a spreadsheet program (RFC 4180, with the two things that they need).

UTF-8 with a byte order mark: without it Excel takes umlauts for another code page. The separator is
the one that Excel expects where the reader lives: a semicolon in German, where the comma stands in
numbers, else a comma. (A line `sep=;` would settle that too, but then Excel forgets the mark.)

No cell is a formula: https://owasp.org/www-community/attacks/CSV_Injection.
"""

import csv
import io
from collections.abc import Iterator
from datetime import datetime
from unicodedata import normalize

from gateway.model.answers import TableLine, TicketTable
from gateway.model.people import Language
from gateway.model.route import File
from gateway.model.text import Text, say
from gateway.render.header import one_line
from gateway.render.pieces import subject_of
from gateway.render.wording import Wording

LONGEST_CELL = 5_000
"""Characters of a cell; a spreadsheet program takes 32,767."""

_FORMULA = frozenset("=+-@|%\t\r\n")
_COLUMNS = (
    say("Number"),
    say("Subject"),
    say("Department"),
    say("Status"),
    say("Help topic"),
    say("Requester"),
    say("Address"),
    say("Responsible"),
    say("Opened"),
    say("Changed"),
    say("Due"),
)


def spreadsheet(table: TicketTable, wording: Wording, place: int = 1) -> File:
    """The table as a file. `place` tells several of one mail apart."""
    written = io.StringIO()
    separator = ";" if wording.language is Language.GERMAN else ","
    writer = csv.writer(written, delimiter=separator, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(_cell(wording.sentence(name)) for name in (*_COLUMNS, *table.columns))
    for line in table.lines:
        writer.writerow(map(_cell, _values(line, wording)))
    day = f"{wording.now.astimezone(wording.zone):%Y-%m-%d}"
    name = f"tickets-{day}.csv" if place == 1 else f"tickets-{day}-{place}.csv"
    return File(name, "text/csv", written.getvalue().encode("utf-8-sig", "replace"))


def _values(line: TableLine, wording: Wording) -> Iterator[str]:
    ticket = line.line.ticket
    yield ticket.number
    yield subject_of(ticket, wording)
    yield line.line.department
    yield wording.status(ticket.status)
    yield _said(line.topic, wording)
    yield ticket.requester.name
    yield ticket.requester.address
    yield line.line.responsible
    yield from (_moment(each, wording) for each in (ticket.created_at, ticket.updated_at))
    yield _moment(ticket.due, wording) if ticket.due else ""
    yield from (_said(each, wording) for each in line.values)


def _said(text: Text | None, wording: Wording) -> str:
    return wording.sentence(text) if text else ""


def _moment(when: datetime, wording: Wording) -> str:
    """As every spreadsheet program reads it, in whatever language."""
    return f"{when.astimezone(wording.zone):%Y-%m-%d %H:%M}"


def _cell(value: str) -> str:
    """One line of text that no program takes for a formula, whatever blanks stand before it."""
    begins = normalize("NFKC", value[:20]).strip(" \u00a0\u200b\ufeff")[:1]
    text = one_line(value, LONGEST_CELL)
    is_formula = begins in _FORMULA or normalize("NFKC", text[:1]) in _FORMULA
    return f"'{text}" if begins and is_formula else text
