"""The table's definition, read from the template: one source for the deployed stack, the tests and the measurements."""

from functools import cache
from typing import Any

from infra import template

_DEPLOYED_ONLY = {
    "DeletionProtectionEnabled",
    "PointInTimeRecoverySpecification",
    "SSESpecification",
    "TimeToLiveSpecification",
}


@cache
def definition() -> dict[str, Any]:
    """The table's properties, as CreateTable takes them but for its name."""
    properties: dict[str, Any] = template.whole()["Resources"]["DeskTable"]["Properties"]
    return {name: value for name, value in properties.items() if name not in _DEPLOYED_ONLY}


def create_table(client: Any, name: str) -> None:
    """Make the desk's table under ``name``; ``client`` is a boto3 DynamoDB client."""
    client.create_table(TableName=name, **definition())
    client.get_waiter("table_exists").wait(TableName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 30})
