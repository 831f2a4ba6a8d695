"""Which declared address an envelope address names."""

from gateway.model.address import fold
from gateway.model.organisation import Organisation
from gateway.model.refusal import UnknownRecipient
from gateway.policy.facts import Recipient


def resolve(rcpt_to: str, organisation: Organisation) -> Recipient:
    """The declared address behind `rcpt_to` and its plus part; raises UnknownRecipient.

    The plus part is kept as it was written: tokens are compared exactly. RCPT TO:<Postmaster>
    without a domain is ours too (RFC 5321 section 4.5.1).
    """
    local, at, domain = rcpt_to.rpartition("@")
    if not at:
        local, domain = rcpt_to, organisation.domain
    base, _, token = local.partition("+")
    address = organisation.addresses.get(fold(f"{base}@{domain}"))
    if address is None:
        raise UnknownRecipient(rcpt_to)
    return Recipient(address, token)


def is_ours(address: str, organisation: Organisation) -> bool:
    """True when mail to the address is for us."""
    try:
        resolve(address, organisation)
    except UnknownRecipient:
        return False
    return True


def with_token(address: str, token: str) -> str:
    """`address` with a plus part (`berlin+token@...`)."""
    local, _, domain = address.rpartition("@")
    return f"{local}+{token}@{domain}"
