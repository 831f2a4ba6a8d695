"""An agent's mail: its text goes to the requester, its notes to the agents, its commands are run.

Read all, check all against one snapshot, then do all of it or nothing. Every such mail is answered
with what was done, or with what is wrong and what to send instead. What is understood but should
not happen unasked is held: the agent answers yes or no.
"""

from collections.abc import Mapping
from dataclasses import replace

from gateway.model.answers import ReceiptLine, TicketView
from gateway.model.command import At, CommandMail
from gateway.model.decision import Decision, Outcome
from gateway.model.held import Guard, Held, HeldState
from gateway.model.held_changes import SettleHeld
from gateway.model.outgoing import Receipt, Response, StatusNotice
from gateway.model.people import Agent
from gateway.model.text import Text, say
from gateway.model.ticket import EntryKind
from gateway.policy import routes
from gateway.policy.absence import welcomed
from gateway.policy.access import may_see
from gateway.policy.acts import NOTHING, Acts
from gateway.policy.commands.plan import conflicts, ordered
from gateway.policy.commands.verbs.answers import No, answer_in, is_answer, is_check
from gateway.policy.commands.verbs.fields import only_sets_fields, sets_fields
from gateway.policy.commands.verbs.opening import NewTicket, hint
from gateway.policy.commands.verbs.status import one_target
from gateway.policy.commands.words import verb_of
from gateway.policy.facts import Facts, TicketFacts
from gateway.policy.fitting import come_up
from gateway.policy.guards import REPLY_ONLY, guards
from gateway.policy.holding import (
    answered_no,
    code_alone,
    hold,
    nothing_held,
    plan_of,
    reply_alone,
    still_waits,
    version_of,
)
from gateway.policy.leaks import leak
from gateway.policy.notify import notify
from gateway.policy.opening import announced
from gateway.policy.proof import own_proof, proof_lines, with_effects
from gateway.policy.readable import quoted_secret
from gateway.policy.receipts import (
    answering,
    line_of,
    nothing_new,
    only_fields,
    receipt,
    refused,
    tried,
)
from gateway.policy.said import NOBODY, Said
from gateway.policy.secrecy import is_touched, without_values
from gateway.policy.signatures import our_key, why_unread
from gateway.policy.speak import speak
from gateway.policy.undo import remember
from gateway.policy.work import Desk, Work, no_ticket

_SAID = Said(NOBODY, "")


def agent_mail(facts: Facts, agent: Agent, mail: CommandMail) -> Decision:
    """What a proved agent's mail does. `facts.match` is their thread, if it is a reply."""
    decision = with_effects(facts, agent, _decided(facts, agent, mail))
    return welcomed(facts, agent, decision)


def _unread(facts: Facts, agent: Agent, thread: TicketFacts | None, why: Text) -> Decision:
    """An agent's mail that could not be opened, or was changed: nothing of it has an effect."""
    decision = refused(facts, agent, thread, [ReceiptLine(False, 0, "", why)])
    told = (
        replace(mail, files=our_key(facts)) if isinstance(mail, Receipt) else mail
        for mail in decision.outgoing
    )
    return replace(decision, outgoing=tuple(told))


def _decided(facts: Facts, agent: Agent, mail: CommandMail) -> Decision:
    thread = facts.tickets.get(facts.match.ticket) if facts.match else None
    if thread is not None and not may_see(agent, thread, facts.organisation):
        thread = None
    if (why := why_unread(facts.message.openpgp)) is not None:
        return _unread(facts, agent, thread, why)
    if facts.confirmed and facts.held is not None:
        return _confirmed(facts, agent, thread, mail)
    if facts.asking is not None and sets_fields(mail) and (mail.reply or mail.note):
        return refused(facts, agent, thread, [only_fields()])
    if facts.asking is not None and only_sets_fields(mail) and not mail.problems:
        # Not confirmed, so its proof is not enough for the mail that waits for these fields.
        return still_waits(facts, agent, thread, facts.asking)
    if is_answer(mail):
        return _answered(facts, agent, thread, mail)
    wrong = (*mail.problems, *conflicts(mail.commands, _number(thread)))
    if wrong:
        return _wrong(facts, agent, thread, mail)
    if mail.is_empty:
        return refused(facts, agent, thread, [nothing_new(hint(facts))])
    return _guarded(facts, agent, thread, mail)


