"""What becomes of a form: a ticket of the person who filled it in, or a canned refusal."""

from dataclasses import replace

from gateway.model.author_changes import CountRejected
from gateway.model.changes import OpenTicket
from gateway.model.decision import Decision, Outcome
from gateway.model.form_changes import SeeForm
from gateway.model.people import Language
from gateway.model.statistics import Rejected
from gateway.model.text import Text, say
from gateway.model.ticket import EntryFlag, EntryKind, Status
from gateway.policy import automatic
from gateway.policy.acts import Acts
from gateway.policy.canned import in_language, sent_by_itself
from gateway.policy.facts import Facts, FormSubmission
from gateway.policy.language import language_of
from gateway.policy.rejecting import LONGEST_DOMAIN
from gateway.policy.requester import (
    Particulars,
    field_changes,
    fresh_ticket,
    new_ticket,
    requester_joins,
)
from gateway.policy.said import Said, entry, event, said_by_message
from gateway.policy.workflow import with_status


def form_ticket(facts: Facts, form: FormSubmission) -> Decision:
    """A new ticket for the person who filled in the form."""
    decision = _refused(facts, form) or _opened(facts, form)
    seen = (SeeForm(facts.fresh.ticket_id, form.signature),) if form.signature else ()
    return replace(decision, changes=(*decision.changes, *seen))


def sent_again(facts: Facts) -> Decision | None:
    """The same signature a second time: somebody, or a mail server, has sent the form again."""
    if facts.form is None or facts.form_before is None:
        return None
    reason = "the form was sent again: this signature has had its effect"
    return Decision(Outcome.DUPLICATE, reason, ticket=facts.form_before)


def _said(facts: Facts, form: FormSubmission) -> Said:
    raw = said_by_message(facts, new_text_only=False)
    flags = frozenset({EntryFlag.INCOMPLETE_FORM} if form.problems else ())
    files = tuple(each for each in raw.attachments if each.part != form.document)
    return Said(form.requester, form.text, flags, files, form.fields)


def _opened(facts: Facts, form: FormSubmission) -> Decision:
    reason = f"contact form, {len(form.problems)} problems" if form.problems else "contact form"
    return new_ticket(
        facts,
        form.department,
        reason,
        said=_said(facts, form),
        known=Particulars(
            _language(facts, form), form.topic, form.subject, form.values, _remark(form)
        ),
    )


def _language(facts: Facts, form: FormSubmission) -> Language:
    """The chosen language, else that of the person's own words: the keys are the website's."""
    own = replace(facts.message, subject="", text=form.text)
    return form.language or language_of(own, facts.organisation.language)


def _remark(form: FormSubmission) -> Text | None:
    if not form.problems:
        return None
    values = tuple((f"n{place}", problem) for place, problem in enumerate(form.problems))
    return Text(" ".join(f"%({key})s" for key, _ in values), values)


def _refused(facts: Facts, form: FormSubmission) -> Decision | None:
    """The filter's answer goes out and the ticket is closed at once, nobody is told.

    None where nothing is to be refused, and where the person could not be told: then it is a
    ticket like any other, so that somebody looks at it.
    """
    organisation = facts.organisation
    languages = organisation.canned.get(form.refused_with)
    if languages is None or automatic.why_not_answer(facts):
        return None
    said, language = _said(facts, form), _language(facts, form)
    about = fresh_ticket(facts, form.department, said, language=language)
    subject = form.subject[:500] or about.ticket.subject
    about = replace(
        about, ticket=replace(about.ticket, topic=form.topic, subject=subject), fields=form.values
    )
    sent = sent_by_itself(facts, about, form.refused_with)
    if sent is None:
        return None
    canned = in_language(languages, language, organisation)
    acts = Acts((OpenTicket(about.ticket), entry(about.ticket.id, EntryKind.MESSAGE, said)))
    acts += Acts(field_changes(about)) + requester_joins(facts, about) + sent
    why = say("refused by the filter of the form, with “%(title)s”", title=canned.title)
    count = CountRejected(form.department, Rejected.FILTERED, said.author.domain[:LONGEST_DOMAIN])
    closed = with_status(about, Status.CLOSED, None, facts)[1]
    acts += Acts((*closed, event(about.ticket.id, why), count))
    reason = f"contact form, refused by a filter with {canned.id}; the requester was told"
    return Decision(Outcome.REJECTED, reason, acts.changes, acts.outgoing, about.ticket.id)
