"""`gateway rules`: what is in force now, out of the files and by command, and what it rejected."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter
from cyclopts.validators import Number

from gateway.cli.shared import (
    DEFAULT_CONFIG,
    ConfigOption,
    JsonOption,
    LanguageOption,
    parts,
    say,
    say_json,
    table,
)
from gateway.cli.speaking import Voice, sentence, voice_of_rules
from gateway.model.authors import Allow, AuthorEntry, HeaderCondition, InFile, shown
from gateway.model.organisation import Organisation
from gateway.model.statistics import RejectedMail, Rejections
from gateway.model.text import Text

if TYPE_CHECKING:
    from gateway.daemon import Parts

_MOST_ENTRIES = 1_000_000


def show(
    *,
    config: ConfigOption = DEFAULT_CONFIG,
    language: LanguageOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show the rules in force: both lists whole with their sources, the others in short.

    Parameters
    ----------
    config
        The configuration file.
    language
        de or en; without it as LC_ALL, LC_MESSAGES or LANG say.
    as_json
        Print one JSON object.

    """
    gateway = parts(config)
    try:
        with gateway.store.begin(write=False) as transaction:
            by_command = transaction.entries(_MOST_ENTRIES)
    finally:
        gateway.store.close()
    organisation = gateway.rules.rulebook.organisation
    entries = [*in_files(organisation), *by_command]
    today = datetime.now(organisation.zone).date()
    if as_json:
        say_json(_object(organisation, entries, today))
    else:
        _print(organisation, entries, today, voice_of_rules(language, gateway.rules))


