"""What an agent is told, and how often they get a digest: `!notify`."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from gateway.model.answers import NewsChoices
from gateway.model.changes import Change
from gateway.model.command import Command
from gateway.model.notice_changes import ChooseNews, SetDigest
from gateway.model.people import Agent, DepartmentId, NotifyChoice, Rhythm
from gateway.model.text import Text, say
from gateway.policy.acts import Acts
from gateway.policy.choices import chosen, is_listened, listened
from gateway.policy.commands.arguments import quoted
from gateway.policy.commands.folding import folded, near_name
from gateway.policy.commands.lines import typed
from gateway.policy.commands.verb import Asked, Built, Goal, Rank, Sort, Verb, Word, both
from gateway.policy.commands.verbs.departments import no_department
from gateway.policy.rhythm import next_digest
from gateway.policy.work import Desk, Work

CHOICES: Mapping[str, NotifyChoice] = {
    "all": NotifyChoice.ALL,
    "everything": NotifyChoice.ALL,
    "alles": NotifyChoice.ALL,
    "alle": NotifyChoice.ALL,
    "mine": NotifyChoice.MINE,
    "meine": NotifyChoice.MINE,
    "meins": NotifyChoice.MINE,
    "digest": NotifyChoice.DIGEST,
    "sammelmail": NotifyChoice.DIGEST,
    "none": NotifyChoice.NONE,
    "nothing": NotifyChoice.NONE,
    "nichts": NotifyChoice.NONE,
    "keine": NotifyChoice.NONE,
}
"""Words for a choice, folded."""

RHYTHMS: Mapping[str, Rhythm] = {
    "daily": Rhythm.DAILY,
    "taeglich": Rhythm.DAILY,
    "weekly": Rhythm.WEEKLY,
    "woechentlich": Rhythm.WEEKLY,
    "never": Rhythm.OFF,
    "off": Rhythm.OFF,
    "nie": Rhythm.OFF,
    "aus": Rhythm.OFF,
}
"""Words for how often a digest comes, folded."""

CHOICE_NAMES: Mapping[NotifyChoice, Text] = {
    NotifyChoice.ALL: say("all"),
    NotifyChoice.MINE: say("mine"),
    NotifyChoice.DIGEST: say("digest"),
    NotifyChoice.NONE: say("nothing"),
}
_RHYTHM_NAMES: Mapping[Rhythm, Text] = {
    Rhythm.DAILY: say("daily"),
    Rhythm.WEEKLY: say("weekly"),
    Rhythm.OFF: say("never"),
}


@dataclass(frozen=True, slots=True)
class ChooseNotices(Command):
    """`!notify [berlin] [mine]`, `!notify digest weekly`; alone it only asks.

    `department` is the folded name of one, empty for all of the agent's own.
    """

    department: str = ""
    choice: NotifyChoice | None = None
    rhythm: Rhythm | None = None


def _notify(command: ChooseNotices, work: Work, desk: Desk) -> Work:
    now = chosen(desk.agent, work.acts.changes)
    changes = _changes(command, now, desk)
    if isinstance(changes, Text):
        return work.noting(command.at, changes, ok=False)
    after = chosen(now, changes)
    if (why := _unread(after, desk)) is not None:
        return work.noting(command.at, why, ok=False)
    others = tuple(each for each in work.answers if not isinstance(each, NewsChoices))
    work = replace(work, acts=work.acts + Acts(changes), answers=(*others, _shown(after, desk)))
    return work.noting(command.at, _result(command, changes, desk))


def _changes(command: ChooseNotices, now: Agent, desk: Desk) -> tuple[Change, ...] | Text:
    """What is new by the command; the sentence of what is wrong with it."""
    departments = _departments(command, desk)
    if isinstance(departments, Text):
        return departments
    rhythm, changes = command.rhythm, list[Change]()
    if command.choice is not None:
        changes += [
            ChooseNews(now.id, department, command.choice)
            for department in departments
            if now.choice(department) is not command.choice
        ]
        if command.choice is NotifyChoice.DIGEST and rhythm is None and not now.digest:
            rhythm = Rhythm.DAILY
    if rhythm is not None and rhythm is not now.digest:
        facts = desk.facts
        at = next_digest(rhythm, facts.now, facts.organisation)
        since = None if at is None else facts.now
        changes.append(SetDigest(now.id, rhythm, at, since))
    return tuple(changes)


def _departments(command: ChooseNotices, desk: Desk) -> tuple[DepartmentId, ...] | Text:
    organisation = desk.facts.organisation
    mine = tuple(each.id for each in listened(desk.agent, organisation))
    if not command.department:
        return mine
    found = organisation.department_names.get(command.department)
    if found is None:
        return _unknown(command.department, desk)
    if not is_listened(desk.agent, found, organisation):
        return say(
            "you get no news of %(name)s that you could choose among. Yours are: %(names)s.",
            name=organisation.departments[found].name,
            names=", ".join(mine) or "–",
        )
    return (found,)


def _unknown(word: str, desk: Desk) -> Text:
    organisation = desk.facts.organisation
    near = near_name(word, (*CHOICES, *RHYTHMS, *organisation.department_names))
    if near:
        return say(
            "“%(word)s” is neither a department nor a choice. Did you mean “%(near)s”?",
            word=typed(word),
            near=near,
        )
    return no_department(typed(word), organisation)


def _unread(after: Agent, desk: Desk) -> Text | None:
    """Without a digest, nobody may have put a department's news into it."""
    waiting = [
        department.name
        for department in listened(after, desk.facts.organisation)
        if after.choice(department.id) is NotifyChoice.DIGEST
    ]
    if after.digest or not waiting:
        return None
    return say(
        "without a digest you would hear nothing of %(names)s. Choose first what you want to be "
        "told at once: !notify all, !notify mine or !notify none.",
        names=", ".join(waiting),
    )


