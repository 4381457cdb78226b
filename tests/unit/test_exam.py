"""The keepers' exam: every mailbox gets one letter, in working hours, and nobody more points than there are."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from chalicelib.domain import exam as rules
from chalicelib.domain.calendar import SHANGHAI, default_calendar
from chalicelib.domain.city import Mailbox, Name
from chalicelib.domain.errors import Changed, Invalid, RuleBroken
from chalicelib.domain.exam import Exam, ExamLetter, ExamState, Window, deal, moment_of
from chalicelib.domain.exam_forms import read_draft
from chalicelib.domain.exam_marks import (
    FULL,
    ORDERS,
    Answer,
    Criterion,
    Paper,
    Rubric,
    in_order,
    mark,
    opened,
    progress,
    result_of,
    until,
)
from chalicelib.domain.words import Kind
from tests.unit.matter import CITY, MONDAY

RUBRIC = Rubric(
    24,
    10,
    30,
    {Criterion.ANSWERS: 25, Criterion.ACTS: 15, Criterion.CONTACT: 10, Criterion.MANNER: 10},
    60,
)
BEST = dict(RUBRIC.criteria)
ORDINARY = tuple(kind for kind in Kind if kind is not Kind.ACCUSATION)


def letter(kind: Kind = Kind.CONSULTATION, number: int = 0) -> ExamLetter:
    return ExamLetter(kind, f"办理居住证要带什么材料 {number}", f"请问要带什么材料，周六开门吗？{number}")


def box(number: int, kinds: tuple[Kind, ...] = ORDINARY) -> Mailbox:
    keeper = CITY.units[number % len(CITY.units)].id
    return Mailbox(f"box-{number:04}", Name(f"信箱{number}", ""), Name("", ""), kinds, keeper)


def an_exam(letters: int = 8, days: int = 2) -> Exam:
    window = Window(tuple(date(2026, 3, 3) + timedelta(days=day) for day in range(days)), time(9), time(17))
    return Exam("exam", "春季测试", ExamState.PLANNED, 1, letters, window, MONDAY, "高远")


def paper(**changes: object) -> Paper:
    sent = MONDAY
    known = Paper("box", "health", 0, "100000000001", "case", sent, sent + timedelta(days=7))
    return replace(known, **changes)


def form(**changes: object) -> dict[str, object]:
    """What is filled in for a small exam."""
    return {
        "name": "春季测试",
        "class.county": "yes",
        "kind.1": "consultation",
        "title.1": "居住证",
        "text.1": "办居住证要带什么材料？",
        "kind.2": "appeal",
        "title.2": "路灯",
        "text.2": "路灯不亮，什么时候修？",
        "from_day": "2026-03-03",
        "to_day": "2026-03-06",
        "opens": "09:00",
        "closes": "17:00",
        "term": "5",
        "read_within": "24",
        "points.read": "10",
        "points.answered": "30",
        **{f"points.{one}": str(points) for one, points in BEST.items()},
        "passes": "60",
        **changes,
    }


def wrong_in(**changes: object) -> set[str]:
    """The fields that are refused."""
    try:
        read_draft(form(**changes), CITY, default_calendar(), MONDAY, "lot")
    except Invalid as refused:
        return {error.field for error in refused.errors}
    return set()


kinds_of_boxes = st.lists(
    st.lists(st.sampled_from(ORDINARY), min_size=1, max_size=4, unique=True).map(tuple), min_size=1, max_size=60
)


@given(kinds_of_boxes, st.lists(st.sampled_from(ORDINARY), min_size=1, max_size=5))
def test_every_mailbox_gets_one_letter_of_a_kind_that_it_takes(
    kinds: list[tuple[Kind, ...]], written: list[Kind]
) -> None:
    boxes = {f"box-{number:04}": box(number, one) for number, one in enumerate(kinds)}
    letters = tuple(letter(kind, number) for number, kind in enumerate(written))
    slips = deal(boxes.values(), letters, CITY, "lot")
    takers = {name for name, one in boxes.items() if set(written) & set(one.kinds)}
    assert sorted(slip.mailbox for slip in slips) == sorted(takers)
    assert all(letters[slip.letter].kind in boxes[slip.mailbox].kinds for slip in slips)


@given(st.integers(2, 5), st.integers(2, 80))
def test_neighbours_never_get_the_same_letter_and_each_letter_its_share(number: int, boxes: int) -> None:
    meant = [box(one) for one in range(boxes)]
    letters = tuple(letter(number=one) for one in range(number))
    by_mailbox = {slip.mailbox: slip.letter for slip in deal(meant, letters, CITY, "lot")}
    side_by_side = sorted(meant, key=lambda one: rules.neighbourhood(one, CITY))
    given_out = [by_mailbox[one.id] for one in side_by_side]
    assert all(one != other for one, other in pairwise(given_out))
    shares = [given_out.count(one) for one in range(number)]
    assert max(shares) - min(shares) <= 1


@given(
    st.lists(st.integers(0, 30), min_size=1, max_size=5, unique=True),
    st.integers(0, 22),
    st.integers(1, 12),
    st.integers(1, 1_100),
    st.timedeltas(timedelta(0), timedelta(days=33)),
)
def test_letters_are_spread_evenly_over_what_is_left_of_the_hours_and_never_beyond_them(
    offsets: list[int], opens: int, hours: int, number: int, waited: timedelta
) -> None:
    days = tuple(date(2026, 3, 2) + timedelta(days=day) for day in sorted(offsets))
    window = Window(days, time(opens), time(min(opens + hours, 23), 30))
    since = datetime(2026, 3, 1, tzinfo=UTC) + waited
    if not window.spans(since):
        with pytest.raises(ValueError, match="over"):
            moment_of(window, since, 0, number)
        return
    moments = [moment_of(window, since, place, number) for place in range(number)]
    assert moments == sorted(moments)
    assert moments[0] >= since
    for moment in moments:
        local = moment.astimezone(SHANGHAI)
        assert local.date() in days
        assert window.opens <= local.time() <= window.closes
    spans = window.spans(since)
    share = sum(((end - start) for start, end in spans), timedelta()) / number
    before = [sum(moment <= end for moment in moments) * share for _, end in spans]
    filled = [sum(((end - start) for start, end in spans[: day + 1]), timedelta()) for day in range(len(spans))]
    assert all(abs(sent - time_gone) <= share for sent, time_gone in zip(before, filled, strict=True))


def test_an_exam_is_planned_sending_running_and_closed_in_this_order() -> None:
    exam = rules.start(an_exam(2), MONDAY)
    assert exam.state is ExamState.SENDING
    assert exam.next_due_at == datetime(2026, 3, 3, 5, 0, tzinfo=UTC)  # in the middle of the first of two days
    exam = rules.advance(exam)
    assert (exam.state, exam.place) == (ExamState.SENDING, 1)
    exam = rules.advance(exam)
    assert (exam.state, exam.next_due_at) == (ExamState.RUNNING, None)
    exam = rules.close(exam, 0, False, "高远", MONDAY)
    assert (exam.state, exam.next_due_at) == (ExamState.CLOSED, MONDAY)
    assert rules.settle(exam, 2).next_due_at is None
    assert exam.version == 5


@pytest.mark.parametrize("state", ExamState)
def test_no_step_is_taken_out_of_its_turn(state: ExamState) -> None:
    exam = replace(an_exam(), state=state, place=3, started_at=MONDAY)
    allowed = {
        ExamState.PLANNED: {"start", "stop"},
        ExamState.SENDING: {"stop", "marking"},
        ExamState.RUNNING: {"close", "marking"},
        ExamState.CLOSED: set(),
    }[state]
    steps: dict[str, Callable[[], Exam]] = {
        "start": lambda: rules.start(exam, MONDAY),
        "stop": lambda: rules.stop(exam, "高远", MONDAY),
        "close": lambda: rules.close(exam, 0, False, "高远", MONDAY),
        "marking": lambda: rules.marking(exam),
    }
    for name, step in steps.items():
        if name in allowed:
            assert step().version == exam.version + 1
        else:
            with pytest.raises(RuleBroken):
                step()


def test_stopped_before_the_first_letter_it_is_over_and_later_it_runs_on_without_more() -> None:
    assert rules.stop(an_exam(), "高远", MONDAY).state is ExamState.CLOSED
    sending = rules.start(an_exam(), MONDAY)
    assert rules.stop(sending, "高远", MONDAY).state is ExamState.CLOSED
    stopped = rules.stop(rules.advance(sending), "高远", MONDAY)
    assert (stopped.state, stopped.next_due_at) == (ExamState.RUNNING, None)


def test_it_is_not_begun_when_no_time_is_left_and_not_closed_over_unmarked_answers_by_mistake() -> None:
    with pytest.raises(Invalid):
        rules.start(an_exam(), MONDAY + timedelta(days=9))
    running = replace(an_exam(), state=ExamState.RUNNING, place=8)
    with pytest.raises(RuleBroken) as refused:
        rules.close(running, 3, False, "高远", MONDAY)
    assert refused.value.code == "exam.unmarked"
    assert rules.close(running, 3, True, "高远", MONDAY).state is ExamState.CLOSED


points = st.dictionaries(st.sampled_from(list(Criterion)), st.integers(-5, 40))


@given(points)
def test_a_marker_gives_every_criterion_its_points_and_never_more_than_there_are(
    given_points: dict[Criterion, int],
) -> None:
    answered = paper(answer=Answer(MONDAY + timedelta(hours=3), 8), read_at=MONDAY + timedelta(hours=1))
    fitting = all(0 <= given_points.get(one, -1) <= RUBRIC.criteria[one] for one in Criterion)
    if not fitting:
        with pytest.raises(Invalid) as refused:
            mark(answered, RUBRIC, given_points, "高远", MONDAY, 0)
        assert all(error.field.startswith("points.") for error in refused.value.errors)
        return
    marked = mark(answered, RUBRIC, given_points, "高远", MONDAY, 0)
    assert 0 <= result_of(marked, RUBRIC).points <= FULL
    assert result_of(marked, RUBRIC).quality == sum(given_points.values())


def test_full_marks_are_a_hundred_and_an_unanswered_letter_never_passes() -> None:
    read = paper(read_at=MONDAY + timedelta(hours=24))
    assert result_of(read, replace(RUBRIC, passes=5)).points == 10
    assert not result_of(read, replace(RUBRIC, passes=5)).passed
    answered = replace(read, answer=Answer(read.answer_by, 8))
    best = result_of(mark(answered, RUBRIC, BEST, "高远", MONDAY, 0), RUBRIC)
    assert (best.points, best.passed) == (FULL, True)


@pytest.mark.parametrize(
    ("read", "answered", "expected"),
    [
        (timedelta(hours=24), timedelta(days=7), (10, 30)),
        (timedelta(hours=24, microseconds=1), timedelta(days=7), (0, 30)),
        (timedelta(hours=1), timedelta(days=7, microseconds=1), (10, 0)),
        (None, timedelta(days=1), (0, 30)),
        (timedelta(hours=1), None, (10, 0)),
    ],
)
def test_time_is_worth_points_to_the_moment(
    read: timedelta | None, answered: timedelta | None, expected: tuple[int, int]
) -> None:
    one = paper(
        read_at=None if read is None else MONDAY + read,
        answer=None if answered is None else Answer(MONDAY + answered, 8),
    )
    result = result_of(one, RUBRIC)
    assert (result.read, result.answered) == expected


def test_the_last_marking_counts_the_first_look_too_and_two_markers_never_overwrite_each_other() -> None:
    answered = paper(answer=Answer(MONDAY, 8))
    first = mark(answered, RUBRIC, dict.fromkeys(Criterion, 5), "高远", MONDAY, 0)
    with pytest.raises(Changed):
        mark(first, RUBRIC, BEST, "严督", MONDAY, 0)
    again = mark(first, RUBRIC, BEST, "严督", MONDAY, 1)
    assert [look.by for look in again.looks] == ["高远", "严督"]
    assert result_of(again, RUBRIC).quality == 60
    with pytest.raises(RuleBroken):
        mark(paper(), RUBRIC, BEST, "高远", MONDAY, 0)
    early = opened(paper(), MONDAY)
    assert opened(early, MONDAY + timedelta(days=1)) == early


def test_what_comes_after_the_end_is_left_out_and_those_who_never_read_come_first() -> None:
    late = paper(read_at=MONDAY + timedelta(days=2), answer=Answer(MONDAY + timedelta(days=3), 8))
    cut = until(late, MONDAY + timedelta(days=1))
    assert (cut.read_at, cut.answer) == (None, None)
    assert until(late, None) == late
    papers = [
        paper(mailbox="best", read_at=MONDAY, answer=Answer(MONDAY, 8)),
        paper(mailbox="silent", read_at=MONDAY),
        paper(mailbox="blind"),
    ]
    results = [result_of(one, RUBRIC) for one in papers]
    assert [one.paper.mailbox for one in in_order(results, "")] == ["blind", "silent", "best"]
    assert [one.paper.mailbox for one in in_order(results, "mailbox")] == ["best", "blind", "silent"]
    assert all(len(in_order(results, order)) == 3 for order in ORDERS)
    assert (progress(papers).sent, progress(papers).read, progress(papers).answered) == (3, 2, 1)


def test_a_plan_is_read_with_its_mailboxes_letters_hours_and_rubric() -> None:
    draft = read_draft(form(), CITY, default_calendar(), MONDAY, "lot")
    counties = {one.id for one in CITY.mailboxes if one.id.startswith("county-")}
    assert {slip.mailbox for slip in draft.plan.slips} == counties
    assert draft.window.days == tuple(date(2026, 3, day) for day in range(3, 7))
    assert draft.plan.rubric == RUBRIC
    assert draft.telling == ()
    assert [draft.copies(0), draft.copies(1)] == [3, 3]


def test_a_letter_that_gives_the_exam_away_is_warned_of_and_taken_all_the_same() -> None:
    draft = read_draft(form(**{"text.2": "这是一封测试信。"}), CITY, default_calendar(), MONDAY, "lot")
    assert draft.telling == (1,)


def test_a_mailbox_that_takes_no_such_letter_is_left_out_of_all_and_refused_when_it_was_ticked() -> None:
    draft = read_draft(form(all="yes"), CITY, default_calendar(), MONDAY, "lot")
    assert [one.id for one in draft.left_out] == ["discipline"]
    assert len(draft.plan.slips) == len(CITY.mailboxes) - 1
    assert wrong_in(**{"box.discipline": "yes"}) == {"mailboxes"}


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"name": ""}, {"name"}),
        ({"class.county": ""}, {"mailboxes"}),
        ({"kind.1": "accusation"}, {"kind.1"}),
        ({"title.1": "", "text.1": ""}, {"title.1", "text.1"}),
        ({"title.3": "只有标题", "kind.3": "advice"}, {"text.3"}),
        ({"title.2": "长" * 101}, {"title.2"}),
        ({"from_day": "2026-03-01"}, {"from_day"}),
        ({"to_day": "2026-03-02"}, {"to_day"}),
        ({"to_day": "2026-04-09"}, {"to_day"}),
        ({"from_day": "2026-03-07", "to_day": "2026-03-08"}, {"to_day"}),
        ({"from_day": ""}, {"from_day"}),
        ({"opens": "25:00"}, {"opens"}),
        ({"opens": "16:30"}, {"closes"}),
        ({"from_day": "2026-03-02", "to_day": "2026-03-02", "opens": "07:00", "closes": "08:30"}, {"closes"}),
        ({"term": "0"}, {"term"}),
        ({"read_within": "x"}, {"read_within"}),
        ({"points.read": "11"}, {"points.read"}),
        ({"passes": "101"}, {"passes"}),
    ],
)
def test_each_fault_of_a_plan_names_its_field(changes: dict[str, object], fields: set[str]) -> None:
    assert wrong_in(**changes) == fields
