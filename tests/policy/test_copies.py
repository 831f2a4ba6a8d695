"""Participants in copy as decisions: who takes part, who gets what, who may not."""

from dataclasses import replace
from typing import Any

import pytest
from agents_values import ANNA, BEN, MEMBERS, does, facts_of, ticket
from policy_facts import FORGED, PROVED, facts, message

from gateway.model.address import Mailbox
from gateway.model.around_changes import DropParty
from gateway.model.changes import AddParty
from gateway.model.decision import Decision
from gateway.model.held import Before, Undoable, WorkId
from gateway.model.held_changes import RememberWork
from gateway.model.outgoing import Notification, Receipt, Response
from gateway.model.ticket import Party, PartyRole, TicketId
from gateway.policy.agents import agent_mail
from gateway.policy.commands.read import read
from gateway.policy.copies import MOST, in_copy
from gateway.policy.decide import decide
from gateway.policy.facts import Facts, Match, MatchedBy, TicketFacts

OTTO = Mailbox("Otto@example.org", "Otto")
MARIA = ticket().ticket.requester
CC = PartyRole.CC


def of(decision: Decision, *kinds: type) -> list[Any]:
    return [each for each in (*decision.changes, *decision.outgoing) if isinstance(each, kinds)]


def said(decision: Decision) -> str:
    (receipt,) = of(decision, Receipt)
    return "\n".join(str(line.result) for line in receipt.lines)


def joined(decision: Decision) -> list[str]:
    return [each.address for each in of(decision, AddParty) if each.role is CC]


def with_copies(*people: Mailbox) -> TicketFacts:
    parties = {one.key: Party(TicketId(1001), one.address, CC, one.key) for one in people}
    maria = Party(TicketId(1001), MARIA.address, PartyRole.REQUESTER, "rmaria")
    return ticket(responsible=ANNA, parties={MARIA.key: maria, **parties})


def new_mail(copied: tuple[Mailbox, ...] = (OTTO,), head: str = "", **changes: Any) -> Decision:
    mail = message(head=head)
    return decide(facts(mail, copied=copied, members=MEMBERS, **changes))


def written(about: TicketFacts, sender: str, **changes: Any) -> Decision:
    """Somebody writes to the ticket and names Otto in Cc."""
    match = changes.pop("match", Match(about.ticket.id, MatchedBy.MESSAGE_ID, None))
    tickets = {about.ticket.id: about}
    copied = changes.pop("copied", (OTTO,))
    mail = message(sender=sender)
    return decide(
        facts(mail, match=match, tickets=tickets, copied=copied, members=MEMBERS, **changes)
    )


def own(about: TicketFacts) -> Match:
    """The match by a secret that only Maria was told."""
    return Match(about.ticket.id, MatchedBy.TOKEN, about.parties[MARIA.key])


def test_whom_the_requester_names_in_cc_takes_part_and_agents_see_it() -> None:
    decision = new_mail()
    assert joined(decision) == ["Otto@example.org"]
    assert all(mail.copies == (OTTO,) for mail in of(decision, Notification))


def test_nobody_takes_part_by_a_mail_that_is_known_to_be_false() -> None:
    decision = new_mail(trust=FORGED)
    assert joined(decision) == []
    assert "not proved" in str(of(decision, Notification)[0].remark)


@pytest.mark.parametrize(
    "head", ["Auto-Submitted: auto-replied\n", "List-Id: <a.example.org>\nList-Post: <x>\n"]
)
def test_machines_and_lists_bring_nobody(head: str) -> None:
    assert joined(new_mail(head=head)) == []


def test_an_address_of_a_machine_is_left_out() -> None:
    assert joined(new_mail((Mailbox("no-reply@shop.example"), OTTO))) == ["Otto@example.org"]


def test_a_crowd_in_cc_is_named_and_not_taken_in() -> None:
    crowd = tuple(Mailbox(f"p{number}@example.org") for number in range(MOST + 1))
    decision = new_mail(crowd)
    assert joined(decision) == []
    assert "too many" in str(of(decision, Notification)[0].remark)
    assert len(joined(new_mail(crowd[:MOST]))) == MOST


def test_a_stranger_with_a_known_message_id_brings_nobody() -> None:
    decision = written(with_copies(), "mallory@example.net", trust=PROVED)
    assert joined(decision) == []
    remarks = [str(mail.remark) for mail in of(decision, Notification)]
    assert any("!cc add Otto@example.org" in remark for remark in remarks)


def test_the_address_of_the_requester_alone_brings_nobody() -> None:
    about = with_copies()
    assert joined(written(about, MARIA.address)) == []
    others = Match(about.ticket.id, MatchedBy.TOKEN, Party(TicketId(1001), "x@y", CC, "r"))
    assert joined(written(about, MARIA.address, match=others)) == []


def test_a_participant_brings_others_by_their_own_secret_or_by_proof() -> None:
    about = with_copies()
    assert joined(written(about, MARIA.address, match=own(about))) == ["Otto@example.org"]
    assert joined(written(about, MARIA.address, trust=PROVED)) == ["Otto@example.org"]
    assert joined(written(about, MARIA.address, match=own(about), trust=FORGED)) == []


