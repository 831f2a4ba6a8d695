"""The filter language: what is read, printed and suggested; nothing that is typed raises."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.model.address import Mailbox
from gateway.model.people import Agent, AgentId, DepartmentId
from gateway.model.query import (
    Bare,
    Criterion,
    DepartmentIs,
    FreeText,
    HasAttachment,
    HeldBy,
    Key,
    Named,
    Order,
    Query,
    RequesterIs,
    SortBy,
    StatusIs,
    Term,
    TextHas,
    Wanted,
)
from gateway.model.text import Text
from gateway.model.ticket import State, Status
from gateway.policy.commands.listed import numbers_ahead, tickets_ahead
from gateway.policy.commands.read import read as read_mail
from gateway.policy.query.condition import Around
from gateway.policy.query.folding import indexed, ways, words
from gateway.policy.query.printed import printed
from gateway.policy.query.read import read, saved_as
from gateway.policy.query.resolve import resolve
from gateway.rulebook.defaults import folder
from gateway.rulebook.load import load

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)
ORGANISATION = load(folder("rules")).organisation
ANNA = Agent(
    AgentId(1), "anna", Mailbox("anna@x.example", "Anna"), frozenset({DepartmentId("berlin")})
)
BEN = Agent(AgentId(2), "ben", Mailbox("ben@x.example", "Ben"), frozenset())
BERLIN = DepartmentId("berlin")


def wanted(line: str, *, lists: bool = False, agent: Agent | None = ANNA) -> Wanted | Text:
    query = read(line, lists=lists)
    if isinstance(query, Text):
        return query
    around = Around(ORGANISATION, agent, NOW, lists, {"ben": BEN}, frozenset({"meinelaptops"}))
    return resolve(query, around)


def conditions(line: str, *, lists: bool = False) -> list[object]:
    found = wanted(line, lists=lists)
    assert isinstance(found, Wanted), found
    return [test.condition for group in found.groups for test in group]


@pytest.mark.parametrize(
    ("english", "german"),
    [
        ("status:closed", "status:geschlossen"),
        ("dept:berlin", "abteilung:Berlin"),
        ("topic:spendenangebot", "hilfethema:Spendenangebot"),
        ("from:maria@example.org", "von:maria@example.org"),
        ("agent:me", "an:mich"),
        ("agent:nobody", "an:niemand"),
        ("agent:@ben", "zuständig:@ben"),
        ("older:7d", "älter:7t"),
        ("older than 7 days", "älter als 7 Tage"),
        ("age>2w", "alter > 2 Wochen"),
        ("age<12h", "alter<12std"),
        ("newer:3m", "jünger:3monate"),
        ("since:2026-11-01", "seit 1.11."),
        ("until:2026-11-01", "bis:1.11.2026"),
        ("has:attachment", "mit:anhang"),
        ("is:late", "ist:frist"),
        ("not laptop", "nicht laptop"),
        ("without attachment", "ohne anhang"),
        ("a or b", "a oder b"),
        ("müller sort:new", "müller sortiert:neu"),
        ("müller page 2 csv", "müller seite 2 csv"),
    ],
)
def test_both_languages_ask_for_the_same(english: str, german: str) -> None:
    one, two = wanted(english), wanted(german)
    assert isinstance(one, Wanted), one
    assert one == two


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("open", []),
        ("mine", [HeldBy(ANNA.id)]),
        ("frei berlin", [HeldBy(None), DepartmentIs(frozenset({BERLIN}))]),
        ("wartend", [StatusIs(frozenset({Status.ON_WAITING}))]),
        ("@ben", [HeldBy(BEN.id)]),
        ("mit anhang", [HasAttachment()]),
    ],
)
def test_bare_words_of_a_list_name_something(line: str, found: list[object]) -> None:
    if line == "mit anhang":
        line = "mit:anhang"
    assert conditions(line, lists=True) == found


def test_a_list_is_about_open_tickets_unless_it_says_so() -> None:
    def states(line: str, *, lists: bool = True) -> frozenset[State]:
        found = wanted(line, lists=lists)
        assert isinstance(found, Wanted)
        return found.states

    assert states("") == states("berlin") == states("mine") == {State.OPEN}
    assert states("closed") == {State.CLOSED}
    assert states("all") == states("x", lists=False) == {State.OPEN, State.CLOSED}
    assert states("status:spam") == {State.CLOSED}
    assert states("x status:offen", lists=False) == {State.OPEN}
    assert states("closed open") == frozenset()


def test_the_order_follows_from_what_is_asked_for() -> None:
    orders = {
        "": Order.CHANGED_FIRST,
        "closed": Order.CHANGED_LAST,
        "waiting": Order.WAITING,
        "text:laptop": Order.OPENED_LAST,
        "sort:new": Order.CHANGED_LAST,
        "text:laptop sort:age": Order.OPENED_FIRST,
    }
    for line, order in orders.items():
        found = wanted(line, lists=True)
        assert isinstance(found, Wanted)
        assert found.order is order, line


@pytest.mark.parametrize(
    ("line", "lists", "said"),
    [
        ("wartent", True, "wartend"),
        ("berlinn", True, "berlin"),
        ("spendenangebott", True, "spendenangebot"),
        ("laptopp", True, "laptop"),
        ("meinelaptop", True, "meinelaptops"),
        ("abteilung:münchn", False, "muenchen"),
        ("satus:offen", False, "status"),
        ("tabelt:ja", False, "tablet"),
        ("status:geschlosen", False, "closed"),
        ("an:@benn", False, "@benn"),
        ("älter:bald", False, "bald"),
        ("is:laet", False, "late"),
        ("seite 0", True, "1"),
        ("text:!!!", False, "!!!"),
        ("dept:", False, "dept"),
    ],
)
def test_a_mistake_names_the_word_and_what_was_meant(line: str, lists: bool, said: str) -> None:
    found = wanted(line, lists=lists)
    assert isinstance(found, Text), found
    assert said in str(found)


def test_a_field_of_other_departments_is_an_unknown_one() -> None:
    """The same sentence as for one that there is not."""
    hidden = [f for f in ORGANISATION.topics.fields.values() if f.departments]
    stranger = Agent(AgentId(3), "x", Mailbox("x@x.example"), frozenset())
    for field in hidden:
        for line in (f"{field.id}:x", f"{field.id}:*"):
            one = wanted(line, agent=stranger)
            assert isinstance(one, Text)


def test_names_behind_as_are_taken_off() -> None:
    assert saved_as("laptop als meine laptops") == ("laptop als meine laptops", "")
    assert saved_as('laptop als "meine laptops"') == ("laptop", "meine laptops")
    assert saved_as("laptop as x") == ("laptop", "x")
    assert saved_as("laptop älter als 7d") == ("laptop älter als 7d", "")
    assert saved_as("älter als 7 Tage als alt") == ("älter als 7 Tage", "alt")


_PIECES = st.sampled_from(
    ["status", ":", '"', "“", "„", " ", "not ", "nicht ", "or ", "oder ", "laptop",
     "müller", "age>", "alter<", "7d", "1.3.", "31.2.", "-", "@ben", "@", "from:", "page",
     " 2", "csv", "sort:", "new", "is:", "has:", "a:b", "*", "as x", "\0", "\ud800", "\n",
     "ß", "\u0301", "'", "OR 1=1", "NEAR(", "body:*", "😀", "=", "<", ">", "//",
     "999999999999999999999999"]
)  # fmt: skip
_LINES = st.text(max_size=60) | st.lists(_PIECES, max_size=15).map("".join)


@given(_LINES, st.booleans())
@settings(max_examples=600, deadline=None)
def test_nothing_that_is_typed_raises_and_what_is_printed_is_read_again(
    line: str, lists: bool
) -> None:
    saved_as(line)
    found = wanted(line, lists=lists)
    str(found)
    query = read(line, lists=lists)
    if isinstance(query, Query):
        again = read(printed(query, lists=lists), lists=lists)
        assert again == query, printed(query, lists=lists)


_VALUES = st.text("abcäöüß :=<>@._-/*'!0123456789", min_size=1, max_size=12).filter(str.strip)
_ASKED = st.one_of(
    st.builds(FreeText, _VALUES.map(lambda v: " ".join(v.split())), st.booleans()),
    st.builds(
        Named, st.sampled_from([Key.STATUS, Key.DEPARTMENT, Key.FROM, "laptop"]), st.just("x y")
    ),
)
_GROUPS = st.lists(
    st.lists(st.builds(Term, _ASKED, st.booleans()), min_size=1, max_size=3).map(tuple), max_size=4
).map(tuple)


@given(st.builds(Query, _GROUPS, st.sampled_from(SortBy), st.integers(1, 100), st.booleans()))
@settings(max_examples=400, deadline=None)
def test_a_printed_query_is_read_as_the_same(query: Query) -> None:
    assert read(printed(query, lists=False), lists=False) == query


@given(st.text(max_size=80))
@settings(max_examples=400, deadline=None)
def test_a_text_is_found_by_each_of_its_own_words(text: str) -> None:
    held = indexed(text).split()
    assert all(re.fullmatch(r"[^\W_]+", word) for word in held)
    for word in words(text):
        assert any(set(way) <= set(held) for way in ways(word)), word


def test_umlauts_are_written_in_three_ways() -> None:
    assert ways("Müller") == (("mueller",), ("muller",))
    assert ways("Straße") == (("strasse",),)
    assert indexed("Müller") == "mueller muller"
    assert ways("!!! – …") == ()


# --- numbers in front of commands -----------------------------------------------------------------

LINES = {1: "1042", 2: "1050", 3: "977"}


@pytest.mark.parametrize(
    ("line", "tickets"),
    [
        ("3 !claim", ("977",)),
        ("3. !claim", ("977",)),
        ("3) ! claim", ("977",)),
        ("  3: !claim", ("977",)),
        ("1-3 !claim", ("1042", "1050", "977")),
        ("2…3 !claim", ("1050", "977")),
        ("3,1 und 2 !claim", ("977", "1042", "1050")),
        ("1 1 1-2 !claim", ("1042", "1050")),
        ("Zeile 2 !claim", ("1050",)),
        ("#977 !claim", ("977",)),
        ("1050 !claim", ("1050",)),
        ("all !claim", ("1042", "1050", "977")),
        ("３ ！claim", ("977",)),
    ],
)
def test_numbers_in_front_name_tickets(line: str, tickets: tuple[str, ...]) -> None:
    mail = read_mail(line, lines=LINES)
    assert not mail.problems
    assert [command.tickets for command in mail.commands] == [tickets]
    assert not read_mail(line).commands
    assert read_mail(line).problems or line.startswith("all")


@pytest.mark.parametrize(
    "line", ["4 !claim", "0 !claim", "2-9 !claim", "#5 !claim", "99999 !claim"]
)
def test_a_number_that_is_no_line_is_a_problem(line: str) -> None:
    assert read_mail(line, lines=LINES).problems


def test_a_wrapped_task_ends_where_the_next_line_of_the_list_begins() -> None:
    mail = read_mail("1 !task Call her\nabout the form\n2 !close quiet", lines=LINES)
    assert not mail.problems
    assert [command.tickets for command in mail.commands] == [("1042",), ("1050",)]


_HEADS = st.text("0123456789#-–., ;:)&+undbistoalle!…", max_size=20)


@given(_HEADS, st.sampled_from(["!close", "! zu", "!x", "!!close", "close", "!123456"]))
@settings(max_examples=600, deadline=None)
def test_what_stands_in_front_is_numbers_or_the_line_is_no_command(head: str, command: str) -> None:
    line = head + command
    mail = read_mail(line, lines=LINES)
    for each in mail.commands:
        assert set(each.tickets) <= set(LINES.values())
    ahead = numbers_ahead(line)
    if ahead is not None and ahead[0]:
        tickets_ahead(ahead[0], LINES)


@given(st.text(max_size=200))
@settings(max_examples=300, deadline=None)
def test_no_command_line_reaches_a_requester_in_an_answer_to_a_list_either(text: str) -> None:
    reply = read_mail(f"1 !close\n\n{text}\n2 !claim", lines=LINES).reply
    assert "2 !claim" not in reply
    assert "1 !close" not in reply


def test_negation_stays_with_its_term() -> None:
    found = wanted("not laptop or status:closed")
    assert isinstance(found, Wanted)
    ((first, second),) = found.groups
    assert isinstance(first.condition, TextHas)
    assert first.negated
    assert second == Criterion(StatusIs(frozenset({Status.CLOSED})))


def test_a_requester_is_a_whole_address_or_a_part() -> None:
    assert conditions("from:Maria@Example.ORG") == [RequesterIs("maria@example.org", True)]
    assert conditions("from:@example.org") == [RequesterIs("@example.org", False)]
    assert conditions("from:maria") == [RequesterIs("maria", False)]


def test_ages_are_moments() -> None:
    assert conditions("older:1w")[0].moment == NOW - timedelta(days=7)  # type: ignore[attr-defined]
    assert read("open", lists=True) == Query(((Term(Bare("open")),),))
