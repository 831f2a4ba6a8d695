"""The values of the allow and block lists."""

import re

from gateway.model.address import fold
from gateway.model.openpgp import fingerprint
from gateway.model.text import Text, say
from gateway.policy import names
from gateway.policy.pattern import is_found
from gateway.rulebook.words import domain, line, mail_address, mistake, pattern


def some_department(value: object) -> object:
    """A list of departments that is not empty: all of them are meant without the line only."""
    if value is None or value == ():
        raise mistake(
            say("no department stands here"),
            say("name some: [berlin]; or leave out the line, if the entry is for all of them"),
        )
    return value


def author_address(value: str) -> str:
    """One address of somebody else; whole domains have a key of their own."""
    local, _, behind = value.strip().rpartition("@")
    found = names.found_domain(behind)
    if local.strip("*") or found is None:
        return mail_address(value)
    raise mistake(
        say('"%(value)s" is no mail address, but a domain', value=value),
        say("write a line %(line)s instead", line=f"domain: {found}"),
    )


def author_domain(value: str) -> str:
    """A domain; those below it have a key of their own."""
    below = value.strip().lstrip("@")
    if below.startswith("*.") and names.found_domain(below[2:]):
        raise mistake(
            say('"%(value)s" is no domain', value=value),
            say("write two lines: %(line)s and %(other)s", line=f"domain: {below[2:]}",
                other="subdomains: true"),
        )  # fmt: skip
    local, at, behind = value.strip().rpartition("@")
    if at and local.strip("*") and names.found_domain(behind):
        raise mistake(
            say('"%(value)s" is no domain, but an address', value=value),
            say("write a line %(line)s instead", line=f"address: {value.strip()}"),
        )
    return domain(value)


def one_author() -> tuple[Text, Text]:
    """What is said about an allow entry with no author, or with two."""
    return (
        say("an entry needs either an address or a domain"),
        say(
            "write one of them: %(address)s or %(domain)s",
            address="address: ada@verein.example",
            domain="domain: verein.example",
        ),
    )


_SHORT_IDS = re.compile(r"[0-9A-F]{8}|[0-9A-F]{16}|[0-9A-F]{32}")


def whole_fingerprint(value: str) -> str:
    """The fingerprint of an OpenPGP key, as `model.openpgp` writes it."""
    found = fingerprint(value)
    if found is not None:
        return found
    digits = re.sub(r"[\s:]", "", value).upper().removeprefix("0X")
    if _SHORT_IDS.fullmatch(digits):
        raise mistake(
            say('"%(value)s" is only the short id of a key', value=value[:60]),
            say("write the whole fingerprint, 40 digits: others can make a key with the same id"),
        )
    raise mistake(
        say('"%(value)s" is no fingerprint of an OpenPGP key', value=value[:90]),
        say("write its 40 digits, as they are shown by: %(command)s", command="gpg --fingerprint"),
    )


def key_file(value: str) -> str:
    """The name of a file in the folder `keys`."""
    found = line(value)
    if "/" not in found and "\\" not in found and not found.startswith("."):
        return found
    raise mistake(
        say('"%(value)s" is no name of a file in the folder keys', value=found),
        say("put the key there, and write its name alone, for example %(value)s",
            value=re.split(r"[\\/]", found)[-1].lstrip(".") or "ada.asc"),
    )  # fmt: skip


def header_pattern(value: str) -> str:
    """A regular expression for header fields, that does not fit all of them."""
    found = pattern(value)
    if not is_found(found, ""):
        return found
    raise mistake(
        say('the pattern "%(value)s" fits everything', value=value[:60]),
        say("write one that finds something, or leave it out"),
    )


def no_subdomains() -> tuple[Text, Text]:
    """What is said about subdomains of an address."""
    return (
        say("only a domain has subdomains"),
        say("leave out the line, or write a domain instead of the address"),
    )


def header_name(value: str) -> str:
    """The name of a header field (RFC 5322 section 3.6.8), in lower case."""
    found = fold(value.strip().rstrip(":"))
    if found and found.isascii() and found.isprintable() and not set(found) & set(" :"):
        return found
    raise mistake(
        say('"%(value)s" is no header field', value=value),
        say("write its name as it stands in a mail, for example %(value)s", value="List-Id"),
    )


def one_value() -> tuple[Text, Text]:
    """What is said about a header condition with no value, or with two."""
    return (
        say("a header field needs one of equals, contains and regex"),
        say("write one of them, for example %(value)s", value="contains: verein.example"),
    )
