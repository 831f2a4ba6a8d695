"""An admin's yes or no to tickets that we proposed for deletion, as the commands that it means."""

from collections.abc import Mapping
from dataclasses import replace

from gateway.gather.looking import Looking
from gateway.model.command import Command, CommandMail
from gateway.model.people import Agent
from gateway.model.ticket import State
from gateway.policy.commands.moments import After, When
from gateway.policy.commands.verbs.answers import No, Yes, answer_in
from gateway.policy.commands.verbs.keeping import Keep
from gateway.policy.commands.verbs.status import SetStatus

KIND = "proposal"


def answered(
    looking: Looking, agent: Agent | None, mail: CommandMail | None, listed: Mapping[int, str]
) -> tuple[CommandMail | None, bool]:
    """The mail with `!delete` for its yes, `!keep` for its no; and whether it answers a proposal.

    Only for what was proposed: a ticket to which something happened since then is left alone.
    """
    answer = answer_in(mail) if mail is not None else None
    if mail is None or agent is None or not agent.admin or answer is None or not listed:
        return mail, False
    numbers = _still_proposed(looking, listed)
    if not numbers:
        return mail, False
    meant: Command
    match answer:
        case Yes():
            meant = SetStatus(answer.at, numbers, "delete", quiet=True)
        case No():
            months = looking.organisation.retention.again_months
            until = When(After(months=months))
            meant = Keep(answer.at, numbers, "still needed", until)
    commands = tuple(meant if each is answer else each for each in mail.commands)
    return replace(mail, commands=commands), True


def _still_proposed(looking: Looking, listed: Mapping[int, str]) -> tuple[str, ...]:
    message = looking.message
    for name in (*message.in_reply_to[:1], *message.references[-1:]):
        sent = looking.transaction.sent_mail(message_id=name)
        if sent is not None and sent.kind == KIND and sent.created_at is not None:
            break
    else:
        return ()
    ids = looking.transaction.ticket_ids(listed.values())
    found = []
    for number in dict.fromkeys(listed.values()):
        about = looking.ticket(ids[number]) if number in ids else None
        if (
            about is not None
            and about.ticket.state is State.CLOSED
            and about.ticket.updated_at <= sent.created_at
        ):
            found.append(number)
    return tuple(found)
