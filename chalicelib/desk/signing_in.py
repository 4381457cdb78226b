"""Signing in to the console: one answer for every failure, slowed; a session that ends by itself."""

import hashlib
import logging
import re
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.desk import cities, hashing, known_devices
from chalicelib.desk.vault import vault
from chalicelib.domain.devices import UNKNOWN, Device
from chalicelib.domain.errors import FieldError, Invalid, NotAllowed, NotFound, SlowDown
from chalicelib.domain.passwords import fault_of
from chalicelib.domain.people import Staff
from chalicelib.domain.signing import Passwords, Stage, needs_second, next_stage
from chalicelib.domain.words import UNIT_ROLES, Role
from chalicelib.storage import second_steps, sessions, throttle, wrong_tries
from chalicelib.storage.accounts import Account, change_account, load_account, save_account
from chalicelib.storage.records import pack
from chalicelib.storage.sessions import Session
from chalicelib.storage.throttle import Scope

logger = logging.getLogger(__name__)

IDLE = timedelta(minutes=45)
LONGEST = timedelta(hours=12)
SEEN_EVERY = timedelta(minutes=5)  # a session's use is noted no more often than this
HALFWAY = {Stage.CODE: timedelta(minutes=10), Stage.PASSWORD: timedelta(minutes=30), Stage.ENROL: timedelta(minutes=30)}
LONGEST_LOGIN = 64
GIVEN_FOR = timedelta(days=7)  # a password that somebody else gave
_LOGIN = re.compile(r"[A-Za-z0-9._@-]{1,64}")


class Seat(Struct, frozen=True):
    """Somebody signed in. ``csrf`` must come with every form of theirs."""

    staff: Staff
    token_hash: str
    csrf: str
    session: Session


class Halfway(Struct, frozen=True):
    """Somebody who gave the right password, and from whom something more is wanted (``session.stage``)."""

    account: Account
    token_hash: str
    csrf: str
    session: Session


def sign_in(
    login: str, password: str, address: str, at: datetime, device: Device = UNKNOWN, known: str = "", before: str = ""
) -> str:
    """The token of a new session, which may be halfway in only. ``known``: the cookie of a device that signed in to
    this account before; ``before``: the token that the browser brought, which ends.

    Raises Invalid, the same for an unknown login, a wrong password and a disabled account; SlowDown after too many.
    """
    login = login[:LONGEST_LOGIN]
    account = load_account(login)
    scopes = door_scopes(login, account, address, known_devices.name_of(known, login, at))
    pause = throttle.locked_for(scopes, at)
    if pause:
        raise SlowDown(pause)
    fits = hashing.fits(account.password_hash if account else hashing.nobody(), password)
    if account is None or not fits or not _by_password(account, at):
        wrong_try(login, scopes, at)
        raise Invalid([FieldError("password", "sign_in.wrong")])
    if hashing.is_old(account.password_hash):
        account = _hashed_anew(account, password)
    return enter(account, at, device, ended=[before])


def door_scopes(login: str, account: Account | None, address: str, device: str) -> list[Scope]:
    """Under what wrong tries are counted. A device that is known to the account is counted by itself: whoever guesses
    elsewhere, however often, does not lock its owner out (OWASP, "Device Cookies").
    """
    freed = account.freed if account is not None else 0
    if device:
        return [Scope(f"sign-in#{login}#{freed}#{device}")]
    return [login_scope(login, freed), throttle.from_address("sign-in", address)]


def login_scope(login: str, freed: int) -> Scope:
    """Wrong passwords for a login, from wherever."""
    return Scope(f"sign-in#{login}#{freed}")


def wrong_try(login: str, scopes: list[Scope], at: datetime) -> None:
    """A password or a code was wrong. The one place where a failed sign-in is counted."""
    throttle.count(scopes, at)
    wrong_tries.note(login, at)
    logger.warning("a sign-in failed")


def _by_password(account: Account, at: datetime) -> bool:
    """Whether a right password lets the owner in."""
    provider = cities.current().signing.provider
    everybody = provider is None or provider.passwords is Passwords.ALL
    too_old = account.given_at is not None and at >= account.given_at + GIVEN_FOR
    return account.enabled and not too_old and (everybody or account.staff.role is Role.ADMINISTRATOR)


def _hashed_anew(account: Account, password: str) -> Account:
    """The same password by today's settings; whoever changed it in this moment has the last word."""
    old, new = account.password_hash, hashing.hashed(password)
    changed = change_account(
        account.staff.login, lambda one: replace(one, password_hash=new) if one.password_hash == old else one
    )
    return account if changed is None else changed


