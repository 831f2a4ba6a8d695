"""What stands in the log, and what never does."""

import json

import pytest
import structlog

from gateway import logs
from gateway.config import LogSettings
from gateway.mail.nameless import nameless


@pytest.fixture(autouse=True)
def _as_before():
    yield
    structlog.reset_defaults()


def written(capsys, *, json_lines: bool, level: str = "info") -> str:
    logs.configure(LogSettings(level=level, json_lines=json_lines))
    log = structlog.get_logger()
    secret = "geheim" + "nis"  # a local variable, as a body or a password is one
    try:
        raise ValueError(len(secret))
    except ValueError:
        log.exception("failed", queue_id="q1", reason="550 <maria@example.org> unknown\nnew line")
    log.debug("said", body=secret)
    return capsys.readouterr().err


@pytest.mark.parametrize("json_lines", [True, False])
def test_no_value_of_a_variable_and_no_address_of_a_person_is_logged(capsys, json_lines):
    text = written(capsys, json_lines=json_lines)
    assert "geheimnis" not in text
    assert "maria" not in text
    assert "example.org" not in text
    assert "[address] unknown" in text
    assert "q1" in text


@pytest.mark.parametrize("json_lines", [True, False])
def test_an_address_in_the_words_of_an_error_is_not_logged(capsys, json_lines):
    logs.configure(LogSettings(json_lines=json_lines))
    try:
        raise KeyError("maria@example.org")
    except KeyError:
        structlog.get_logger().exception("failed")
    text = capsys.readouterr().err
    assert "KeyError" in text
    assert "test_logs" in text
    assert "maria" not in text


def test_what_a_server_says_of_a_recipient_is_logged_without_their_name():
    said = "550 5.1.1 <maria.weber@example.org>: user maria.weber unknown (Maria.Weber@x.example)"
    assert nameless(said, "maria.weber@example.org") == (
        "550 5.1.1 [address]: user [address] unknown ([address])"
    )
    assert (
        nameless("250 2.0.0 Ok: queued as 4F1", "ok@example.org") == "250 2.0.0 Ok: queued as 4F1"
    )


def test_a_log_line_in_json_is_one_line_and_cannot_be_broken_by_what_others_wrote(capsys):
    lines = written(capsys, json_lines=True).splitlines()
    assert [json.loads(line)["event"] for line in lines] == ["failed"]


def test_a_message_id_stands_whole_in_the_log(capsys):
    logs.configure(LogSettings())
    structlog.get_logger().info("delivered", message_id="1001.abc@truhe.example")
    assert "1001.abc@truhe.example" in capsys.readouterr().err
