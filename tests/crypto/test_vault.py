"""The agents' secrets: sealed for one agent with one key, compared and never shown."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyotp
import pytest

from gateway.crypto.codes import STEP, new_recovery_codes, new_secret
from gateway.crypto.vault import Vault, make_key
from gateway.model.people import AgentId
from gateway.ports import VaultClosed

NOW = datetime(2026, 11, 24, 9, 0, 10, tzinfo=UTC)
STEP_NOW = int(NOW.timestamp()) // STEP
ANNA, BEN = AgentId(1), AgentId(2)
BEFORE, AFTER = NOW - timedelta(minutes=10), NOW + timedelta(seconds=30)


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    make_key(tmp_path / "key")
    return Vault(tmp_path / "key")


@pytest.mark.parametrize(
    ("steps", "is_right"), [(-21, False), (-20, True), (0, True), (1, True), (2, False)]
)
def test_a_code_counts_within_its_window(vault: Vault, steps: int, is_right: bool) -> None:
    secret = new_secret()
    code = pyotp.TOTP(secret).generate_otp(STEP_NOW + steps)
    found = vault.steps(ANNA, vault.seal(ANNA, secret), code, BEFORE, AFTER)
    assert (STEP_NOW + steps in found) is is_right


def test_the_test_vectors_of_the_rfc_hold(vault: Vault) -> None:
    # RFC 6238 appendix B, SHA-1, the last six digits; the secret is "12345678901234567890".
    sealed = vault.seal(ANNA, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")
    for seconds, code in ((59, "287082"), (1111111109, "081804"), (20000000000, "353130")):
        at = datetime.fromtimestamp(seconds, UTC)
        assert vault.steps(ANNA, sealed, code, at, at) == (seconds // STEP,)


def test_a_secret_opens_for_its_agent_and_key_alone(vault: Vault, tmp_path: Path) -> None:
    sealed = vault.seal(ANNA, new_secret())
    make_key(tmp_path / "other")
    for opener, agent, what in (
        (vault, BEN, sealed),
        (Vault(tmp_path / "other"), ANNA, sealed),
        (vault, ANNA, sealed[:-1] + bytes([sealed[-1] ^ 1])),
        (vault, ANNA, b""),
        (Vault(tmp_path / "missing"), ANNA, sealed),
    ):
        with pytest.raises(VaultClosed):
            opener.steps(agent, what, "123456", BEFORE, AFTER)


def test_nothing_kept_shows_a_secret(vault: Vault) -> None:
    secret = new_secret()
    assert secret.encode() not in vault.seal(ANNA, secret)
    assert vault.seal(ANNA, secret) != vault.seal(ANNA, secret)
    code = new_recovery_codes()[0]
    digest = vault.recovery_digest(ANNA, code)
    assert code not in digest
    assert digest != vault.recovery_digest(BEN, code)


def test_a_key_that_everybody_may_read_is_not_used(vault: Vault, tmp_path: Path) -> None:
    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600
    (tmp_path / "key").chmod(0o644)
    with pytest.raises(VaultClosed, match="everybody may read"):
        vault.seal(ANNA, new_secret())
    with pytest.raises(FileExistsError):
        make_key(tmp_path / "key")
