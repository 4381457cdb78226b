"""A sealed accusation, its whole life long: what is typed on it is read by its unit and its writer, nowhere else."""

import logging
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
from cryptography.exceptions import InvalidTag
from msgspec.structs import replace

from chalicelib.config import config
from chalicelib.desk import handling, routing, telling, timing, tracking
from chalicelib.desk.sealing import opened
from chalicelib.desk.submitting import Receipt
from chalicelib.desk.tracking import track
from chalicelib.domain.case import Case
from chalicelib.domain.chain import first_break
from chalicelib.domain.folding import fold
from chalicelib.domain.messages import Message, Topic
from chalicelib.domain.people import Staff
from chalicelib.domain.texts import texts_of
from chalicelib.domain.words import Kind, Outcome, Role, State
from chalicelib.entrypoints.views import status_view
from chalicelib.storage import cases
from chalicelib.storage.submissions import load_submission
from infra.local import state
from infra.local.stack import Stack
from infra.verify import verify
from tests.integration.desk import Desk
from tests.integration.telling import tell
from tests.integration.test_uploading import PNG, uploaded
from tests.integration.visitor import Visitor
from tests.integration.watching import in_plain, own

OTHER_UNIT = "urban-management"
NAME, PHONE, MAIL = "端木清扬", "13912345678", "duanmu.qingyang@example.cn"
TYPED = {
    "title": "举报钟离站长",
    "text": "钟离站长在验收前收了三个信封。",
    "place": "望江路老茶馆二楼",
    "file": "茶馆门口的照片.png",
    "added": "第四个信封是昨天收的。",
    "added_file": "第四个信封.png",
    "note": "已约谈茶馆老板。",
    "public_note": "核查组已经进驻验收站。",
    "why_longer": "银行流水要跨省调取。",
    "question": "请说明信封是哪一天递的。",
    "draft": "初稿写着信封的数目。",
    "wrong_with_it": "数目和流水对不上。",
    "reply": "经查，钟离站长收受信封属实，已立案。",
    "rating": "立案之后我就放心了。",
    "reminder": "茶馆那条线索请抓紧。",
    "order": "信封一事三日内报结果。",
    "withdrawal": "信封已经退给我了。",
}


@pytest.fixture
def told(desk: Desk, caplog: pytest.LogCaptureFixture) -> Iterator[tuple[Desk, Case, Receipt]]:
    """Three accusations: one answered and rated, one withdrawn, one overdue; everybody is told, logs are kept."""
    caplog.set_level(logging.DEBUG, "chalicelib")
    desk.tell_an_agency()
    desk.now = datetime.now(UTC) - timedelta(days=100)
    case, receipt = _answered(desk)
    _withdrawn(desk)
    _overdue(desk)
    assert tell(desk) == []
    desk.now = datetime.now(UTC)
    yield desk, case, receipt
    for found in own("s3").list_objects_v2(Bucket=config().uploads_bucket).get("Contents", []):
        own("s3").delete_object(Bucket=config().uploads_bucket, Key=found["Key"])


def _filed(desk: Desk, **changes: object) -> Receipt:
    words = {"title": TYPED["title"], "text": TYPED["text"], "place": TYPED["place"]}
    who = {"name": NAME, "phone": PHONE, "email": MAIL}
    box = desk.mailbox_for(Kind.ACCUSATION)
    receipt = desk.filed(kind="accusation", mailbox=box, may_publish=True, **words, **who, **changes)
    routing.route(Message(Topic.ROUTING, load_submission(receipt.number).case_id, 1), desk.now)
    return receipt


def _with_file(desk: Desk, name: str) -> str:
    leave = desk.leave(name=name, size=len(PNG))
    uploaded(leave, PNG)
    return leave.ticket


def _answered(desk: Desk) -> tuple[Case, Receipt]:
    receipt = _filed(desk, uploads=[_with_file(desk, TYPED["file"])])
    case = desk.case_of(receipt)
    handler, head, number = desk.handler(case), desk.head(case), case.case_id
    case = handling.sign(number, case.version, handler, desk.now)
    case = handling.note(number, case.version, handler, desk.now, TYPED["note"], False)
    case = handling.note(number, case.version, handler, desk.now, TYPED["public_note"], True)
    case = timing.ask_extension(number, case.version, handler, desk.now, TYPED["why_longer"], 10)
    case = timing.endorse_extension(number, case.version, head, desk.now)
    case = timing.grant_extension(number, case.version, desk.clerk, desk.now)
    timing.ask(number, case.version, handler, desk.now, TYPED["question"])
    desk.supplemented(receipt, TYPED["added"], uploads=[_with_file(desk, TYPED["added_file"])])
    desk.route_all()
    case = desk.case_of(receipt)
    case = handling.draft(number, case.version, handler, desk.now, TYPED["draft"], Outcome.SOLVED)
    case = handling.send_back(number, case.version, head, desk.now, TYPED["wrong_with_it"])
    case = handling.draft(number, case.version, handler, desk.now, TYPED["reply"], Outcome.SOLVED)
    case = handling.reply(number, case.version, head, desk.now)
    desk.rated(receipt, "satisfied", TYPED["rating"])
    return cases.load(number), receipt


def _withdrawn(desk: Desk) -> None:
    tracking.withdraw(_filed(desk).number, {"reason": TYPED["withdrawal"]}, desk.now)


def _overdue(desk: Desk) -> None:
    case = desk.case_of(_filed(desk))
    case = handling.sign(case.case_id, case.version, desk.handler(case), desk.now)
    desk.later(days=70).swept()
    case = cases.load(case.case_id)
    assert case.highest_level
    case = handling.remind(case.case_id, case.version, desk.supervisor, desk.now, TYPED["reminder"])
    handling.supervise(case.case_id, case.version, desk.supervisor, desk.now, TYPED["order"])


