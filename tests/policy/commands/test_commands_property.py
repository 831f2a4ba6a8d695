"""What holds for every text."""

import re
from dataclasses import replace
from unicodedata import category, normalize

from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.model.command import At
from gateway.model.query import Bare, FreeText, Key, Named, Query, SortBy, Term
from gateway.policy.commands.plan import conflicts, ordered, printed
from gateway.policy.commands.read import read
from gateway.policy.commands.verbs.ask import Help, Show
from gateway.policy.commands.verbs.departments import Accept, Move
from gateway.policy.commands.verbs.lists import ListTickets
from gateway.policy.commands.verbs.responsible import Assign, Claim, Release
from gateway.policy.commands.verbs.status import SetStatus
from gateway.policy.commands.words import WORDS

_PIECES = st.sampled_from(
    ["!", "!", "!!", "！", "‼", "\n", "\n", "\n\n", "\r\n", "\u2028", " ", "\u00a0", "\ufeff",
     "\u200b",
     "- ", "• ", "close", "zu", "note", "notiz", "reply", "löschen", "delete", "/", "#", "#12",
     "@ben",
     "status: closed", "123456", "otp ", "text", "„", "…", "> ", "| ", ":", "ﬁ", "\u0301", '"',
     "\x00",
     "<mailto:", "1. ", "o ", "\t", "\x1c", "\ud800"]
)  # fmt: skip
_TEXTS = st.one_of(st.text(), st.lists(_PIECES, max_size=40).map("".join))


def seen(line: str) -> str:
    """The line without what nobody sees; judged anew, without the code that is tested."""
    visible = (char for char in line if char == "\t" or category(char) not in ("Cf", "Cs", "Cc"))
    return normalize("NFKC", "".join(visible))


def begins_like_a_command(line: str) -> bool:
    return bool(re.match(r"\s*(?:[-*•–]\s*)?!\s?[^\W\d_]", seen(line)))


@given(_TEXTS, st.none() | _TEXTS)
@settings(max_examples=400, deadline=None)
def test_no_text_raises_and_reading_is_the_same_each_time(plain: str, html: str | None) -> None:
    mail = read(plain, html)
    assert mail == read(plain, html)
    [str(problem.what) for problem in (*mail.problems, *conflicts(mail.commands))]
    ordered(mail.commands)


@given(_TEXTS)
@settings(max_examples=600, deadline=None)
def test_no_unescaped_command_line_ever_reaches_a_requester(text: str) -> None:
    escapes = sum("!!" in seen(line) for line in text.splitlines())
    mail = read(text)
    bare = [line for line in mail.reply.splitlines() if begins_like_a_command(line)]
    assert len(bare) <= escapes
    if not escapes:
        assert bare == []


@given(_TEXTS.filter(lambda text: "!" not in text and "！" not in text))
@settings(max_examples=200, deadline=None)
def test_without_a_mark_nothing_is_done(text: str) -> None:
    assert read(text).commands == ()


@given(st.text(), st.text())
@settings(max_examples=200, deadline=None)
def test_what_stands_behind_a_note_never_reaches_the_reply(above: str, below: str) -> None:
    mail = read(f"Liebe Maria\n\n!note GEHEIM {below.replace('!', '')}\nGEHEIM\n\nGEHEIM")
    assert "GEHEIM" not in mail.reply
    assert mail.reply == "Liebe Maria" or mail.problems


_NUMBERS = st.lists(st.integers(1, 99999).map(str), max_size=4, unique=True).map(tuple)
_NAMES = st.from_regex(r"[a-z][a-z0-9]{0,10}", fullmatch=True).filter(
    lambda name: name not in {"force", "trotzdem", "keep", "behalten"}
)
_AT = st.builds(At, st.integers(1, 50), st.just("!"))


def _queries(asked: st.SearchStrategy) -> st.SearchStrategy:
    named = st.builds(
        Named, st.sampled_from([Key.STATUS, "laptop"]), st.sampled_from(["open", "x y"])
    )
    terms = st.builds(Term, asked | named, st.booleans())
    groups = st.lists(st.lists(terms, min_size=1, max_size=2).map(tuple), min_size=1, max_size=3)
    pages = st.integers(1, 9)
    return st.builds(Query, groups.map(tuple), st.sampled_from(SortBy), pages, st.booleans())


_COMMANDS = st.one_of(
    st.builds(Claim, _AT, _NUMBERS, st.booleans()),
    st.builds(Assign, _AT, _NUMBERS, _NAMES, st.booleans()),
    st.builds(Assign, _AT, _NUMBERS, _NAMES.map(lambda name: f"{name}@x.example")),
    st.builds(Release, _AT, _NUMBERS),
    st.builds(SetStatus, _AT, _NUMBERS, st.sampled_from(["open", "close", "wait", "on hold"])),
    st.builds(SetStatus, _AT, _NUMBERS, st.just("close"), st.just(value=True)),
    st.builds(Move, _AT, _NUMBERS, _NAMES, st.booleans()),
    st.builds(Move, _AT, _NUMBERS, st.just("allgemeine anfragen")),
    st.builds(Accept, _AT, _NUMBERS),
    st.builds(
        ListTickets, _AT, query=_queries(st.builds(Bare, st.sampled_from(["open", "laptop"])))
    ),
    st.builds(
        ListTickets,
        _AT,
        query=_queries(st.builds(FreeText, st.sampled_from(["müller", "a b"]))),
        texts=st.just(value=True),
        name=st.sampled_from(["", "mein laptop"]),
    ),
    st.builds(Show, _AT, _NUMBERS, st.booleans()),
    st.builds(Help, _AT, st.just(()), st.sampled_from(["", *(entry.name for entry in WORDS)])),
)


@given(_COMMANDS)
@settings(deadline=None)
def test_reading_a_printed_command_gives_the_same_command(command: Claim) -> None:
    mail = read(printed(command))
    assert not mail.problems
    assert replace(mail.commands[0], at=command.at) == command


@given(
    st.lists(_COMMANDS, max_size=8).flatmap(
        lambda each: st.tuples(st.just(each), st.permutations(each))
    )
)
@settings(deadline=None)
def test_the_order_of_commands_does_not_matter(orders: tuple[list[Claim], list[Claim]]) -> None:
    one, other = orders
    assert ordered(one) == ordered(other)
    assert conflicts(one) == conflicts(other)
