"""What gpg says on its status lines, read strictly (GnuPG's doc/DETAILS).

The result objects of python-gnupg are not asked: they call a signature of any key valid, take the
last of several, and hold the text of what failed to decrypt. One good signature leads to exactly
one set of lines; whatever else is there makes it not good.
"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from hashlib import sha256

from gateway.model.openpgp import NOBODY, Fingerprint, Problem, Signature, Verdict, fingerprint

Line = tuple[str, str]
"""A keyword and the rest of its line, as gpg escaped it."""

_RESULTS = {
    "GOODSIG": Verdict.VALID,
    "EXPSIG": Verdict.EXPIRED_SIGNATURE,
    "EXPKEYSIG": Verdict.EXPIRED_KEY,
    "REVKEYSIG": Verdict.REVOKED_KEY,
    "BADSIG": Verdict.BAD,
    "ERRSIG": Verdict.UNREADABLE,
}
_CONTRADICTING = frozenset({"UNEXPECTED", "NODATA", "FAILURE"})
_FORGEABLE = frozenset({"1", "2", "3"})  # MD5, SHA-1, RIPEMD-160 (RFC 9580 section 9.5)
_NO_PUBLIC_KEY = "9"
_CODE = re.compile(r" ([0-9]{1,10})(?:_| |$)")
_NO_PASSPHRASE = frozenset({11, 85, 99})  # wrong, nobody to ask, not given (gpg-error.h)


def signature_of(lines: Sequence[Line]) -> Signature | None:
    """The signature that the lines tell of; None when they tell of none."""
    groups = _groups(lines)
    if not groups:
        return None
    found = [_one(group) for group in groups]
    if len(found) > 1:
        return _several(found)
    signature = found[0]
    is_told = _contradicting(lines) or (_has_ended_badly(lines) and not _tried_several(lines))
    if signature.is_good and is_told:
        return Signature(Verdict.AMBIGUOUS, key_id=signature.key_id)
    return signature


def _groups(lines: Sequence[Line]) -> list[list[Line]]:
    """The lines of each signature: from its NEWSIG, or where that is missing from its result."""
    groups: list[list[Line]] = []
    announced = False
    for line in lines:
        keyword = line[0]
        if keyword == "NEWSIG":
            groups.append([])
            announced = True
        elif keyword in _RESULTS:
            if not announced:
                groups.append([])
            announced = False
        if groups:
            groups[-1].append(line)
    return [group for group in groups if any(keyword in _RESULTS for keyword, _ in group)]


def _one(group: Sequence[Line]) -> Signature:
    results = [line for line in group if line[0] in _RESULTS]
    valid = [rest.split() for keyword, rest in group if keyword == "VALIDSIG"]
    keyword, rest = results[0]
    key_id = rest.split(" ", 1)[0]
    if len(results) > 1 or len(valid) > 1:
        return Signature(Verdict.AMBIGUOUS, key_id=key_id)
    verdict = _RESULTS[keyword]
    if keyword == "ERRSIG":
        fields = rest.split()
        is_unknown = len(fields) > 5 and fields[5] == _NO_PUBLIC_KEY
        named = fields[6] if len(fields) > 6 and fields[6] != "-" else key_id
        made = _moment(fields[4]) if len(fields) > 4 else None
        return Signature(Verdict.UNKNOWN_KEY if is_unknown else verdict, NOBODY, named, made)
    if keyword == "BADSIG":
        return Signature(verdict, key_id=key_id)
    if not valid or len(valid[0]) < 9:
        return Signature(Verdict.AMBIGUOUS, key_id=key_id)
    return _checked(verdict, key_id, valid[0], group)


def _checked(verdict: Verdict, key_id: str, valid: list[str], group: Sequence[Line]) -> Signature:
    """A signature that is right as such, of a key that is known (the line VALIDSIG)."""
    primary = fingerprint(valid[9] if len(valid) > 9 else valid[0])
    if primary is None:
        return Signature(Verdict.AMBIGUOUS, key_id=key_id)
    if verdict is Verdict.VALID and valid[7] in _FORGEABLE:
        verdict = Verdict.WEAK
    ids = [rest.split(" ", 1)[0] for keyword, rest in group if keyword == "SIG_ID"]
    digest = sha256(f"{primary} {ids[0] if ids else valid[2]}".encode()).hexdigest()
    return Signature(verdict, primary, key_id, _moment(valid[2]), digest)


def _several(found: Sequence[Signature]) -> Signature:
    """More than one never proves anything; what there is to say of all of them."""
    good = [one for one in found if one.is_good]
    rest = [one for one in found if not one.is_good]
    if good and all(one.verdict is Verdict.UNKNOWN_KEY for one in rest):
        first = good[0]
        return Signature(
            Verdict.SEVERAL, first.fingerprint, first.key_id, first.made_at, first.digest
        )
    same = {one.verdict for one in found}
    verdict = same.pop() if len(same) == 1 else Verdict.AMBIGUOUS
    return Signature(verdict, NOBODY, found[0].key_id)


def problem_of(lines: Sequence[Line], returncode: int, *, was_encrypted: bool) -> Problem:
    """Why the text that gpg wrote must not be used; `Problem.NONE` when it may be."""
    said = [keyword for keyword, _ in lines]
    if said.count("PLAINTEXT") != 1:
        return _failure(lines)
    if was_encrypted and not (
        said.count("DECRYPTION_OKAY")
        == said.count("GOODMDC")
        == said.count("BEGIN_DECRYPTION")
        == 1
    ):
        return _failure(lines)
    if {"DECRYPTION_FAILED", "BADMDC"} & set(said) or _contradicting(lines):
        return _failure(lines)
    is_explained = any(_RESULTS.get(word, Verdict.VALID) is not Verdict.VALID for word in said)
    if returncode and not (is_explained or _tried_several(lines)):
        return Problem.DAMAGED  # something failed, and it is neither the signature nor a key
    return Problem.NONE


def _contradicting(lines: Sequence[Line]) -> bool:
    """True when gpg says what no good message leads to."""
    return any(line[0] in _CONTRADICTING and not _is_end(line) for line in lines)


def _has_ended_badly(lines: Sequence[Line]) -> bool:
    """True when gpg says that it ends with an error (2.4), which its return code says as well."""
    return any(map(_is_end, lines))


def _is_end(line: Line) -> bool:
    return line[0] == "FAILURE" and line[1].startswith("gpg-exit ")


def _tried_several(lines: Sequence[Line]) -> bool:
    """True when keys may have failed before the right one was found, which ends in an error too."""
    named = [rest.split(" ", 1)[0] for keyword, rest in lines if keyword == "ENC_TO"]
    return len(named) > 1 or (bool(named) and not named[0].strip("0"))


def _failure(lines: Sequence[Line]) -> Problem:
    said = {keyword for keyword, _ in lines}
    if "NEED_PASSPHRASE_SYM" in said and "ENC_TO" not in said:
        return Problem.PASSWORD
    errors = (_CODE.search(rest) for keyword, rest in lines if keyword == "ERROR")
    codes = {int(error[1]) & 0xFFFF for error in errors if error}
    if said & {"BAD_PASSPHRASE", "MISSING_PASSPHRASE"} or codes & _NO_PASSPHRASE:
        return Problem.PASSPHRASE
    info = [rest.split() for keyword, rest in lines if keyword == "DECRYPTION_INFO"]
    if info and info[0][:1] == ["0"] and info[0][2:3] in ([], ["0"]):
        return Problem.NO_INTEGRITY
    if "NO_SECKEY" in said and "BEGIN_DECRYPTION" not in said:
        return Problem.NO_KEY
    if "BEGIN_DECRYPTION" in said and not info:
        return Problem.NO_KEY if "NO_SECKEY" in said else Problem.DAMAGED
    return Problem.DAMAGED


def recipients_of(lines: Sequence[Line]) -> tuple[str, ...]:
    """The key ids that a message is encrypted to; hidden ones are left out."""
    named = (rest.split(" ", 1)[0] for keyword, rest in lines if keyword == "ENC_TO")
    return tuple(dict.fromkeys(name for name in named if name.strip("0")))


def is_hidden(lines: Sequence[Line]) -> bool:
    """True when no key opened what is encrypted to somebody unnamed: a passphrase may be wrong."""
    return any(line == ("NO_SECKEY", "0" * 16) for line in lines)


def made_signature(lines: Sequence[Line]) -> tuple[Fingerprint, str] | None:
    """The key that signed just now (that part of it which did) and the number of its digest."""
    made = [rest.split() for keyword, rest in lines if keyword == "SIG_CREATED"]
    if len(made) != 1 or len(made[0]) < 6:
        return None
    signer = fingerprint(made[0][5])
    return (signer, made[0][2]) if signer else None


def _moment(text: str) -> datetime | None:
    if text.isdecimal() and 0 < int(text) < 1 << 33:
        return datetime.fromtimestamp(int(text), UTC)
    return None
