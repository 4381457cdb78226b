"""An exam's end comes in small steps: one that has no time left does nothing, and one that is overtaken says so."""

from collections.abc import Callable

import pytest

from chalicelib.desk import examining, exams
from chalicelib.desk.committing import finish
from chalicelib.domain.errors import Changed
from chalicelib.domain.exam import Exam
from chalicelib.domain.words import State
from chalicelib.storage import cases
from chalicelib.storage import exams as stored
from tests.integration.desk import Desk
from tests.integration.examining import LEADER, papers, read, sent_all
from tests.integration.watching import overtaken

ONE_BOX = {"class.county": "", "box.county-yanxi": "yes"}


@pytest.fixture
def half_closed(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Exam:
    """An exam of one mailbox that was closed, and whose end was cut off before its case was concluded."""
    exam = sent_all(desk, **ONE_BOX)

    def dying(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(examining, "finish", dying)
    with pytest.raises(KeyboardInterrupt):
        exams.close(exam.id, True, LEADER, desk.now)
    monkeypatch.setattr(examining, "finish", finish)
    desk.later(minutes=15)
    return stored.load(exam.id)


def so_often(times: int) -> Callable[[], bool]:
    """A sweep that has time for so many steps."""
    left = iter([True] * times)
    return lambda: next(left, False)


def test_a_sweep_whose_time_is_up_in_the_middle_leaves_the_end_to_the_next(desk: Desk, half_closed: Exam) -> None:
    assert examining.bring_on(half_closed.id, desk.now, so_often(1)) == 0
    assert stored.load(half_closed.id) == half_closed
    assert examining.bring_on(half_closed.id, desk.now, so_often(2)) == 1
    [paper] = papers(half_closed)
    assert (stored.load(half_closed.id).settled, cases.load(paper.case_id).state) == (1, State.CONCLUDED)


def test_an_end_that_is_overtaken_time_after_time_comes_with_a_later_sweep(desk: Desk, half_closed: Exam) -> None:
    [paper] = papers(half_closed)
    with overtaken(times=100), pytest.raises(Changed):
        examining.bring_on(half_closed.id, desk.now, lambda: True)
    assert cases.load(paper.case_id).state is not State.CONCLUDED
    with overtaken(times=1):
        examining.bring_on(half_closed.id, desk.now, lambda: True)
    assert [event.kind for event in cases.record_of(paper.case_id)].count("Concluded") == 1


def test_a_first_look_that_is_overtaken_time_after_time_shows_nothing_rather_than_being_lost(desk: Desk) -> None:
    exam = sent_all(desk, **ONE_BOX)
    [paper] = papers(exam)
    with overtaken(times=100), pytest.raises(Changed):
        read(desk, paper)
    assert papers(exam)[0].read_at is None
    with overtaken(times=1):
        read(desk, paper)
    assert papers(exam)[0].read_at == desk.now
