"""Forms as JSON, values of every size and shape, where they go, and what is wrong with them."""

import json
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256
from hmac import new as hmac

import pytest
from policy_facts import NOW, PROVED, UNPROVED, facts, message, organisation

from gateway.mail.parse import parse
from gateway.model.author_changes import CountRejected
from gateway.model.changes import AddEntry, ChangeStatus
from gateway.model.form import FormFilter, Postcodes
from gateway.model.form_changes import SeeForm
from gateway.model.message import Attachment
from gateway.model.organisation import Organisation
from gateway.model.outgoing import AutomaticAnswer, Confirmation, Notification
from gateway.model.people import Language
from gateway.model.text import Text
from gateway.model.ticket import EntryKind
from gateway.policy.decide import decide
from gateway.policy.facts import FormSubmission
from gateway.policy.form.proof import FormProof, proof_of, signed_content
from gateway.policy.form.reading import read_form

FORM = "kontaktformular@truhe.example"
GOOD = {
    "Name": "Maria Muster",
    "E-Mail": "maria@example.org",
    "Standort": "Berlin",
    "Nachricht": "Hallo",
}


def read(text: str, rules: Organisation | None = None, **changes: object) -> FormSubmission:
    mail = replace(message("x"), text=text)
    return read_form(mail, rules or organisation(), NOW.date())


def of_lines(**changes: str) -> FormSubmission:
    values = {**GOOD, **changes}
    values["Nachricht"] = values.pop("Nachricht")  # last
    return read("\n".join(f"{key}: {value}" for key, value in values.items()))


def of_json(**changes: object) -> FormSubmission:
    return read(json.dumps({**GOOD, **changes}, ensure_ascii=False))


def problems(form: FormSubmission) -> str:
    return " ".join(map(str, form.problems))


# --- JSON -----------------------------------------------------------------------------------------


def test_json_says_the_same_as_lines() -> None:
    assert of_json() == of_lines()


def test_english_keys_and_other_spellings_mean_the_same() -> None:
    form = read('{"NAME": "M", "e_mail": "m@x.org", "location": "Munich", "message": "Hi"}')
    assert (form.requester.name, form.requester.address) == ("M", "m@x.org")
    assert (form.department, form.text, form.problems) == ("muenchen", "Hi", ())


@pytest.mark.parametrize("form", ["Mu\u0308nchen", "MÜNCHEN", "muenchen", " münchen "])
def test_umlauts_are_the_same_however_they_are_written(form: str) -> None:
    assert of_json(Standort=form).department == "muenchen"


def test_values_of_json_keep_their_lines_and_cannot_stand_for_others() -> None:
    text = "Hallo\n\nE-Mail: boese@evil.example\nStandort: München"
    form = of_json(Nachricht=text)
    assert form.text == text
    assert form.requester.address == "maria@example.org"
    assert form.department == "berlin"


def test_objects_in_objects_are_read_as_if_they_stood_outside() -> None:
    form = read(
        json.dumps(
            {
                "contact": {"name": "Maria", "email": "maria@example.org"},
                "request": {
                    "thema": "Spendenangebot",
                    "geräte": {"laptop": True, "tablet": False, "Monitor": True},
                    "message": "Hallo",
                    "anzahl": 3,
                },
            }
        )
    )
    assert form.requester.address == "maria@example.org"
    assert set(form.values) == {"laptop", "bildschirm"}
    assert ("request.anzahl", "3") in form.fields


def test_lists_truths_and_nothing() -> None:
    form = of_json(Thema="Spendenangebot", Geräte=["Laptop", "Tablet"], Abholung=True, Etage=None)
    assert set(form.values) == {"laptop", "tablet"}
    assert ("Abholung", "yes") in form.fields
    assert all(key != "Etage" for key, _ in form.fields)


def test_of_a_key_given_twice_the_first_counts_and_both_are_seen() -> None:
    form = read('{"email": "a@x.org", "email": "b@x.org", "message": "Hi"}')
    assert form.requester.address == "a@x.org"
    assert ("email", "b@x.org") in form.fields


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"email": "m@x.org", "message": }', "line 1, column 33"),
        ('["email"]', "no object"),
        ("[" * 100_000, "nested too deeply"),
        ('{"a": ' * 50_000 + "1" + "}" * 50_000, "nested too deeply"),
        ('{"message": ' + "1" * 5_000 + "}", "broken"),
    ],
)
def test_json_that_cannot_be_read_is_told_and_kept(text: str, said: str) -> None:
    form = read(text)
    assert form.department == "vorstand"
    assert said in problems(form)
    assert form.text == text[:200_000]