def _answered(
    facts: Facts, agent: Agent, thread: TicketFacts | None, mail: CommandMail
) -> Decision:
    """A no; or a yes or a code that carries nothing out."""
    if facts.held is None:
        if answer_in(mail) is None:
            return code_alone(facts, agent, thread)
        return nothing_held(facts, agent, thread, mail)
    if isinstance(answer_in(mail), No):
        return answered_no(facts, agent, thread, facts.held)
    return still_waits(facts, agent, thread, facts.held)


def _number(thread: TicketFacts | None) -> str:
    return thread.ticket.number if thread else ""


def _wrong(facts: Facts, agent: Agent, thread: TicketFacts | None, mail: CommandMail) -> Decision:
    """Nothing is done; where it is clear what was meant, a yes is enough."""
    wrong = (*mail.problems, *conflicts(mail.commands, _number(thread)))
    lines = [line_of(problem) for problem in wrong]
    meant = facts.corrected_mail
    if meant is None or conflicts(meant.commands, _number(thread)):
        return refused(facts, agent, thread, lines)
    work = _work(facts, agent, thread, meant)
    if work.failed:
        return refused(facts, agent, thread, lines)
    reasons = {Guard.CORRECTED: _AS_MEANT, **guards(facts, meant, thread)}
    return hold(facts, agent, thread, work, reasons, meant, wrong=lines)


_AS_MEANT = say("a word was misspelt")


def _guarded(facts: Facts, agent: Agent, thread: TicketFacts | None, mail: CommandMail) -> Decision:
    """Done, tried, or held, as the mail and the reasons against it say."""
    work = _work(facts, agent, thread, mail)
    if is_check(mail):
        return _tried(facts, agent, thread, work, guards(facts, mail, thread))
    if work.wants_only_fields and one_target(mail) is not None:
        return _ask_for_fields(facts, agent, thread, mail, work)
    if work.failed:
        return refused(facts, agent, thread, work.lines)
    reasons = guards(facts, mail, thread)
    if not reasons:
        return _done(facts, agent, work, thread)
    rest = replace(mail, reply="")
    if not set(reasons) <= REPLY_ONLY or not (rest.note or rest.commands):
        return hold(facts, agent, thread, work, reasons, mail)
    done = _done(facts, agent, _work(facts, agent, thread, rest), thread, waits=True)
    waits = hold(facts, agent, thread, work, reasons, mail, reply_only=True)
    return replace(
        done,
        changes=done.changes + waits.changes,
        outgoing=done.outgoing + waits.outgoing,
    )


def _tried(
    facts: Facts,
    agent: Agent,
    thread: TicketFacts | None,
    work: Work,
    reasons: Mapping[Guard, Text],
) -> Decision:
    """What would happen; nothing is shown for which the proof is missing."""
    if Guard.PROOF in reasons:
        work = replace(work, answers=())
    return tried(facts, agent, thread, work, reasons.values())


def _ask_for_fields(
    facts: Facts, agent: Agent, thread: TicketFacts | None, mail: CommandMail, work: Work
) -> Decision:
    """The mail waits for the fields that closing needs; they come back filled in."""
    reasons = {Guard.FIELDS: _FILL_IN, **guards(facts, mail, thread)}
    if facts.held is not None and Guard.CORRECTED in facts.held.guards:
        reasons[Guard.CORRECTED] = _AS_MEANT
    return hold(facts, agent, thread, work, reasons, mail)


_FILL_IN = say("fields are still to be filled in")


def _confirmed(
    facts: Facts, agent: Agent, thread: TicketFacts | None, mail: CommandMail
) -> Decision:
    """The held mail is decided anew, now that its reasons were confirmed.

    What would happen now must be what was shown; otherwise the agent is asked again.
    """
    held = facts.held
    if held is None:
        raise ValueError("a mail is confirmed, but none was held")
    if Guard.CORRECTED in held.guards and facts.corrected_mail is not None:
        mail = facts.corrected_mail
    if held.reply_only:
        mail = reply_alone(mail)
    wrong = (*mail.problems, *conflicts(mail.commands, _number(thread)))
    work = _work(facts, agent, thread, mail)
    settled = Acts((SettleHeld(held.id, HeldState.DONE),))
    if Guard.FIELDS in held.guards and work.missing and not wrong:
        asked = _ask_for_fields(facts, agent, thread, mail, work)
        return _after(Acts((SettleHeld(held.id, HeldState.DROPPED),)), asked)
    if wrong or work.failed:
        lines = [line_of(problem) for problem in wrong] or work.lines
        return _after(settled, refused(facts, agent, thread, lines))
    reasons = _not_confirmed(facts, held, mail, thread)
    if reasons or not _is_as_shown(facts, held, work, mail, thread):
        again = held.guards - ({Guard.PROOF} if own_proof(facts) else set())
        reasons = dict.fromkeys(sorted(again), _CHANGED) | reasons
        asked = hold(facts, agent, thread, work, reasons, mail, reply_only=held.reply_only)
        return _after(Acts((SettleHeld(held.id, HeldState.DROPPED),)), asked)
    return _after(settled, _done(facts, agent, work, thread))


