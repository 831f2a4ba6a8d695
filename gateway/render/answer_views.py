"""What templates are given of the answers to an agent's commands."""

from collections.abc import Sequence
from typing import assert_never
from unicodedata import normalize

from gateway.model.answers import (
    AccountList,
    Answer,
    AuthorList,
    CannedList,
    DepartmentStatistics,
    Fits,
    HelpText,
    NewsChoices,
    SavedQueries,
    Statistics,
    TicketLine,
    TicketList,
    TicketView,
)
from gateway.model.text import loads
from gateway.model.ticket import Entry, EntryKind
from gateway.policy.commands.words import card, row_of
from gateway.render import account_views
from gateway.render.author_views import author_list, rejected
from gateway.render.charts import FIRST_ANSWERS, shares
from gateway.render.header import one_line
from gateway.render.pieces import View, about, said, short, shown, subject_of
from gateway.render.wording import Wording

LIST_SUBJECT = 40


def answers(answers: Sequence[Answer], wording: Wording) -> list[View]:
    """The answers; the last list says how its lines, and those of all before, are worked on."""
    found = [one_answer(answer, wording) for answer in answers]
    lists = [each for each in found if each["kind"] == "list" and each["lines"]]
    if lists:
        lists[-1]["numbered"] = lists[-1]["last"]
    return found


def one_answer(answer: Answer, wording: Wording) -> View:
    """The values of one answer; `kind` names its template."""
    match answer:
        case TicketList():
            return {"kind": "list"} | _list(answer, wording)
        case SavedQueries():
            return {"kind": "saved", "queries": [tuple(map(_tied, one)) for one in answer.queries]}
        case TicketView():
            return _ticket_view(answer, wording)
        case HelpText():
            return {"kind": "help", "rows": _help(answer.word, wording)}
        case CannedList():
            return {"kind": "canned", "for_ticket": answer.for_ticket} | _canned(answer)
        case Fits():
            return {"kind": "fits"} | fits(answer, wording)
        case NewsChoices():
            return {"kind": "choices"} | _choices(answer, wording)
        case Statistics():
            return {"kind": "stats"} | _statistics(answer, wording)
        case AuthorList() | AccountList():
            return _kept_by_admins(answer, wording)
        case _ as never:
            assert_never(never)


def _kept_by_admins(answer: AuthorList | AccountList, wording: Wording) -> View:
    if isinstance(answer, AccountList):
        return account_views.of_list(answer, wording)
    return author_list(answer, wording)


def fits(fits: Fits, wording: Wording) -> View:
    """The offers or requests that fit a ticket."""
    return {
        "number": fits.number,
        "offer": fits.offer,
        "lines": [
            {
                "number": line.ticket.number,
                "age": wording.age(line.since),
                "department": one_line(line.department, 60),
                "fields": [one_line(wording.sentence(name), 60) for name in line.fields],
                "requester": one_line(short(line.ticket.requester), LIST_SUBJECT),
                "subject": subject_of(line.ticket, wording, LIST_SUBJECT),
            }
            for line in fits.lines
        ],
    }


def _choices(answer: NewsChoices, wording: Wording) -> View:
    return {
        "lines": [
            {"name": one_line(name, 60), "choice": wording.sentence(choice)}
            for name, choice in answer.lines
        ],
        "rhythm": wording.sentence(answer.rhythm),
        "next": wording.moment(answer.next) if answer.next else "",
    }


def _statistics(answer: Statistics, wording: Wording) -> View:
    first = zip(FIRST_ANSWERS, answer.first_answers, shares(answer.first_answers), strict=True)
    return {
        "departments": [_department(each, wording) for each in answer.departments],
        "topics": [
            {
                "name": one_line(wording.sentence(topic.name), 60),
                "opened": topic.opened,
                "closed": topic.closed,
            }
            for topic in answer.topics
        ],
        "weeks": len(answer.weeks),
        "rejected": rejected(answer.rejected, wording),
        "first": [
            {"name": wording.sentence(name), "count": count, "share": share}
            for name, count, share in first
            if any(answer.first_answers)
        ],
    }


