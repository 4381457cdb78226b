"""The second step of each account: what it is checked by, encrypted, and how far its codes are used up."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from msgspec import Struct
from pynamodb.exceptions import PutError

from chalicelib.storage.records import pack, unpack
from chalicelib.storage.table import DeskItem, get
from chalicelib.storage.unit_of_work import Work, commit

OFFERED_FOR = timedelta(minutes=30)


class SecondStep(Struct, frozen=True):
    """``secret``: of RFC 6238, encrypted by the vault. ``used_step``: the last step of time whose code was taken, and
    with it every earlier one. ``codes``: keyed digests of the recovery codes that are left. ``version``: of the item.
    """

    secret: str
    since: datetime
    used_step: int
    codes: tuple[str, ...]
    version: int = 1


class Offer(Struct, frozen=True):
    """A secret that was shown and not yet confirmed by a code of it."""

    secret: str
    until: datetime


def load(login: str) -> SecondStep | None:
    """The second step of an account; None where it has none."""
    item = get(*_key(login))
    return None if item is None else unpack(item.body, SecondStep)


def whose(logins: Iterable[str]) -> set[str]:
    """Those of ``logins`` that have one."""
    keys = [_key(login) for login in logins]
    return {item.pk.partition("#")[2] for item in DeskItem.batch_get(keys)} if keys else set()


def confirm(login: str, step: SecondStep, at: datetime) -> None:
    """Keep a new second step instead of what was offered. Raises Changed when another was faster."""
    item = DeskItem(*_key(login), body=pack(step), version=step.version)
    commit(Work(at, newer=[item], gone=[DeskItem(*_offer(login))]))


def spend(login: str, step: SecondStep) -> bool:
    """Keep ``step`` as the next version; False when another used it in the meantime."""
    item = DeskItem(*_key(login), body=pack(step), version=step.version)
    try:
        item.save(DeskItem.version == step.version - 1)
    except PutError as error:
        if error.cause_response_code != "ConditionalCheckFailedException":
            raise
        return False
    return True


def forget(login: str) -> None:
    """The account has no second step any more, nor one that is offered."""
    for key in (_key(login), _offer(login)):
        DeskItem(*key).delete()


def offer(login: str, secret: str, at: datetime) -> None:
    """Show a secret for half an hour."""
    made = Offer(secret, at + OFFERED_FOR)
    DeskItem(*_offer(login), body=pack(made), expires=int(made.until.timestamp())).save()


def offered(login: str, at: datetime) -> str | None:
    """The secret that is shown now, encrypted; None when there is none or its time is over."""
    item = get(*_offer(login))
    made = None if item is None else unpack(item.body, Offer)
    return made.secret if made is not None and at < made.until else None


def _key(login: str) -> tuple[str, str]:
    return f"second#{login}", "second"


def _offer(login: str) -> tuple[str, str]:
    return f"second#{login}", "offer"
