"""The one template of the stack: what a deployment must never be without."""

import html
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import fields

from chalicelib.config import Config
from infra.package import ROOT, Package
from infra.template import _lay
from tests.infrastructure.conftest import Template

QUEUES = {
    "RouteSubmissions": ("RoutingQueue", "RoutingDeadLetters"),
    "SendNotices": ("NoticesQueue", "NoticesDeadLetters"),
    "DeliverWebhooks": ("WebhooksQueue", "WebhooksDeadLetters"),
    "ReceiveMail": ("MailQueue", "MailDeadLetters"),
}
SCHEDULES = {"Sweep": "rate(15 minutes)", "AssessMonth": "cron(30 16 L * ? *)", "CloseDay": "cron(10 16 * * ? *)"}


def properties(template: Template, name: str) -> dict[str, Any]:
    """The properties of one resource."""
    found: dict[str, Any] = template["Resources"][name]["Properties"]
    return found


def functions(template: Template) -> dict[str, dict[str, Any]]:
    """Every function's properties."""
    return {
        name: resource["Properties"]
        for name, resource in template["Resources"].items()
        if resource["Type"] == "AWS::Serverless::Function"
    }


OUTSIDE_CHINA, IN_CHINA = ("ap-east-1", "us-east-1"), ("cn-north-1", "cn-northwest-1")


@pytest.mark.parametrize("regions", [OUTSIDE_CHINA, IN_CHINA])
def test_cloudformation_finds_nothing_wrong_with_the_template(packaged: Package, regions: tuple[str, ...]) -> None:
    linter = Path(sys.executable).with_name("cfn-lint")
    template = packaged.china if regions == IN_CHINA else packaged.template
    found = subprocess.run([linter, "-r", *regions, "-t", template], capture_output=True, text=True)
    assert found.returncode == 0, found.stdout + found.stderr


def test_nine_functions_are_deployed_each_by_the_app_itself(template: Template) -> None:
    handlers = {name: function["Handler"] for name, function in functions(template).items()}
    assert handlers == {
        "APIHandler": "app.app",
        "ConsoleHandler": "app.app",
        "RouteSubmissions": "app.route_submissions",
        "SendNotices": "app.send_notices",
        "DeliverWebhooks": "app.deliver_webhooks",
        "ReceiveMail": "app.receive_mail",
        "Sweep": "app.sweep",
        "AssessMonth": "app.assess_month",
        "CloseDay": "app.close_day",
    }


