"""What is logged: one JSON object a line, known fields only, and never a word of a citizen's or an official's."""

import ast
import json
import logging
import sys
import uuid
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from chalice.test import Client
from msgspec.structs import replace

from app import app
from chalicelib.desk import handling, submitting
from chalicelib.desk.vault import vault
from chalicelib.domain.messages import Topic
from chalicelib.entrypoints import queues, watching
from chalicelib.entrypoints.watching import Broken
from chalicelib.gateways import queues as sqs
from chalicelib.seen.going import Call, Measure, begin, count, names
from chalicelib.seen.lines import FIELDS, Lines, line_of, take_over
from tests.integration.desk import Desk, form
from tests.integration.visitor import Visitor, request
from tests.integration.wire import Page

HOUSE = Path(__file__).resolve().parents[2] / "chalicelib"
CANARIES = {
    "name": "卡纳里",
    "phone": "13712345678",
    "email": "canary@example.cn",
    "id_number": "11010519491231002X",
    "address": "金丝雀路九十九号",
    "title": "金丝雀的标题",
    "text": "金丝雀写的正文，路灯坏了三个月没有人来修，晚上很黑。",
    "place": "金丝雀巷口",
}
LOGIN, PASSWORD = "canary.login", "canary password of mine"
BEYOND = {"time", "level", "message", "withheld", "_aws", "desk", *FIELDS, *names()}


@pytest.fixture
def written() -> Iterator[StringIO]:
    """Standard output while the process logs as it does in Lambda."""
    root, house = logging.getLogger(), logging.getLogger("chalicelib")
    before = (root.handlers[:], root.level, house.level)
    out = StringIO()
    take_over(out)
    yield out
    root.handlers[:], root.level, house.level = before
    logging.captureWarnings(False)


def lines(written: StringIO) -> list[dict[str, Any]]:
    """Every line, each an object of its own."""
    return [json.loads(line) for line in written.getvalue().splitlines()]


def no_canary(written: StringIO, *more: str) -> None:
    """Nothing that anybody typed stands in any line, nor a piece of it that would tell who it was."""
    said = written.getvalue()
    for canary in (*CANARIES.values(), "金丝雀", "canary", LOGIN, PASSWORD, *more):
        assert canary not in said, canary
    for line in lines(written):
        assert set(line) <= BEYOND, line


def hers() -> dict[str, object]:
    """A letter with a canary in each field that holds anything of a person."""
    return form(**{name: CANARIES[name] for name in ("name", "phone", "email", "title", "text", "place")})


def test_a_letter_s_whole_story_leaves_no_word_of_it_in_the_log(page: Page, now: Desk, written: StringIO) -> None:
    filed = page.post("/api/submissions", hers())
    assert filed.status == 201, filed.body
    receipt, code = filed.body["receipt"], filed.body["code"]
    now.receipts.append(submitting.Receipt(receipt, code, now.now, now.now, False))
    case = now.route_all().case_of(now.receipts[0])
    case = handling.accept(case.case_id, case.version, now.clerk, now.now)
    case = handling.dispatch(case.case_id, case.version, now.clerk, now.now, now.some_unit)
    replied = now.answered(case)
    assert page.post("/api/tracking", {"receipt": receipt, "code": code}).status == 200
    said = {"solved": "yes", "attitude": "good", "satisfaction": "fairly", "words": CANARIES["text"]}
    rated = page.post(f"/api/submissions/{receipt}/rating", {"code": code, **said})
    assert rated.status == 201, rated.body
    request("GET", f"/console/cases/{replied.case_id}?receipt={receipt}&code={code}")
    Visitor(replace(now.clerk, login=LOGIN, name=CANARIES["name"])).sign_in(PASSWORD)
    told = lines(written)
    routes = [line["route"] for line in told if "status" in line]
    assert routes[:2] == ["POST /api/challenges", "POST /api/submissions"]
    first = next(line for line in told if line.get("SubmissionsTaken"))
    assert first["case"] == case.case_id
    assert (first["SubmissionsTaken_web"], first["event"], first["outcome"], first["status"]) == (1, 1, "done", 201)
    assert all(line["request"] for line in told)
    no_canary(written, receipt, code, code.replace("-", ""), "现场")
    assert sum(line.get("SignInsFailed", 0) for line in told) == 1


