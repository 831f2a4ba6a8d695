"""Verdicts about the gateway itself: rules, database, disk, queues, clock."""

from datetime import datetime, timedelta, tzinfo

from gateway.model.health import (
    Area,
    ClockSeen,
    DatabaseSeen,
    DiskSeen,
    Finding,
    Level,
    QueuesSeen,
    RulesSeen,
    SettingsSeen,
)
from gateway.model.text import Text, say
from gateway.policy.around import clock_text
from gateway.policy.clocks import drift

MEGABYTE = 1_000_000
_FULL = 100 * MEGABYTE
"""Below about this much no mail is taken any more (store.engine)."""
_NARROW = 1_000 * MEGABYTE
_SLOW = timedelta(minutes=15)
"""Work on a mail takes seconds; where DNS has to be asked again, up to an hour."""
_STUCK = timedelta(hours=2)
_LATE = timedelta(hours=4)
_LOST = timedelta(hours=24)
_MOST_MISTAKES = 20


def settings(seen: SettingsSeen) -> list[Finding]:
    """Development mode, and who asks."""
    found = []
    if seen.development:
        what = say("Development mode: whoever can send mail from this machine can command.")
        remedy = say("For real mail set trust.development = false in gateway.toml.")
        found.append(Finding(Area.SETTINGS, Level.WARNING, what, remedy))
    if seen.owner:
        what = say("The database is %(owner)s's, and you are somebody else.", owner=seen.owner)
        remedy = say(
            "What is read here may be closed to the gateway. Better: sudo -u %(owner)s gateway "
            "doctor",
            owner=seen.owner,
        )
        found.append(Finding(Area.SETTINGS, Level.WARNING, what, remedy))
    return found


def rules(seen: RulesSeen, zone: tzinfo) -> list[Finding]:
    """The files, and whether they are in force."""
    found = _broken(seen, zone) if seen.mistakes else [_in_order(seen, zone)]
    found += [Finding(Area.RULES, Level.WARNING, each, _MEND) for each in seen.warnings]
    for other in seen.troubles:
        if other.node != seen.node:
            what = say(
                "On %(node)s the rules are broken since %(moment)s: %(mistakes)s",
                node=other.node,
                moment=clock_text(other.since, zone),
                mistakes=other.text,
            )
            found.append(Finding(Area.RULES, Level.PROBLEM, what, _MEND_THERE))
    return found


_MEND = say("Mend it; the files are read again by themselves.")
_MEND_THERE = say("Mend the files on that machine; they are read again by themselves.")


def _broken(seen: RulesSeen, zone: tzinfo) -> list[Finding]:
    here = next((each for each in seen.troubles if each.node == seen.node), None)
    what = say("The rules in %(folder)s cannot be used.", folder=seen.folder)
    if here is not None:
        what = say(
            "The rules in %(folder)s cannot be used, since %(moment)s.",
            folder=seen.folder,
            moment=clock_text(here.since, zone),
        )
    remedy = say("Mend the lines below. The gateway does not start before.")
    if seen.kept_at is not None:
        remedy = say(
            "Mend the lines below; they are read again by themselves. Until then the rules of "
            "%(moment)s are in force, and no mail is lost.",
            moment=clock_text(seen.kept_at, zone),
        )
    found = [Finding(Area.RULES, Level.PROBLEM, what, remedy)]
    more = len(seen.mistakes) - _MOST_MISTAKES
    found += [Finding(Area.RULES, Level.PROBLEM, each) for each in seen.mistakes[:_MOST_MISTAKES]]
    if more > 0:
        rest = say("and %(count)s more: gateway check", count=more)
        found.append(Finding(Area.RULES, Level.PROBLEM, rest))
    return found


def _in_order(seen: RulesSeen, zone: tzinfo) -> Finding:
    if seen.kept_at is None:
        what = say("The rules are in order; no gateway has read them yet.")
        return Finding(Area.RULES, Level.OK, what)
    if seen.is_kept:
        what = say(
            "The rules are in order and in force, as they are since %(moment)s.",
            moment=clock_text(seen.kept_at, zone),
        )
        return Finding(Area.RULES, Level.OK, what)
    what = say(
        "The rules are in order, but what was last in force was read on %(moment)s, before the "
        "last edit.",
        moment=clock_text(seen.kept_at, zone),
    )
    remedy = say(
        "Wait two seconds and ask again. If it stays: is the gateway running? systemctl status "
        "gateway"
    )
    return Finding(Area.RULES, Level.WARNING, what, remedy)


def database(seen: DatabaseSeen) -> list[Finding]:
    """Reachable, of this version, closed to others."""
    if not seen.exists:
        what = say("There is no database yet: %(name)s", name=seen.name)
        return [Finding(Area.DATABASE, Level.WARNING, what, say("gateway serve makes it."))]
    if seen.trouble:
        what = say(
            "The database %(name)s cannot be used: %(why)s", name=seen.name, why=seen.trouble
        )
        remedy = say(
            "Is it running, and may this user read it? See store.url in gateway.toml. Until then "
            "mail waits with those who send it."
        )
        return [Finding(Area.DATABASE, Level.PROBLEM, what, remedy)]
    found = [_revision(seen)]
    if seen.journal not in ("", "wal"):
        what = say("The journal of the database is %(journal)s, not wal.", journal=seen.journal)
        remedy = say(
            "The file is on a disk that cannot share memory, of a network perhaps. Move it to a "
            "disk of this machine."
        )
        found.append(Finding(Area.DATABASE, Level.WARNING, what, remedy))
    if seen.open_to_all:
        what = say("Everybody on this machine may read the database %(name)s.", name=seen.name)
        remedy = say("chmod o-rwx %(name)s*", name=seen.name)
        found.append(Finding(Area.DATABASE, Level.PROBLEM, what, remedy))
    return found