@pytest.mark.parametrize("function", QUEUES)
def test_a_message_that_fails_does_not_take_its_batch_along(template: Template, function: str) -> None:
    [source] = properties(template, function)["Events"].values()
    assert source["Type"] == "SQS"
    assert source["Properties"]["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert source["Properties"]["Queue"] == {"Fn::GetAtt": [QUEUES[function][0], "Arn"]}


@pytest.mark.parametrize("function", QUEUES)
def test_a_message_is_not_handed_out_again_while_it_is_worked_on(template: Template, function: str) -> None:
    queue = properties(template, QUEUES[function][0])
    assert queue["VisibilityTimeout"] >= 6 * properties(template, function)["Timeout"]


@pytest.mark.parametrize("function", QUEUES)
def test_poison_goes_to_a_queue_of_its_own_and_stays_there_two_weeks(template: Template, function: str) -> None:
    queue, dead_letters = QUEUES[function]
    redrive = properties(template, queue)["RedrivePolicy"]
    assert redrive["deadLetterTargetArn"] == {"Fn::GetAtt": [dead_letters, "Arn"]}
    assert redrive["maxReceiveCount"] >= 3
    assert properties(template, dead_letters)["MessageRetentionPeriod"] == 14 * 24 * 3600


@pytest.mark.parametrize("function", SCHEDULES)
def test_the_clock_calls_when_the_trade_says(template: Template, function: str) -> None:
    [event] = properties(template, function)["Events"].values()
    assert event["Properties"]["Schedule"] == SCHEDULES[function]


def test_the_gateway_gives_up_later_than_the_function_it_waits_for(template: Template) -> None:
    for name in ("APIHandler", "ConsoleHandler"):
        assert properties(template, name)["Timeout"] < 29


def test_the_functions_have_exactly_the_settings_that_are_read(template: Template) -> None:
    given = template["Globals"]["Function"]["Environment"]["Variables"]
    read = re.findall(r'"(SUNLIGHT_\w+)"', (ROOT / "chalicelib" / "config.py").read_text(encoding="utf-8"))
    assert set(given) == set(read)
    assert len(given) == len(fields(Config))
    for name, function in functions(template).items():
        assert "Environment" not in function, name


def test_what_is_kept_outlives_the_stack(template: Template) -> None:
    # a table that is protected cannot be rolled back: it stays even when its stack's creation failed
    for name, policy in {
        "DeskTable": "Retain",
        "DeskKey": "RetainExceptOnCreate",
        "StoreKey": "RetainExceptOnCreate",
        "UploadsBucket": "RetainExceptOnCreate",
    }.items():
        resource = template["Resources"][name]
        assert resource["DeletionPolicy"] == policy, name
        assert resource["UpdateReplacePolicy"] == "Retain", name


def test_the_table_can_be_had_back_and_in_production_nobody_can_delete_it(template: Template) -> None:
    table = properties(template, "DeskTable")
    assert table["BillingMode"] == "PAY_PER_REQUEST"
    assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert table["TimeToLiveSpecification"] == {"AttributeName": "expires", "Enabled": True}
    assert table["DeletionProtectionEnabled"] == {"Fn::If": ["Production", True, False]}
    assert template["Conditions"]["Production"] == {"Fn::Equals": [{"Ref": "DeskStage"}, "production"]}


def test_everything_that_is_kept_lies_under_a_key_of_ours(template: Template) -> None:
    ours = {"Fn::GetAtt": ["StoreKey", "Arn"]}
    assert properties(template, "DeskTable")["SSESpecification"] == {
        "SSEEnabled": True,
        "SSEType": "KMS",
        "KMSMasterKeyId": ours,
    }
    [rule] = properties(template, "UploadsBucket")["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert rule["ServerSideEncryptionByDefault"] == {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": ours}
    queues = {name for name, one in template["Resources"].items() if one["Type"] == "AWS::SQS::Queue"}
    assert queues == {name for pair in QUEUES.values() for name in pair}
    for name in queues:
        assert properties(template, name)["KmsMasterKeyId"] == {"Ref": "StoreKey"}, name
    assert properties(template, "OriginKey")["KmsKeyId"] == ours
    for name in ("DeskKey", "StoreKey"):
        assert properties(template, name)["EnableKeyRotation"] is True
    assert template["Outputs"]["StoreKeyArn"] == {"Value": ours}


def test_what_writes_for_us_may_use_the_key_and_only_for_this_account(template: Template) -> None:
    policy = properties(template, "StoreKey")["KeyPolicy"]["Statement"]
    services = {
        str(one["Principal"]["Service"]): one["Condition"]
        for one in (part["Fn::If"][1] if "Fn::If" in part else part for part in policy[1:])
    }
    account = {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}
    assert services.pop("s3.amazonaws.com") == account, "it tells the mail queue of mails"
    assert services.pop("ses.amazonaws.com") == account
    [(logs, condition)] = services.items()
    assert "logs.${AWS::Region}.${AWS::URLSuffix}" in logs
    assert "${AWS::AccountId}" in str(condition)


@pytest.mark.parametrize(("bucket", "policy"), [("UploadsBucket", "UploadsPolicy"), ("SiteBucket", "SitePolicy")])
def test_no_bucket_speaks_in_the_clear(template: Template, bucket: str, policy: str) -> None:
    given = properties(template, policy)
    assert given["Bucket"] == {"Ref": bucket}
    [refused] = [one for one in given["PolicyDocument"]["Statement"] if one.get("Effect") == "Deny"]
    assert (refused["Principal"], refused["Action"]) == ("*", "s3:*")
    assert refused["Resource"] == [{"Fn::GetAtt": [bucket, "Arn"]}, {"Fn::Sub": f"${{{bucket}.Arn}}/*"}]
    assert refused["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_no_bucket_is_open_to_the_public(template: Template) -> None:
    for name in ("UploadsBucket", "SiteBucket"):
        closed = properties(template, name)["PublicAccessBlockConfiguration"]
        assert set(closed.values()) == {True}, name
        assert len(closed) == 4, name
        cors = properties(template, name).get(
            "CorsConfiguration", {"Fn::If": ["FrontedInChina", {}, {"Ref": "AWS::NoValue"}]}
        )
        assert cors["Fn::If"][0] == "FrontedInChina", name
        assert cors["Fn::If"][2] == {"Ref": "AWS::NoValue"}, name


def test_a_file_that_nobody_filed_is_gone_after_a_week(template: Template) -> None:
    rules = properties(template, "UploadsBucket")["LifecycleConfiguration"]["Rules"]
    gone = {rule["Prefix"]: rule["ExpirationInDays"] for rule in rules if "ExpirationInDays" in rule}
    assert gone == {"incoming/": 7, "papers/": 1, "mail/": 30}, (
        "and a paper that was handed out after a day, a mail that nobody took after a month"
    )
    assert {rule["Status"] for rule in rules} == {"Enabled"}


def test_a_file_that_was_removed_can_be_had_back_as_long_as_the_table_and_no_longer(template: Template) -> None:
    bucket = properties(template, "UploadsBucket")
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
    kept = {
        rule.get("Prefix", ""): rule["NoncurrentVersionExpiration"]["NoncurrentDays"]
        for rule in bucket["LifecycleConfiguration"]["Rules"]
        if "NoncurrentVersionExpiration" in rule
    }
    assert kept == {"incoming/": 1, "papers/": 1, "mail/": 1, "": 35}, "the table's backups reach 35 days back"


def test_a_mail_in_the_bucket_is_told_of_and_nothing_else_is(template: Template) -> None:
    [told] = properties(template, "UploadsBucket")["NotificationConfiguration"]["QueueConfigurations"]
    assert told["Queue"] == {"Fn::GetAtt": ["MailQueue", "Arn"]}
    assert told["Filter"] == {"S3Key": {"Rules": [{"Name": "prefix", "Value": "mail/"}]}}
    condition, given, otherwise = properties(template, "UploadsPolicy")["PolicyDocument"]["Statement"][1]["Fn::If"]
    assert (condition, otherwise) == ("MailBySes", {"Ref": "AWS::NoValue"})
    assert given["Principal"] == {"Service": "ses.amazonaws.com"}
    assert given["Resource"] == {"Fn::Sub": "${UploadsBucket.Arn}/mail/*"}


def test_no_name_of_one_partition_stands_in_the_template(packaged: Package) -> None:
    for place in (packaged.template, packaged.china):
        text = place.read_text(encoding="utf-8")
        assert "arn:aws:" not in text
        assert "arn:aws-cn:" not in text
        assert "in-template" not in text, "app.py's places for our queues are all filled"
        # services are called by the same names in both partitions; hosts are not
        services = {"lambda", "apigateway", "s3", "ses", "cloudfront"}
        assert set(re.findall(r"([\w.-]*)\.amazonaws\.com", text)) <= services


def test_the_api_s_addresses_fit_into_what_a_gateway_holds(template: Template) -> None:
    paths = properties(template, "RestAPI")["DefinitionBody"]["paths"]
    parts = {path[:end] for path in paths for end in (*_slashes(path), len(path))}
    assert len(parts) < 290, "an API has 300 resources at most, each part of a path one (API Gateway, quotas)"


def _slashes(path: str) -> list[int]:
    return [place for place, letter in enumerate(path) if letter == "/"]


def test_two_files_of_the_template_say_different_things_of_one_resource_and_never_the_same() -> None:
    laid: dict[str, Any] = {}
    _lay({"Resources": {"A": {"Properties": {"Size": 1}}}}, over=laid, where="one.yaml")
    _lay({"Resources": {"A": {"Properties": {"Name": "x"}}, "B": {"Type": "T"}}}, over=laid, where="two.yaml")
    assert laid == {"Resources": {"A": {"Properties": {"Size": 1, "Name": "x"}}, "B": {"Type": "T"}}}
    for again in ({"Size": 2}, {"Size": {"Ref": "P"}}):
        with pytest.raises(ValueError, match=r"three\.yaml.*Size is given already"):
            _lay({"Resources": {"A": {"Properties": again}}}, over=laid, where="three.yaml")


def test_the_gateway_speaks_the_api_s_language(template: Template) -> None:
    definition = properties(template, "RestAPI")["DefinitionBody"]
    answers = definition["x-amazon-apigateway-gateway-responses"]
    assert set(answers) >= {
        "MISSING_AUTHENTICATION_TOKEN",
        "REQUEST_TOO_LARGE",
        "WAF_FILTERED",
        "THROTTLED",
        "DEFAULT_4XX",
        "DEFAULT_5XX",
    }
    for kind, answer in answers.items():
        body = answer["responseTemplates"]["application/json"]
        assert re.fullmatch(r'\{"error":\{"code":"[a-z_]+","message":".*[\u4e00-\u9fff].*","fields":\[\]\}\}', body), (
            kind
        )
        page = answer["responseTemplates"]["text/html"]
        assert all(html.escape(words) in page for words in re.split(r"(?<=。) ", json.loads(body)["error"]["message"]))
        assert 'href="/"' in page, kind
        assert "<script" not in page, kind
        headers = {name.rpartition(".")[2]: value for name, value in answer["responseParameters"].items()}
        assert headers["X-Request-Id"] == "context.requestId", kind
        assert (headers["Cache-Control"], headers["X-Content-Type-Options"]) == ("'no-store'", "'nosniff'"), kind


def test_somebody_is_told_when_messages_lie_dead_functions_fail_or_the_sweep_stops(template: Template) -> None:
    alarms = {
        name: resource["Properties"]
        for name, resource in template["Resources"].items()
        if resource["Type"] == "AWS::CloudWatch::Alarm"
    }
    watched = str(alarms)
    for dead_letters in ("RoutingDeadLetters", "NoticesDeadLetters", "WebhooksDeadLetters", "MailDeadLetters"):
        assert dead_letters in watched
    failing = {
        metric["MetricStat"]["Metric"]["Dimensions"][0]["Value"]["Ref"]
        for metric in alarms["FunctionsFail"]["Metrics"]
        if "MetricStat" in metric
    }
    assert failing == set(functions(template))
    assert alarms["SweepMissing"]["TreatMissingData"] == "breaching"
    for name, alarm in alarms.items():
        assert alarm["AlarmActions"] == {"Fn::If": ["Alarmed", [{"Ref": "AlarmTopic"}], []]}, name
