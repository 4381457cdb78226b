"""Counts of wrong tries, by whom and at what, that forget themselves."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec import Struct
from pynamodb.exceptions import UpdateError

from chalicelib.storage.table import DeskItem, condition_failed

WINDOW = timedelta(hours=1)
FREE_TRIES = 5
FREE_TRIES_FROM_AN_ADDRESS = 30  # a whole office, or a quarter's telephones, may share one
FIRST_PAUSE = 15  # seconds, doubled with each further try
LONGEST_PAUSE = 3600  # seconds


class Scope(Struct, frozen=True):
    """Under what wrong tries are counted, and how many are free of a pause."""

    name: str
    free_tries: int = FREE_TRIES

    @property
    def key(self) -> str:
        """Where the count stands in the table."""
        return f"tries#{self.name}"


def network_of(address: str) -> str:
    """What is one visitor's: an IPv4 address, or the /64 that a provider gives a household (RFC 6177)."""
    if ":" not in address:
        return address
    from ipaddress import AddressValueError, IPv6Address

    try:
        whole = IPv6Address(address.strip("[]").partition("%")[0])
    except AddressValueError:
        return address
    return str(whole.ipv4_mapped or f"{IPv6Address(int(whole) >> 64 << 64)}/64")


def from_address(purpose: str, address: str) -> Scope:
    """Everybody at one network address."""
    return Scope(f"{purpose}-from#{network_of(address)}", FREE_TRIES_FROM_AN_ADDRESS)


def locked_for(scopes: Sequence[Scope], now: datetime) -> int:
    """Seconds until another try is looked at; 0 when now. One read for all ``scopes``."""
    free = {scope.key: scope.free_tries for scope in scopes}
    found = DeskItem.batch_get([(key, "tries") for key in free])
    return max((_left(item, free[item.pk], now) for item in found), default=0)


def count(scopes: Sequence[Scope], now: datetime) -> None:
    """One more wrong try, under each of ``scopes``."""
    seconds, expires = int(now.timestamp()), int((now + WINDOW).timestamp())
    for scope in scopes:
        item = DeskItem(scope.key, "tries", body=str(seconds), version=1, expires=expires)
        try:
            item.update(
                actions=[DeskItem.version.add(1), DeskItem.body.set(str(seconds)), DeskItem.expires.set(expires)],
                condition=DeskItem.expires > seconds,
            )
        except UpdateError as error:
            if not condition_failed(error):
                raise
            item.save()  # the first, or long ago


def _left(item: DeskItem, free_tries: int, now: datetime) -> int:
    """The pause after the last wrong try. Time to live deletes late, so what has expired is not counted."""
    seconds, tries = int(now.timestamp()), int(item.version or 0)
    if tries < free_tries or (item.expires or 0) <= seconds:
        return 0
    pause: int = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(tries - free_tries, 20))
    return max(0, int(item.body) + pause - seconds)
