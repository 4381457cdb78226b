"""Counts every call of AWS that this process makes, whichever client makes it."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

from botocore.client import BaseClient
from botocore.httpsession import URLLib3Session

EVERY_CALL = "_make_api_call"  # of botocore: all clients' calls pass here, whoever made the client
EVERY_REQUEST = "send"  # of botocore: what goes over the wire


@dataclass(slots=True)
class Calls:
    """The calls between two moments. ``items_read``: what the engine looked at, by its own scanned counts.

    ``bytes_sent``, ``bytes_got``: of the requests' and answers' bodies. ``asked``: the latest request of each kind.
    """

    made: Counter[str] = field(default_factory=Counter)  # "dynamodb.Query"
    items_read: int = 0
    write_units: float = 0.0
    bytes_sent: int = 0
    bytes_got: int = 0
    asked: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def number(self) -> int:
        """All calls, of every service."""
        return self.made.total()

    def note(self, service: str, operation: str, request: dict[str, Any], answer: dict[str, Any]) -> None:
        """Take one answered call into the count."""
        self.made[f"{service}.{operation}"] += 1
        self.asked[f"{service}.{operation}"] = request
        if service != "dynamodb":
            return
        if "ScannedCount" in answer:
            self.items_read += max(1, answer["ScannedCount"])  # a query that finds nothing is not free
        elif operation == "GetItem":
            self.items_read += 1
        elif operation == "BatchGetItem":
            self.items_read += sum(len(asked["Keys"]) for asked in request["RequestItems"].values())
        elif operation == "TransactGetItems":
            self.items_read += 2 * len(request["TransactItems"])
        else:
            self.write_units += sum(part["CapacityUnits"] for part in _parts(answer.get("ConsumedCapacity", [])))


def _parts(consumed: Any) -> list[dict[str, float]]:
    return consumed if isinstance(consumed, list) else [consumed]


@contextmanager
def counted() -> Iterator[Calls]:
    """Count the calls made inside; DynamoDB is asked what each consumes."""
    calls, call, send = Calls(), vars(BaseClient)[EVERY_CALL], vars(URLLib3Session)[EVERY_REQUEST]

    def counting(client: Any, operation: str, request: dict[str, Any]) -> Any:
        service = client.meta.service_model.service_name
        if service == "dynamodb" and "ReturnConsumedCapacity" in _members(client, operation):
            request = {**request, "ReturnConsumedCapacity": "TOTAL"}
        answer = call(client, operation, request)
        calls.note(service, operation, request, answer)
        return answer

    def sending(session: Any, request: Any) -> Any:
        answer = send(session, request)
        calls.bytes_sent += len(request.body or b"")
        calls.bytes_got += len(answer.content)
        return answer

    with patch.object(BaseClient, EVERY_CALL, counting), patch.object(URLLib3Session, EVERY_REQUEST, sending):
        yield calls


def _members(client: Any, operation: str) -> Any:
    return client.meta.service_model.operation_model(operation).input_shape.members
