"""Bytes to Unicode, whatever the mail says about itself, and nothing that a database refuses."""

import binascii
import codecs
import re
from functools import lru_cache
from io import IncrementalNewlineDecoder

from gateway.mail.jis import jis

# Codec names from the mail go through this list only: punycode is quadratic, utf-7 and the escape
# codecs make characters out of harmless text, and others are no character sets at all.
_ALLOWED = frozenset(
    """ascii utf-8 utf-8-sig utf-16 utf-16-le utf-16-be utf-32 utf-32-le utf-32-be
    iso8859-1 iso8859-2 iso8859-3 iso8859-4 iso8859-5 iso8859-6 iso8859-7 iso8859-8 iso8859-9
    iso8859-10 iso8859-11 iso8859-13 iso8859-14 iso8859-15 iso8859-16
    cp437 cp737 cp775 cp850 cp852 cp855 cp857 cp858 cp862 cp866 cp874 cp932 cp949 cp950
    cp1250 cp1251 cp1252 cp1253 cp1254 cp1255 cp1256 cp1257 cp1258
    koi8-r koi8-u koi8-t mac-roman mac-latin2 mac-cyrillic
    gb2312 gbk gb18030 big5 big5hkscs shift_jis euc_jp euc_kr johab tis-620
    iso2022_jp iso2022_jp_1 iso2022_jp_2 iso2022_kr hz""".split()
)
# What mail programs declare and what they then write: the larger set contains the smaller one.
_WIDER = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "tis-620": "cp874",
    "iso8859-9": "cp1254",
}
_ALIASES = {
    "cp-850": "cp850",
    "_iso-2022-jp$esc": "iso2022_jp_2",
    "_iso-2022-jp": "iso2022_jp_2",
    "x-sjis": "cp932",
    "x-gbk": "gb18030",
    "x-euc-jp": "euc_jp",
    "x-euc-kr": "cp949",
    "x-big5": "big5",
    "cp50220": "iso2022_jp_2",
    "cp50221": "iso2022_jp_2",
    "koi8-ru": "koi8-u",
    "latin-9": "iso8859-15",
    "latin-1": "cp1252",
    "x-mac-roman": "mac-roman",
    "x-mac-cyrillic": "mac-cyrillic",
    "x-mac-ce": "mac-latin2",
    "utf8mb4": "utf-8",
    "utf8mb3": "utf-8",
    "dos-874": "cp874",
    "windows-874": "cp874",
    "x-windows-949": "cp949",
    "windows-31j": "cp932",
    "x-ms-cp932": "cp932",
    "windows-949": "cp949",
    "windows-936": "gb18030",
    "cp936": "gb18030",
    "ms936": "gb18030",
    "ms950": "cp950",
    "x-x-big5": "big5",
    "cn-big5": "big5",
    "cn-gb": "gb18030",
    "csgb2312": "gb18030",
    "csiso2022kr": "iso2022_kr",
    "cseuckr": "cp949",
    "csksc56011987": "cp949",
    "macintosh": "mac-roman",
    "csmacintosh": "mac-roman",
    "csiso88598e": "iso8859-8",
    "csiso88598i": "iso8859-8",
    "csisolatin9": "iso8859-15",
    "sun_eu_greek": "iso8859-7",
    "koi": "koi8-r",
    "koi8": "koi8-r",
    "mac": "mac-roman",
    "x-mac-ukrainian": "mac-cyrillic",
    "gb_2312": "gb18030",
    "gb_2312-80": "gb18030",
    "gb-2312": "gb18030",
    "iso-ir-149": "cp949",
    "ks_c_5601-1989": "cp949",
    "ksc_5601": "cp949",
    "ksc_5601-1987": "cp949",
    "cseucpkdfmtjapanese": "euc_jp",
    "ibm-eucjp": "euc_jp",
    "iso-2022-jp-ms": "iso2022_jp_2",
    "iso-2022-jp-3": "iso2022_jp_2",
    "iso-2022-jp-2004": "iso2022_jp_2",
    "jis": "iso2022_jp_2",
    "x-jis": "iso2022_jp_2",
    "ansi": "cp1252",
    "x-utf-8": "utf-8",
    "utf-8n": "utf-8",
    "utf8-mac": "utf-8",
    "visual": "iso8859-8",
    "logical": "iso8859-8",
    "unicode-1-1-utf-8": "utf-8",
    "x-unicode20utf8": "utf-8",
    "unicode": "utf-16",
    "iso-10646-ucs-2": "utf-16-be",
}
_BARE_NUMBER = re.compile(
    r"(?:x-)?(?:iso)?[-_]?8859[-_]?(\d{1,2})(?:-[eil])?"
    r"|(?:x-)?(?:cp|ibm|win(?:dows)?)[-_]?(125\d)(?:http.{0,30})?"
)
_UTF7 = frozenset({"utf-7", "utf7", "unicode-1-1-utf-7", "x-unicode-2-0-utf-7"})
_UTF7_RUN = re.compile(r"\+([A-Za-z0-9+/]{0,4000})(-?)")
# ASCII that stands in a run only because RFC 2152 makes it optional, and that begins nothing.
_UTF7_PLAIN = frozenset(" \"$%&'*;=@[\\]^_`{|}~")
_LATIN = frozenset({"ascii", "iso8859-1", "cp1252", "utf-8"})
_MANY_FOREIGN_BYTES = 0.3
_UMLAUTS = "ÄÖÜäöüß".encode("cp1252")
_FEW_FOREIGN_BYTES = 6
_SURE_ENOUGH = 0.05  # for a single line the library is seldom surer; a wrong guess is less sure
_SAMPLE = 8192

