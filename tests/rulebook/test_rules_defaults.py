"""What is shipped, and the folder that `gateway init` makes of it."""

from pathlib import Path

import pytest

from gateway.config import DeliveryMode
from gateway.config import load as load_config
from gateway.rulebook.defaults import InitRefused, folder, init
from gateway.rulebook.load import MODELS, load


def test_init_makes_a_folder_that_the_gateway_can_start_from(tmp_path: Path) -> None:
    target = tmp_path / "new" / "gateway"

    written = init(target, development=True)

    config = load_config(target / "gateway.toml")
    assert config.trust.development
    assert config.delivery.mode is DeliveryMode.MAILDIR
    assert config.rules == target / "rules"
    assert load(config.rules).organisation.name == "Truhe e. V."
    assert {path.name for path in written if path.suffix != ".txt"} == {
        "gateway.toml",
        "beispiele.yaml",
        *MODELS,
    }
    assert all(path.is_file() for path in written)


def test_nobody_is_believed_without_being_asked_for(tmp_path: Path) -> None:
    init(tmp_path)

    assert not load_config(tmp_path / "gateway.toml").trust.development


def test_init_overwrites_nothing_and_then_writes_nothing(tmp_path: Path) -> None:
    mine = tmp_path / "rules" / "form.yaml"
    mine.parent.mkdir()
    mine.write_text("mine", encoding="utf-8")

    with pytest.raises(InitRefused, match=r"exist already: .*form\.yaml"):
        init(tmp_path)

    assert mine.read_text(encoding="utf-8") == "mine"
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [mine]


def test_init_into_a_file_is_refused_with_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")

    with pytest.raises(InitRefused, match="is a file, not a folder"):
        init(tmp_path / "file")


def test_own_templates_come_on_request(tmp_path: Path) -> None:
    written = init(tmp_path, templates=True)

    shipped = {path.name for path in folder("templates").rglob("*") if path.is_file()}
    assert shipped <= {path.name for path in written if path.parent.name == "templates"}
    assert load_config(tmp_path / "gateway.toml").templates == tmp_path / "templates"
