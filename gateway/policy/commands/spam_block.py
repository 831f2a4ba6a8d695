"""`!spam block`: the requester of a ticket that is spam is heard no more."""

from dataclasses import replace

from gateway.model.author_changes import EnterAuthor
from gateway.model.authors import Block, ByCommand
from gateway.model.text import Text, say
from gateway.policy.commands.author_checks import ADMINS
from gateway.policy.copies import is_ours
from gateway.policy.direct import today
from gateway.policy.work import Desk, Impossible, Step


def and_blocked(step: Step, desk: Desk) -> Step | Impossible:
    """The step, with the requester of the ticket blocked too."""
    requester = step.about.ticket.requester
    if (why := _why_not(requester.key, desk)) is not None:
        return Impossible(why)
    key = desk.facts.fresh.token("author-entry", "spam", requester.key)
    source = ByCommand(key, desk.agent.name, today(desk.facts))
    block = Block(requester.key, f"Spam #{step.about.ticket.number}", source=source)
    result = say(
        "%(what)s; %(author)s is blocked. To take it back: !deny drop %(author)s",
        what=step.result,
        author=requester.key,
    )
    return replace(step, result=result, changes=(*step.changes, EnterAuthor(block, desk.agent.id)))


def _why_not(author: str, desk: Desk) -> Text | None:
    if not desk.agent.admin:
        return ADMINS
    if "@" not in author:
        return say("nobody knows the address of the requester, so it cannot be blocked.")
    if is_ours(author, desk.facts.organisation):
        return say("%(author)s is an address of ours.", author=author)
    return None
