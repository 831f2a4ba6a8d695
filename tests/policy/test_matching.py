"""Which ids and numbers of a mail are looked up, and in which order."""

import pytest
from policy_facts import message

from gateway.model.ticket import TicketId
from gateway.policy.facts import Reference
from gateway.policy.match import first_known, ids_to_look_up, numbers_in_subject


def test_in_reply_to_comes_before_references_and_those_are_read_from_the_right() -> None:
    mail = message(head="In-Reply-To: <c@x>\nReferences: <a@x> <b@x> <c@x>\n")
    assert ids_to_look_up(mail) == ("c@x", "b@x", "a@x")


def test_at_most_a_hundred_ids_are_looked_up_and_the_nearest_ones_stay() -> None:
    many = " ".join(f"<{n}@x>" for n in range(300))
    ids = ids_to_look_up(message(head=f"References: {many}\n"))
    assert len(ids) == 100
    assert ids[0] == "299@x"


def test_the_nearest_known_id_decides() -> None:
    known = {
        name: Reference(name, TicketId(n), "", sent=True) for n, name in enumerate(["a", "b"], 1)
    }
    assert first_known(["fremd", "b", "a"], known) is known["b"]
    assert first_known(["fremd"], known) is None
    assert first_known([], known) is None


@pytest.mark.parametrize(
    ("subject", "numbers"),
    [
        ("Re: Drucker [#1042]", ("1042",)),
        ("AW: [#1042] [#1043] [#1042]", ("1042", "1043")),
        ("WG: [#A-17b]", ("A-17b",)),
        ("1042", ()),
        ("#1042", ()),
        ("(#1042)", ()),
        ("[1042]", ()),
        ("[# 1042]", ()),
        ("[#]", ()),
        ("[#" + "1" * 21 + "]", ()),
        ("[#１０４２]", ()),
        (" ".join(f"[#{n}]" for n in range(9)), ("0", "1", "2", "3", "4")),
    ],
)
def test_a_number_counts_only_in_our_own_form(subject: str, numbers: tuple[str, ...]) -> None:
    assert numbers_in_subject(subject) == numbers
