"""Passwords with which agents log in to send mail: made here, kept as an argon2id hash."""

import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"  # without what looks alike
_GROUPS, _LENGTH = 5, 5  # 125 bits
_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)


def new_password() -> str:
    """A password that nobody can guess, in groups to be read aloud."""
    groups = ("".join(secrets.choice(_LETTERS) for _ in range(_LENGTH)) for _ in range(_GROUPS))
    return "-".join(groups)


def hashed(password: str) -> str:
    """What is kept of it."""
    return _HASHER.hash(_plain(password))


def matches(kept: str, password: str) -> bool:
    """Whether it is the one; takes as long for a wrong one."""
    try:
        return _HASHER.verify(kept, _plain(password))
    except (VerificationError, InvalidHashError):
        return False


def _plain(password: str) -> str:
    """However it was typed: with or without dashes, in capitals."""
    return "".join(char for char in password.lower() if char not in "- \t")


NOBODYS = hashed(new_password())
"""A hash that nothing matches, for names that do not exist."""
