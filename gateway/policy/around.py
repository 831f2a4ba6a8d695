"""What is around a ticket, in sentences: tasks, links, referrals, reminders."""

from datetime import date, datetime, time, tzinfo

from gateway.model.organisation import Organisation
from gateway.model.people import Agent, AgentId
from gateway.model.text import Text, named, say
from gateway.model.ticket import Link, LinkKind, Task
from gateway.policy.copies import in_copy
from gateway.policy.facts import Facts, TicketFacts

MOST_TASKS = 10
"""Open tasks that a notification names."""


def surroundings(facts: Facts, about: TicketFacts) -> tuple[Text, ...]:
    """One sentence for each thing around the ticket, the most important first."""
    links = (_link(link) for link in about.links)
    tasks = (task_line(facts, task) for task in about.tasks)
    access = _access(facts, about)
    return (*links, *tasks, *access, *_copies(about), *_due(facts, about), *_kept(facts, about))


def _kept(facts: Facts, about: TicketFacts) -> tuple[Text, ...]:
    kept = about.ticket.kept
    if kept is None or not kept.holds(facts.now):
        return ()
    if kept.until is None:
        return (say("Kept from being deleted: %(reason)s", reason=kept.reason),)
    until = moment_text(kept.until, facts.organisation)
    return (
        say(
            "Kept from being deleted until %(moment)s: %(reason)s",
            moment=until,
            reason=kept.reason,
        ),
    )


def open_tasks(facts: Facts, about: TicketFacts) -> tuple[Text, ...]:
    """One sentence for each of the first open tasks."""
    undone = [task for task in about.tasks if not task.done]
    return tuple(task_line(facts, task) for task in undone[:MOST_TASKS])


def task_line(facts: Facts, task: Task) -> Text:
    """`Task 2: Call back (Ben, by 01.03.2026)`."""
    agent = _agent(facts, task.agent)
    values: dict[str, str | int | Text] = {"number": task.number, "text": task.text}
    if task.done:
        return say("Task %(number)s, done: %(text)s", **values)
    if task.due is not None:
        values["day"] = day(task.due)
    if agent is not None:
        values["name"] = agent.name
    if agent is not None and task.due is not None:
        return say("Task %(number)s: %(text)s (%(name)s, by %(day)s)", **values)
    if task.due is not None:
        return say("Task %(number)s: %(text)s (by %(day)s)", **values)
    if agent is not None:
        return say("Task %(number)s: %(text)s (%(name)s)", **values)
    return say("Task %(number)s: %(text)s", **values)


def _agent(facts: Facts, wanted: AgentId | None) -> Agent | None:
    """The agent, where anything that was looked up names them."""
    known = facts.agents.get(wanted) if wanted is not None else None
    others = (*facts.named_agents.values(), facts.author_agent)
    return known or next((each for each in others if each and each.id == wanted), None)


def day(when: date) -> Text:
    """A day as it is written in each language."""
    return named(f"{when.day} {when:%b %Y}", f"{when:%d.%m.%Y}")


def moment_text(when: datetime, organisation: Organisation) -> Text:
    """A moment as the clock shows it where the organisation is; the day alone in the morning."""
    local = when.astimezone(organisation.zone)
    if local.time() == time(9):
        return day(local.date())
    return clock_text(when, organisation.zone)


def clock_text(when: datetime, zone: tzinfo) -> Text:
    """A moment as the clocks of a zone show it."""
    local = when.astimezone(zone)
    return named(
        f"{local.day} {local:%b %Y, %H:%M}",
        f"{local:%d.%m.%Y, %H:%M} Uhr",
    )


_LINKS = {
    LinkKind.RELATED: say("It has to do with #%(number)s."),
    LinkKind.MERGED: say("#%(number)s was merged into it."),
    LinkKind.MERGED_INTO: say("It was merged into #%(number)s: later mail is there."),
    LinkKind.SPLIT: say("#%(number)s was split off from it."),
    LinkKind.SPLIT_FROM: say("It was split off from #%(number)s."),
    LinkKind.CONTINUES: say("It goes on with #%(number)s, which was closed long ago."),
    LinkKind.CONTINUED_BY: say("It goes on in #%(number)s."),
}


def _link(link: Link) -> Text:
    return Text(_LINKS[link.kind].msgid, (("number", link.number),))


def _access(facts: Facts, about: TicketFacts) -> tuple[Text, ...]:
    names = [
        *(facts.organisation.department(each).name for each in sorted(about.referred_departments)),
        *(
            facts.agents[each].name
            for each in sorted(about.referred_agents)
            if each in facts.agents
        ),
    ]
    return (say("Access by referral: %(names)s", names=", ".join(names)),) if names else ()


def _copies(about: TicketFacts) -> tuple[Text, ...]:
    names = ", ".join(party.address for party in in_copy(about))
    return (say("In copy: %(names)s", names=names),) if names else ()


def _due(facts: Facts, about: TicketFacts) -> tuple[Text, ...]:
    if about.ticket.due is None:
        return ()
    return (say("Next reminder: %(day)s", day=moment_text(about.ticket.due, facts.organisation)),)
