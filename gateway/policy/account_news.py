"""Who is told what when something happens to an account: the agent concerned, and the admins."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from gateway.model.address import Mailbox
from gateway.model.decision import Decision, Outcome
from gateway.model.openpgp import NOBODY, Fingerprint
from gateway.model.organisation import Organisation
from gateway.model.outgoing import AccountEvent, AccountNews, CodesToScan
from gateway.model.people import Agent
from gateway.model.route import Route
from gateway.model.second_factor import NewCodes
from gateway.model.text import Text
from gateway.policy.account_commands import AccountCommand, Settled
from gateway.policy.accounts import carry_out, department_names
from gateway.policy.acts import NOTHING, Acts
from gateway.policy.facts import Fresh
from gateway.policy.register import Register
from gateway.policy.routes import AUTO_GENERATED

E = AccountEvent

_OUTSIDE = frozenset({E.LOCKED, E.REMOVED, E.EXPIRING})
"""After these the agent cannot write to the command address: an answer goes to the postmaster."""


def news(  # noqa: PLR0913  (what the mail says)
    event: AccountEvent,
    agent: Agent,
    organisation: Organisation,
    fresh: Fresh,
    admins: Iterable[Agent],
    *,
    actor: Agent | None = None,
    inactive: bool = False,
    until: datetime | None = None,
    fingerprint: Fingerprint = NOBODY,
    codes: NewCodes | None = None,
) -> tuple[AccountNews | CodesToScan, ...]:
    """A mail for the agent and one for each admin but the one who did it.

    `agent` is as they are afterwards, with the address that they are told at. `inactive`: nobody
    did it, it is because no mail came from them. `codes` go to the agent, in the place of the news.
    """
    is_told = actor is None or actor.id != agent.id or codes is not None
    readers = [agent] if is_told else []
    seen = {agent.id, *({actor.id} if actor is not None else ())}
    readers += [admin for admin in admins if admin.id not in seen]
    mails = tuple(
        AccountNews(
            route=route(reader, _kind(event, agent, fingerprint), organisation, fresh,
                        outside=reader is agent and event in _OUTSIDE),
            event=event,
            agent=agent,
            own=reader is agent,
            departments=department_names(agent.departments, organisation),
            actor=actor.name if actor else "",
            inactive=inactive,
            until=until,
            fingerprint=fingerprint,
        )
        for reader in readers
    )  # fmt: skip
    if codes is None:
        return mails
    return tuple(CodesToScan(each.route, codes, each) if each.own else each for each in mails)


def _kind(event: AccountEvent, agent: Agent, fingerprint: Fingerprint) -> str:
    """What tells the mails of one decision apart."""
    return ".".join(
        (event, agent.handle, str(agent.admin), *sorted(agent.departments), fingerprint)
    )


def by_operator(
    commands: Sequence[AccountCommand], register: Register, fresh: Fresh
) -> tuple[tuple[Settled, ...], Decision] | Text:
    """The commands at the terminal, all or none; agents and admins are told as by mail."""
    acts, settled = NOTHING, []
    for command in commands:
        now = register.after(acts.changes)
        done = carry_out(command, now)
        if isinstance(done, Text):
            return done
        settled.append(done)
        acts += Acts(done.changes)
        if done.event is not None:
            admins = now.after(done.changes).admins
            told = news(done.event, done.agent, register.organisation, fresh, admins,
                        fingerprint=done.fingerprint, codes=done.codes)  # fmt: skip
            acts += Acts(outgoing=told)
    reason = "; ".join(str(each.result) for each in settled)
    return tuple(settled), Decision(Outcome.COMMAND, reason, acts.changes, acts.outgoing)


def route(
    reader: Agent,
    kind: str,
    organisation: Organisation,
    fresh: Fresh,
    *,
    outside: bool = False,
) -> Route:
    """The route of a mail about accounts. `outside`: the reader is no active agent."""
    address = f"postmaster@{organisation.domain}" if outside else organisation.command_address
    token = fresh.token("message-id", "account", kind, reader.mailbox.key)
    return Route(
        to=reader.mailbox,
        sender=Mailbox(address, organisation.name),
        message_id=f"{token}@{organisation.domain}",
        language=reader.language,
        reply_to=address,
        auto_submitted=AUTO_GENERATED,
    )