def part(content: bytes, name: str = "form.json", kind: str = "application/json") -> Attachment:
    return Attachment(name, kind, len(content), sha256(content).hexdigest(), 1)


def test_a_part_is_the_form_when_the_text_says_nothing() -> None:
    content = json.dumps(GOOD).encode("utf-8-sig")
    mail = replace(message("x"), text="Neue Anfrage:", attachments=(part(content),))
    form = read_form(mail, organisation(), NOW.date(), [content])
    assert (form.requester.address, form.department, form.document) == (
        "maria@example.org",
        "berlin",
        1,
    )


def test_an_uploaded_json_file_is_no_form_when_the_text_is_one() -> None:
    content = b'{"email": "boese@evil.example", "message": "x"}'
    text = "\n".join(f"{key}: {value}" for key, value in GOOD.items())
    mail = replace(message("x"), text=text, attachments=(part(content),))
    form = read_form(mail, organisation(), NOW.date(), [content])
    assert form.requester.address == "maria@example.org"
    assert form.document is None


@pytest.mark.parametrize("content", [b'{"email": ', b"\xff\xfe\x00", b""])
def test_a_part_that_cannot_be_read_stays_an_attachment(content: bytes) -> None:
    mail = replace(message("x"), text="", attachments=(part(content),))
    form = read_form(mail, organisation(), NOW.date(), [content])
    assert form.document is None
    assert "JSON" in problems(form)
    assert form.department == "vorstand"


# --- what is wrong --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"E-Mail": ""}, "address is missing"),
        ({"E-Mail": "maria@example"}, "no e-mail address"),
        ({"E-Mail": "a@x.org\r\nBcc: b@y.org"}, ""),
        ({"E-Mail": "x" * 300 + "@example.org"}, "no e-mail address"),
        ({"E-Mail": "berlin@truhe.example"}, "one of our own"),
        ({"E-Mail": "BERLIN+r123@truhe.example"}, "one of our own"),
        ({"E-Mail": FORM}, "one of our own"),
        ({"E-Mail": "mailer-daemon@example.org"}, "that of a program"),
        ({"E-Mail": "No-Reply@shop.example"}, "that of a program"),
        ({"Nachricht": "   "}, "message is missing"),
        ({"Postleitzahl": "1O115"}, "no postcode"),
        ({"Postleitzahl": "999"}, "no postcode"),
        ({"Postleitzahl": "Bahnhofstr. 10115"}, "no postcode"),
        ({"Thema": "Spendenangebot", "Geräte": "Laptop, Toaster"}, "Toaster"),
        ({"Thema": "Spendenangebot", "Anderes Gerät": "x" * 1_000}, "too long"),
    ],
)
def test_what_is_missing_or_impossible_goes_to_the_board_with_what_is_wrong(
    changes: dict[str, object], said: str
) -> None:
    form = of_json(**changes)
    assert said in problems(form)
    assert bool(form.problems) == (form.department == "vorstand")
    assert bool(said) == (form.department == "vorstand")


def test_required_values_are_named_as_the_form_calls_them() -> None:
    rules = organisation()
    mapping = replace(rules.form, required=("postcode", "name"))
    form = read(json.dumps(GOOD), replace(rules, form=mapping))
    assert problems(form) == "The form has no Postleitzahl."


def test_a_megabyte_in_each_value_breaks_nothing() -> None:
    huge = "ä b" * 350_000
    form = of_json(Name=huge, Nachricht=huge, Unbekannt=huge, Betreff=huge, Standort=huge)
    assert len(form.requester.name) <= 100
    assert len(form.text) == 200_000
    assert all(len(value) <= 2_000 for _, value in form.fields)


def test_ten_thousand_unknown_keys_are_not_all_shown() -> None:
    form = read(json.dumps({**GOOD, **{f"k{n}": "v" for n in range(10_000)}}))
    assert form.problems == ()
    assert len(form.fields) == 101


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\u2028", "\x0b", "\x85"])
def test_no_value_brings_a_line_of_a_header(end: str) -> None:
    form = of_json(Name=f"Maria{end}Bcc: x@y.org", Betreff=f"Frage{end}Bcc: x@y.org", Thema="")
    for value in (form.requester.name, form.subject, *(v for _, v in form.fields)):
        assert len(value.splitlines()) <= 1


def test_html_stays_what_was_typed() -> None:
    text = "<script>alert(1)</script> & <b>fett</b>"
    assert of_json(Nachricht=text, Name="<b>M</b>").text == text


def test_indented_lines_belong_to_the_line_above() -> None:
    form = read(
        "Name: Maria\nE-Mail: m@x.org\nHinweis: erste\n  E-Mail: zweite\n\tdritte\nNachricht: Hallo"
    )
    assert form.requester.address == "m@x.org"
    assert ("Hinweis", "erste E-Mail: zweite dritte") in form.fields


