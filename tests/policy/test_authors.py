"""`!allow`, `!deny`, `!allowlist` as decisions."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from agents_values import BEN, DORA, EVERYBODY, MEMBERS, ticket
from hypothesis import given
from hypothesis import strategies as st
from policy_facts import NOW, PROVED, facts, message, organisation

from gateway.model.answers import AuthorList
from gateway.model.author_changes import EndEntry, EnterAuthor, RenewEntry
from gateway.model.authors import Allow, AuthorEntry, Block, ByCommand, InFile
from gateway.model.changes import ChangeStatus
from gateway.model.command import At
from gateway.model.decision import Decision
from gateway.model.held import Undoable, WorkId
from gateway.model.held_changes import RememberWork
from gateway.model.keys import FoundKey, KeySource
from gateway.model.message import Message
from gateway.model.openpgp import Fingerprint, Key
from gateway.model.organisation import Organisation
from gateway.model.outgoing import Receipt
from gateway.model.people import Agent, DepartmentId
from gateway.model.ticket import Status
from gateway.policy.agents import agent_mail
from gateway.policy.commands.moments import After, Day, When
from gateway.policy.commands.plan import printed
from gateway.policy.commands.read import read
from gateway.policy.commands.verbs.authors import AllowAuthor, DenyAuthor
from gateway.policy.levels import highest

BERLIN, FREIBURG = DepartmentId("berlin"), DepartmentId("freiburg")
BOTH = frozenset({BERLIN, FREIBURG})
HAUS = "haus@verein.example"
TODAY = NOW.date()


def by(key: str = "k1") -> ByCommand:
    return ByCommand(key, "Dora", TODAY)


def does(
    text: str,
    *by_command: AuthorEntry,
    agent: Agent = DORA,
    rules: Organisation | None = None,
    mail: Message | None = None,
    **changes: Any,
) -> Decision:
    """What Dora's mail does while these entries by command are there."""
    read_as = read(text)
    names = {each.mailbox.key: each for each in EVERYBODY}
    found = facts(
        mail or message(text, sender=agent.mailbox.address),
        "tickets@truhe.example",
        organisation=rules or organisation(),
        trust=PROVED,
        author_agent=agent,
        command_mail=read_as,
        named_agents=names,
        members=MEMBERS,
        by_command=by_command,
        **changes,
    )
    return agent_mail(found, agent, read_as)


def of(decision: Decision, *kinds: type) -> list[Any]:
    return [each for each in (*decision.changes, *decision.outgoing) if isinstance(each, kinds)]


def told(decision: Decision) -> str:
    (receipt,) = of(decision, Receipt)
    return "\n".join(str(line.result) for line in receipt.lines)


def entered(decision: Decision) -> AuthorEntry:
    (change,) = of(decision, EnterAuthor)
    assert change.agent == DORA.id
    found: AuthorEntry = change.entry
    return found


def in_file(*entries: AuthorEntry) -> Organisation:
    allow: dict[str, tuple[Allow, ...]] = {}
    block: dict[str, tuple[Block, ...]] = {}
    for each in entries:
        if isinstance(each, Allow):
            allow[each.author] = (*allow.get(each.author, ()), each)
        else:
            block[each.author] = (*block.get(each.author, ()), each)
    return replace(organisation(), allow=allow, block=block)


# --- !spam block ---------------------------------------------------------------------------------


def spam(text: str, agent: Agent = DORA) -> Decision:
    about = ticket("allgemein")
    known = {"numbers": {"1042": about.ticket.id}, "tickets": {about.ticket.id: about}}
    return does(text, agent=agent, **known)


def test_an_admin_blocks_with_the_spam_whom_it_came_from() -> None:
    decision = spam("!spam #1042 sperren")
    block = entered(decision)
    assert isinstance(block, Block)
    assert block.author == ticket("allgemein").ticket.requester.key
    assert [each.status for each in of(decision, ChangeStatus)] == [Status.SPAM]
    (done,) = of(decision, RememberWork)
    assert len(done.entered) == 1