def _not_confirmed(
    facts: Facts, held: Held, mail: CommandMail, thread: TicketFacts | None
) -> dict[Guard, Text]:
    """Reasons against the held mail that the answer does not clear away. Proof is looked at anew.

    A code alone is no yes to anything else.
    """
    known = frozenset() if facts.by_code else held.guards - {Guard.PROOF}
    found = {guard: why for guard, why in guards(facts, mail, thread).items() if guard not in known}
    if Guard.CORRECTED in held.guards and facts.by_code:
        found[Guard.CORRECTED] = _AS_MEANT
    return found


def _is_as_shown(
    facts: Facts, held: Held, work: Work, mail: CommandMail, thread: TicketFacts | None
) -> bool:
    """What would happen now is what the agent was shown; of a proof, also the tickets are."""
    if Guard.PROOF in held.guards and held.version != version_of(facts, thread):
        return False
    if Guard.FIELDS in held.guards:
        return True
    return held.plan == plan_of(work, mail, reply_only=held.reply_only)


_CHANGED = say("something has changed since you were asked. Please look again.")


def _after(first: Acts, decision: Decision) -> Decision:
    return replace(decision, changes=first.changes + decision.changes)


def _work(facts: Facts, agent: Agent, thread: TicketFacts | None, mail: CommandMail) -> Work:
    """What the mail does, all of it; with a failed line, what stands in the way."""
    work = Work(facts.tickets)
    opens = any(isinstance(command, NewTicket) for command in mail.commands)
    if (mail.reply or mail.note) and thread is None and not opens:
        work = work.noting(At(1, ""), hint(facts) or no_ticket(facts), ok=False)
    leaked = leak(mail.reply) or quoted_secret(facts, mail, thread)
    if (thread is not None or opens) and leaked:
        work = work.noting(At(1, ""), leaked, ok=False)
    desk = Desk(facts, agent, thread, mail)
    for command in ordered(mail.commands):
        work = verb_of(command).run(command, work, desk)
        if desk.thread is None and work.opened is not None:
            # What else the mail asks for is meant for the ticket that it opens.
            desk = replace(desk, thread=work.tickets[work.opened])
    if not work.failed and desk.thread is not None:
        work = speak(facts, agent, mail, work, desk.thread.ticket.id)
        work = announced(work, desk)
    return work


def _done(
    facts: Facts,
    agent: Agent,
    work: Work,
    thread: TicketFacts | None,
    *,
    waits: bool = False,
) -> Decision:
    if work.failed:
        return refused(facts, agent, thread, work.lines)
    acts = work.acts + _notices(facts, work) + _news(facts, agent, work)
    here = thread.ticket.id if thread else work.opened
    about = work.tickets[here] if here is not None else None
    head = say("Done: #%(number)s", number=about.ticket.number) if about else say("Done")
    if about is not None and here == work.opened:
        head = say("Opened: #%(number)s", number=about.ticket.number)
    if waits:
        head = say("Done, but your answer waits: see the other mail")
    lines = (*work.lines, *proof_lines(facts))
    changes, answer = receipt(facts, agent, about, head, lines, done=True)
    if facts.undo is None:
        acts += remember(facts, agent, work, acts.outgoing, answer.route.message_id)
    shown = (each.ticket.id for each in work.answers if isinstance(each, TicketView))
    fits = come_up(facts, agent, work.tickets, shown)
    listed, answer = answering(facts, agent, answer, (*work.answers, *fits))
    if work.offer is not None and not any(isinstance(each, Response) for each in acts.outgoing):
        answer = replace(answer, offer=work.offer.why, actions=work.offer.actions)
    acts += changes + listed + Acts(outgoing=(answer,))
    return Decision(
        Outcome.COMMAND,
        f"{agent.handle}: " + "; ".join(_named(line, facts) for line in work.lines),
        acts.changes,
        acts.outgoing,
        here,
    )


def _named(line: ReceiptLine, facts: Facts) -> str:
    """What was done, for the log: of confidential things without any words of theirs."""
    return str(without_values(line.result) if is_touched(facts) else line.result)


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