def rejected(
    *,
    weeks: Annotated[int, Parameter(validator=Number(gte=1, lte=520))] = 12,
    config: ConfigOption = DEFAULT_CONFIG,
    language: LanguageOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show how much mail was not let in: by reason, department, domain and week.

    Parameters
    ----------
    weeks
        Weeks looked back at, the present one included.
    config
        The configuration file.
    language
        de or en; without it as LC_ALL, LC_MESSAGES or LANG say.
    as_json
        Print one JSON object.

    """
    gateway = parts(config)
    try:
        found = _rejections(gateway, datetime.now(UTC) - timedelta(weeks=weeks - 1))
    finally:
        gateway.store.close()
    counts = {
        "by_reason": _counted((str(each.why), each.count) for each in found.mails),
        "by_department": _counted((str(each.department), each.count) for each in found.mails),
        "by_domain": dict(found.domains),
        "by_week": dict(sorted(_counted(map(_in_week, found.mails)).items())),
    }
    total = sum(each.count for each in found.mails)
    if as_json:
        say_json({"weeks": weeks, "total": total, **counts})
        return
    voice = voice_of_rules(language, gateway.rules)
    say(voice(sentence("%(total)s mails were not let in, in %(weeks)s weeks.", total=total,
                       weeks=weeks)))  # fmt: skip
    for title, count in counts.items():
        if count:
            say(f"\n{voice(_TITLES[title])}:")
            table((f"  {name}", times) for name, times in count.items())


_TITLES = {
    "by_reason": sentence("by reason"),
    "by_department": sentence("by department"),
    "by_domain": sentence("by domain"),
    "by_week": sentence("by week"),
}


def _rejections(gateway: "Parts", since: datetime) -> Rejections:
    departments = tuple(gateway.rules.rulebook.organisation.departments)
    with gateway.store.begin(write=False) as transaction:
        return transaction.figures(departments, since).rejections


def _in_week(each: RejectedMail) -> tuple[str, int]:
    return f"{each.week // 100}-W{each.week % 100:02}", each.count


def _counted(pairs: Iterable[tuple[str, int]]) -> dict[str, int]:
    """The sums, the greatest first."""
    sums = Counter[str]()
    for name, count in pairs:
        sums[name] += count
    return dict(sums.most_common())


def in_files(organisation: Organisation) -> tuple[AuthorEntry, ...]:
    """The entries of the rule files, in their order there."""
    found: list[AuthorEntry] = [each for row in organisation.allow.values() for each in row]
    found += [each for row in organisation.block.values() for each in row]
    return tuple(sorted(found, key=_place))


def _place(entry: AuthorEntry) -> tuple[str, int]:
    source = entry.source
    return (source.file, source.line) if isinstance(source, InFile) else ("", 0)


# --- as JSON --------------------------------------------------------------------------------------


def _object(
    organisation: Organisation, entries: Sequence[AuthorEntry], today: date
) -> dict[str, object]:
    return {
        "organisation": organisation.name,
        "domain": organisation.domain,
        "language": str(organisation.language),
        "allow": [entry_object(each, today) for each in entries if isinstance(each, Allow)],
        "block": [entry_object(each, today) for each in entries if not isinstance(each, Allow)],
        "addresses": [
            {"address": each.address, "kind": str(each.kind), "department": each.department}
            for each in organisation.addresses.values()
        ],
        "departments": [
            {"id": each.id, "name": each.name, "kind": str(each.kind), "address": each.address}
            for each in organisation.departments.values()
        ],
        "topics": list(organisation.topics.topics),
        "statuses": list(organisation.workflow.statuses),
        "canned": sorted(organisation.canned),
    }


def entry_object(entry: AuthorEntry, today: date) -> dict[str, object]:
    """An entry of the allow or block list."""
    found: dict[str, object] = {
        "author": entry.author or None,
        "subdomains": entry.subdomains,
        "reason": entry.reason,
        "until": entry.until.isoformat() if entry.until else None,
        "in_force": entry.until is None or today <= entry.until,
        "source": _source_object(entry),
    }
    if isinstance(entry, Allow):
        header = entry.header
        found["departments"] = sorted(entry.departments)
        found["authenticated"] = entry.authenticated
        found["header"] = {"name": header.name, _way(header): header.value} if header else None
        found["fingerprint"] = entry.fingerprint or None
    return found


def _way(header: HeaderCondition) -> str:
    if header.is_pattern:
        return "regex"
    return "equals" if header.whole else "contains"


def _source_object(entry: AuthorEntry) -> dict[str, object]:
    source = entry.source
    if isinstance(source, InFile):
        return {"file": source.file, "line": source.line}
    return {"agent": source.agent, "day": source.day.isoformat()}


# --- for people -----------------------------------------------------------------------------------


def _print(
    organisation: Organisation, entries: Sequence[AuthorEntry], today: date, voice: Voice
) -> None:
    def title(text: Text, count: int | None = None) -> None:
        say(f"\n{voice(text)}{'' if count is None else f' ({count})'}:")

    def line(text: Text, words: Iterable[object]) -> None:
        say(f"{voice(text)}: {', '.join(map(str, words)) or voice(sentence('none'))}")

    allowed = [each for each in entries if isinstance(each, Allow)]
    blocked = [each for each in entries if not isinstance(each, Allow)]
    say(f"{organisation.name}, {organisation.domain}")
    title(sentence("Allowed to write to internal addresses"), len(allowed))
    table(_row(each, today, voice) for each in allowed)
    title(sentence("Blocked"), len(blocked))
    table(_row(each, today, voice) for each in blocked)
    title(sentence("Addresses"))
    table(
        (f"  {each.address}", each.kind, each.department or each.next_hop or "")
        for each in organisation.addresses.values()
    )
    title(sentence("Departments"))
    table((f"  {each.id}", each.kind, each.name) for each in organisation.departments.values())
    say()
    line(sentence("Topics"), organisation.topics.topics)
    line(sentence("Statuses"), organisation.workflow.statuses)
    line(sentence("Canned responses"), sorted(organisation.canned))


def _row(entry: AuthorEntry, today: date, voice: Voice) -> tuple[str, ...]:
    places = ""
    if isinstance(entry, Allow):
        places = ", ".join(sorted(entry.departments)) or voice(sentence("all"))
        places += f", {voice(sentence('with proof'))}" if entry.authenticated else ""
    until = voice(
        sentence("until %(day)s", day=str(entry.until)) if entry.until else sentence("without end")
    )
    ended = f" ({voice(sentence('ended'))})" if entry.until and today > entry.until else ""
    source = entry.source
    where = str(source) if isinstance(source, InFile) else f"{source.agent}, {source.day}"
    return (f"  {shown(entry)}", places, until + ended, where, entry.reason)
