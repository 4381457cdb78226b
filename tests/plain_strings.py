"""moto sorts the whole table for every query and unwraps both values in every comparison: at a few hundred items that
is nine tenths of a test. Here strings are compared as what they are, which gives the same order and the same answers.
"""

from typing import Any

from moto.dynamodb.models.dynamo_type import DynamoType, Item
from moto.dynamodb.models.table import Table

STRING = "S"


def compare_plain_strings() -> None:
    """Once a process, before any table is read."""
    unwrapped_equal, unwrapped_less = DynamoType.__eq__, DynamoType.__lt__

    def equal(self: Any, other: Any) -> bool:
        if self.type == STRING == other.type:
            return bool(self.value == other.value)
        return unwrapped_equal(self, other)

    def less(self: Any, other: Any) -> bool:
        if self.type == STRING == other.type:
            return bool(self.value < other.value)
        return unwrapped_less(self, other)

    def all_items(self: Any) -> list[Item]:
        assert self.range_key_attr, "a table of this desk has both keys"
        items = [item for under_one_key in self.items.values() for item in under_one_key.values()]
        return sorted(items, key=lambda item: (item.hash_key.value, item.range_key.value))

    for owner, name, better in (
        (DynamoType, "__eq__", equal),
        (DynamoType, "__lt__", less),
        (Table, "all_items", all_items),
    ):
        setattr(owner, name, better)
