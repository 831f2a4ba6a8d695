"""Which values of unique fields are taken already, by which open tickets."""

from gateway.gather.looking import Looking
from gateway.model.command import CommandMail
from gateway.model.text import Text
from gateway.model.ticket import FieldId, TicketId
from gateway.policy.commands.verbs.fields import SetFieldValue, field_and_value
from gateway.policy.facts import FormSubmission
from gateway.policy.values import key_of, read_value


def reserved(
    looking: Looking, mail: CommandMail | None, form: FormSubmission | None = None
) -> dict[tuple[FieldId, str], TicketId]:
    """Who holds the values that commands or a form set, and those that reopened tickets want back.

    The tickets that hold them are read, so that their numbers can be told to who may see them.
    """
    topics = looking.organisation.topics
    unique = [field for field in topics.fields.values() if field.unique]
    if not unique:
        return {}
    values = {
        (field.id, key_of(value))
        for about in looking.tickets.values()
        for field in unique
        for value in about.fields.get(field.id, ())
    }
    values |= {
        (field.id, key_of(value))
        for field in unique
        for value in (form.values.get(field.id, ()) if form else ())
    }
    for command in mail.commands if mail else ():
        if not isinstance(command, SetFieldValue):
            continue
        meant, text = field_and_value(command, looking.organisation)
        if meant is not None and meant.unique:
            found = read_value(meant, text, looking.now.date())
            known = () if isinstance(found, Text) else found
            values |= {(meant.id, key_of(value)) for value in known}
    held = dict(looking.transaction.reserved(sorted(values))) if values else {}
    for ticket in sorted(set(held.values())):
        looking.ticket(ticket)
    return held
