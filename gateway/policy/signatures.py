"""What is told of a mail with OpenPGP in it, in plain words: to agents, and to an author.

How much is signed was computed from the structure of the mail (`mail.opening`); here it is only
put into words, so that nobody takes for signed what is not.
"""

from collections.abc import Iterator

from gateway.mail.armor import PUBLIC_KEY, armored
from gateway.model.openpgp import Covers, OpenPgp, Problem, Signature, Verdict, grouped
from gateway.model.route import File
from gateway.model.text import Text, say
from gateway.model.ticket import EntryFlag
from gateway.policy.facts import Facts

_WHY_CLOSED = {
    Problem.NO_KEY: say("It is encrypted with a key that we do not have."),
    Problem.PASSPHRASE: say("Our own key cannot be used at the moment."),
    Problem.PASSWORD: say("It is encrypted with a password instead of our key."),
    Problem.NO_INTEGRITY: say(
        "Its encryption does not protect it from being changed on its way, so it is not opened. The"
        " program that sent it is out of date."
    ),
    Problem.DAMAGED: say("It is damaged, or encrypted in a way that we cannot read."),
    Problem.TOO_BIG: say("It is too big to be opened."),
    Problem.TOO_SLOW: say("It took too long to open it."),
    Problem.NOT_SET_UP: say("We cannot read encrypted mail yet."),
}

REASONS = frozenset(_WHY_CLOSED.values())
"""Sentences of ours without any value of a mail."""

_WHY_UNPROVED = {
    Verdict.WEAK: say("The signature was made in an old way that can be forged."),
    Verdict.SEVERAL: say("There are several signatures in one place."),
    Verdict.OTHER_KEY: say("The signature is by the key of somebody else."),
    Verdict.LISTED: say(
        "The signature is right. Its key stands in the allow list; that it belongs to the author"
        " whom you see, nothing says."
    ),
    Verdict.NEW_KEY: say(
        "The signature is by a key that only came with mail in this name: whoever wrote has that"
        " key, and that is all it says."
    ),
    Verdict.EXPIRED_KEY: say("The key of the signature has expired."),
    Verdict.REVOKED_KEY: say("The owner of the key has revoked it."),
    Verdict.EXPIRED_SIGNATURE: say("The signature has expired."),
    Verdict.AMBIGUOUS: say("It is not clear what is signed."),
    Verdict.UNREADABLE: say("The signature cannot be read."),
}

_CHANGED = say(
    "The signature of the mail is wrong: its text was changed after it was signed. Send it again,"
    " and without a signature if a program on the way changes it each time."
)

_LONGEST_QUOTE = 300


def why_closed(problem: Problem) -> Text | None:
    """Why it could not be opened, for its author and for agents; None where nothing is closed."""
    return _WHY_CLOSED.get(problem)


def why_unread(found: OpenPgp) -> Text | None:
    """Why nothing of an agent's mail may have an effect; None where it may."""
    if found.signature is not None and found.signature.verdict is Verdict.BAD:
        return _CHANGED
    return why_closed(found.problem)


def our_key(facts: Facts) -> tuple[File, ...]:
    """Our public key as a file, for somebody whose mail we cannot read."""
    key = facts.message.openpgp.our_key
    if not key:
        return ()
    name = facts.recipients[0].address.address if facts.recipients else "key"
    return (File(f"{name}.asc", "application/pgp-keys", armored(PUBLIC_KEY, key)),)


def flags(found: OpenPgp) -> frozenset[EntryFlag]:
    """What stays with the entry."""
    kept = {EntryFlag.ENCRYPTED} if found.encrypted else set()
    if found.problem is not Problem.NONE:
        kept.add(EntryFlag.CLOSED)
    if found.signature is not None:
        kept.add(_flag(found.signature))
    if found.contradicted:
        kept.add(EntryFlag.CONTRADICTED)
    return frozenset(kept)


def _flag(signature: Signature) -> EntryFlag:
    if signature.verdict is Verdict.BAD:
        return EntryFlag.BAD_SIGNATURE
    if signature.verdict is not Verdict.VALID or signature.covers is Covers.NOTHING:
        return EntryFlag.UNPROVED_SIGNATURE
    return EntryFlag.SIGNED if signature.covers is Covers.ALL else EntryFlag.SIGNED_IN_PART


def notes(found: OpenPgp) -> tuple[Text, ...]:
    """The particulars that the flags leave out."""
    return tuple(_notes(found))


def _notes(found: OpenPgp) -> Iterator[Text]:
    if (why := why_closed(found.problem)) is not None:
        yield why
        yield say("Once the right key is there, an admin opens it with: gateway openpgp retry")
    if found.signature is not None:
        yield from _about(found.signature, found.signed_text)
    if "from" in found.contradicted:
        yield say(
            "Inside of the mail another sender is named than outside; you see the one outside."
        )
    others = [name for name in found.contradicted if name != "from"]
    if others:
        yield say(
            "Outside of the mail something else stands than inside (%(fields)s); you see what"
            " stands inside.",
            fields=", ".join(others),
        )


def _about(signature: Signature, text: str) -> Iterator[Text]:
    if signature.verdict is Verdict.UNKNOWN_KEY:
        yield say("We do not have the key of the signature (%(key)s).", key=signature.key_id)
    elif (why := _WHY_UNPROVED.get(signature.verdict)) is not None:
        yield why
    if signature.fingerprint and signature.verdict is not Verdict.BAD:
        yield say("It is by the key %(fingerprint)s.", fingerprint=grouped(signature.fingerprint))
    if signature.covers is Covers.PART and text:
        yield say("This is what is signed: “%(text)s”", text=_short(text))


def _short(text: str) -> str:
    """On one line: all of it, or its beginning and its end."""
    line = " ".join(text.split())
    if len(line) <= _LONGEST_QUOTE:
        return line
    return f"{line[: _LONGEST_QUOTE - 60]} […] {line[-60:]}"
