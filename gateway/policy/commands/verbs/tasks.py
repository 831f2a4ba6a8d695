"""What is to be done about a ticket: `!task`, `!done`, `!undone`."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from gateway.model.address import fold
from gateway.model.around_changes import ForgetReminders, Remind, WriteTask
from gateway.model.changes import Change
from gateway.model.command import Command
from gateway.model.outgoing import NotificationEvent
from gateway.model.people import Agent
from gateway.model.reminder import ReminderKind
from gateway.model.text import Text, say
from gateway.model.ticket import Task
from gateway.policy.access import may_see
from gateway.policy.acts import NOTHING, Acts
from gateway.policy.around import task_line
from gateway.policy.commands.arguments import missing, numbered, unknown_argument
from gateway.policy.commands.lines import copy_of
from gateway.policy.commands.moments import MORNING, When, day_of
from gateway.policy.commands.verb import Asked, Builder, Built, Needs, Rank, Verb, Word, both
from gateway.policy.commands.verbs.responsible import unknown_agent
from gateway.policy.commands.when import find_when
from gateway.policy.facts import TicketFacts
from gateway.policy.notify import is_reached, notify
from gateway.policy.said import NOBODY, Said, event
from gateway.policy.work import Desk, Impossible, Step, on_tickets

MOST = 100
"""Tasks that a ticket may have."""
LONGEST = 500
"""Characters of a task."""

_AGENT = re.compile(r"@[^\s@]+")


@dataclass(frozen=True, slots=True)
class AddTask(Command):
    """`!task Call back @ben by 1.3.`; `agent` empty: whoever comes to it."""

    text: str = ""
    agent: str = ""
    due: When | None = None


@dataclass(frozen=True, slots=True)
class MarkTasks(Command):
    """`!done 2 3`, or with `done` false `!undone 2`. No number: the only one there is."""

    numbers: tuple[int, ...] = ()
    done: bool = True


def _add(command: AddTask, about: TicketFacts, desk: Desk) -> Step | Impossible:
    facts, ticket = desk.facts, about.ticket
    agent = facts.named_agents.get(command.agent) if command.agent else None
    if command.agent and agent is None:
        return unknown_agent(command.agent)
    if agent is not None and not may_see(agent, about, facts.organisation):
        return Impossible(
            say(
                "%(name)s does not see #%(number)s. Give access in the same mail:"
                " !refer @%(handle)s",
                name=agent.name,
                number=ticket.number,
                handle=agent.handle,
            )
        )
    due = day_of(command.due, facts.now, facts.organisation.zone) if command.due else None
    if isinstance(due, Text):
        return Impossible(due)
    if len(about.tasks) >= MOST:
        return Impossible(say("a ticket has at most %(most)s tasks.", most=MOST))
    number = max((task.number for task in about.tasks), default=0) + 1
    task = Task(number, command.text, agent.id if agent else None, due)
    after = replace(about, tasks=(*about.tasks, task))
    line = task_line(facts, task)
    changes = (
        WriteTask(ticket.id, task),
        *reminder_of(task, about, desk),
        event(ticket.id, line, desk.agent),
    )
    return Step(after, line, changes, acts=_told(task, line, agent, after, desk))


def reminder_of(task: Task, about: TicketFacts, desk: Desk) -> tuple[Change, ...]:
    """The reminder in the morning of the task's day, if that is still to come."""
    if task.due is None or task.done:
        return ()
    morning = datetime.combine(task.due, MORNING, desk.facts.organisation.zone).astimezone(UTC)
    if morning <= desk.facts.now:
        return ()
    return (Remind(about.ticket.id, ReminderKind.TASK, morning, str(task.number)),)


def _told(task: Task, line: Text, agent: Agent | None, about: TicketFacts, desk: Desk) -> Acts:
    """The task's agent hears of it, unless it is the one who writes it down."""
    if agent is None or agent.id == desk.agent.id or not is_reached(desk.facts, about, agent):
        return NOTHING
    return notify(
        desk.facts,
        about,
        NotificationEvent.TASK,
        said=Said(NOBODY, ""),
        actor=desk.agent,
        remark=line,
        to=(agent,),
        part=str(task.number),
    )


