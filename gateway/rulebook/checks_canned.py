"""Canned responses that the gateway sends by itself: that they are there, and need nobody."""

from collections.abc import Iterator

from gateway.model.canned import CannedResponses
from gateway.model.text import say
from gateway.policy.canned import without_value
from gateway.policy.commands.folding import folded
from gateway.rulebook.errors import Place, RuleError, error
from gateway.rulebook.files import Files
from gateway.rulebook.names import closest


def contradictions_of_canned(files: Files, canned: CannedResponses) -> Iterator[RuleError]:
    """Names of canned responses that are not there, or that only an agent could fill in."""
    if files.form is not None:
        document = files.form.document
        for number, part in enumerate(files.form.content.refuse):
            yield from _alone(document.place(("refuse", number, "canned")), part.canned, canned)
    if files.topics is not None:
        document = files.topics.document
        for short, topic in files.topics.content.topics.items():
            if topic.autoresponse:
                place = document.place(("topics", short, "autoresponse"))
                yield from _alone(place, topic.autoresponse, canned)


def _alone(place: Place, name: str, canned: CannedResponses) -> Iterator[RuleError]:
    found = canned.get(folded(name))
    if found is None:
        meant = closest(name, canned)
        yield error(
            place,
            say('there is no canned response "%(name)s"', name=name),
            say('did you mean "%(known)s"?', known=meant)
            if meant
            else say("write it as a file in the folder canned"),
        )
    for each in found.values() if found else ():
        if gaps := without_value(each):
            yield error(
                place,
                say(
                    'nobody fills in %(gaps)s of "%(name)s" when it is sent by itself',
                    gaps=", ".join(gaps),
                    name=each.id,
                ),
                say("give it words that hold then: %(value)s", value=f"{{{{ {gaps[0]} | … }}}}"),
            )
