"""Canned responses that rules send: automatic mail, with all of its limits."""

import re
from collections.abc import Mapping

from gateway.model.rules import CannedAnswer
from gateway.policy import automatic
from gateway.policy.acts import Acts
from gateway.policy.canned import sent_by_itself
from gateway.policy.facts import Facts, TicketFacts
from gateway.policy.rules.ruling import Said
from gateway.policy.rules.run import filled
from gateway.policy.rules.texts import Caught

_HARMLESS = re.compile(r"[\w .,+()/-]{1,60}")
_LIKE_A_LINK = re.compile(r"\w\.\w{2,}|//|www", re.IGNORECASE)


def answer(about: TicketFacts, facts: Facts) -> Acts | None:
    """The answer of the last rule that has one; None when none may be sent."""
    answers = facts.ruling.answers
    if not answers or automatic.why_not_answer(facts):
        return None
    return sent(answers[-1], about, facts)


def sent(said: Said, about: TicketFacts, facts: Facts) -> Acts | None:
    """A canned response of a rule, filled in; None when a place of it stays empty."""
    if said.canned is None:
        return None
    return sent_by_itself(facts, about, said.canned.canned, values_for(said.canned, said.caught))


def values_for(canned: CannedAnswer, caught: Caught) -> Mapping[str, str]:
    """What the rule gives its canned response, and what its patterns have caught."""
    safe = harmless(caught)
    given = {name: filled(template, safe) for name, template in canned.values}
    return {**safe, **given}


def harmless(caught: Caught) -> Caught:
    """What was caught, as far as it may stand in a mail that nobody looks at before it leaves.

    The author's address may be another's. A number or a place does no harm there; a link or a
    whole sentence would make us the carrier of what somebody wants to send to somebody else.
    """
    return {
        name: value
        for name, value in caught.items()
        if _HARMLESS.fullmatch(value) and not _LIKE_A_LINK.search(value)
    }
