"""What the sweep finds due: one that breaks stops no other and is named in the log, and what is not due stays."""

import logging
from datetime import UTC, date, datetime, time, timedelta

import pytest

from chalicelib.desk import handling, supervising
from chalicelib.desk.supervising import sweep
from chalicelib.domain.exam import Exam, ExamState, Window
from chalicelib.domain.messages import Message, ReceptionMessage, Topic
from chalicelib.storage import outbox
from chalicelib.storage.outbox import Again, Due, Unreadable
from tests.integration.desk import Desk
from tests.integration.receiving import booked, planned
from tests.integration.watching import everything

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
WINDOW = Window((date(2026, 3, 3),), time(9), time(17))
EXAM = Exam("e1", "春季", ExamState.SENDING, 1, 1, WINDOW, NOW, "supervisor")
ABOUT_A_CASE = Message(Topic.NOTICES, "310000000001", 2)


def due(monkeypatch: pytest.MonkeyPatch, *found: Due) -> None:
    """This is what the index says is due."""
    monkeypatch.setattr(outbox, "due_by", lambda now: iter(found))


def test_each_that_breaks_is_counted_and_named_in_the_log_by_number_alone(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    case, reception = desk.signed(), planned(desk)
    of_message = {"about": "message", "case": "310000000001", "event": 2}
    found: list[tuple[Due, dict[str, object]]] = [
        (case, {"about": "case", "case": case.case_id}),
        (reception, {"about": "reception"}),
        (EXAM, {"about": "exam"}),
        (Unreadable("case#310000000009"), {"about": "case", "case": "310000000009"}),
        (Unreadable("reception#r1"), {"about": "reception"}),
        (ABOUT_A_CASE, of_message),
        (Again(ABOUT_A_CASE, NOW), of_message),
        (ReceptionMessage("r1", 1), {"about": "message", "case": None, "event": None}),
    ]

    def broken(*_: object) -> None:
        raise OSError("the line is down")

    due(monkeypatch, *(one for one, _ in found))
    monkeypatch.setattr(supervising, "_bring_on", broken)
    swept = sweep(desk.now)
    assert (swept.failed, swept.moved, swept.left) == (len(found), 0, False)
    for record, (_, which) in zip(caplog.records, found, strict=True):
        assert record.levelno == logging.ERROR
        assert {name: getattr(record, name, "absent") for name in which} == which
        assert not hasattr(record, "title")


def test_a_case_that_the_index_shows_as_it_was_is_left_to_whoever_moved_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    before = desk.signed()
    now = handling.note(before.case_id, before.version, desk.handler(before), desk.now, "已到现场。", False)
    table = everything()
    due(monkeypatch, before)
    assert (desk.swept().moved_meanwhile, caplog.records) == (1, [])
    due(monkeypatch, now)
    swept = desk.swept()
    assert (swept.moved, swept.moved_meanwhile, swept.failed) == (0, 0, 0)
    [warned] = caplog.records
    assert (warned.levelno, vars(warned)["case"]) == (logging.WARNING, now.case_id), "the index should not name it"
    assert everything() == table


def test_a_case_that_moves_while_the_sweep_looks_at_it_is_not_moved_twice(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = desk.signed()
    handling.note(before.case_id, before.version, desk.handler(before), desk.now, "已到现场。", False)
    desk.later(days=60)
    due(monkeypatch, before)
    table = everything()
    swept = desk.swept()
    assert (swept.moved, swept.moved_meanwhile, swept.happened) == (0, 1, {})
    assert everything() == table


def test_a_reception_that_somebody_books_meanwhile_is_reminded_of_by_the_next_sweep(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = planned(desk)
    booked(desk, before)
    desk.now = before.plan.starts_at - timedelta(hours=20)
    with monkeypatch.context() as stale:
        due(stale, before)
        swept = desk.swept()
    assert (swept.moved_meanwhile, swept.reminded, swept.failed) == (1, 0, 0)
    assert desk.swept().reminded == 1
