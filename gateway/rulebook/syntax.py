"""What the YAML parser stumbled over, in the words of somebody who edits by hand.

libyaml tells where it could not go on, which is often a line below the slip. The questions here
are asked in order; the first that knows the slip answers.
"""

import re
from collections.abc import Callable

import yaml

from gateway.model.text import say
from gateway.rulebook import slips
from gateway.rulebook.errors import Place, RuleError, error
from gateway.rulebook.indentation import hyphens, indentation
from gateway.rulebook.stumble import Finding, Stumble, stumble

_KEY_WITHOUT_SPACE = re.compile(r"\s*(?:- )?([\w-]+):(?!//)\S")
_HYPHEN_WITHOUT_SPACE = re.compile(r"\s*-([\w-]+: .*|[\w-]+:)$")
_OPENS_QUOTE = re.compile(r"""^(.*?(?:: |- |\[|, ))(["'])""")
_ONE_PAIR = re.compile(r"\{\s*([\w-]+):\s+(.*?)\s*\}?\s*$")
_CONFLICT = re.compile(r"<<<<<<< |=======$|>>>>>>> ")
_VALUE = re.compile(r"(\s*(?:- )?[^\s:#][^:#]*:\s+)(\S.*)$")
_WRONG_SIGN = re.compile(r"\s*(?:- )?([A-Za-z_-]+)\s*(?:[=;：;]|:=|=>|->)\s*(.*)$")
_ACTION = re.compile(r"[a-z_]+: ")


def explain(wrong: yaml.YAMLError, text: str, file: str) -> RuleError:
    """The parser's error as a mistake of the house."""
    found_at = stumble(wrong, text)
    for question in _QUESTIONS:
        found = question(found_at)
        if found is not None:
            line, column, what, right = found
            return error(Place(file, line + 1, column + 1), what, right)
    return error(
        Place(file, found_at.line + 1, found_at.column + 1),
        say("this is not YAML: %(problem)s", problem=found_at.problem),
        say("compare the lines around it with the shipped example"),
    )


def _tab(at: Stumble) -> Finding | None:
    for line in (at.line, at.begin[0]):
        indent = at.text(line)[: len(at.text(line)) - len(at.text(line).lstrip())]
        if "\t" in indent:
            return (
                line,
                indent.index("\t"),
                say("a tab at the beginning of the line"),
                say("use spaces instead, two for each level"),
            )
    return None


def _unseen(at: Stumble) -> Finding | None:
    """Blanks that are none, which come along with text from web pages and word processors."""
    for line in sorted({at.begin[0], at.suspect()[0], at.line}):
        slip = slips.of_text(at.text(line).split(" #")[0], is_plain=False, escaped=False)
        if slip is not None:
            return line, slip.at, slip.what, slip.right
    return None


def _conflict(at: Stumble) -> Finding | None:
    for line in (at.suspect()[0], at.line, at.begin[0]):
        if _CONFLICT.match(at.text(line)):
            what = say("a mark of two versions that were put together")
            right = say("keep one of the two versions, and delete the lines <<<<<<<, ======= and "
                        ">>>>>>>")  # fmt: skip
            return line, 0, what, right
    return None


def _control_character(at: Stumble) -> Finding | None:
    if at.problem != "control characters":
        return None
    what = say("an invisible control character")
    return at.line, at.column, what, say("delete it and type the line again")


def _unclosed_quote(at: Stumble) -> Finding | None:
    if "quoted scalar" in at.problem or at.problem == "found unexpected end of stream":
        line, column = at.begin
    else:
        found = _odd_quote(at)
        if found is None:
            return None
        line, column = found
    value = at.text(line)[column:].strip()
    mark = value[:1]
    if len(value) > 1 and value.endswith(mark):
        other = "'" if mark == '"' else '"'
        return (
            line,
            column,
            say("the quotation mark %(mark)s stands in the middle of the value too", mark=mark),
            say("put the value in the other ones: %(value)s", value=other + value[1:-1] + other),
        )
    return (
        line,
        column,
        say("the quotation mark that opens here is not closed"),
        say("put the same mark at the end of the value: %(mark)s", mark=mark),
    )


