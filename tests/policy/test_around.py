"""Tasks, watching, links, merging, splitting, referrals and reminders as decisions."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from agents_values import ANNA, BEN, CLARA, DORA, EMIL, does, facts_of, ticket
from policy_facts import NOW

from gateway.model.address import Mailbox
from gateway.model.around_changes import (
    CopyEntry,
    ForgetReminders,
    LinkTickets,
    MergeTicket,
    Remind,
    UnlinkTickets,
    Unrefer,
    Watch,
    WriteTask,
)
from gateway.model.changes import (
    AddParty,
    ChangeStatus,
    MoveTicket,
    OpenTicket,
    Refer,
    SeeMessageId,
)
from gateway.model.decision import Decision
from gateway.model.outgoing import Notification, NotificationEvent, Receipt, StatusNotice
from gateway.model.people import AgentId, AgentState, DepartmentId
from gateway.model.reminder import Reminder, ReminderId, ReminderKind
from gateway.model.ticket import (
    Entry,
    EntryId,
    EntryKind,
    Link,
    LinkKind,
    Party,
    PartyRole,
    Status,
    Task,
    TicketId,
)
from gateway.policy.agents import agent_mail
from gateway.policy.commands.read import read
from gateway.policy.facts import Facts, Fresh, TicketFacts
from gateway.policy.notify import audience
from gateway.policy.timed import when_due

PAUL = Mailbox("paul@example.org", "Paul")


def of(decision: Decision, *kinds: type) -> list[Any]:
    return [each for each in (*decision.changes, *decision.outgoing) if isinstance(each, kinds)]


def receipt(decision: Decision) -> Receipt:
    (found,) = of(decision, Receipt)
    return found


def said(decision: Decision) -> str:
    return "\n".join(str(line.result) for line in receipt(decision).lines)


def told(decision: Decision) -> list[str]:
    return [mail.agent.handle for mail in of(decision, Notification)]


def numbered(about: TicketFacts, number: str) -> TicketFacts:
    return replace(about, ticket=replace(about.ticket, id=TicketId(int(number)), number=number))


def entry(number: int, text: str, author: Mailbox | None = None, **changes: Any) -> Entry:
    who = author or ticket().ticket.requester
    return Entry(
        EntryId(number), EntryKind.MESSAGE, who, NOW, text, message_id=f"m{number}@x", **changes
    )


# --- tasks ----------------------------------------------------------------------------------------


def test_a_task_names_its_agent_and_its_day_wherever_they_stand() -> None:
    for text in (
        "!task Rückruf bei Maria @ben bis 1.3.2030",
        "!aufgabe @ben Rückruf bei Maria bis 1.3.2030",
        "!task bis 1.3.2030 @ben Rückruf\nbei Maria",
    ):
        (written,) = of(does(ANNA, text, ticket()), WriteTask)
        assert written.task == Task(1, "Rückruf bei Maria", BEN.id, date(2030, 3, 1))


def test_a_task_is_told_to_its_agent_and_to_nobody_else() -> None:
    decision = does(ANNA, "!task Rückruf @ben bis 1.3.2030", ticket())
    assert told(decision) == ["ben"]
    (mail,) = of(decision, Notification)
    assert mail.event is NotificationEvent.TASK
    assert "Rückruf" in str(mail.remark)
    assert told(does(ANNA, "!task Rückruf @anna", ticket())) == []
    assert told(does(ANNA, "!task Rückruf", ticket())) == []


def test_two_tasks_of_one_mail_are_two_mails() -> None:
    decision = does(ANNA, "!task eins @ben\n\n!task zwei @ben", ticket())
    assert [each.task.number for each in of(decision, WriteTask)] == [1, 2]
    ids = {mail.route.message_id for mail in of(decision, Notification)}
    assert len(ids) == 2


def test_a_task_is_reminded_of_in_the_morning_of_its_day() -> None:
    (remind,) = of(does(ANNA, "!task Rückruf bis 1.3.2030", ticket()), Remind)
    assert remind.kind is ReminderKind.TASK
    assert f"{remind.at:%Y-%m-%d %H:%M}" == "2030-03-01 08:00"  # 9:00 in Berlin


def test_a_task_is_not_given_to_somebody_who_does_not_see_the_ticket() -> None:
    decision = does(ANNA, "!task Rückruf @clara", ticket())
    assert not receipt(decision).done
    assert "!refer @clara" in said(decision)
    both = does(ANNA, "!task Rückruf @clara\n\n!refer @clara", ticket())
    assert receipt(both).done
    assert told(both).count("clara") == 2


@pytest.mark.parametrize(
    "text",
    ["!task", "!task @ben bis 1.3.", "!task Rückruf bis 31.2.", "!task Rückruf bis 1.3.2020"],
)
def test_a_task_without_a_text_or_with_an_impossible_day_is_refused(text: str) -> None:
    assert not receipt(does(ANNA, text, ticket())).done


def test_open_tasks_hold_up_closing_and_done_ones_do_not() -> None:
    tasks = (Task(1, "Rückruf"), Task(2, "Formular"))
    refused = does(ANNA, "!zu", ticket(tasks=tasks))
    assert "1 (Rückruf), 2 (Formular)" in said(refused)
    decision = does(ANNA, "!erledigt 1 2\n\n!zu", ticket(tasks=tasks))
    assert receipt(decision).done
    assert of(decision, ChangeStatus)
    assert [each.task.done for each in of(decision, WriteTask)] == [True, True]
    assert len(of(decision, ForgetReminders)) == 2


def test_the_only_open_task_needs_no_number() -> None:
    tasks = (Task(1, "Rückruf", done=True), Task(2, "Formular"))
    (written,) = of(does(ANNA, "!done", ticket(tasks=tasks)), WriteTask)
    assert written.task.number == 2
    (written,) = of(does(ANNA, "!undone", ticket(tasks=tasks)), WriteTask)
    assert written.task == Task(1, "Rückruf")


def test_a_task_that_is_not_there_is_named_with_those_that_are() -> None:
    decision = does(ANNA, "!done 7", ticket(tasks=(Task(1, "Rückruf"),)))
    assert "no task 7" in said(decision)
    assert "1 (Rückruf)" in said(decision)
    assert "no tasks" in said(does(ANNA, "!done 1", ticket()))


def test_open_tasks_stand_in_notifications() -> None:
    decision = does(
        ANNA, "!notiz Bitte ansehen.", ticket(responsible=BEN, tasks=(Task(1, "Rückruf", BEN.id),))
    )
    (mail,) = of(decision, Notification)
    assert [str(each) for each in mail.tasks] == ["Task 1: Rückruf (Ben)"]


# --- watching -------------------------------------------------------------------------------------


def test_who_watches_hears_of_messages_notes_and_the_end() -> None:
    about = ticket(responsible=ANNA, watchers=(BEN,))
    facts = facts_of(ANNA, "x", about)
    for event in (
        NotificationEvent.MESSAGE,
        NotificationEvent.NOTE,
        NotificationEvent.REOPENED,
        NotificationEvent.CLOSED,
    ):
        assert "ben" in [agent.handle for agent in audience(facts, about, event)]
    assert "ben" in told(does(ANNA, "!zu", about))


def test_who_lost_access_hears_nothing_though_still_watching() -> None:
    about = ticket("muenchen", responsible=CLARA, watchers=(BEN,))
    facts = facts_of(CLARA, "x", about)
    assert audience(facts, about, NotificationEvent.MESSAGE) == (CLARA,)


def test_a_watcher_is_no_replacement_for_a_department_in_which_nobody_listens() -> None:
    about = ticket("gefahrgut", referred_agents=frozenset({BEN.id}), watchers=(BEN,))
    facts = replace(facts_of(BEN, "x", about), agents={})
    assert {a.handle for a in audience(facts, about, NotificationEvent.MESSAGE)} == {"dora", "ben"}


def test_watching_is_for_oneself_and_only_where_one_may_see() -> None:
    assert of(does(BEN, "!beobachten", ticket()), Watch) == [Watch(TicketId(1001), BEN.id)]
    assert of(does(BEN, "!unwatch", ticket(watchers=(BEN,))), Watch) == [
        Watch(TicketId(1001), BEN.id, on=False)
    ]
    assert "already" in said(does(BEN, "!watch", ticket(watchers=(BEN,))))
    refused = does(CLARA, "!watch #1001", None, ticket())
    assert not receipt(refused).done


# --- links ----------------------------------------------------------------------------------------


def test_two_tickets_are_linked_both_ways_and_no_longer() -> None:
    one, two = ticket(), numbered(ticket(), "1002")
    (link,) = of(does(ANNA, "!link #1002", one, two), LinkTickets)
    assert (link.ticket, link.other, link.kind) == (1001, 1002, LinkKind.RELATED)
    (link,) = of(does(ANNA, "!verbinden #1001 mit #1002", None, one, two), LinkTickets)
    assert (link.ticket, link.other) == (1001, 1002)
    linked = replace(one, links=(Link(TicketId(1002), "1002", LinkKind.RELATED),))
    assert of(does(ANNA, "!trennen #1002", linked, two), UnlinkTickets)


@pytest.mark.parametrize("text", ["!link #1001", "!link", "!link #1003", "!link #1002 foo"])
def test_a_link_needs_another_ticket_that_one_may_see(text: str) -> None:
    others = numbered(ticket(), "1002"), numbered(ticket("muenchen"), "1003")
    assert not receipt(does(ANNA, text, ticket(), *others)).done


# --- merging --------------------------------------------------------------------------------------


def merged(text: str, source: TicketFacts, root: TicketFacts, agent: Any = ANNA) -> Decision:
    return does(agent, text, None, source, root)


def test_a_merged_ticket_is_closed_and_its_mail_goes_to_the_other() -> None:
    source, root = numbered(ticket(), "1012"), numbered(ticket(), "1009")
    for text in ("!merge #1012 into #1009", "!vereinen #1012 in #1009"):
        decision = merged(text, source, root)
        assert receipt(decision).done
        assert of(decision, MergeTicket) == [MergeTicket(TicketId(1012), TicketId(1009))]
        assert [each.ticket for each in of(decision, ChangeStatus)] == [1012]
        (link,) = of(decision, LinkTickets)
        assert (link.kind, link.back) == (LinkKind.MERGED_INTO, LinkKind.MERGED)
        assert not of(decision, StatusNotice)


def test_the_ticket_of_the_thread_can_be_merged() -> None:
    root = numbered(ticket(), "1009")
    assert of(does(ANNA, "!merge into #1009", ticket(), root), MergeTicket) == [
        MergeTicket(TicketId(1001), TicketId(1009))
    ]


def test_two_requesters_need_a_word_and_stay_apart() -> None:
    root = numbered(ticket(), "1009")
    parties = {
        PAUL.key: Party(TicketId(1012), PAUL.address, PartyRole.REQUESTER, "r1"),
        "b@x.org": Party(TicketId(1012), "b@x.org", PartyRole.CC, "r2"),
        ANNA.mailbox.key: Party(TicketId(1012), ANNA.mailbox.address, PartyRole.AGENT, "r3"),
    }
    source = replace(numbered(ticket(requester=PAUL), "1012"), parties=parties)
    refused = merged("!merge #1012 into #1009", source, root)
    assert not receipt(refused).done
    assert "paul@example.org" in said(refused)
    decision = merged("!vereinen #1012 in #1009 trotzdem", source, root)
    assert receipt(decision).done
    assert "paul@example.org gets none" in said(decision)
    joined = of(decision, AddParty)
    assert {each.address for each in joined if each.ticket == 1009} == {PAUL.address, "b@x.org"}
    # Nobody gets copies of what is written from now on.
    assert not [each for each in joined if each.role is PartyRole.CC]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("!merge #1012 into #1012", "itself"),
        ("!merge #1012 into #1020", "merged into #7"),
        ("!merge #1020 into #1012", "merged into #7"),
        ("!merge #1012 into #1021", "rejected"),
        ("!merge #1021 into #1012", "rejected"),
        ("!merge #1012 into #1022", "put away"),
        ("!merge #1012 into #1023", "put away"),
        ("!merge #1012 into #1024", "no ticket #1024"),
        ("!merge #1024 into #1012", "no ticket #1024"),
        ("!merge #1012", "Something is missing"),
        ("!merge #1012 #1020", "Something is missing"),
    ],
)
def test_a_merge_that_makes_no_sense_is_a_plain_error(text: str, why: str) -> None:
    gone = replace(ticket().ticket, merged_into=TicketId(7), id=TicketId(1020), number="1020")
    others = (
        numbered(ticket(), "1012"),
        replace(
            ticket(status=Status.CLOSED),
            ticket=gone,
            links=(Link(TicketId(7), "7", LinkKind.MERGED_INTO),),
        ),
        numbered(ticket("abgelehnt-berlin", rejected=True), "1021"),
        numbered(ticket(status=Status.DELETED), "1022"),
        numbered(ticket(status=Status.SPAM), "1023"),
        numbered(ticket("muenchen"), "1024"),
    )
    decision = does(ANNA, text, None, *others)
    assert not receipt(decision).done
    assert why in said(decision)


def test_what_was_merged_before_goes_along_so_that_there_are_no_chains() -> None:
    source = numbered(ticket(), "1012")
    source = replace(source, links=(Link(TicketId(5), "5", LinkKind.MERGED),))
    decision = merged("!merge #1012 into #1009", source, numbered(ticket(), "1009"))
    assert {(each.ticket, each.into) for each in of(decision, MergeTicket)} == {
        (5, 1009),
        (1012, 1009),
    }


def test_open_tasks_go_along_under_new_numbers() -> None:
    source = replace(
        numbered(ticket(), "1012"), tasks=(Task(1, "alt", done=True), Task(2, "Rückruf", BEN.id))
    )
    root = replace(numbered(ticket(), "1009"), tasks=(Task(1, "Formular"),))
    decision = merged("!merge #1012 into #1009", source, root)
    assert [
        (each.ticket, each.task.number, each.task.done) for each in of(decision, WriteTask)
    ] == [
        (1012, 2, True),
        (1009, 2, False),
    ]


def test_nothing_is_done_to_a_ticket_that_was_merged() -> None:
    gone = replace(
        ticket(status=Status.CLOSED), links=(Link(TicketId(9), "9", LinkKind.MERGED_INTO),)
    )
    gone = replace(gone, ticket=replace(gone.ticket, merged_into=TicketId(9)))
    decision = does(ANNA, "!reopen #1001", None, gone)
    assert not receipt(decision).done
    assert "#9" in said(decision)


# --- splitting ------------------------------------------------------------------------------------


def split(text: str, about: TicketFacts, agent: Any = ANNA) -> Decision:
    facts = facts_of(agent, text, about)
    facts = replace(facts, fresh=Fresh(facts.fresh.seed, TicketId(2000), "2000"))
    return agent_mail(facts, agent, read(text))


def two_messages() -> TicketFacts:
    entries = entry(11, "Ein Laptop bitte"), entry(12, "Und noch ein Drucker")
    return ticket(entries=entries, entry_count=2)


@pytest.mark.parametrize(("text", "wanted"), [("!split", 12), ("!teilen 1", 11), ("!split 2", 12)])
def test_a_message_becomes_a_ticket_of_the_same_requester(text: str, wanted: int) -> None:
    decision = split(text, two_messages())
    assert receipt(decision).done, said(decision)
    (opened,) = of(decision, OpenTicket)
    assert opened.ticket.requester == ticket().ticket.requester
    assert opened.ticket.status == Status.OPEN
    assert of(decision, CopyEntry) == [CopyEntry(EntryId(wanted), TicketId(2000))]
    (link,) = of(decision, LinkTickets)
    assert (link.kind, link.back) == (LinkKind.SPLIT_FROM, LinkKind.SPLIT)
    assert SeeMessageId(TicketId(2000), f"m{wanted}@x", "maria@example.org", sent=False) in of(
        decision, SeeMessageId
    )
    assert told(decision) == ["ben"]


def test_there_must_be_something_to_split_off() -> None:
    assert not receipt(split("!split 9", two_messages())).done
    assert not receipt(split("!split", ticket(entries=(entry(1, "x"),), entry_count=1))).done
    assert not receipt(split("!split 1\n\n!split 2", two_messages())).done


def test_who_split_by_referral_sees_the_new_ticket_too() -> None:
    about = replace(two_messages(), referred_agents=frozenset({CLARA.id}))
    assert Refer(TicketId(2000), agent=CLARA.id) in of(split("!split", about, CLARA), Refer)


# --- referrals ------------------------------------------------------------------------------------


def test_a_referral_tells_the_new_ones_the_reason_and_the_last_message() -> None:
    about = ticket(entries=(entry(1, "Bitte einen Laptop"),), entry_count=1)
    decision = does(ANNA, "!verweisen münchen bitte bis Freitag ansehen", about)
    assert of(decision, Refer) == [Refer(TicketId(1001), department=DepartmentId("muenchen"))]
    (mail,) = of(decision, Notification)
    assert (mail.agent, mail.event) == (CLARA, NotificationEvent.REFERRED)
    assert mail.text == "Bitte einen Laptop"
    assert "bitte bis Freitag ansehen" in str(mail.remark)
    assert "Access now: Berlin, München." in said(decision)


def test_an_agent_gets_access_alone() -> None:
    decision = does(ANNA, "!refer @emil Datenschutz?", ticket())
    assert of(decision, Refer) == [Refer(TicketId(1001), agent=EMIL.id)]
    assert told(decision) == ["emil"]
    assert "Emil" in said(decision)


def test_access_that_is_there_is_not_given_twice() -> None:
    for text in ("!refer @ben", "!refer berlin"):
        decision = does(ANNA, text, ticket())
        assert receipt(decision).done
        assert not of(decision, Refer, Notification)


def test_a_referral_ends_and_the_result_says_who_sees_it_still() -> None:
    about = ticket(
        referred_agents=frozenset({EMIL.id}), referred_departments=frozenset({"muenchen"})
    )
    decision = does(ANNA, "!unrefer @emil", about)
    assert of(decision, Unrefer) == [Unrefer(TicketId(1001), agent=EMIL.id)]
    assert "Access now: Berlin, München." in said(decision)
    assert not receipt(does(ANNA, "!unrefer vorstand", about)).done


def test_who_ends_their_own_access_is_told_so() -> None:
    about = ticket(referred_agents=frozenset({CLARA.id}))
    assert "You do not see it any more" in said(does(CLARA, "!unrefer @clara", about))


def test_moving_and_referring_go_together() -> None:
    decision = does(ANNA, "!move muenchen\n\n!refer berlin wir helfen noch", ticket())
    assert receipt(decision).done
    assert of(decision, MoveTicket)
    assert Refer(TicketId(1001), department=DepartmentId("berlin")) in of(decision, Refer)


def test_an_unknown_name_is_an_error_that_names_what_there_is() -> None:
    assert "Departments:" in said(does(ANNA, "!refer hamburg bitte", ticket()))
    assert "no active agent" in said(does(ANNA, "!refer @zoe bitte", ticket()))


# --- reminders ------------------------------------------------------------------------------------


def test_a_reminder_is_for_the_one_who_asked() -> None:
    decision = does(ANNA, "!erinnern 1.3.2030 14:30 Maria anrufen", ticket())
    (remind,) = of(decision, Remind)
    assert (remind.agent, remind.text) == (ANNA.id, "Maria anrufen")
    assert f"{remind.at:%Y-%m-%d %H:%M}" == "2030-03-01 13:30"
    assert "1 Mar 2030, 14:30" in said(decision)


@pytest.mark.parametrize("text", ["!remind", "!remind bald", "!remind 1.3.2020", "!remind 31.2."])
def test_a_reminder_needs_a_day_that_comes(text: str) -> None:
    assert not receipt(does(ANNA, text, ticket())).done


def test_waiting_until_a_day_is_remembered_and_waiting_alone_is_as_before() -> None:
    decision = does(ANNA, "!warten bis 1.3.2030", ticket())
    (remind,) = of(decision, Remind)
    assert (remind.kind, remind.agent) == (ReminderKind.WAIT, None)
    assert of(decision, ChangeStatus)
    assert not of(does(ANNA, "!wait", ticket()), Remind, ForgetReminders)
    again = does(ANNA, "!wait +7d", ticket(status=Status.ON_WAITING))
    assert of(again, Remind)
    assert not of(again, ChangeStatus)


def due(about: TicketFacts, kind: ReminderKind, text: str = "", agent: Any = None) -> Decision:
    facts: Facts = replace(facts_of(ANNA, "x", about), match=None, command_mail=None)
    one = Reminder(ReminderId(1), about.ticket.id, kind, NOW - timedelta(hours=1), text, agent)
    return when_due(facts, one)


def test_the_agent_who_asked_is_reminded_alone() -> None:
    decision = due(ticket(), ReminderKind.REMIND, "Maria anrufen", ANNA.id)
    assert told(decision) == ["anna"]
    (mail,) = of(decision, Notification)
    assert "Maria anrufen" in str(mail.remark)


def test_a_closed_ticket_reminds_nobody() -> None:
    closed = ticket(status=Status.CLOSED, tasks=(Task(1, "Rückruf"),))
    for kind, text in (
        (ReminderKind.REMIND, ""),
        (ReminderKind.WAIT, ""),
        (ReminderKind.TASK, "1"),
    ):
        decision = due(closed, kind, text, ANNA.id)
        assert not decision.outgoing
        assert len(decision.changes) == 1


def test_instead_of_a_locked_agent_the_department_is_reminded() -> None:
    facts = facts_of(ANNA, "x", ticket())
    locked = replace(BEN, state=AgentState.LOCKED)
    facts = replace(
        facts,
        agents={**facts.agents, BEN.id: locked},
        members={DepartmentId("berlin"): (ANNA,), DepartmentId(""): (DORA,)},
    )
    one = Reminder(ReminderId(1), TicketId(1001), ReminderKind.REMIND, NOW, "Anruf", BEN.id)
    decision = when_due(facts, one)
    assert told(decision) == ["anna"]
    (mail,) = of(decision, Notification)
    assert "Ben wanted to be reminded: Anruf" in str(mail.remark)


def test_the_department_hears_when_a_ticket_has_waited_long_enough() -> None:
    decision = due(ticket(status=Status.ON_WAITING), ReminderKind.WAIT)
    assert told(decision) == ["anna", "ben"]
    assert not of(decision, ChangeStatus)
    assert not due(ticket(responsible=ANNA), ReminderKind.WAIT).outgoing


def test_a_task_reminds_its_agent_then_the_responsible_one_then_the_department() -> None:
    def of_task(agent: AgentId | None, **changes: Any) -> list[str]:
        about = ticket(tasks=(Task(1, "Rückruf", agent),), **changes)
        return told(due(about, ReminderKind.TASK, "1"))

    assert of_task(BEN.id, responsible=ANNA) == ["ben"]
    assert of_task(None, responsible=ANNA) == ["anna"]
    assert of_task(CLARA.id, responsible=ANNA) == ["anna"]  # who sees it no longer
    assert of_task(None) == ["anna", "ben"]
    assert not due(ticket(tasks=(Task(1, "x", done=True),)), ReminderKind.TASK, "1").outgoing


def test_the_news_of_a_task_names_it_once() -> None:
    (mail,) = of(does(ANNA, "!task Rückruf @ben", ticket(tasks=(Task(1, "Alt"),))), Notification)
    assert mail.tasks == ()
    assert str(mail.remark) == "Task 2: Rückruf (Ben)"
