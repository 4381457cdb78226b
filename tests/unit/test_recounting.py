"""重算: open deadlines follow the working calendar that an office amends, and nobody is wronged by it."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from chalicelib.domain.calendar import SHANGHAI, CalendarDay
from chalicelib.domain.case import Case
from chalicelib.domain.clocks import Clock
from chalicelib.domain.events import ClocksRecounted, Event, LightChanged, Reminded, Supervised
from chalicelib.domain.folding import fold
from chalicelib.domain.notices import notice_of
from chalicelib.domain.recounting import AMENDED, KNOWN, recount
from chalicelib.domain.terms import TermUnit, read_term
from chalicelib.domain.trade import Trade
from chalicelib.domain.words import Action, ClockName, Light, Role, State
from chalicelib.storage.records import pack, unpack
from infra.walk import walking
from infra.walk.__main__ import walk
from infra.walk.judging import Fault, faults_of
from tests.unit.matter import ACTORS, FIRST, MONDAY, TRADE, Matter

HANDLER, HEAD, CLERK = ACTORS[Role.HANDLER], ACTORS[Role.HEAD], ACTORS[Role.CLERK]
LASTING = (State.RECEIVED, State.REGISTERED, State.ACCEPTED, State.DISPATCHED, State.RETURNED, State.IN_HANDLING,
           State.AWAITING_APPROVAL, State.WAITING, State.IN_REVIEW)  # fmt: skip
TODAY = date(2026, 3, 2)

near_days = st.integers(-3, 75).map(lambda by: TODAY + timedelta(days=by))
some_days = st.dictionaries(near_days, st.booleans(), max_size=6).map(
    lambda found: tuple(CalendarDay(day, working, "台风") for day, working in found.items())
)


def amended(*days: CalendarDay, years: tuple[int, ...] = ()) -> Trade:
    """The trade with the office's own days."""
    return replace(TRADE, calendar=TRADE.calendar.amended(days, years))


def off(day: date) -> CalendarDay:
    """A day off."""
    return CalendarDay(day, False, "台风停工")


def counted(matter: Matter, trade: Trade) -> ClocksRecounted | None:
    """What is recorded when the office amends its calendar now."""
    payload = recount(matter.case, matter.now, matter.now, trade)
    if payload is not None:
        matter.happens(payload)
    return payload


def clock(matter: Matter, name: ClockName = ClockName.HANDLE) -> Clock:
    """One of the running clocks."""
    return next(one for one in matter.case.clocks if one.name is name)


@pytest.mark.parametrize("state", LASTING)
def test_a_calendar_that_is_not_changed_changes_no_deadline(state: State) -> None:
    matter = Matter().at(state)
    assert matter.case.clocks
    assert counted(matter, TRADE) is None


@given(some_days, st.integers(0, 12 * 24), st.integers(1, 30), st.booleans())
def test_whatever_was_asked_and_granted_counting_by_the_same_calendar_finds_the_same_ends(
    days: tuple[CalendarDay, ...], hours: int, granted: int, silent: bool
) -> None:
    matter = Matter(trade=amended(*days)).at(State.IN_HANDLING).take(Action.ASK, HANDLER)
    matter.later(hours=hours)
    matter.take(Action.RESUME, HANDLER) if silent else matter.take(Action.SUPPLEMENT, ACTORS[Role.CITIZEN], FIRST)
    if matter.now <= clock(matter).due_at:
        for action, by in ((Action.ASK_EXTENSION, HANDLER), (Action.ENDORSE_EXTENSION, HEAD)):
            matter.take(action, by)
        matter.take(Action.GRANT_EXTENSION, CLERK)
    assert counted(matter, matter.trade) is None


def test_whatever_people_do_counting_by_the_same_calendar_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    looked_at: list[str] = []

    def also(case: Case, events: list[Event], trade: Trade) -> Iterable[Fault]:
        assert recount(case, case.moved_at, case.moved_at, trade) is None
        looked_at.append(case.case_id)
        return faults_of(case, events, trade)

    monkeypatch.setattr(walking, "faults_of", also)
    assert not walk(60, 3).wrong
    assert len(looked_at) > 600


@given(st.sampled_from(LASTING), some_days, st.integers(0, 20 * 24))
def test_counting_twice_is_counting_once_and_the_record_tells_it_all(
    state: State, days: tuple[CalendarDay, ...], hours: int
) -> None:
    matter = Matter().at(state).later(hours=hours)
    matter.swept()
    counted(matter, amended(*days))
    assert fold(matter.events) == matter.case
    assert unpack(pack(matter.case), type(matter.case)) == matter.case
    once = matter.case
    assert counted(matter.later(hours=5), amended(*days)) is None
    assert matter.case == once


