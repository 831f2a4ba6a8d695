"""Mails that wait for an agent's word: holding one, asking, and the answer no."""

from collections.abc import Container, Mapping, Sequence
from dataclasses import replace
from hashlib import blake2b

from gateway.model.answers import ReceiptLine
from gateway.model.command import CommandMail
from gateway.model.decision import Decision, Outcome
from gateway.model.held import Guard, Held, HeldState, token_digest
from gateway.model.held_changes import HoldMail, SettleHeld
from gateway.model.people import Agent
from gateway.model.route import Action, Blank
from gateway.model.text import Text, say
from gateway.policy.actions import NO, YES
from gateway.policy.around import moment_text
from gateway.policy.commands.plan import ordered, printed
from gateway.policy.commands.words import verb_of
from gateway.policy.facts import Facts, TicketFacts
from gateway.policy.proof import (
    can_confirm,
    is_locked,
    locked,
    locks,
    needed,
    own_proof,
    proof_lines,
    wrong_code,
)
from gateway.policy.receipts import not_done, own_text, receipt, refused
from gateway.policy.routes import answered_with
from gateway.policy.values import permitted
from gateway.policy.work import Work


def plan_of(work: Work, mail: CommandMail, *, reply_only: bool = False) -> str:
    """A digest of all that the mail would do and say, as it was shown to the agent."""
    shown = () if reply_only else work.lines
    lines = [(line.ok, line.typed, str(line.result)) for line in shown]
    return blake2b(repr((lines, mail.reply, mail.note)).encode(), digest_size=16).hexdigest()


def reply_alone(mail: CommandMail) -> CommandMail:
    """The mail without what was done at once: its reply, and what is inserted into that."""
    kept = tuple(command for command in mail.commands if verb_of(command).inserts)
    return replace(mail, note="", note_at=None, commands=kept)


def hold(
    facts: Facts,
    agent: Agent,
    thread: TicketFacts | None,
    work: Work,
    reasons: Mapping[Guard, Text],
    mail: CommandMail,
    *,
    wrong: Sequence[ReceiptLine] = (),
    reply_only: bool = False,
) -> Decision:
    """Nothing happens until the agent says yes; the receipt says why and what it would be."""
    about = facts.tickets[thread.ticket.id] if thread else None
    needs = needed(facts, mail, thread)
    head = say("NOTHING was changed and NOTHING was sent. It waits for your word.")
    if reply_only:
        head = say("Your answer was NOT sent. It waits for your word.")
        mail = reply_alone(mail)
    why = tuple(
        ReceiptLine(False, 0, "", reason)
        for guard, reason in reasons.items()
        if guard is not Guard.FIELDS  # the line that needs them says so
    )
    lines = (*(wrong or why), *not_done(work.lines))
    changes, answer = receipt(facts, agent, about, head, lines, done=False, kind="held")
    answer = replace(answer, own_text=own_text(facts))
    if work.missing:
        blanks = tuple(Blank(field.name, permitted(field)) for field in dict.fromkeys(work.missing))
        fill_in = Action(say("Fill in"), "set", tuple(blank.name for blank in blanks))
        is_enough = Guard.PROOF not in reasons or can_confirm(facts, needs)
        ask = _FILL_IN if is_enough else _FILL_IN_AND_PROVE
        answer = replace(answer, ask=ask, blanks=blanks, actions=(fill_in, NO))
    else:
        ask = _question(facts, agent, reasons, needs, mail, reply_only=reply_only)
        actions = (YES, NO) if may_say_yes(facts, reasons, needs) else (NO,)
        answer = replace(answer, ask=ask, actions=actions)
    token = "c" + facts.fresh.token("confirm", answer.route.message_id)
    answer = replace(answer, route=answered_with(answer.route, token))
    waits = HoldMail(
        agent.id,
        answer.route.message_id,
        plan_of(work, mail, reply_only=reply_only),
        frozenset(reasons),
        facts.now + facts.organisation.security.held_for,
        thread.ticket.id if thread else None,
        reply_only,
        token_digest(token),
        needs,
        own_proof(facts),
        version_of(facts, thread),
    )
    return Decision(
        Outcome.COMMAND,
        f"{agent.handle}: held, {', '.join(sorted(reasons))}",
        (*changes.changes, waits),
        (answer,),
        thread.ticket.id if thread else None,
    )