def _result(command: ChooseNotices, changes: tuple[Change, ...], desk: Desk) -> Text:
    if command.choice is None and command.rhythm is None:
        return say("see below")
    if not changes:
        return say("so it was already")
    names = desk.facts.organisation
    parts = []
    told = [each for each in changes if isinstance(each, ChooseNews)]
    if told:
        parts.append(
            say(
                "%(names)s: %(choice)s",
                names=", ".join(names.department(each.department).name for each in told),
                choice=CHOICE_NAMES[told[0].choice],
            )
        )
    parts += [
        say("digest: %(rhythm)s", rhythm=_RHYTHM_NAMES[each.rhythm])
        for each in changes
        if isinstance(each, SetDigest)
    ]
    if len(parts) == 1:
        return parts[0]
    return say("%(one)s; %(other)s", one=parts[0], other=parts[1])


def _shown(agent: Agent, desk: Desk) -> NewsChoices:
    organisation = desk.facts.organisation
    return NewsChoices(
        lines=tuple(
            (department.name, CHOICE_NAMES[agent.choice(department.id)])
            for department in listened(agent, organisation)
        ),
        rhythm=_RHYTHM_NAMES[agent.digest],
        next=next_digest(agent.digest, desk.facts.now, organisation),
    )


def _read(asked: Asked) -> Built:
    choice, rhythm, rest = None, None, list[str]()
    for word in asked.words:
        name = folded(word.rstrip(".:"))
        if name in RHYTHMS and rhythm is None:
            rhythm = RHYTHMS[name]
        elif name in CHOICES and choice is None:
            choice = CHOICES[name]
        else:
            rest.append(word)
    department = folded(" ".join(rest).rstrip(".:"))
    if rhythm is not None and not department and choice is NotifyChoice.DIGEST:
        choice = None  # "digest weekly" is how often it comes
    if rhythm is not None and choice not in (None, NotifyChoice.DIGEST):
        return _TWO
    if department and choice is None and rhythm is None:
        return _no_choice(asked)
    return ChooseNotices(asked.at, department=department, choice=choice, rhythm=rhythm)


_TWO = say("How often a digest comes is chosen apart, on a line of its own: !notify digest weekly")


def _no_choice(asked: Asked) -> Text:
    return say(
        "What do you want to be told? Write all, mine, digest or none: %(example)s",
        example=asked.example,
    )


def _printed(command: ChooseNotices) -> Iterator[str]:
    yield from ("notify", quoted(command.department))
    if command.choice is not None:
        yield command.choice
    if command.rhythm is None:
        return
    yield "digest" if command.choice is None else ""
    yield command.rhythm or "never"


def _goal(command: ChooseNotices) -> Goal | None:
    if command.choice is None and command.rhythm is None:
        return None
    if command.choice is None:
        return Goal(Sort.NEWS, str(command.rhythm), "\0digest")
    return Goal(Sort.NEWS, f"{command.choice} {command.rhythm or ''}", command.department)


VERBS = (
    Verb(
        ChooseNotices,
        Rank.TASK,
        _notify,
        _printed,
        (
            Word(
                ("notify",),
                ("benachrichtigen",),
                _read,
                1,
                say(
                    "What you are told of a department, or of all of yours: all, only what is your "
                    "work (mine), the rest once a day or week (digest), or none. Alone it shows "
                    "what you have chosen."
                ),
                both(
                    "[berlin] [all|mine|digest|none], digest daily|weekly|never",
                    "[berlin] [alles|meine|sammelmail|nichts], sammelmail täglich|wöchentlich|nie",
                ),
                both("!notify berlin mine", "!benachrichtigen berlin meine"),
                numbers=False,
            ),
        ),
        decides=_goal,
    ),
)
