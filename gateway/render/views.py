"""Outgoing mail as flat values for its template: text, numbers and flags, no objects of ours."""

from collections.abc import Sequence
from dataclasses import replace
from typing import assert_never

from gateway.model.message import Attachment
from gateway.model.openpgp import grouped
from gateway.model.organisation import Organisation
from gateway.model.outgoing import (
    AccountNews,
    AutomaticAnswer,
    CodesToScan,
    Confirmation,
    Digest,
    Handover,
    Notification,
    ProofNotice,
    Proposal,
    PublicKey,
    Receipt,
    Rejection,
    Released,
    Response,
    StatusNotice,
    Undeliverable,
    WithoutContent,
)
from gateway.model.route import Action
from gateway.model.text import Text, say
from gateway.model.ticket import Ticket
from gateway.policy.commands.words import find
from gateway.render import account_views
from gateway.render.answer_views import LIST_SUBJECT, answers, fits, one_answer
from gateway.render.document import REPLY_ADDRESS, words
from gateway.render.header import one_line
from gateway.render.mailto import CRLF, address_part, mailto
from gateway.render.pieces import View, about, said, shown, subject_of
from gateway.render.wording import Wording

_LINK_SUBJECT = 40


def for_requester(
    mail: AutomaticAnswer
    | Confirmation
    | PublicKey
    | Rejection
    | Response
    | StatusNotice
    | Undeliverable,
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
            return _requester_ticket(mail.ticket, organisation) | {
                "closed": said(mail.closed, wording),
                "key": one_line(mail.files[0].filename) if mail.files else "",
            }
        case PublicKey():
            return _requester_ticket(mail.ticket, organisation) | {
                "address": one_line(mail.address),
                "fingerprint": grouped(mail.fingerprint),
                "key": one_line(mail.files[0].filename) if mail.files else "",
                "opened": mail.opened,
            }
        case AutomaticAnswer():
            text = words(mail.text.strip("\r\n"))
            return _requester_ticket(mail.ticket, organisation) | {"text": text}
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
        "remark": said(mail.remark, wording),
        "tasks": [said(task, wording) for task in mail.tasks],
        "number": ticket.number,
        "subject": subject_of(ticket, wording),
        "confidential": ticket.confidential,
        "department": one_line(mail.department),
        "requester": shown(ticket.requester) or nobody,
        "copies": ", ".join(shown(each) for each in mail.copies),
        "author": shown(mail.author) or nobody,
        "wrote": shown(mail.author),
        "actor": one_line(mail.actor),
        "responsible": one_line(mail.responsible),
        "status": wording.status(ticket.status),
        "flags": frozenset(flag.value for flag in mail.flags),
        "notes": [said(note, wording) for note in mail.notes],
        "text": wording.quoted(mail.text),
        "fields": [
            *((said(name, wording), said(value, wording)) for name, value in mail.details),
            *((one_line(name), one_line(value, 1_000)) for name, value in mail.fields),
        ],
        "attachments": _attachments(mail.attachments, wording),
        "actions": [_action(action, mail.ticket, wording) for action in mail.actions],
        "fits": {"kind": "fits"} | fits(mail.fits, wording) if mail.fits else None,
    }


def without_content(mail: WithoutContent, wording: Wording, organisation: Organisation) -> View:
    """Values of news that may be read by everybody: a number, and sentences of ours."""
    return {
        "organisation": organisation.name,
        "number": mail.number,
        "news": said(mail.news, wording),
        "closed": said(mail.closed, wording),
        "remark": said(mail.remark, wording),
        "for_agent": mail.for_agent,
        "actions": [_link(action, f"[#{mail.number}]", wording) for action in mail.actions],
    }


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
        "without_content": mail.without_content,
        "offer": said(mail.offer, wording),
        "blanks": [(said(blank.name, wording), said(blank.hint, wording)) for blank in mail.blanks],
        "actions": [_action(action, mail.ticket, wording) for action in mail.actions],
        "answers": answers(mail.answers, wording),
        "own_text": wording.quoted(mail.own_text) if mail.own_text.strip() else "",
        "images": [
            {
                "content_id": one_line(image.content_id),
                "alternative": one_line(wording.sentence(image.alternative)),
            }
            for image in mail.images
        ],
    }


def for_account(
    mail: AccountNews | CodesToScan, wording: Wording, organisation: Organisation
) -> View:
    """Values of news of an account."""
    if isinstance(mail, CodesToScan):
        return account_views.of_codes(mail, organisation)
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
                "about": about(line.ticket, wording, LIST_SUBJECT),
            }
            for line in mail.lines
        ],
    }


def for_proposal(mail: Proposal, wording: Wording, organisation: Organisation) -> View:
    """Values of the mail that asks an admin which tickets may be deleted."""
    (listing,) = answers((mail.listing,), wording)
    return {
        "organisation": organisation.name,
        "answer": listing,
        "purge_days": mail.purge_days,
        "again_months": mail.again_months,
        "more": mail.more,
    }


def for_digest(mail: Digest, wording: Wording, organisation: Organisation) -> View:
    """Values of a digest; its lists are those of a receipt."""
    return {
        "organisation": organisation.name,
        "since": wording.moment(mail.since),
        "back": mail.back,
        "departments": [one_line(name, 60) for name in mail.departments],
        "counts": [wording.sentence(each) for each in mail.counts],
        "lists": answers(mail.lists, wording),
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
        "answer": one_answer(mail.listing, wording),
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
        "lines": [one_line(wording.sentence(each), 500) for each in mail.lines],
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


def _link(action: Action, number: str, wording: Wording) -> View:
    """The link of an action that is one word, with nothing but the number in its subject."""
    entry = find(action.command)
    command = f"!{entry.words(wording.language)[0] if entry else action.command}"
    link = mailto(REPLY_ADDRESS, f"Re: {number}", command)
    return {"label": one_line(wording.sentence(action.label)), "target": link, "short": link}


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
