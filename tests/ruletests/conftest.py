import pytest
from trying import Desk

from gateway.render.composer import MailComposer
from gateway.rulebook.defaults import folder
from gateway.rulebook.load import load


@pytest.fixture(scope="session")
def composer():
    return MailComposer(load(folder("rules")).organisation)


@pytest.fixture
def desk(tmp_path, composer):
    rules = tmp_path / "rules"
    (rules / "tests").mkdir(parents=True)
    for path in folder("rules").rglob("*"):
        if path.is_file() and path.parent.name != "tests":
            copy = rules / path.relative_to(folder("rules"))
            copy.parent.mkdir(exist_ok=True)
            copy.write_bytes(path.read_bytes())
            copy.chmod(0o644)
    return Desk(rules, composer)