def _mark(command: MarkTasks, about: TicketFacts, desk: Desk) -> Step | Impossible:
    known = {task.number: task for task in about.tasks}
    numbers = command.numbers or _only(about, done=not command.done)
    wrong = [number for number in numbers if number not in known]
    if wrong or not numbers:
        return Impossible(_which(about, wrong))
    marked = [known[number] for number in numbers if known[number].done is not command.done]
    if not marked:
        return Step(about, say("that was so already"))
    changes: list[Change] = []
    for task in marked:
        known[task.number] = replace(task, done=command.done)
        changes.append(WriteTask(about.ticket.id, known[task.number]))
        changes.append(ForgetReminders(about.ticket.id, ReminderKind.TASK, str(task.number)))
        changes.extend(reminder_of(known[task.number], about, desk))
    names = ", ".join(f"{task.number} ({task.text[:60]})" for task in marked)
    what = say("done: %(tasks)s", tasks=names)
    if not command.done:
        what = say("to be done again: %(tasks)s", tasks=names)
    after = replace(about, tasks=tuple(known[number] for number in sorted(known)))
    return Step(after, what, (*changes, event(about.ticket.id, what, desk.agent)))


def _only(about: TicketFacts, *, done: bool) -> tuple[int, ...]:
    fit = [task.number for task in about.tasks if task.done is done]
    return tuple(fit) if len(fit) == 1 else ()


def _which(about: TicketFacts, wrong: Sequence[int]) -> Text:
    if not about.tasks:
        return say("this ticket has no tasks.")
    tasks = ", ".join(f"{task.number} ({task.text[:40]})" for task in about.tasks[:10])
    if wrong:
        return say("there is no task %(number)s. Tasks: %(tasks)s", number=wrong[0], tasks=tasks)
    return say("which one? Write its number: !done 2. Tasks: %(tasks)s", tasks=tasks)


def _read_task(asked: Asked) -> Built:
    """Agent and date may stand anywhere in the text; what is left is the task."""
    words = copy_of(" ".join(asked.text.split())).split()
    agent = ""
    for place, word in enumerate(words):
        bare = word.rstrip(".,;:!?)")
        if _AGENT.fullmatch(bare):
            agent = fold(bare[1:])
            del words[place]
            break
    found = find_when(words)
    if isinstance(found, Text):
        return found
    due, rest = found or (None, tuple(words))
    text = " ".join(rest)
    if not text.strip(" .,;:"):
        return missing(asked)
    if len(text) > LONGEST:
        return say("A task has at most %(most)s characters.", most=LONGEST)
    return AddTask(asked.at, asked.tickets, text, agent, due)


def _marks(*, done: bool) -> Builder:
    """Builder of a word that takes numbers of tasks."""

    def build(asked: Asked) -> Built:
        numbers: dict[int, None] = {}
        for word in asked.words:
            for piece in filter(None, word.rstrip(".").split(",")):
                if not (piece.isascii() and piece.isdigit() and len(piece) < 6):
                    return unknown_argument(asked, piece)
                numbers[int(piece)] = None
        return MarkTasks(asked.at, asked.tickets, tuple(sorted(numbers)), done)

    return build


def _printed_task(command: AddTask) -> Iterator[str]:
    yield from ("task", *numbered(command.tickets))
    yield f"by {command.due}" if command.due else ""
    yield f"@{command.agent}" if command.agent else ""
    yield command.text


def _printed_marks(command: MarkTasks) -> Iterator[str]:
    yield from ("done" if command.done else "undone", *numbered(command.tickets))
    yield from map(str, command.numbers)


VERBS = (
    Verb(
        AddTask,
        Rank.TASK,
        on_tickets(_add),
        _printed_task,
        (
            Word(
                ("task",),
                ("aufgabe",),
                _read_task,
                1,
                say(
                    "Something to be done before the ticket can be closed; for an agent, by a day."
                ),
                both("[#1042 …] text [@ben] [by 1.3.]", "[#1042 …] Text [@ben] [bis 1.3.]"),
                both("!task Call back @ben by 1.3.", "!aufgabe Rückruf @ben bis 1.3."),
                free_text=True,
            ),
        ),
        needs=lambda command: Needs(agents=(command.agent,) if command.agent else ()),
    ),
    Verb(
        MarkTasks,
        Rank.TASK,
        on_tickets(_mark),
        _printed_marks,
        (
            Word(
                ("done",),
                ("erledigt",),
                _marks(done=True),
                1,
                say("The tasks with these numbers are done."),
                both("[#1042] [2 …]"),
                both("!done 2", "!erledigt 2"),
            ),
            Word(
                ("undone",),
                ("unerledigt",),
                _marks(done=False),
                1,
                say("The tasks with these numbers are to be done again."),
                both("[#1042] [2 …]"),
                both("!undone 2", "!unerledigt 2"),
            ),
        ),
    ),
)
