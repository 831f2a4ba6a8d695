"""Who wrote, and which ticket, form or outgoing mail of ours the message belongs to."""

from gateway.gather.looking import Looking
from gateway.mail.parse import attachment_bytes
from gateway.model.people import Agent, AgentState
from gateway.model.text import Text
from gateway.model.ticket import Party, TicketId
from gateway.policy import match
from gateway.policy.facts import (
    FormSubmission,
    Match,
    Recipient,
    Reference,
    SentMail,
    TicketFacts,
    Trust,
)
from gateway.policy.form.proof import FormProof, is_for_form, proof_of
from gateway.policy.form.reading import documents, read_form


def author_agent(looking: Looking) -> Agent | None:
    """The active agent whose address the From field shows; proved or not."""
    author = looking.message.author
    agent = looking.transaction.agent_by_address(author.key) if author else None
    return agent if agent is not None and agent.state is AgentState.ACTIVE else None


def references(looking: Looking) -> dict[str, Reference]:
    """Those of the Message-IDs that this message names, or bears itself, that we know."""
    originals = [bounce.original_message_id for bounce in looking.message.automatic.bounces]
    own_id = looking.message.message_id
    # Whether it is a mail of ours that came back: ours end in our domain.
    own = (own_id,) if own_id.endswith(f"@{looking.organisation.domain}") else ()
    ids = (*own, *match.ids_to_look_up(looking.message), *originals)
    return dict(looking.transaction.references([i for i in dict.fromkeys(ids) if i]))


def bounced(looking: Looking) -> SentMail | None:
    """The mail of ours that a delivery report is about."""
    if not looking.message.automatic.is_delivery_report:
        return None
    for recipient in looking.recipients:
        if recipient.token.startswith("b"):
            sent = looking.transaction.sent_mail(return_token=recipient.token)
            if sent is not None:
                return sent
    for bounce in looking.message.automatic.bounces:
        if bounce.original_message_id:
            return looking.transaction.sent_mail(message_id=bounce.original_message_id)
    return None


def find_match(looking: Looking, references: dict[str, Reference]) -> Match | None:
    """The ticket the message belongs to, by the first of the three ways that leads there.

    Of a merged ticket it is the one that it was merged into.
    """
    found = _found(looking, references)
    if found is None:
        return None
    root = merged_into(looking, found.ticket)
    return found if root is None else match.followed(found, root)


_FARTHEST = 20


def merged_into(looking: Looking, ticket: TicketId) -> TicketFacts | None:
    """The ticket that this one was merged into, however often; None when it was not.

    A merge writes the last one to all that went before, so one step is enough; a few more are gone
    for tickets that two nodes merged at the same moment.
    """
    about, root = looking.tickets[ticket], None
    for _ in range(_FARTHEST):
        into = about.ticket.merged_into
        if into is None or into == ticket:
            break
        further = looking.ticket(into)
        if further is None:
            break
        about = root = further
    return root


def _found(looking: Looking, references: dict[str, Reference]) -> Match | None:
    reference = match.first_known(match.ids_to_look_up(looking.message), references)
    if reference is not None and (about := looking.ticket(reference.ticket)):
        return match.by_reference(reference, about)
    for recipient in looking.recipients:
        party = _party(looking, recipient)
        if party is not None and looking.ticket(party.ticket):
            return match.by_token(party)
    return _match_by_subject(looking)


def _party(looking: Looking, recipient: Recipient) -> Party | None:
    if not recipient.token.startswith("r"):
        return None
    return looking.transaction.party_by_token(recipient.token)


def _match_by_subject(looking: Looking) -> Match | None:
    numbers = match.numbers_in_subject(looking.message.subject)
    if not numbers:
        return None
    known = looking.transaction.ticket_ids(numbers)
    for number in numbers:
        about = looking.ticket(known[number]) if number in known else None
        found = match.by_subject(about, looking.message.author) if about else None
        if found is not None:
            return found
    return None


def form_proof(looking: Looking, trust: Trust, agent: Agent | None) -> FormProof | Text | None:
    """Whether the form wrote a mail to its address, or why it did not; None for other mail."""
    if not is_for_form(looking.recipients):
        return None
    return proof_of(
        looking.message,
        looking.item.raw,
        trust,
        looking.organisation,
        looking.item.accepted_at,
        by_agent=agent is not None,
    )


def form(looking: Looking, proof: FormProof) -> FormSubmission:
    """What the contact form says."""
    message = looking.message
    parts = [each.part for each in documents(message)[:1]]
    contents = attachment_bytes(looking.item.raw, parts) if parts else []
    return read_form(message, looking.organisation, looking.now.date(), contents, proof)