def test_spam_alone_blocks_nobody_and_only_admins_block() -> None:
    assert not of(spam("!spam #1042"), EnterAuthor)
    of_ben = spam("!spam #1042 block", agent=BEN)
    assert not of(of_ben, EnterAuthor, ChangeStatus)


def test_a_block_needs_as_much_proof_as_the_word_for_it() -> None:
    read_as = read("!spam block")
    assert highest(facts(message("x")), read_as, ticket("allgemein")) == (3, "deny")


# --- !allow ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "line",
    [
        "!allow haus@verein.example to berlin@ until 31.12.2027 room key and hours",
        "!erlauben Haus@Verein.example an berlin@ bis 31.12.2027 room key and hours",
        "!erlauben haus@verein.example bis 31.12.2027 an berlin room key and hours",
        "!allow <haus@verein.example>, to berlin@truhe.example: by 31.12.27 room\nkey and hours",
        "!allow haus@verein.example<mailto:x@y> to berlin@ until 2027-12-31 room key and hours",
        "!allow haus@verein.example to berlin@ by 31 December 2027 – room key and hours",
        "!allow haus@verein.example to berlin@ room key and hours until 31.12.2027",
    ],
)
def test_an_admin_allows_a_person_for_a_department_until_a_day(line: str) -> None:
    entry = entered(does(line))
    assert isinstance(entry, Allow)
    assert (entry.author, entry.departments) == (HAUS, {BERLIN})
    assert (entry.until, entry.reason) == (date(2027, 12, 31), "room key and hours")
    assert entry.source == ByCommand(entry.source.key, "Dora", TODAY)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("", frozenset()),
        ("to all", frozenset()),
        ("an alle", frozenset()),
        ("to berlin, freiburg", BOTH),
        ("an berlin und freiburg", BOTH),
        ("to berlin@ freiburg@", BOTH),
        ("to berlin,freiburg", BOTH),
        ('to "München"', {"muenchen"}),
        ("an gefahrgut@", {"gefahrgut"}),
    ],
)
def test_departments_are_named_by_names_or_addresses(where: str, expected: Any) -> None:
    entry = entered(does(f"!allow {HAUS} {where} Reparaturtage"))
    assert isinstance(entry, Allow)
    assert (entry.departments, entry.reason) == (expected, "Reparaturtage")


KEY = "8E1F9D3C27A45B609F12C3D74E58A6B10D927F35"
GROUPS = "8E1F 9D3C 27A4 5B60 9F12  C3D7 4E58 A6B1 0D92 7F35"


@pytest.mark.parametrize("name", [KEY, GROUPS, f'"{GROUPS}"', "0x" + KEY.lower(), f"{GROUPS}:"])
def test_a_key_is_named_by_its_whole_fingerprint(name: str) -> None:
    entry = entered(does(f"!allow {name} to berlin@ Feed of the caretakers"))
    assert isinstance(entry, Allow)
    assert (entry.author, entry.fingerprint, entry.departments) == ("", KEY, {BERLIN})
    assert entry.reason == "Feed of the caretakers"
    again = does(f"!allow {name} to berlin@ Feed of the caretakers", entry)
    assert not of(again, EnterAuthor)
    dropped = does(f"!erlauben weg {name}", entry)
    assert of(dropped, EndEntry)
    assert GROUPS.replace("  ", " ") in told(dropped)


@pytest.mark.parametrize("name", ["0D927F35", "0x4E58A6B10D927F35", "4E58 A6B1 0D92 7F35"])
def test_a_short_name_of_a_key_allows_nobody(name: str) -> None:
    decision = does(f"!allow {name} to berlin@ Hausverwaltung")
    assert not of(decision, EnterAuthor)
    assert "can be forged" in told(decision)


def test_a_key_is_not_blocked() -> None:
    assert not of(does(f"!deny {KEY} Werbung"), EnterAuthor)


