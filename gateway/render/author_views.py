"""Who is allowed and blocked, and what was not let in, as values for templates."""

from typing import Any

from gateway.model.answers import AuthorLine, AuthorList, RejectedStatistics
from gateway.render.header import one_line
from gateway.render.wording import Wording

View = dict[str, Any]


def author_list(answer: AuthorList, wording: Wording) -> View:
    """Values of an answered `!allowlist`; lines are numbered through both lists."""
    lines = [_line(line, wording) | {"place": at} for at, line in enumerate(answer.lines, 1)]
    return {
        "kind": "authors",
        "allowed": [line for line in lines if line["where"]],
        "blocked": [line for line in lines if not line["where"]],
        "allowed_count": answer.allowed,
        "blocked_count": answer.blocked,
        "more": answer.allowed + answer.blocked - len(lines),
    }


def _line(line: AuthorLine, wording: Wording) -> View:
    return {
        "author": one_line(line.author, 300),
        "where": one_line(wording.sentence(line.where), 500) if line.where else "",
        "until": one_line(wording.sentence(line.until)),
        "ended": line.ended,
        "authenticated": line.authenticated,
        "reason": one_line(line.reason, 500),
        "source": one_line(wording.sentence(line.source)),
    }


def rejected(found: RejectedStatistics | None, wording: Wording) -> View | None:
    """Values of what was not let in; weeks as `24.11.: 3`, from the first that had some."""
    if found is None:
        return None
    first = next(at for at, (_, count) in enumerate(found.weeks) if count or at == _last(found))
    return {
        "total": found.total,
        "reasons": [(one_line(wording.sentence(why)), count) for why, count in found.reasons],
        "departments": [(one_line(name, 60), count) for name, count in found.departments],
        "domains": [(one_line(domain, 100), count) for domain, count in found.domains],
        "weeks": [(f"{monday:%d.%m.}", count) for monday, count in found.weeks[first:]],
    }


def _last(found: RejectedStatistics) -> int:
    return len(found.weeks) - 1