_LINE_ENDS = "\x0b\x0c\x1c\x1d\x1e"
_WIDE_LINE_ENDS = "\x85\u2028\u2029"
_SURROGATE = re.compile("[\ud800-\udfff]")
_NOT_IN_ONE_LINE = re.compile("[\\x00-\\x1f\\x7f-\\x9f\u2028\u2029]+")
_WHITE = re.compile(r"[ \t]*[\r\n\x0b\x0c\x85\u2028\u2029]+[ \t]*")


@lru_cache(maxsize=256)
def _codec(declared: str) -> str:
    """The codec for a charset name out of a mail; empty when it is unknown or not allowed."""
    name = declared.partition("(")[0].strip(" \t\"'<>;,").lower()
    try:
        number = _BARE_NUMBER.fullmatch(name)
        if number:
            name = f"iso8859-{number[1]}" if number[1] else f"cp{number[2]}"
        found = codecs.lookup(_ALIASES.get(name, name)).name
    except (LookupError, ValueError):
        return ""
    return _WIDER.get(found, found) if found in _ALLOWED else ""


def decode(octets: bytes, declared: str = "") -> str:
    """The text of `octets`: by the declared charset, else UTF-8, else Windows-1252. Never raises.

    us-ascii and iso-8859-1 are what programs declare that know nothing of charsets, so they are
    tried as UTF-8 first and then read as Windows-1252 (as the WHATWG encoding standard has it).
    """
    if octets.isascii() and declared and _is_utf7(declared):
        return _UTF7_RUN.sub(_utf7_run, octets.decode("ascii"))
    if octets.isascii() and (not declared or _codec(declared) in _LATIN):
        return octets.decode("ascii")
    codec = _codec(declared)
    if codec and codec not in _LATIN:
        try:
            return octets.decode(codec)
        except UnicodeError:
            if codec.startswith("iso2022_jp"):
                return jis(octets)
    try:
        return octets.decode("utf-8-sig")
    except UnicodeDecodeError:
        return _not_utf8(octets, codec)