def brings(name: str, **changes: Any) -> dict[str, Any]:
    key = Key(Fingerprint(name), b"the key", **changes)
    mail = message("!allow", sender=DORA.mailbox.address)
    return {"mail": replace(mail, keys=(FoundKey(key, KeySource.ATTACHED),))}


def test_a_key_that_is_attached_is_kept_if_it_is_the_one() -> None:
    (change,) = of(does(f"!allow {KEY} Haus", **brings(KEY)), EnterAuthor)
    assert change.key == b"the key"
    assert "is kept" in told(does(f"!allow {KEY} Haus", **brings(KEY)))
    assert "must come" in told(does(f"!allow {KEY} Haus"))


@pytest.mark.parametrize(
    "mail", [brings("AB" * 20), brings(KEY, revoked=True), brings(KEY, expired=True)]
)
def test_nothing_is_entered_for_another_key_or_one_that_is_over(mail: dict[str, Any]) -> None:
    assert not of(does(f"!allow {KEY} Haus", **mail), EnterAuthor)


def test_a_domain_with_or_without_those_below_it_and_a_proof() -> None:
    entry = entered(does("!allow @verein.example with proof Reparaturtage"))
    assert isinstance(entry, Allow)
    assert (entry.author, entry.subdomains, entry.authenticated) == ("@verein.example", False, True)
    for line in ("@*.verein.example mit Nachweis Tage", "*.verein.example with proof Tage"):
        entry = entered(does(f"!erlauben {line}"))
        assert isinstance(entry, Allow)
        assert (entry.author, entry.subdomains) == ("@verein.example", True)


def test_a_domain_with_umlauts_is_what_mail_servers_write() -> None:
    assert entered(does("!allow müller.example Tage")).author == "@xn--mller-kva.example"


def test_the_receipt_says_what_holds_and_how_to_take_it_back() -> None:
    said = told(does(f"!allow {HAUS} to berlin@ until 31.12.2027 room key"))
    assert f"{HAUS} may write directly to Berlin, until 31 Dec 2027. Reason: room key." in said
    assert f"!allow drop {HAUS}" in said


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("info@truhe.example Grund", "address of ours"),
        ("berlin+x@truhe.example Grund", "address of ours"),
        ("@truhe.example Grund", "address of ours"),
        ("ben@mitglieder.example Grund", "is the agent Ben"),
        ("@gmail.com Grund", "everybody can have an address at gmail.com"),
        ("@co.uk Grund", "everybody can have"),
        (f"{HAUS} to berln Grund", "there is no department “berln”"),
        (f"{HAUS} to info@ Grund", "everybody may write to info@ anyway"),
        (f"{HAUS} until 1.1.2020 Grund", "past"),
        (f"{HAUS} until 31.2.2027 Grund", "no date"),
        (f"{HAUS} until soon Grund", "is no date"),
        (f"{HAUS} to berlin@", "reason is missing"),
        (f"{HAUS}", "reason is missing"),
        ("haus Grund", "neither an address nor a domain"),
        ("haus@verein Grund", "neither an address nor a domain"),
        ("", "Something is missing"),
        (f"drop {HAUS}", "no such entry"),
        (f"{HAUS} to berlin freiburg Tage", "is freiburg meant as a department too?"),
    ],
)
def test_nonsense_is_refused_with_what_would_be_right(line: str, why: str) -> None:
    decision = does(f"!allow {line}")
    assert not of(decision, EnterAuthor)
    (receipt,) = of(decision, Receipt)
    assert not receipt.done
    assert why in told(decision)


def test_a_free_mail_domain_takes_force() -> None:
    assert entered(does("!allow @gmail.com trotzdem alle dort")).author == "@gmail.com"


@pytest.mark.parametrize("line", [f"!allow {HAUS} x", f"!deny {HAUS} x", "!allowlist"])
def test_only_admins_may(line: str) -> None:
    decision = does(line, agent=BEN)
    assert not of(decision, EnterAuthor)
    assert "only an admin" in told(decision)


