"""Tables for spreadsheet programs: readable, and no cell is a formula."""

import csv
import io
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.model.address import Mailbox
from gateway.model.answers import TableLine, TicketLine, TicketTable
from gateway.model.people import Language
from gateway.model.text import named, say
from gateway.render.catalogue import Catalogue
from gateway.render.samples import SAMPLE_NOW, SAMPLE_TICKET
from gateway.render.table import spreadsheet
from gateway.render.templates import shipped_folder
from gateway.render.wording import Wording

CATALOGUE = Catalogue.load(shipped_folder())


def table(subject="Laptop", name="Maria", value="x", language=Language.GERMAN):
    ticket = replace(SAMPLE_TICKET, subject=subject, requester=Mailbox("maria@example.org", name))
    line = TableLine(TicketLine(ticket, "Berlin", "Anna"), say("yes"), (named(value, value), None))
    wording = Wording(CATALOGUE, language, ZoneInfo("Europe/Berlin"), SAMPLE_NOW)
    columns = (named("Device", "Gerät"), named("Note", "Notiz"))
    return spreadsheet(TicketTable(columns, (line,)), wording)


def cells(file, separator=";"):
    text = file.content.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))


def test_a_german_reader_gets_semicolons_and_an_english_one_commas():
    german, english = table(), table(language=Language.ENGLISH)
    assert german.content.startswith(b"\xef\xbb\xbf")
    assert cells(german)[0][:3] == ["Nummer", "Betreff", "Department"]
    assert cells(german)[0][-2:] == ["Gerät", "Notiz"]
    assert cells(english, ",")[0][:3] == ["Number", "Subject", "Department"]
    assert cells(german)[1][-2:] == ["x", ""]
    assert german.filename == "tickets-2026-03-03.csv"


@pytest.mark.parametrize(
    "value",
    [
        '=HYPERLINK("http://x","y")', "+1+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1",
        "\u00a0=1", "\u200b=1", "\uff1d1", "\uff0b1", "\uff20x", "|calc", "%0A=1", "\x00=1",
    ],
)  # fmt: skip
def test_no_cell_is_a_formula(value):
    row = cells(table(subject=value, name=value, value=value))[1]
    assert [cell[:1] for cell in (row[1], row[5], row[-2])] == ["'"] * 3


@given(st.text(max_size=40), st.text(max_size=40))
def test_any_text_stays_in_its_cell(subject, value):
    rows = cells(table(subject=subject, value=value))
    assert [len(row) for row in rows] == [13, 13]
    assert not any(cell[:1] in "=+-@\t\r" for cell in rows[1] if cell)