def _revision(seen: DatabaseSeen) -> Finding:
    if seen.revision > seen.head:
        what = say(
            "The database is at revision %(found)s, of a newer version of the gateway; this one "
            "knows %(head)s.",
            found=seen.revision,
            head=seen.head,
        )
        remedy = say("Install the newer version again.")
        return Finding(Area.DATABASE, Level.PROBLEM, what, remedy)
    if seen.revision < seen.head:
        what = say(
            "The database is at revision %(found)s, this version needs %(head)s.",
            found=seen.revision or "0",
            head=seen.head,
        )
        remedy = say("Make a backup; the next start of the gateway brings it there.")
        return Finding(Area.DATABASE, Level.WARNING, what, remedy)
    what = say(
        "The database %(name)s is at revision %(head)s and has %(size)s.",
        name=seen.name,
        head=seen.head,
        size=size_text(seen.size),
    )
    return Finding(Area.DATABASE, Level.OK, what)


def disk(seen: DiskSeen) -> list[Finding]:
    """Room for mail."""
    what = say(
        "%(free)s of %(total)s are free where %(folder)s is.",
        free=size_text(seen.free),
        total=size_text(seen.total),
        folder=seen.folder,
    )
    remedy = say("Make room. When the disk is full no mail is taken; it waits with its senders.")
    if seen.free < _FULL:
        return [Finding(Area.DISK, Level.PROBLEM, what, remedy)]
    if seen.free < _NARROW:
        return [Finding(Area.DISK, Level.WARNING, what, remedy)]
    return [Finding(Area.DISK, Level.OK, what)]


def queues(seen: QueuesSeen, now: datetime, zone: tzinfo) -> list[Finding]:
    """What waits too long, and what will not go on by itself."""
    found = [*_received(seen, now, zone), *_outgoing(seen, now, zone)]
    if seen.quarantined:
        what = say(
            "Received mails that failed three times and are kept, without any effect: %(count)s.",
            count=seen.quarantined,
        )
        remedy = say("gateway queue list shows why. Once that is mended: gateway queue retry ID")
        found.append(Finding(Area.QUEUES, Level.PROBLEM, what, remedy))
    if seen.failed:
        what = say(
            "Outgoing mails that could not be delivered, as their agents know: %(count)s.",
            count=seen.failed,
        )
        remedy = say("gateway queue list shows why; gateway queue retry ID tries one again.")
        found.append(Finding(Area.QUEUES, Level.WARNING, what, remedy))
    if found:
        return found
    what = say(
        "Mails under way: %(received)s received, %(outgoing)s outgoing.",
        received=seen.received,
        outgoing=seen.outgoing,
    )
    return [Finding(Area.QUEUES, Level.OK, what)]


def _received(seen: QueuesSeen, now: datetime, zone: tzinfo) -> list[Finding]:
    since = seen.received_since
    if since is None or now - since < _SLOW:
        return []
    what = say(
        "Received mails wait (%(count)s), the oldest since %(moment)s.",
        count=seen.received,
        moment=clock_text(since, zone),
    )
    remedy = say(
        "Is the gateway running? systemctl status gateway, and the log: journalctl -u gateway"
    )
    level = Level.PROBLEM if now - since >= _STUCK else Level.WARNING
    return [Finding(Area.QUEUES, level, what, remedy)]


def _outgoing(seen: QueuesSeen, now: datetime, zone: tzinfo) -> list[Finding]:
    since = seen.outgoing_since
    if since is None or now - since < _LATE:
        return []
    what = say(
        "Outgoing mails wait (%(count)s, after an attempt %(deferred)s), the oldest since "
        "%(moment)s.",
        count=seen.outgoing,
        deferred=seen.deferred,
        moment=clock_text(since, zone),
    )
    remedy = say(
        "gateway queue list shows why. They are tried again by themselves until they are given up."
    )
    level = Level.PROBLEM if now - since >= _LOST else Level.WARNING
    return [Finding(Area.QUEUES, level, what, remedy)]


def clock(seen: ClockSeen, zone: tzinfo) -> list[Finding]:
    """Whether what happens by time happens."""
    wrong = [each for each in (seen.here, *seen.others) if not each.is_right]
    if not wrong:
        what = say(
            "The clock is believed; it is %(moment)s.",
            moment=clock_text(seen.here.last.at, zone),
        )
        return [Finding(Area.CLOCK, Level.OK, what)]
    return [Finding(Area.CLOCK, Level.PROBLEM, _jumped(each, seen), _SET_CLOCK) for each in wrong]


_SET_CLOCK = say(
    "Look after the time service: timedatectl. Escalations, deletion and the like wait until the "
    "clock is back, or for a day; no mail waits."
)


def _jumped(beat: object, seen: ClockSeen) -> Text:
    if beat is not seen.here:
        return say("The clock of another machine jumped.")
    off = drift(seen.here)
    if off is None:
        return say("The clock is not where it was when the gateway last ran.")
    minutes = round(abs(off).total_seconds() / 60)
    if off > timedelta():
        return say("The clock jumped ahead by %(minutes)s minutes.", minutes=minutes)
    return say("The clock jumped back by %(minutes)s minutes.", minutes=minutes)


def size_text(octets: int) -> Text:
    """A number of bytes for people."""
    if octets < MEGABYTE:
        return say("%(count)s kB", count=max(1, round(octets / 1000)))
    if octets < 10_000 * MEGABYTE:
        return say("%(count)s MB", count=round(octets / MEGABYTE))
    return say("%(count)s GB", count=round(octets / MEGABYTE / 1000))