_FILL_IN = say(
    "Answer with these lines, filled in, above the quoted mail. Then your mail is carried out."
)


_FILL_IN_AND_PROVE = say(
    "Answer with these lines, filled in, and with a one-time code of your app like !123456 on a"
    " line of its own, above the quoted mail. Then your mail is carried out."
)


def may_say_yes(facts: Facts, reasons: Container[Guard], needs: int) -> bool:
    """True when a yes to the question is enough, without a code."""
    return Guard.PROOF not in reasons or can_confirm(facts, needs)


def _question(
    facts: Facts,
    agent: Agent,
    reasons: Mapping[Guard, Text],
    needs: int,
    mail: CommandMail,
    *,
    reply_only: bool,
) -> Text:
    if reply_only:
        return say("Send it anyway? Answer with !yes or !no.")
    plan = _plan(mail)
    if Guard.PROOF not in reasons:
        return say(
            "Answer with !yes, and this is done: %(plan)s. Answer with !no, and it is forgotten. Or"
            " correct your mail and send it again.",
            plan=plan,
        )
    return say(
        "%(how)s Then this is done: %(plan)s. Answer with !no, and it is forgotten. It waits until"
        " %(moment)s.",
        how=how_to_prove(facts, agent, needs, yes_too=len(reasons) > 1),
        plan=plan,
        moment=moment_text(facts.now + facts.organisation.security.held_for, facts.organisation),
    )


def _plan(mail: CommandMail) -> str:
    words = [printed(command) for command in ordered(mail.commands)]
    words += ["note"] if mail.note else []
    words += ["reply"] if mail.reply else []
    return ", ".join(word.removeprefix("!") for word in words)


def how_to_prove(facts: Facts, agent: Agent, needs: int, *, yes_too: bool) -> Text:
    """What the agent is to send for a second factor, as far as they can."""
    confirms, enrolled = can_confirm(facts, needs), facts.second.enrolled
    if needs > 1 and (is_locked(facts) or locks(facts)):
        return say("%(locked)s After that answer with a new one-time code.", locked=locked(facts))
    if confirms and enrolled and not yes_too:
        return say("Answer this mail with !yes, or with a one-time code of your app like !123456.")
    if confirms:
        return say("Answer this mail with !yes: that shows that the mail was yours.")
    if not enrolled:
        return say(
            "It needs a one-time code, and you have not set up any: ask the operator for"
            " “gateway agent otp %(handle)s”. Then answer this mail with a code of your app like"
            " !123456.",
            handle=agent.handle,
        )
    if yes_too:
        return say(
            "Answer with !yes, and on a line of its own with a one-time code of your app like"
            " !123456."
        )
    return say("Answer with a one-time code of your app like !123456.")


def version_of(facts: Facts, thread: TicketFacts | None) -> str:
    """What the tickets of a mail are like: a question about them is answered for just that."""
    ids = {*facts.numbers.values(), *((thread.ticket.id,) if thread else ())}
    seen = [
        (each, facts.tickets[each].ticket.updated_at) for each in sorted(ids & {*facts.tickets})
    ]
    return blake2b(repr(seen).encode(), digest_size=16).hexdigest()


