"""What security.yaml says about commands."""

from collections.abc import Iterator

from gateway.model.text import say
from gateway.policy.levels import FIXED, LEVELS, key_of
from gateway.rulebook.errors import RuleError, error
from gateway.rulebook.files import Files
from gateway.rulebook.names import closest


def contradictions_of_security(files: Files) -> Iterator[RuleError]:
    """Words that are no command, or that are given a level twice."""
    if files.security is None:
        return
    document = files.security.document
    first: dict[str, str] = {}
    for word in files.security.content.levels:
        place, key = document.key_place(("levels", word)), key_of(word)
        if key is None:
            meant = closest(word, LEVELS)
            right = (
                say('did you mean "%(known)s"?', known=meant)
                if meant
                else say("known here: %(known)s", known=", ".join(sorted(LEVELS)))
            )
            yield error(place, say('there is no command "%(word)s"', word=word), right)
        elif key in FIXED:
            what = say('"%(word)s" needs no proof: it is one', word=word)
            yield error(place, what, say("leave it out"))
        elif key in first:
            yield error(
                place,
                say('"%(word)s" is the same command as "%(first)s"', word=word, first=first[key]),
                say("keep one of them"),
            )
        else:
            first[key] = word
