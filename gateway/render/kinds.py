"""What each sort of mail is called."""

from typing import assert_never

from gateway.model.composed import RELAY
from gateway.model.outbox import CODES
from gateway.model.outgoing import (
    AccountNews,
    AutomaticAnswer,
    CodesToScan,
    Confirmation,
    Digest,
    Handover,
    Notification,
    Outgoing,
    ProofNotice,
    Proposal,
    PublicKey,
    Receipt,
    Rejection,
    Relay,
    Released,
    Response,
    StatusNotice,
    Undeliverable,
    WithoutContent,
)
from gateway.policy.confidential import Sealable

News = (
    Digest
    | Handover
    | AccountNews
    | CodesToScan
    | Released
    | Proposal
    | ProofNotice
    | WithoutContent
)
"""What agents are told beside notifications and receipts."""
Automatic = Confirmation | PublicKey | AutomaticAnswer | Rejection | StatusNotice | Undeliverable


def kind_of(mail: Outgoing) -> str:
    """The kind of the mail, as in `Composed`: of all but `RELAY` the name of its template."""
    return RELAY if isinstance(mail, Relay) else _of_ours(mail)


def _of_ours(mail: Sealable) -> str:
    match mail:
        case Response():
            return "response"
        case Notification():
            return "notification"
        case Receipt():
            return "receipt"
        case (
            Digest()
            | Handover()
            | AccountNews()
            | CodesToScan()
            | Released()
            | Proposal()
            | ProofNotice()
            | WithoutContent()
        ):
            return _of_news(mail)
        case _:
            return _to_authors(mail)


def _to_authors(mail: Automatic) -> str:
    match mail:
        case Confirmation():
            return "confirmation"
        case PublicKey():
            return "public-key"
        case AutomaticAnswer():
            return "automatic-answer"
        case Rejection():
            return "rejection"
        case StatusNotice():
            return "status-notice"
        case Undeliverable():
            return "undeliverable"
        case _ as never:
            assert_never(never)


def _of_news(mail: News) -> str:
    match mail:
        case WithoutContent():
            return "without-content"
        case Digest():
            return "digest"
        case Handover():
            return "handover"
        case AccountNews(own=own):
            return "account" if own else "account-news"
        case CodesToScan():
            return CODES
        case Released():
            return "released"
        case Proposal():
            return "proposal"
        case ProofNotice():
            return "proof-notice"
        case _ as never:
            assert_never(never)
