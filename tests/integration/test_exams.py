"""The keepers' exam from its plan to the marks, by the ordinary road; and whose it is."""

from datetime import date

import pytest

from chalicelib.desk import exams, working
from chalicelib.domain.errors import NotAllowed, NotFound, RuleBroken
from chalicelib.domain.exam import ExamState
from chalicelib.domain.exam_marks import Criterion
from chalicelib.domain.folding import fold
from chalicelib.domain.messages import Topic
from chalicelib.domain.people import Staff
from chalicelib.domain.words import Role, State
from chalicelib.entrypoints import queues
from chalicelib.storage import cases
from chalicelib.storage import exams as stored
from chalicelib.storage.notices import inbox
from chalicelib.storage.submissions import load_submission
from tests.integration.desk import Desk
from tests.integration.examining import (
    COUNTIES,
    LEADER,
    QUARTER,
    REPLY,
    answered,
    closed,
    drills,
    exam_form,
    marked,
    papers,
    planned,
    read,
    sent_all,
    set_clock,
    started,
)
from tests.integration.watching import peeked


def work_queues(desk: Desk) -> None:
    """What waits in the queues is worked off by the functions that AWS calls."""
    for topic, function in ((Topic.ROUTING, queues.route_submissions), (Topic.NOTICES, queues.send_notices)):
        records: list[dict[str, object]] = [
            {"messageId": handle, "receiptHandle": handle, "body": body} for body, handle in peeked(topic)
        ]
        assert function({"Records": records}) == {"batchItemFailures": []}


@pytest.fixture
def clock(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """The queues' functions look at the desk's own clock."""
    set_clock(desk, monkeypatch, "queues")
    return desk


def test_an_exam_goes_from_the_plan_to_the_marks_by_the_ordinary_road(clock: Desk) -> None:
    desk = clock
    exam = started(desk, read_within="72")
    assert desk.swept().examined == 0, "nothing is due before the hours begin"
    assert drills() == []
    for _ in range(60 * 4):  # from Monday morning to Wednesday night
        desk.now += QUARTER
        desk.swept()
        work_queues(desk)
    exam = stored.load(exam.id)
    assert (exam.state, exam.place, exam.letters) == (ExamState.RUNNING, COUNTIES, COUNTIES)
    sent_to = papers(exam)
    assert {paper.mailbox for paper in sent_to} == {f"county-{name}" for name in (
        "dizhou", "wanglan", "qingfeng", "yanxi", "songao", "daochuan"
    )}  # fmt: skip
    assert len({paper.sent_at for paper in sent_to}) == COUNTIES
    for paper in sent_to:
        case = cases.load(paper.case_id)
        assert (case.state, case.unit, case.drill) == (State.DISPATCHED, paper.keeper, exam.id)
        assert [event.kind for event in cases.record_of(case.case_id)][:4] == [
            "Filed",
            "Registered",
            "Accepted",
            "Dispatched",
        ]
        assert load_submission(paper.receipt).drill == exam.id
        assert [entry.kind for entry in inbox(f"handlers#{paper.keeper}")][-1] == "Dispatched"

    first, second, third, *rest = sent_to
    for paper in (first, second):
        answered(desk, paper)
    read(desk, third)
    work_queues(desk)
    room = exams.room(exam.id, LEADER)
    assert (room.progress.sent, room.progress.read, room.progress.answered, room.progress.marked) == (6, 3, 2, 0)
    assert {result.paper.mailbox for result in room.results[:3]} == {paper.mailbox for paper in rest}

    assert room.waiting == first.mailbox
    script = exams.script(exam.id, first.mailbox, LEADER)
    assert script.reply == REPLY
    assert marked(exam, first, desk.now) == second.mailbox
    assert marked(exam, second, desk.now, {f"points.{one}": "0" for one in Criterion}) == ""
    with pytest.raises(NotFound):
        exams.script(exam.id, "hotline", LEADER)

    exam = closed(desk.later(minutes=1), exam)
    assert (exam.state, exam.settled) == (ExamState.CLOSED, COUNTIES)
    for paper in sent_to:
        case = cases.load(paper.case_id)
        assert case.state is State.CONCLUDED
        assert fold(cases.record_of(case.case_id)) == case
        assert inbox(f"heads#{paper.keeper}")[0].kind == "ExamMarked"
    march = exams.results_of(date(2026, 3, 1))
    [mark] = march[first.keeper]
    assert (mark.points, mark.passed, mark.case_id, mark.name) == (93, True, first.case_id, exam.name)
    assert exams.results_of(date(2026, 4, 1)) == {}
    assert [one.points for one in march[rest[0].keeper]] == [0]
    with pytest.raises(RuleBroken):
        marked(exam, first, desk.now, seen=1)


def test_a_form_sent_twice_plans_one_exam(desk: Desk) -> None:
    form = exam_form()
    assert exams.plan(form, LEADER, desk.now) == exams.plan(form, LEADER, desk.now)
    assert len(exams.shelf(LEADER)) == 1


def test_the_desk_s_own_mailbox_is_examined_where_its_clerks_look(desk: Desk) -> None:
    exam = sent_all(desk, **{"class.county": "", "box.hotline": "yes"})
    [paper] = papers(exam)
    case = cases.load(paper.case_id)
    assert (case.state, case.unit, case.left_to_clerk) == (State.REGISTERED, None, True)
    working.dossier(desk.clerk, paper.case_id, desk.now)
    assert papers(exam)[0].read_at == desk.now


@pytest.mark.parametrize("role", Role)
def test_exams_are_the_leaders_and_the_office_s_own_supervisors(desk: Desk, role: Role) -> None:
    exam = planned(desk)
    unit = None if role is Role.LEADER else desk.city.desk_unit
    person = Staff("somebody", "某人", role, unit)
    if role in (Role.LEADER, Role.SUPERVISOR):
        assert exams.shelf(person) == [exam]
        assert exams.room(exam.id, person).exam == exam
        return
    attempts = (
        lambda: exams.shelf(person),
        lambda: exams.plan(exam_form(), person, desk.now),
        lambda: exams.preview(exam_form(), person, desk.now),
        lambda: exams.start(exam.id, person, desk.now),
        lambda: exams.stop(exam.id, person, desk.now),
        lambda: exams.close(exam.id, True, person, desk.now),
        lambda: exams.room(exam.id, person),
        lambda: exams.script(exam.id, "county-yanxi", person),
        lambda: exams.mark(exam.id, "county-yanxi", {}, person, desk.now),
    )
    for attempt in attempts:
        with pytest.raises(NotAllowed):
            attempt()


def test_a_county_s_supervisor_is_not_in_charge(desk: Desk) -> None:
    with pytest.raises(NotAllowed):
        exams.shelf(Staff("county", "某人", Role.SUPERVISOR, "yanxi"))
