"""What everybody looks after for themselves: the password, and where they are signed in."""

from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.desk import hashing, signing_in
from chalicelib.desk.accounting import changed, noted
from chalicelib.desk.signing_in import IDLE, Seat, stamp_of
from chalicelib.domain.devices import Device
from chalicelib.domain.errors import FieldError, Invalid, NotFound, SlowDown
from chalicelib.domain.passwords import fault_of
from chalicelib.domain.signing import Stage
from chalicelib.storage import sessions, throttle
from chalicelib.storage.accounts import Account, What, load_account
from chalicelib.storage.sessions import Session


class SignIn(Struct, frozen=True):
    """A place where somebody is signed in. ``id`` names it on the page; ``here``: it is this browser."""

    id: str
    session: Session
    here: bool


def account_of(login: str) -> Account:
    """The account. Raises NotFound."""
    account = load_account(login)
    if account is None:
        raise NotFound()
    return account


def change_password(
    account: Account, typed: dict[str, str], at: datetime, device: Device, token: str, *, proven: bool
) -> str:
    """A password of one's own instead of the one before, which is asked for unless it was given by somebody else and
    has just been typed. Every session ends; gives the token of a new one, here. ``typed``: ``password``, ``new``,
    ``again``.

    Raises Invalid naming the field, SlowDown after too many wrong tries.
    """
    if account.given_at is None:
        _check_old(account, typed.get("password", ""), at)
    new = typed.get("new", "")
    fault = fault_of(new, account.staff.login, account.staff.name, "new")
    if fault is None and new != typed.get("again", ""):
        fault = FieldError("again", "password.not_same")
    if fault is None and hashing.fits(account.password_hash, new):
        fault = FieldError("new", "password.as_before")
    if fault is not None:
        raise Invalid([fault])
    kept = hashing.hashed(new)
    after = changed(
        account.staff.login,
        lambda one: replace(
            noted(one, What.PASSWORD, one.staff, at, ends_sessions=True), password_hash=kept, given_at=None
        ),
    )
    return signing_in.enter(after, at, device, proven=proven, ended=[token])


def _check_old(account: Account, password: str, at: datetime) -> None:
    """Whoever sits down at somebody's open page knows the password no better than at the door."""
    scopes = [throttle.Scope(f"own-password#{account.staff.login}#{account.freed}")]
    pause = throttle.locked_for(scopes, at)
    if pause:
        raise SlowDown(pause)
    if not hashing.fits(account.password_hash, password):
        signing_in.wrong_try(account.staff.login, scopes, at)
        raise Invalid([FieldError("password", "password.old_wrong")])


def sign_ins_of(account: Account, at: datetime, here: str = "") -> list[SignIn]:
    """Where ``account`` is signed in now, latest first. ``here``: hash of this browser's token."""
    stamp = stamp_of(account)
    return [
        SignIn(token_hash, session, token_hash == here)
        for token_hash, session in sessions.sessions_of(account.staff.login)
        if session.stage is Stage.IN and session.stamp == stamp and at < session.ends_at and at - session.seen_at < IDLE
    ]


def end_sign_ins(seat: Seat, which: str) -> None:
    """End one other sign-in by its id; or, with "", all others. Raises NotFound for one that is not theirs."""
    login = seat.staff.login
    own = [token_hash for token_hash, _ in sessions.sessions_of(login) if token_hash != seat.token_hash]
    if which and which not in own:
        raise NotFound()
    for token_hash in [which] if which else own:
        sessions.end(token_hash, login)
