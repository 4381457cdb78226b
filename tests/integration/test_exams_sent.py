"""Each letter of an exam goes out once, whatever happens to the sweep."""

import pytest
from msgspec.structs import replace

from chalicelib.desk import cities, examining, exams, submitting, supervising
from chalicelib.domain.errors import RuleBroken
from chalicelib.domain.exam import ExamState
from chalicelib.storage import exams as stored
from tests.integration.desk import Desk
from tests.integration.examining import (
    COUNTIES,
    LEADER,
    closed,
    drills,
    papers,
    planned,
    started,
)
from tests.integration.watching import everything


def test_a_sweep_run_twice_or_late_sends_each_letter_once(desk: Desk) -> None:
    exam = started(desk)
    desk.later(days=4)
    assert desk.swept().examined == COUNTIES
    before = everything()
    assert desk.swept().examined == 0
    assert everything().keys() == before.keys()
    assert len(drills()) == COUNTIES
    assert stored.load(exam.id).state is ExamState.RUNNING


@pytest.mark.parametrize("letter", range(COUNTIES))
def test_a_sweep_that_is_cut_off_between_two_letters_is_gone_on_with(
    desk: Desk, letter: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    exam = started(desk)
    desk.later(days=4)
    honest, left = submitting.file, iter([True] * letter)

    def dying(*args: object, **named: object) -> object:
        if not next(left, False):
            raise KeyboardInterrupt
        return honest(*args, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(submitting, "file", dying)
    with pytest.raises(KeyboardInterrupt):
        desk.swept()
    monkeypatch.undo()
    assert len(drills()) == letter == stored.load(exam.id).place == len(papers(exam))
    desk.swept()
    assert len(drills()) == COUNTIES == len(papers(exam))
    assert {paper.case_id for paper in papers(exam)} == {key.removeprefix("case#") for key in drills()}


def test_what_is_cut_off_right_after_a_letter_s_commit_was_sent_and_is_not_sent_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    exam = started(desk)
    desk.later(days=4)
    honest = submitting.file

    def dying(*args: object, **named: object) -> object:
        honest(*args, **named)  # type: ignore[arg-type]
        raise KeyboardInterrupt

    monkeypatch.setattr(submitting, "file", dying)
    with pytest.raises(KeyboardInterrupt):
        desk.swept()
    monkeypatch.undo()
    assert (len(drills()), stored.load(exam.id).place) == (1, 1)
    desk.swept()
    assert len(drills()) == COUNTIES


def test_two_sweeps_at_once_send_each_letter_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    exam = started(desk)
    desk.later(days=4)
    honest, others = submitting.file, iter([True, True, True])

    def beaten(*args: object, **named: object) -> object:
        if next(others, False):  # another sweep is faster with this letter
            monkeypatch.setattr(submitting, "file", honest)
            once = iter([True])
            examining.bring_on(exam.id, desk.now, lambda: next(once, False))
            monkeypatch.setattr(submitting, "file", beaten)
        return honest(*args, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(submitting, "file", beaten)
    desk.swept()
    assert len(drills()) == COUNTIES == len(papers(exam))
    assert stored.load(exam.id).state is ExamState.RUNNING


def test_a_sweep_whose_time_is_up_leaves_the_rest_to_the_next(desk: Desk) -> None:
    exam = started(desk)
    desk.later(days=4)
    left = iter([True, True, True, False])
    supervising.sweep(desk.now, lambda: next(left, False))
    assert 0 < stored.load(exam.id).place < COUNTIES
    desk.swept()
    assert len(drills()) == COUNTIES


def test_what_is_not_sent_when_it_is_stopped_is_never_sent_not_even_by_the_sweep_that_was_about_to(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    exam = started(desk)
    first = exam.next_due_at
    assert first is not None
    desk.now = first
    desk.swept()
    honest = submitting.file

    def stopped_meanwhile(*args: object, **named: object) -> object:
        monkeypatch.undo()
        exams.stop(exam.id, LEADER, desk.now)
        return honest(*args, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(submitting, "file", stopped_meanwhile)
    desk.later(days=4)
    desk.swept()
    exam = stored.load(exam.id)
    assert (exam.state, exam.place, len(drills()), len(papers(exam))) == (ExamState.RUNNING, 1, 1, 1)
    assert desk.later(days=1).swept().examined == 0
    assert exams.room(exam.id, LEADER).progress.sent == 1


def test_an_exam_that_was_never_begun_can_be_called_off(desk: Desk) -> None:
    exam = exams.stop(planned(desk).id, LEADER, desk.now)
    assert exam.state is ExamState.CLOSED
    assert desk.later(days=3).swept().examined == 0
    with pytest.raises(RuleBroken):
        exams.start(exam.id, LEADER, desk.now)


def test_a_mailbox_that_is_gone_meanwhile_is_passed_over(desk: Desk) -> None:
    exam = started(desk)
    boxes = tuple(box for box in desk.city.mailboxes if box.id != "county-yanxi")
    cities.use(replace(desk.city, mailboxes=boxes, version=desk.city.version + 1))
    desk.later(days=4).swept()
    exam = stored.load(exam.id)
    assert (exam.state, exam.place, len(papers(exam))) == (ExamState.RUNNING, COUNTIES, COUNTIES - 1)
    assert closed(desk, exam).settled == COUNTIES
