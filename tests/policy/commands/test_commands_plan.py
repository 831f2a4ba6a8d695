"""Commands as a set: their order, their contradictions, their printed form."""

from itertools import permutations

import pytest

from gateway.policy.commands.plan import conflicts, ordered, printed
from gateway.policy.commands.read import read


def contradictions(text: str, thread: str = "") -> list[str]:
    mail = read(text)
    assert not mail.problems
    return [str(problem.what) for problem in conflicts(mail.commands, thread)]


def test_status_runs_last_and_lists_after_it_whatever_the_order_typed() -> None:
    lines = ["!help", "!close", "!move berlin", "!claim", "!accept"]
    wanted = ["!accept", "!claim", "!move berlin", "!close", "!help"]
    for typed in permutations(lines):
        assert [printed(each) for each in ordered(read("\n".join(typed)).commands)] == wanted


def test_a_command_typed_twice_runs_once() -> None:
    (command,) = ordered(read("!nehmen\n\nText\n\n!claim").commands)
    assert command.at.line == 1


def test_answers_come_in_the_order_they_were_asked_for() -> None:
    asked = ordered(read("!show #2\n!list mine\n!show #1").commands)
    assert [printed(each) for each in asked] == ["!show #2", "!list mine", "!show #1"]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("!close\n!open", "Two different statuses for this ticket in one mail: !close and !open."),
        ("!zu #7 #8\n!warten #8", "Two different statuses for #8 in one mail: !zu #7 #8 and"),
        ("!close\n!close quiet", "Two different statuses"),
        ("!claim\n!assign @ben", "Two different responsible agents for this ticket"),
        ("!assign @ben\n!assign @anna", "Two different responsible agents"),
        ("!claim\n!release", "Two different responsible agents"),
        ("!move berlin\n!move freiburg", "Two different departments"),
    ],
)
def test_contradictions_are_named_with_both_lines(text: str, what: str) -> None:
    (problem,) = contradictions(text)
    assert what in problem
    assert "Please keep one of them." in problem


@pytest.mark.parametrize(
    "text",
    [
        "!close\n!zu",
        "!claim\n!take force",
        "!close #7\n!open #8",
        "!close\n!open #8",
        "!claim\n!move berlin\n!close",
        "!list mine\n!list open\n!show #7\n!show #8",
        "!assign @ben\n!zuweisen @BEN",
    ],
)
def test_what_goes_together_is_no_contradiction(text: str) -> None:
    assert contradictions(text) == []


def test_the_thread_and_its_number_are_one_ticket() -> None:
    assert contradictions("!close\n!open #1042", thread="1042")
    assert not contradictions("!close\n!open #1042", thread="7")


def test_the_later_line_has_the_problem() -> None:
    (problem,) = conflicts(reversed(read("!close\n\n!open").commands))
    assert problem.at.line == 3
