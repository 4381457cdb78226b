"""Builders for keepers' exams: planned, sent by sweeps, read and answered by the use cases that people use."""

import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from importlib import import_module
from types import MappingProxyType
from typing import Any

import pytest

from chalicelib.desk import exams, handling, notifying, routing, working
from chalicelib.domain.case import Case
from chalicelib.domain.exam import Exam, ExamState
from chalicelib.domain.exam_marks import Criterion, Paper
from chalicelib.domain.messages import Topic
from chalicelib.domain.people import Staff
from chalicelib.domain.words import Outcome, Role, State
from chalicelib.storage import cases, outbox
from chalicelib.storage import exams as stored
from infra.seed.exams import RUBRIC
from tests.integration.desk import Desk
from tests.integration.watching import everything, sent

LEADER = Staff("leader", "高远", Role.LEADER, None, ("leader-mayor",), "市长")
COUNTIES = 6  # mailboxes kept by counties in the default city
QUARTER = timedelta(minutes=15)
REPLY = (
    "您好，居住证在户籍窗口办理，带身份证和租房合同，三个工作日内办好。周六上午开门。联系人：李工，电话 0000-1234567。"
)
POINTS = {Criterion.ANSWERS: 20, Criterion.ACTS: 15, Criterion.CONTACT: 10, Criterion.MANNER: 8}
FULL_MARKS = {f"points.{one}": str(points) for one, points in POINTS.items()}
TITLES = ("办居住证要带什么材料", "巷口的路灯不亮")


def exam_form(**changes: str) -> dict[str, str]:
    """What is filled in for an exam of the counties' mailboxes on Tuesday and Wednesday, unless ``changes`` says so."""
    return {
        "key": uuid.uuid4().hex,
        "name": "春季箱主测试",
        "class.county": "yes",
        "kind.1": "consultation",
        "title.1": TITLES[0],
        "text.1": "刚搬到这里，想问一下办居住证要带什么材料，在哪个窗口办，周六开不开门？",
        "kind.2": "appeal",
        "title.2": TITLES[1],
        "text.2": "家门口巷子的路灯坏了半个月，老人晚上不敢出门，请问什么时候能修好？",
        "from_day": "2026-03-03",
        "to_day": "2026-03-04",
        "opens": "09:00",
        "closes": "17:00",
        **RUBRIC,
        **changes,
    }


def set_clock(desk: Desk, monkeypatch: pytest.MonkeyPatch, *modules: str) -> None:
    """Let modules that read the real clock look at the desk's own."""

    class Clock:
        @staticmethod
        def now(zone: object) -> object:
            return desk.now

    for name in modules:
        monkeypatch.setattr(import_module(f"chalicelib.entrypoints.{name}"), "datetime", Clock)


def planned(desk: Desk, **changes: str) -> Exam:
    """An exam that is planned."""
    return exams.plan(exam_form(**changes), LEADER, desk.now)


def started(desk: Desk, **changes: str) -> Exam:
    """An exam that sends."""
    return exams.start(planned(desk, **changes).id, LEADER, desk.now)


def sent_all(desk: Desk, **changes: str) -> Exam:
    """An exam whose letters were all sent, by a sweep each quarter of an hour, and routed."""
    exam = started(desk, **changes)
    while (moment := stored.load(exam.id).next_due_at) is not None and stored.load(exam.id).state is ExamState.SENDING:
        desk.now = moment + QUARTER / 2
        desk.swept()
    desk.route_all()
    return stored.load(exam.id)


def papers(exam: Exam) -> list[Paper]:
    """What became of its letters, by mailbox."""
    return stored.papers_of(exam.id)


def keeper_of(paper: Paper, role: Role = Role.HANDLER) -> Staff:
    """Somebody of the unit that keeps the mailbox."""
    return Staff(f"{paper.keeper}-{role}", "孙立" if role is Role.HANDLER else "李方", role, paper.keeper)


def read(desk: Desk, paper: Paper) -> None:
    """The keeper opens the letter."""
    working.dossier(keeper_of(paper), paper.case_id, desk.now)


def answered(desk: Desk, paper: Paper, text: str = REPLY) -> Case:
    """The keeper opens the letter, signs for it and answers it."""
    read(desk, paper)
    case, handler, head = cases.load(paper.case_id), keeper_of(paper), keeper_of(paper, Role.HEAD)
    if case.state is State.DISPATCHED:
        case = handling.sign(case.case_id, case.version, handler, desk.now)
    case = handling.draft(case.case_id, case.version, handler, desk.now, text, Outcome.EXPLAINED)
    return handling.reply(case.case_id, case.version, head, desk.now)


def marked(
    exam: Exam, paper: Paper, at: datetime, points: Mapping[str, str] = MappingProxyType({}), seen: int = 0
) -> str:
    """The leader marks an answer; gives the next that waits."""
    return exams.mark(exam.id, paper.mailbox, {**FULL_MARKS, "seen": str(seen), **points}, LEADER, at)


def closed(desk: Desk, exam: Exam) -> Exam:
    """The exam is closed, whatever is marked, and brought to its end."""
    exams.close(exam.id, True, LEADER, desk.now)
    desk.swept()
    return stored.load(exam.id)


def told(desk: Desk) -> None:
    """Everybody is told of what happened."""
    for message in sent(Topic.NOTICES):
        notifying.notify(message, desk.now)


def routed(desk: Desk) -> None:
    """The routing queue and its outbox are worked off."""
    for message in sent(Topic.ROUTING):
        routing.route(message, desk.now)
        assert not outbox.waits(message)


def drills() -> list[str]:
    """The cases of test letters that are in the table."""
    held = (key.split()[0] for key, item in everything().items() if key.endswith(" case") and _is_drill(item))
    return sorted(held)


def _is_drill(item: dict[str, Any]) -> bool:
    return '"drill"' in item["body"]["S"]
