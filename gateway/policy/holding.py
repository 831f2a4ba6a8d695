"""Mails that wait for an agent's word: holding one, asking, and the answer no."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from hashlib import blake2b

from gateway.model.command import CommandMail
from gateway.model.decision import Decision, Outcome
from gateway.model.held import Guard, Held, HeldState
from gateway.model.held_changes import HoldMail, SettleHeld
from gateway.model.outgoing import Action, Blank, ReceiptLine
from gateway.model.people import Agent
from gateway.model.text import Text, say
from gateway.policy.actions import NO, YES
from gateway.policy.commands.plan import ordered, printed
from gateway.policy.commands.words import verb_of
from gateway.policy.facts import Facts, TicketFacts
from gateway.policy.receipts import not_done, own_text, receipt, refused
from gateway.policy.values import permitted
from gateway.policy.work import Work

WAITS = timedelta(hours=48)
"""How long a held mail waits for its answer."""


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
        answer = replace(answer, ask=_FILL_IN, blanks=blanks, actions=(fill_in, NO))
    else:
        ask = _question(mail, reply_only=reply_only)
        answer = replace(answer, ask=ask, actions=(YES, NO))
    waits = HoldMail(
        agent.id,
        answer.route.message_id,
        plan_of(work, mail, reply_only=reply_only),
        frozenset(reasons),
        facts.now + WAITS,
        thread.ticket.id if thread else None,
        reply_only,
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


def _question(mail: CommandMail, *, reply_only: bool) -> Text:
    if reply_only:
        return say("Send it anyway? Answer with !yes or !no.")
    words = [printed(command) for command in ordered(mail.commands)]
    words += ["note"] if mail.note else []
    words += ["reply"] if mail.reply else []
    return say(
        "Answer with !yes, and this is done: %(plan)s. Answer with !no, and it is forgotten. Or"
        " correct your mail and send it again.",
        plan=", ".join(word.removeprefix("!") for word in words),
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
        " 48 hours are over. Please answer the mail that asked you, or send yours again."
    )
    line = ReceiptLine(False, at.line if at else 1, at.typed if at else "", why)
    return refused(facts, agent, thread, [line])