def test_who_is_in_copy_already_does_not_join_again() -> None:
    about = with_copies(OTTO)
    assert joined(written(about, MARIA.address, match=own(about))) == []


def test_who_is_in_copy_writes_as_a_participant() -> None:
    about = with_copies(OTTO)
    decision = written(about, OTTO.address, copied=())
    assert all(not mail.flags for mail in of(decision, Notification))


def test_each_gets_the_answer_with_a_secret_of_their_own() -> None:
    decision = does(ANNA, "Ja, gern.", with_copies(OTTO, Mailbox("paul@example.org")))
    answers = of(decision, Response)
    assert [mail.route.to.key for mail in answers] == [
        MARIA.key,
        OTTO.key,
        "paul@example.org",
    ]
    assert len({mail.route.reply_to for mail in answers}) == 3
    assert len({mail.route.message_id for mail in answers}) == 3
    assert all(mail.to == (MARIA,) and len(mail.cc) == 2 for mail in answers)
    assert "in copy to Otto@example.org, paul@example.org" in said(decision)


def test_undo_can_stop_all_copies() -> None:
    decision = does(ANNA, "Ja, gern.", with_copies(OTTO))
    (remembered,) = of(decision, RememberWork)
    assert len(remembered.mails) == 2


def test_an_agent_adds_and_drops_somebody() -> None:
    decision = does(ANNA, "!kopie dazu otto@example.org\n\nHallo", with_copies())
    assert joined(decision) == ["otto@example.org"]
    assert "In copy: otto@example.org." in said(decision)
    assert [mail.route.to.key for mail in of(decision, Response)] == [MARIA.key, OTTO.key]
    decision = does(ANNA, "!cc drop OTTO@example.org\n\nHallo", with_copies(OTTO))
    assert of(decision, DropParty) == [DropParty(TicketId(1001), OTTO.key)]
    assert "Nobody is in copy." in said(decision)
    assert len(of(decision, Response)) == 1


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("!cc add berlin@truhe.example", "address of ours"),
        ("!cc add berlin+rabc@truhe.example", "address of ours"),
        ("!cc add ben@mitglieder.example", "!refer @ben"),
        ("!cc add maria@example.org", "is the requester"),
        ("!cc add @ben", "!refer @ben"),
        ("!cc add otto", "does not understand"),
        ("!cc add otto@", "does not understand"),
        ("!cc add a@b.example,c@d.example;e", "does not understand"),
        ("!cc add", "missing"),
        ("!cc drop paul@example.org", "not in copy. In copy: Otto@example.org"),
        ("!cc add x@y.org\n\n!cc drop x@y.org", "Two different"),
    ],
)
def test_what_cannot_be_in_copy_is_said_and_nothing_is_done(line: str, why: str) -> None:
    about = with_copies(OTTO)
    base = facts_of(ANNA, line, about)
    named = {BEN.mailbox.key: BEN, **base.named_agents}
    decision = agent_mail(replace(base, named_agents=named), ANNA, read(line))
    assert why in said(decision)
    assert of(decision, AddParty, DropParty) == [] or joined(decision) == []


def test_a_ticket_has_a_bounded_number_of_copies() -> None:
    full = with_copies(*(Mailbox(f"p{number}@example.org") for number in range(MOST)))
    assert "at most" in said(does(ANNA, "!cc add one@more.example", full))
    assert "In copy: p0@example.org" in said(does(ANNA, "!cc", full))


def undone(about: TicketFacts, *copies: tuple[Mailbox, ...]) -> Decision:
    """`!undo` of a mail that changed who is in copy from the first to the second."""
    value = about.ticket
    before = Before(
        value.id,
        value.number,
        (value.status, value.status),
        (value.responsible, value.responsible),
        (value.department, value.department),
        (value.subject, value.subject),
        (value.topic, value.topic),
        copies=(copies[0], copies[1]),
    )
    base: Facts = facts_of(ANNA, "!undo", about)
    done = Undoable(WorkId(1), ANNA.id, base.now, (before,))
    return agent_mail(replace(base, undo=done), ANNA, read("!undo"))


def test_undo_takes_back_who_is_in_copy() -> None:
    added = undone(with_copies(OTTO), (), (OTTO,))
    assert of(added, DropParty) == [DropParty(TicketId(1001), OTTO.key)]
    dropped = undone(with_copies(), (OTTO,), ())
    assert joined(dropped) == ["Otto@example.org"]


def test_undo_changes_nothing_when_others_came_in_since() -> None:
    about = with_copies(OTTO, Mailbox("paul@example.org"))
    decision = undone(about, (), (OTTO,))
    assert of(decision, DropParty) == []
    assert "changed by somebody" in said(decision)


def test_those_in_copy_are_in_a_stable_order() -> None:
    about = with_copies(Mailbox("z@x.org"), Mailbox("a@x.org"))
    assert [party.address for party in in_copy(about)] == ["a@x.org", "z@x.org"]
