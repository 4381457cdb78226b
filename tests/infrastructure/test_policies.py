"""What each function may do on AWS: what it does, on what it does it to, and nothing else."""

import json
from pathlib import Path
from typing import Any

import pytest

from infra.package import ROOT
from tests.infrastructure.conftest import Template

POLICIES = sorted((ROOT / ".chalice" / "policies").glob("*.json"))
TO_A_TELEPHONE = "sns:Publish"  # a text message has no resource; topics are excluded by condition


def statements(file: Path) -> list[dict[str, Any]]:
    """A policy's statements."""
    read: list[dict[str, Any]] = json.loads(file.read_text(encoding="utf-8"))["Statement"]
    return read


def actions(name: str) -> set[str]:
    """All that a function may do."""
    return {
        action
        for statement in statements(ROOT / ".chalice" / "policies" / f"{name}.json")
        for action in statement["Action"]
    }


@pytest.mark.parametrize("file", POLICIES, ids=lambda file: file.stem)
def test_no_function_may_do_everything_or_anything_to_all(file: Path) -> None:
    for statement in statements(file):
        assert statement["Effect"] == "Allow"
        assert not [action for action in statement["Action"] if "*" in action]
        if statement["Action"] == [TO_A_TELEPHONE]:
            assert statement["Condition"] == {"Null": {"sns:TopicArn": "true"}}
        else:
            assert statement["Resource"] != "*"
            assert "*" not in str(statement["Resource"]).removesuffix("*'}") or _below_its_own_name(statement)


def _below_its_own_name(statement: dict[str, Any]) -> bool:
    """Whether the wildcard only stands for what lies below something named: an object, a log stream, an identity."""
    pattern = statement["Resource"]["Fn::Sub"]
    return bool(pattern.endswith("*") and pattern.count("*") == 1)


def test_every_function_has_a_policy_and_every_policy_a_function(template: Template) -> None:
    config = json.loads((ROOT / ".chalice" / "config.json").read_text(encoding="utf-8"))
    files = {
        settings["iam_policy_file"].removeprefix("policies/")
        for settings in config["stages"]["desk"]["lambda_functions"].values()
    }
    assert files == {file.name for file in POLICIES}
    roles = [name for name, resource in template["Resources"].items() if resource["Type"] == "AWS::IAM::Role"]
    assert len(roles) == len(POLICIES)


def test_nobody_may_scan_or_change_the_table_itself() -> None:
    for file in POLICIES:
        allowed = actions(file.stem)
        assert not {action for action in allowed if "Scan" in action or "Table" in action}, file.stem


def test_a_citizen_s_file_is_read_by_the_one_who_checks_it() -> None:
    assert "s3:DeleteObject" in actions("route_submissions")
    assert "s3:ListBucket" in actions("route_submissions"), (
        "without it a file that never came is forbidden, not missing"
    )
    for name in ("send_notices", "deliver_webhooks", "sweep", "assess_month", "close_day"):
        assert not {action for action in actions(name) if action.startswith("s3:")}, name


def test_a_model_is_read_by_the_one_who_routes_and_written_by_no_function() -> None:
    allowed = {
        (file.stem, action)
        for file in POLICIES
        for statement in statements(file)
        for action in statement["Action"]
        if "/models/" in str(statement["Resource"])
    }
    assert allowed == {("route_submissions", "s3:GetObject")}


def test_only_the_one_who_sends_notices_may_send_mail_or_texts() -> None:
    senders = {file.stem for file in POLICIES if actions(file.stem) & {"ses:SendEmail", "sns:Publish"}}
    assert senders == {"send_notices"}


def test_the_one_who_closes_days_writes_nothing_but_roots_leaves_the_mornings_lists_and_topics() -> None:
    assert {action for action in actions("close_day") if not action.startswith("logs:")} == {
        "dynamodb:GetItem",
        "dynamodb:BatchGetItem",
        "dynamodb:Query",
        "dynamodb:PutItem",
    }
    given = statements(ROOT / ".chalice" / "policies" / "close_day.json")[2:]
    of_the_table = [one for one in given if one["Resource"] == [{"Fn::GetAtt": ["DeskTable", "Arn"]}]]
    keys = [one["Condition"]["ForAllValues:StringLike"]["dynamodb:LeadingKeys"] for one in of_the_table]
    written = [key for one, several in zip(of_the_table, keys, strict=True) for key in several
               if "dynamodb:PutItem" in one["Action"]]  # fmt: skip
    assert sorted(written) == [
        *("clearing#*", "clearings", "inbox#*", "leaves#*", "roots"),
        *("sketches#*", "topic#*", "topics"),
    ]
    assert all(key != "*" for several in keys for key in several)
    indexes = [one for one in given if one not in of_the_table]
    assert [one["Action"] for one in indexes] == [["dynamodb:Query"]] * 2
    assert [one["Resource"] for one in indexes] == [
        [{"Fn::Sub": "${DeskTable.Arn}/index/day"}],
        [{"Fn::Sub": "${DeskTable.Arn}/index/worklist"}],
    ]
