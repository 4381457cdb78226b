"""An exam that others move at the same moment, and what of it is not there to be marked or shown."""

from collections.abc import Callable

import pytest
from msgspec.structs import replace

from chalicelib.desk import exams
from chalicelib.domain.errors import NotFound
from chalicelib.domain.exam import ExamState
from chalicelib.storage import cases
from chalicelib.storage import exams as stored
from tests.integration.desk import Desk
from tests.integration.examining import LEADER, POINTS, REPLY, answered, closed, marked, papers, planned, sent_all
from tests.integration.watching import stands_being_overtaken

Act = Callable[[], object]


def starts(desk: Desk) -> Act:
    """A planned exam is started."""
    exam = planned(desk)
    return lambda: exams.start(exam.id, LEADER, desk.now)


def marks(desk: Desk) -> Act:
    """An answer is marked."""
    exam = sent_all(desk)
    answered(desk, papers(exam)[0])
    paper = papers(exam)[0]
    return lambda: marked(exam, paper, desk.now)


@pytest.mark.parametrize("situation", [starts, marks])
def test_an_exam_that_moves_with_each_letter_stops_nobody_unless_it_never_stands_still(
    desk: Desk, situation: Callable[[Desk], Act]
) -> None:
    stands_being_overtaken(situation(desk))


def test_a_letter_without_an_answer_is_shown_without_one_and_of_no_letter_is_nothing_marked(desk: Desk) -> None:
    exam = sent_all(desk)
    silent, speaking = papers(exam)[:2]
    answered(desk, speaking)
    assert exams.script(exam.id, silent.mailbox, LEADER).reply == ""
    shown = exams.script(exam.id, speaking.mailbox, LEADER)
    assert (shown.reply, exams.script(exam.id, silent.mailbox, LEADER).waiting) == (REPLY, speaking.mailbox)
    for nobody in ("no-such-mailbox", "discipline"):
        with pytest.raises(NotFound):
            exams.mark(exam.id, nobody, {"seen": "0"} | {f"points.{one}": "1" for one in POINTS}, LEADER, desk.now)
        with pytest.raises(NotFound):
            exams.script(exam.id, nobody, LEADER)


def test_the_unit_is_shown_its_result_when_the_exam_is_closed_and_never_another_mailbox_s(desk: Desk) -> None:
    exam = sent_all(desk)
    paper = papers(exam)[0]
    answered(desk, paper)
    marked(exam, papers(exam)[0], desk.now)
    assert exams.standing_of(cases.load(paper.case_id)) is None
    assert closed(desk, exam).state is ExamState.CLOSED
    case = cases.load(paper.case_id)
    standing = exams.standing_of(case)
    assert standing is not None
    assert (standing.exam.id, standing.result.paper.mailbox) == (exam.id, paper.mailbox)
    assert stored.load_paper(exam.id, "discipline") is None
    assert exams.standing_of(replace(case, mailbox="discipline")) is None, "no letter of it went there"
