"""What must not go to a requester, wherever it stands in an agent's text."""

import pytest
from policy_facts import NOW

from gateway.mail.marker import MARKER
from gateway.model.address import Mailbox
from gateway.model.ticket import Entry, EntryId, EntryKind
from gateway.policy.leaks import leak, quoted_note

NOTE = "Sie hat Hausverbot in Freiburg, bitte nicht sagen."


def entry(kind: EntryKind, text: str) -> Entry:
    return Entry(EntryId(1), kind, Mailbox("x@y.example"), NOW, text)


@pytest.mark.parametrize(
    "reply",
    [
        f"> {MARKER}\n\nJa.",
        "> ===== reply above this line / bitte darüber\n> antworten =====\n\nJa.",
        "> ===== reply above\n> this line / bitte darüber antworten =====\n\nJa.",
        f"Am 24.11. schrieb <berlin+r{'0af' * 10}12@truhe.example>:\n> Hallo\n\nJa.",
    ],
)
def test_the_frame_of_our_mails_and_the_agents_reply_address_stay_here(reply: str) -> None:
    found = leak(reply)
    assert found is not None
    assert "parts of the mail that you answer" in str(found)


@pytest.mark.parametrize(
    "quotation",
    [
        f"> | {NOTE}",
        f"| {NOTE}",
        ">| Sie hat Hausverbot\n>| in Freiburg, bitte\n>| nicht sagen.",
        f">> | {NOTE.upper()}",
    ],
)
def test_a_quoted_note_stays_here_however_its_lines_were_broken(quotation: str) -> None:
    found = quoted_note(f"{quotation}\n\nJa.", (entry(EntryKind.NOTE, f"Achtung:\n{NOTE}"),))
    assert found is not None
    assert "internal note" in str(found)


def test_the_requesters_own_words_may_be_quoted() -> None:
    thread = (entry(EntryKind.MESSAGE, "Wann haben Sie offen?"), entry(EntryKind.NOTE, NOTE))
    assert quoted_note("> | Wann haben Sie offen?\n\nFreitags.", thread) is None


def test_words_that_the_agent_types_are_never_held() -> None:
    assert quoted_note(NOTE, (entry(EntryKind.NOTE, NOTE),)) is None
    assert quoted_note("Ja > nein | vielleicht", ()) is None
    assert leak("") is None
