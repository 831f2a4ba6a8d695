"""Paragraphs out of format=flowed text (RFC 3676)."""

SIGNATURE = "-- "


def unflow(text: str, *, delete_space: bool) -> str:
    """`text` with its soft line breaks joined; quote marks become `> ` for each level.

    `delete_space` is the parameter DelSp=yes: the blank at a soft break is no part of the text.
    """
    lines: list[str] = []
    paragraph: list[str] = []
    depth = 0
    for line in text.split("\n"):
        level, body = _unstuff(line)
        soft = body.endswith(" ") and body != SIGNATURE
        if paragraph and (level != depth or body == SIGNATURE):
            lines.append(_quoted(depth, paragraph))
            paragraph = []
        depth = level
        paragraph.append(body[:-1] if soft and delete_space else body)
        if not soft:
            lines.append(_quoted(depth, paragraph))
            paragraph = []
    if paragraph:
        lines.append(_quoted(depth, paragraph))
    return "\n".join(lines)


def _unstuff(line: str) -> tuple[int, str]:
    body = line.lstrip(">")
    return len(line) - len(body), body.removeprefix(" ")


def _quoted(depth: int, paragraph: list[str]) -> str:
    body = "".join(paragraph)
    return f"{'>' * depth} {body}".rstrip(" ") if depth else body