def _odd_quote(at: Stumble) -> tuple[int, int] | None:
    """The first line up to the stumble whose value opens a quotation mark without closing it."""
    for number in range(min(at.line + 1, len(at.lines))):
        opened = _OPENS_QUOTE.match(at.lines[number])
        if opened and at.lines[number].count(opened[2]) % 2:
            return number, opened.end(1)
    return None


def _one_pair(at: Stumble) -> Finding | None:
    """`{contains: Re: Anfrage}`, `{contains: #1042}`, `{regex: [0-9]+}`."""
    line, column = at.begin
    found = _ONE_PAIR.match(at.text(line)[column:])
    if not at.problem.startswith("did not find expected ',' or '") or found is None:
        return None
    key, value = found[1], found[2]
    wrong = (
        say("what stands behind # is a comment, and not read")
        if re.search(r"(^|\s)#", value)
        else say("the value has signs that mean something else here")
        if re.search(r":\s|^\[.*\].|^\{.*\}.", value)
        else None
    )
    if wrong is None:
        return None
    right = say("put it in quotes: %(value)s", value=f"{{{key}: {slips.quoted(value)}}}")
    return line, column, wrong, right


def _unclosed_bracket(at: Stumble) -> Finding | None:
    for closing in "]}":
        if at.problem == f"did not find expected ',' or '{closing}'":
            return (
                *at.begin,
                say("the bracket that opens here is not closed"),
                say("put %(mark)s at its end, and commas between its parts", mark=closing),
            )
    return None


def _needs_quotes(at: Stumble) -> Finding | None:
    if at.problem in ("found character that cannot start any token", "found undefined alias"):
        line, column = at.line, at.column
    elif at.text(at.begin[0])[at.begin[1] :][:1] in ("&", "*", "%", "!"):
        line, column = at.begin
    else:
        return None
    text, before = at.text(line), at.text(line)[:column]
    value = slips.rest_of(text, column)
    if before.count("[") > before.count("]") or before.count("{") > before.count("}"):
        value = re.split(r"[,\]}]", value)[0].strip()
    what = say("a value cannot begin with %(character)s", character=value[:1])
    if value.startswith("* ") and not before.strip():
        return line, column, what, say("begin a part of a list with a hyphen: - %(word)s",
                                       word=value[2:])  # fmt: skip
    if value.endswith(":") and not before.strip():
        right = say("leave it out: %(word)s", word=value.lstrip("@*&%!"))
        return line, column, what, right
    if value.startswith("@") and _asks_for_a_domain(at, line):
        return line, column, what, say("leave it out: %(word)s", word=value.lstrip("@"))
    return line, column, what, say("put it in quotes: %(value)s", value=f'"{value}"')


def _asks_for_a_domain(at: Stumble, line: int) -> bool:
    """True where the key, in this line or above the list, is about domains."""
    for number in range(line, max(line - 50, -1), -1):
        if found := re.match(r"\s*(?:- )?(\w+):", at.text(number)):
            return found[1] in ("domain", "domains")
    return False


def _whole_value(at: Stumble) -> Finding | None:
    """`"Truhe" e. V.`, `[A] b`, `| text`: the beginning has a meaning, and something follows."""
    line = at.line if at.text(at.line).strip() and at.column else at.begin[0]
    found = _VALUE.match(at.text(line))
    value = slips.rest_of(found[2], 0) if found else ""
    if found is None or not (value[:1] in "\"'[{?" or re.match(r"[|>]\s*\w", value)):
        return None
    if value[:1] in "[{" and _closing(value) in (-1, len(value) - 1):
        return None
    if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'" and value.count(value[0]) > 2:
        return None  # a mark in the middle: told as such
    if value[:1] in "\"'" and (
        value.count(value[0]) == 1 or value.find(value[0], 1) == len(value) - 1
    ):
        return None
    odd = _odd_quote(at)
    if odd is not None and odd[0] < line:
        return None  # the quotation mark of an earlier line is open
    if value.endswith(('",', "',")):
        right = say("leave the comma out: %(value)s", value=value[:-1])
        return line, found.start(2), say("a comma at the end of the line"), right
    return (
        line,
        found.start(2),
        say("a value cannot begin with %(character)s", character=value[:1])
        if value[:1] not in "\"'"
        else say("something follows the closing quotation mark"),
        say("put the whole value in quotes: %(value)s", value=slips.quoted(value)),
    )


