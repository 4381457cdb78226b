"""The one template of the stack: what a deployment must never be without."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import fields

from chalicelib.config import Config
from infra import site
from infra.local.front import SITE_HEADERS
from infra.package import ROOT, Package
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


def test_cloudformation_finds_nothing_wrong_with_the_template(packaged: Package) -> None:
    linter = Path(sys.executable).with_name("cfn-lint")
    found = subprocess.run([linter, "-r", "ap-east-1", "-t", packaged.template], capture_output=True, text=True)
    assert found.returncode == 0, found.stdout + found.stderr


def test_eight_functions_are_deployed_each_by_the_app_itself(template: Template) -> None:
    handlers = {name: function["Handler"] for name, function in functions(template).items()}
    assert handlers == {
        "APIHandler": "app.app",
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
    assert properties(template, "APIHandler")["Timeout"] < 29


def test_the_functions_have_exactly_the_settings_that_are_read(template: Template) -> None:
    given = template["Globals"]["Function"]["Environment"]["Variables"]
    read = re.findall(r'"(SUNLIGHT_\w+)"', (ROOT / "chalicelib" / "config.py").read_text(encoding="utf-8"))
    assert set(given) == set(read)
    assert len(given) == len(fields(Config))
    for name, function in functions(template).items():
        assert "Environment" not in function, name


def test_the_table_is_kept_whatever_becomes_of_the_stack(template: Template) -> None:
    for name in ("DeskTable", "DeskKey", "UploadsBucket"):
        resource = template["Resources"][name]
        assert resource["DeletionPolicy"] == "RetainExceptOnCreate", name
        assert resource["UpdateReplacePolicy"] == "Retain", name
    table = properties(template, "DeskTable")
    assert table["BillingMode"] == "PAY_PER_REQUEST"
    assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert table["TimeToLiveSpecification"] == {"AttributeName": "expires", "Enabled": True}


def test_no_bucket_is_open_to_the_public(template: Template) -> None:
    for name in ("UploadsBucket", "SiteBucket"):
        closed = properties(template, name)["PublicAccessBlockConfiguration"]
        assert set(closed.values()) == {True}, name
        assert len(closed) == 4, name
        assert "CorsConfiguration" not in properties(template, name), name


def test_a_file_that_nobody_filed_is_gone_after_a_week(template: Template) -> None:
    rules = properties(template, "UploadsBucket")["LifecycleConfiguration"]["Rules"]
    gone = {rule["Prefix"]: rule["ExpirationInDays"] for rule in rules if rule["Status"] == "Enabled"}
    assert gone == {"incoming/": 7, "papers/": 1, "mail/": 30}, (
        "and a paper that was handed out after a day, a mail that nobody took after a month"
    )


def test_a_mail_in_the_bucket_is_told_of_and_nothing_else_is(template: Template) -> None:
    [told] = properties(template, "UploadsBucket")["NotificationConfiguration"]["QueueConfigurations"]
    assert told["Queue"] == {"Fn::GetAtt": ["MailQueue", "Arn"]}
    assert told["Filter"] == {"S3Key": {"Rules": [{"Name": "prefix", "Value": "mail/"}]}}
    [given] = properties(template, "UploadsWrittenBySes")["PolicyDocument"]["Statement"]
    assert given["Principal"] == {"Service": "ses.amazonaws.com"}
    assert given["Resource"] == {"Fn::Sub": "${UploadsBucket.Arn}/mail/*"}
    assert template["Resources"]["UploadsWrittenBySes"]["Condition"] == "MailBySes"


def test_what_stands_before_the_stack_is_made_in_production_only(template: Template) -> None:
    for name, resource in template["Resources"].items():
        if resource["Type"].startswith("AWS::CloudFront::"):
            assert resource["Condition"] == "Production", name


def test_site_api_console_and_uploads_share_one_origin(template: Template) -> None:
    front = properties(template, "Front")["DistributionConfig"]
    assert front["DefaultCacheBehavior"]["TargetOriginId"] == "site"
    behaviours = {behaviour["PathPattern"]: behaviour["TargetOriginId"] for behaviour in front["CacheBehaviors"]}
    assert behaviours == {"api/*": "api", "openapi.json": "api", "console*": "api", "uploads/*": "uploads"}


def test_an_answer_of_the_api_is_never_replaced_by_a_page_of_the_site(template: Template) -> None:
    assert "CustomErrorResponses" not in properties(template, "Front")["DistributionConfig"]


def test_every_file_of_the_site_is_let_through_and_nothing_else(template: Template, tmp_path: Path) -> None:
    found = re.search(r"var OURS = /(.+)/;", properties(template, "SiteIndexes")["FunctionCode"])
    assert found is not None
    ours = re.compile(found[1])
    site.build(tmp_path)
    built = {f"/{file.relative_to(tmp_path).as_posix()}" for file in tmp_path.rglob("*") if file.is_file()}
    assert {path for path in built if not ours.search(path)} == {"/404.html"}
    assert not ours.search("/console.html")


def test_every_header_that_a_function_reads_reaches_it(template: Template) -> None:
    policy = properties(template, "ToFunctions")["OriginRequestPolicyConfig"]
    passed = {header.lower() for header in policy["HeadersConfig"]["Headers"]}
    sources = [file.read_text(encoding="utf-8") for file in (ROOT / "chalicelib" / "entrypoints").rglob("*.py")]
    pattern = re.compile(r'headers(?:\.get\(\s*|\[)"([\w-]+)"(?!\]\s*=)')
    read = {name.lower() for source in sources for name in pattern.findall(source)}
    assert read - passed - {"cookie"} == set()
    assert policy["CookiesConfig"] == {"CookieBehavior": "all"}
    assert len(passed) <= 10


def test_the_site_has_the_same_headers_here_and_there(template: Template) -> None:
    config = properties(template, "FrontHeaders")["ResponseHeadersPolicyConfig"]["SecurityHeadersConfig"]
    assert config["ContentSecurityPolicy"]["ContentSecurityPolicy"] == SITE_HEADERS["Content-Security-Policy"]
    assert config["FrameOptions"]["FrameOption"] == SITE_HEADERS["X-Frame-Options"]
    assert config["ReferrerPolicy"]["ReferrerPolicy"] == SITE_HEADERS["Referrer-Policy"]
    assert "ContentTypeOptions" in config


def test_the_gateway_speaks_the_api_s_language(template: Template) -> None:
    definition = properties(template, "RestAPI")["DefinitionBody"]
    answers = definition["x-amazon-apigateway-gateway-responses"]
    assert set(answers) >= {"MISSING_AUTHENTICATION_TOKEN", "REQUEST_TOO_LARGE", "DEFAULT_4XX", "DEFAULT_5XX"}
    for kind, answer in answers.items():
        body = answer["responseTemplates"]["application/json"]
        assert re.fullmatch(r'\{"error":\{"code":"[a-z_]+","message":".*[\u4e00-\u9fff].*","fields":\[\]\}\}', body), (
            kind
        )


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
