"""What an invocation of a function costs in countable things: calls, units, bytes, and the function's own CPU."""

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

from botocore.client import BaseClient

from infra.bench import units
from infra.bench.counting import EVERY_CALL


@dataclass(slots=True)
class Meter:
    """What was used between two moments. ``items``: every item written, by its key, as it stands at the end."""

    calls: Counter[str] = field(default_factory=Counter)
    read_units: float = 0.0
    write_units: float = 0.0
    cpu_seconds: float = 0.0
    items: dict[tuple[str, str], units.Item] = field(default_factory=dict)

    def add(self, other: "Meter") -> None:
        """Take what another counted into this one."""
        self.calls.update(other.calls)
        self.read_units += other.read_units
        self.write_units += other.write_units
        self.cpu_seconds += other.cpu_seconds
        self.items |= other.items

    @property
    def number(self) -> int:
        """All calls."""
        return self.calls.total()

    @property
    def stored_bytes(self) -> int:
        """What is left in the table of all that was written."""
        return sum(units.stored(item) for item in self.items.values() if item)


@contextmanager
def metered() -> Iterator[Meter]:
    """Meter what this process does inside; the meter's own questions are left out, of its CPU too."""
    meter, call, apart = Meter(), vars(BaseClient)[EVERY_CALL], 0.0

    def metering(client: Any, operation: str, request: dict[str, Any]) -> Any:
        nonlocal apart
        service = client.meta.service_model.service_name
        meter.calls[f"{service}.{operation}"] += 1
        if service != "dynamodb":
            return call(client, operation, request)

        def ask(name: str, asked: dict[str, Any]) -> Any:
            return call(client, name, asked)

        began = time.process_time()
        keys = units.keys_written(operation, request)
        before = [_item(ask, request, key) for key, _ in keys]
        apart += time.process_time() - began
        answer = call(client, operation, request)
        began = time.process_time()
        for (key, times), old in zip(keys, before, strict=True):
            new = _item(ask, request, key)
            meter.write_units += units.written(old, new, times)
            meter.items[key["pk"]["S"], key["sk"]["S"]] = new
        if operation in units.READS:
            meter.read_units += units.read(operation, request, answer, ask)
        apart += time.process_time() - began
        return answer

    began = time.process_time()
    with patch.object(BaseClient, EVERY_CALL, metering):
        yield meter
    meter.cpu_seconds = time.process_time() - began - apart


def _item(ask: Any, request: dict[str, Any], key: units.Item) -> units.Item:
    found: units.Item = ask("GetItem", {"TableName": _table(request), "Key": key, "ConsistentRead": True}).get(
        "Item", {}
    )
    return found


def _table(request: dict[str, Any]) -> str:
    if "TableName" in request:
        return str(request["TableName"])
    if "RequestItems" in request:
        return str(next(iter(request["RequestItems"])))
    (step, *_) = request["TransactItems"]
    return str(next(iter(step.values()))["TableName"])
