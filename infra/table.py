"""The table's definition, read from the template: one source for the deployed stack, the tests and the measurements."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml

TEMPLATE = Path(__file__).with_name("template.yaml")
_DEPLOYED_ONLY = {"PointInTimeRecoverySpecification", "SSESpecification", "TimeToLiveSpecification"}


class _Loader(yaml.SafeLoader):
    """Takes CloudFormation's short tags for what they hold; what they refer to is nothing to the table."""


_Loader.add_multi_constructor("!", lambda loader, suffix, node: f"{suffix} {node.value}")


@cache
def definition() -> dict[str, Any]:
    """The table's properties, as CreateTable takes them but for its name."""
    template = yaml.load(TEMPLATE.read_text(encoding="utf-8"), Loader=_Loader)
    properties: dict[str, Any] = template["Resources"]["DeskTable"]["Properties"]
    return {name: value for name, value in properties.items() if name not in _DEPLOYED_ONLY}


def create_table(client: Any, name: str) -> None:
    """Make the desk's table under ``name``; ``client`` is a boto3 DynamoDB client."""
    client.create_table(TableName=name, **definition())
    client.get_waiter("table_exists").wait(TableName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 30})
