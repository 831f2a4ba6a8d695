"""What accounts.yaml says against itself."""

from collections.abc import Iterator

from gateway.model.text import say
from gateway.rulebook.errors import RuleError, error
from gateway.rulebook.files import Files

_SHORTEST_MONTH = 28


def contradictions_of_accounts(files: Files) -> Iterator[RuleError]:
    """A step that is announced before the time begins from which it is counted."""
    if files.accounts is None:
        return
    document, content = files.accounts.document, files.accounts.content
    for key, months in (
        ("lock_after_months", content.lock_after_months),
        ("delete_after_months", content.delete_after_months),
    ):
        if months and content.warn_days >= months * _SHORTEST_MONTH:
            yield error(
                document.place(("warn_days",)),
                say("the announcement would come before %(key)s begins", key=key),
                say("write less than %(days)s days", days=months * _SHORTEST_MONTH),
            )
            return
