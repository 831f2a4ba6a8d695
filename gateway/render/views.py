"""Outgoing mail as flat values for its template: text, numbers and flags, no objects of ours."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, assert_never
from unicodedata import normalize

from gateway.model.address import Mailbox
from gateway.model.message import Attachment
from gateway.model.organisation import Organisation
from gateway.model.outgoing import (
    AccountList,
    AccountNews,
    Action,
    Answer,
    AuthorList,
    CannedList,
    Confirmation,
    DepartmentStatistics,
    Digest,
    Fits,
    Handover,
    HelpText,
    NewsChoices,
    Notification,
    ProofNotice,
    Receipt,
    Rejection,
    Released,
    Response,
    SavedQueries,
    Statistics,
    StatusNotice,
    TicketLine,
    TicketList,
    TicketView,
    Undeliverable,
)
from gateway.model.text import Text, loads, say
from gateway.model.ticket import Entry, EntryKind, Ticket
from gateway.policy.commands.words import card, find, row_of
from gateway.render import account_views
from gateway.render.author_views import author_list, rejected
from gateway.render.charts import FIRST_ANSWERS, shares
from gateway.render.document import REPLY_ADDRESS, words
from gateway.render.header import one_line
from gateway.render.mailto import CRLF, address_part, mailto
from gateway.render.wording import Wording

_ANSWER_PREFIX = re.compile(r"^(?:(?:re|aw|antw|sv)(?:\[\d+\])?\s*:\s*)+", re.IGNORECASE)
_LINK_SUBJECT = 40
_LIST_SUBJECT = 40
_LONG_SUBJECT = 200

View = dict[str, Any]


def subject_of(ticket: Ticket, wording: Wording, limit: int = _LONG_SUBJECT) -> str:
    """The ticket's subject without `Re:` and without its own number; never empty."""
    line = one_line(ticket.subject, 998).replace(f"[#{ticket.number}]", "").strip()
    return one_line(_ANSWER_PREFIX.sub("", line), limit) or wording.sentence(say("(no subject)"))


def shown(mailbox: Mailbox) -> str:
    """Name and address, on one line: `Maria Muster <maria@example.org>`."""
    address, name = one_line(mailbox.address), one_line(mailbox.name)
    return f"{name} <{address}>" if name and address else name or address


def short(mailbox: Mailbox) -> str:
    """The name, else the address."""
    return one_line(mailbox.name) or one_line(mailbox.address)


def for_requester(
    mail: Confirmation | Rejection | Response | StatusNotice | Undeliverable,
    wording: Wording,
    organisation: Organisation,
) -> View:
    """Values of the mails that go to the requester's side.

    A confirmation is given no word of the requester: it can be sent to somebody who never wrote.
    """
    match mail:
        case Rejection():
            return {"organisation": organisation.name} | _rejection(mail)
        case Undeliverable():
            return {
                "organisation": organisation.name,
                "recipient": one_line(mail.recipient),
                "reason": one_line(mail.reason, 1_000),
            }
        case Confirmation():
            return _requester_ticket(mail.ticket, organisation)
        case StatusNotice():
            subject = {"subject": subject_of(mail.ticket, wording)}
            return _requester_ticket(mail.ticket, organisation) | subject
        case Response():
            return _requester_ticket(mail.ticket, organisation) | {
                "subject": subject_of(mail.ticket, wording),
                "text": words(mail.text.strip("\r\n")),
                "agent": one_line(mail.agent_name),
                "closes": mail.closes,
                "first": mail.first,
            }
        case _ as never:
            assert_never(never)


