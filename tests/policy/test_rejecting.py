"""What becomes of mail that is not let in."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from agents_values import ANNA, MEMBERS, ticket
from policy_facts import FORGED, NOW, PROVED, UNPROVED, facts, message, organisation

from gateway.model.address import Mailbox
from gateway.model.author_changes import CountRejected
from gateway.model.authors import Allow, Block, ByCommand, HeaderCondition, InFile
from gateway.model.changes import AddEntry, ChangeStatus, OpenTicket, Refer
from gateway.model.decision import Decision, Outcome
from gateway.model.envelope import QueueId
from gateway.model.outgoing import Confirmation, Notification, Rejection
from gateway.model.people import DepartmentId
from gateway.model.statistics import Rejected
from gateway.model.ticket import EntryFlag, Status, TicketId
from gateway.policy.decide import decide
from gateway.policy.facts import Duplicate, FormSubmission, Match, MatchedBy, Trust
from gateway.policy.recipients import resolve

POST = "post@partner.example"
BERLIN, FREIBURG = DepartmentId("berlin"), DepartmentId("freiburg")
YESTERDAY = NOW.date() - timedelta(1)
BY_DORA = ByCommand("k1", "Dora", NOW.date())


def of(decision: Decision, *kinds: type) -> list[Any]:
    return [each for each in (*decision.changes, *decision.outgoing) if isinstance(each, kinds)]


def written(
    *to: str, sender: str = POST, head: str = "", allow: tuple[Allow, ...] = (), **changes: Any
) -> Decision:
    """Somebody writes to these addresses of ours; `allow` stands in the files."""
    rules = changes.pop("organisation", organisation())
    by_author: dict[str, tuple[Allow, ...]] = {}
    for entry in allow:
        by_author[entry.author] = (*by_author.get(entry.author, ()), entry)
    rules = replace(rules, allow=by_author)
    boxes = tuple(resolve(f"{each}@truhe.example", rules) for each in to)
    changes.setdefault("message", message(sender=sender, head=head))
    mail = changes.pop("message")
    return decide(facts(mail, organisation=rules, recipients=boxes, members=MEMBERS, **changes))


def why(decision: Decision) -> Rejected:
    (counted,) = of(decision, CountRejected)
    found: Rejected = counted.why
    return found


def opened(decision: Decision) -> tuple[str, bool]:
    (change,) = of(decision, OpenTicket)
    return change.ticket.department, change.ticket.rejected


# --- why ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("entry", "trust", "expected"),
    [
        (None, UNPROVED, Rejected.NOT_ALLOWED),
        (None, FORGED, Rejected.FORGED),
        (Allow(POST, "x", frozenset({FREIBURG})), UNPROVED, Rejected.OTHER_DEPARTMENT),
        (Allow(POST, "x", until=YESTERDAY), UNPROVED, Rejected.EXPIRED),
        (Allow(POST, "x", authenticated=True), UNPROVED, Rejected.UNPROVED),
        (Allow(POST, "x"), FORGED, Rejected.FORGED),
    ],
)
def test_the_reason_is_kept_in_the_ticket_and_counted(
    entry: Allow | None, trust: Trust, expected: Rejected
) -> None:
    decision = written("berlin", allow=(entry,) if entry else (), trust=trust)
    assert opened(decision) == ("abgelehnt-berlin", True)
    assert of(decision, CountRejected) == [CountRejected(BERLIN, expected, "partner.example")]
    assert len(of(decision, Rejection)) == (trust is not FORGED)
    notes = [each.event for each in of(decision, AddEntry) if each.event]
    assert len(notes) == 1
    assert "Not let in" in notes[0]
    assert not of(decision, Notification)


@pytest.mark.parametrize(
    ("to", "expected"),
    [("gefahrgut", "no-member"), ("kontaktformular", "no-form"), ("tickets", "no-agent")],
)
def test_other_addresses_have_other_reasons(to: str, expected: str) -> None:
    assert why(written(to)) == expected


def test_what_is_rejected_at_an_office_is_read_by_its_own_people_alone() -> None:
    assert opened(written("gefahrgut")) == ("gefahrgut", True)


def test_who_was_answered_lately_is_not_answered_again_but_a_proved_agent_is() -> None:
    assert not of(written("berlin", rejected_recently=True), Rejection)
    own = {"sender": ANNA.mailbox.address, "author_agent": ANNA, "rejected_recently": True}
    assert of(written("berlin", trust=PROVED, **own), Rejection)
    assert not of(written("berlin", trust=UNPROVED, **own), Rejection)


# --- several addresses ----------------------------------------------------------------------------


def test_two_internal_addresses_find_it_both_and_answer_once() -> None:
    decision = written("berlin", "freiburg", "berlin")
    assert opened(decision) == ("abgelehnt-berlin", True)
    assert [each.department for each in of(decision, Refer)] == ["abgelehnt-freiburg"]
    assert len(of(decision, Rejection)) == 1
    assert len(of(decision, CountRejected)) == 1


def test_who_is_allowed_at_one_of_two_disturbs_the_other_not() -> None:
    entry = Allow(POST, "x", frozenset({FREIBURG}))
    decision = written("muenchen", "freiburg", allow=(entry,))
    assert opened(decision) == ("freiburg", False)
    assert [each.department for each in of(decision, Refer)] == ["abgelehnt-muenchen"]
    assert {each.agent.handle for each in of(decision, Notification)} == {"ben"}


def test_who_is_allowed_at_both_reaches_both() -> None:
    decision = written("muenchen", "freiburg", allow=(Allow(POST, "x"),))
    assert opened(decision) == ("muenchen", False)
    assert {each.agent.handle for each in of(decision, Notification)} == {"ben", "clara"}


def test_a_copy_for_a_second_internal_address_is_found_there_too() -> None:
    earlier = Duplicate(QueueId("q0"), TicketId(1001), frozenset({"berlin@truhe.example"}))
    about = ticket("abgelehnt-berlin", rejected=True, status=Status.CLOSED)
    decision = written("freiburg", duplicate=earlier, tickets={TicketId(1001): about})
    assert decision.outcome is Outcome.DUPLICATE
    assert [each.department for each in of(decision, Refer)] == ["abgelehnt-freiburg"]


# --- the allow list -------------------------------------------------------------------------------


def test_members_addresses_take_an_entry_that_names_them() -> None:
    assert opened(written("gefahrgut", allow=(Allow(POST, "x"),)))[1]
    named = Allow(POST, "x", frozenset({DepartmentId("gefahrgut")}))
    assert opened(written("gefahrgut", allow=(named,))) == ("gefahrgut", False)


def test_an_entry_by_command_counts_like_one_of_a_file() -> None:
    entry = Allow(POST, "x", frozenset({BERLIN}), source=BY_DORA)
    assert opened(written("berlin", by_command=(entry,))) == ("berlin", False)
    assert opened(written("freiburg", by_command=(entry,)))[1]


@pytest.mark.parametrize(
    ("sender", "let_in"),
    [
        ("a@partner.example", True),
        ("a@sub.partner.example", True),
        ("a@x.y.partner.example", True),
        ("a@evilpartner.example", False),
        ("a@example", False),
    ],
)
def test_subdomains_are_meant_where_they_are_said(sender: str, let_in: bool) -> None:
    entry = Allow("@partner.example", "x", subdomains=True)
    assert opened(written("berlin", sender=sender, allow=(entry,)))[1] is not let_in


@pytest.mark.parametrize(
    ("head", "let_in"),
    [
        ("X-Dienst: Sendungs-INFO  heute\n", True),
        ("X-Dienst: sonst\nX-Dienst: sendungs-info\n", True),
        ("X-Dienst: sonst\n", False),
        ("X-Anders: Sendungs-Info\n", False),
        ("", False),
    ],
)
def test_a_header_field_may_be_demanded_too(head: str, let_in: bool) -> None:
    wanted = HeaderCondition("x-dienst", "sendungs-info")
    entry = Allow("@partner.example", "x", header=wanted)
    assert opened(written("berlin", head=head, allow=(entry,)))[1] is not let_in


@pytest.mark.parametrize(("value", "let_in"), [("Genau Das", True), ("genau das nicht", False)])
def test_a_header_field_alone_lets_in_whoever_has_it(value: str, let_in: bool) -> None:
    entry = Allow("", "x", header=HeaderCondition("x-dienst", "genau das", whole=True))
    rules = replace(
        organisation(),
        allow={":x-dienst:genau das": (entry,)},
        allow_headers=frozenset({"x-dienst"}),
    )
    mail = message(sender=POST, head=f"X-Dienst: {value}\n")
    boxes = (resolve("berlin@truhe.example", rules),)
    assert opened(decide(facts(mail, organisation=rules, recipients=boxes)))[1] is not let_in


def test_a_header_field_may_have_to_fit_a_pattern() -> None:
    wanted = HeaderCondition("x-dienst", r"^Sendung [0-9]{4}\b", is_pattern=True)
    entry = Allow("@partner.example", "x", header=wanted)
    for value, let_in in (("sendung  1234, heute", True), ("Eine Sendung 1234", False)):
        decision = written("berlin", head=f"X-Dienst: {value}\n", allow=(entry,))
        assert opened(decision)[1] is not let_in


def test_the_last_day_ends_at_midnight_where_the_people_are() -> None:
    entry = Allow(POST, "x", until=NOW.date())
    late = NOW.replace(hour=23, minute=30)  # half past midnight in Berlin
    assert (
        opened(written("berlin", allow=(entry,), now=NOW.replace(hour=22, minute=30)))[1] is False
    )
    assert why(written("berlin", allow=(entry,), now=late)) is Rejected.EXPIRED


# --- blocked --------------------------------------------------------------------------------------

BLOCKS = [
    Block(POST, "Ärger", source=BY_DORA),
    Block("@partner.example", "Ärger", source=BY_DORA),
    Block("@example", "Ärger", subdomains=True, source=BY_DORA),
]


@pytest.mark.parametrize("block", BLOCKS)
@pytest.mark.parametrize(
    ("to", "place"),
    [("info", "allgemein"), ("berlin", "abgelehnt-berlin"), ("vorstand", "vorstand")],
)
def test_a_blocked_author_reaches_nobody_and_gets_no_answer(
    block: Block, to: str, place: str
) -> None:
    decision = written(to, by_command=(block,), allow=(Allow(POST, "x"),), trust=PROVED)
    assert opened(decision) == (place, True)
    assert why(decision) is Rejected.BLOCKED
    assert decision.outgoing == ()
    assert "rejected" in decision.outcome


def test_a_block_in_a_file_holds_until_its_last_day() -> None:
    for until, blocked in ((NOW.date(), True), (YESTERDAY, False)):
        block = Block(POST, "x", until, source=InFile("rules/allow.yaml", 3))
        rules = replace(organisation(), block={POST: (block,)})
        decision = written("info", organisation=rules)
        assert opened(decision)[1] is blocked
        assert bool(of(decision, Confirmation)) is not blocked


def test_one_of_two_authors_is_enough() -> None:
    decision = written("info", sender=f"maria@example.org, {POST}", by_command=(BLOCKS[0],))
    assert opened(decision)[1]


def test_a_blocked_author_is_not_heard_by_way_of_the_form_either() -> None:
    form = FormSubmission(Mailbox(POST), BERLIN, "Hallo", ())
    sender = "website@truhe.example"
    decision = written("kontaktformular", sender=sender, form=form, by_command=(BLOCKS[0],))
    assert opened(decision) == ("abgelehnt-ueberregional", True)
    assert decision.outgoing == ()
    decision = written("kontaktformular", sender=sender, form=form)
    assert opened(decision) == ("berlin", False)


@pytest.mark.parametrize("status", [Status.OPEN, Status.CLOSED, Status.ARCHIVED])
def test_a_blocked_author_s_reply_is_in_the_ticket_and_disturbs_nobody(status: Any) -> None:
    about = ticket(responsible=ANNA if status == Status.OPEN else None, status=status)
    match = Match(about.ticket.id, MatchedBy.MESSAGE_ID, None)
    decision = written(
        "berlin", match=match, tickets={about.ticket.id: about}, by_command=(BLOCKS[0],)
    )
    assert decision.outcome is Outcome.ENTRY
    said, note = of(decision, AddEntry)
    assert EntryFlag.THIRD_PERSON in said.flags
    assert "is blocked" in note.event
    assert not of(decision, Notification, ChangeStatus, OpenTicket)
    assert decision.outgoing == ()


def test_agents_are_never_blocked() -> None:
    decision = written(
        "info",
        sender=ANNA.mailbox.address,
        author_agent=ANNA,
        by_command=(Block("@mitglieder.example", "x", source=BY_DORA),),
    )
    assert opened(decision) == ("allgemein", False)


def test_a_copy_for_a_public_address_does_not_let_a_blocked_author_in() -> None:
    earlier = Duplicate(QueueId("q0"), TicketId(1001), frozenset({"berlin@truhe.example"}))
    about = ticket("abgelehnt-berlin", rejected=True, status=Status.CLOSED)
    decision = written(
        "info", duplicate=earlier, tickets={TicketId(1001): about}, by_command=(BLOCKS[0],)
    )
    assert decision.outcome is Outcome.DUPLICATE
    assert decision.outgoing == ()
