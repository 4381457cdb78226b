"""What each function may do on AWS: what it does, on what it does it to, and nothing else."""

import json
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from infra.package import CONSOLE_POLICY, ROOT
from tests.infrastructure.conftest import Template
from tests.infrastructure.reaching import reached

POLICIES = sorted((ROOT / ".chalice" / "policies").glob("*.json"))
UNDER_THE_STORES_KEY = "WhatIsKeptLiesUnderTheStoresKey"
Statement = dict[str, Any]

ROUTES = "chalicelib.entrypoints."
OF_CITIZENS = sorted(
    f"{ROUTES}{file.stem}."
    for file in (ROOT / "chalicelib" / "entrypoints").glob("*.py")
    if file.stem not in ("__init__", "queues", "schedules")
)
BEGINS = {
    "api_handler": OF_CITIZENS,
    "console_handler": [f"{ROUTES}console."],
    **{
        name: [f"{ROUTES}queues.{name}"]
        for name in ("route_submissions", "send_notices", "deliver_webhooks", "receive_mail")
    },
    **{name: [f"{ROUTES}schedules.{name}"] for name in ("sweep", "assess_month", "close_day")},
}
"""Where AWS enters each function."""

BY_LAMBDA = {"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"}
"""What Lambda itself does in the function's name, for a queue's function (AWS Lambda, "Using Lambda with SQS")."""
FOR_A_MISSING_FILE = {"s3:ListBucket"}  # without it S3 says forbidden of an object that is not there
NOT_CALLED_FOR = {
    # the months' runs are committed as everything is, and only cases have ledgers
    "assess_month": {"dynamodb:UpdateItem"},
    # its topics are committed as everything is; that it moves no case, and writes where it may, stands below
    "close_day": {
        *("dynamodb:UpdateItem", "dynamodb:DeleteItem", "index/mailbox"),
        *("kms:Decrypt", "kms:GenerateDataKey", "sqs:SendMessage"),
    },
}
"""What a function could come to by who mentions whom, and does not."""


def statements(name: str) -> list[Statement]:
    """A policy's statements."""
    file = ROOT / ".chalice" / "policies" / f"{name}.json"
    read: list[Statement] = json.loads(file.read_text(encoding="utf-8"))["Statement"]
    return read


def actions(name: str) -> set[str]:
    """All that a function may do itself; what it may have done with the store's key stands apart."""
    return {
        action
        for statement in statements(name)
        if statement.get("Sid") != UNDER_THE_STORES_KEY
        for action in statement["Action"]
    }


def granted(given: list[Statement]) -> set[str]:
    """Actions, and the table's indexes as ``index/…``; logs are Lambda's own affair."""
    own = [one for one in given if one.get("Sid") != UNDER_THE_STORES_KEY]
    resources = [one for statement in own for one in _listed(statement["Resource"])]
    indexes = {f"index/{one['Fn::Sub'].rpartition('/index/')[2]}" for one in resources if "/index/" in str(one)}
    named = {action for statement in own for action in statement["Action"]}
    return {action for action in named if not action.startswith("logs:")} | indexes


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def too_much(name: str, given: list[Statement]) -> set[str]:
    """What a policy holds that its function never comes to."""
    needed = reached(*BEGINS[name])
    consumes = BY_LAMBDA if name in ("route_submissions", "send_notices", "deliver_webhooks", "receive_mail") else set()
    reads_files = FOR_A_MISSING_FILE if name in ("route_submissions", "receive_mail") else set()
    return granted(given) - needed - consumes - reads_files


def too_little(name: str, given: list[Statement]) -> set[str]:
    """What a function comes to that its policy does not hold."""
    return reached(*BEGINS[name]) - NOT_CALLED_FOR.get(name, set()) - granted(given)


@pytest.mark.parametrize("name", BEGINS)
def test_a_function_may_do_all_that_it_does_and_no_more(name: str) -> None:
    given = statements(name)
    assert (too_much(name, given), too_little(name, given)) == (set(), set())


