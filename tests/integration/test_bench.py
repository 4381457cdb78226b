"""The measurements measure what they say, so that a bar that holds means something."""

import json
import os
import subprocess
import sys

import pytest

from chalicelib.storage import cases, outbox
from chalicelib.storage.table import raw_client
from infra.bench import queue, scoring, starting, submission, sweeping
from infra.bench.counting import counted
from infra.package import ROOT
from tests.integration.desk import Desk

HEAVY = ("jinja2", "cryptography", "argon2", "standardwebhooks", "rapidfuzz", "chinese_calendar", "boto3")
"""What a cold start does without: each is loaded by the first request that needs it."""


def test_a_submission_is_one_transaction_and_one_message(table: str) -> None:
    figures = submission.measure(pairs=1)
    assert figures["submission_calls"] == {"dynamodb.TransactWriteItems": 1, "sqs.SendMessageBatch": 1}
    assert figures["submission_aws_calls"] == 2


def test_a_submission_of_a_page_costs_less_than_two_dozen_write_units(table: str) -> None:
    assert submission.measure(pairs=1)["submission_write_units_by_size"] in range(10, 25)


def test_a_sweep_reads_what_is_due_and_nothing_else(table: str) -> None:
    figures = sweeping.measure(sizes=(40, 160), due=20)
    assert figures["sweep_reads_per_due"] == {"40": pytest.approx(1.0, abs=0.2), "160": pytest.approx(1.0, abs=0.2)}


def test_a_page_of_the_queue_is_three_calls_however_many_cases_stand_in_it(table: str) -> None:
    figures = queue.measure(cases=70, views=1)
    assert figures["queue_calls"] == {"dynamodb.GetItem": 2, "dynamodb.Query": 1}
    assert figures["queue_next_page_aws_calls"] == 3


def test_scoring_reads_each_case_once_and_something_for_each_unit(table: str) -> None:
    reads = scoring.measure(sizes=(200, 400))["scoring_reads_per_case"]
    assert isinstance(reads, dict)
    assert reads["400"] * 400 - reads["200"] * 200 == pytest.approx(200, abs=5)


def test_every_way_of_reading_is_counted(desk: Desk) -> None:
    case = desk.signed()
    keys = [{"pk": {"S": f"case#{case.case_id}"}, "sk": {"S": sk}} for sk in ("case", "event#000001")]
    name = raw_client().describe_table(TableName=os.environ["SUNLIGHT_TABLE"])["Table"]["TableName"]
    with counted() as calls:
        cases.load(case.case_id)
        raw_client().batch_get_item(RequestItems={name: {"Keys": keys}})
        list(outbox.due_by(desk.now))
    assert calls.made == {"dynamodb.GetItem": 1, "dynamodb.BatchGetItem": 1, "dynamodb.Query": 4}
    assert calls.items_read == 1 + 2 + 4  # nothing is due, yet an empty query is not free


def test_nothing_is_counted_once_the_counting_is_over(desk: Desk) -> None:
    case = desk.signed()
    with counted() as calls:
        pass
    cases.load(case.case_id)
    assert calls.number == 0


def test_a_cold_start_loads_nothing_that_the_first_request_may_not_need() -> None:
    program = f"import sys, app; print(*[name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, check=True, text=True)
    assert done.stdout.split() == []


def test_the_start_is_compared_in_fresh_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(starting, "RUNS", 1)
    figures = starting.measure()
    assert {"import_ratio", "import_ms", "import_frameworks_ms", "first_submission_ratio"} <= set(figures)


def test_the_command_prints_one_object_and_the_engine_agrees_with_the_sizes() -> None:
    command = [sys.executable, "-m", "infra.bench", "--only", "submission"]
    figures = json.loads(subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout)
    assert figures["submission_aws_calls"] == 2
    assert figures["submission_write_units"] == figures["submission_write_units_by_size"]
