"""Which of our languages somebody writes."""

from gateway.model.message import Message
from gateway.model.people import Language

_WORDS = {
    Language.GERMAN: frozenset(
        "und der die das ich nicht ist ein eine mit für auf den dem wir sie ihr bitte danke hallo"
        " haben habe wäre kann gerne guten tag grüße grüßen einen zum zur von bei".split()
    ),
    Language.ENGLISH: frozenset(
        "and the i not is with for on we you your please thanks hello have would could can"
        " dear regards my to of from this that are".split()
    ),
}
_AROUND = ".,;:!?()\"'„“”–-"


def language_of(message: Message, default: Language) -> Language:
    """The language of the first lines; the organisation's own where that is not clear."""
    beginning = f"{message.subject} {message.text}"[:500].casefold()
    words = [word.strip(_AROUND) for word in beginning.split()]
    german = sum(word in _WORDS[Language.GERMAN] for word in words)
    english = sum(word in _WORDS[Language.ENGLISH] for word in words)
    if german == english:
        return default
    return Language.GERMAN if german > english else Language.ENGLISH
