"""Mailboxes out of address fields that break the grammar (RFC 5322 section 3.4).

Only asked where the strict reader left something out. Nothing is chosen between two addresses:
where one item holds several, all of them come back, so that nobody is taken for the only author.
"""

import re
from collections.abc import Iterator

_TOKEN = re.compile(
    r'"(?:[^"\\]|\\.){0,200}"|\((?:[^()\\]|\\.){0,200}\)|<[^<>]{0,200}>?|[,;]|[^,;"<(]+|.',
    re.DOTALL,
)
_GROUP = re.compile(r"^\s*[^@<>\"():]{1,200}:(?!//)(?=[^:]*[@<])")
_MAILTO = re.compile(r"(?i)^\s*mailto:\s*")
_ADDR_SPEC = re.compile(
    r'(?:"(?:[^"\\\x00-\x1f\x7f]|\\.){1,100}"|[^\s@<>()\[\],;:"\\\x00-\x1f\x7f]{1,250})'
    r"@(?:\[[0-9A-Za-z.:]{1,60}\]|[^\s@<>()\[\],;:\"\\\x00-\x1f\x7f]{1,255})"
)
_COMMENT = re.compile(r"\(((?:[^()\\]|\\.){0,200})\)")
_ESCAPED = re.compile(r"\\(.)")
_SPACE = re.compile(r"\s+")
_ADDRESS_ENDS = "'\"`.>,;: "
_ADDRESS_STARTS = "'\"`<"
# The only ones that are addresses without a domain (RFC 5321 section 4.5.1, and what is bounced).
_WITHOUT_DOMAIN = frozenset({"mailer-daemon", "postmaster"})


def recover(value: str) -> list[tuple[str, str]]:
    """(display name, addr-spec) of all mailboxes that stand plainly in an unfolded field value.

    Separators are commas and semicolons. A word before a comma that is no address belongs to the
    name that follows (`Müller, Anna <anna@kunde.example>`).
    """
    found: list[tuple[str, str]] = []
    before = ""
    for item, separator in _items(value):
        pairs = list(_mailboxes(item))
        gap = " " if before and item[:1].isspace() else ""
        if not pairs:
            words = _name(item)
            before = f"{before}{gap}{words}," if words and separator == "," else ""
            continue
        if before and pairs[0][0]:
            pairs[0] = (before + gap + pairs[0][0], pairs[0][1])
        found += pairs
        before = ""
    return found


def _items(value: str) -> Iterator[tuple[str, str]]:
    """The items of a list, each with the separator behind it (empty for the last one)."""
    item: list[str] = []
    for token in _TOKEN.findall(value):
        if token in ",;":
            yield "".join(item), token
            item = []
        else:
            item.append(token)
    yield "".join(item), ""


def _mailboxes(item: str) -> Iterator[tuple[str, str]]:
    item = _MAILTO.sub("", item)
    group = _GROUP.match(item)
    item = item[group.end() :] if group else item
    angles, names = _cut(item)
    if not angles:
        yield from _bare(item)
        return
    if len(angles) == 1 and names[1][:1] not in ("", " ", "\t", "(", ">", '"'):
        return  # `<a@b>@c`: nobody knows who that is
    for number, angle in enumerate(angles):
        if address := _addr_spec(angle):
            rest = names[-1] if len(angles) == 1 else ""
            yield _name(names[number]) or _name(rest), address


def _cut(item: str) -> tuple[list[str], list[str]]:
    """The contents of the angle brackets of an item, and what stands around them."""
    angles: list[str] = []
    names = [""]
    for token in _TOKEN.findall(item):
        if token[0] == "<" and token.strip("<>\t "):
            angles.append(token.strip("<>"))
            names.append("")
        elif token[0] != "<" or len(token) > 1:
            names[-1] += token
    return angles, names


def _bare(item: str) -> Iterator[tuple[str, str]]:
    comments = " ".join(_COMMENT.findall(item))
    words = _COMMENT.sub(" ", item)
    name = _name(words.replace("<>", ""))
    if name.lower() in _WITHOUT_DOMAIN:
        yield _name(comments), name
        return
    if "<" in words:
        return
    tokens = words.split()
    found = {token: _addr_spec(token) for token in tokens if "@" in token}
    addresses = [address for address in found.values() if address]
    shown = " ".join(token for token in tokens if not found.get(token)) or comments
    for address in addresses:
        yield (_name(shown) if len(addresses) == 1 else ""), address


def _addr_spec(text: str) -> str:
    text = _MAILTO.sub("", text).strip()
    if not text.startswith('"'):
        text = _SPACE.sub("", text) if text.count("@") == 1 else text
        text = text.rstrip(_ADDRESS_ENDS).lstrip(_ADDRESS_STARTS)
    return text if _ADDR_SPEC.fullmatch(text) else ""


def _name(text: str) -> str:
    """A phrase without its quotes; encoded words stay."""
    plain = text.replace('"', " ") if '\\"' not in text else text.strip(' "')
    return _SPACE.sub(" ", _ESCAPED.sub(r"\1", plain)).strip(" \t>")