def enter(
    account: Account,
    at: datetime,
    device: Device,
    *,
    proven: bool = False,
    by_provider: bool = False,
    ended: Iterable[str] = (),
) -> str:
    """The token of a new session of ``account``, as far in as it may; the tokens ``ended`` are worth nothing any more.

    ``proven``: a second step was taken.
    """
    login, city = account.staff.login, cities.current()
    stage = next_stage(
        has_second=second_steps.load(login) is not None,
        needs=needs_second(account.staff, city.signing, {unit.id for unit in city.discipline_line}),
        proven=proven,
        must_change=account.given_at is not None and not by_provider,
    )
    wrong, before = wrong_tries.come_in(login, at) if stage is Stage.IN else (0, None)
    token = secrets.token_urlsafe(32)
    ends_at, stamp = at + HALFWAY.get(stage, LONGEST), stamp_of(account)
    session = Session(login, at, at, ends_at, stamp, stage, device, proven, by_provider, wrong, before)
    sessions.begin(hash_of(token), session, [hash_of(one) for one in ended if one])
    return token


def seat_of(token: str, at: datetime) -> Seat | None:
    """Who holds ``token``; None when nobody does any more, or has come halfway only."""
    found = _held(token, at)
    if found is None:
        return None
    token_hash, session, account = found
    if session.stage is not Stage.IN or at - session.seen_at >= IDLE:
        return None
    if at - session.seen_at >= SEEN_EVERY:
        session = replace(session, seen_at=at)
        if not sessions.touch(token_hash, session):
            return None
    staff = replace(account.staff, supervises=cities.current().level_of(account.staff.unit))
    return Seat(staff, token_hash, csrf_of(token_hash), session)


def halfway(token: str, at: datetime) -> Halfway | None:
    """Who holds ``token`` and must still do something before they are in; None for anybody else."""
    found = _held(token, at)
    if found is None or found[1].stage is Stage.IN:
        return None
    token_hash, session, account = found
    return Halfway(account, token_hash, csrf_of(token_hash), session)


def _held(token: str, at: datetime) -> tuple[str, Session, Account] | None:
    """The session of ``token`` with its account, while both hold."""
    token_hash = hash_of(token)
    session = sessions.load_session(token_hash) if token else None
    if session is None or at >= session.ends_at:
        return None
    account = load_account(session.login)
    if account is None or not account.enabled or session.stamp != stamp_of(account):
        sessions.end(token_hash, session.login)
        return None
    return token_hash, session, account


def go_on(token: str, stage: Stage, at: datetime, csrf: str) -> Halfway:
    """Who does the step ``stage`` now. Raises NotAllowed for whoever does not stand there, or without the form's
    token.
    """
    found = halfway(token, at)
    if found is None or found.session.stage is not stage or not same(csrf, found.csrf):
        raise NotAllowed(action="csrf")
    return found


def sign_out(token: str) -> None:
    """End the session."""
    token_hash = hash_of(token)
    session = sessions.load_session(token_hash) if token else None
    if session is not None:
        sessions.end(token_hash, session.login)


def open_account(staff: Staff, password: str) -> None:
    """A new account; or a new password and place for an old one, whose sessions end. Raises Invalid."""
    check(staff)
    fault = fault_of(password, staff.login, staff.name)
    if fault is not None:
        raise Invalid([fault])
    keep(staff, hashing.hashed(password))


def check(staff: Staff) -> None:
    """Raises Invalid for somebody who can have no account."""
    if not _LOGIN.fullmatch(staff.login):
        raise Invalid([FieldError("login", "account.login")])
    if staff.role in UNIT_ROLES and not staff.unit:
        raise Invalid([FieldError("unit", "field.empty")])


def keep(staff: Staff, password_hash: str, given_at: datetime | None = None) -> None:
    """The account of ``staff`` with this password, whether there is one or not."""

    def renewed(old: Account) -> Account:
        return replace(
            old, staff=staff, password_hash=password_hash, enabled=True, given_at=given_at, epoch=old.epoch + 1
        )

    if change_account(staff.login, renewed) is None:
        save_account(Account(staff, password_hash, given_at=given_at))


def close_account(login: str) -> None:
    """Nobody signs in by ``login`` any more; sessions of it end with their next request. Raises NotFound."""
    _changed(change_account(login, lambda one: replace(one, enabled=False, epoch=one.epoch + 1)))


def reopen_account(login: str) -> None:
    """The account as it was before it was closed. Raises NotFound."""
    _changed(change_account(login, lambda one: replace(one, enabled=True)))


def _changed(account: Account | None) -> None:
    if account is None:
        raise NotFound()


def stamp_of(account: Account) -> str:
    """A digest of what a session does not outlive: what one may do, and what ends all sessions at once."""
    staff = account.staff
    return hash_of(pack([staff.role, staff.unit, staff.mailboxes, staff.area, account.epoch]))


def csrf_of(token_hash: str) -> str:
    """What must come with every form of that session."""
    return vault().sign("csrf", token_hash)


def same(typed: str, ours: str) -> bool:
    """Whether a form's token is the one it was given, in constant time."""
    return secrets.compare_digest(typed.encode("utf-8", "replace"), ours.encode())


def hash_of(token: str) -> str:
    """What is kept of a token. It is random and long: no slow hash is needed."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