def test_an_action_that_nobody_needs_and_one_that_is_missing_are_found() -> None:
    given = statements("send_notices")
    more = [*given, {"Effect": "Allow", "Action": ["s3:DeleteObject"], "Resource": {"Fn::GetAtt": ["A", "Arn"]}}]
    assert too_much("send_notices", more) == {"s3:DeleteObject"}
    table = deepcopy(given)
    next(one for one in table if "dynamodb:Query" in one["Action"])["Action"].remove("dynamodb:Query")
    assert too_little("send_notices", table) == {"dynamodb:Query"}


def test_every_function_has_a_policy_and_every_policy_a_function(template: Template) -> None:
    config = json.loads((ROOT / ".chalice" / "config.json").read_text(encoding="utf-8"))
    files = {
        settings["iam_policy_file"].removeprefix("policies/")
        for settings in config["stages"]["desk"]["lambda_functions"].values()
    }
    assert files | {CONSOLE_POLICY.name} == {file.name for file in POLICIES}
    assert set(BEGINS) == {file.stem for file in POLICIES}
    roles = {name for name, resource in template["Resources"].items() if resource["Type"] == "AWS::IAM::Role"}
    roles -= {"ApiGatewayLogRole"}  # API Gateway's own, to write the access log
    assert len(roles) == len(POLICIES)


@pytest.mark.parametrize("file", POLICIES, ids=lambda file: file.stem)
def test_what_is_kept_is_opened_by_the_service_that_keeps_it_alone(file: Path) -> None:
    [key] = [one for one in statements(file.stem) if one.get("Sid") == UNDER_THE_STORES_KEY]
    assert key["Resource"] == {"Fn::GetAtt": ["StoreKey", "Arn"]}
    via = [one["Fn::Sub"] for one in key["Condition"]["StringEquals"]["kms:ViaService"]]
    services = {action.partition(":")[0] for action in actions(file.stem)} & {"dynamodb", "s3", "secretsmanager", "sqs"}
    assert {one.partition(".")[0] for one in via} == services
    assert all(one.endswith(".${AWS::Region}.${AWS::URLSuffix}") for one in via)


def test_nobody_may_scan_or_change_the_table_itself() -> None:
    for file in POLICIES:
        allowed = actions(file.stem)
        assert not {action for action in allowed if "Scan" in action or "Table" in action}, file.stem


def test_what_citizens_reach_may_open_no_file_and_take_no_dead_letter() -> None:
    given = statements("api_handler")
    assert not [one for one in given if "s3:GetObject" in one["Action"] or "sqs:ReceiveMessage" in one["Action"]]
    assert not [one for one in given if "/index/person" in str(one["Resource"])], (
        "who wrote what else is not asked there"
    )


def test_a_citizen_s_file_is_read_by_the_one_who_checks_it() -> None:
    assert "s3:DeleteObject" in actions("route_submissions")
    for name in ("send_notices", "deliver_webhooks", "sweep", "assess_month", "close_day"):
        assert not {action for action in actions(name) if action.startswith("s3:")}, name


