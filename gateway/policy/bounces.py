"""Delivery reports: which mail of ours did not arrive, and who has to know (RFC 3464)."""

from gateway.model.address import Mailbox
from gateway.model.changes import MarkFailed
from gateway.model.decision import Decision, Outcome
from gateway.model.message import Bounce
from gateway.model.outgoing import NotificationEvent, Undeliverable
from gateway.model.text import Text, say
from gateway.policy import routes
from gateway.policy.acts import Acts
from gateway.policy.facts import Facts, SentMail
from gateway.policy.notify import notify
from gateway.policy.said import NOBODY, Said, event


def bounce(facts: Facts) -> Decision:
    """A report about a mail that we sent goes into its ticket; another one is only kept.

    That we sent it is shown by the secret in our return path or by our Message-ID, which only
    that mail's reader was told; anybody can write a report about mail that we never sent.
    """
    sent = facts.bounced
    if sent is None:
        return Decision(Outcome.REJECTED, "a delivery report about no mail of ours")
    report = _report(facts)
    if sent.kind == "relay":
        return _relay_failed(facts, sent, report)
    failed = report.action not in ("delayed", "delivered", "relayed", "expanded", "complaint")
    changes = (MarkFailed(sent.message_id, report.diagnostic or report.status),) if failed else ()
    about = facts.tickets.get(sent.ticket) if sent.ticket is not None else None
    if about is None:
        return Decision(Outcome.ENTRY, f"delivery report for {sent.message_id}", changes)
    acts = Acts((*changes, event(about.ticket.id, _what(sent, report, failed=failed))))
    if failed and sent.kind == "response":
        # Failed news to an agent is told to nobody: two broken mailboxes would talk for ever.
        said = Said(NOBODY, _explanation(sent, report))
        acts += notify(facts, about, NotificationEvent.NOT_DELIVERED, said=said)
    return Decision(
        Outcome.ENTRY,
        f"delivery report for {sent.message_id}: {report.action or 'failed'} {report.status}",
        acts.changes,
        acts.outgoing,
        about.ticket.id,
    )


def _relay_failed(facts: Facts, sent: SentMail, report: Bounce) -> Decision:
    """The sender of a relayed message is told; a report about a report never is.

    Only when we gave it up ourselves: the Message-ID of a relayed mail is no secret, and whoever
    answers a mail of others with a report must not make us write to an address of their choice.
    """
    sender = None if facts.envelope.rcpt_to else facts.envelope.mail_from
    reason = f"a relayed mail did not reach its recipient: {report.diagnostic}"
    if sender is None:
        return Decision(Outcome.ENTRY, reason)
    mail = Undeliverable(
        routes.report(facts, Mailbox(sender)),
        sent.rcpt_to,
        report.status or "5.0.0",
        report.diagnostic,
    )
    return Decision(Outcome.ENTRY, reason, outgoing=(mail,))


def _report(facts: Facts) -> Bounce:
    reports = facts.message.automatic.bounces
    return reports[0] if reports else Bounce("", "", "failed")


def _what(sent: SentMail, report: Bounce, *, failed: bool) -> Text:
    why = report.diagnostic or report.status or "?"
    if failed:
        return say("a mail did not reach %(address)s: %(why)s", address=sent.rcpt_to, why=why)
    if report.action == "delayed":
        return say("a mail to %(address)s is delayed: %(why)s", address=sent.rcpt_to, why=why)
    if report.action == "complaint":
        return say("%(address)s calls a mail unwanted: %(why)s", address=sent.rcpt_to, why=why)
    if report.action == "delivered":
        return say("a mail to %(address)s has arrived", address=sent.rcpt_to)
    return say("a mail to %(address)s was passed on", address=sent.rcpt_to)


def _explanation(sent: SentMail, report: Bounce) -> str:
    return f"{sent.rcpt_to}: {' '.join(filter(None, (report.status, report.diagnostic)))}"
