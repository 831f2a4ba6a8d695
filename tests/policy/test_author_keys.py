"""Which keys of a mail are taken in, as a table; and which of them an answer is encrypted to."""

from dataclasses import replace
from datetime import timedelta

import pytest
from policy_facts import FORGED, NOW, PROVED, facts, message

from gateway.model.address import Mailbox
from gateway.model.key_changes import KeepAuthorKey, SeeAuthorKey
from gateway.model.keys import AuthorKey, FoundKey, Keys, KeySource, KeyState
from gateway.model.openpgp import NOBODY, Fingerprint, Key
from gateway.model.people import Language
from gateway.model.ticket import Status, Ticket, TicketId
from gateway.policy.author_keys import STALE, News, Taken, taken
from gateway.policy.bringing import brings, opened_with
from gateway.policy.confidential import Keyring

MARIA = "maria@example.org"
DAY = timedelta(days=1)
EARLIER = NOW - 10 * DAY
USED, WAITING, UNPROVED_KEY = KeyState.USED, KeyState.WAITING, KeyState.UNPROVED


def key(sign="A", **changes):
    made = Key(Fingerprint(sign * 40), b"k", (f"Maria <{MARIA}>",), EARLIER, can_encrypt=True)
    return replace(made, **changes)


def found(one=None, source=KeySource.AUTOCRYPT, *, prefers=False):
    return FoundKey(one or key(), source, prefers)


def kept(one=None, state=USED, *, prefers=False, at=EARLIER):
    return AuthorKey(MARIA, one or key(), KeySource.AUTOCRYPT, state, prefers, at, at)


def take(*brought, before=(), proved=True, sent_at=NOW):
    return taken(MARIA, brought, before, proved=proved, sent_at=sent_at)


def kinds(result):
    """What is done, with the state in which a key is kept."""
    return [
        (
            type(change).__name__,
            *([change.state.value] if isinstance(change, KeepAuthorKey) else []),
        )
        for change in result.changes
    ]


USE = [("KeepAuthorKey", "waiting"), ("UseAuthorKey",)]
WAIT = [("KeepAuthorKey", "waiting")]
KEEP = [("KeepAuthorKey", "unproved")]
GONE = {"can_encrypt": False, "expired": True}
REVOKED = {"can_encrypt": False, "revoked": True}


@pytest.mark.parametrize(
    ("before", "proved", "does", "news"),
    [
        ((), True, USE, News.NONE),
        ((), False, KEEP, News.UNPROVED),
        ((kept(key("B")),), True, WAIT, News.WAITS),
        ((kept(key("B")),), False, WAIT, News.WAITS),
        ((kept(key("B", **GONE)),), True, USE, News.INSTEAD),
        ((kept(key("B", **GONE)),), False, WAIT, News.WAITS),
        ((kept(key("B", **REVOKED)),), True, USE, News.INSTEAD),
        ((kept(key("B", **REVOKED)),), False, WAIT, News.WAITS),
        ((kept(key("B"), UNPROVED_KEY),), True, USE, News.PROVED),
        ((kept(key("B"), UNPROVED_KEY),), False, KEEP, News.UNPROVED),
        ((kept(state=UNPROVED_KEY),), True, USE, News.NONE),
        ((kept(state=UNPROVED_KEY),), False, KEEP, News.UNPROVED),
        ((kept(key("B")), kept(state=WAITING)), True, WAIT, News.WAITS),
        ((kept(key("B")), kept(state=WAITING)), False, WAIT, News.WAITS),
        ((kept(key("B", **GONE)), kept(state=WAITING)), True, USE, News.INSTEAD),
        ((kept(),), True, [("SeeAuthorKey",)], News.NONE),
        ((kept(),), False, [], News.NONE),
    ],
)
def test_what_becomes_of_a_key(before, proved, does, news):
    result = take(found(), before=before, proved=proved)
    assert (kinds(result), result.news) == (does, news)
    assert result.key == key().fingerprint
    was_kept = any(each.key == key() for each in before)
    assert result.again is (was_kept and does in (WAIT, KEEP))


def test_only_a_key_with_the_authors_address_counts():
    for names in ((), ("Maria",), ("Otto <otto@example.org>",), (f"<{MARIA}> <x@y.example>",)):
        assert take(found(key(user_ids=names))) == Taken()
    assert take(found(key(user_ids=("x@y.example", MARIA.upper())))).changes


def test_a_key_that_cannot_encrypt_is_none():
    for no in (GONE, REVOKED, {"can_encrypt": False}):
        assert take(found(key(**no))) == Taken()


def test_the_field_goes_before_files_and_of_those_the_usable_and_newest():
    old, new = key("A"), key("B", created=NOW)
    files = [found(one, KeySource.ATTACHED) for one in (old, new, key("C", created=NOW, **GONE))]
    assert take(*files).key == new.fingerprint
    assert take(*files, found(key("D"))).key == Fingerprint("D" * 40)


def test_an_old_mail_that_took_its_time_changes_nothing():
    assert take(found(), before=(kept(key("B")),), sent_at=EARLIER - DAY) == Taken()
    again = take(found(prefers=True), before=(kept(),), sent_at=EARLIER - DAY)
    assert again == Taken(key=key().fingerprint)


