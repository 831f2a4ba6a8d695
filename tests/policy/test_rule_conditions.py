"""Each condition of routing.yaml, and what it takes for one."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from policy_facts import FORGED, PROVED, message, organisation
from ruling_help import case_of, holds, rule, rules_of, ruling

from gateway.mail.parse import parse
from gateway.model.address import Mailbox
from gateway.model.rules import MailKind
from gateway.model.ticket import FieldId
from gateway.policy.facts import FormSubmission
from gateway.policy.rules.run import traced


@pytest.mark.parametrize(
    ("test", "subject", "expected"),
    [
        ("{equals: Laptop gesucht}", "LAPTOP  gesucht", True),
        ("{equals: Laptop gesucht}", "Laptop gesucht!", False),
        ("{contains: straße}", "Hauptstraße 1", True),
        ("{contains: STRASSE}", "Hauptstraße 1", True),
        ("{contains: [Tablet, Handy]}", "Ein Handy", True),
        ("{contains: [Tablet, Handy]}", "Ein Laptop", False),
        ("{starts: Re}", "Re: Laptop", True),
        ("{starts: Laptop}", "Re: Laptop", False),
        ("{ends: '?'}", "Haben Sie das?", True),
        ("{glob: 'rechnung *2026'}", "Rechnung Nr. 7 vom 1.3.2026", True),
        ("{glob: 'rechnung'}", "Rechnung 7", False),
        ("{glob: 'a?c'}", "abc", True),
        ("{glob: 'a.c'}", "abc", False),
        ("{word: über}", "Frage über Geräte", True),
        ("{word: über}", "überregional", False),
        ("{word: Müll}", "Der Müll, der", True),
        ("{word: Presse}", "Presseanfrage", False),
        ("{word: dringend}", "DRINGEND!", True),
        ("{regex: '^[A-Z]{2}-\\d+$'}", "ab-12", True),
        ("{regex: '(?-i)^[A-Z]{2}'}", "ab-12", False),
        ("{regex: '^\\pL+$'}", "Müller", True),
        ("{between: [10115, 14199]}", "12047", True),
        ("{between: [10115, 14199]}", "14200", False),
        ("{between: [10115, 14199]}", "12047 Berlin", False),
    ],
)
def test_a_subject_is_compared(test: str, subject: str, expected: bool) -> None:
    assert holds(f"{{subject: {test}}}", mail={"subject": subject}) is expected


@pytest.mark.parametrize(
    ("addresses", "sender", "expected"),
    [
        ('"ada@verein.example"', "Ada@Verein.example", True),
        ('"ada@verein.example"', "adam@verein.example", False),
        ('"@verein.example"', "ada@verein.example", True),
        ('"@verein.example"', "ada@post.verein.example", False),
        ('"@verein.example"', "ada@einverein.example", False),
        ('"@*.verein.example"', "ada@post.verein.example", True),
        ('"@*.verein.example"', "ada@einverein.example", False),
        ('"@xn--mller-kva.example"', "ada@müller.example", True),
        ('["@a.example", "@b.example"]', "x@b.example", True),
        ("{starts: news}", "newsletter@b.example", True),
        ("{regex: '\\d{4}@'}", "bot1234@b.example", True),
        ("{name: {contains: müller}}", "Maria Müller <m@b.example>", True),
        ("{name: {contains: müller}}", "müller@b.example", False),
    ],
)
def test_an_author_is_compared(addresses: str, sender: str, expected: bool) -> None:
    assert holds(f"{{from: {addresses}}}", mail={"sender": sender}) is expected


def test_a_blind_copy_counts_by_its_envelope() -> None:
    mail = {"head": "To: jemand@anderswo.example\nCc: info@anderswo.example"}

    assert holds('{to: "berlin@truhe.example"}', mail=mail, to="berlin@truhe.example")
    assert holds('{envelope_to: "berlin@truhe.example"}', mail=mail, to="berlin@truhe.example")
    assert holds('{to: "@anderswo.example"}', mail=mail)
    assert holds('{cc: "info@anderswo.example"}', mail=mail)
    assert not holds('{envelope_to: "@anderswo.example"}', mail=mail)


def test_a_reply_address_counts_without_its_secret() -> None:
    assert holds('{to: "berlin@truhe.example"}', to="berlin+r0123456789@truhe.example")


def test_a_header_field_is_found_among_several() -> None:
    mail = {"head": "X-Tag: eins\nX-Tag: zwei"}

    assert holds("{header: {name: X-Tag, equals: zwei}}", mail=mail)
    assert not holds("{header: {name: X-Tag, equals: drei}}", mail=mail)
    assert not holds("{header: {name: X-Other, contains: e}}", mail=mail)


def test_a_body_is_read_across_its_lines() -> None:
    mail = {"text": "Ich suche einen\nLaptop für meine Tochter."}

    assert holds("{body: {contains: einen laptop}}", mail=mail)
    assert holds("{body: {regex: '(?m)^Laptop'}}", mail=mail)


def test_only_the_first_part_of_a_huge_body_is_read() -> None:
    assert not holds("{body: {contains: ende}}", mail={"text": "x " * 40_000 + "ende"})


def test_attachments_are_asked_for_by_name_type_size_and_number() -> None:
    raw = (
        b"From: a@b.example\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nHi\n--b\n"
        b'Content-Type: image/png\nContent-Disposition: attachment; filename="Foto.PNG"\n\n'
        + b"x" * 3000
        + b"\n--b--\n"
    )
    mail = parse(raw)

    assert holds("{attachment: {name: {ends: .png}, type: {glob: 'image/*'}}}", message=mail)
    assert holds("{attachment: {over: 2 KB, under: 1 MB}}", message=mail)
    assert not holds("{attachment: {over: 3 KB}}", message=mail)
    assert not holds("{attachment: {name: {ends: .pdf}}}", message=mail)
    assert holds("{attachments: {at_least: 1}}", message=mail)
    assert not holds("{attachments: {at_least: 2}}", message=mail)
    assert not holds("{attachments: {at_most: 0}}", message=mail)


def test_fields_of_the_form_and_of_the_topic_are_asked_for() -> None:
    form = FormSubmission(
        Mailbox("maria@example.org"),
        organisation().postmaster,
        "Hallo",
        (),
        values={FieldId("laptop"): ("yes",)},
        said=(("Postleitzahl", "12047"), ("Standort", "")),
    )
    case = {
        "form": form,
        "standing": {"fields": form.values},
    }

    assert holds("{form: {name: postleitzahl, between: [10115, 14199]}}", **case)
    assert not holds("{form: {name: Standort, filled: true}}", **case)
    assert holds("{form: {name: Nirgends, filled: false}}", **case)
    assert holds("{field: {name: Laptop, filled: true}}", **case)
    assert holds("{field: {name: laptop, equals: yes}}", **case)
    assert holds("{from: 'maria@example.org'}", **case)


def test_what_proves_the_author_is_asked_for() -> None:
    assert holds("{proved: true}", trust=PROVED)
    assert holds("{proof: authentication-results}", trust=PROVED)
    assert not holds("{proved: true}")
    assert holds("{proved: false, forged: true}", trust=FORGED)
    assert not holds("{forged: true}")


def test_machines_languages_and_encryption_are_told_apart() -> None:
    assert holds("{automatic: true}", mail={"head": "Auto-Submitted: auto-generated"})
    assert holds("{automatic: false}")
    assert holds("{language: en}", mail={"text": "Hello, do you have a computer for my son?"})
    assert holds("{encrypted: false, signed: false}")


@pytest.mark.parametrize(
    ("time", "when", "expected"),
    [
        ("{weekdays: [Sa, So]}", datetime(2026, 11, 28, 12, tzinfo=UTC), True),
        ("{weekdays: [Samstag, Sunday]}", datetime(2026, 11, 27, 12, tzinfo=UTC), False),
        # 23:30 in UTC is half past midnight of the next day in Berlin
        ("{weekdays: Sa}", datetime(2026, 11, 27, 23, 30, tzinfo=UTC), True),
        ('{after: "18:00", before: "8:00"}', datetime(2026, 11, 24, 18, 0, tzinfo=UTC), True),
        ('{after: "18:00", before: "8:00"}', datetime(2026, 11, 24, 5, 0, tzinfo=UTC), True),
        ('{after: "18:00", before: "8:00"}', datetime(2026, 11, 24, 12, 0, tzinfo=UTC), False),
        ('{after: "9:00", before: "17:00"}', datetime(2026, 11, 24, 16, 0, tzinfo=UTC), False),
        ("{first_day: 2026-12-24, last_day: 2027-01-06}", datetime(2027, 1, 6, 22, tzinfo=UTC),
         True),
        ("{first_day: 2026-12-24, last_day: 2027-01-06}", datetime(2027, 1, 6, 23, tzinfo=UTC),
         False),
    ],
)  # fmt: skip
def test_time_is_the_organisations(time: str, when: datetime, expected: bool) -> None:
    assert holds(f"{{time: {time}}}", now=when) is expected


def test_all_any_and_not_can_stand_inside_each_other() -> None:
    condition = (
        "{any: [{subject: {contains: laptop}}, {all: [{subject: {contains: frage}}, "
        "{not: {from: '@b.example'}}]}]}"
    )

    assert holds(condition, mail={"subject": "Laptop", "sender": "x@b.example"})
    assert holds(condition, mail={"subject": "Frage", "sender": "x@a.example"})
    assert not holds(condition, mail={"subject": "Frage", "sender": "x@b.example"})


def test_what_stands_in_one_table_must_all_hold() -> None:
    condition = "{subject: {contains: frage}, from: '@b.example'}"

    assert holds(condition, mail={"subject": "Frage", "sender": "x@b.example"})
    assert not holds(condition, mail={"subject": "Frage", "sender": "x@a.example"})
    assert not holds(condition, mail={"subject": "Gruß", "sender": "x@b.example"})


@pytest.mark.parametrize(
    ("kinds", "held"),
    [
        ("new", {MailKind.NEW}),
        ("reply", {MailKind.REPLY}),
        ("agent", {MailKind.AGENT}),
        ("[new, reply]", {MailKind.NEW, MailKind.REPLY}),
        ("all", set(MailKind)),
    ],
)
def test_a_rule_is_for_the_kinds_of_mail_that_it_names(kinds: str, held: set[MailKind]) -> None:
    text = f"  - name: eins\n    for: {kinds}\n    then: {{tag: hit}}\n"

    assert {kind for kind in MailKind if ruling(text, kind=kind).hits} == held


def test_without_for_a_rule_is_for_new_mail() -> None:
    text = "  - name: eins\n    then: {tag: hit}\n"

    assert {kind for kind in MailKind if ruling(text, kind=kind).hits} == {MailKind.NEW}


def test_every_condition_of_every_rule_is_told_with_its_outcome() -> None:
    ready = rules_of(
        rule("{subject: {contains: frage}, not: {from: '@b.example'}}", "{stop: true}")
        + "  - name: zwei\n    then: {priority: high}\n"
    )
    case = case_of(mail={"subject": "Frage", "sender": "x@a.example"})

    found, (first, second) = traced(ready, case, organisation().topics)

    assert found.names == ("eins",)
    assert first.hit
    assert first.tried is not None
    assert [part.held for part in first.tried.parts] == [True, True]
    assert first.tried.parts[1].parts[0].held is False
    assert second.tried is None
    assert not second.reached


def test_a_mail_of_two_authors_is_by_both() -> None:
    mail = replace(message(), authors=(Mailbox("a@a.example"), Mailbox("b@b.example")))

    assert holds("{from: '@a.example'}", message=mail)
    assert holds("{from: '@b.example'}", message=mail)
