"""The new text of an answer, without quoted history and without the signature.

In this order, and each step in one pass over the lines:

1. From our marker line, an "Original Message" line, a header block of Outlook or an attribution
   line on, everything is history, unless it is quoted with `>`.
2. What is left is cut at its `>` blocks. A quotation with nothing below it goes, with its
   attribution. Text between two of them is an answer in the middle of the quotation: then they
   are kept with it. An answer below a single quotation is kept without it.
3. Each stretch loses its signature and the footer of a mobile program.

In doubt text is kept: the cost of showing too much is small. A forwarded mail without a word of
the author's own is kept too, but no line of it is left to be taken for a command.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from gateway.mail.below import points_below, points_inside
from gateway.mail.footer import without_footer
from gateway.mail.header_block import is_label
from gateway.mail.history import has_marker, history_begins, is_quoted, next_text
from gateway.mail.sent import Sent
from gateway.mail.wrote import Attributions, find_attributions

_PROMPT = re.compile(r"\s*>>>\s\S")
_COMMAND_LIKE = re.compile(r"(?m)^(?=[^\w\n>]{0,100}[!\uff01\ufe15\ufe57\u203c\u2049])")
_OUR_HINTS = re.compile(r"!\w{1,30},\s!\w{1,30}")
_OUR_BUTTON = re.compile(r"\s*[^\W\d]{2,20}:\s*(?:<?mailto:\S{1,500})?\s*")
_SHORT_RULE = 4
_SHORT_QUOTATION = 3  # lines that the author may have quoted by hand


class _Block(NamedTuple):
    """A stretch of quoted or of own lines; `attributed` when a program wrote who is quoted."""

    quoted: bool
    attributed: bool
    lines: list[str]


def new_text(text: str, sent: str | None = None) -> str:
    """What the author of `text` (lines end in LF) wrote anew; empty when there is nothing new.

    `sent` is the text of our own mail that is answered, where it is known: its lines are the
    quotation then, whatever stands before them and however they are wrapped, and all else is kept.
    """
    lines = text.split("\n")
    signs = ">" in text
    quoted = list(map(is_quoted, lines)) if signs else [False] * len(lines)
    ours = Sent(sent).lines_in(lines, quoted) if sent and sent.strip() else []
    if any(ours):
        return _beside_ours(lines, quoted, ours)
    attributions = find_attributions(lines, quoted)
    end = history_begins(lines, quoted, attributions)
    head = end if end == len(lines) else _above_attribution(lines, end, attributions)
    kept = _kept(_split(lines, quoted, head, attributions))
    if kept and (below := _pointed_at(kept, lines, quoted, range(head, end))):
        return f"{_tidy(kept)}\n\n{_harmless(below)}"
    if kept or end == len(lines):
        return _tidy(kept)
    rest = lines[end:]
    return _harmless(rest) if _says_anything(rest) and not _is_ours_alone(lines) else ""


def _pointed_at(
    kept: Sequence[str], lines: Sequence[str], quoted: Sequence[bool], begin: range
) -> Sequence[str]:
    """The old text below, when the author says that answers stand in it; else nothing.

    `begin`: from the line of the attribution to the first line of the old text.
    """
    if begin.stop < len(lines):
        return lines[begin.start :] if points_below(kept) else ()
    last = next((n for n in range(len(lines) - 1, -1, -1) if lines[n].strip()), 0)
    if not quoted[last] or any(map(is_quoted, kept)) or not points_inside(kept):
        return ()
    return lines[quoted.index(True) :]


def _harmless(lines: Sequence[str]) -> str:
    """Old text that is kept, as new text may be in it; no line of it can be a command."""
    return _COMMAND_LIKE.sub("> ", _tidy(lines))


def _is_ours_alone(lines: Sequence[str]) -> bool:
    """True when the mail is our notification and ends where that ends.

    That is at the list of command words, or at the buttons below it.
    """
    hints = next((n for n in range(len(lines) - 1, -1, -1) if _OUR_HINTS.search(lines[n])), None)
    if hints is None or not has_marker(lines):
        return False
    buttons = (n for n in range(hints, len(lines)) if _OUR_BUTTON.fullmatch(lines[n]))
    below = without_footer(lines[max(buttons, default=hints) + 1 :])
    blank = next((n for n, line in enumerate(below) if not line.strip()), len(below))
    return not any(any(map(str.isalnum, line)) for line in below[blank:])


def _says_anything(lines: Sequence[str]) -> bool:
    return any(line.strip() and not is_quoted(line) for line in lines[1:])


def _beside_ours(lines: list[str], quoted: list[bool], ours: Sequence[bool]) -> str:
    """What stands beside the lines that are ours."""
    _spread(lines, quoted, ours)
    quoted = [q or o for q, o in zip(quoted, ours, strict=True)]
    last = max(number for number, is_ours in enumerate(ours) if is_ours)
    attributions = find_attributions(lines, quoted)
    tail = lines[last + 1 :]
    below = {n - last - 1: found for n, found in attributions.items() if n > last}
    end = last + 1 + history_begins(tail, quoted[last + 1 :], below)
    _take_headers(lines, quoted)
    marked = [
        f"> {line}" if sign and not is_quoted(line) else line
        for line, sign in zip(lines, quoted, strict=True)
    ]
    return _tidy(_kept(_split(marked, quoted, end, attributions)))


def _spread(lines: Sequence[str], quoted: list[bool], ours: Sequence[bool]) -> None:
    """A `>` block without any line of ours is what the author wanted to say, and stays."""
    start = 0
    while start < len(lines):
        end = start + 1
        while end < len(lines) and quoted[start] and (quoted[end] or ours[end]):
            end += 1
        if quoted[start] and not any(ours[start:end]):
            quoted[start:end] = [False] * (end - start)
        start = end


def _take_headers(lines: Sequence[str], quoted: list[bool]) -> None:
    """The header block or the dashed line directly above lines of ours belongs to them."""
    below = False
    for number in range(len(lines) - 1, -1, -1):
        line = lines[number].strip()
        if quoted[number]:
            below = True
        elif line and below:
            ruled = line[0] in "-_=" and line[-1] in "-_=" and len(line) > _SHORT_RULE
            below = ruled or is_label(line)
            quoted[number] = below


def _above_attribution(lines: Sequence[str], end: int, attributions: Attributions) -> int:
    """Where the attribution above `end` begins, as what it announces is cut off; else `end`."""
    last = next((n + 1 for n in range(end - 1, -1, -1) if lines[n].strip()), 0)
    for number in range(max(last - 5, 0), last):
        if number in attributions and number + attributions[number].lines == last:
            return number
    return end


def _split(
    lines: Sequence[str], quoted: Sequence[bool], end: int, attributions: Attributions
) -> list[_Block]:
    """Stretches of quoted and of own lines above `end`. Attributions belong to the quotation."""
    blocks: list[_Block] = []
    number = 0
    if end and not attributions and True not in quoted:
        return [_Block(False, False, list(lines[:end]))]
    while number < end:
        taken = _announces(lines, quoted, number, attributions)
        sign = bool(taken) or quoted[number]
        part = lines[number : min(number + max(taken, 1), end)]
        if blocks and (blocks[-1].quoted == sign or not lines[number].strip()):
            blocks[-1].lines.extend(part)
        else:
            attributed = bool(taken) or (sign and _names_author(lines[number]))
            blocks.append(_Block(sign, attributed, list(part)))
        number += len(part)
        sign, start = blocks[-1].quoted, number
        while number < end and number not in attributions:
            if quoted[number] != sign and lines[number].strip():
                break
            number += 1
        blocks[-1].lines.extend(lines[start:number])
    return blocks


def _announces(
    lines: Sequence[str], quoted: Sequence[bool], number: int, attributions: Attributions
) -> int:
    """How many lines from here on are the attribution of the `>` block that follows; or 0."""
    if number not in attributions:
        return 0
    taken = attributions[number].lines
    following = next_text(lines, number + taken)
    return taken if following is not None and quoted[following] else 0


def _names_author(line: str) -> bool:
    bare = line[:500].lstrip(" >\t")
    return bare.rstrip(" *").endswith((":", "：")) and any(map(str.isdigit, bare))


def _kept(blocks: Sequence[_Block]) -> list[str]:
    own = [block for block in map(_shorn, blocks) if any(line.strip() for line in block.lines)]
    blocks = _without_trailing(_merged(own))
    quotations = [place for place, block in enumerate(blocks) if block.quoted]
    if len(quotations) == 1:
        place = quotations[0]
        by_hand = place > 0 and not blocks[place].attributed
        if not by_hand and len(blocks) > 1:
            blocks = [block for block in blocks if not block.quoted]
            return [line for block in blocks for line in ("", *_trim(block.lines))]
    return [line for block in blocks for line in block.lines]


def _trim(lines: Sequence[str]) -> list[str]:
    return "\n".join(lines).strip("\n").split("\n")


def _shorn(block: _Block) -> _Block:
    if block.quoted:
        return block
    lines = without_footer(block.lines)
    # The blank lines above a quotation stay with an answer in the middle of it.
    gap = [""] if len(lines) < len(block.lines) or (lines and not lines[-1].strip()) else []
    return _Block(False, False, [*lines, *gap])


def _merged(blocks: Sequence[_Block]) -> list[_Block]:
    merged: list[_Block] = []
    for block in blocks:
        if merged and merged[-1].quoted == block.quoted:
            merged[-1].lines.extend(block.lines)
        else:
            merged.append(block)
    return merged


def _without_trailing(blocks: list[_Block]) -> list[_Block]:
    """Without the quotation at the end, unless the author put it there by hand."""
    if not blocks or not blocks[-1].quoted:
        return blocks
    last = blocks[-1]
    if not last.attributed and len(blocks) > 1:
        above = next((line for line in reversed(blocks[-2].lines) if line.strip()), "")
        size = sum(bool(line.strip()) for line in last.lines)
        by_hand = above.rstrip().endswith(":") and size <= _SHORT_QUOTATION
        if by_hand or _PROMPT.match(last.lines[0]):
            return blocks
    return blocks[:-1]


def _tidy(lines: Sequence[str]) -> str:
    text = "\n".join(map(str.rstrip, lines))
    while "\n\n\n" in text:  # each time a third less of a long gap
        text = text.replace("\n\n\n", "\n\n")
    return text.strip("\n")