def test_a_value_may_stand_below_its_key() -> None:
    form = read("Name:\nMaria\nE-Mail:\n\nm@x.org\nNachricht:\nHallo")
    assert (form.requester.name, form.requester.address, form.text) == ("Maria", "m@x.org", "Hallo")


# --- where it goes --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("location", "postcode", "department"),
    [
        ("", "10115", "berlin"),
        ("", "14199", "berlin"),
        ("", "14200", "ueberregional"),
        ("", "D-14470", "berlin"),
        ("", "79 098", "freiburg"),
        ("", "80331", "muenchen"),
        ("", "80331 München-Au", "muenchen"),
        ("", "D 79 098 Freiburg", "freiburg"),
        ("", "", "ueberregional"),
        ("Freiburg", "10115", "freiburg"),
        ("Hamburg", "10115", "berlin"),
    ],
)
def test_without_a_known_location_the_postcode_decides(
    location: str, postcode: str, department: str
) -> None:
    assert of_json(Standort=location, Postleitzahl=postcode).department == department


def test_ranges_and_beginnings() -> None:
    assert "10119" in Postcodes("10115", "14199")
    assert "1012" not in Postcodes("10115", "14199")
    assert "80331" in Postcodes("80", "80", beginning=True)


REFUSING = FormFilter(
    "keine-ueberregionale-ausgabe",
    topics=frozenset({"spendennachfrage", "nachfrage", "request"}),
    outside=(Postcodes("10115", "14199"),),
)


def refusing() -> Organisation:
    rules = organisation()
    return replace(rules, form=replace(rules.form, filters=(REFUSING,)))


@pytest.mark.parametrize(
    ("topic", "postcode", "refused"),
    [
        ("Spendennachfrage", "20095", True),
        ("request", "20095", True),
        ("Spendennachfrage", "10115", False),
        ("Spendennachfrage", "", False),
        ("Spendenangebot", "20095", False),
        ("Vorstand", "20095", False),
    ],
)
def test_a_filter_catches_what_all_its_conditions_hold_for(
    topic: str, postcode: str, refused: bool
) -> None:
    form = read(json.dumps({**GOOD, "Thema": topic, "PLZ": postcode}), refusing())
    assert bool(form.refused_with) is refused


def refused(language: str = "", **changes: object) -> list[object]:
    rules = refusing()
    body = {**GOOD, "Thema": "Spendennachfrage", "PLZ": "20095", "Sprache": language}
    form = read(json.dumps({**body, **changes}), rules)
    decision = decide(facts(message("x"), FORM, organisation=rules, form=form))
    return [*decision.changes, *decision.outgoing]


def kinds(acts: list[object], kind: type) -> list[object]:
    return [each for each in acts if isinstance(each, kind)]


def test_a_refused_form_is_answered_and_closed_and_nobody_is_told() -> None:
    acts = refused()
    (answer,) = kinds(acts, AutomaticAnswer)
    assert answer.text.startswith("Guten Tag und vielen Dank")
    assert "Maria" not in answer.text + answer.route.to.name
    assert (answer.route.return_path, answer.route.auto_submitted) == (None, "auto-replied")
    assert [each.status for each in kinds(acts, ChangeStatus)] == ["closed"]
    assert [each.kind for each in kinds(acts, AddEntry)][:2] == [
        EntryKind.MESSAGE,
        EntryKind.RESPONSE,
    ]
    assert len(kinds(acts, CountRejected)) == 1
    assert not kinds(acts, Confirmation) + kinds(acts, Notification)


def test_a_refusal_is_in_the_language_of_the_person() -> None:
    (answer,) = kinds(refused("English"), AutomaticAnswer)
    assert answer.text.startswith("Hello and thank you")


def test_whoever_cannot_be_told_is_not_refused_silently() -> None:
    rules = refusing()
    form = read(json.dumps({**GOOD, "Thema": "Spendennachfrage", "PLZ": "20095"}), rules)
    limit = rules.automatic_per_day
    mail = facts(message("x"), FORM, organisation=rules, form=form, automatic_sent=limit)
    decision = decide(mail)
    assert not kinds([*decision.outgoing], AutomaticAnswer)
    assert not kinds([*decision.changes], ChangeStatus)


def test_problems_are_kept_with_the_ticket_and_told_to_the_agents() -> None:
    form = of_json(**{"E-Mail": "", "Postleitzahl": "abc"})
    decision = decide(facts(message("x"), FORM, form=form))
    events = [each.event for each in kinds([*decision.changes], AddEntry) if each.event]
    assert any("is no postcode" in event and "is missing" in event for event in events)
    assert "abc" not in decision.reason