def test_two_lines_about_one_author_are_refused() -> None:
    decision = does(f"!allow {HAUS} Grund\n\n!deny {HAUS} Grund")
    assert not of(decision, EnterAuthor)


# --- an author who is known already ---------------------------------------------------------------


def old(**changes: Any) -> Allow:
    values = {"departments": frozenset({BERLIN}), "until": date(2027, 1, 1), "source": by()}
    return Allow(HAUS, "alt", **(values | changes))


@pytest.mark.parametrize(
    "line", ["to berlin until 1.1.2028", "to berlin", "to berlin, freiburg", ""]
)
def test_saying_it_again_extends_the_entry(line: str) -> None:
    decision = does(f"!allow {HAUS} {line} neu", old())
    assert entered(decision).reason == "neu"
    assert of(decision, EndEntry) == [EndEntry("k1", DORA.id)]


def test_a_second_department_comes_beside_the_first() -> None:
    decision = does(f"!allow {HAUS} to freiburg neu", old())
    assert not of(decision, EndEntry)
    assert "As before: Berlin, until 1 Jan 2027" in told(decision)


def test_what_is_allowed_already_is_said_and_not_done_again() -> None:
    wide = old(departments=frozenset(), until=None)
    decision = does(f"!allow {HAUS} to berlin neu", wide)
    assert not of(decision, EnterAuthor, EndEntry)
    assert "may write to all internal addresses already" in told(decision)
    file = Allow(HAUS, "Datei", source=InFile("rules/allow.yaml", 12))
    decision = does(f"!allow {HAUS} to berlin neu", rules=in_file(file))
    assert "(rules/allow.yaml:12)" in told(decision)
    assert not of(decision, EnterAuthor)


def test_a_narrower_or_ended_entry_is_not_the_same() -> None:
    file = Allow(HAUS, "Datei", until=date(2020, 1, 1), source=InFile("rules/allow.yaml", 12))
    assert entered(does(f"!allow {HAUS} neu", rules=in_file(file)))
    proof = Allow(HAUS, "Datei", authenticated=True, source=InFile("rules/allow.yaml", 12))
    assert entered(does(f"!allow {HAUS} neu", rules=in_file(proof)))


@pytest.mark.parametrize(
    "block",
    [
        Block(HAUS, "Ärger", source=by()),
        Block("@verein.example", "Ärger", source=by()),
        Block("@example", "Ärger", subdomains=True, source=by()),
    ],
)
def test_a_block_wins_and_must_end_first(block: Block) -> None:
    decision = does(f"!allow {HAUS} neu", block)
    assert not of(decision, EnterAuthor)
    assert "End it first: !deny drop" in told(decision)
    assert entered(does(f"!allow {HAUS} neu", replace(block, until=date(2020, 1, 1))))


def test_an_entry_is_taken_back_by_its_author() -> None:
    for line in (f"!allow drop {HAUS}", f"!erlauben weg {HAUS}"):
        decision = does(line, old(), old(source=by("k2")), Block(HAUS, "x", source=by("k3")))
        assert {each.key for each in of(decision, EndEntry)} == {"k1", "k2"}
    decision = does(f"!sperren weg {HAUS}", old(), Block(HAUS, "x", source=by("k3")))
    assert [each.key for each in of(decision, EndEntry)] == ["k3"]


def test_what_stands_in_a_file_is_taken_out_there() -> None:
    file = Allow(HAUS, "Datei", source=InFile("rules/allow.yaml", 12))
    decision = does(f"!allow drop {HAUS}", rules=in_file(file))
    assert "still stands in rules/allow.yaml:12" in told(decision)
    (receipt,) = of(decision, Receipt)
    assert not receipt.done
    decision = does(f"!allow drop {HAUS}", old(), rules=in_file(file))
    assert of(decision, EndEntry)
    assert "still stands in rules/allow.yaml:12" in told(decision)