def _closing(value: str) -> int:
    """Where the bracket at the beginning is closed; -1 when it is not."""
    depth = 0
    for place, sign in enumerate(value):
        depth += (sign in "[{") - (sign in "]}")
        if depth == 0:
            return place
    return -1


def _wrong_sign(at: Stumble) -> Finding | None:
    line, text = at.suspect()
    found = _WRONG_SIGN.match(text)
    if not at.misfit or found is None or ": " in text:
        return None
    return (
        line,
        found.start(1),
        say('the colon after "%(word)s" is missing', word=found[1]),
        say("write %(line)s", line=f"{found[1]}: {found[2]}".strip()),
    )


def _missing_colon(at: Stumble) -> Finding | None:
    line, text = at.suspect()
    words = text.split()
    if not at.misfit or ":" in text or text.lstrip().startswith("-"):
        return None
    if not words or not re.fullmatch(r"[\w@-]+", words[0]):
        return None
    return (
        line,
        len(text) - len(text.lstrip()),
        say('the colon after "%(word)s" is missing', word=words[0]),
        say("write %(line)s", line=f"{words[0]}: {' '.join(words[1:])}".strip()),
    )


def _missing_space(at: Stumble) -> Finding | None:
    line, text = at.suspect()
    glued = _HYPHEN_WITHOUT_SPACE.match(text)
    if glued and at.misfit:
        what = say("the space after the hyphen is missing")
        return line, glued.start(1), what, say("write %(line)s", line=f"- {glued[1]}")
    found = _KEY_WITHOUT_SPACE.match(text)
    if found is None or not at.misfit:
        return None
    return (
        line,
        found.end(1) + 1,
        say('the space after "%(word)s:" is missing', word=found[1]),
        say("put a space after every colon that ends a key"),
    )


def _second_colon(at: Stumble) -> Finding | None:
    key, colon, value = at.text(at.line).partition(": ")
    if not (at.not_allowed and colon and len(key) < at.column):
        return None
    quoted = slips.quoted(slips.rest_of(value, 0))
    right = (
        say("write what follows %(key)s: in a line of its own, two spaces further in; a text goes "
            "in quotes: %(value)s", key=key.strip().removeprefix("- "), value=quoted)
        if _ACTION.match(value)
        else say("put the value in quotes: %(value)s", value=quoted)
    )  # fmt: skip
    return at.line, at.column, say("a second colon in one line"), right


def _list_beside_its_key(at: Stumble) -> Finding | None:
    if at.problem != "block sequence entries are not allowed in this context":
        return None
    value = at.text(at.line)[at.column :].removeprefix("-").strip()
    return (
        at.line,
        at.column,
        say("here must stand a list"),
        say("put it in square brackets: %(value)s", value=f"[{value}]"),
    )


def _backslash(at: Stumble) -> Finding | None:
    if at.problem != "found unknown escape character":
        return None
    right = say("write the value in single quotes: there a backslash is a backslash")
    return at.line, at.column, say("a backslash has a meaning of its own in double quotes"), right


def _odd_value(at: Stumble) -> Finding | None:
    found = _VALUE.match(at.text(at.line))
    if found is None or at.column <= found.start(2):
        return None
    value = slips.rest_of(found[2], 0)
    what = say("the value has signs that mean something else here")
    right = say("put it in quotes: %(value)s", value=slips.quoted(value))
    return at.line, found.start(2), what, right


def _lonely(at: Stumble) -> Finding | None:
    line, text = at.suspect()
    if not at.misfit or not text.strip():
        return None
    what = say("this line is neither key: value nor a part of the line above")
    right = say("put # in front of it where it is a comment, or more spaces where it goes on with "
                "the line above")  # fmt: skip
    return line, len(text) - len(text.lstrip()), what, right


_QUESTIONS: tuple[Callable[[Stumble], Finding | None], ...] = (
    _control_character,
    _tab,
    _unseen,
    _conflict,
    _one_pair,
    _unclosed_bracket,
    _backslash,
    _needs_quotes,
    _list_beside_its_key,
    _whole_value,
    _unclosed_quote,
    _second_colon,
    _missing_space,
    _wrong_sign,
    _missing_colon,
    hyphens,
    indentation,
    _odd_value,
    _lonely,
)
