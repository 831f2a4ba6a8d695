"""The canned response of a help topic: who gets it at once, and who does not."""

import json
from dataclasses import replace

import pytest
from agents_values import ticket
from policy_facts import FORGED, NOW, facts, message, organisation
from ruling_help import rule, ruling

from gateway.model.canned import Canned, Gap
from gateway.model.changes import AddEntry, CountAutomatic
from gateway.model.decision import Decision
from gateway.model.openpgp import OpenPgp
from gateway.model.organisation import Organisation
from gateway.model.outgoing import AutomaticAnswer, Confirmation, Notification, StatusNotice
from gateway.model.people import Language
from gateway.model.ticket import EntryKind, Party, PartyRole, Status, TopicId
from gateway.policy.confidential import Keyring, protected
from gateway.policy.decide import decide
from gateway.policy.facts import Facts, Match, MatchedBy
from gateway.policy.form.reading import read_form

OFFER = TopicId("spendenangebot")


def text(language: Language, words: str) -> Canned:
    pieces = (f"{words} ", Gap("nummer", "nummer", None), "!")
    return Canned("eingang", "Eingang", language, pieces)


def answering(topic: str = OFFER, answer: str = "Eingang") -> Organisation:
    """The shipped organisation, with a canned response for new tickets of the topic."""
    rules = organisation()
    changed = replace(rules.topics.topics[TopicId(topic)], autoresponse=answer)
    topics = replace(rules.topics, topics={**rules.topics.topics, changed.id: changed})
    languages = {
        Language.GERMAN: text(Language.GERMAN, "Danke für das Angebot"),
        Language.ENGLISH: text(Language.ENGLISH, "Thanks for the offer"),
    }
    return replace(rules, topics=topics, canned={**rules.canned, "eingang": languages})


def form(rules: Organisation, **more: str) -> Facts:
    said = {"Name": "Maria", "E-Mail": "maria@example.org", "Thema": "Spendenangebot"}
    body = json.dumps({**said, "Nachricht": "Hallo", "Standort": "Berlin", **more})
    read = read_form(replace(message("x"), text=body), rules, NOW.date())
    return facts(message("x"), "kontaktformular@truhe.example", organisation=rules, form=read)


def of_kind(decision: Decision, kind: type) -> list[object]:
    return [each for each in decision.outgoing if isinstance(each, kind)]


def heard(decision: Decision) -> list[str]:
    """What the requester gets: the canned text, or the kind of mail."""
    return [
        mail.text if isinstance(mail, AutomaticAnswer) else type(mail).__name__
        for mail in decision.outgoing
        if isinstance(mail, AutomaticAnswer | Confirmation | StatusNotice)
    ]


def test_a_form_with_the_topic_is_answered_in_place_of_the_confirmation() -> None:
    decision = decide(form(answering()))
    assert heard(decision) == ["Danke für das Angebot #1001!"]
    (mail,) = of_kind(decision, AutomaticAnswer)
    assert (mail.route.return_path, mail.route.auto_submitted) == (None, "auto-replied")
    assert mail.route.to.address == "maria@example.org"
    assert "answered by the help topic spendenangebot" in decision.reason


def test_it_stands_in_the_thread_and_counts_as_automatic_mail() -> None:
    decision = decide(form(answering()))
    said = [each for each in decision.changes if isinstance(each, AddEntry)]
    assert [each.text for each in said if each.kind is EntryKind.RESPONSE] == [
        "Danke für das Angebot #1001!"
    ]
    assert [each.address for each in decision.changes if isinstance(each, CountAutomatic)] == [
        "maria@example.org"
    ]


def test_it_is_in_the_language_of_the_requester() -> None:
    decision = decide(form(answering(), Sprache="English"))
    assert heard(decision) == ["Thanks for the offer #1001!"]


def test_mail_has_the_default_topic_and_its_answer() -> None:
    rules = answering("allgemeine-anfrage")
    assert heard(decide(facts(organisation=rules))) == ["Danke für das Angebot #1001!"]
    assert heard(decide(facts(organisation=answering()))) == ["Confirmation"]


def test_a_rule_that_sets_the_topic_brings_its_answer() -> None:
    found = ruling(rule("{subject: {word: Frage}}", f"{{topic: {OFFER}}}"))
    decision = decide(facts(organisation=answering(), ruling=found))
    assert heard(decision) == ["Danke für das Angebot #1001!"]


