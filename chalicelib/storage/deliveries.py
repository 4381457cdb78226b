"""What was delivered to whom, attempt by attempt."""

import re
from datetime import datetime, timedelta

from msgspec import Struct

from chalicelib.domain.messages import Message, Topic
from chalicelib.storage.records import pack, unpack
from chalicelib.storage.table import DeskItem, get, stamp

KEPT = timedelta(days=30)
_PLACE = re.compile(r"[0-9T:.Z-]{27}#[!-~]{1,200}#[0-9]{1,4}")  # what else is asked for is nowhere


class Delivery(Struct, frozen=True):
    """One attempt. ``status`` is the HTTP status, None when there was no answer; ``answer`` its beginning, or why."""

    endpoint: str
    message: str  # its id, which the receiver sees as webhook-id
    attempt: int
    at: datetime
    status: int | None
    milliseconds: int
    answer: str
    type: str = ""
    case_id: str = ""  # "" for a test
    event: int = 0
    body: str = ""  # of a test; of a step it stands with its case, once for all attempts

    @property
    def place(self) -> str:
        """Where it stands in the endpoint's log: later ones after it."""
        return f"{stamp(self.at)}#{self.message}#{self.attempt}"

    @property
    def taken(self) -> bool:
        """Whether the other side took it."""
        return self.status is not None and 200 <= self.status < 300


class Logged(Struct, frozen=True):
    """Some attempts, latest first, and the place of the last for asking on; None at the end."""

    deliveries: tuple[Delivery, ...]
    before: str | None


def keep(delivery: Delivery) -> None:
    """Record an attempt. The failed ones stand in a list of their own, too."""
    item = DeskItem(
        _log(delivery.endpoint),
        delivery.place,
        body=pack(delivery),
        expires=int((delivery.at + KEPT).timestamp()),
    )
    if not delivery.taken:
        item.worklist, item.worklist_at = _failed(delivery.endpoint), delivery.place
    item.save()


def latest(endpoint: str, limit: int = 50) -> list[Delivery]:
    """An endpoint's last attempts, latest first."""
    return list(log(endpoint, limit).deliveries)


def log(endpoint: str, limit: int, before: str = "") -> Logged:
    """An endpoint's attempts, latest first. ``before``: only those that stand before this place."""
    earlier = DeskItem.sk < before if before else None
    found = DeskItem.query(_log(endpoint), earlier, scan_index_forward=False, limit=limit + 1)
    return _page([unpack(item.body, Delivery) for item in found], limit)


def failures(endpoint: str, limit: int, before: str = "") -> Logged:
    """Those that were not taken."""
    earlier = DeskItem.worklist_at < before if before else None
    found = DeskItem.worklist_index.query(_failed(endpoint), earlier, scan_index_forward=False, limit=limit + 1)
    return _page([unpack(item.body, Delivery) for item in found], limit)


def one(endpoint: str, place: str) -> Delivery | None:
    """The attempt at ``place``; None where there is none, or no more."""
    item = get(_log(endpoint), place) if is_place(place) else None
    return None if item is None else unpack(item.body, Delivery)


def is_place(text: str) -> bool:
    """Whether ``text`` can be an attempt's place."""
    return _PLACE.fullmatch(text) is not None


def steps_between(endpoint: str, begins: datetime, ends: datetime, most: int) -> list[Message]:
    """The steps, each once, that an endpoint was tried with from ``begins`` until before ``ends``, case by case in the
    order of their steps; at most ``most`` of them.
    """
    during = DeskItem.sk.between(stamp(begins), stamp(ends))
    found: dict[str, Delivery] = {}
    for item in DeskItem.query(_log(endpoint), during):
        delivery = unpack(item.body, Delivery)
        if delivery.case_id:
            found.setdefault(delivery.message, delivery)
        if len(found) == most:
            break
    return [message_of(found[name]) for name in sorted(found)]


def message_of(delivery: Delivery) -> Message:
    """The message that was tried."""
    return Message(Topic.WEBHOOKS, delivery.case_id, delivery.event, delivery.endpoint)


def _page(found: list[Delivery], limit: int) -> Logged:
    shown = tuple(found[:limit])
    return Logged(shown, shown[-1].place if len(found) > limit else None)


def _log(endpoint: str) -> str:
    return f"delivery#{endpoint}"


def _failed(endpoint: str) -> str:
    return f"delivery-failed#{endpoint}"
