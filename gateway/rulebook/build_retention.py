"""retention.yaml as the rules of how long things are kept."""

from gateway.model.people import DepartmentId
from gateway.model.retention import Retention, RetentionRule, Then
from gateway.model.ticket import TopicId
from gateway.rulebook.schema import RetentionFile, RetentionPart


def retention(file: RetentionFile | None) -> Retention:
    """The rules; without the file none. It must be free of mistakes."""
    if file is None:
        return Retention()
    return Retention(
        tuple(map(_rule, file.rules)),
        purge_days=file.purge_days,
        mail_days=file.mail_days,
        history_months=file.history_months,
        again_months=file.again_months,
    )


def _rule(part: RetentionPart) -> RetentionRule:
    return RetentionRule(
        part.closed_months,
        Then(part.then),
        frozenset(map(DepartmentId, part.departments)),
        frozenset(map(TopicId, part.topics)),
        part.rejected,
        part.spam,
    )
