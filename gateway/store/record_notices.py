"""What agents are told, and their digests: into rows and back."""

from collections.abc import Sequence
from typing import Any, assert_never

from sqlalchemy import Connection, bindparam, insert, update

from gateway.model.notice_changes import ChooseNews, NoticeChange, SetAbsence, SetDigest
from gateway.model.people import NotifyChoice
from gateway.store import schema
from gateway.store.occasion import Occasion
from gateway.store.schema_work import notify_choice as _choice

_AGENT = schema.agent
_FORGET = _choice.delete().where(
    _choice.c.agent_id == bindparam("who"), _choice.c.department == bindparam("where")
)
_DIGEST = (
    update(_AGENT)
    .where(_AGENT.c.id == bindparam("who"))
    .values(
        digest=bindparam("rhythm"),
        digest_at=bindparam("at", type_=_AGENT.c.digest_at.type),
        digest_since=bindparam("since", type_=_AGENT.c.digest_since.type),
    )
)
_ABSENCE = (
    update(_AGENT)
    .where(_AGENT.c.id == bindparam("who"))
    .values(
        away_since=bindparam("since", type_=_AGENT.c.away_since.type),
        away_until=bindparam("until", type_=_AGENT.c.away_until.type),
        away_by_notice=bindparam("notice"),
    )
)


def write(connection: Connection, run: Sequence[Any], _: Occasion) -> None:
    """Write changes that are all of one kind."""
    for change in run:
        _write(connection, change)


def _write(connection: Connection, change: NoticeChange) -> None:
    match change:
        case ChooseNews(agent, department, choice):
            connection.execute(_FORGET, {"who": agent, "where": department})
            if choice is not NotifyChoice.ALL:
                row = {"agent_id": agent, "department": department, "choice": choice.value}
                connection.execute(insert(_choice), row)
        case SetDigest(agent, rhythm, at, since):
            values = {"who": agent, "rhythm": rhythm.value, "at": at, "since": since}
            connection.execute(_DIGEST, values)
        case SetAbsence(agent, absence):
            away: dict[str, object] = {
                "who": agent,
                "since": absence.since if absence else None,
                "until": absence.until if absence else None,
                "notice": absence is not None and absence.by_notice,
            }
            connection.execute(_ABSENCE, away)
        case _:
            assert_never(change)