@given(st.integers(3, 9), st.integers(0, 23))
def test_a_day_off_in_a_running_term_of_working_days_moves_its_end_by_one_working_day(by: int, hours: int) -> None:
    matter = Matter().at(State.IN_HANDLING).later(hours=hours)  # until the end of Monday the 9th
    before, day = clock(matter).promised_by, date(2026, 3, by)
    assert before == datetime(2026, 3, 10, tzinfo=SHANGHAI)
    counted(matter, amended(off(day)))
    moved = clock(matter).promised_by
    assert moved is not None
    inside = day.weekday() < 5
    assert moved.astimezone(SHANGHAI) == before + timedelta(days=1 if inside else 0)
    assert matter.case.light is Light.GREEN


@given(st.sampled_from(LASTING), some_days, st.integers(0, 40 * 24))
def test_who_was_late_stays_late_and_nobody_else_becomes_so(
    state: State, days: tuple[CalendarDay, ...], hours: int
) -> None:
    matter = Matter().at(state).later(hours=hours)
    matter.swept()
    before = matter.case
    if counted(matter, amended(*days)) is None:
        return
    for old, new in zip(before.clocks, matter.case.clocks, strict=True):
        assert (new.light_at(matter.now) is Light.RED) == (old.light_at(matter.now) is Light.RED)
        if old.light_at(matter.now) is Light.RED:
            assert new.due_at == old.due_at
    assert matter.case.highest_level == before.highest_level


def test_a_day_off_that_is_told_before_the_end_but_counted_after_it_still_counts() -> None:
    matter = Matter().at(State.IN_HANDLING)
    told_at = clock(matter).due_at - timedelta(hours=3)
    matter.now = told_at + timedelta(hours=6)
    payload = recount(matter.case, told_at, matter.now, amended(off(date(2026, 3, 9))))
    assert payload is not None
    assert payload.clocks[0].due_at == clock(matter).due_at + timedelta(days=1)


def test_a_day_off_that_is_told_after_the_end_makes_nobody_innocent() -> None:
    matter = Matter().at(State.IN_HANDLING)
    matter.now = clock(matter).red_at
    matter.swept()
    assert matter.case.order is not None
    counted(matter, amended(off(date(2026, 3, 9))))
    assert matter.case.light is Light.RED
    assert matter.case.order is not None


def test_the_law_s_end_goes_on_to_follow_the_calendar_where_the_promise_was_broken() -> None:
    matter = Matter().at(State.IN_HANDLING)
    matter.now = clock(matter).red_at
    before = clock(matter)
    assert before.lawful_by == datetime(2026, 5, 2, tzinfo=SHANGHAI)  # ends with the 1st of May
    counted(matter, amended(off(date(2026, 5, 1))))
    assert clock(matter).promised_by == before.promised_by
    assert clock(matter).lawful_by == datetime(2026, 5, 5, tzinfo=SHANGHAI)  # with Monday the 4th


def test_a_day_off_that_is_taken_back_leaves_the_unit_the_next_working_day() -> None:
    matter = Matter(trade=amended(off(date(2026, 3, 5)), off(date(2026, 3, 6)))).at(State.IN_HANDLING)
    assert clock(matter).due_at == datetime(2026, 3, 12, tzinfo=SHANGHAI)
    matter.now = datetime(2026, 3, 9, 12, tzinfo=SHANGHAI).astimezone(UTC)  # would end tonight
    assert counted(matter, TRADE) is not None
    assert clock(matter).due_at == datetime(2026, 3, 11, tzinfo=SHANGHAI)
    matter.later(days=1)
    assert counted(matter, TRADE) is None


def test_an_amendment_that_is_undone_leaves_every_end_where_it_was() -> None:
    matter = Matter().at(State.DISPATCHED)
    before = matter.case.clocks
    counted(matter, amended(off(date(2026, 3, 4))))
    assert matter.case.clocks != before
    counted(matter, TRADE)
    assert matter.case.clocks == before


def waiting() -> Matter:
    """A case whose citizen is asked something, until the end of Tuesday the 17th."""
    matter = Matter().at(State.IN_HANDLING).take(Action.ASK, HANDLER)
    assert clock(matter, ClockName.ANSWER).due_at == datetime(2026, 3, 18, tzinfo=SHANGHAI)
    return matter


def test_the_citizen_s_own_time_to_answer_grows_with_a_day_off_and_she_is_told() -> None:
    matter = waiting()
    counted(matter, amended(off(date(2026, 3, 17))))
    assert matter.case.waiting is not None
    assert matter.case.waiting.until == datetime(2026, 3, 19, tzinfo=SHANGHAI)
    assert matter.case.next_due_at(matter.now) == matter.case.waiting.until
    notice = notice_of(matter.events[-1])
    assert notice is not None
    assert notice.citizen == "recounted"


