"""How passwords are kept: argon2id, made anew when its settings change."""

import secrets
from functools import cache
from typing import TYPE_CHECKING

from chalicelib.domain.passwords import normal

if TYPE_CHECKING:
    from argon2 import PasswordHasher


def hashed(password: str) -> str:
    """What is kept of a password."""
    return _hasher().hash(normal(password))


def fits(password_hash: str, password: str) -> bool:
    """Whether ``password`` is the one that ``password_hash`` was made of."""
    from argon2.exceptions import VerificationError

    try:
        return _hasher().verify(password_hash, normal(password))
    except VerificationError:
        return False


def is_old(password_hash: str) -> bool:
    """Whether it was made by other settings than those of today."""
    return _hasher().check_needs_rehash(password_hash)


@cache
def nobody() -> str:
    """A hash to compare with where there is no account, so that its absence takes no less time."""
    return _hasher().hash(secrets.token_urlsafe(16))


@cache
def _hasher() -> "PasswordHasher":
    """argon2id by OWASP's least settings: 19 MiB, two rounds, 66 ms."""
    from argon2 import PasswordHasher  # 70 ms, and only at sign-in

    return PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
