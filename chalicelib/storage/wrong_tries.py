"""What happened at an account's door since somebody last came in: told to whoever comes in next."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from chalicelib.storage import throttle
from chalicelib.storage.table import DeskItem, get, moment, stamp
from chalicelib.storage.throttle import Scope

KEPT = timedelta(days=180)


def note(login: str, at: datetime) -> None:
    """One more wrong try. Also for a login that there is not: nobody shall see a difference."""
    expires = int((at + KEPT).timestamp())
    DeskItem(*_key(login)).update(
        actions=[
            DeskItem.version.add(1),
            DeskItem.body.set(DeskItem.body | ""),
            DeskItem.expires.set(expires),
        ]
    )


def come_in(login: str, at: datetime) -> tuple[int, datetime | None]:
    """How many tries failed since the sign-in before, and when that was; from now on counted anew."""
    item = get(*_key(login))
    expires = int((at + KEPT).timestamp())
    DeskItem(*_key(login), body=stamp(at), version=0, expires=expires).save()
    if item is None:
        return 0, None
    return int(item.version or 0), moment(item.body) if item.body else None


def paused(scopes: Iterable[Scope], at: datetime) -> dict[str, int]:
    """For each of ``scopes`` that waits, by its name, how many seconds still."""
    by_key = {scope.key: scope for scope in scopes}
    found = DeskItem.batch_get([(key, "tries") for key in by_key]) if by_key else ()
    left = {by_key[item.pk].name: throttle.locked_for([by_key[item.pk]], at) for item in found}
    return {name: seconds for name, seconds in left.items() if seconds}


def _key(login: str) -> tuple[str, str]:
    return f"door#{login}", "door"
