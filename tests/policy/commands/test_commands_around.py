"""Commands around tickets, printed and read again; what belongs to them and what does not."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.model.command import At, Command
from gateway.policy.commands.moments import When
from gateway.policy.commands.plan import conflicts, printed
from gateway.policy.commands.read import read
from gateway.policy.commands.verbs.links import LinkTo
from gateway.policy.commands.verbs.merging import Merge
from gateway.policy.commands.verbs.referrals import ReferTo, UnreferFrom
from gateway.policy.commands.verbs.splitting import Split
from gateway.policy.commands.verbs.status import SetStatus
from gateway.policy.commands.verbs.tasks import AddTask, MarkTasks
from gateway.policy.commands.verbs.times import RemindMe
from gateway.policy.commands.verbs.watching import WatchTicket
from gateway.policy.commands.when import when

_AT = st.just(At(1, "!"))
_NUMBER = st.integers(1, 99999).map(str)
_NUMBERS = st.lists(_NUMBER, max_size=3, unique=True).map(tuple)
_SOME = st.lists(_NUMBER, min_size=1, max_size=3, unique=True).map(tuple)
_NAMES = st.sampled_from(["berlin", "muenchen", "allgemeine anfragen", "vorstand"])
_HANDLES = st.sampled_from(["ben", "anna", "ben@x.example"])
_TEXTS = st.lists(
    st.sampled_from(["Rückruf", "bei", "Maria,", "zwei", "Laptops", "3", "done"]),
    min_size=1,
    max_size=4,
).map(" ".join)


def moment(text: str) -> When:
    found = when(text.split())
    assert isinstance(found, tuple)
    return found[0]


_WHENS = st.sampled_from(
    ["+7d", "+3m", "+2h", "1.3.", "2030-03-01", "fri", "1.3. 14:30", "morgen 8:00"]
).map(moment)
_COMMANDS: st.SearchStrategy[Command] = st.one_of(
    st.builds(AddTask, _AT, _NUMBERS, _TEXTS, st.just("") | _HANDLES, st.none() | _WHENS),
    st.builds(
        MarkTasks,
        _AT,
        _NUMBERS,
        st.lists(st.integers(1, 99), unique=True).map(sorted).map(tuple),
        st.booleans(),
    ),
    st.builds(RemindMe, _AT, _NUMBERS, _WHENS, st.just("") | _TEXTS),
    st.builds(SetStatus, _AT, _NUMBERS, st.just("wait"), until=_WHENS),
    st.builds(LinkTo, _AT, _NUMBERS, _SOME, st.booleans()),
    st.builds(Merge, _AT, _NUMBERS, _NUMBER, st.booleans()),
    st.builds(Split, _AT, _NUMBERS.map(lambda each: each[:1]), st.integers(0, 99)),
    st.builds(WatchTicket, _AT, _NUMBERS, st.booleans()),
    st.builds(ReferTo, _AT, _NUMBERS, _NAMES, st.just(""), st.just("") | _TEXTS),
    st.builds(ReferTo, _AT, _NUMBERS, st.just(""), _HANDLES, st.just("") | _TEXTS),
    st.builds(UnreferFrom, _AT, _NUMBERS, _NAMES),
    st.builds(UnreferFrom, _AT, _NUMBERS, st.just(""), _HANDLES),
)


@given(_COMMANDS)
@settings(deadline=None, max_examples=300)
def test_reading_a_printed_command_gives_the_same_command(command: Command) -> None:
    mail = read(printed(command))
    assert not mail.problems, [str(problem.what) for problem in mail.problems]
    read_again = mail.commands[0]
    assert printed(replace(read_again, at=command.at)) == printed(command)
    assert type(read_again) is type(command)
    assert read_again.tickets == command.tickets


def test_a_task_takes_the_lines_that_follow_and_nothing_behind_a_blank_one() -> None:
    mail = read("!task Rückruf bei\nMaria @ben\n\nLiebe Maria,\nbis bald")
    (command,) = mail.commands
    assert isinstance(command, AddTask)
    assert (command.text, command.agent) == ("Rückruf bei Maria", "ben")
    assert mail.reply == "Liebe Maria,\nbis bald"


@pytest.mark.parametrize(
    "text",
    [
        "!link #9\nLiebe Maria,",
        "!merge #12 into #9\nLiebe Maria,",
        "!watch\nLiebe Maria,",
        "!split 3\nLiebe Maria,",
        "!done 2\nLiebe Maria,",
    ],
)
def test_text_without_a_blank_line_in_between_is_never_swallowed_or_sent(text: str) -> None:
    mail = read(text)
    assert mail.problems


def test_closing_and_merging_one_ticket_contradict_each_other() -> None:
    assert conflicts(read("!merge #12 into #9\n\n!open #12").commands)
    assert not conflicts(read("!merge #12 into #9\n\n!close #9").commands)
    assert conflicts(read("!refer @ben\n\n!unrefer @ben").commands)
    assert not conflicts(read("!refer @ben\n\n!unrefer @anna").commands)


@pytest.mark.parametrize(
    ("text", "tickets", "into"),
    [
        ("!merge #12 into #9", ("12",), "9"),
        ("!MERGE #12 #13 INTO #9", ("12", "13"), "9"),
        ("!vereinen #12 in #9", ("12",), "9"),
        ("!vereinen mit #9", (), "9"),
        ("!merge into #9", (), "9"),
    ],
)
def test_the_ticket_behind_the_word_is_the_one_that_stays(
    text: str, tickets: tuple[str, ...], into: str
) -> None:
    (command,) = read(text).commands
    assert isinstance(command, Merge)
    assert (command.tickets, command.into) == (tickets, into)
