"""Counts of what somebody did in a while: each an item that forgets itself, counted up to a bound and no further.

A count goes into the transaction of what it counts (``unit_of_work``), or is taken by itself in one call.
"""

from datetime import datetime, timedelta

from msgspec import Struct
from pynamodb.exceptions import UpdateError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from chalicelib.storage.table import DeskItem, get

LINGERS = timedelta(minutes=10)  # after the while is over: clocks differ


class Count(Struct, frozen=True):
    """One more of ``what`` by ``whom`` (never in clear: an address or a telephone is digested) in the while ``name``,
    which ends at ``ends``; at most ``most`` of them.
    """

    what: str
    whom: str
    name: str
    ends: datetime
    most: int

    @property
    def key(self) -> tuple[str, str]:
        """Where it stands in the table."""
        return f"count#{self.what}#{self.whom}", self.name


class Exhausted(Exception):
    """There were so many already. ``count``: of what."""

    def __init__(self, count: Count) -> None:
        super().__init__(count.what)
        self.count = count


def update_of(count: Count) -> tuple[DeskItem, list[Action], Condition]:
    """The item, what is added to it, and that it is below its bound."""
    expires = int((count.ends + LINGERS).timestamp())
    actions: list[Action] = [
        DeskItem.version.add(1),
        DeskItem.body.set(""),  # every item has one
        DeskItem.expires.set(expires),
    ]
    return DeskItem(*count.key), actions, DeskItem.version.does_not_exist() | (DeskItem.version < count.most)


def take(count: Count) -> None:
    """Count one more, in one call. Two at once are two. Raises Exhausted."""
    item, actions, below = update_of(count)
    try:
        item.update(actions=actions, condition=below)
    except UpdateError as error:
        if error.cause_response_code != "ConditionalCheckFailedException":
            raise
        raise Exhausted(count) from error


def used(count: Count) -> int:
    """How many there were so far, as somebody saw a moment ago."""
    item = get(*count.key, consistent=False)
    return 0 if item is None else int(item.version or 0)
