"""What is missing in a form or impossible, in plain words for those who get it all the same."""

import re
from collections.abc import Iterator, Mapping

from gateway.mail.automatic import is_machine
from gateway.model.address import Mailbox, fold
from gateway.model.form import FormMapping
from gateway.model.organisation import AddressKind, Organisation
from gateway.model.text import Text, say
from gateway.policy.form.words import postcode_in
from gateway.policy.pattern import fits

_ADDRESS = re.compile(
    r"[^\s\"(),:;<>@\[\\\]\x00-\x1f\x7f]{1,64}"
    r"@(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_][\w-]{1,62}"
)

LATE = say(
    "The form was signed at another time than it was sent. Either the clock of the website is"
    " wrong, or somebody has sent an old form once more."
)


def is_address(text: str) -> bool:
    """True for an e-mail address to which mail can be sent (RFC 5321 section 4.5.3.1)."""
    return len(text) <= 254 and _ADDRESS.fullmatch(text) is not None


def about_address(address: str, organisation: Organisation) -> Iterator[Text]:
    """Why nobody can be answered at the address; nothing when they can."""
    if not address:
        yield say("The e-mail address is missing, so that this cannot be answered by mail.")
    elif not is_address(address):
        yield say("“%(value)s” is no e-mail address that can be used.", value=address[:200])
    elif _is_ours(address, organisation):
        yield say(
            "The e-mail address %(value)s is one of our own: no answer would reach anybody there.",
            value=address,
        )
    elif is_machine(Mailbox(address)):
        yield say(
            "The e-mail address %(value)s is that of a program: no answer would reach anybody"
            " there.",
            value=address,
        )


def _is_ours(address: str, organisation: Organisation) -> bool:
    """True for addresses that lead to the gateway again; relay addresses lead to people."""
    local, _, domain = fold(address).rpartition("@")
    found = organisation.kind_of(f"{local.partition('+')[0]}@{domain}")
    return found is not None and found.kind is not AddressKind.RELAY


def about_values(values: Mapping[str, str], mapping: FormMapping) -> Iterator[Text]:
    """What is missing or impossible beside the address and the fields of the topic."""
    if not values.get("text"):
        yield say("The message is missing.")
    for meaning in mapping.required:
        if not values.get(meaning):
            yield say("The form has no %(key)s.", key=mapping.labels.get(meaning, meaning))
    postcode, pattern = values.get("postcode", ""), mapping.postcode_pattern
    if postcode and pattern and not fits(pattern, postcode_in(postcode, pattern)):
        yield say("“%(value)s” is no postcode.", value=postcode[:200])
