"""Mail addresses as values (RFC 5321 section 4.1.2, RFC 5322 section 3.4)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mailbox:
    """One mailbox: display name (may be empty) and addr-spec, as they were written."""

    address: str
    name: str = ""

    @property
    def key(self) -> str:
        """The address as it is compared and looked up.

        Domain and local part are folded in ASCII only: a KELVIN SIGN is not a k, so no
        look-alike can stand for another person. Local parts are case-sensitive on paper
        (RFC 5321 section 2.4), but no provider of today tells `Anna@` from `anna@`.
        """
        return fold(self.address)

    @property
    def domain(self) -> str:
        """What stands behind the last `@`, folded; empty when there is none."""
        return fold(self.address.rpartition("@")[2]) if "@" in self.address else ""


_UPPER_TO_LOWER = {upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)}


def fold(text: str) -> str:
    """`text` with A-Z in lower case and nothing else changed."""
    # In ASCII lower() is the same, and quick.
    return text.lower() if text.isascii() else text.translate(_UPPER_TO_LOWER)


def mailbox_of(address: str) -> str:
    """The address folded and without its plus part: `ada+x@` and `ada@` are read by one person.

    For counting what is sent to somebody; two addresses are never taken for one person's by it.
    """
    local, at, domain = fold(address).rpartition("@")
    bare = local.partition("+")[0]
    return f"{bare or local}{at}{domain}"
