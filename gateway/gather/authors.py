"""What commands entered about the author of a mail, or about those whom a command names."""

from gateway.gather.looking import Looking
from gateway.model.address import Mailbox
from gateway.model.authors import AuthorEntry, author_keys, signer_key
from gateway.model.command import CommandMail
from gateway.policy.commands.words import verb_of
from gateway.policy.facts import FormSubmission

MOST = 20_000
"""Entries that are read for the whole list."""
_MOST_AUTHORS = 10


def by_command(
    looking: Looking, mail: CommandMail | None, form: FormSubmission | None
) -> tuple[AuthorEntry, ...]:
    """The entries that the decision may need: one look-up through the index."""
    if mail is not None:
        return _for_commands(looking, mail)
    authors: tuple[Mailbox, ...] = looking.message.authors[:_MOST_AUTHORS]
    if form is not None:
        authors = (form.requester,)
    elif not authors and looking.item.envelope.mail_from:
        authors = (Mailbox(looking.item.envelope.mail_from),)
    keys = dict.fromkeys(key for author in authors for key in author_keys(author))
    signature = looking.message.openpgp.signature
    if signature is not None and signature.fingerprint:
        keys[signer_key(signature.fingerprint)] = None
    return looking.transaction.entries_about(keys)


def _for_commands(looking: Looking, mail: CommandMail) -> tuple[AuthorEntry, ...]:
    wanted = [verb_of(command).needs(command) for command in mail.commands]
    if any(need.all_authors for need in wanted):
        return looking.transaction.entries(MOST)
    keys = dict.fromkeys(key for need in wanted for key in need.authors)
    return looking.transaction.entries_about(keys) if keys else ()
