"""What tells an office that something is wrong: alarms, their run book, the dashboard, the logs."""

import json
import re
from typing import Any

import pytest

from chalicelib.config import VERSION
from chalicelib.domain.words import Channel
from chalicelib.seen.going import KINDS, Measure, names
from infra import template
from infra.package import ROOT

WHOLE = template.whole()
RUN_BOOK = (ROOT / "docs" / "runbook.md").read_text(encoding="utf-8")
ALARMS: dict[str, dict[str, Any]] = {
    name: resource["Properties"]
    for name, resource in WHOLE["Resources"].items()
    if resource.get("Type") == "AWS::CloudWatch::Alarm"
}
SECTIONS = dict(re.findall(r"^### (\w+)\n(.*?)(?=^##|\Z)", RUN_BOOK, flags=re.MULTILINE | re.DOTALL))
PARTS = ("群众会感到", "先看", "怎么办", "叫谁")


def test_every_alarm_has_its_section_in_the_run_book_and_the_other_way_round() -> None:
    assert set(SECTIONS) == set(ALARMS)


@pytest.mark.parametrize("name", ALARMS)
def test_an_alarm_says_in_chinese_what_is_wrong_and_where_to_read_on(name: str) -> None:
    said = ALARMS[name]["AlarmDescription"]
    assert re.search(r"[\u4e00-\u9fff]{6}", said)
    assert said.endswith(f"（docs/runbook.md#{name.lower()}）")
    assert len(said) <= 1024


@pytest.mark.parametrize("name", ALARMS)
def test_a_section_tells_what_it_means_what_to_look_at_what_to_do_and_whom_to_call(name: str) -> None:
    told = SECTIONS[name]
    assert [part for part in PARTS if f"**{part}**" not in told] == []
    first_look = told.partition("**先看**")[2].partition("**怎么办**")[0]
    assert "控制台" in first_look or "`" in first_look, "a room, or an exact command"


def test_no_section_names_a_make_target_that_is_not_there() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE))
    assert set(re.findall(r"`make ([a-z-]+)", RUN_BOOK)) <= targets


@pytest.mark.parametrize("name", ALARMS)
def test_an_alarm_tells_the_topic_and_looks_at_one_desk_only(name: str) -> None:
    alarm = ALARMS[name]
    assert alarm["AlarmActions"] == {"Fn::If": ["Alarmed", [{"Ref": "AlarmTopic"}], []]}
    dimensions = (
        [alarm["Dimensions"]]
        if "Dimensions" in alarm
        else [metric["MetricStat"]["Metric"]["Dimensions"] for metric in alarm["Metrics"] if "MetricStat" in metric]
    )
    for several in dimensions:
        assert any(
            "Ref" in one["Value"] or "Fn::GetAtt" in one["Value"] for one in several if isinstance(one["Value"], dict)
        )
    assert alarm["TreatMissingData"] == ("breaching" if name == "SweepMissing" else "notBreaching")


@pytest.mark.parametrize("name", [name for name, alarm in ALARMS.items() if alarm.get("Namespace") == "Sunlight"])
def test_a_figure_that_an_alarm_looks_at_is_one_that_the_desk_counts(name: str) -> None:
    alarm = ALARMS[name]
    assert alarm["MetricName"] in names()
    assert alarm["Dimensions"] == [{"Name": "desk", "Value": {"Ref": "DeskTable"}}]


@pytest.mark.parametrize("name", [name for name, alarm in ALARMS.items() if "Metrics" in alarm])
def test_a_sum_of_figures_fits_what_an_alarm_may_hold_and_the_local_engine_is_spared_it(name: str) -> None:
    metrics = ALARMS[name]["Metrics"]
    assert len([one for one in metrics if "MetricStat" in one]) <= 10
    assert [one["Id"] for one in metrics if one["ReturnData"]] == ["all"]
    assert WHOLE["Resources"][name]["Condition"] == "Watched"


def test_every_queue_and_its_dead_letters_are_watched() -> None:
    watched = {
        (alarm["Dimensions"][0]["Value"]["Fn::GetAtt"][0], alarm["MetricName"])
        for alarm in ALARMS.values()
        if alarm.get("Namespace") == "AWS/SQS"
    }
    queues = {name for name, one in WHOLE["Resources"].items() if one.get("Type") == "AWS::SQS::Queue"}
    dead = {name for name in queues if name.endswith("DeadLetters")}
    assert watched == {(name, "ApproximateNumberOfMessagesVisible") for name in dead} | {
        (name, "ApproximateAgeOfOldestMessage") for name in queues - dead
    }