def _department(each: DepartmentStatistics, wording: Wording) -> View:
    standing = each.standing
    return {
        "name": one_line(each.name, 60),
        "open": f"{standing.open}+" if standing.more else str(standing.open),
        "free": standing.free,
        "waiting": standing.waiting,
        "oldest": wording.age(standing.oldest) if standing.oldest else "",
        "mean": wording.age(standing.mean_created) if standing.mean_created else "",
        "opened": each.opened,
        "closed": each.closed,
        "opened_this_week": each.opened_this_week,
        "closed_this_week": each.closed_this_week,
        "rejected": each.rejected,
    }


def _list(answer: TicketList, wording: Wording) -> View:
    """`last` is the number of its last line; `numbered` the same where it is to be explained."""
    return {
        "title": one_line(wording.sentence(answer.title)),
        "lines": [
            _list_line(line, wording) | {"place": str(place)}
            for place, line in enumerate(answer.lines, answer.first)
        ],
        "total": answer.total,
        "more": answer.more,
        "last": answer.first + len(answer.lines) - 1,
        "numbered": 0,
        "left": max(0, answer.total - answer.skipped - len(answer.lines)),
        "all_by": said(answer.all_by, wording),
        "next_page": answer.skipped // max(1, len(answer.lines)) + 2,
    }


def _tied(text: str) -> str:
    """Words that no program breaks apart where they have an exclamation mark.

    A line of a broken quotation could begin with `3 !close` otherwise.
    """
    line = one_line(text, 1_000)
    return line.replace(" ", "\u00a0") if "!" in normalize("NFKC", line) else line


def _list_line(line: TicketLine, wording: Wording) -> View:
    return {
        "number": line.ticket.number,
        "department": one_line(line.department),
        "status": wording.status(line.ticket.status),
        "age": wording.age(line.ticket.created_at),
        "about": _tied(about(line.ticket, wording, LIST_SUBJECT)),
        "responsible": one_line(line.responsible),
    }


def _canned(answer: CannedList) -> View:
    return {
        "lines": [
            {
                "name": f'"{line.name}"' if " " in line.name else line.name,
                "title": one_line(line.title, 100),
                "files": [one_line(name, 100) for name in line.files],
                "gaps": line.gaps,
            }
            for line in answer.lines
        ]
    }


def _help(word: str, wording: Wording) -> list[View]:
    """The row of one word, or the whole card."""
    row = row_of(word.lstrip("!"), wording.language) if word else None
    return [
        {
            "written": row.written,
            "also": row.also,
            "meaning": wording.sentence(row.meaning),
            "example": row.example,
        }
        for row in ([row] if row else card(wording.language))
    ]


def _ticket_view(view: TicketView, wording: Wording) -> View:
    return {
        "kind": "show",
        "number": view.ticket.number,
        "subject": subject_of(view.ticket, wording),
        "confidential": view.ticket.confidential,
        "department": one_line(view.department),
        "status": wording.status(view.ticket.status),
        "requester": shown(view.ticket.requester),
        "responsible": one_line(view.responsible),
        "since": wording.moment(view.ticket.created_at),
        "around": [said(each, wording) for each in view.around],
        "entries": [
            _entry(entry, wording) | {"place": place}
            for place, entry in enumerate(view.entries, view.entry_count - len(view.entries) + 1)
        ],
        "history": [said(each, wording) for each in view.history],
        "full": view.full,
        "total": len(view.entries) if view.history else view.entry_count,
    }


def _entry(entry: Entry, wording: Wording) -> View:
    is_event = entry.kind is EntryKind.EVENT
    return {
        "is_event": is_event,
        "kind": wording.entry_kind(entry.kind),
        "author": short(entry.author),
        "day": wording.day(entry.created_at),
        "flags": frozenset(flag.value for flag in entry.flags),
        "text": one_line(wording.sentence(loads(entry.event)), 1_000)
        if is_event
        else wording.quoted(entry.text),
        "attachments": [one_line(name, 150) for name in entry.attachments],
    }
