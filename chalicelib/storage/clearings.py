"""The mornings' lists as they were made, who endorsed them, and one line a day by which they are found."""

import hashlib
from datetime import date, datetime

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.domain.clearing import Clearing, Endorsement, Part
from chalicelib.storage.records import pack, unpack
from chalicelib.storage.table import DeskItem, get, under
from chalicelib.storage.unit_of_work import AlreadyThere, Work, commit

DAYS = "clearings"


class Line(Struct, frozen=True):
    """A day in the list of days. ``endorsed_by``: the leaders' names; none while nobody has endorsed it."""

    day: date
    arrived: int
    counts: dict[Part, int]
    endorsed_by: tuple[str, ...] = ()


def save(clearing: Clearing) -> bool:
    """Keep a day's list; the first one that is made stands. Gives whether it is this one."""
    list_item = DeskItem(*_key(clearing.day), body=pack(clearing))
    line = Line(clearing.day, clearing.yesterday.total, clearing.counts)
    line_item = DeskItem(DAYS, f"{clearing.day:%Y-%m-%d}", body=pack(line), version=1)
    try:
        commit(Work(clearing.made_at, new=[list_item, line_item]))
    except AlreadyThere:
        return False
    return True


def _key(day: date) -> tuple[str, str]:
    return f"clearing#{day:%Y-%m-%d}", "list"


def load(day: date) -> Clearing | None:
    """A day's list; None when none was made."""
    item = get(*_key(day))
    return None if item is None else unpack(item.body, Clearing)


def endorse(day: date, endorsement: Endorsement, at: datetime) -> None:
    """Keep what a leader says of a day's list; the same words of the same leader once.

    Raises Changed when another has endorsed it at the same moment.
    """
    said = hashlib.sha256(endorsement.words.encode()).hexdigest()[:16]
    item = DeskItem(_key(day)[0], f"endorsement#{endorsement.login}#{said}", body=pack(endorsement))
    line_item = get(DAYS, f"{day:%Y-%m-%d}")
    assert line_item is not None  # it was written with the list
    line = unpack(line_item.body, Line)
    names = tuple(dict.fromkeys((*line.endorsed_by, endorsement.name)))
    after = DeskItem(
        DAYS, line_item.sk, body=pack(replace(line, endorsed_by=names)), version=int(line_item.version or 0) + 1
    )
    try:
        commit(Work(at, new=[item], versioned=[after]))
    except AlreadyThere:
        return


def endorsements(day: date) -> list[Endorsement]:
    """What leaders said of a day's list, in the order in which they did."""
    said = (unpack(item.body, Endorsement) for item in under(_key(day)[0], "endorsement#"))
    return sorted(said, key=lambda one: one.at)


def days(most: int) -> list[Line]:
    """The last days that have a list, the last first."""
    found = DeskItem.query(DAYS, scan_index_forward=False, limit=most, consistent_read=True)
    return [unpack(item.body, Line) for item in found]
