import pytest

from gateway.model.address import Mailbox
from gateway.model.people import AgentSpec, AgentState, DepartmentId, Language
from gateway.store.people import AgentExists, NoSuchAgent

BERLIN, MUNICH = DepartmentId("berlin"), DepartmentId("muenchen")


@pytest.fixture
def anna(store):
    return store.people.add_agent(
        "Anna", "Anna@Mitglieder.example", "Anna Äpfel", [BERLIN, MUNICH], language=Language.ENGLISH
    )


def test_an_agent_is_found_by_handle_address_and_id(store, anna):
    assert anna.departments == {BERLIN, MUNICH}
    assert anna.language is Language.ENGLISH
    with store.begin() as transaction:
        assert transaction.agent_by_address("ANNA@mitglieder.example") == anna
        words = ["anna", "anna@mitglieder.example", "nobody"]
        assert transaction.agents_by_handle(words) == dict.fromkeys(words[:2], anna)
        assert transaction.agents_by_id([anna.id, 99]) == {anna.id: anna}


def test_no_look_alike_letter_finds_an_agent(store):
    store.people.add_agent("karl", "karl@mitglieder.example", "Karl")
    with store.begin() as transaction:
        assert transaction.agent_by_address("\u212aarl@mitglieder.example") is None


def test_a_taken_handle_or_address_is_refused_in_one_sentence(store, anna):
    sentence = "Anna <Anna@Mitglieder.example> \\(active\\) already"
    with pytest.raises(AgentExists, match=sentence):
        store.people.add_agent("anna", "other@mitglieder.example", "")
    with pytest.raises(AgentExists, match=sentence):
        store.people.add_agent("other", "anna@mitglieder.example", "")
    assert store.people.list_agents() == (anna,)


def test_only_active_members_are_told(store, anna):
    ben = store.people.add_agent("ben", "ben@mitglieder.example", "Ben", [BERLIN])
    store.people.set_state("anna", AgentState.LOCKED)
    with store.begin() as transaction:
        assert transaction.members([BERLIN, MUNICH]) == {BERLIN: (ben,), MUNICH: ()}
        assert transaction.agents_by_handle(["anna"]) == {}
        assert transaction.agent_by_address("anna@mitglieder.example").state is AgentState.LOCKED
        assert transaction.members([]) == {}


def test_admins_are_listed_by_handle(store, anna):
    dora = store.people.add_agent("dora", "dora@mitglieder.example", "Dora", admin=True)
    anna = store.people.set_admin("anna", admin=True)
    with store.begin() as transaction:
        assert transaction.admins() == (anna, dora)


def test_departments_are_replaced_whole(store, anna):
    changed = store.people.set_departments("anna@mitglieder.example", [BERLIN])
    assert changed.departments == {BERLIN}
    assert store.people.find("anna") == changed
    assert store.people.set_departments("anna", []).departments == frozenset()


def test_an_unknown_agent_is_said(store):
    with pytest.raises(NoSuchAgent, match="no agent 'zoe'"):
        store.people.set_state("zoe", AgentState.ACTIVE)


def test_agents_of_the_rules_are_added_once(store, anna):
    store.people.set_state("anna", AgentState.DELETED)
    specs = [
        AgentSpec("anna", Mailbox("anna@mitglieder.example", "Anna")),
        AgentSpec("ben", Mailbox("ben@mitglieder.example", "Ben"), frozenset({BERLIN})),
    ]
    assert [agent.handle for agent in store.people.ensure_agents(specs)] == ["ben"]
    assert store.people.ensure_agents(specs) == ()
    assert store.people.find("anna").state is AgentState.DELETED


def test_either_all_agents_are_added_or_none(store, anna):
    specs = [
        AgentSpec("ben", Mailbox("ben@mitglieder.example", "Ben")),
        AgentSpec("anna", Mailbox("new@mitglieder.example", "Another Anna")),
    ]
    with pytest.raises(AgentExists):
        store.people.ensure_agents(specs)
    assert store.people.list_agents() == (anna,)
