"""The demo city's exams are held through the desk's own use cases."""

from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.desk import exams
from chalicelib.domain.city import City
from chalicelib.domain.exam import ExamState
from chalicelib.domain.submission import day_in_shanghai
from chalicelib.storage import cases
from infra.seed.exams import CLOSED, RUNNING, examine
from infra.seed.staff import leader_of
from infra.seed.working_off import work_off
from tests.integration.watching import everything, outbox


@pytest.mark.parametrize("weekday", range(7))
def test_one_exam_is_closed_and_one_waits_for_marks_whatever_day_it_is(city: City, weekday: int) -> None:
    now = datetime(2026, 4, 13, 4, 0, tzinfo=UTC) + timedelta(days=weekday)
    examine(now, work_off)
    secretary = leader_of("leader-secretary", city)
    running, closed = exams.shelf(secretary)
    assert (closed.state, closed.settled) == (ExamState.CLOSED, len(CLOSED))
    assert (running.state, running.place) == (ExamState.RUNNING, len(RUNNING))
    results = exams.room(closed.id, secretary)
    assert [results.progress.sent, results.progress.read, results.progress.answered] == [6, 5, 4]
    assert results.passed == 3
    assert {result.points for result in results.results if not result.paper.answer} == {0}
    going = exams.room(running.id, secretary)
    assert (going.progress.sent, going.progress.answered, going.progress.marked) == (7, 3, 1)
    assert closed.closed_at is not None
    month = day_in_shanghai(closed.closed_at).replace(day=1)
    assert [one.points for one in exams.results_of(month)["dizhou"]] == [100]
    assert not [key for key in everything() if key.startswith("facts#")]
    assert all(cases.load(result.paper.case_id).ended for result in results.results)
    assert not [message for message in outbox() if message.startswith(("routing", "notices"))]
