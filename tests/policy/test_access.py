"""Who may see which ticket."""

import pytest
from agents_values import ANNA, BEN, CLARA, DORA, EMIL, EVERYBODY, ticket
from policy_facts import organisation

from gateway.model.people import DepartmentId
from gateway.policy.access import may_see, members_of, readable

SEEN_BY = {
    "berlin": {"anna", "ben"},
    "abgelehnt-berlin": {"anna", "ben"},
    "freiburg": {"ben"},
    "ueberregional": {"anna", "ben", "clara"},
    "abgelehnt-ueberregional": {"anna", "ben", "clara"},
    "allgemein": {"dora"},
    "vorstand": {"dora"},
    "datenschutz": {"emil"},
    "gefahrgut": set(),
}


@pytest.mark.parametrize(("department", "agents"), SEEN_BY.items())
def test_a_department_is_seen_by_its_members_alone(department: str, agents: set[str]) -> None:
    about = ticket(department)
    seen = {agent.handle for agent in EVERYBODY if may_see(agent, about, organisation())}
    assert seen == agents
    listed = {
        a.handle for a in EVERYBODY if DepartmentId(department) in readable(a, organisation())
    }
    assert listed == agents


def test_responsibility_and_referrals_give_access_to_one_ticket() -> None:
    rules = organisation()
    assert may_see(CLARA, ticket(responsible=CLARA), rules)
    assert may_see(CLARA, ticket(referred_agents=frozenset({CLARA.id})), rules)
    munich = frozenset({DepartmentId("muenchen")})
    assert may_see(CLARA, ticket(referred_departments=munich), rules)
    assert not may_see(EMIL, ticket(referred_departments=munich), rules)
    assert not may_see(CLARA, ticket(), rules)


def test_being_an_admin_opens_no_department_that_is_not_the_admins() -> None:
    assert not may_see(DORA, ticket("datenschutz"), organisation())


def test_members_are_counted_once_in_a_department_of_all_locations() -> None:
    enrolled = {DepartmentId("berlin"): (ANNA, BEN), DepartmentId("freiburg"): (BEN,)}
    found = members_of(DepartmentId("ueberregional"), enrolled, organisation())
    assert found == (ANNA, BEN)
