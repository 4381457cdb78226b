"""The first look, the first answer and the marks of an exam, also by two at once; and its end."""

from datetime import date

import pytest

from chalicelib.desk import after_reply, examining, exams, working
from chalicelib.desk.committing import finish
from chalicelib.domain.errors import Changed, Invalid, RuleBroken
from chalicelib.domain.exam import ExamState
from chalicelib.domain.exam_marks import Criterion
from chalicelib.domain.words import ReworkGround
from chalicelib.storage import cases
from chalicelib.storage import exams as stored
from chalicelib.storage.notices import inbox
from chalicelib.storage.unit_of_work import commit
from tests.integration.desk import Desk
from tests.integration.examining import (
    COUNTIES,
    LEADER,
    REPLY,
    answered,
    marked,
    papers,
    read,
    sent_all,
)
from tests.integration.watching import Calls, watched


def test_the_first_look_of_the_unit_counts_and_no_other(desk: Desk) -> None:
    exam = sent_all(desk)
    paper = papers(exam)[0]
    working.dossier(desk.clerk, paper.case_id, desk.now)
    assert papers(exam)[0].read_at is None, "the clerk of the desk keeps another mailbox"
    record = len(cases.record_of(paper.case_id))
    first = desk.now
    read(desk, paper)
    desk.later(hours=5)
    read(desk, paper)
    assert papers(exam)[0].read_at == first
    assert len(cases.record_of(paper.case_id)) == record, "a look is no event that the unit could see"


def test_two_people_who_look_at_the_same_moment_are_one_first_look(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    exam = sent_all(desk)
    paper = papers(exam)[0]
    honest = commit

    def beaten(work: object) -> None:
        monkeypatch.undo()
        read(desk, paper)
        honest(work)  # type: ignore[arg-type]

    monkeypatch.setattr(examining, "commit", beaten)
    read(desk, paper)
    assert papers(exam)[0].read_at == desk.now
    assert papers(exam)[0].version == 2


def test_of_an_ordinary_case_a_look_reads_nothing_more(desk: Desk) -> None:
    case = desk.signed()
    with watched() as calls:
        working.dossier(desk.handler(case), case.case_id, desk.now)
        ordinary = Calls(calls)
    with watched() as calls:
        examining.note_read(case, desk.handler(case), desk.now)
        exams.standing_of(case)
    assert list(calls) == []
    assert "TransactWriteItems" not in ordinary


def test_two_who_mark_one_answer_at_once_do_not_overwrite_each_other(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    exam = sent_all(desk)
    paper = papers(exam)[0]
    answered(desk, paper)
    honest = commit

    def beaten(work: object) -> None:
        monkeypatch.undo()
        marked(exam, paper, desk.now, {"points.answers": "5"})
        honest(work)  # type: ignore[arg-type]

    monkeypatch.setattr(exams, "commit", beaten)
    with pytest.raises(Changed):
        marked(exam, paper, desk.now)
    [look] = papers(exam)[0].looks
    assert look.points[Criterion.ANSWERS] == 5
    marked(exam, paper, desk.now, seen=1)
    assert [one.points[Criterion.ANSWERS] for one in papers(exam)[0].looks] == [5, 20]


def test_a_marking_is_not_lost_to_the_unit_s_own_look_nor_slips_in_after_the_end(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    exam = sent_all(desk)
    paper = papers(exam)[0]
    answered(desk, paper)
    honest = commit

    def closed_meanwhile(work: object) -> None:
        monkeypatch.undo()
        exams.close(exam.id, True, LEADER, desk.now)
        honest(work)  # type: ignore[arg-type]

    monkeypatch.setattr(exams, "commit", closed_meanwhile)
    with pytest.raises(RuleBroken):
        marked(exam, paper, desk.now)
    assert papers(exam)[0].looks == ()


def test_nothing_can_be_marked_beyond_the_rubric_and_no_end_comes_over_unmarked_answers(desk: Desk) -> None:
    exam = sent_all(desk)
    paper = papers(exam)[0]
    with pytest.raises(RuleBroken):
        marked(exam, paper, desk.now)
    answered(desk, paper)
    with pytest.raises(Invalid) as refused:
        marked(exam, paper, desk.now, {"points.answers": "26"})
    assert [error.field for error in refused.value.errors] == ["points.answers"]
    with pytest.raises(RuleBroken):
        exams.close(exam.id, False, LEADER, desk.now)
    marked(exam, paper, desk.now)
    assert exams.close(exam.id, False, LEADER, desk.now).state is ExamState.CLOSED


def test_the_first_reply_is_the_answer_also_when_the_matter_is_done_again(desk: Desk) -> None:
    exam = sent_all(desk)
    paper = papers(exam)[0]
    case = answered(desk, paper)
    first = desk.now
    desk.later(hours=2)
    after_reply.rework(case.case_id, case.version, desk.clerk, desk.now, ReworkGround.NOT_DONE, "没有说清楚。")
    answered(desk, paper, "补充说明如下。")
    assert papers(exam)[0].answer is not None
    assert papers(exam)[0].answered_after == first - paper.sent_at
    assert exams.script(exam.id, paper.mailbox, LEADER).reply == REPLY


def test_an_end_that_is_cut_off_is_gone_on_with_and_tells_nobody_twice(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    exam = sent_all(desk)
    for paper in papers(exam)[:2]:
        answered(desk, paper)
    honest, left = finish, iter([True, True])

    def dying(*steps: object, **named: object) -> None:
        if not next(left, False):
            raise KeyboardInterrupt
        honest(*steps, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(examining, "finish", dying)
    with pytest.raises(KeyboardInterrupt):
        exams.close(exam.id, True, LEADER, desk.now)
    monkeypatch.undo()
    assert stored.load(exam.id).settled == 0
    desk.later(minutes=15).swept()
    assert stored.load(exam.id).settled == COUNTIES
    for paper in papers(exam):
        record = cases.record_of(paper.case_id)
        assert [event.kind for event in record].count("Concluded") == 1
        assert [entry.kind for entry in inbox(f"handlers#{paper.keeper}")].count("ExamMarked") == 1
        assert len(exams.results_of(date(2026, 3, 1))[paper.keeper]) == 1
    assert desk.swept().examined == 0
