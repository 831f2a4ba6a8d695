"""An agent's mail as a decision: all of it or nothing."""

import pytest
from agents_values import ANNA, BEN, CLARA, DORA, does, ticket

from gateway.model.changes import AddEntry, ChangeResponsible, ChangeStatus, MoveTicket, Refer
from gateway.model.decision import Decision
from gateway.model.outgoing import Notification, Receipt, Response, StatusNotice
from gateway.model.ticket import EntryKind, Status, StatusId
from gateway.model.workflow import DEFAULT_WORKFLOW
from gateway.policy.workflow import impossible, is_possible


def of(decision: Decision, *kinds: type) -> list[object]:
    return [each for each in (*decision.changes, *decision.outgoing) if isinstance(each, kinds)]


def receipt(decision: Decision) -> Receipt:
    (found,) = of(decision, Receipt)
    assert isinstance(found, Receipt)
    return found


def statuses(decision: Decision) -> list[StatusId]:
    return [each.status for each in of(decision, ChangeStatus)]  # type: ignore[attr-defined]


@pytest.mark.parametrize("now", DEFAULT_WORKFLOW.statuses)
@pytest.mark.parametrize("wanted", DEFAULT_WORKFLOW.statuses)
def test_each_way_between_statuses_is_gone_or_refused_by_name(
    now: StatusId, wanted: StatusId
) -> None:
    decision = does(DORA, f"!status {wanted}", ticket("vorstand", status=now))
    possible = is_possible(DEFAULT_WORKFLOW, now, wanted)
    assert receipt(decision).done is possible
    if now != wanted:
        assert statuses(decision) == ([wanted] if possible else [])
    if not possible:
        named = str(impossible(DEFAULT_WORKFLOW, now, wanted, DORA)).rpartition(":")[2]
        assert named.count(",") + 1 == len(DEFAULT_WORKFLOW.rule(now).to)


@pytest.mark.parametrize("word", ["archive", "delete", "restore"])
def test_only_admins_put_a_ticket_away_and_bring_it_back(word: str) -> None:
    status = Status.DELETED if word == "restore" else Status.CLOSED
    refused = does(ANNA, f"!{word}", ticket(status=status))
    assert not receipt(refused).done
    assert "admin" in str(receipt(refused).lines[0].result)
    assert statuses(does(DORA, f"!{word}", ticket("vorstand", status=status)))


def test_the_first_reply_claims_an_open_ticket() -> None:
    decision = does(ANNA, "Gern.", ticket())
    assert of(decision, ChangeResponsible) == [ChangeResponsible(ticket().ticket.id, ANNA.id)]
    assert statuses(decision) == [Status.IN_PROGRESS]
    assert len(of(decision, Response)) == 1


@pytest.mark.parametrize("status", [Status.ON_WAITING, Status.CLOSED])
def test_a_reply_claims_nothing_that_waits_or_is_closed(status: StatusId) -> None:
    decision = does(ANNA, "Gern.", ticket(status=status))
    assert not of(decision, ChangeResponsible, ChangeStatus)
    assert of(decision, Response)


def test_a_reply_that_closes_goes_out_as_one_mail() -> None:
    decision = does(ANNA, "Gern.\n\n!zu", ticket())
    (response,) = of(decision, Response)
    assert response.closes  # type: ignore[attr-defined]
    assert not of(decision, StatusNotice)
    assert of(decision, ChangeResponsible)


def test_a_quiet_close_with_a_reply_does_not_speak_of_closing() -> None:
    (response,) = of(does(ANNA, "Gern.\n\n!zu still", ticket()), Response)
    assert not response.closes  # type: ignore[attr-defined]


def test_waiting_and_releasing_leave_nobody_responsible() -> None:
    for text in ("!warten", "!freigeben"):
        decision = does(ANNA, text, ticket(responsible=ANNA))
        assert of(decision, ChangeResponsible) == [ChangeResponsible(ticket().ticket.id, None)]


def test_a_single_mistake_holds_everything() -> None:
    one, two = ticket(), ticket(number="1002", responsible=BEN)
    decision = does(ANNA, "Gern.\n\n!nehmen #1001 #1002", one, two)
    assert not receipt(decision).done
    assert not of(decision, ChangeStatus, ChangeResponsible, AddEntry, Response, Notification)
    assert receipt(decision).own_text.startswith("Gern.")


def test_forbidden_and_missing_are_one_answer() -> None:
    secret = ticket("muenchen", "1002")
    forbidden = receipt(does(ANNA, "!zu #1002", ticket(), secret)).lines
    missing = receipt(does(ANNA, "!zu #1002", ticket())).lines
    assert forbidden == missing


def test_a_move_releases_a_holder_who_stays_behind_and_refers_who_asks() -> None:
    decision = does(ANNA, "!verschieben muenchen behalten", ticket(responsible=ANNA))
    assert of(decision, MoveTicket)
    assert of(decision, ChangeResponsible) == [ChangeResponsible(ticket().ticket.id, None)]
    assert of(decision, Refer) == [Refer(ticket().ticket.id, agent=ANNA.id)]
    (told,) = of(decision, Notification)
    assert told.agent == CLARA  # type: ignore[attr-defined]


def test_a_holder_who_belongs_to_the_new_department_too_stays_responsible() -> None:
    decision = does(BEN, "!verschieben freiburg", ticket(responsible=BEN))
    assert not of(decision, ChangeResponsible)


def test_a_note_is_for_agents_alone() -> None:
    decision = does(ANNA, "!notiz geheim", ticket(responsible=BEN))
    (kept,) = of(decision, AddEntry)
    assert kept.kind is EntryKind.NOTE  # type: ignore[attr-defined]
    (told,) = of(decision, Notification)
    assert told.agent == BEN  # type: ignore[attr-defined]
    assert not of(decision, Response, StatusNotice)


def test_every_road_into_a_ticket_is_a_secret_of_one_person() -> None:
    decision = does(ANNA, "Gern.\n\n!zuweisen @clara", ticket())
    mails = of(decision, Response, Notification, Receipt)
    replies = [mail.route.reply_to for mail in mails]  # type: ignore[attr-defined]
    people = [mail.route.to.key for mail in mails]  # type: ignore[attr-defined]
    assert len(set(replies)) == len(set(people)) == 3
    ids = [mail.route.message_id for mail in mails]  # type: ignore[attr-defined]
    assert len(set(ids)) == 3


@pytest.mark.parametrize("word", ["archive", "delete", "restore"])
def test_admins_put_away_what_they_do_not_see_and_learn_nothing_of_it(word: str) -> None:
    status = Status.DELETED if word == "restore" else Status.CLOSED
    decision = does(DORA, f"!{word} #1001", None, ticket(status=status))
    assert statuses(decision)
    assert "Laptop" not in str(receipt(decision).lines)
    assert not receipt(does(DORA, "!close #1001", None, ticket())).done
    assert not receipt(does(DORA, "!status #1001 open", None, ticket(status=status))).done
    assert not receipt(does(CLARA, f"!{word} #1001", None, ticket(status=status))).done
