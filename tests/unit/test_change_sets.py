"""What a change set is told to be, and what of it is refused."""

from typing import Any

import pytest

from infra.deploy.changes import Change, index_refusals, read_changes, refusals


def told(action: str, name: str, kind: str, **more: Any) -> dict[str, Any]:
    """One change as DescribeChangeSet tells it."""
    return {
        "Type": "Resource",
        "ResourceChange": {"Action": action, "LogicalResourceId": name, "ResourceType": kind, **more},
    }


def test_what_would_be_lost_stands_first_and_in_capitals() -> None:
    detail = {"Target": {"Attribute": "Properties", "Name": "KeySchema", "RequiresRecreation": "Always"}}
    changes = read_changes(
        [
            told("Add", "Queue", "AWS::SQS::Queue"),
            told("Modify", "Sweep", "AWS::Lambda::Function", Replacement="False"),
            told("Modify", "Rule", "AWS::Events::Rule", Replacement="Conditional"),
            told("Modify", "DeskTable", "AWS::DynamoDB::Table", Replacement="True", Details=[detail]),
            told("Remove", "DeskKey", "AWS::KMS::Key", PolicyAction="Retain"),
        ]
    )
    assert [change.words for change in changes] == [
        "REPLACED   DeskTable (DynamoDB::Table): KeySchema",
        "removed    DeskKey (KMS::Key) (stays in the account, outside the stack)",
        "changed, PERHAPS REPLACED Rule (Events::Rule)",
        "added      Queue (SQS::Queue)",
        "changed    Sweep (Lambda::Function)",
    ]


@pytest.mark.parametrize("kind", ["AWS::DynamoDB::Table", "AWS::KMS::Key", "AWS::S3::Bucket"])
@pytest.mark.parametrize(("action", "replaced"), [("Remove", "False"), ("Modify", "True"), ("Modify", "Conditional")])
def test_what_cannot_be_made_again_is_lost_only_by_its_name(kind: str, action: str, replaced: str) -> None:
    change = Change(action, "Kept", kind, replaced)
    [refused] = refusals([change], {"Other"})
    assert "ALLOW=Kept" in refused
    assert refusals([change], {"Kept"}) == []


def test_what_can_be_made_again_may_go() -> None:
    assert (
        refusals([Change("Remove", "Queue", "AWS::SQS::Queue"), Change("Add", "Table", "AWS::DynamoDB::Table")], ())
        == []
    )


def table(*indexes: str, key: str = "a") -> str:
    """A template with one table."""
    rest = f"KeySchema: [{{AttributeName: {key}, KeyType: HASH}}], Projection: {{ProjectionType: ALL}}"
    made = ", ".join(f"{{IndexName: {name}, {rest}}}" for name in indexes)
    return f"Resources:\n  T:\n    Type: AWS::DynamoDB::Table\n    Properties: {{GlobalSecondaryIndexes: [{made}]}}\n"


def test_an_index_comes_or_goes_one_at_a_time() -> None:
    assert index_refusals(table("due", "day"), table("due", "day")) == []
    assert index_refusals(table("due"), table("due", "day")) == []
    assert index_refusals(table("due", "day"), table("due")) == []
    [two] = index_refusals(table("due"), table("due", "day", "street"))
    assert "day, street: DynamoDB adds or removes one index at a time" in two
    [renamed] = index_refusals(table("due", "day"), table("due", "date"))
    assert "date, day" in renamed


def test_an_index_never_becomes_another() -> None:
    [changed] = index_refusals(table("due"), table("due", key="b"))
    assert "give the new one a name of its own" in changed