def test_the_citizen_s_own_time_to_answer_never_becomes_shorter() -> None:
    matter = waiting()
    counted(matter, amended(off(date(2026, 3, 17))))
    assert counted(matter, TRADE) is None


def test_of_the_unit_s_days_the_citizen_is_told_nothing_by_message() -> None:
    matter = waiting()
    counted(matter, amended(off(date(2026, 3, 4))))
    assert matter.events[-1].kind == "ClocksRecounted"
    assert notice_of(matter.events[-1]) is None


def test_a_clock_that_stands_still_is_counted_anew_and_then_put_off() -> None:
    still, running = waiting(), Matter().at(State.IN_HANDLING)
    for matter in (still, running):
        counted(matter, amended(off(date(2026, 3, 4))))
    still.later(days=2).take(Action.SUPPLEMENT, ACTORS[Role.CITIZEN], FIRST)
    assert clock(still).due_at == clock(running).due_at + timedelta(days=2)
    assert counted(still, amended(off(date(2026, 3, 4)))) is None


def test_a_term_that_stood_still_past_its_end_is_not_over() -> None:
    matter = waiting().later(days=12)  # the promise would have ended on the 9th
    counted(matter, amended(off(date(2026, 3, 4))))
    matter.take(Action.SUPPLEMENT, ACTORS[Role.CITIZEN], FIRST)
    assert clock(matter).due_at == datetime(2026, 3, 11, tzinfo=SHANGHAI) + timedelta(days=12)


def test_who_is_in_the_green_again_is_reminded_again() -> None:
    matter = Matter().at(State.IN_HANDLING)
    matter.now = clock(matter).yellow_at
    assert [type(one) for one in matter.swept()] == [LightChanged, Reminded]
    counted(matter, amended(*(off(date(2026, 3, day)) for day in (9, 10, 11, 12, 13))))
    assert matter.case.light is Light.GREEN
    assert ClockName.HANDLE not in matter.case.reminded
    matter.now = clock(matter).yellow_at
    assert [type(one) for one in matter.swept()] == [LightChanged, Reminded]
    matter.now = clock(matter).red_at
    assert Supervised in [type(one) for one in matter.swept()]


def test_a_year_that_becomes_known_makes_a_deadline_firm_without_moving_it() -> None:
    calendar = replace(TRADE, calendar=type(TRADE.calendar)(frozenset(), frozenset(), date(2026, 3, 3)))
    matter = Matter(trade=calendar).at(State.IN_HANDLING)
    assert clock(matter).provisional
    payload = counted(matter, TRADE)
    assert payload is not None
    assert payload.basis == KNOWN
    assert not clock(matter).provisional


def test_terms_in_hours_and_old_letters_one_measure_follow_no_calendar() -> None:
    exact = replace(TRADE, terms=replace(TRADE.terms, single_days=15))
    matter = Matter(trade=exact).at(State.IN_HANDLING)
    days = [off(date(2026, 3, day)) for day in range(3, 28)]
    assert counted(matter, replace(exact, calendar=TRADE.calendar.amended(days))) is None
    assert clock(matter).due_at == MONDAY + timedelta(days=15)


def test_what_moved_is_said_to_be_the_amended_calendar() -> None:
    payload = counted(Matter().at(State.IN_HANDLING), amended(off(date(2026, 3, 4))))
    assert payload is not None
    assert payload.basis == AMENDED
    assert payload.until is None


@given(st.integers(1, 400), st.sampled_from(TermUnit))
def test_a_clock_keeps_its_terms_in_few_bytes_and_gives_them_back(amount: int, unit: TermUnit) -> None:
    term = read_term(f"{amount}{ {'hours': 'h', 'working_days': 'w', 'calendar_days': 'd'}[unit.value] }")
    assert term is not None
    assert (term.amount, term.unit) == (amount, unit)
    assert read_term(term.short) == term
    assert len(term.short) <= 4
    assert read_term("") is None


def test_a_clock_knows_the_promise_and_the_law_it_was_set_by_and_how_long_it_was_put_off() -> None:
    matter = Matter().at(State.IN_HANDLING)
    assert clock(matter).promise == TRADE.terms.handle[matter.case.kind]
    assert clock(matter).law == TRADE.terms.handle_law
    matter.take(Action.ASK_EXTENSION, HANDLER).take(Action.ENDORSE_EXTENSION, HEAD).take(Action.GRANT_EXTENSION, CLERK)
    assert clock(matter).days_put_off == 10
    review = Matter().at(State.IN_REVIEW)
    assert (clock(review, ClockName.REVIEW).promise, clock(review, ClockName.REVIEW).law) == (
        None,
        TRADE.terms.review_law,
    )