def test_the_language_is_that_of_the_person_not_of_the_keys() -> None:
    form = of_json(Nachricht="Hello, I would like to have a laptop for my school please")
    decision = decide(facts(message("x"), FORM, form=form))
    (confirmation,) = kinds([*decision.outgoing], Confirmation)
    assert confirmation.route.language is Language.ENGLISH
    assert confirmation.route.to.name == ""


# --- proof ----------------------------------------------------------------------------------------

SECRET = "geheimes-wort-der-website"


def signed(
    text: str,
    *,
    age: timedelta = timedelta(),
    secret: str = SECRET,
    shape: str = "t={}, v1={}",
    sent: str = "",
) -> bytes:
    moment = int((NOW - age).timestamp())
    key, content = secret.encode(), signed_content(moment, (), text)
    value = shape.format(moment, hmac(key, content, "sha256").hexdigest())
    return f"From: w@hoster.example\nX-Form-Signature: {value}\n\n{sent or text}\n".encode()


def proof(raw: bytes, at: datetime = NOW) -> FormProof | Text:
    rules = organisation()
    rules = replace(rules, form=replace(rules.form, secret=SECRET))
    return proof_of(parse(raw), raw, UNPROVED, rules, at)


@pytest.mark.parametrize("shape", ["t={}, v1={}", "t={};v1={}", "t={},v1={}"])
def test_a_signature_proves_the_form(shape: str) -> None:
    found = proof(signed("Name: Maria", shape=shape))
    assert isinstance(found, FormProof)
    assert not found.late


@pytest.mark.parametrize(
    ("age", "late"),
    [
        (timedelta(hours=119), False),
        (timedelta(hours=121), True),
        (timedelta(minutes=-59), False),
        (timedelta(hours=-2), True),
    ],
)
def test_a_signature_of_another_time_is_named(age: timedelta, late: bool) -> None:
    found = proof(signed("Name: Maria", age=age))
    assert isinstance(found, FormProof)
    assert found.late is late
    form = read_form(message("x"), organisation(), NOW.date(), (), found)
    assert ("old form once more" in problems(form)) is late


@pytest.mark.parametrize(
    ("raw", "doubt"),
    [
        (b"From: a@b.c\n\nName: Maria\n", "no signature"),
        (signed("Name: Maria", secret="ein anderes Geheimnis"), "wrong"),
        (signed("Name: Maria", shape="sha256={1}"), "t=…, v1=…"),
        (signed("Name: Maria", sent="Name: Mario"), "wrong"),
        (b"X-Form-Signature: a\n" + signed("Name: Maria"), "more than one"),
    ],
)
def test_a_doubt_says_what_is_wrong(raw: bytes, doubt: str) -> None:
    found = proof(raw)
    assert isinstance(found, Text)
    assert doubt in str(found)


def test_a_signature_has_its_effect_once() -> None:
    form = replace(of_json(), signature="ab" * 32)
    first = decide(facts(message("x"), FORM, form=form))
    assert kinds([*first.changes], SeeForm) == [SeeForm(facts().fresh.ticket_id, "ab" * 32)]
    again = decide(facts(message("x"), FORM, form=form, form_before=facts().fresh.ticket_id))
    assert (again.outcome, again.changes, again.outgoing) == ("duplicate", (), ())


@pytest.mark.parametrize(
    ("author", "senders", "by_agent", "proved"),
    [
        ("website@truhe.example", (), False, True),
        ("dora@truhe.example", (), True, False),
        ("website@hoster.example", (), False, False),
        ("website@hoster.example", ("website@hoster.example",), False, True),
        ("someone@truhe.example", ("website@hoster.example",), False, False),
    ],
)
def test_a_proved_address_of_the_website_is_a_proof(
    author: str, senders: tuple[str, ...], by_agent: bool, proved: bool
) -> None:
    rules = organisation()
    rules = replace(rules, form=replace(rules.form, senders=frozenset(senders)))
    mail = message("x", sender=author)
    assert (
        isinstance(proof_of(mail, b"", PROVED, rules, NOW, by_agent=by_agent), FormProof) is proved
    )
    assert isinstance(proof_of(mail, b"", UNPROVED, rules, NOW), Text)


def test_what_is_taken_out_of_a_text_does_not_spoil_its_signature() -> None:
    """A file in the old way (uuencode), and words that look like an encrypted mail."""
    text = (
        "E-Mail: m@x.org\nNachricht: so\nbegin 644 a.txt\n#0V%T\n`\nend\n"
        "-----BEGIN PGP MESSAGE-----\n\nx\n-----END PGP MESSAGE-----"
    )
    assert isinstance(proof(signed(text)), FormProof)
