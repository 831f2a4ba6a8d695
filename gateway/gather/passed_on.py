"""The mail that an agent's mail passes on, and whether a ticket has it already."""

from gateway.gather import thread
from gateway.gather.looking import Looking
from gateway.mail.forward import Forwarded, chain, may_be_mail
from gateway.model.address import Mailbox
from gateway.model.command import CommandMail
from gateway.model.organisation import AddressKind
from gateway.model.people import Agent
from gateway.model.ticket import TicketId
from gateway.policy.commands.words import verb_of
from gateway.policy.copies import is_ours
from gateway.policy.facts import Match, PassedOn


def passed_on(
    looking: Looking, agent: Agent | None, mail: CommandMail | None, found: Match | None
) -> PassedOn | None:
    """What the agent passes on, where a command opens a ticket from it or might be missing."""
    if agent is None or mail is None or (found is not None and found.party is not None):
        return None
    asked = any(verb_of(command).needs(command).passed_on for command in mail.commands)
    is_command = any(r.address.kind is AddressKind.COMMAND for r in looking.recipients)
    if not asked and (found is not None or not is_command):
        return None
    mails = chain(looking.message, looking.item.content)
    if not mails:
        return None
    meant, author = _meant(looking, mails)
    attached = sum(map(may_be_mail, looking.message.attachments)) if mails[0].attached else 0
    return PassedOn(meant, author, attached, _known(looking, mails))


def _meant(looking: Looking, mails: tuple[Forwarded, ...]) -> tuple[Forwarded, Mailbox | None]:
    """The first mail that none of us wrote: a colleague may have passed it on before.

    Where it cannot be read who wrote one, those below it are not looked at.
    """
    for mail in mails:
        author = mail.author
        if author is None:
            return mail, None
        is_agent = looking.transaction.agent_by_address(author.key) is not None
        if not is_agent and not is_ours(author.address, looking.organisation):
            return mail, author
    return mails[0], None


def _known(looking: Looking, mails: tuple[Forwarded, ...]) -> TicketId | None:
    """The ticket that has the mail; programs name the mail that they pass on like one answered."""
    message = looking.message
    answered = message.in_reply_to[:1] or message.references[-1:]
    ids = [*(mail.message_id for mail in mails if mail.message_id), *answered]
    references = looking.transaction.references(ids) if ids else {}
    reference = next((references[each] for each in ids if each in references), None)
    if reference is None:
        return None
    if looking.ticket(reference.ticket) is None:
        return None
    root = thread.merged_into(looking, reference.ticket)
    return root.ticket.id if root else reference.ticket