def test_a_known_key_is_renewed_by_any_mail_and_its_wish_only_by_proved_ones():
    longer = key(expires=NOW + 300 * DAY)
    result = take(found(longer, prefers=True), before=(kept(),), proved=False)
    assert result.changes == (SeeAuthorKey(MARIA, longer.fingerprint, False, EARLIER, longer),)
    result = take(found(longer, prefers=True), before=(kept(),))
    assert result.changes == (SeeAuthorKey(MARIA, longer.fingerprint, True, NOW, longer),)
    both = take(found(key("B")), found(longer, KeySource.ATTACHED), before=(kept(),))
    assert both.changes[0] == SeeAuthorKey(MARIA, longer.fingerprint, False, EARLIER, longer)
    assert both.news is News.WAITS


def test_a_revocation_is_taken_from_anybody_and_told():
    revoked = key(**REVOKED)
    result = take(found(revoked), before=(kept(),), proved=False)
    assert (result.changes[0].renewed, result.news) == (revoked, News.REVOKED)


@pytest.mark.parametrize(
    ("after", "proved", "field", "ends"),
    [
        (STALE + DAY, True, False, True),
        (STALE + DAY, False, False, False),
        (STALE - DAY, True, False, False),
        (STALE + DAY, True, True, False),
    ],
)
def test_a_wish_for_encryption_outlives_mails_from_a_web_mailer(after, proved, field, ends):
    mails = [found(prefers=True)] if field else []
    before = (kept(prefers=True),)
    result = take(*mails, before=before, proved=proved, sent_at=EARLIER + after)
    wishes = [each.prefer_encrypt for each in result.changes if isinstance(each, SeeAuthorKey)]
    assert (False in wishes) is ends


# -- the mail around it ----------------------------------------------------------------------------


def mail(head="", **changes):
    return replace(message(head=head), keys=(found(),), **changes)


def test_a_persons_own_mail_brings_a_key():
    assert brings(facts(mail(), kept_keys=())).key == key().fingerprint
    assert brings(facts(mail(), kept_keys=(), trust=PROVED)).news is News.NONE


@pytest.mark.parametrize(
    "head",
    [
        "Auto-Submitted: auto-replied\n",
        "List-Id: <list.example.org>\n",
        "Precedence: bulk\n",
        "List-Unsubscribe: <mailto:x@example.org>\n",
    ],
)
def test_machines_and_lists_bring_none(head):
    assert brings(facts(mail(head), kept_keys=())) == Taken()


def test_agents_forged_mail_and_mail_of_nobody_bring_none():
    assert brings(facts(mail(), kept_keys=None, trust=PROVED)) == Taken()
    assert brings(facts(mail(), kept_keys=(), trust=FORGED)) == Taken()
    two = mail(authors=(Mailbox(MARIA), Mailbox("otto@example.org")))
    assert brings(facts(two, kept_keys=())) == Taken()
    assert brings(facts(mail(), kept_keys=(), own_mail=True)) == Taken()


def test_a_ticket_keeps_in_mind_the_key_of_the_mail_that_opens_it():
    assert opened_with(facts(mail(), kept_keys=()), MARIA) == key().fingerprint
    assert opened_with(facts(mail(), kept_keys=()), "otto@example.org") == NOBODY


# -- which key is written to -----------------------------------------------------------------------


def ticket(came_with="", requester=MARIA):
    return Ticket(
        TicketId(1), "1", "", Status.OPEN, "info", Mailbox(requester), Language.GERMAN, NOW, NOW,
        confidential=True, came_with=Fingerprint(came_with),
    )  # fmt: skip


A, B, C = (key(sign) for sign in "ABC")
DEAD = key("D", **REVOKED)


@pytest.mark.parametrize(
    ("keys", "about", "reader", "written_to"),
    [
        (Keys(), ticket(), MARIA, None),
        (Keys(known=A), None, MARIA, A),
        (Keys(known=A, waiting=(B,)), ticket("B" * 40), MARIA, A),
        (Keys(known=DEAD, waiting=(B,)), ticket("B" * 40), MARIA, None),
        (Keys(known=DEAD, unproved=(B,)), ticket("B" * 40), MARIA, None),
        (Keys(waiting=(B,)), ticket("B" * 40), MARIA, None),
        (Keys(unproved=(B, C)), ticket("C" * 40), MARIA, C),
        (Keys(unproved=(B, C)), ticket(), MARIA, None),
        (Keys(unproved=(B,)), None, MARIA, None),
        (Keys(unproved=(B,)), ticket("A" * 40), MARIA, None),
        (Keys(unproved=(B,)), ticket("B" * 40, "otto@example.org"), MARIA, None),
        (Keys(pinned=(C,), known=A), ticket(), MARIA, C),
    ],
)
def test_an_answer_goes_to_a_key_that_is_proved_accepted_or_opened_the_ticket(
    keys, about, reader, written_to
):
    assert Keyring(NOW, {reader: keys}).of_author(reader, about) == written_to


def test_a_wish_of_nobody_known_counts_in_their_own_ticket_only():
    keys = Keys(unproved=(B,), prefers=frozenset({B.fingerprint}))
    ring = Keyring(NOW, {MARIA: keys})
    assert ring.prefers(MARIA, ticket("B" * 40))
    assert not ring.prefers(MARIA, ticket())
    assert not ring.prefers(MARIA, ticket("B" * 40, "otto@example.org"))