def test_a_model_is_read_by_the_one_who_routes_and_written_by_no_function() -> None:
    allowed = {
        (file.stem, action)
        for file in POLICIES
        for statement in statements(file.stem)
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
    given = [one for one in statements("close_day")[2:] if one.get("Sid") != UNDER_THE_STORES_KEY]
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


# Whatever stands in the template: policies of roles, queues, buckets, keys, secrets, topics.


def permissions(template: Template) -> Iterator[tuple[str, Statement]]:
    """Every statement that allows something, wherever it stands, with its resource's name."""

    def within(value: Any) -> Iterator[Statement]:
        if isinstance(value, dict):
            if value.get("Effect") == "Allow":
                yield value
            for one in value.values():
                yield from within(one)
        elif isinstance(value, list):
            for one in value:
                yield from within(one)

    for name, resource in template["Resources"].items():
        for statement in within(resource.get("Properties", {})):
            yield name, statement


def wildcards(name: str, template: Template, statement: Statement) -> list[str]:
    """What is allowed without bounds, but for what AWS leaves no choice in."""
    found: list[str] = []
    key = template["Resources"][name]["Type"] == "AWS::KMS::Key"
    for action in _listed(statement.get("Action", "*")):
        # KMS, "Default key policy": with it the account's own IAM policies count, and the key cannot be locked away
        whole_account = key and action == "kms:*" and str(statement["Principal"]).endswith(":root'}}")
        if "*" in action and not whole_account:
            found.append(action)
    if "NotAction" in statement or "NotResource" in statement:
        found.append("everything but")
    if "Resource" in statement:
        for resource in _listed(statement["Resource"]):
            if not key and not _bounded(resource, statement):  # in a key's policy "*" is that key
                found.append(str(resource))
    principal = statement.get("Principal")
    if principal == "*" or (principal is not None and "*" in _listed(principal.get("AWS", []))):
        found.append("anybody")
    return found


def _bounded(resource: Any, statement: Statement) -> bool:
    if resource == "*":
        # a text message has no resource, and with this condition no topic can be meant (SNS, "Publish")
        only_telephones = statement["Action"] == ["sns:Publish"]
        return only_telephones and statement.get("Condition") == {"Null": {"sns:TopicArn": "true"}}
    text = resource if isinstance(resource, str) else str(resource.get("Fn::Sub", ""))
    # a wildcard may stand for what lies below something named: an object, a log stream, an identity
    return "*" not in text or (
        text.count("*") == 1 and text.endswith(("/*", "-*")) and text.count(":") + text.count("$") > 0
    )


def unbounded(template: Template) -> list[tuple[str, list[str]]]:
    """Whatever is allowed without bounds in a template."""
    found = ((name, wildcards(name, template, statement)) for name, statement in permissions(template))
    return [(name, wrong) for name, wrong in found if wrong]


def test_nothing_in_the_template_is_allowed_without_bounds(template: Template, china: Template) -> None:
    assert len(list(permissions(template))) > 80
    assert unbounded(template) == []
    assert unbounded(china) == []


@pytest.mark.parametrize(
    ("name", "statement"),
    [
        ("SweepRole", {"Effect": "Allow", "Action": "*", "Resource": {"Fn::GetAtt": ["DeskTable", "Arn"]}}),
        ("SweepRole", {"Effect": "Allow", "Action": ["dynamodb:*"], "Resource": {"Fn::GetAtt": ["DeskTable", "Arn"]}}),
        ("SweepRole", {"Effect": "Allow", "Action": ["s3:Get*"], "Resource": {"Fn::GetAtt": ["SiteBucket", "Arn"]}}),
        ("SweepRole", {"Effect": "Allow", "Action": ["sqs:SendMessage"], "Resource": "*"}),
        ("SweepRole", {"Effect": "Allow", "Action": ["sqs:SendMessage"], "Resource": ["arn:x", "*"]}),
        ("SweepRole", {"Effect": "Allow", "NotAction": ["iam:PassRole"], "Resource": {"Ref": "A"}}),
        ("SweepRole", {"Effect": "Allow", "Action": ["sns:Publish"], "Resource": "*"}),
        ("SweepRole", {"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": {"Fn::Sub": "arn:${P}:s3:::*/x/*"}}),
        ("SitePolicy", {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": {"Ref": "A"}}),
        (
            "SitePolicy",
            {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "s3:GetObject", "Resource": {"Ref": "A"}},
        ),
        (
            "DeskKey",
            {"Effect": "Allow", "Principal": {"Service": "s3.amazonaws.com"}, "Action": "kms:*", "Resource": "*"},
        ),
    ],
)
def test_whatever_is_allowed_without_bounds_is_found(template: Template, name: str, statement: Statement) -> None:
    wider = deepcopy(template)
    place = wider["Resources"][name]["Properties"]
    if "Policies" in place:
        place["Policies"][0]["PolicyDocument"]["Statement"].append(statement)
    else:
        place["KeyPolicy" if "KeyPolicy" in place else "PolicyDocument"]["Statement"].append(
            {"Fn::If": ["OnAws", statement, {"Ref": "AWS::NoValue"}]}
        )
    assert [found for found, _ in unbounded(wider)] == [name]
