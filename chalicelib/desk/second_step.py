"""两步验证: codes that a telephone computes by the time (RFC 6238), and ten for the day when it is lost."""

import hmac
import re
import secrets
from datetime import datetime
from typing import TYPE_CHECKING

from msgspec.structs import replace

from chalicelib.desk import cities, signing_in
from chalicelib.desk.accounting import changed, noted
from chalicelib.desk.vault import vault
from chalicelib.domain.devices import Device
from chalicelib.domain.errors import FieldError, Invalid, NotAllowed, RuleBroken, SlowDown
from chalicelib.domain.passwords import normal
from chalicelib.domain.signing import needs_second
from chalicelib.storage import second_steps, throttle
from chalicelib.storage.accounts import Account, What
from chalicelib.storage.second_steps import SecondStep

if TYPE_CHECKING:
    from pyotp import TOTP

STEP = 30  # seconds (RFC 6238, 5.2)
DRIFT = 1  # steps that a telephone's clock may be wrong, to either side
RECOVERY_CODES = 10
LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"  # none that looks like another
_TIMED = re.compile(r"[0-9]{6}")


def begin(login: str, at: datetime) -> None:
    """Offer a new secret, which counts once a code of it was given. One that is in use stays until then."""
    import pyotp

    second_steps.offer(login, vault().seal(pyotp.random_base32(), _place(login)), at)


def offered(login: str, at: datetime) -> str | None:
    """The secret that is offered now, as one types it; None when there is none."""
    sealed = second_steps.offered(login, at)
    return None if sealed is None else vault().open(sealed, _place(login))


def address_of(secret: str, login: str) -> str:
    """The otpauth:// address that an authenticator reads from a QR code (Key Uri Format)."""
    return _codes_of(secret).provisioning_uri(name=login, issuer_name=f"{cities.current().name.zh}信访")


def confirm(account: Account, code: str, at: datetime, device: Device, token: str) -> tuple[tuple[str, ...], str]:
    """Let the offered secret count from now on, and end every session but this one, whose token is made anew.

    Gives the recovery codes, which nobody is shown again, and the new token. Raises Invalid for a code of another
    secret, or when nothing is offered any more; Changed when it was confirmed in this moment by another request.
    """
    login = account.staff.login
    secret = offered(login, at)
    if secret is None:
        raise Invalid([FieldError("code", "second.offer_over")])
    step = _step_of(secret, code, -1, at)
    if step is None:
        raise Invalid([FieldError("code", "second.wrong_at_setup")])
    codes, before = _new_codes(), second_steps.load(login)
    version = 1 if before is None else before.version + 1
    sealed = vault().seal(secret, _place(login))
    second_steps.confirm(login, SecondStep(sealed, at, step, _digests(login, codes), version), at)
    account = changed(login, lambda one: noted(one, What.SECOND_SET, one.staff, at, ends_sessions=True))
    return codes, signing_in.enter(account, at, device, proven=True, ended=[token])


def check(account: Account, code: str, address: str, device: str, at: datetime) -> None:
    """Take a code, timed or of recovery, each of them once. ``device``: by which the door counts a known one.

    Raises Invalid, the same for every code that is not taken, and SlowDown after too many.
    """
    login = account.staff.login
    scopes = [throttle.Scope(f"code#{login}#{account.freed}#{device}"), throttle.from_address("code", address)]
    pause = throttle.locked_for(scopes[: 1 if device else 2], at)
    if pause:
        raise SlowDown(pause)
    step = second_steps.load(login)
    spent = None if step is None else _spent(login, step, code, at)
    if spent is None or not second_steps.spend(login, spent):
        signing_in.wrong_try(login, scopes, at)
        raise Invalid([FieldError("code", "second.wrong")])
    if step is not None and len(spent.codes) < len(step.codes):
        changed(login, lambda one: noted(one, What.CODE_SPENT, one.staff, at))


def renew_codes(account: Account, code: str, address: str, device: str, at: datetime) -> tuple[str, ...]:
    """Ten new recovery codes instead of those that are left. Raises what ``check`` raises."""
    check(account, code, address, device, at)
    login, codes = account.staff.login, _new_codes()
    step = second_steps.load(login)
    if step is None or not second_steps.spend(
        login, replace(step, codes=_digests(login, codes), version=step.version + 1)
    ):
        raise NotAllowed(action="second")
    changed(login, lambda one: noted(one, What.CODES, one.staff, at))
    return codes


def remove(account: Account, code: str, address: str, device: str, at: datetime) -> None:
    """Do without a second step. Raises RuleBroken where the city wants one of this person, and as ``check`` does."""
    if is_needed(account):
        raise RuleBroken("second.needed")
    check(account, code, address, device, at)
    second_steps.forget(account.staff.login)
    changed(account.staff.login, lambda one: noted(one, What.SECOND_GONE, one.staff, at))


def is_needed(account: Account) -> bool:
    """Whether the city wants a second step of this person."""
    city = cities.current()
    return needs_second(account.staff, city.signing, {unit.id for unit in city.discipline_line})


def left(login: str) -> int | None:
    """How many recovery codes are left; None where there is no second step."""
    step = second_steps.load(login)
    return None if step is None else len(step.codes)


def _spent(login: str, step: SecondStep, code: str, at: datetime) -> SecondStep | None:
    """``step`` once ``code`` is used up; None for a code that is wrong or was used."""
    typed = re.sub(r"[\s-]", "", normal(code[:40])).lower()
    if _TIMED.fullmatch(typed):
        found = _step_of(vault().open(step.secret, _place(login)), typed, step.used_step, at)
        return None if found is None else replace(step, used_step=found, version=step.version + 1)
    digest = _digest(login, typed)
    kept = tuple(one for one in step.codes if not hmac.compare_digest(one, digest))
    return replace(step, codes=kept, version=step.version + 1) if len(kept) < len(step.codes) else None


def _step_of(secret: str, code: str, used: int, at: datetime) -> int | None:
    """The step of time whose code it is, if it is near and later than ``used``. All are compared, whatever fits."""
    made, now = _codes_of(secret), int(at.timestamp()) // STEP
    typed = re.sub(r"\s", "", normal(code[:40])).encode()
    near = range(now - DRIFT, now + DRIFT + 1)
    fitting = [step for step in near if hmac.compare_digest(made.generate_otp(step).encode(), typed)]
    return next((step for step in fitting if step > used), None)


def _codes_of(secret: str) -> "TOTP":
    import pyotp  # at the second step only

    return pyotp.TOTP(secret, interval=STEP)


def _new_codes() -> tuple[str, ...]:
    def five() -> str:
        return "".join(secrets.choice(LETTERS) for _ in range(5))

    return tuple(f"{five()}-{five()}" for _ in range(RECOVERY_CODES))


def _digests(login: str, codes: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(_digest(login, code.replace("-", "")) for code in codes)


def _digest(login: str, code: str) -> str:
    """Keyed by the vault: 50 bits by chance cannot be guessed from the table without the desk's key."""
    return vault().sign("recovery", f"{login}#{code}")


def _place(login: str) -> str:
    """Where the secret is kept: sealed for one account, it opens at no other."""
    return f"second#{login}"
