"""The new text of an answer, without quoted history and without the signature.

In this order, and each step in one pass over the lines:

1. From our marker line, an "Original Message" line, a header block of Outlook or an attribution
   line on, everything is history, unless it is quoted with `>`.
2. What is left is cut at its `>` blocks. Text between two of them is an answer in the middle of
   the quotation: then all of it is kept. Otherwise the blocks go, with their attribution lines;
   text above and below them stays.
3. Each stretch loses its signature and the footer of a mobile program.

In doubt text is kept: the cost of showing too much is small.
"""

import re
from collections.abc import Iterator, Sequence

from gateway.mail.history import (
    Attributions,
    attribution,
    begins_history,
    begins_with_marker,
    find_attributions,
    is_quoted,
    without_last_attribution,
)

_SIGNATURE = re.compile(r"--\s?|[—–]\s?|_{2}\s?")
_GAP = re.compile(r"\n{3,}")
_MAX_SIGNATURE = 40  # lines; a longer one is text
_MAX_UNSURE_SIGNATURE = 15  # the same after a delimiter that is not exactly `-- `

_FOOTER = re.compile(
    r"""(?ix) ^[\s*_]* (?:
        (?:sent|gesendet|envoyé|enviado|inviato|verzonden|wysłan[eo])\s
            (?:from|via|using|with|von|vom|mit|über|per|aus|depuis|de|à|desde|con|da|dal|vanaf|met|z)
            \s .{0,80}
            (?:iphone|ipad|ios|android|smartphone|galaxy|samsung|huawei|mobil\w*|handy|tablet|blackberry|
               outlook|mail|k-9|proton\w*|thunderbird|telefon\w*|teléfono|téléphone|telefoon|app|gmx|web\.de)
            .{0,80}
      | (?:von|vom)\s (?:meinem|mein|outlook) \b .{0,80} (?:gesendet|outlook\.?|ios|android) .{0,60}
      | diese\s nachricht\s wurde\s von\s mein\w+ .{0,80} gesendet .{0,60}
      | (?:get|holen\s sie\s sich|laden\s sie|télécharge[rz]|obtenir|obtener|scarica|download)\s
            .{0,30} (?:outlook|k-9|fairemail|bluemail) .{0,60}
      | (?:outlook|yahoo\s mail|gmx|aol) \s (?:für|for|auf|on|pour|para) \s (?:ios|android) .{0,60}
    ) $"""
)


def new_text(text: str) -> str:
    """What the author of `text` (lines end in LF) wrote anew; empty when there is nothing new."""
    lines = text.split("\n")
    attributions = find_attributions(lines)
    end = _history_begins(lines, attributions)
    head = lines if end == len(lines) else without_last_attribution(lines[:end], attributions)
    blocks = _split(head, attributions)
    if _answers_inside(blocks):
        return _tidy(head)
    kept: list[str] = []
    for quoted, block in blocks:
        if not quoted:
            own = list(_without_footer(_without_signature(block)))
            kept += ["", *own] if kept and own else own
    return _tidy(kept)


def _history_begins(lines: Sequence[str], attributions: Attributions) -> int:
    return next(
        (
            number
            for number in range(len(lines))
            if begins_with_marker(lines, number) or begins_history(lines, number, attributions)
        ),
        len(lines),
    )


def _split(lines: Sequence[str], attributions: Attributions) -> list[tuple[bool, list[str]]]:
    """Stretches of quoted and of own lines. Attribution lines belong to the quotation."""
    blocks: list[tuple[bool, list[str]]] = []
    number = 0
    while number < len(lines):
        taken = attribution(lines, number, attributions)
        quoted = bool(taken) or is_quoted(lines[number])
        taken = max(taken, 1)
        blank = not lines[number].strip()
        if blocks and (blank or blocks[-1][0] == quoted):
            blocks[-1][1].extend(lines[number : number + taken])
        else:
            blocks.append((quoted, list(lines[number : number + taken])))
        number += taken
    return blocks


def _answers_inside(blocks: Sequence[tuple[bool, list[str]]]) -> bool:
    quotations = [place for place, (quoted, _) in enumerate(blocks) if quoted]
    return len(quotations) > 1


def _without_signature(block: list[str]) -> list[str]:
    """The lines above the topmost delimiter that has no more than a signature below it."""
    below, end = 0, len(block)
    for number in range(len(block) - 1, -1, -1):
        line = block[number]
        if below > _MAX_SIGNATURE:
            break
        if _SIGNATURE.fullmatch(line) and (line == "-- " or below <= _MAX_UNSURE_SIGNATURE):
            end = number
        below += bool(line.strip())
    return block[:end]


def _without_footer(block: list[str]) -> Iterator[str]:
    last = next((n for n in range(len(block) - 1, -1, -1) if block[n].strip()), None)
    if last is not None and len(block[last]) < 200 and _FOOTER.match(block[last].strip()):
        block = block[:last]
    yield from block


def _tidy(lines: Sequence[str]) -> str:
    return _GAP.sub("\n\n", "\n".join(line.rstrip() for line in lines)).strip("\n")
