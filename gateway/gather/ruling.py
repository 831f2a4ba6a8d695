"""What the rules want of the message, before anybody who may have to be told is looked up."""

from gateway.gather.looking import Looking
from gateway.model.command import CommandMail
from gateway.model.organisation import AddressKind
from gateway.model.people import Agent
from gateway.policy.facts import FormSubmission, Match, Trust
from gateway.policy.rules.beginning import kind_of, of_new, of_ticket
from gateway.policy.rules.case import Case
from gateway.policy.rules.ruling import NO_RULING, Ruling
from gateway.policy.rules.run import run


def ruling(
    looking: Looking,
    trust: Trust,
    mail: CommandMail | None,
    form: FormSubmission | None,
    found: Match | None,
) -> Ruling:
    """What the rules want."""
    rules, organisation, message = looking.world.rules, looking.organisation, looking.message
    if not rules.rules or _is_only_relayed(looking):
        return NO_RULING
    about = looking.tickets[found.ticket] if found is not None else None
    case = Case(
        kind=kind_of(is_agents=mail is not None, has_ticket=about is not None),
        message=message,
        envelope=looking.item.envelope,
        recipients=looking.recipients,
        trust=trust,
        form=form,
        standing=of_ticket(about, organisation)
        if about is not None
        else of_new(looking.recipients, form, message, organisation),
        now=looking.now,
        zone=organisation.zone,
        released=looking.item.released,
    )
    return run(rules, case, organisation.topics)


def agents(looking: Looking, wanted: Ruling) -> dict[str, Agent]:
    """The agents that the rules name, by folded short name."""
    handles = wanted.handles
    return dict(looking.transaction.agents_by_handle(handles)) if handles else {}


def _is_only_relayed(looking: Looking) -> bool:
    return all(each.address.kind is AddressKind.RELAY for each in looking.recipients)
