"""Rules in their order: what one sets, the next one sees; and many of them cost little."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st
from policy_facts import organisation
from ruling_help import case_of, rule, rules_of, ruling

from gateway.model.rules import Actions, Compare, Op, Rule, TextIs, Where
from gateway.model.ticket import FieldId, Priority, Status
from gateway.model.topic import Topics
from gateway.policy.rules import texts
from gateway.policy.rules.case import Look
from gateway.policy.rules.compiled import compiled
from gateway.policy.rules.run import run


def rule_named(name: str, condition: str, then: str) -> str:
    return f"  - name: {name}\n    if: {condition}\n    then: {then}\n"


def test_a_later_rule_sees_what_an_earlier_one_has_set() -> None:
    found = ruling(
        rule_named("a", "{subject: {contains: frage}}", "{department: berlin, tag: [x, y]}")
        + rule_named("b", "{department: berlin, tag: x}", "{priority: high}")
        + rule_named("c", "{priority: high}", "{topic: spendennachfrage, fields: {laptop: ja}}")
        + rule_named("d", "{topic: Spendennachfrage, field: {name: laptop, filled: true}}",
                     "{status: on-waiting}")
        + rule_named("e", "{status: on-waiting}", "{note: fertig}")
    )  # fmt: skip

    assert found.names == ("a", "b", "c", "d", "e")
    assert (found.department, found.priority, found.status) == (
        "berlin", Priority.HIGH, Status.ON_WAITING,
    )  # fmt: skip
    assert found.fields == {FieldId("laptop"): ("yes",)}
    assert found.tags == ("x", "y")


def test_a_rule_does_not_see_what_a_later_one_sets() -> None:
    found = ruling(
        rule_named("a", "{tag: x}", "{priority: high}")
        + "  - name: b\n    then: {tag: x}\n"
    )  # fmt: skip

    assert found.names == ("b",)


def test_stop_ends_the_row_and_quarantine_does_too() -> None:
    after = "  - name: b\n    then: {priority: low}\n"

    assert ruling("  - name: a\n    then: {tag: x, stop: true}\n" + after).names == ("a",)
    found = ruling("  - name: a\n    then: {quarantine: zu gefährlich}\n" + after)
    assert found.names == ("a",)
    assert found.quarantine is not None


def test_what_the_operator_released_is_not_quarantined_again() -> None:
    rules = "  - name: a\n    then: {quarantine: true}\n  - name: b\n    then: {tag: x}\n"

    found = ruling(rules, released=True)

    assert found.quarantine is None
    assert found.names == ("a", "b")


def test_the_last_rule_decides_between_accepting_and_rejecting() -> None:
    accept, reject = (f"  - name: {each}\n    then: {{{each}: true}}\n"
                      for each in ("accept", "reject"))  # fmt: skip

    assert ruling(accept + reject).reject is not None
    assert not ruling(accept + reject).accept
    assert ruling(reject + accept).accept == "accept"
    assert ruling(reject + accept).reject is None


def test_what_a_pattern_catches_fills_in_fields() -> None:
    found = ruling(
        rule(r"{subject: {regex: '(?P<nummer>[A-Z]{2}-\d+)'}}",
             '{topic: spendennachfrage, fields: {notizen: "Gerät {{ nummer }}"}}'),
        mail={"subject": "Zu AB-1234"},
    )  # fmt: skip

    assert found.fields == {FieldId("notizen"): ("Gerät AB-1234",)}
    assert found.hits[0].caught == {"nummer": "AB-1234"}


def test_a_value_that_a_field_does_not_take_is_left_out_and_told() -> None:
    found = ruling(rule("{subject: {contains: frage}}", "{fields: {laptop: vielleicht}}"))

    assert found.fields == {}
    assert found.left_out == (("eins", FieldId("laptop"), "vielleicht"),)


def test_the_topic_that_a_rule_sets_brings_its_priority() -> None:
    topics = organisation().topics
    urgent = replace(topics.topics["spendenangebot"], priority=Priority.URGENT)
    topics = replace(topics, topics={**topics.topics, urgent.id: urgent})
    ready = rules_of(
        "  - name: a\n    then: {topic: spendenangebot}\n"
        + rule_named("b", "{priority: urgent}", "{tag: x}")
    )

    assert run(ready, case_of(), topics).names == ("a", "b")


_WORDS = st.sampled_from(["laptop", "müll", "straße", "a.c", "x*y", "ß", "über uns", "10115"])


@given(
    tests=st.lists(
        st.tuples(st.sampled_from([op for op in Op if op is not Op.REGEX]), _WORDS), max_size=8
    ),
    subject=st.text(alphabet=" abclptopmüßaSTRE.*-10115x", max_size=40) | _WORDS,
)
@settings(max_examples=150)
def test_the_index_finds_just_what_trying_each_rule_finds(
    tests: list[tuple[Op, str]], subject: str
) -> None:
    conditions = [TextIs(Where.SUBJECT, Compare(op, (texts.plain(value),))) for op, value in tests]
    ready = compiled(
        Rule(str(number), condition=each, actions=Actions(tags=(f"t{number}",)))
        for number, each in enumerate(conditions)
    )
    case = case_of(mail={"subject": subject})
    seen = texts.seen(case.message.subject, Where.SUBJECT)
    slowly = [
        str(number)
        for number, each in enumerate(conditions)
        if texts.caught_by(each.test, seen) is not None
    ]

    found = run(ready, case, case_topics())

    assert list(found.names) == slowly


def case_topics() -> Topics:
    return organisation().topics


def test_an_evil_pattern_costs_time_in_proportion_to_the_text() -> None:
    """A machine that tries all ways would not be done with this before the sun is cold."""
    ready = rules_of(rule("{body: {regex: '^(a+)+$'}}") + rule_named(
        "zwei", "{subject: {regex: '(x|xx|xxx)*y$'}}", "{tag: b}"))  # fmt: skip
    found = run(
        ready, case_of(mail={"subject": "x" * 900, "text": "a" * 60_000 + "!"}), case_topics()
    )

    assert found.names == ()


def test_ten_thousand_rules_try_only_those_that_can_hold() -> None:
    lines = "".join(
        rule_named(f"r{number}", f'{{from: "ada@verein{number}.example"}}', "{tag: x}")
        for number in range(2_000)
    ) + "".join(
        rule_named(f"s{number}", f"{{subject: {{word: Firma{number}}}}}", "{tag: y}")
        for number in range(2_000)
    )
    ready = rules_of(lines)
    case = case_of(mail={"sender": "ada@verein77.example", "subject": "Rechnung Firma1234"})

    # a needle is found also where a longer word begins with it: trying the rule decides
    assert list(ready.candidates(Look(case))) == [77, 2001, 2012, 2123, 3234]
    assert run(ready, case, case_topics()).names == ("r77", "s1234")
