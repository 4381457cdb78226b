"""The keepers' exam from its plan to the marks: each letter goes out once, whatever happens to the sweep."""

from datetime import date, timedelta
from itertools import cycle, islice
from typing import Any

import pytest
from msgspec.structs import replace

from chalicelib.desk import after_reply, cities, examining, exams, submitting, supervising, working
from chalicelib.desk.committing import finish
from chalicelib.domain.city import City, Mailbox, Name
from chalicelib.domain.errors import Changed, Invalid, NotAllowed, NotFound, RuleBroken
from chalicelib.domain.exam import ExamState
from chalicelib.domain.exam_marks import Answer, Criterion, Mark, Paper
from chalicelib.domain.folding import fold
from chalicelib.domain.messages import Topic
from chalicelib.domain.people import Staff
from chalicelib.domain.words import Kind, ReworkGround, Role, State
from chalicelib.entrypoints import queues
from chalicelib.storage import cases
from chalicelib.storage import exams as stored
from chalicelib.storage.keys import answer_key
from chalicelib.storage.notices import inbox
from chalicelib.storage.records import pack
from chalicelib.storage.submissions import load_submission
from chalicelib.storage.table import DeskItem
from chalicelib.storage.unit_of_work import commit
from tests.integration.desk import Desk
from tests.integration.examining import (
    COUNTIES,
    LEADER,
    QUARTER,
    REPLY,
    answered,
    closed,
    exam_form,
    marked,
    papers,
    planned,
    read,
    sent_all,
    set_clock,
    started,
)
from tests.integration.watching import Calls, everything, peeked, watched

LARGEST_ITEM = 400 * 1024


def drills() -> list[str]:
    """The cases of test letters that are in the table."""
    held = (key.split()[0] for key, item in everything().items() if key.endswith(" case") and _is_drill(item))
    return sorted(held)


def _is_drill(item: dict[str, Any]) -> bool:
    return '"drill"' in item["body"]["S"]


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


def test_an_exam_of_1_020_mailboxes_fits_its_items_and_is_sent_to_each_of_them(desk: Desk) -> None:
    heyuan = of_heyuan(desk.city)
    cities.use(heyuan)
    long = {f"text.{number}": "长" * 5_000 for number in range(1, 6)}
    letters = {f"kind.{number}": "appeal" for number in range(1, 6)} | {
        f"title.{number}": f"第{number}件事" for number in range(1, 6)
    }
    exam = started(desk, all="yes", **{**letters, **long})
    assert exam.letters == 1_020
    assert max(size_of(exam.id).values()) < LARGEST_ITEM / 2
    assert size_of(exam.id)["exam"] < 1_024, "what moves with each letter is small"
    plan = stored.load_plan(exam.id)
    assert len({slip.mailbox for slip in plan.slips}) == 1_020
    moments = [exam.next_due_at]
    assert moments[0] is not None
    desk.now = moments[0] + timedelta(minutes=15)
    desk.swept()
    assert stored.load(exam.id).place in range(15, 18), "sixteen hours for all: a quarter of an hour has sixteen"
    assert desk.swept().examined == 0


def test_the_papers_of_1_020_mailboxes_are_small_and_read_by_query(desk: Desk) -> None:
    cities.use(of_heyuan(desk.city))
    exam = started(desk, all="yes")
    plan, at = stored.load_plan(exam.id), desk.now
    look = Mark("高远（市委书记）", at, dict.fromkeys(Criterion, 10))
    with DeskItem.batch_write() as batch:
        for number, slip in enumerate(plan.slips):
            receipt = f"{number:012}"
            paper = Paper(slip.mailbox, "yanxi", slip.letter, receipt, receipt, at, at, 5, at, (look, look))
            batch.save(stored.paper_item(exam.id, paper))
            batch.save(DeskItem(*answer_key(exam.id, slip.mailbox), body=pack(Answer(at, 8))))
    sizes = size_of(exam.id)
    assert len(sizes) == 2 * 1_020 + 2
    assert max(size for name, size in sizes.items() if name.startswith(("box#", "answer#"))) < 1_024
    with watched() as calls:
        room = exams.room(exam.id, LEADER)
    assert (room.progress.sent, room.progress.answered, room.progress.marked) == (1_020, 1_020, 1_020)
    assert set(calls) == {"GetItem", "Query"}
    assert (calls.count("GetItem"), calls.looked_at) == (2, 2_040)


def of_heyuan(city: City) -> City:
    """A city with 1,020 mailboxes, kept by units of all three levels."""
    kinds = tuple(kind for kind in Kind if kind is not Kind.ACCUSATION)
    units = [unit for unit in city.units if unit.id not in (city.desk_unit, "discipline")]
    boxes = tuple(
        Mailbox(f"{unit.id}-{number:04}", Name(f"信箱{number}", ""), Name("", ""), kinds, unit.id)
        for number, unit in enumerate(islice(cycle(units), 1_020))
    )
    return replace(city, mailboxes=boxes, version=city.version + 1)


def size_of(exam_id: str) -> dict[str, int]:
    """The bytes of each item of an exam, by its sort key."""
    return {
        key.split()[1]: sum(len(name) + len(next(iter(value.values())).encode()) for name, value in item.items())
        for key, item in everything().items()
        if key.startswith(f"exam#{exam_id} ")
    }