def for_agent(mail: Notification, wording: Wording, organisation: Organisation) -> View:
    """Values of a notification: nothing of the agent's own, so it is rendered once for all."""
    ticket = mail.ticket
    nobody = wording.sentence(say("(unknown)"))
    return {
        "organisation": organisation.name,
        "event": mail.event.value,
        "remark": _said(mail.remark, wording),
        "tasks": [_said(task, wording) for task in mail.tasks],
        "number": ticket.number,
        "subject": subject_of(ticket, wording),
        "department": one_line(mail.department),
        "requester": shown(ticket.requester) or nobody,
        "copies": ", ".join(shown(each) for each in mail.copies),
        "author": shown(mail.author) or nobody,
        "wrote": shown(mail.author),
        "actor": one_line(mail.actor),
        "responsible": one_line(mail.responsible),
        "status": wording.status(ticket.status),
        "flags": frozenset(flag.value for flag in mail.flags),
        "text": wording.quoted(mail.text),
        "fields": [
            *((_said(name, wording), _said(value, wording)) for name, value in mail.details),
            *((one_line(name), one_line(value, 1_000)) for name, value in mail.fields),
        ],
        "attachments": _attachments(mail.attachments, wording),
        "actions": [_action(action, mail.ticket, wording) for action in mail.actions],
        "fits": {"kind": "fits"} | _fits(mail.fits, wording) if mail.fits else None,
    }


def _said(text: Text | None, wording: Wording) -> str:
    return one_line(wording.sentence(text), 2_000) if text else ""


def for_receipt(mail: Receipt, wording: Wording, organisation: Organisation) -> View:
    """Values of a receipt with its answers."""
    return {
        "organisation": organisation.name,
        "number": mail.ticket.number if mail.ticket else "",
        "done": mail.done,
        "head": one_line(wording.sentence(mail.head), 1_000),
        "lines": [
            {
                "ok": line.ok,
                "line": line.line,
                "typed": one_line(line.typed, 100),
                "result": one_line(wording.sentence(line.result), 1_000),
            }
            for line in mail.lines
        ],
        "mistakes": sum(not line.ok for line in mail.lines),
        "ask": one_line(wording.sentence(mail.ask), 1_000) if mail.ask else "",
        "tried": mail.tried,
        "offer": _said(mail.offer, wording),
        "blanks": [
            (_said(blank.name, wording), _said(blank.hint, wording)) for blank in mail.blanks
        ],
        "actions": [_action(action, mail.ticket, wording) for action in mail.actions],
        "answers": _answers(mail.answers, wording),
        "own_text": wording.quoted(mail.own_text) if mail.own_text.strip() else "",
        "images": [
            {
                "content_id": one_line(image.content_id),
                "alternative": one_line(wording.sentence(image.alternative)),
            }
            for image in mail.images
        ],
    }


def for_account(mail: AccountNews, wording: Wording, organisation: Organisation) -> View:
    """Values of news of an account."""
    actions = [_action(action, None, wording) for action in account_views.actions_of(mail)]
    return account_views.of_news(mail, wording, organisation) | {"actions": actions}


def for_released(mail: Released, wording: Wording, organisation: Organisation) -> View:
    """Values of the mail about tickets that are free again."""
    return {
        "organisation": organisation.name,
        "name": one_line(mail.name),
        "lines": [
            {
                "number": line.ticket.number,
                "department": one_line(line.department, 60),
                "status": wording.status(line.ticket.status),
                "requester": one_line(short(line.ticket.requester), _LIST_SUBJECT),
                "subject": subject_of(line.ticket, wording, _LIST_SUBJECT),
            }
            for line in mail.lines
        ],
    }


def for_digest(mail: Digest, wording: Wording, organisation: Organisation) -> View:
    """Values of a digest; its lists are those of a receipt."""
    return {
        "organisation": organisation.name,
        "since": wording.moment(mail.since),
        "back": mail.back,
        "departments": [one_line(name, 60) for name in mail.departments],
        "counts": [wording.sentence(each) for each in mail.counts],
        "lists": _answers(mail.lists, wording),
        "held": [
            {"number": line.number, "until": wording.moment(line.until)} for line in mail.held
        ],
    }


def for_handover(mail: Handover, wording: Wording, organisation: Organisation) -> View:
    """Values of the mail that offers tickets of somebody who is away."""
    return {
        "organisation": organisation.name,
        "agent": one_line(mail.agent_name, 60),
        "until": wording.moment(mail.until),
        "by_notice": mail.by_notice,
        "answer": _answer(mail.listing, wording),
        "actions": [
            _claim(line.ticket, mail.route.reply_to, wording) for line in mail.listing.lines
        ],
    }


def _claim(ticket: Ticket, address: str, wording: Wording) -> View:
    """The link that takes a ticket: the mail that opens belongs to no thread, so it names it."""
    entry = find("claim")
    word = entry.words(wording.language)[0] if entry else "claim"
    command = f"!{word} #{ticket.number}"
    label = wording.sentence(say("Take #%(number)s", number=ticket.number))
    link = mailto(address_part(address), f"#{ticket.number}", command)
    return {"label": one_line(label), "target": link, "short": link}


