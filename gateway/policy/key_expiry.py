"""Keys that end: who is told what, a month before, a week before, and when it has happened.

A key that another one takes the place of, with a later end, is let go without a word. A key whose
end was put off is another matter than before: it is told of anew when the new end comes.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from gateway.model.decision import Decision, Outcome
from gateway.model.key_changes import WarnOfExpiry
from gateway.model.keys import PinnedKey
from gateway.model.openpgp import Fingerprint, Key, grouped
from gateway.model.organisation import Organisation
from gateway.model.outgoing import ProofNotice
from gateway.model.people import Agent, AgentId
from gateway.model.text import Text, say
from gateway.policy.account_news import route
from gateway.policy.around import day
from gateway.policy.facts import Fresh

AHEAD = timedelta(days=30)
_WEEK = timedelta(days=7)


class Stage(StrEnum):
    """How near the end is. Each is told once; what was missed is not made up for."""

    MONTH = "month"
    WEEK = "week"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Ending:
    """A key that ends. `agent`: whose it is; None for ours."""

    key: Key
    expires: datetime
    stage: Stage
    agent: Agent | None = None

    @property
    def told(self) -> tuple[Fingerprint, datetime, str]:
        """What is remembered of its being told."""
        return self.key.fingerprint, self.expires, self.stage.value


def stage_of(expires: datetime, now: datetime) -> Stage | None:
    """None for an end that is far away."""
    left = expires - now
    if left <= timedelta(0):
        return Stage.OVER
    if left <= _WEEK:
        return Stage.WEEK
    return Stage.MONTH if left <= AHEAD else None


def ours(keys: Collection[Key], addresses: Collection[str], now: datetime) -> tuple[Ending, ...]:
    """Those of our keys that end and have no heir; `addresses` are ours (folded)."""
    found: list[Ending] = []
    for key in keys:
        mine = [each for each in key.addresses if each in addresses]
        others = [each for each in keys if each is not key]
        if any(not _has_heir(key, [o for o in others if name in o.addresses]) for name in mine):
            found += _ending(key, now)
    return tuple(found)


def of_agents(
    pinned: Mapping[AgentId, Sequence[PinnedKey]], agents: Mapping[AgentId, Agent], now: datetime
) -> tuple[Ending, ...]:
    """Those of the agents' pinned keys that end and have no heir."""
    found: list[Ending] = []
    for agent, theirs in pinned.items():
        keys = [each.key for each in theirs if each.key is not None]
        for key in keys:
            if agent in agents and not _has_heir(key, [each for each in keys if each is not key]):
                found += _ending(key, now, agents[agent])
    return tuple(found)


def _has_heir(key: Key, others: Iterable[Key]) -> bool:
    return any(
        not each.revoked
        and (each.expires is None or (key.expires is not None and each.expires > key.expires))
        for each in others
    )


def _ending(key: Key, now: datetime, agent: Agent | None = None) -> Iterator[Ending]:
    stage = stage_of(key.expires, now) if key.expires is not None and not key.revoked else None
    if key.expires is not None and stage is not None:
        yield Ending(key, key.expires, stage, agent)


def untold(
    endings: Iterable[Ending], told: AbstractSet[tuple[Fingerprint, datetime, str]]
) -> list[Ending]:
    """Those of which nobody was told yet."""
    return [each for each in endings if each.told not in told]


def announced(
    endings: Sequence[Ending], organisation: Organisation, admins: Sequence[Agent], fresh: Fresh
) -> Decision:
    """The admins are told of each, and the agent whose key it is."""
    changes = tuple(WarnOfExpiry(*each.told) for each in endings)
    mails = tuple(mail for each in endings for mail in _mails(each, organisation, admins, fresh))
    names = ", ".join(each.key.fingerprint for each in endings)
    return Decision(Outcome.ENTRY, f"keys that end: {names}", changes, mails)


def _mails(
    ending: Ending, organisation: Organisation, admins: Sequence[Agent], fresh: Fresh
) -> Iterator[ProofNotice]:
    agent = ending.agent
    moment = day(ending.expires.astimezone(organisation.zone).date())
    kind = ".".join(("key-ends", *map(str, ending.told)))
    readers = [*([agent] if agent else ()), *(each for each in admins if each != agent)]
    for reader in readers:
        if agent is None:
            said = _of_ours(ending, moment)
        elif reader.id == agent.id:
            said = _of_their_own(ending, moment)
        else:
            said = _of_an_agent(ending, agent, moment)
        subject, what, advice = said
        lines = (Text(grouped(ending.key.fingerprint)),)
        yield ProofNotice(route(reader, kind, organisation, fresh), subject, what, advice, lines)


def _of_ours(ending: Ending, moment: Text) -> tuple[Text, Text, Text]:
    names = ", ".join(ending.key.addresses)
    if ending.stage is Stage.OVER:
        subject = say("Our OpenPGP key of %(address)s has ended", address=names)
        what = say(
            "It has ended on %(moment)s. Mail from %(address)s leaves without a signature since"
            " then, and nobody can encrypt to it. What comes encrypted to it can still be opened.",
            moment=moment,
            address=names,
        )
    else:
        subject = say(
            "Our OpenPGP key of %(address)s ends on %(moment)s", address=names, moment=moment
        )
        what = say(
            "From then on mail from %(address)s leaves without a signature, and nobody can encrypt"
            " to it any more. What came before stays readable.",
            address=names,
        )
    advice = say(
        "What to do, on the server: put the end off with “gateway keys expiry %(key)s 2y”, then"
        " publish the key anew with “gateway keys wkd FOLDER”. It stays the same key, so nobody"
        " has to compare anything again.",
        key=ending.key.fingerprint,
    )
    return subject, what, advice


def _of_their_own(ending: Ending, moment: Text) -> tuple[Text, Text, Text]:
    if ending.stage is Stage.OVER:
        subject = say("Your OpenPGP key has ended")
        what = say(
            "It has ended on %(moment)s. Since then you get news of confidential tickets without"
            " their content, and what you sign proves nothing.",
            moment=moment,
        )
    else:
        subject = say("Your OpenPGP key ends on %(moment)s", moment=moment)
        what = say(
            "From then on you get news of confidential tickets without their content, and what you"
            " sign proves nothing."
        )
    advice = say(
        "What to do: put the end off in the program that keeps your keys (in Thunderbird: OpenPGP"
        " Key Manager, Key Properties, Change Expiration Date). Then send the public key to an"
        " admin, who enters it. It stays the same key."
    )
    return subject, what, advice


def _of_an_agent(ending: Ending, agent: Agent, moment: Text) -> tuple[Text, Text, Text]:
    if ending.stage is Stage.OVER:
        subject = say("The OpenPGP key of %(name)s has ended", name=agent.name)
    else:
        subject = say(
            "The OpenPGP key of %(name)s ends on %(moment)s", name=agent.name, moment=moment
        )
    what = say(
        "Without it %(name)s gets news of confidential tickets without their content, and what they"
        " sign proves nothing. %(name)s was told what to do.",
        name=agent.name,
    )
    advice = say(
        "What to do when they send you their key with a later end: attach it to a mail with the"
        " line “!account key-add %(handle)s %(key)s”, or on the server: gateway agent key-add"
        " %(handle)s FILE",
        handle=agent.handle,
        key=ending.key.fingerprint,
    )
    return subject, what, advice
