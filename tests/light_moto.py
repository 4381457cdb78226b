"""Habits of moto's and botocore's that cost most of a long run, and change no answer when they are left.

It unwraps both values in every comparison: here strings are compared as what they are. It keeps every item and every
copy of a table that there ever was in this process, for a page that nobody looks at: after a thousand tests gigabytes,
which the garbage collector walks through again and again. botocore reads the descriptions of AWS's services anew for
every session, megabytes of JSON, and pynamodb makes a session a connection.

For every item of a transaction moto copies the whole table, to have it back if one is refused: here only what the
transaction names is kept and put back. It asks each value of each item for ten types under four spellings, and each
request for the names of all that a service can do.
"""

import copy
import time
from base64 import b64encode
from collections.abc import Iterable
from functools import cache
from types import SimpleNamespace
from typing import Any

from botocore import useragent
from botocore.auth import SigV4Auth
from botocore.loaders import JSONFileLoader
from moto.core import responses
from moto.core.model_instances import model_data
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.core.serialize import BaseJSONSerializer
from moto.dynamodb import models as dynamodb
from moto.dynamodb.models import DynamoDBBackend, dynamodb_backends
from moto.dynamodb.models.dynamo_type import DynamoType
from moto.dynamodb.models.table import Table
from moto.sqs import models as sqs
from moto.sqs.models import sqs_backends

STRING = "S"
REGION = "cn-north-1"

_made: dict[str, Table] = {}  # tables as they were when they were made


def lighten() -> None:
    """Once a process, before anything is asked of moto."""
    compare_plain_strings()
    forget_what_is_gone()
    read_descriptions_once()
    keep_what_a_transaction_names()
    write_values_as_they_are()
    name_things_once()
    tell_the_time_plainly()
    sign_briefly()


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

    for name, better in (("__eq__", equal), ("__lt__", less)):
        setattr(DynamoType, name, better)


def read_descriptions_once() -> None:
    """Once a process, before any client is made. Nobody writes into what is read: clients share it as it is."""
    remembered = cache(JSONFileLoader().load_file)
    setattr(JSONFileLoader, "load_file", lambda _, file_path: remembered(file_path))  # noqa: B010


def keep_what_a_transaction_names() -> None:
    """Once a process, before any transaction. What is refused leaves every item as it was, and all that is indexed."""
    write = DynamoDBBackend.transact_write_items

    def copied(value: Any) -> Any:
        return value if isinstance(value, Table) else copy.deepcopy(value)

    def all_or_nothing(self: Any, transact_items: list[dict[str, Any]]) -> None:
        before = []
        for item in transact_items:
            for operation in item.values():
                table = self.get_table(operation["TableName"])
                where = operation.get("Key") or operation["Item"]
                hash_key, range_key = (DynamoType(where[name]) for name in (table.hash_key_attr, table.range_key_attr))
                stored = table.items[hash_key].get(range_key) if hash_key in table.items else None
                before.append((table, hash_key, range_key, copy.deepcopy(stored)))
        try:
            write(self, transact_items)
        except BaseException:
            for table, hash_key, range_key, stored in before:
                if stored is None:
                    table.items[hash_key].pop(range_key, None)
                else:
                    table.items[hash_key][range_key] = stored
            raise

    setattr(dynamodb, "copy", SimpleNamespace(deepcopy=copied))  # noqa: B010
    setattr(DynamoDBBackend, "transact_write_items", all_or_nothing)  # noqa: B010


def write_values_as_they_are() -> None:
    """Once a process. A value is one type and what it holds, on the wire as in the table."""
    structure = BaseJSONSerializer._serialize_type_structure

    def on_the_wire(value: dict[str, Any]) -> dict[str, Any]:
        [(kind, held)] = value.items()
        match kind:
            case "M":
                return {kind: {name: on_the_wire(inner) for name, inner in held.items()}}
            case "L":
                return {kind: [on_the_wire(inner) for inner in held]}
            case "B":
                return {kind: b64encode(held).decode()}
            case "BS":
                return {kind: [b64encode(inner).decode() for inner in held]}
            case _:
                return value

    def serialize(self: Any, serialized: dict[str, Any], value: Any, shape: Any, key: str) -> None:
        if shape.name == "AttributeValue" and type(value) is dict and len(value) == 1:
            serialized[key] = on_the_wire(value)
        else:
            structure(self, serialized, value, shape, key)

    setattr(BaseJSONSerializer, "_serialize_type_structure", serialize)  # noqa: B010


def name_things_once() -> None:
    """Once a process: what a class can do and how a name is written never change."""
    for owner, name in (
        (responses, "method_names_from_class"),
        (responses, "camelcase_to_underscores"),
        (sqs, "camelcase_to_underscores"),
        (useragent, "sanitize_user_agent_string_component"),
    ):
        setattr(owner, name, cache(getattr(owner, name)))


def tell_the_time_plainly() -> None:
    """Once a process. A queue asks of every message whether it is visible by now, whenever it takes one."""
    setattr(sqs, "unix_time_millis", lambda: time.time() * 1000)  # noqa: B010


def sign_briefly() -> None:
    """Once a process. Of a signature moto reads for whom and where it was made; that it is right, nobody asks."""
    sign = SigV4Auth.add_auth

    def name_the_signer(self: Any, request: Any) -> None:
        if self._service_name not in ("dynamodb", "sqs"):
            sign(self, request)
            return
        scope = f"{self.credentials.access_key}/20260101/{self._region_name}/{self._service_name}/aws4_request"
        del request.headers["Authorization"]  # of an earlier try
        request.headers["Authorization"] = f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0"

    setattr(SigV4Auth, "add_auth", name_the_signer)  # noqa: B010


def made_anew(name: str) -> bool:
    """The table ``name`` is as it was when it was first made; False if it never was."""
    tables = dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables
    if name not in _made:
        if name not in tables or tables[name].items:
            return False
        _made[name] = copy.deepcopy(tables[name])
    tables[name] = copy.deepcopy(_made[name])
    return True


def holds(name: str, items: Iterable[dict[str, Any]]) -> None:
    """The table ``name`` holds ``items`` too, each as DynamoDB writes it."""
    table = dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables[name]
    for item in items:
        table.put_item(item)


def nothing_waits() -> None:
    """Every queue is as it was when it was made."""
    for queue in sqs_backends[DEFAULT_ACCOUNT_ID][REGION].queues.values():
        queue._messages, queue._pending_messages, queue.deleted_messages = [], set(), set()