def still_waits(facts: Facts, agent: Agent, thread: TicketFacts | None, held: Held) -> Decision:
    """An answer that is not enough for what is held: that goes on waiting."""
    needs = held.needs
    why = wrong_code(facts)
    how = how_to_prove(facts, agent, needs, yes_too=bool(held.guards - {Guard.PROOF}))
    if why is None and Guard.PROOF not in held.guards:
        why = say("a one-time code is no yes to the question that we asked you.")
        how = say("Answer that mail with !yes or !no.")
    elif Guard.FIELDS in held.guards:
        why = why or say("that is not enough proof for it.")
        how = say(
            "Answer the mail that asked you with the filled in lines, and on a line of its own with"
            " a one-time code of your app like !123456."
        )
    elif why is None:
        why = say("that is not enough proof for it.")
        if can_confirm(facts, needs):
            how = say(
                "Answer the very mail that asked you with !yes, or write a one-time code of your"
                " app like !123456."
            )
    result = say(
        "%(why)s Your mail waits until %(moment)s. %(how)s",
        why=why,
        moment=moment_text(held.expires_at, facts.organisation),
        how=how,
    )
    head = say("Still NOTHING was changed and NOTHING was sent.")
    about = facts.tickets[thread.ticket.id] if thread else None
    line = ReceiptLine(False, 0, "", result)
    changes, answer = receipt(facts, agent, about, head, (line,), done=False)
    # So that an answer to this mail names the question too.
    known = (*facts.message.in_reply_to, *answer.route.references)
    answer = replace(answer, route=replace(answer.route, references=tuple(dict.fromkeys(known))))
    return Decision(
        Outcome.COMMAND,
        f"{agent.handle}: a held mail still waits",
        changes.changes,
        (answer,),
        thread.ticket.id if thread else None,
    )


def code_alone(facts: Facts, agent: Agent, thread: TicketFacts | None) -> Decision:
    """A one-time code, and nothing that waits for it: it opens a session."""
    wrong = wrong_code(facts)
    if wrong is not None:
        return refused(facts, agent, thread, [ReceiptLine(False, 1, "", wrong)])
    about = facts.tickets[thread.ticket.id] if thread else None
    head = say("Your one-time code is right. No mail of yours was waiting here for it.")
    changes, answer = receipt(facts, agent, about, head, proof_lines(facts), done=True)
    return Decision(
        Outcome.COMMAND,
        f"{agent.handle}: a code alone",
        changes.changes,
        (answer,),
        thread.ticket.id if thread else None,
    )


def answered_no(facts: Facts, agent: Agent, thread: TicketFacts | None, held: Held) -> Decision:
    """The held mail is forgotten."""
    about = facts.tickets[thread.ticket.id] if thread else None
    head = say("Forgotten. NOTHING was changed and NOTHING was sent.")
    changes, answer = receipt(facts, agent, about, head, (), done=True)
    return Decision(
        Outcome.COMMAND,
        f"{agent.handle}: said no to a held mail",
        (*changes.changes, SettleHeld(held.id, HeldState.DROPPED)),
        (answer,),
        thread.ticket.id if thread else None,
    )


def nothing_held(
    facts: Facts, agent: Agent, thread: TicketFacts | None, mail: CommandMail
) -> Decision:
    """A yes or no to nothing."""
    at = mail.commands[0].at if mail.commands else None
    why = say(
        "no mail of yours waits here for a yes or no. It may have been answered already, or its"
        " %(hours)s hours are over. Please answer the mail that asked you, or send yours again.",
        hours=_hours(facts),
    )
    line = ReceiptLine(False, at.line if at else 1, at.typed if at else "", why)
    return refused(facts, agent, thread, [line])


def _hours(facts: Facts) -> int:
    """How long a held mail waits."""
    return int(facts.organisation.security.held_for.total_seconds() // 3600)


def expired(facts: Facts) -> Decision:
    """Nobody answered in time: the held mail is forgotten, and its agent is told, once."""
    held, agent = facts.held, facts.author_agent
    if held is None:
        raise ValueError("a held mail is over, but none is given")
    gone = SettleHeld(held.id, HeldState.EXPIRED)
    reason = f"held mail {held.id} was not answered in time"
    if agent is None:
        return Decision(Outcome.ENTRY, reason, (gone,), ticket=held.ticket)
    about = facts.tickets.get(held.ticket) if held.ticket is not None else None
    head = say("NOTHING was changed and NOTHING was sent.")
    why = say(
        "nobody answered our question about your mail “%(subject)s” for %(hours)s hours, so it was"
        " forgotten. If you still want it, send it again.",
        subject=facts.message.subject[:100],
        hours=_hours(facts),
    )
    line = ReceiptLine(False, 0, "", why)
    changes, answer = receipt(facts, agent, about, head, (line,), done=False, kind="expired")
    answer = replace(answer, own_text=own_text(facts))
    return Decision(Outcome.ENTRY, reason, (*changes.changes, gone), (answer,), held.ticket)
