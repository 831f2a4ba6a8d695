"""How mails of the website's contact form are read and where they go, as form.yaml says."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from gateway.model.people import DepartmentId


@dataclass(frozen=True, slots=True)
class Postcodes:
    """Postcodes from `first` to `last`, of one length; with `beginning` all that begin so."""

    first: str
    last: str
    beginning: bool = False

    def __contains__(self, postcode: str) -> bool:
        """True for a postcode, without blanks and in capitals, that is one of these."""
        if self.beginning:
            return postcode.startswith(self.first)
        return len(postcode) == len(self.first) and self.first <= postcode <= self.last


@dataclass(frozen=True, slots=True)
class FormFilter:
    """Forms that are answered with a canned response and closed at once.

    `topics` and `locations` are words of the form (`word_key`); empty means any. A form without a
    postcode is never caught by `inside` or `outside`.
    """

    canned: str
    topics: frozenset[str] = frozenset()
    locations: frozenset[str] = frozenset()
    inside: tuple[Postcodes, ...] = ()
    """Only these postcodes, where there are any."""
    outside: tuple[Postcodes, ...] = ()
    """Only other postcodes than these, where there are any."""


@dataclass(frozen=True, slots=True)
class FormMapping:
    """How a mail of the contact form is read. Keys of all maps are made by `word_key`."""

    fields: Mapping[str, str] = field(default_factory=dict)
    """Key of the mail -> one of name, email, language, topic, location, text ... or a field."""
    locations: Mapping[str, DepartmentId] = field(default_factory=dict)
    """Value of the location field -> department."""
    topics: Mapping[str, DepartmentId] = field(default_factory=dict)
    """Value of the topic field -> department (board matters)."""
    postcodes: tuple[tuple[Postcodes, DepartmentId], ...] = ()
    """Which postcodes belong to a department, where no location is chosen."""
    filters: tuple[FormFilter, ...] = ()
    required: tuple[str, ...] = ()
    """Meanings that must not be empty, beside email and text."""
    labels: Mapping[str, str] = field(default_factory=dict)
    """Meaning -> how the form calls it."""
    postcode_pattern: str = ""
    """Regular expression for a whole postcode; empty: anything may be one."""
    fallback: DepartmentId = DepartmentId("")
    """Where a form mail without a known location goes."""
    broken: DepartmentId = DepartmentId("")
    """Where a form mail goes that cannot be read, or in which something is missing."""
    secret: str = ""
    """Key of the HMAC in the proof header; empty: only the trusted front server proves a form."""
    window: timedelta = timedelta(days=5)
    """How old a signature may be when the mail arrives."""
    senders: frozenset[str] = frozenset()
    """Folded addresses that the front server's word is believed for; empty: of our domain."""