def for_proof(mail: ProofNotice, wording: Wording, organisation: Organisation) -> View:
    """Values of the news of an account."""
    return {
        "organisation": organisation.name,
        "subject": one_line(wording.sentence(mail.subject), 150),
        "what": one_line(wording.sentence(mail.what), 1_000),
        "advice": one_line(wording.sentence(mail.advice), 1_000) if mail.advice else "",
    }


def _requester_ticket(ticket: Ticket, organisation: Organisation) -> View:
    department = organisation.departments.get(ticket.department)
    return {
        "organisation": organisation.name,
        "number": ticket.number,
        "department": department.name if department else ticket.department,
    }


def _rejection(mail: Rejection) -> View:
    return {"address": one_line(mail.address), "form_url": one_line(mail.form_url)}


def _attachments(attachments: Sequence[Attachment], wording: Wording) -> list[View]:
    return [
        {"name": one_line(one.filename, 150), "size": wording.size(one.size)} for one in attachments
    ]


def _action(action: Action, ticket: Ticket | None, wording: Wording) -> View:
    """The links of an action: `short` has neither the subject's words nor lines to type in."""
    name, blank, behind = action.command.partition(" ")
    entry = find(name)
    word = f"{entry.words(wording.language)[0] if entry else name}{blank}{behind}"
    number = f"[#{ticket.number}]" if ticket else f"!{word}"
    about = f" {subject_of(ticket, wording, _LINK_SUBJECT)}" if ticket else ""
    subject = f"Re: {number}{about}"
    blanks = [f"{one_line(wording.sentence(name))}: " for name in action.blanks]
    lines = CRLF.join(blanks) or f"!{word}"
    draft = CRLF + CRLF + CRLF.join(_draft(action.draft, ticket, wording).splitlines())
    return {
        "label": one_line(wording.sentence(action.label)),
        "target": mailto(REPLY_ADDRESS, subject, lines if blanks else f"{lines}{draft}"),
        "short": mailto(REPLY_ADDRESS, number, f"{lines}{draft.rstrip()}"),
    }


def _draft(draft: Text | None, ticket: Ticket | None, wording: Wording) -> str:
    if draft is None or ticket is None:
        return ""
    return replace(wording, language=ticket.language).sentence(draft)


def _answers(answers: Sequence[Answer], wording: Wording) -> list[View]:
    """The answers; the last list says how its lines, and those of all before, are worked on."""
    found = [_answer(answer, wording) for answer in answers]
    lists = [each for each in found if each["kind"] == "list" and each["lines"]]
    if lists:
        lists[-1]["numbered"] = lists[-1]["last"]
    return found


def _answer(answer: Answer, wording: Wording) -> View:
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
            return {"kind": "fits"} | _fits(answer, wording)
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


def _fits(fits: Fits, wording: Wording) -> View:
    return {
        "number": fits.number,
        "offer": fits.offer,
        "lines": [
            {
                "number": line.ticket.number,
                "age": wording.age(line.since),
                "department": one_line(line.department, 60),
                "fields": [one_line(wording.sentence(name), 60) for name in line.fields],
                "requester": one_line(short(line.ticket.requester), _LIST_SUBJECT),
                "subject": subject_of(line.ticket, wording, _LIST_SUBJECT),
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
        "all_by": _said(answer.all_by, wording),
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
        "about": _tied(
            f"{one_line(short(line.ticket.requester), _LIST_SUBJECT)}: "
            f"{subject_of(line.ticket, wording, _LIST_SUBJECT)}"
        ),
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
        "department": one_line(view.department),
        "status": wording.status(view.ticket.status),
        "requester": shown(view.ticket.requester),
        "responsible": one_line(view.responsible),
        "since": wording.moment(view.ticket.created_at),
        "around": [_said(each, wording) for each in view.around],
        "entries": [
            _entry(entry, wording) | {"place": place}
            for place, entry in enumerate(view.entries, view.entry_count - len(view.entries) + 1)
        ],
        "full": view.full,
        "total": view.entry_count,
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
