"""Of moto's table: a look under one key does not walk through all that the table holds, nor copy what it finds.

moto sorts and copies the whole table for a query, measures every value several times, and takes an item apart to JSON
and back for each attribute that an index holds. What is found, in which order and in which form, is the same here.
"""

import copy
from base64 import b64decode
from types import SimpleNamespace
from typing import Any

from botocore.parsers import BaseJSONParser as Answers
from moto.core.parse import BaseJSONParser as Requests
from moto.dynamodb import responses
from moto.dynamodb.models import table as tables
from moto.dynamodb.models import utilities
from moto.dynamodb.models.dynamo_type import DynamoType, Item
from moto.dynamodb.models.table import Table

STRING = "S"
PLAIN = ("S", "N", "BOOL", "NULL")
HEAVY: list[tuple[Any, str, Any]] = []
"""Whose habit, its name, and how it was: for a test that asks whether they answer alike."""

Wanted = tuple[str | None, DynamoType]  # attribute of an index, or None for the table's own key, and its value


def lighten_tables() -> None:
    """Once a process, before any table is made."""
    measure_plain_strings()
    look_under_the_key()
    take_what_an_index_holds()
    give_what_is_found()
    read_values_as_they_are()


def _change(owner: Any, name: str, better: Any) -> None:
    HEAVY.append((owner, name, getattr(owner, name)))
    setattr(owner, name, better)


def measure_plain_strings() -> None:
    """Once a process. A string is as long as it is."""
    size, number = DynamoType.size, DynamoType.__hash__

    def measured(self: Any) -> int:
        if self.type == STRING and isinstance(self.value, str):
            return len(self.value) if self.value.isascii() else len(self.value.encode())
        return size(self)

    def numbered(self: Any) -> int:
        return hash((STRING, self.value)) if self.type == STRING else number(self)

    _change(DynamoType, "size", measured)
    _change(DynamoType, "__hash__", numbered)


def look_under_the_key() -> None:
    """Once a process. What a query asks for is under one key of the table or of an index."""
    query: Any = Table.query

    def looked_up(self: Any, hash_key: Any, *rest: Any, hash_key_conditions: Any = None, **named: Any) -> Any:
        index = named.get("index_name") or (rest[6] if len(rest) > 6 else None)
        if index is None:
            self._wanted = (None, hash_key)
        elif hash_key_conditions:
            self._wanted = hash_key_conditions[0]
        try:
            return query(self, hash_key, *rest, hash_key_conditions=hash_key_conditions, **named)
        finally:
            self._wanted = None

    def all_items(self: Any) -> list[Item]:
        wanted: Wanted | None = getattr(self, "_wanted", None)
        if wanted is None:
            return _sorted(item for under_one_key in self.items.values() for item in under_one_key.values())
        name, value = wanted
        if name is None:
            return list(self.items.get(value, {}).values())
        under = (item for under_one_key in self.items.values() for item in under_one_key.values())
        return _sorted(item for item in under if (held := item.attrs.get(name)) is not None and held == value)

    _change(Table, "query", looked_up)
    _change(Table, "all_items", all_items)


def _sorted(items: Any) -> list[Item]:
    """By the table's own key, of which both halves are strings."""
    return sorted(items, key=lambda item: (item.hash_key.value, item.range_key.value))


def take_what_an_index_holds() -> None:
    """Once a process. Whole attributes are taken as they are."""
    project = Item.project

    def projected(self: Any, paths: list[list[str]]) -> Item:
        names = [path[0] for path in paths if len(path) == 1 and "[" not in path[0]]
        if len(names) != len(paths):
            return project(self, paths)
        item = Item(self.hash_key, self.range_key, {})
        dict.update(item.attrs, {name: self.attrs[name] for name in names if name in self.attrs})
        return item

    _change(Item, "project", projected)


def give_what_is_found() -> None:
    """Once a process. What was found is written into an answer at once, and nobody changes it before."""

    def copied(value: Any) -> Any:
        found = isinstance(value, Item) or (isinstance(value, list) and all(isinstance(one, Item) for one in value))
        return value if found else copy.deepcopy(value)

    def given(found: Any) -> Any:
        if isinstance(found, DynamoType):
            if found.type in PLAIN:
                return {found.type: found.value}
            if found.type in ("B", "BS"):
                return given_otherwise(found)
            return {found.type: given(found.value)}
        if isinstance(found, dict):
            return {name: given(value) for name, value in found.items()}
        if type(found) is list:
            return [given(one) for one in found]
        return given_otherwise(found)

    given_otherwise = utilities.dynamo_to_dict
    _change(responses, "dynamo_to_dict", given)
    _change(tables, "copy", SimpleNamespace(deepcopy=copied, copy=copy.copy))


def read_values_as_they_are() -> None:
    """Once a process. A value is one type and what it holds, as moto reads it and as botocore does."""
    asked: Any = Requests._parse_structure
    answered: Any = Answers._handle_structure

    def in_a_request(self: Any, shape: Any, value: Any) -> Any:
        return _read(value) if _is_value(shape, value) else asked(self, shape, value)

    def in_an_answer(self: Any, shape: Any, value: Any) -> Any:
        return _read(value) if _is_value(shape, value) else answered(self, shape, value)

    _change(Requests, "_parse_structure", in_a_request)
    _change(Answers, "_handle_structure", in_an_answer)


def _is_value(shape: Any, value: Any) -> bool:
    return shape.name == "AttributeValue" and type(value) is dict and len(value) == 1


def _read(value: dict[str, Any]) -> dict[str, Any]:
    [(kind, held)] = value.items()
    match kind:
        case "M":
            return {kind: {name: _read(inner) for name, inner in held.items()}}
        case "L":
            return {kind: [_read(inner) for inner in held]}
        case "B":
            return {kind: b64decode(held)}
        case "BS":
            return {kind: [b64decode(inner) for inner in held]}
        case _:
            return value
