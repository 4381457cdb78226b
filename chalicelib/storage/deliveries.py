"""What was delivered to whom, attempt by attempt."""

from datetime import datetime, timedelta

from msgspec import Struct

from chalicelib.storage.records import pack, unpack
from chalicelib.storage.table import DeskItem, stamp

KEPT = timedelta(days=30)


class Delivery(Struct, frozen=True):
    """One attempt. ``status`` is the HTTP status, None when there was no answer; ``answer`` its beginning, or why."""

    endpoint: str
    message: str
    attempt: int
    at: datetime
    status: int | None
    milliseconds: int
    answer: str


def keep(delivery: Delivery) -> None:
    """Record an attempt."""
    place = f"{stamp(delivery.at)}#{delivery.message}#{delivery.attempt}"
    expires = int((delivery.at + KEPT).timestamp())
    DeskItem(f"delivery#{delivery.endpoint}", place, body=pack(delivery), expires=expires).save()


def latest(endpoint: str, limit: int = 50) -> list[Delivery]:
    """An endpoint's last attempts, latest first."""
    found = DeskItem.query(f"delivery#{endpoint}", scan_index_forward=False, limit=limit)
    return [unpack(item.body, Delivery) for item in found]
