"""What a password must be: long, and none of those that everybody tries first (NIST SP 800-63B, 5.1.1.2)."""

import re
import unicodedata

from chalicelib.domain.common_passwords import COMMON, ROOTS
from chalicelib.domain.errors import FieldError

SHORTEST, LONGEST = 10, 200  # characters
FEWEST_DIFFERENT = 4  # characters
LEFT_BESIDE = 6  # letters and digits that must remain when login and name are taken out
_RUNS = ("0123456789" * 2, "9876543210" * 2, "abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm")
_BLOCK = re.compile(r"(.{1,4})\1+.{0,3}")


def normal(password: str) -> str:
    """The password as it is hashed: one and the same however the keyboard put it (NFKC; full-width digits too)."""
    return unicodedata.normalize("NFKC", password.encode("utf-8", "replace").decode())


def fault_of(password: str, login: str, name: str, field: str = "password") -> FieldError | None:
    """Why ``password`` cannot be taken for the account of ``login``; None when it can. Digits or signs are not asked
    for: length and rarity protect, and rules about letters only make people write passwords down.
    """
    password = normal(password)
    if not SHORTEST <= len(password) <= LONGEST:
        return FieldError(field, "account.password", (("shortest", str(SHORTEST)), ("longest", str(LONGEST))))
    core = "".join(char for char in password.casefold() if char.isalnum())
    if _is_about(core, login) or _is_about(core, name):
        return FieldError(field, "password.own_name")
    if _is_common(core) or len(set(password)) < FEWEST_DIFFERENT:
        return FieldError(field, "password.common")
    return None


def _is_about(core: str, own: str) -> bool:
    """Whether little is left of it without the person's own login or name, or nothing but a row of digits."""
    own = "".join(char for char in normal(own).casefold() if char.isalnum())
    if len(own) < 2 or own not in core:
        return False
    left = core.replace(own, "")
    return len(left) < LEFT_BESIDE or left.isdigit()


def _is_common(core: str) -> bool:
    """One of the favourites, with or without a year at its end; a run along the keyboard; one short piece repeated."""
    if not core:
        return False
    run = any(core in one for one in _RUNS) or _BLOCK.fullmatch(core) is not None
    return core in COMMON or core.strip("0123456789") in ROOTS or run
