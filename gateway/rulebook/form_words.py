"""The values of the contact form's file."""

import re

from gateway.model.text import Text, say
from gateway.rulebook.words import mistake

_POSTCODES = re.compile(r"([0-9A-Z]{1,10})(?:(\*)|\s*[-–]\s*([0-9A-Z]{1,10}))?")


def postcodes(value: str) -> str:
    """One postcode `10115`, a range `10115-14199`, or a beginning `10*`."""
    found = _POSTCODES.fullmatch(value.strip().upper())
    if found is None or (found[3] and len(found[3]) != len(found[1])):
        numbers = re.findall(r"[0-9]{2,10}", value)
        parts = [*numbers, ""][:2]
        if len(numbers) == 1:
            meant = numbers[0] + ("*" if re.search(r"[0-9]+[xX.…%?]", value) else "")
        elif len(numbers) == 2 and len(parts[0]) == len(parts[1]):
            meant = "-".join(sorted(numbers))
        else:
            meant = "10115-14199"
        raise mistake(
            say('"%(value)s" is neither a postcode nor a range of them', value=value[:60]),
            say("write one (10115), a range of the same length (10115-14199) or a beginning (10*), "
                "for example %(value)s", value=meant),
        )  # fmt: skip
    if found[3] and found[3] < found[1]:
        raise mistake(
            say('the range "%(value)s" is empty: its end is before its beginning', value=value),
            say("write the smaller one first: %(value)s", value=f"{found[3]}-{found[1]}"),
        )
    return f"{found[1]}-{found[3]}" if found[3] else f"{found[1]}{found[2] or ''}"


def one_place() -> tuple[Text, Text]:
    """What is said about a filter with several conditions on the postcode."""
    return (
        say("only one of postcodes, outside and elsewhere may stand here"),
        say("keep one of them, or write a second entry"),
    )


def no_condition() -> tuple[Text, Text]:
    """What is said about a filter that would refuse everything."""
    return (
        say("this entry would refuse every form"),
        say("add a condition, for example %(line)s", line="elsewhere: true"),
    )
