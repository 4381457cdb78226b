"""Signing in to the console: one answer for every failure, slowed; a session that ends by itself."""

import hashlib
import secrets
from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.desk import cities
from chalicelib.desk.vault import vault
from chalicelib.domain.errors import FieldError, Invalid, NotFound, SlowDown
from chalicelib.domain.people import Staff
from chalicelib.domain.words import UNIT_ROLES
from chalicelib.storage import throttle
from chalicelib.storage.accounts import (
    Account,
    Session,
    end_session,
    load_account,
    load_session,
    save_account,
    save_session,
)

if TYPE_CHECKING:
    from argon2 import PasswordHasher

IDLE = timedelta(minutes=45)
LONGEST = timedelta(hours=12)
SEEN_EVERY = timedelta(minutes=5)  # a session's use is noted no more often than this
SHORTEST_PASSWORD = 10


class Seat(Struct, frozen=True):
    """Somebody signed in. ``csrf`` must come with every form of theirs."""

    staff: Staff
    token_hash: str
    csrf: str


def sign_in(login: str, password: str, address: str, at: datetime) -> str:
    """The token of a new session.

    Raises Invalid, the same for an unknown login, a wrong password and a disabled account; SlowDown after too many.
    """
    scopes = [throttle.Scope(f"sign-in#{login[:64]}"), throttle.from_address("sign-in", address)]
    pause = throttle.locked_for(scopes, at)
    if pause:
        raise SlowDown(pause)
    account = load_account(login[:64])
    fits = _fits(account.password_hash if account else _nobody(), password)
    if account is None or not fits or not account.enabled:
        throttle.count(scopes, at)
        raise Invalid([FieldError("password", "sign_in.wrong")])
    token = secrets.token_urlsafe(32)
    save_session(_hash(token), Session(account.staff.login, at, at, at + LONGEST, _hash(account.password_hash)))
    return token


def seat_of(token: str, at: datetime) -> Seat | None:
    """Who holds ``token``; None when nobody does any more."""
    token_hash = _hash(token)
    session = load_session(token_hash) if token else None
    if session is None or at >= session.ends_at or at - session.seen_at >= IDLE:
        return None
    account = load_account(session.login)
    if account is None or not account.enabled or session.password != _hash(account.password_hash):
        end_session(token_hash)
        return None
    if at - session.seen_at >= SEEN_EVERY:
        save_session(token_hash, replace(session, seen_at=at))
    staff = replace(account.staff, supervises=cities.current().level_of(account.staff.unit))
    return Seat(staff, token_hash, vault().sign("csrf", token_hash))


def sign_out(token: str) -> None:
    """End the session."""
    end_session(_hash(token))


def open_account(staff: Staff, password: str) -> None:
    """A new account; or a new password and place for an old one, whose sessions end. Raises Invalid."""
    if not staff.login or not staff.login.isascii() or len(staff.login) > 64:
        raise Invalid([FieldError("login", "account.login")])
    if len(password) < SHORTEST_PASSWORD or len(password) > 200:
        raise Invalid([FieldError("password", "account.password", (("shortest", str(SHORTEST_PASSWORD)),))])
    if staff.role in UNIT_ROLES and not staff.unit:
        raise Invalid([FieldError("unit", "field.empty")])
    save_account(Account(staff, _hasher().hash(password)))


def close_account(login: str) -> None:
    """Nobody signs in by ``login`` any more; sessions of it end with their next request. Raises NotFound."""
    save_account(replace(_account(login), enabled=False))


def reopen_account(login: str) -> None:
    """The account as it was before it was closed. Raises NotFound."""
    save_account(replace(_account(login), enabled=True))


def _account(login: str) -> Account:
    account = load_account(login)
    if account is None:
        raise NotFound()
    return account


def _fits(password_hash: str, password: str) -> bool:
    from argon2.exceptions import VerificationError

    try:
        return _hasher().verify(password_hash, password)
    except VerificationError:
        return False


@cache
def _hasher() -> "PasswordHasher":
    """argon2id by OWASP's least settings: 19 MiB, two rounds, 66 ms."""
    from argon2 import PasswordHasher  # 70 ms, and only at sign-in

    return PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


@cache
def _nobody() -> str:
    """A hash to compare with where there is no account, so that its absence takes no less time."""
    return _hasher().hash(secrets.token_urlsafe(16))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
