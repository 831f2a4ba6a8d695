"""The history of a ticket in sentences, for agents who may see it."""

from collections.abc import Iterator

from gateway.model.history import ActKind, PastAct, Step
from gateway.model.people import AgentId, DepartmentId
from gateway.model.text import Text, named, say
from gateway.model.ticket import StatusId, TopicId
from gateway.policy.around import moment_text
from gateway.policy.facts import Facts, TicketFacts

_MAIL = 12
"""Digits of the digest of a mail that are shown; `gateway audit` has all of them."""


def told(past: PastAct, about: TicketFacts, facts: Facts) -> Text:
    """One act: when, who, what, which proof, from what to what, and the digest of the mail."""
    act = past.act
    return say(
        "%(moment)s, %(who)s: %(what)s",
        moment=moment_text(past.at, facts.organisation),
        who=_who(past, facts),
        what=_joined(
            (
                _words(past, about),
                *_result(past),
                *(_step(each, facts) for each in act.steps if _is_about(each, about)),
                *_proof(past),
            )
        ),
    )


def _who(past: PastAct, facts: Facts) -> Text:
    match past.act.kind:
        case ActKind.OPERATOR:
            return say("the operator")
        case ActKind.RETENTION | ActKind.ACCOUNT:
            return say("the gateway")
        case ActKind.COMMAND:
            agent = facts.agents.get(past.act.agent) if past.act.agent is not None else None
            return named(agent.name, agent.name) if agent else say("an agent")


def _words(past: PastAct, about: TicketFacts) -> Text:
    """What was typed, where the act is about this ticket alone and it was not erased."""
    words = past.act.words
    if past.act.tickets == (about.ticket.id,) and past.details:
        words = past.details
    line = ", ".join(each.removeprefix("!") for each in words) or "–"
    return named(line, line)


def _result(past: PastAct) -> Iterator[Text]:
    match past.act.result:
        case "held":
            yield say("held")
        case "refused":
            yield say("not done")
        case "tried":
            yield say("only tried")
        case _:
            return


def _is_about(step: Step, about: TicketFacts) -> bool:
    return step.what.startswith(f"ticket {about.ticket.id} ")


def _step(step: Step, facts: Facts) -> Text:
    what = step.what.split(" ", 2)[2]
    return say(
        "%(what)s %(before)s → %(after)s",
        what=_NAMES.get(what, named(what, what)),
        before=_value(what, step.before, facts),
        after=_value(what, step.after, facts),
    )


_NAMES = {
    "status": say("status"),
    "department": say("department"),
    "responsible": say("responsible"),
    "topic": say("topic"),
    "message": say("message"),
    "response": say("answer"),
    "note": say("note"),
}


def _value(what: str, value: str, facts: Facts) -> Text:
    organisation = facts.organisation
    if what == "status" and value:
        return organisation.workflow.rule(StatusId(value)).name
    if what == "department" and value in organisation.departments:
        name = organisation.department(DepartmentId(value)).name
        return named(name, name)
    if what == "responsible" and value:
        agent = facts.agents.get(AgentId(int(value)))
        return named(agent.name, agent.name) if agent else say("an agent")
    if what == "topic" and TopicId(value) in organisation.topics.topics:
        return organisation.topics.topics[TopicId(value)].name
    return named(value or "–", value or "–")


def _proof(past: PastAct) -> Iterator[Text]:
    act = past.act
    if act.kind is ActKind.COMMAND:
        yield say("proof %(level)s (%(proof)s)", level=act.level, proof=act.proof)
    if act.mail:
        yield say("mail %(mail)s", mail=act.mail[:_MAIL])


def _joined(texts: tuple[Text, ...]) -> Text:
    found, *rest = texts
    for each in rest:
        found = say("%(first)s; %(second)s", first=found, second=each)
    return found
