"""Whether a mail asks for our public key: by its subject, or by a text that says nothing else.

Every word has to be one of these, so that a mail which only speaks of keys is none that asks for
ours. `key` and `Schlüssel` alone may mean that of a door: with a further text they do not count.
"""

import re

from gateway.model.key_request import AskedForKey
from gateway.model.message import Message
from gateway.model.people import Language
from gateway.policy.commands.folding import folded

LONGEST = 300
"""Characters of a text that is looked at; a longer one says something else."""

_NAMES = frozenset("pgp gpg gnupg openpgp pubkey".split())
_PUBLIC_EN = frozenset({"public"})
_PUBLIC_DE = frozenset("oeffentlich oeffentliche oeffentlichen oeffentlicher".split())
_KEY_EN = frozenset({"key", "keys"})
_KEY_DE = frozenset({"schluessel", "schluessels"})
_AROUND_EN = frozenset(
    "please send me us your the a an get request for need thanks thank you hello hi dear regards"
    " kind best i would like to have may can could it".split()
)
_AROUND_DE = frozenset(
    "bitte sende senden schick schicke schicken mir uns euer eure euren ihr ihre ihren dein deinen"
    " der den einen anfrage anforderung anfordern danke hallo guten tag gruss gruesse viele liebe"
    " mit freundlichen mfg lg ich sie ihn moechte haette gern gerne koennt koennen koenntet"
    " koennten".split()
)
_GERMAN = _PUBLIC_DE | _KEY_DE | _AROUND_DE
_ENGLISH = _PUBLIC_EN | _KEY_EN | _AROUND_EN
_WORDS = _NAMES | _GERMAN | _ENGLISH

_NO_SUBJECT = frozenset(
    {"", "hello", "hi", "hallo", "no subject", "kein betreff", "ohne betreff", "guten tag"}
)
_REPLY = re.compile(r"(?:(?:re|aw|antw)\s*:\s*)+", re.IGNORECASE)
_SIGNS = re.compile(r"[\s_.,;:!?()\"'„“”–-]+")
_KEY_FILES = frozenset({"application/pgp-keys", "application/pgp-signature"})


def asked_for_key(message: Message) -> AskedForKey | None:
    """What the mail asks for, if it asks for a key."""
    subject = _REPLY.sub("", message.subject[:LONGEST].strip(), count=1)
    text = (message.reply or message.text).strip()
    named, said = _asked(_words(subject)), _asked(_words(text))
    command = _is_command(text)
    if not (named or said):
        return None
    author = message.author.name if message.author else ""
    nothing_else = (
        (bool(named) or " ".join(_words(subject)) in _NO_SUBJECT)
        and (bool(said) or set(_words(text)) <= _WORDS.union(_words(author)))
        and len(text) <= LONGEST
        and all(each.content_type in _KEY_FILES for each in message.attachments)
    )
    if not (nothing_else or command or "clear" in (named, said)):
        return None
    return AskedForKey(nothing_else, _language({*_words(subject), *_words(text)}))


def _words(text: str) -> list[str]:
    return [word for word in _SIGNS.split(folded(text[: LONGEST + 1])) if word]


def _asked(words: list[str]) -> str:
    """`clear` for words that can only mean our key, `vague` for `key` alone; empty for others."""
    found = set(words)
    if not found or not found <= _WORDS | _JOINED or len(words) > _MOST:
        return ""
    if found & (_NAMES | _JOINED):
        return "clear"
    if found & (_KEY_EN | _KEY_DE):
        return "clear" if found & (_PUBLIC_EN | _PUBLIC_DE) else "vague"
    return ""


_MOST = 25
_JOINED = frozenset(f"{name}{key}" for name in _NAMES for key in ("key", "schluessel"))
_COMMAND = re.compile(r"!\s*(?:pgp-?|gpg-?)?(?:key|schluessel)\s*", re.IGNORECASE)


def _is_command(text: str) -> bool:
    return len(text) < LONGEST and _COMMAND.fullmatch(folded(text)) is not None


def _language(words: set[str]) -> Language | None:
    german, english = len(words & _GERMAN), len(words & _ENGLISH)
    if german == english:
        return None
    return Language.GERMAN if german > english else Language.ENGLISH
