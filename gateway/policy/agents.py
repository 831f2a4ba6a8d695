"""An agent's mail: its text goes to the requester, its notes to the agents, its commands are run.

Read all, check all against one snapshot, then do all of it or nothing. Every
such mail is answered with what was done, or with what is wrong and what to send instead.
"""

from dataclasses import replace

from gateway.model.command import At, CommandMail
from gateway.model.decision import Decision, Outcome
from gateway.model.outgoing import StatusNotice
from gateway.model.people import Agent
from gateway.model.text import say
from gateway.model.ticket import EntryKind
from gateway.policy import routes
from gateway.policy.access import may_see
from gateway.policy.acts import NOTHING, Acts
from gateway.policy.commands.plan import conflicts, ordered
from gateway.policy.commands.words import verb_of
from gateway.policy.facts import Facts, TicketFacts
from gateway.policy.leaks import leak
from gateway.policy.notify import notify
from gateway.policy.receipts import line_of, nothing_new, receipt, refused
from gateway.policy.said import NOBODY, Said
from gateway.policy.speak import speak
from gateway.policy.work import Desk, Work, no_ticket

_SAID = Said(NOBODY, "")


def agent_mail(facts: Facts, agent: Agent, mail: CommandMail) -> Decision:
    """What a proved agent's mail does. `facts.match` is their thread, if it is a reply."""
    thread = facts.tickets.get(facts.match.ticket) if facts.match else None
    if thread is not None and not may_see(agent, thread, facts.organisation):
        thread = None
    wrong = (*mail.problems, *conflicts(mail.commands, thread.ticket.number if thread else ""))
    if wrong:
        return refused(facts, agent, thread, [line_of(problem) for problem in wrong])
    if mail.is_empty:
        return refused(facts, agent, thread, [nothing_new()])
    work = Work(facts.tickets)
    if (mail.reply or mail.note) and thread is None:
        work = work.noting(At(1, ""), no_ticket(facts), ok=False)
    if thread is not None and (leaked := leak(mail.reply, thread.entries)):
        work = work.noting(At(1, ""), leaked, ok=False)
    desk = Desk(facts, agent, thread)
    for command in ordered(mail.commands):
        work = verb_of(command).run(command, work, desk)
    if work.failed:
        return refused(facts, agent, thread, work.lines)
    if thread is not None:
        work = speak(facts, agent, mail, work, thread.ticket.id)
    return _done(facts, agent, work, thread)


def _done(facts: Facts, agent: Agent, work: Work, thread: TicketFacts | None) -> Decision:
    if work.failed:
        return refused(facts, agent, thread, work.lines)
    acts = work.acts + _notices(facts, work) + _news(facts, agent, work)
    about = work.tickets[thread.ticket.id] if thread else None
    head = say("Done: #%(number)s", number=about.ticket.number) if about else say("Done")
    changes, answer = receipt(facts, agent, about, head, work.lines, done=True)
    acts += changes + Acts(outgoing=(replace(answer, answers=work.answers),))
    return Decision(
        Outcome.COMMAND,
        f"{agent.handle}: " + "; ".join(str(line.result) for line in work.lines),
        acts.changes,
        acts.outgoing,
        thread.ticket.id if thread else None,
    )


def _notices(facts: Facts, work: Work) -> Acts:
    """The requesters of closed tickets that were not answered in the same mail are told."""
    acts = NOTHING
    for ticket in sorted(work.responses):
        about = work.tickets[ticket]
        if "@" in about.ticket.requester.address:
            route, changes = routes.automatic_to_requester(facts, about, "status")
            acts += changes + Acts(outgoing=(StatusNotice(route, about.ticket),))
    return acts


def _news(facts: Facts, agent: Agent, work: Work) -> Acts:
    acts = NOTHING
    for ticket, event in dict.fromkeys(work.events):
        about = work.tickets[ticket]
        acts += notify(facts, about, event, said=_last_message(about), actor=agent)
    return acts


def _last_message(about: TicketFacts) -> Said:
    """What the requester wrote last, so that who gets the ticket need not ask for it."""
    messages = [entry for entry in about.entries if entry.kind is EntryKind.MESSAGE]
    return Said(messages[-1].author, messages[-1].text, messages[-1].flags) if messages else _SAID