@pytest.mark.parametrize(
    "body", [b"{", b'{"text": "\xe9\x87\x91\xe4\xb8\x9d\xe9\x9b\x80"}', b'["canary"]', b"\xff\xfe"]
)
def test_bad_input_is_refused_and_not_quoted_in_the_log(page: Page, written: StringIO, body: bytes) -> None:
    assert page.ask("POST", "/api/submissions", raw=body).status == 400
    assert [(line["outcome"], line["status"]) for line in lines(written)] == [("refused", 400)]
    no_canary(written)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_crash_tells_the_person_a_reference_and_the_log_its_type_and_place_alone(
    page: Page, now: Desk, written: StringIO, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    def crash(*_: object, **__: object) -> None:
        raise ValueError(f"cannot file {CANARIES['name']} {CANARIES['phone']}: {CANARIES['text']}")

    monkeypatch.setattr(submitting, "file", crash)
    monkeypatch.setattr("chalicelib.entrypoints.intake.submitting.file", crash)
    headers = {"Content-Type": "application/json", "Accept-Language": language}
    answer = page.client.http.request("POST", "/api/submissions", headers=headers, body=json.dumps(hers()).encode())
    assert answer.status_code == 500
    reference = answer.headers["X-Request-Id"]
    assert reference[:8].upper() in answer.json_body["error"]["message"]
    failed, done = lines(written)[-2:]
    assert failed["error"] == "ValueError"
    assert any("crash" in place for place in failed["places"])
    assert (done["outcome"], done["status"], done["CallsFailed"]) == ("failed", 500, 1)
    assert failed["request"] == done["request"] == reference
    no_canary(written)


def test_a_crash_in_the_console_is_a_page_with_a_way_back(
    now: Desk, written: StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: object) -> None:
        raise KeyError(CANARIES["name"])

    monkeypatch.setattr("chalicelib.desk.signing_in.seat_of", crash)
    answer = request("GET", "/console/queue", headers={"Accept-Language": "zh", "Cookie": f"sunlight_session={LOGIN}"})
    shown = answer.body.decode()
    assert answer.status_code == 500
    assert answer.headers["X-Request-Id"][:8].upper() in shown
    assert 'href="/console"' in shown
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    no_canary(written)


def test_every_answer_names_its_request(page: Page, now: Desk) -> None:
    for answer in (page.ask("GET", "/api/health"), page.post("/api/submissions", {}), page.post("/api/tracking", {})):
        assert uuid.UUID(answer.headers["x-request-id"])
    assert uuid.UUID(str(request("GET", "/console/session").headers["X-Request-Id"]))


def test_a_queue_s_failure_is_logged_without_the_message_and_names_case_and_event(
    now: Desk, written: StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    now.filed(text=CANARIES["text"])
    case = now.case_of(now.receipts[0])

    def crash(*_: object) -> None:
        raise RuntimeError(CANARIES["phone"])

    monkeypatch.setattr("chalicelib.desk.routing.route", crash)
    body = json.dumps({"about": "case", "topic": Topic.ROUTING, "case_id": case.case_id, "event": 1})
    with Client(app) as client:
        event = client.events.generate_sqs_event([body])
        answer = client.lambda_.invoke("route_submissions", event)
    assert len(answer.payload["batchItemFailures"]) == 1
    failed, done = lines(written)
    assert (failed["case"], failed["event"], failed["error"]) == (case.case_id, 1, "RuntimeError")
    assert (done["outcome"], done["function"]) == ("failed", "route_submissions")
    no_canary(written)


def test_lambda_is_given_an_error_s_type_and_nothing_that_it_said(
    now: Desk, written: StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: object) -> None:
        raise ValueError(CANARIES["text"])

    monkeypatch.setattr("chalicelib.entrypoints.schedules.sweep", crash)
    with Client(app) as client, pytest.raises(Broken) as broken:
        client.lambda_.invoke("sweep", client.events.generate_cw_event("aws.events", "Scheduled Event", {}, []))
    assert str(broken.value) == "ValueError"
    assert broken.value.__suppress_context__
    no_canary(written)


def test_an_unsent_message_is_logged_by_type(now: Desk, written: StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(*_: object) -> None:
        raise RuntimeError(f"refused: {CANARIES['phone']}")

    monkeypatch.setattr(sqs, "send", crash)
    now.filed()
    [line] = lines(written)
    assert (line["error"], line["message"]) == ("RuntimeError", "messages stay in the outbox for the sweep")
    no_canary(written)


def record(
    name: str = "chalicelib.test", message: object = "a line", filled: tuple[object, ...] = (), **extra: object
) -> logging.LogRecord:
    """A record as somebody might log it."""
    made = logging.LogRecord(name, logging.ERROR, __file__, 1, message, filled, None)
    vars(made).update(extra)
    return made


@pytest.mark.parametrize(
    "made",
    [
        record(message=f"{CANARIES['name']} called"),
        record(message="called from 13712345678"),
        record(message="%s called", filled=(CANARIES["name"],)),
        record(message={"text": CANARIES["text"]}),
        record("botocore.parsers", f"response body: {CANARIES['text']}"),
        record(CANARIES["name"], CANARIES["phone"]),
        record(case=CANARIES["phone"], event=CANARIES["phone"], request=CANARIES["email"], error=CANARIES["name"]),
        record(case="1" * 11, outcome=CANARIES["text"], places=[CANARIES["address"]], counts={CANARIES["name"]: 1}),
        record(counts={"a": CANARIES["phone"], "b": 13712345678}, route=f"GET /api/{CANARIES['phone']}"),
        record(phone=CANARIES["phone"], body=CANARIES["text"], query="code=canary"),
        record(figures={CANARIES["name"]: 1, "SubmissionsTaken": 13712345678}, desk=CANARIES["name"]),
    ],
)
def test_whatever_somebody_logs_only_known_fields_of_known_shape_get_out(made: logging.LogRecord) -> None:
    told = json.loads(Lines().format(made))
    assert set(told) <= BEYOND
    for canary in (*CANARIES.values(), "canary"):
        assert canary not in json.dumps(told, ensure_ascii=False)


def test_an_error_that_somebody_logs_with_its_traceback_is_still_told_by_type_and_place() -> None:
    try:
        raise ValueError(CANARIES["text"])
    except ValueError:
        made = record()
        made.exc_info = sys.exc_info()
    told = json.loads(Lines().format(made))
    assert told["error"] == "ValueError"
    assert [place.split(" ")[1].split(":")[0] for place in told["places"]] == ["tests/integration/test_log_lines.py"]
    assert CANARIES["text"] not in str(told)


def calls() -> Iterator[tuple[str, ast.Call]]:
    """Every call in a file of the house that logs or prints something."""
    for file in HOUSE.rglob("*.py"):
        text = file.read_text("utf-8")
        if "logging" not in text and "print(" not in text and "warnings" not in text:
            continue
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Call):
                yield f"{file.name}:{node.lineno}", node


def logged_calls() -> Iterator[tuple[str, ast.Call]]:
    """Every call that logs something."""
    for where, node in calls():
        owner = node.func.value if isinstance(node.func, ast.Attribute) else None
        if isinstance(owner, ast.Name) and owner.id in ("logger", "logging", "warnings"):
            yield where, node


def test_every_line_that_is_logged_is_a_sentence_of_ours_and_filled_with_nothing() -> None:
    found = 0
    for where, call in logged_calls():
        assert isinstance(call.func, ast.Attribute)
        if call.func.attr in ("getLogger", "captureWarnings", "StreamHandler"):
            continue
        found += 1
        assert call.func.attr in ("info", "warning", "error"), where
        assert len(call.args) == 1, f"{where}: nothing is filled in; known fields go by extra="
        assert isinstance(call.args[0], ast.Constant), where
        assert line_of(record(message=call.args[0].value))["message"] == call.args[0].value, where
        assert {one.arg for one in call.keywords} <= {"extra"}, where
    assert found > 10


def test_nothing_in_the_house_prints() -> None:
    assert not [where for where, node in calls() if isinstance(node.func, ast.Name) and node.func.id == "print"]


def test_figures_go_out_in_cloudwatch_s_own_format_by_desk_alone(page: Page, now: Desk, written: StringIO) -> None:
    page.post("/api/submissions", form())
    [line] = [line for line in lines(written) if "_aws" in line]
    meta = line["_aws"]
    assert set(meta) == {"Timestamp", "CloudWatchMetrics"}
    [directive] = meta["CloudWatchMetrics"]
    assert (directive["Namespace"], directive["Dimensions"]) == ("Sunlight", [["desk"]])
    assert {metric["Name"] for metric in directive["Metrics"]} == {"SubmissionsTaken", "SubmissionsTaken_web"}
    assert all(isinstance(line[metric["Name"]], int) for metric in directive["Metrics"])
    assert line["desk"] == "sunlight-test"


def test_the_figures_have_no_more_names_than_can_be_counted() -> None:
    assert len(names()) < 40
    begin(Call("test", str(uuid.uuid4())))
    try:
        with pytest.raises(ValueError, match="not told apart"):
            count(Measure.SUBMISSIONS, CANARIES["name"])
    finally:
        begin(None)


def test_a_lock_out_is_counted_apart_from_a_wrong_password(now: Desk, written: StringIO) -> None:
    visitor = Visitor(replace(now.clerk, login=LOGIN)).sign_in()
    for _ in range(30):
        visitor.post("/console/session", login=LOGIN, password=PASSWORD)
        if visitor.status == watching.LOCKED:
            break
    told = lines(written)
    assert sum(line.get("SignInsFailed", 0) for line in told) >= 3
    assert sum(line.get("SignInsLockedOut", 0) for line in told) == 1
    no_canary(written)


def test_batches_count_by_their_messages_when_they_are_done(now: Desk, written: StringIO) -> None:
    now.filed()
    case = now.case_of(now.receipts[0])
    assert vault().case_id_of(now.receipts[0].number) == case.case_id
    body = json.dumps({"about": "case", "topic": Topic.ROUTING, "case_id": case.case_id, "event": 1})
    record_: dict[str, object] = {"messageId": str(uuid.uuid4()), "receiptHandle": "x", "body": body}
    begin(call := Call("route_submissions", str(uuid.uuid4())))
    try:
        for _ in range(2):
            assert queues.route_submissions({"Records": [record_]}) == {"batchItemFailures": []}
    finally:
        begin(None)
    assert call.figures == {"CasesRouted": 1, "CasesRouted_rule": 1}, "delivered twice, it is routed and counted once"
