"""All that a desk keeps, read and written as it lies: items in DynamoDB's own JSON, files with their content types.

What is encrypted stays so: nothing here opens anything.
"""

from collections.abc import Iterable, Iterator
from typing import Any

Item = dict[str, Any]
"""An item in DynamoDB's JSON, which is open by its nature."""

WRITTEN_AT_ONCE = 25  # BatchWriteItem's limit


def items(database: Any, table: str) -> Iterator[Item]:
    """Every item. It reads all there is; nothing that serves a request does."""
    for page in database.get_paginator("scan").paginate(TableName=table, ConsistentRead=True):
        yield from page["Items"]


def put(database: Any, table: str, new: Iterable[Item]) -> int:
    """Write items whatever was there; gives how many."""
    return _batched(database, table, ({"PutRequest": {"Item": item}} for item in new))


def remove(database: Any, table: str, keys: Iterable[tuple[str, str]]) -> int:
    """Delete items by partition and sort key; gives how many."""
    return _batched(
        database, table, ({"DeleteRequest": {"Key": {"pk": {"S": pk}, "sk": {"S": sk}}}} for pk, sk in keys)
    )


def key_of(item: Item) -> tuple[str, str]:
    """Where an item lies."""
    return item["pk"]["S"], item["sk"]["S"]


def objects(storage: Any, bucket: str) -> Iterator[str]:
    """The keys of a bucket's files."""
    for page in storage.get_paginator("list_objects_v2").paginate(Bucket=bucket):
        yield from (entry["Key"] for entry in page.get("Contents", []))


def _batched(database: Any, table: str, requests: Iterable[dict[str, Any]]) -> int:
    done = 0
    waiting: list[dict[str, Any]] = []
    for request in requests:
        waiting.append(request)
        if len(waiting) == WRITTEN_AT_ONCE:
            done += _write(database, table, waiting)
            waiting = []
    return done + (_write(database, table, waiting) if waiting else 0)


def _write(database: Any, table: str, requests: list[dict[str, Any]]) -> int:
    left = {table: requests}
    while left:
        left = database.batch_write_item(RequestItems=left).get("UnprocessedItems", {})
    return len(requests)
