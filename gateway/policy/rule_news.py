"""What admins are told when an edit of the rule files is broken, and when it is mended.

One mail for each broken state: the same mistakes are told once, however often they are read and by
however many nodes. One mail when it is mended: when no node has them any more.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from hashlib import blake2b

from gateway.model.decision import Decision, Outcome
from gateway.model.organisation import Organisation
from gateway.model.outgoing import Outgoing, ProofNotice
from gateway.model.people import Agent
from gateway.model.rule_trouble import EndTrouble, Trouble, WriteTrouble
from gateway.model.text import Text, say
from gateway.policy.account_news import route
from gateway.policy.around import moment_text
from gateway.policy.facts import Fresh

_PLACE = re.compile(r":\d+(?::\d+)?(?=: )")
"""Line and column: a mistake that moves down in its file is the same one."""
MOST = 20
"""Mistakes that a mail names; the others are counted."""


def broken(
    mistakes: Sequence[Text],
    known: Sequence[Trouble],
    node: str,
    now: datetime,
    organisation: Organisation,
    admins: Iterable[Agent],
    fresh: Fresh,
    *,
    in_force: datetime | None = None,
) -> Decision:
    """The mistakes are noted, and told unless they are already.

    `in_force`: the gateway was started with the rules of that moment; None: it just goes on.
    """
    text = "\n".join(map(str, mistakes))
    digest = blake2b(_PLACE.sub("", text).encode(), digest_size=16).hexdigest()
    before = next((each for each in known if each.node == node), None)
    told = any(each.digest == digest and each.told for each in known)
    same = before is not None and before.digest == digest
    since = before.since if before is not None and same else now
    change = WriteTrouble(Trouble(node, digest, text, since, told=True))
    if told:
        return Decision(Outcome.ENTRY, "rules broken, as the admins know", (change,))
    lines = tuple(mistakes[:MOST])
    if len(mistakes) > MOST:
        lines += (say("and %(count)s more: gateway check", count=len(mistakes) - MOST),)
    what = say(
        "The rule files or templates were changed, but they cannot be used as they are. Nothing "
        "is lost: the rules from before are still in force."
    )
    if in_force is not None:
        what = say(
            "The gateway was started, but its rule files or templates cannot be used as they are. "
            "It works with those that were last in order, of %(moment)s.",
            moment=moment_text(in_force, organisation),
        )
    advice = say(
        "What to do: mend these lines in the files on the server (%(node)s) and save them. They "
        "are read again by themselves, and you get a mail when all is in order.",
        node=node,
    )
    subject = say("The rules have %(count)s mistakes", count=len(mistakes))
    if len(mistakes) == 1:
        subject = say("The rules have a mistake")
    mails = _mails(subject, what, advice, lines, (digest, str(since)), organisation, admins, fresh)
    return Decision(Outcome.ENTRY, f"rules broken: {len(mistakes)}", (change,), mails)


def mended(
    known: Sequence[Trouble],
    node: str,
    organisation: Organisation,
    admins: Iterable[Agent],
    fresh: Fresh,
) -> Decision | None:
    """The node's files are in order; told when no node has those mistakes any more."""
    before = next((each for each in known if each.node == node), None)
    if before is None:
        return None
    change = EndTrouble(node)
    elsewhere = [each for each in known if each.node != node]
    if not before.told or elsewhere:
        return Decision(Outcome.ENTRY, "rules mended on this node", (change,))
    what = say(
        "All rule files and templates can be used again. What they say now is in force; the "
        "mistakes were there since %(moment)s.",
        moment=moment_text(before.since, organisation),
    )
    advice = say("There is nothing you need to do.")
    mails = _mails(say("The rules are in order again"), what, advice, (),
                   ("mended", before.digest), organisation, admins, fresh)  # fmt: skip
    return Decision(Outcome.ENTRY, "rules mended", (change,), mails)


def _mails(
    subject: Text,
    what: Text,
    advice: Text,
    lines: tuple[Text, ...],
    part: tuple[str, str],
    organisation: Organisation,
    admins: Iterable[Agent],
    fresh: Fresh,
) -> tuple[Outgoing, ...]:
    return tuple(
        ProofNotice(
            route(admin, ".".join(("rules", *part)), organisation, fresh),
            subject,
            what,
            advice,
            lines,
        )
        for admin in admins
    )
