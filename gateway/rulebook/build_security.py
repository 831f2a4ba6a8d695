"""security.yaml as the organisation's demands on agents' mail."""

from datetime import timedelta

from gateway.model.second_factor import Demand, SecurityRules
from gateway.policy.levels import key_of
from gateway.rulebook.schema import SecurityFile


def security(file: SecurityFile | None) -> SecurityRules:
    """The demands; the defaults without the file. It must be free of mistakes."""
    file = file or SecurityFile()
    levels = {key_of(word): level for word, level in file.levels.items()}
    return SecurityRules(
        demand=Demand(file.second_factor) if file.second_factor else None,
        confirmation_mail=file.confirmation_mail,
        session=timedelta(hours=file.session_hours),
        code_before=timedelta(minutes=file.code_minutes),
        code_after=timedelta(seconds=file.code_ahead_seconds),
        most_wrong=file.wrong_codes,
        wrong_within=timedelta(minutes=file.wrong_code_minutes),
        locked_for=timedelta(minutes=file.lock_minutes),
        held_for=timedelta(hours=file.held_hours),
        levels={key: level for key, level in levels.items() if key is not None},
    )
