"""Habits of moto's and botocore's that cost most of a long run, and change no answer when they are left.

It sorts the whole table for every query and unwraps both values in every comparison: here strings are compared as what
they are. And it keeps every item and every copy of a table that there ever was in this process, for a page that nobody
looks at: after a thousand tests gigabytes, which the garbage collector walks through again and again. botocore reads
the descriptions of AWS's services anew for every session, megabytes of JSON, and pynamodb makes a session a connection.
"""

from functools import cache
from typing import Any

import moto.sqs.models  # noqa: F401 – its models are known once it is there
from botocore.loaders import JSONFileLoader
from moto.core.model_instances import model_data
from moto.dynamodb.models.dynamo_type import DynamoType, Item
from moto.dynamodb.models.table import Table

STRING = "S"


def forget_what_is_gone() -> None:
    """Once a process, before any table is made."""

    def untracked(model: Any, *_: object, **__: object) -> Any:
        return object.__new__(model)

    for service in ("dynamodb", "sqs"):
        for model in model_data[service].values():
            setattr(model, "__new__", untracked)  # noqa: B010 – a method that is no part of its type


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


def read_descriptions_once() -> None:
    """Once a process, before any client is made. Nobody writes into what is read: clients share it as it is."""
    remembered = cache(JSONFileLoader().load_file)
    setattr(JSONFileLoader, "load_file", lambda _, file_path: remembered(file_path))  # noqa: B010
