"""gateway.toml: read with clear sentences about mistakes, and printed as its own manual."""

import re
import tomllib
from pathlib import Path

import pytest

from gateway.config import (
    Config,
    ConfigError,
    DeliveryMode,
    DeliverySettings,
    OpenPgpSettings,
    SecondFactorSettings,
    Section,
    Security,
    SmtpSettings,
    StoreSettings,
    TrustSettings,
    annotated,
    load,
)

CHANGED = Config(
    smtp=SmtpSettings(
        listen=("0.0.0.0:25", "[::]:25"),
        hostname="mx.truhe.example",
        lmtp_socket=Path("/run/gateway/lmtp"),
        idle_timeout=12.5,
    ),
    store=StoreSettings(url="postgresql+psycopg://gateway@localhost/gateway"),
    delivery=DeliverySettings(
        mode=DeliveryMode.SMARTHOST,
        maildir=Path("/var/mail dir"),
        host="smarthost",
        security=Security.TLS,
        user='Jürgen "Jo" \\ Müller',
    ),
    trust=TrustSettings(authserv_id="mx", trusted_relays=("unix", "10.0.0.0/8"), development=True),
    second_factor=SecondFactorSettings(key_file=Path("/run/credentials/second-factor.key")),
    openpgp=OpenPgpSettings(home=Path("/var/lib/gateway/openpgp")),
    rules=Path("/etc/gateway/rules"),
    templates=Path("/etc/gateway/templates"),
)


def written(folder: Path, text: str) -> Path:
    path = folder / "gateway.toml"
    path.write_text(text, encoding="utf-8")
    return path


def mistake(folder: Path, text: str) -> str:
    with pytest.raises(ConfigError) as caught:
        load(written(folder, text))
    return str(caught.value).replace(f"{folder}/", "")


def test_the_printed_configuration_reads_back_as_itself(tmp_path: Path) -> None:
    assert load(written(tmp_path, annotated(CHANGED))) == CHANGED


def test_the_printed_default_changes_nothing(tmp_path: Path) -> None:
    text = annotated()
    assert load(written(tmp_path, text)) == load(written(tmp_path, ""))


def test_every_setting_is_printed_with_its_explanation() -> None:
    text = annotated()
    assert max(map(len, text.splitlines())) <= 100
    for section in (Config, *(type(one) for _, one in Config() if isinstance(one, Section))):
        for key, info in section.model_fields.items():
            if info.description:
                assert re.search(rf"^# .+\n#?{key} = .", text, re.MULTILINE), key


def test_every_printed_example_can_be_uncommented_as_it_stands() -> None:
    values = tomllib.loads(re.sub(r"^#(\w+ = )", r"\1", annotated(), flags=re.MULTILINE))
    assert Config.model_validate(values).smtp.listen == Config().smtp.listen


def test_relative_paths_count_from_the_folder_of_the_file(tmp_path: Path) -> None:
    config = load(written(tmp_path, '[store]\nurl = "sqlite:///data/my.db"'))

    assert config.rules == tmp_path / "rules"
    assert config.delivery.maildir == tmp_path / "mail"
    assert config.store.url == f"sqlite:///{tmp_path}/data/my.db"
    assert config.templates is None


@pytest.mark.parametrize(
    "url",
    [
        "sqlite:////var/lib/gateway.db",
        "sqlite:///:memory:",
        "sqlite://",
        "postgresql+psycopg://gateway@db/gateway",
    ],
)
def test_databases_elsewhere_stay_where_they_are(url: str, tmp_path: Path) -> None:
    assert load(written(tmp_path, f'[store]\nurl = "{url}"')).store.url == url


def test_an_unknown_key_names_the_one_that_was_meant(tmp_path: Path) -> None:
    assert mistake(tmp_path, "[smtp]\nlisten = []\nhostnam = 'x'\n") == (
        'gateway.toml:3: smtp.hostnam: unknown key; did you mean "hostname"?'
    )


def test_all_mistakes_are_told_with_their_lines(tmp_path: Path) -> None:
    text = '[delivery]\nport = 0\n\n[smtp]\nlisten = "127.0.0.1:25"\n\n[log]\nlevel = "laut"\n'
    lines = mistake(tmp_path, text).splitlines()
    assert [line.split(" ")[0] for line in lines] == [
        "gateway.toml:5:",
        "gateway.toml:2:",
        "gateway.toml:8:",
    ]
    assert '["127.0.0.1:25"]' in lines[0]
    assert "greater than or equal to 1" in lines[1]


def test_what_is_no_toml_is_told_with_line_and_column(tmp_path: Path) -> None:
    assert re.fullmatch(
        r"gateway\.toml: is no valid TOML: .* \(at line 2, column \d+\)",
        mistake(tmp_path, "[smtp]\nhostname mx\n"),
    )


def test_a_missing_file_is_told_with_the_way_to_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="gateway init"):
        load(tmp_path / "gateway.toml")


def test_a_setting_never_changes() -> None:
    with pytest.raises(ValueError, match="frozen"):
        Config().rules = Path("elsewhere")  # type: ignore[misc]
