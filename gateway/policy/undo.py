"""Taking work back: what a mail changed, as long as nobody has changed it since."""

from dataclasses import replace

from gateway.model.address import Mailbox
from gateway.model.around_changes import DropParty
from gateway.model.author_changes import EndEntry, EnterAuthor, RenewEntry
from gateway.model.authors import ByCommand
from gateway.model.changes import Change, ChangeResponsible, ChangeStatus, MoveTicket
from gateway.model.command import At
from gateway.model.field_changes import SetSubject, SetTopic
from gateway.model.held import Before, NewsBefore
from gateway.model.held_changes import RememberWork, TakeBack
from gateway.model.notice_changes import ChooseNews, SetAbsence, SetDigest
from gateway.model.outgoing import Outgoing, Response, StatusNotice
from gateway.model.people import Agent, NotifyChoice
from gateway.model.text import say
from gateway.policy.acts import NOTHING, Acts
from gateway.policy.choices import chosen
from gateway.policy.copies import in_copy, joined
from gateway.policy.facts import Facts, TicketFacts
from gateway.policy.rhythm import next_digest
from gateway.policy.said import event
from gateway.policy.work import Desk, Work


def remember(
    facts: Facts, agent: Agent, work: Work, outgoing: tuple[Outgoing, ...], receipt_id: str
) -> Acts:
    """What `!undo` needs to know of a mail that was carried out."""
    befores = tuple(
        replace(
            _before(facts.tickets[ticket], about),
            around=_around(facts.tickets[ticket]) != _around(about),
        )
        for ticket, about in sorted(work.tickets.items())
        if ticket in facts.tickets and _of(facts.tickets[ticket]) != _of(about)
    )
    mails = tuple(
        mail.route.message_id for mail in outgoing if isinstance(mail, Response | StatusNotice)
    )
    news = _news(agent, chosen(agent, work.acts.changes))
    entered, ended = _entries(work)
    if not (befores or mails or news or entered or ended or work.opened is not None):
        return NOTHING
    ticket = facts.match.ticket if facts.match else work.opened
    number = work.tickets[work.opened].ticket.number if work.opened is not None else ""
    done = RememberWork(agent.id, receipt_id, befores, mails, ticket, number, news, entered, ended)
    return Acts((done,))


