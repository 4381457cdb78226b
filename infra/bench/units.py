"""Read and write units by AWS's own rules, from the items themselves: the engine reports reads by no rule of size.

Rules: "Capacity unit consumption for read operations / for write operations" and "Provisioned throughput considerations
for Global Secondary Indexes", Amazon DynamoDB Developer Guide.
"""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from infra.table import definition

Item = dict[str, dict[str, Any]]
Keyed = tuple[dict[str, Any], float]  # a key, and what a KB of its item costs in the table
WRITE_KB, READ_KB = 1024, 4096
TRANSACTIONAL = 2.0
READS = ("GetItem", "Query", "BatchGetItem", "TransactGetItems")


@dataclass(frozen=True, slots=True)
class Index:
    """An index of the desk's table. ``whole``: it holds items as they are, not their keys alone."""

    keys: tuple[str, ...]
    whole: bool

    def held(self, item: Item) -> Item:
        """What the index holds of ``item``; nothing where the item lacks one of its keys."""
        if any(key not in item for key in self.keys):
            return {}
        return item if self.whole else {name: item[name] for name in ("pk", "sk", *self.keys)}


def indexes() -> tuple[Index, ...]:
    """The table's, by the template."""
    return tuple(
        Index(
            tuple(key["AttributeName"] for key in one["KeySchema"]),
            one["Projection"]["ProjectionType"] == "ALL",
        )
        for one in definition()["GlobalSecondaryIndexes"]
    )


def size_of(item: Item) -> int:
    """Bytes of an item as DynamoDB counts them: names and values in UTF-8, numbers by two digits a byte."""
    return sum(len(name.encode()) + _bytes(value) for name, value in item.items())


def _bytes(value: dict[str, Any]) -> int:
    (kind, held), *_ = value.items()
    if kind == "SS":
        return 3 + sum(len(one.encode()) + 1 for one in held)
    return len(held.encode()) if kind == "S" else len(str(held)) // 2 + 2


def written(before: Item, after: Item, times: float) -> float:
    """Units of one written item: in the table ``times`` the larger of the two, and in each index what changes there."""
    in_table = times * max(1, _kilobytes(before), _kilobytes(after))
    return in_table + sum(_in_index(index, before, after) for index in indexes())


def _in_index(index: Index, before: Item, after: Item) -> float:
    old, new = index.held(before), index.held(after)
    if old == new:
        return 0
    if old and new and all(old[key] == new[key] for key in index.keys):
        return max(_kilobytes(old), _kilobytes(new))
    return _kilobytes(old) + _kilobytes(new)  # taken out at one place, put in at the other


def _kilobytes(item: Item) -> int:
    return math.ceil(size_of(item) / WRITE_KB)


def stored(item: Item) -> int:
    """Bytes that an item takes up, its copies in the indexes with it; DynamoDB adds a hundred to each."""
    held = [item, *(held for index in indexes() if (held := index.held(item)))]
    return sum(size_of(one) + 100 for one in held)


def keys_written(operation: str, request: dict[str, Any]) -> list[Keyed]:
    """The items that a request writes, or checks within a transaction, which costs the same."""
    match operation:
        case "TransactWriteItems":
            steps = [step for group in request["TransactItems"] for step in group.values()]
            return [(_key(step.get("Item") or step["Key"]), TRANSACTIONAL) for step in steps]
        case "BatchWriteItem":
            groups = [group for groups in request["RequestItems"].values() for group in groups]
            steps = [step for group in groups for step in group.values()]
            return [(_key(step.get("Item") or step["Key"]), 1.0) for step in steps]
        case "PutItem":
            return [(_key(request["Item"]), 1.0)]
        case "UpdateItem" | "DeleteItem":
            return [(_key(request["Key"]), 1.0)]
        case _:
            return []


def _key(item: Item) -> Item:
    return {"pk": item["pk"], "sk": item["sk"]}


def read(operation: str, request: dict[str, Any], answer: dict[str, Any], ask: Callable[..., Any]) -> float:
    """Units of a read. What was asked for in part, or filtered, is asked for again (``ask``) whole: so it is billed."""
    match operation:
        case "GetItem":
            whole = ask("GetItem", _unprojected(request)).get("Item", {})
            return _read([whole], consistent=request.get("ConsistentRead", False), each=True)
        case "Query":
            whole = ask("Query", _unprojected(request)).get("Items", [])
            return _read(whole, consistent=request.get("ConsistentRead", False))
        case "BatchGetItem":
            found = [item for items in answer["Responses"].values() for item in items]
            consistent = any(asked.get("ConsistentRead") for asked in request["RequestItems"].values())
            return _read(found, consistent=consistent, each=True)
        case _:
            found = [one.get("Item", {}) for one in answer["Responses"]]
            return TRANSACTIONAL * _read(found, consistent=True, each=True)


def _unprojected(request: dict[str, Any]) -> dict[str, Any]:
    left_out = ("ProjectionExpression", "FilterExpression", "Select", "ReturnConsumedCapacity", "AttributesToGet")
    asked = {name: value for name, value in request.items() if name not in left_out}
    used = f"{asked.get('KeyConditionExpression', '')} "
    for part in ("ExpressionAttributeNames", "ExpressionAttributeValues"):
        kept = {name: value for name, value in asked.pop(part, {}).items() if _named(name, used)}
        asked |= {part: kept} if kept else {}
    return asked


def _named(name: str, expression: str) -> bool:
    return any(f"{name}{end}" in expression for end in " ,)=<>")


def _read(items: Iterable[Item], *, consistent: bool, each: bool = False) -> float:
    """A read that finds nothing costs as much as the smallest that does."""
    sizes = [size_of(item) for item in items] or [0]
    blocks = sum(max(1, math.ceil(size / READ_KB)) for size in (sizes if each else [sum(sizes)]))
    return blocks * (1.0 if consistent else 0.5)
