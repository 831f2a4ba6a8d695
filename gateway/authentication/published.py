"""DMARC records (RFC 7489 sections 6.3 and 6.6.3)."""

from dataclasses import dataclass

from gateway.authentication.domains import organisational
from gateway.authentication.lookups import Lookups
from gateway.model.authentication import DmarcPolicy

_POLICIES = {each.value: each for each in DmarcPolicy}


@dataclass(frozen=True, slots=True)
class Published:
    """What the author's domain publishes, or the organisation it belongs to."""

    policy: DmarcPolicy
    strict_dkim: bool = False
    strict_spf: bool = False


def published(author: str, lookups: Lookups) -> Published | None:
    """The record that holds for the author's domain; None without one.

    Raises DnsTrouble, TooManyLookups.
    """
    tags = _record(author, lookups)
    of_parent = tags is None and organisational(author) != author
    if of_parent:
        tags = _record(organisational(author), lookups)
    if tags is None:
        return None
    wanted = tags.get("sp", tags["p"]) if of_parent else tags["p"]
    return Published(
        _POLICIES.get(wanted, DmarcPolicy.NONE), tags.get("adkim") == "s", tags.get("aspf") == "s"
    )


def _record(domain: str, lookups: Lookups) -> dict[str, str] | None:
    """The tags of the one record of a domain; several count as none."""
    records = [
        text.decode("ascii", "replace")
        for text in lookups.texts(f"_dmarc.{domain}")
        if text.lstrip().startswith(b"v=DMARC1")
    ]
    if len(records) != 1:
        return None
    tags: dict[str, str] = {}
    for written in records[0].split(";"):
        name, _, value = written.partition("=")
        tags.setdefault(name.strip().lower(), value.strip().lower())
    if tags.get("v") != "dmarc1" or (tags.get("p") not in _POLICIES and "rua" not in tags):
        return None
    return {"p": "none"} | tags
