"""Mailboxes out of address fields (RFC 5322 section 3.4), read by mail-parser.

The structure is read first and display names are decoded afterwards, so nothing that a name says
can become an address: `ceo@corp.example <someone@else.example>` is from someone@else.example.
"""

import re
from collections.abc import Iterable

from mailparser.utils import get_addresses

from gateway.mail.address_recovery import recover
from gateway.mail.charset import one_line
from gateway.mail.headers import decode_words, unfold
from gateway.model.address import Mailbox

MAX_ADDRESSES = 500
_MAX_LENGTH = 320  # 64 of local part, `@`, 255 of domain (RFC 5321 section 4.5.3.1)
_MAX_FIELD = 32 * 1024
# What nine of ten fields are: one address, with words in front or alone, and nothing to interpret.
_ATOMS = r"[A-Za-z0-9!#$%&*+/=?^_`{|}~-]+"
_ADDR_SPEC = rf"{_ATOMS}(?:\.{_ATOMS}){{0,20}}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+){{1,20}}"
_PLAIN = re.compile(rf"(?:({_ATOMS}(?: {_ATOMS}){{0,10}}) )?<({_ADDR_SPEC})>|({_ADDR_SPEC})")
_HARMLESS = frozenset({"invalid-display-name", "structural-recovery"})


def mailboxes(
    values: Iterable[str], field: str, charset: str = ""
) -> tuple[tuple[Mailbox, ...], list[str]]:
    """All mailboxes of raw field values, in order, and what was wrong with them.

    `field` names the field in the defects, `charset` is that of raw octets that are no UTF-8.
    What is no address is left out; where the grammar is broken, all addresses that stand there
    come back (see `address_recovery`).
    """
    found: list[Mailbox] = []
    problems: dict[str, None] = {}
    for value in values:
        if len(value) > _MAX_FIELD:
            problems["cut"] = None
            value = value[:_MAX_FIELD].rpartition(",")[0]  # noqa: PLW2901 - the bounded value
        pairs, reasons = _pairs(unfold(value, charset))
        for name, address in pairs:
            if not address or len(address) > _MAX_LENGTH:
                continue
            if len(found) >= MAX_ADDRESSES:
                problems[f"more than {MAX_ADDRESSES} addresses"] = None
                break
            found.append(_mailbox(name, address))
        problems |= dict.fromkeys(reasons)
    return tuple(found), [f"{field}: {problem}" for problem in problems]


def _pairs(value: str) -> tuple[list[tuple[str, str]], list[str]]:
    """(name, address) of one unfolded value, and the names of its defects."""
    if plain := _PLAIN.fullmatch(value):
        return [(plain[1] or "", plain[2] or plain[3])], []
    evidence: list[dict[str, object]] = []
    strict: list[tuple[str, str]] = [
        (name, address) for name, address in get_addresses(value, defects=evidence) if address
    ]
    reasons = [str(item["reason"]) for item in evidence]
    if _HARMLESS.issuperset(reasons):
        return strict, reasons
    if "@" not in value and "=?" in value:  # some programs encode the whole field
        value = one_line(decode_words(value))
    lenient = recover(value)
    kept = {address for _, address in lenient}.issuperset(address for _, address in strict)
    return (lenient if kept else strict), reasons


def _mailbox(name: str, address: str) -> Mailbox:
    shown = one_line(decode_words(name)).strip("\"' ") if name else ""
    address = one_line(address)
    return Mailbox(address, "" if shown == address else shown)