def test_a_function_that_nears_its_end_is_told_of_by_its_own_time() -> None:
    config = json.loads((ROOT / ".chalice" / "config.json").read_text(encoding="utf-8"))
    timeouts = {
        "".join(part.capitalize() for part in name.split("_")): settings["lambda_timeout"]
        for name, settings in config["stages"]["desk"]["lambda_functions"].items()
    }
    timeouts["APIHandler"] = timeouts.pop("ApiHandler")
    near = ALARMS["FunctionsNearTimeout"]
    expression = near["Metrics"][0]["Expression"]
    shares = dict(re.findall(r"(\w+) / (\d+)", expression))
    told = {
        metric["MetricStat"]["Metric"]["Dimensions"][0]["Value"]["Ref"]: int(shares[metric["Id"]]) / 10
        for metric in near["Metrics"]
        if "MetricStat" in metric
    }
    assert {name: told[name] for name in timeouts if name in told} == timeouts


def test_logs_are_kept_for_six_months_at_least_under_the_desk_s_own_key() -> None:
    days = WHOLE["Parameters"]["LogRetentionDays"]
    assert min(days["AllowedValues"]) >= 184, "网络安全法: six months, of which some have 184 days"
    assert days["Default"] in days["AllowedValues"]
    groups = {name: one for name, one in WHOLE["Resources"].items() if one.get("Type") == "AWS::Logs::LogGroup"}
    assert len(groups) == 8
    for name, group in groups.items():
        properties = group["Properties"]
        assert properties["RetentionInDays"] == {"Ref": "LogRetentionDays"}, name
        assert properties["KmsKeyId"] == {"Fn::GetAtt": ["StoreKey", "Arn"]}, name
        assert (group["DeletionPolicy"], group["UpdateReplacePolicy"]) == ("Retain", "Retain"), name
        assert properties["LogGroupName"]["Fn::Sub"].startswith("/aws/lambda/${AWS::StackName}-"), "as policies allow"
    assert len({group["Properties"]["LogGroupName"]["Fn::Sub"] for group in groups.values()}) == len(groups)


def test_every_function_writes_into_a_group_that_the_stack_keeps() -> None:
    told = {
        name: one["Properties"]["LoggingConfig"]["Fn::If"][1]["LogGroup"]["Ref"]
        for name, one in WHOLE["Resources"].items()
        if "LoggingConfig" in one.get("Properties", {})
    }
    assert set(told) >= {
        metric["MetricStat"]["Metric"]["Dimensions"][0]["Value"]["Ref"]
        for metric in ALARMS["FunctionsFail"]["Metrics"]
        if "MetricStat" in metric
    }
    assert set(told.values()) <= set(WHOLE["Resources"])


def test_the_access_log_has_neither_paths_nor_queries_nor_bodies_in_it() -> None:
    settings = WHOLE["Resources"]["RestAPI"]["Properties"]["AccessLogSetting"]["Fn::If"][1]
    told = json.loads(settings["Format"])
    assert set(told.values()) == {
        *("$context.requestTime", "$context.requestId", "$context.identity.sourceIp", "$context.httpMethod"),
        *("$context.resourcePath", "$context.status", "$context.responseLatency", "$context.responseLength"),
        "$context.error.responseType",
    }
    assert "$context.path" not in settings["Format"], "it may hold a receipt: the route tells enough"


def test_the_dashboard_is_read_by_an_office() -> None:
    body = WHOLE["Resources"]["Dashboard"]["Properties"]["DashboardBody"]["Fn::Sub"]
    widgets = json.loads(body)["widgets"]
    titles = [widget["properties"].get("title", "") for widget in widgets if widget["type"] == "metric"]
    assert all(re.search(r"[\u4e00-\u9fff]", title) for title in titles)
    shown = {
        metric[1] for widget in widgets for metric in widget["properties"].get("metrics", []) if metric[0] == "Sunlight"
    }
    assert shown <= names()
    assert {f"{Measure.SUBMISSIONS}_{channel}" for channel in Channel} <= shown
    placed = [(one["x"], one["y"], one["width"], one["height"]) for one in widgets]
    assert all(x + width <= 24 for x, _, width, _ in placed)
    for name in re.findall(r"\$\{(\w+)(?:\.\w+)?\}", body):
        assert name in WHOLE["Resources"], name


def test_every_channel_by_which_somebody_may_write_is_counted() -> None:
    assert KINDS[Measure.SUBMISSIONS] == {channel.value for channel in Channel}


def test_the_version_that_the_health_page_tells_is_the_project_s() -> None:
    told = re.search(r'^version = "([^"]+)"', (ROOT / "pyproject.toml").read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert told is not None
    assert told[1] == VERSION
