"""The table as the template defines it is the table that the storage floor knows."""

import boto3
from moto import mock_aws
from pynamodb.indexes import Index

from chalicelib.storage.table import DeskItem
from infra.table import create_table, definition


def test_every_index_that_is_queried_is_deployed_as_it_is_queried() -> None:
    deployed = {
        index["IndexName"]: (
            [key["AttributeName"] for key in index["KeySchema"]],
            index["Projection"]["ProjectionType"],
        )
        for index in definition()["GlobalSecondaryIndexes"]
    }
    known = {
        index.Meta.index_name: (_keys(index), index.Meta.projection.projection_type)
        for index in DeskItem._indexes.values()
    }
    assert deployed == known


def _keys(index: Index[DeskItem]) -> list[str]:
    schema = index._get_schema()["key_schema"]
    return [key["AttributeName"] for key in sorted(schema, key=lambda key: key["KeyType"] == "RANGE")]


def test_the_table_is_made_from_the_template_under_any_name() -> None:
    with mock_aws():
        client = boto3.client("dynamodb")
        create_table(client, "made-here")
        table = client.describe_table(TableName="made-here")["Table"]
    assert [(key["AttributeName"], key["KeyType"]) for key in table["KeySchema"]] == [("pk", "HASH"), ("sk", "RANGE")]
    assert {index["IndexName"] for index in table["GlobalSecondaryIndexes"]} == {
        "due",
        "worklist",
        "watch",
        "mailbox",
        "person",
        "day",
    }