def secrets_in(text: str) -> set[str]:
    """What of all that was typed stands in ``text``."""
    return {secret for secret in (*TYPED.values(), NAME, PHONE, MAIL) if secret in text}


def test_what_was_typed_stands_nowhere_in_the_table_the_queues_the_logs_or_an_export(
    told: tuple[Desk, Case, Receipt],
    caplog: pytest.LogCaptureFixture,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert secrets_in(in_plain()) == set()
    assert secrets_in(caplog.text) == set()
    exported = tmp_path / "desk.zip"
    monkeypatch.setattr(state, "client", lambda engine, service: boto3.client(service))
    places = {"TableName": config().table, "UploadsBucketName": config().uploads_bucket, "DeskKeyArn": config().kms_key}
    engine: Any = None
    state.export(engine, Stack(places, "", ""), exported)
    with zipfile.ZipFile(exported) as archive:
        parts = [archive.read(name).decode("utf-8", "replace") for name in archive.namelist()]
        assert secrets_in("".join([*archive.namelist(), *parts])) == set()


def test_no_agency_is_told_of_it_and_would_be_told_nothing_in_its_words(told: tuple[Desk, Case, Receipt]) -> None:
    desk, case, _ = told
    [endpoint] = desk.city.endpoints
    for event in cases.record_of(case.case_id):
        body = telling.body_of(Message(Topic.WEBHOOKS, case.case_id, event.number, endpoint.id), endpoint)
        assert secrets_in(body.decode()) == set()


def test_nobody_of_the_staff_outside_its_unit_is_shown_a_word_on_any_page(told: tuple[Desk, Case, Receipt]) -> None:
    desk, case, receipt = told
    people = [
        Staff("admin", "管理员", Role.ADMINISTRATOR),
        desk.clerk,
        desk.supervisor,
        Staff("leader", "区长", Role.LEADER, mailboxes=tuple(box.id for box in desk.city.mailboxes)),
        Staff("other", "别处", Role.HANDLER, OTHER_UNIT),
        Staff("other-head", "别处", Role.HEAD, OTHER_UNIT),
    ]
    rooms = ("queue", "supervision", "inbox", "messages", "assessment", "admin", "receptions")
    lists = ("desk", "calls", "unsatisfied", "extensions", "red", "level%231", "level%232", "level%233", "done")
    every = [one.case_id for one in cases.watched("level#2").cases] + [case.case_id]
    assert len(every) == 2
    for person in people:
        visitor = Visitor(person).sign_in()
        paths = [*rooms, *(f"queue?list={name}" for name in lists), *(f"cases/{number}" for number in every)]
        paths += [f"find?number={case.case_id}", f"find?number={receipt.number}", f"messages?day={desk.now:%Y-%m-%d}"]
        paths += [f"cases/{case.case_id}/attachments/{receipt.number}/{number}" for number in range(2)]
        for path in paths:
            shown = visitor.get(f"/console/{path}")
            assert secrets_in(shown.page + shown.location) == set(), (person.role, path)
        refused = visitor.post(f"/console/cases/{case.case_id}/petitioner/{receipt.number}", **visitor.hidden())
        assert secrets_in(refused.page) == set()


def test_its_unit_reads_every_word_of_it(told: tuple[Desk, Case, Receipt]) -> None:
    desk, case, receipt = told
    handler = Visitor(desk.handler(case)).sign_in()
    page = handler.get(f"/console/cases/{case.case_id}").page
    elsewhere = {"reminder", "order", "withdrawal"}  # typed on the other two
    assert {name for name, text in TYPED.items() if text not in page} == elsewhere
    assert NAME not in page
    file = handler.get(f"/console/cases/{case.case_id}/attachments/{receipt.number}/0")
    assert file.status == 303
    assert f"{receipt.number}-1.png" in file.location
    assert secrets_in(file.location) == set()


def test_its_writer_reads_what_is_hers_to_read(told: tuple[Desk, Case, Receipt]) -> None:
    desk, _, receipt = told
    told_her = repr(status_view(track(receipt.number, desk.now), desk.city, "zh"))
    for name in ("title", "text", "file", "added", "added_file", "public_note", "why_longer", "question", "reply"):
        assert TYPED[name] in told_her, name
    assert TYPED["rating"] in told_her
    for name in ("note", "draft", "wrong_with_it"):
        assert TYPED[name] not in told_her, name


def test_its_record_holds_and_folds_without_a_key(told: tuple[Desk, Case, Receipt]) -> None:
    _, case, _ = told
    record = cases.record_of(case.case_id)
    assert first_break(record) is None
    assert fold(record) == case
    assert case.state is State.CONCLUDED
    findings = verify()
    assert (findings.faults, findings.cases) == ([], 3)


def test_a_sealed_text_moved_to_another_case_or_another_event_does_not_open(told: tuple[Desk, Case, Receipt]) -> None:
    _, case, _ = told
    noted = next(event for event in cases.record_of(case.case_id) if event.kind == "Noted")
    assert texts_of(opened(case, noted).payload) == {"text": TYPED["note"]}
    with pytest.raises(InvalidTag):
        opened(case, replace(noted, case_id="999999999999"))
    drafted = next(event for event in cases.record_of(case.case_id) if event.kind == "Drafted")
    with pytest.raises(InvalidTag):
        opened(case, replace(drafted, payload=replace(drafted.payload, text=texts_of(noted.payload)["text"])))
