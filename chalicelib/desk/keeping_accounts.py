"""What an administrator does about other people's accounts: opening, moving, freeing, resetting."""

import secrets
from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.desk import hashing, signing_in
from chalicelib.desk.accounting import changed, noted
from chalicelib.desk.own_account import SignIn, account_of, sign_ins_of
from chalicelib.desk.second_step import LETTERS, is_needed
from chalicelib.desk.signing_in import login_scope
from chalicelib.domain.errors import Invalid, RuleBroken
from chalicelib.domain.passwords import fault_of
from chalicelib.domain.people import Staff
from chalicelib.storage import second_steps, wrong_tries
from chalicelib.storage.accounts import Account, What, change_account, load_account
from chalicelib.storage.throttle import Scope


class Standing(Struct, frozen=True):
    """How an account stands. ``paused``: seconds until another try is looked at, from a device that is not known."""

    account: Account
    second: bool
    needs_second: bool
    paused: int


def standings(found: Sequence[Account], at: datetime) -> list[Standing]:
    """How accounts stand, in their order: two reads for a hundred of them."""
    logins = [one.staff.login for one in found]
    doors = {one.staff.login: _doors(one) for one in found}
    paused = wrong_tries.paused([scope for scopes in doors.values() for scope in scopes], at)
    having = second_steps.whose(logins)
    return [
        Standing(
            one,
            one.staff.login in having,
            is_needed(one),
            max((paused.get(scope.name, 0) for scope in doors[one.staff.login]), default=0),
        )
        for one in found
    ]


def _doors(account: Account) -> tuple[Scope, ...]:
    login, freed = account.staff.login, account.freed
    return login_scope(login, freed), Scope(f"code#{login}#{freed}#"), Scope(f"own-password#{login}#{freed}")


def find(login: str, at: datetime) -> tuple[Standing, list[SignIn]]:
    """One account, and where it is signed in. Raises NotFound."""
    account = account_of(login)
    return standings([account], at)[0], sign_ins_of(account, at)


def set_account(staff: Staff, password: str, by: Staff, at: datetime) -> str:
    """Open an account, or move one that there is to another role or unit; its sessions end.

    Gives the one-time password that was made where none was typed, "" else. Without a ``password`` one that there is
    keeps its own. Raises Invalid naming the field.
    """
    signing_in.check(staff)
    if not password and load_account(staff.login) is not None:
        changed(staff.login, lambda one: replace(one, staff=staff, enabled=True))
        return ""
    made = "" if password else one_time_password()
    _give(staff, password or made, by, at)
    return made


def give_password(login: str, by: Staff, at: datetime) -> str:
    """A one-time password, shown once; the sessions end. Raises NotFound."""
    made = one_time_password()
    _give(account_of(login).staff, made, by, at)
    return made


def _give(staff: Staff, password: str, by: Staff, at: datetime) -> None:
    fault = fault_of(password, staff.login, staff.name)
    if fault is not None:
        raise Invalid([fault])
    signing_in.keep(staff, hashing.hashed(password), at)
    changed(staff.login, lambda one: noted(one, What.PASSWORD_GIVEN, by, at))


def one_time_password() -> str:
    """Three groups of four, 59 bits: short enough to be read out, and to be typed once."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(3))


def free(login: str, by: Staff, at: datetime) -> None:
    """Forget the wrong tries at a login, from whatever device. Raises NotFound."""
    changed(login, lambda one: replace(noted(one, What.FREED, by, at), freed=one.freed + 1))


def end_sessions(login: str, by: Staff, at: datetime) -> None:
    """Whoever is signed in to ``login`` no longer is. Raises NotFound."""
    changed(login, lambda one: noted(one, What.ENDED, by, at, ends_sessions=True))


def reset_second(login: str, by: Staff, at: datetime) -> None:
    """Take the second step off an account whose telephone is lost; its sessions end.

    Raises RuleBroken for one's own: who found an administrator's page open must not be able to. NotFound.
    """
    if login == by.login:
        raise RuleBroken("second.own")
    changed(login, lambda one: noted(one, What.SECOND_GONE, by, at, ends_sessions=True))
    second_steps.forget(login)


def forget_all(login: str) -> None:
    """For the command line alone: neither second step nor wrong tries stand in the way of ``login`` any more."""
    second_steps.forget(login)
    change_account(login, lambda one: replace(one, freed=one.freed + 1))
