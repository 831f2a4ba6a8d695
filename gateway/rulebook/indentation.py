"""Lines that begin too far left or right, or with a hyphen where the lines around have none."""

from gateway.model.text import Text, say
from gateway.rulebook.stumble import Finding, Stumble


def hyphens(at: Stumble) -> Finding | None:
    """A line with a hyphen beside one without, at the same height."""
    if not at.misfit or not at.says_something(at.line):
        return None
    here, indent = at.text(at.line), _indent(at.text(at.line))
    for line in range(at.line - 1, -1, -1):
        other = at.text(line)
        if not at.says_something(line) or _indent(other) > indent:
            continue
        if _indent(other) < indent or _has_hyphen(here) == _has_hyphen(other):
            return None
        if _has_hyphen(here):
            what = say("this line begins with a hyphen, but line %(line)s at the same height does "
                       "not", line=line + 1)  # fmt: skip
            right = say("leave the hyphen out, or put one in front of line %(line)s too, as in the "
                        "example in the comments", line=line + 1)  # fmt: skip
            return at.line, indent, what, right
        what = say("line %(line)s at the same height begins with a hyphen, but this one does not",
                   line=line + 1)  # fmt: skip
        right = say("begin it with %(count)s spaces where it belongs to line %(line)s, else with a "
                    "hyphen", count=indent + 2, line=line + 1)  # fmt: skip
        return at.line, indent, what, right
    return None


def indentation(at: Stumble) -> Finding | None:
    """A line that is indented like none of those it could belong to."""
    if not at.misfit or not at.says_something(at.line):
        return None
    indent = _indent(at.text(at.line))
    heights = _open(at, at.line)
    if indent in heights and at.column > indent:
        return None
    near = sorted((each for each in heights if each != indent), key=lambda each: abs(each - indent))
    what = say(
        "this line begins with %(count)s spaces, and does not fit the lines above", count=indent
    )
    return at.line, indent, what, _begin_like([(each, heights[each] + 1) for each in near[:2]])


def _begin_like(lines: list[tuple[int, int]]) -> Text:
    """Indentations that would fit, each with a line that has it."""
    each = [
        say("%(count)s as line %(line)s", count=count, line=line) for count, line in sorted(lines)
    ]
    if not each:
        return say("begin it below the line it belongs to, with the same number of spaces")
    which = each[0] if len(each) == 1 else say("%(one)s, or %(other)s", one=each[0], other=each[1])
    return say("begin it like the line it belongs to: with %(which)s", which=which)


def _open(at: Stumble, line: int) -> dict[int, int]:
    """The indentations that a line here can have, each with the last line that has it."""
    found: dict[int, int] = {}
    least = 1_000
    for number in range(line - 1, -1, -1):
        if not at.says_something(number):
            continue
        text = at.text(number)
        for height in _heights(text):
            if height < least:
                found.setdefault(height, number)
        least = min(least, _indent(text) + 1)
        if _indent(text) == 0:
            break
    return found


def _heights(text: str) -> tuple[int, ...]:
    """The indentation of a line; behind a hyphen begins another one."""
    indent = _indent(text)
    return (indent + 2, indent) if _has_hyphen(text) else (indent,)


def _indent(text: str) -> int:
    return len(text) - len(text.lstrip(" "))


def _has_hyphen(text: str) -> bool:
    return text.lstrip().startswith("- ")
