"""The desk's pulse: one item that every sweep writes, so one read tells whether it still beats; and who is late."""

from datetime import datetime

from botocore.exceptions import BotoCoreError
from msgspec import Struct
from pynamodb.exceptions import PynamoDBException

from chalicelib.config import config
from chalicelib.storage.records import pack, unpack
from chalicelib.storage.table import DeskItem, get, raw_client

_KEY = ("settings", "pulse")
LATE = ("red", "level#1", "level#2", "level#3")  # the lists that supervisors look at, and a red case stands in one


class Pulse(Struct, frozen=True, omit_defaults=True):
    """What the last sweep found. ``since``: when the first one ran.

    ``resent``: messages that lay in the outbox and were sent again; ``waited``: seconds since the oldest of them was
    committed; ``late``: cases with a red light or under supervision.
    """

    at: datetime
    since: datetime
    moved: int = 0
    failed: int = 0
    resent: int = 0
    waited: float = 0
    late: int = 0
    left: bool = False


def last() -> Pulse | None:
    """What the last sweep left; None before the first. One read."""
    item = get(*_KEY, consistent=False)
    return None if item is None else unpack(item.body, Pulse)


def table_answers() -> bool:
    """Whether the table can be read just now. One read."""
    try:
        last()
    except (PynamoDBException, BotoCoreError):
        return False
    return True


def beat(pulse: Pulse) -> None:
    """Keep what a sweep found."""
    DeskItem(*_KEY, body=pack(pulse)).save()


def late_now() -> int:
    """How many cases are late, or supervised, as the index has them by now."""
    pages = raw_client().get_paginator("query")
    return sum(
        page["Count"]
        for watch in LATE
        for page in pages.paginate(
            TableName=config().table,
            IndexName="watch",
            Select="COUNT",
            KeyConditionExpression="watch = :watch",
            ExpressionAttributeValues={":watch": {"S": watch}},
        )
    )