def test_undo_takes_the_entry_back_and_brings_back_what_it_replaced() -> None:
    decision = does(f"!allow {HAUS} neu", old())
    (work,) = of(decision, RememberWork)
    source = entered(decision).source
    assert isinstance(source, ByCommand)
    assert (work.entered, work.ended) == ((source.key,), ("k1",))
    done = Undoable(WorkId(1), DORA.id, NOW, (), entered=work.entered, ended=work.ended)
    back = does("!undo", undo=done)
    assert of(back, EndEntry) == [EndEntry(source.key, DORA.id)]
    assert of(back, RenewEntry) == [RenewEntry("k1")]
    assert "as it was before" in told(back)


# --- !deny and the list ---------------------------------------------------------------------------


def test_a_block_has_a_reason_and_may_have_an_end() -> None:
    entry = entered(does("!deny @spam.example until +6m to stop the advertisements"))
    assert entry == Block(
        "@spam.example", "to stop the advertisements", date(2027, 5, 24), source=entry.source
    )
    decision = does(f"!deny {HAUS} Ärger", old(), Block(HAUS, "alt", source=by("k3")))
    assert of(decision, EndEntry) == [EndEntry("k3", DORA.id)]
    assert "the entries of the allow list do not count" in told(decision)


@pytest.mark.parametrize("author", ["info@truhe.example", "ben@mitglieder.example", "@gmx.de"])
def test_neither_ourselves_nor_everybody_is_blocked(author: str) -> None:
    assert not of(does(f"!deny {author} Grund"), EnterAuthor)


def test_the_list_has_both_sources_with_reason_day_and_place() -> None:
    file = Allow(HAUS, "Schlüssel", BOTH, date(2020, 1, 1), source=InFile("rules/allow.yaml", 12))
    block = Block("@spam.example", "Werbung", source=by("k3"))
    (receipt,) = of(
        does("!allowlist", old(authenticated=True), block, rules=in_file(file)), Receipt
    )
    (answer,) = receipt.answers
    assert isinstance(answer, AuthorList)
    assert (answer.allowed, answer.blocked) == (2, 1)
    shown = [
        (each.author, str(each.where), str(each.until), each.ended, str(each.source))
        for each in answer.lines
    ]
    assert shown == [
        (HAUS, "Berlin, Freiburg", "until 1 Jan 2020", True, "rules/allow.yaml:12"),
        (HAUS, "Berlin", "until 1 Jan 2027", False, "Dora, 24 Nov 2026"),
        ("@spam.example", "None", "without end", False, "Dora, 24 Nov 2026"),
    ]
    (receipt,) = of(does("!erlaubt werbung", block, rules=in_file(file)), Receipt)
    assert [line.author for line in receipt.answers[0].lines] == ["@spam.example"]


_AUTHORS = st.sampled_from([HAUS, "@verein.example", "@a.b.example"])
_UNTIL = st.none() | st.sampled_from([When(After(days=7)), When(Day(31, 12, 2027))])
_WORDS = st.sampled_from(["Schlüssel", "room", "key", "to", "bis", "with", "-", "2.", "(alt)"])
_REASONS = st.lists(_WORDS, min_size=1, max_size=5).map(lambda words: " ".join(["wegen", *words]))


@given(_AUTHORS, _UNTIL, _REASONS, st.booleans(), st.lists(st.sampled_from(["berlin", "freiburg"])))
def test_the_canonical_line_is_read_as_the_same_command(
    author: str, until: When | None, reason: str, flag: bool, places: list[str]
) -> None:
    allow = AllowAuthor(
        At(1, ""),
        author=author,
        subdomains=flag and author[0] == "@",
        departments=tuple(dict.fromkeys(places)),
        until=until or When(Day(1, 1, 2028)),
        authenticated=flag,
        force=not flag,
        reason=reason,
    )
    deny = DenyAuthor(
        At(1, ""), author=author, until=until or When(After(days=1)), force=flag, reason=reason
    )
    for command in (allow, deny):
        mail = read(printed(command))
        assert not mail.problems
        assert [replace(each, at=At(1, "")) for each in mail.commands] == [command]  # type: ignore[type-var]