def test_the_answer_of_a_rule_comes_before_that_of_the_topic() -> None:
    then = f"{{topic: {OFFER}, answer: kein-bedarf}}"
    decision = decide(
        facts(organisation=answering(), ruling=ruling(rule("{subject: {word: Frage}}", then)))
    )
    (mail,) = heard(decision)
    assert "keinen Bedarf" in mail


def test_a_ticket_that_a_rule_closes_is_said_to_be_closed() -> None:
    found = ruling(rule("{subject: {word: Frage}}", f"{{topic: {OFFER}, status: closed}}"))
    assert heard(decide(facts(organisation=answering(), ruling=found))) == ["StatusNotice"]


def test_it_is_sent_also_where_new_tickets_are_not_confirmed() -> None:
    rules = replace(answering(), confirm_new_tickets=False)
    assert heard(decide(form(rules))) == ["Danke für das Angebot #1001!"]


@pytest.mark.parametrize(
    "changes",
    [
        {"mail": message(head="Auto-Submitted: auto-generated\n")},
        {"mail": message(head="List-Id: <liste.verein.example>\nPrecedence: list\n")},
        {"trust": FORGED},
        {"automatic_sent": organisation().automatic_per_day},
        {"mail_from": None},
    ],
    ids=["machine", "list", "forged", "enough for today", "null path"],
)
def test_nobody_gets_it_who_gets_no_automatic_mail(changes: dict[str, object]) -> None:
    rules = answering("allgemeine-anfrage")
    assert heard(decide(facts(organisation=rules, **changes))) == []


def test_a_further_message_to_the_ticket_is_not_answered() -> None:
    about = ticket()
    maria = Party("maria@example.org", "Maria", PartyRole.REQUESTER, "rtoken")
    about = replace(
        about,
        ticket=replace(about.ticket, topic=TopicId("allgemeine-anfrage")),
        parties={"maria@example.org": maria},
    )
    known = facts(
        organisation=answering("allgemeine-anfrage"),
        match=Match(about.ticket.id, MatchedBy.TOKEN, maria),
        tickets={about.ticket.id: about},
    )
    assert heard(decide(known)) == []


def test_a_ticket_that_goes_on_with_an_older_one_is_only_confirmed() -> None:
    about = ticket(status=Status.ARCHIVED)
    maria = Party("maria@example.org", "Maria", PartyRole.REQUESTER, "rtoken")
    about = replace(
        about, ticket=replace(about.ticket, topic=OFFER), parties={"maria@example.org": maria}
    )
    known = facts(
        organisation=answering(),
        match=Match(about.ticket.id, MatchedBy.TOKEN, maria),
        tickets={about.ticket.id: about},
    )
    assert heard(decide(known)) == ["Confirmation"]


def test_rejected_mail_and_spam_are_not_answered_by_their_topic() -> None:
    rules = answering("allgemeine-anfrage")
    assert heard(decide(facts(to="berlin@truhe.example", organisation=rules))) == []
    found = ruling(rule("{subject: {word: Frage}}", "{spam: true}"))
    assert decide(facts(organisation=rules, ruling=found)).outgoing == ()


def test_a_text_with_an_empty_place_is_never_sent() -> None:
    rules = answering("allgemeine-anfrage")
    half = {Language.GERMAN: replace(text(Language.GERMAN, ""), body=(Gap("x", "x", None),))}
    rules = replace(rules, canned={**rules.canned, "eingang": half})
    assert heard(decide(facts(organisation=rules))) == ["Confirmation"]


def test_a_confidential_ticket_without_a_key_is_confirmed_without_a_word_of_it() -> None:
    mail = replace(message(), openpgp=OpenPgp(encrypted=True, decrypted=True))
    decision = decide(facts(mail, organisation=answering("allgemeine-anfrage")))
    assert heard(decision) == ["Danke für das Angebot #1001!"]
    shown = protected(decision.outgoing, Keyring(NOW))
    (to_maria,) = [each for each in shown if not isinstance(each, Notification)]
    assert isinstance(to_maria, Confirmation)
    assert to_maria.ticket.subject != "Frage"