def _entries(work: Work) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Keys of the entries about authors that were made, and of those that were ended."""
    entered = tuple(
        change.entry.source.key
        for change in work.acts.changes
        if isinstance(change, EnterAuthor) and isinstance(change.entry.source, ByCommand)
    )
    return entered, tuple(each.key for each in work.acts.changes if isinstance(each, EndEntry))


def _news(before: Agent, after: Agent) -> NewsBefore | None:
    news = NewsBefore(
        (before.choices, after.choices),
        (before.digest, after.digest),
        (before.absence, after.absence),
    )
    return None if all(then == now for then, now in _pairs(news)) else news


def _pairs(news: NewsBefore) -> tuple[tuple[object, object], ...]:
    return (news.choices, news.digest, news.absence)


def undo(at: At, work: Work, desk: Desk) -> Work:
    """Back to how the tickets were before; all of them or none."""
    facts = desk.facts
    done = facts.undo
    if done is None:
        why = say(
            "there is nothing that can be taken back: only your own mails of the last 15 minutes."
        )
        return work.noting(at, why, ok=False)
    for before in done.tickets:
        work = _one(before, at, work, desk)
    if done.news is not None:
        work = _chosen_before(done.news, at, work, desk)
    if done.entered or done.ended:
        ended = tuple(EndEntry(key, desk.agent.id) for key in done.entered)
        work = _with(work, (*ended, *map(RenewEntry, done.ended)))
        work = work.noting(at, say("the allow and block list is as it was before"))
    staying = tuple(mail for mail in done.mails if mail in facts.staying)
    if done.mails:
        stopped = len(staying) == len(done.mails)
        work = work.noting(at, _STOPPED if stopped else _LEFT)
    if done.opened:
        stays = say(
            "#%(number)s was opened and stays. To be rid of it: !close #%(number)s quiet",
            number=done.opened,
        )
        work = work.noting(at, stays)
    if staying and done.ticket is not None:
        work = _with(work, (event(done.ticket, _STOPPED, desk.agent),))
    return _with(work, (TakeBack(done.id, staying),))


_STOPPED = say("the answer was stopped before it left")
_LEFT = say("the answer has left already and cannot be called back")


def _one(before: Before, at: At, work: Work, desk: Desk) -> Work:
    about = work.tickets.get(before.ticket)
    if about is None or not _is_as_left(about, before):
        why = say(
            "#%(number)s was changed by somebody since then. Nothing was taken back.",
            number=before.number,
        )
        return work.noting(at, why, ok=False)
    if about.ticket.merged_into is not None:
        why = say(
            "#%(number)s was merged, which cannot be taken back. !split in the other ticket makes"
            " a ticket of its own from a message.",
            number=before.number,
        )
        return work.noting(at, why, ok=False)
    what = say("#%(number)s is as it was before", number=before.number)
    if before.around:
        what = say(
            "#%(number)s is as it was before, but tasks, links, referrals and reminders stay",
            number=before.number,
        )
    note = event(before.ticket, say("taken back: the last change"), desk.agent)
    after, copies = _with_copies(_as_before(about, before, desk.facts), before, desk.facts)
    work = replace(work, tickets={**work.tickets, before.ticket: after})
    return _with(work, (*_changes(before, desk.facts), *copies, note)).noting(at, what)


def _with_copies(
    about: TicketFacts, before: Before, facts: Facts
) -> tuple[TicketFacts, tuple[Change, ...]]:
    """Those who get copies as before; who comes back has a new secret address."""
    wanted = {one.key: one for one in before.copies[0]}
    gone = [one.key for one in before.copies[1] if one.key not in wanted]
    back = tuple(one for key, one in wanted.items() if key not in about.parties)
    rest = {key: party for key, party in about.parties.items() if key not in gone}
    after, acts = joined(replace(about, parties=rest), back, facts)
    return after, (*(DropParty(about.ticket.id, key) for key in gone), *acts.changes)


def _chosen_before(news: NewsBefore, at: At, work: Work, desk: Desk) -> Work:
    """What the agent is told, as it was before their mail."""
    agent, facts = desk.agent, desk.facts
    if (agent.choices, agent.digest, agent.absence) != tuple(now for _, now in _pairs(news)):
        why = say("you have chosen anew since then what you are told. Nothing was taken back.")
        return work.noting(at, why, ok=False)
    before, changes = dict(news.choices[0]), list[Change]()
    for department in sorted({name for pairs in news.choices for name, _ in pairs}):
        choice = before.get(department, NotifyChoice.ALL)
        if choice is not agent.choice(department):
            changes.append(ChooseNews(agent.id, department, choice))
    rhythm = news.digest[0]
    if rhythm is not agent.digest:
        due = next_digest(rhythm, facts.now, facts.organisation)
        changes.append(SetDigest(agent.id, rhythm, due, facts.now if due else None))
    if news.absence[0] != agent.absence:
        changes.append(SetAbsence(agent.id, news.absence[0]))
    what = say("you are told the same as before")
    return _with(work, tuple(changes)).noting(at, what)


def _with(work: Work, changes: tuple[Change, ...]) -> Work:
    return replace(work, acts=work.acts + Acts(changes))


def _before(earlier: TicketFacts, later: TicketFacts) -> Before:
    then, now = earlier.ticket, later.ticket
    return Before(
        then.id,
        then.number,
        (then.status, now.status),
        (then.responsible, now.responsible),
        (then.department, now.department),
        (then.subject, now.subject),
        (then.topic, now.topic),
        copies=(_copies(earlier), _copies(later)),
    )


def _copies(about: TicketFacts) -> tuple[Mailbox, ...]:
    return tuple(party.mailbox for party in in_copy(about))


def _around(about: TicketFacts) -> tuple[object, ...]:
    referred = about.referred_departments, about.referred_agents
    return (*referred, about.tasks, about.links, about.watchers, about.ticket.due)


def _of(about: TicketFacts) -> tuple[object, ...]:
    ticket = about.ticket
    kept = (ticket.status, ticket.responsible, ticket.department, ticket.subject, ticket.topic)
    return (*kept, {one.key for one in _copies(about)})


def _is_as_left(about: TicketFacts, before: Before) -> bool:
    return _of(about) == (
        before.status[1],
        before.responsible[1],
        before.department[1],
        before.subject[1],
        before.topic[1],
        {one.key for one in before.copies[1]},
    )


def _as_before(about: TicketFacts, before: Before, facts: Facts) -> TicketFacts:
    ticket = replace(
        about.ticket,
        status=before.status[0],
        state=facts.organisation.workflow.state(before.status[0]),
        responsible=before.responsible[0],
        department=before.department[0],
        subject=before.subject[0],
        topic=before.topic[0],
    )
    holder = before.responsible[0]
    known = {agent.id: agent for agent in (*about.workers, *facts.agents.values())}
    return replace(about, ticket=ticket, responsible=known.get(holder) if holder else None)


def _changes(before: Before, facts: Facts) -> tuple[Change, ...]:
    changes: list[Change] = []
    ticket = before.ticket
    if before.responsible[0] != before.responsible[1]:
        changes.append(ChangeResponsible(ticket, before.responsible[0]))
    if before.department[0] != before.department[1]:
        changes.append(MoveTicket(ticket, before.department[0]))
    if before.subject[0] != before.subject[1]:
        changes.append(SetSubject(ticket, before.subject[0]))
    if before.topic[0] != before.topic[1] and before.topic[0] is not None:
        changes.append(SetTopic(ticket, before.topic[0]))
    if before.status[0] != before.status[1]:
        status = before.status[0]
        changes.append(ChangeStatus(ticket, status, facts.organisation.workflow.state(status)))
    return tuple(changes)
