"""Accounts: what inactivity leads to, what is left of agents who are gone, the operator's word."""

from collections.abc import Sequence
from dataclasses import replace

from gateway.duties.duty import Duty, Office, seed
from gateway.gather.accounts import read_register, with_codes
from gateway.gather.keeping import gather_keeping, taken, work_of
from gateway.model.decision import Decision
from gateway.model.history import ActKind
from gateway.model.openpgp import Key
from gateway.model.people import AgentId
from gateway.model.text import Text
from gateway.model.ticket import TicketId
from gateway.policy.account_commands import AccountCommand, ResetCodes, Settled
from gateway.policy.account_due import clear_up, when_inactive
from gateway.policy.account_news import by_operator
from gateway.policy.accounts import fingerprints_of, words_of
from gateway.policy.facts import Fresh
from gateway.policy.inactivity import due as due_of
from gateway.policy.inactivity import next_step


class Inactivity(Duty[AgentId]):
    """An account from which nothing comes: warned, locked, deleted; each step is told."""

    sort = "account"
    look_again = 60.0

    def due(self, limit: int) -> Sequence[AgentId]:
        """Accounts of which the next step has come; none while the clock cannot be believed."""
        if not self.office.clock_is_right():
            return ()
        now = self.office.clock()
        with self.office.store.begin(write=False) as transaction:
            found = due_of(transaction.accounts(), self.office.world().organisation, now)
            return [account.agent.id for account in found[:limit]]

    def do(self, due: AgentId) -> Decision | None:
        """None: the step is not due after all."""
        now, world = self.office.clock(), self.office.world()
        with self.office.store.begin() as transaction:
            admins = transaction.hold_admins()
            account = transaction.account(due)
            if account is None:
                return None
            last_admin = [admin.id for admin in admins] == [due]
            step = next_step(account, world.organisation, now, last_admin=last_admin)
            if step is None:
                return None
            tickets = taken(transaction, step, world.organisation)
            facts = gather_keeping(transaction, account, tickets, world, now, seed())
            decision = when_inactive(facts, account, step, admins)
            self.office.write(transaction, decision, now)
            return decision


class Leaving(Duty[AgentId]):
    """The tickets of an agent who is gone are free; then the history forgets the name."""

    sort = "leaving"

    def due(self, limit: int) -> Sequence[AgentId]:
        """Agents who are gone and still have tickets, or their names in the history."""
        with self.office.store.begin(write=False) as transaction:
            return transaction.left_work(limit)

    def do(self, due: AgentId) -> Decision | None:
        """The next of the tickets, or the name when there are none left."""
        now = self.office.clock()
        with self.office.store.begin() as transaction:
            account = transaction.account(due)
            if account is None:
                return None
            tickets = work_of(transaction, due)
            facts = gather_keeping(transaction, account, tickets, self.office.world(), now, seed())
            decision = clear_up(facts, account.agent)
            if decision is not None:
                self.office.write(transaction, decision, now)
            return decision


def administer(
    office: Office, commands: Sequence[AccountCommand], keys: Sequence[Key] = ()
) -> Sequence[Settled] | Text:
    """What the operator wants of accounts: all of it, told by mail, or why nothing is done.

    `keys` are those that fingerprints in the commands name.
    """
    now, world = office.clock(), office.world()
    organisation = world.organisation
    with office.store.begin() as transaction:
        named = fingerprints_of(commands)
        register = read_register(transaction, words_of(commands), organisation, now, named)
        register = replace(register, brought={key.fingerprint: key for key in keys})
        resets = [each for each in commands if isinstance(each, ResetCodes)]
        register = with_codes(transaction, register, resets, world.vault)
        done = by_operator(commands, register, Fresh(seed(), TicketId(0), ""))
        if isinstance(done, Text):
            return done
        settled, decision = done
        office.write(transaction, decision, now, ActKind.OPERATOR)
        return settled
