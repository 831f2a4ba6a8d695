"""The real road for sample mails: with the rules that are tried, and a store in memory.

An agent's mail that is proved counts as if a second factor were there too: what is tried are the
rules, not the agents' codes.
"""

from dataclasses import dataclass, field, replace
from datetime import timedelta

from gateway.gather import World
from gateway.model.composed import Composed
from gateway.model.people import AgentId
from gateway.model.second_factor import Demand, NewCodes
from gateway.model.ticket import EntryKind
from gateway.pipeline import Explanation, Pipeline
from gateway.policy.facts import TicketFacts
from gateway.policy.rules.run import Step
from gateway.ports import Composer, VaultClosed
from gateway.rulebook.load import Rulebook
from gateway.rulebook.rule_tests import RuleTest
from gateway.rulebook.testing_words import USUAL
from gateway.ruletests.samples import TRUST, Before, accepted
from gateway.store.throwaway import ThrowAway

LATER = timedelta(hours=1)
"""An answer that says nothing else comes so long after the mail that it answers."""


@dataclass(frozen=True, slots=True)
class Came:
    """What came of a sample mail. `explanation` None: the server would have refused it.

    `ticket` is the ticket afterwards, with its thread. `agents` are the accounts by their ids.
    """

    explanation: Explanation | None = None
    ticket: TicketFacts | None = None
    agents: dict[AgentId, str] = field(default_factory=dict)

    @property
    def steps(self) -> tuple[Step, ...]:
        """Every rule, with the outcome of its conditions."""
        return self.explanation.steps if self.explanation is not None else ()

    @property
    def sent(self) -> tuple[Composed, ...]:
        """The mails that would leave."""
        return self.explanation.composed if self.explanation is not None else ()

    @property
    def notes(self) -> tuple[str, ...]:
        """The notes in the ticket."""
        entries = self.ticket.entries if self.ticket is not None else ()
        return tuple(each.text for each in entries if each.kind is EntryKind.NOTE)


class Stage:
    """Plays one test after the other. Use `close` at the end."""

    def __init__(self, rulebook: Rulebook, composer: Composer) -> None:
        organisation = rulebook.organisation
        security = replace(organisation.security, demand=Demand.OFF)
        organisation = replace(organisation, security=security)
        world = World(organisation, TRUST, _NoVault(), rules=rulebook.rules)
        self._organisation = organisation
        self._now = USUAL.there(organisation.zone)
        self._memory = ThrowAway()
        store = self._memory.store
        self._pipeline = Pipeline(store, composer, lambda: world, lambda: self._now)
        store.people.ensure_agents(rulebook.agents)
        self._agents = {each.id: each.handle for each in store.people.list_agents()}
        self._memory.mark()

    def play(self, test: RuleTest) -> Came:
        """What comes of the test's mail, after those that come before it."""
        self._memory.empty()
        self._now = USUAL.there(self._organisation.zone)
        came, before = Came(), None
        for number, each in enumerate(test.story, 1):
            came, before = self._arrives(each, number, before)
        return came

    def close(self) -> None:
        """Let go of the memory."""
        self._memory.close()

    def _arrives(self, test: RuleTest, number: int, before: Before | None) -> tuple[Came, Before]:
        later = self._now + LATER if before is not None else self._now
        self._now = test.mail.at or later
        item, known = accepted(test.mail, number, before, self._now, self._organisation)
        if not item.envelope.rcpt_to:
            return Came(), before or known
        store = self._memory.store
        store.inbound.insert([item])
        tried = self._pipeline.try_out(item)
        explanation = replace(tried, steps=self._pipeline.steps(tried.facts))
        sent = (*(before.sent if before else ()), *explanation.composed)
        about = None
        if explanation.decision.ticket is not None:
            with store.begin(write=False) as transaction:
                ticket = explanation.decision.ticket
                about = transaction.ticket(ticket, lock=False, entries=1000)
        return Came(explanation, about, self._agents), replace(known, sent=sent)


class _NoVault:
    """No codes are asked for, so none are known."""

    def steps(self, *_: object, **__: object) -> tuple[int, ...]:
        raise VaultClosed("no codes in rule tests")

    def recovery_digest(self, *_: object, **__: object) -> str:
        raise VaultClosed("no codes in rule tests")

    def new_codes(self, *_: object, **__: object) -> NewCodes:
        raise VaultClosed("no codes in rule tests")