def encode(text: str, declared: str) -> bytes:
    """`text` in the declared charset where that is known and has all of it, else in UTF-8."""
    try:
        return text.encode(_codec(declared) or "utf-8")
    except UnicodeError:
        return text.encode("utf-8", "replace")


def is_unknown(declared: str) -> bool:
    """True when a declared charset says nothing about octets beyond ASCII."""
    return _codec(declared) in ("", "ascii")


def _is_utf7(declared: str) -> bool:
    return declared.strip(" \t\"'<>;,").lower() in _UTF7


def _utf7_run(run: re.Match[str]) -> str:
    """The letters of one shifted run (RFC 2152); what could be a command or a tag stays shifted."""
    if not run[1]:
        return "+" if run[2] else run[0]
    try:
        octets = binascii.a2b_base64(run[1] + "=" * (-len(run[1]) % 4))
        text = octets[: len(octets) & ~1].decode("utf-16-be")
    except (binascii.Error, UnicodeError):
        return run[0]
    harmless = all(char in _UTF7_PLAIN or char > "\x9f" for char in text)
    return text if text and harmless else run[0]


def _not_utf8(octets: bytes, codec: str) -> str:
    if codec == "big5":
        return octets.decode("big5hkscs", "replace")
    if codec and codec not in _LATIN:
        return octets.decode(codec, "replace")
    if codec in {"", "ascii"} and (guessed := _guess(octets[:_SAMPLE])):
        return octets.decode(guessed, "replace")
    lenient = octets.decode("utf-8", "replace")
    broken = lenient.count("\ufffd")
    # Cut or damaged UTF-8 keeps most of its characters; Windows-1252 has none that are UTF-8.
    good = sum(1 for char in lenient[:_SAMPLE] if char > "\x7f" and char != "\ufffd")
    if good > broken or (good == broken > 0 and codec == "utf-8"):
        return lenient
    try:
        return octets.decode("cp1252")
    except UnicodeDecodeError:
        return octets.decode("latin-1")


def _guess(sample: bytes) -> str:
    """The codec of undeclared text in a non-Latin script, or empty.

    With few bytes beyond ASCII it is a western language, where guessing is worse than cp1252.
    """
    foreign = sum(1 for octet in sample if octet > 0x7F)
    if foreign < max(_MANY_FOREIGN_BYTES * len(sample), _FEW_FOREIGN_BYTES):
        return ""
    if sample.translate(None, _UMLAUTS).isascii():  # no other script does with seven letters
        return ""
    import chardet  # noqa: PLC0415 - slow to import, seldom needed

    best = chardet.detect(sample)
    return _codec(best["encoding"] or "") if best["confidence"] >= _SURE_ENOUGH else ""


def with_lf(text: str) -> str:
    """`text` with LF in place of CRLF and CR; three times as fast as to replace them."""
    return IncrementalNewlineDecoder(None, translate=True).decode(text, final=True)


def clean(text: str) -> str:
    """`text` with LF as the only line end, without NUL and lone surrogates."""
    ends = _LINE_ENDS
    if not text.isascii():
        ends += _WIDE_LINE_ENDS
        text = _without_surrogates(text)
    text = with_lf(text)
    if "\0" in text:
        text = text.replace("\0", "")
    for end in ends:  # each a fast search, where one pattern for all looks at every character
        if end in text:
            text = text.replace(end, "\n")
    return text


def _without_surrogates(text: str) -> str:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return _SURROGATE.sub("\ufffd", text)
    return text


def one_line(text: str) -> str:
    """`text` as one line: line ends and control characters become a blank, ends are stripped.

    Everything that any reader takes for a line end counts, so no header can be smuggled into what
    is later composed of it.
    """
    if text.isascii() and text.isprintable():
        return text.strip()
    text = _NOT_IN_ONE_LINE.sub(" ", _WHITE.sub(" ", _SURROGATE.sub("\ufffd", text)))
    return text.strip()
