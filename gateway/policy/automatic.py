"""Whether an automatic mail may be sent to somebody (RFC 3834 section 2)."""

from gateway.mail.automatic import wants_no_answer
from gateway.model.changes import CountAutomatic
from gateway.policy.facts import Facts
from gateway.policy.said import author_of


def why_not_answer(facts: Facts) -> str:
    """Why the author must not get an automatic answer; empty when they may."""
    author = author_of(facts)
    if "@" not in author.address:
        return "no address to answer"
    if facts.organisation.kind_of(author.address) is not None:
        return "the author is an address of ours"
    if facts.automatic_sent >= facts.organisation.automatic_per_day:
        return "enough automatic mail to this address for today"
    return "" if facts.form is not None else _why_not_answer_mail(facts)


def _why_not_answer_mail(facts: Facts) -> str:
    if facts.message.automatic.is_auto_generated:
        # Never answer a machine, but file what it said (RFC 3834 section 2).
        return f"written by a machine ({facts.message.automatic.reason or 'delivery report'})"
    if wants_no_answer(facts.message):
        return "the mail asks for no automatic answers"
    if facts.message.author is None:
        return "no single author"
    if facts.envelope.mail_from is None:
        return "null reverse-path"
    return "the author's domain says the mail is forged" if facts.trust.forged else ""


def count(facts: Facts, kind: str) -> CountAutomatic:
    """The change that counts one automatic mail to the author."""
    return CountAutomatic(author_of(facts).key, kind)
