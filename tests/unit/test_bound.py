"""Another agency's date binds ours: whatever is promised or put off, our term ends at the nearer of the two."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain import handling, transferring
from chalicelib.domain.clocks import Clock
from chalicelib.domain.words import Action, ClockName, Kind, Light, Role, State
from tests.unit.matter import ACTORS, BASIS, FIRST, MONDAY, SECOND, TRADE, Matter, acting

AGENCY = ACTORS[Role.AGENCY]
moments = st.integers(1, 60 * 24 * 120).map(lambda minutes: MONDAY + timedelta(minutes=minutes))


def the_clock(matter: Matter) -> Clock:
    return next(clock for clock in matter.case.clocks if clock.name is ClockName.HANDLE)


@given(by=moments, kind=st.sampled_from([Kind.APPEAL, Kind.CONSULTATION, Kind.ADVICE]), days=st.integers(0, 40))
def test_the_term_ends_at_the_nearer_of_ours_and_theirs(by: datetime, kind: Kind, days: int) -> None:
    ours = the_clock(Matter().filed(kind=kind).at(State.ACCEPTED)).put_off(days)
    theirs = the_clock(Matter().filed(kind=kind, by=AGENCY, bound_by=by).at(State.ACCEPTED)).put_off(days)
    assert theirs.due_at == min(ours.due_at, by)
    assert theirs.is_bound is (by <= ours.due_at)
    assert theirs.light_at(by + timedelta(seconds=1)) is Light.RED
    assert theirs.yellow_at <= max(theirs.due_at, theirs.started_at)
    assert (theirs.promised_by, theirs.lawful_by) == (ours.promised_by, ours.lawful_by)


@given(first=moments, second=moments)
def test_another_date_of_theirs_is_as_if_it_had_been_the_first(first: datetime, second: datetime) -> None:
    told = Matter().filed(by=AGENCY, bound_by=first).at(State.ACCEPTED)
    told.happens(transferring.set_deadline(told.case, FIRST, "省信访局", second, TRADE), by=AGENCY)
    known = Matter().filed(by=AGENCY, bound_by=second).at(State.ACCEPTED)
    assert the_clock(told) == the_clock(known)
    assert told.case.bound_by == second


@given(first=moments, second=moments)
def test_of_several_agencies_the_nearest_date_binds(first: datetime, second: datetime) -> None:
    matter = Matter().filed(by=AGENCY, bound_by=first).at(State.REGISTERED)
    matter.joined_by(SECOND, agency="another", bound_by=second)
    matter.happens(handling.accept(matter.case, matter.now, BASIS, TRADE))
    assert the_clock(matter).due_at <= min(first, second)
    matter.happens(transferring.set_deadline(matter.case, FIRST, "省信访局", MONDAY + timedelta(days=300), TRADE))
    assert the_clock(matter).due_at <= second


def test_a_question_to_the_citizen_does_not_wait_beyond_their_date() -> None:
    by = MONDAY + timedelta(days=4)
    matter = Matter().filed(by=AGENCY, bound_by=by).at(State.WAITING)
    assert matter.case.waiting is not None
    assert matter.case.waiting.until == by


def test_a_date_that_was_over_before_the_work_began_is_late_at_once() -> None:
    matter = Matter().filed(by=AGENCY, bound_by=MONDAY + timedelta(minutes=1)).at(State.REGISTERED).later(days=1)
    matter.swept()
    matter.happens(handling.accept(matter.case, matter.now, BASIS, TRADE))
    assert the_clock(matter).light_at(matter.now) is Light.RED
    assert matter.case.light is Light.RED


def test_what_is_answered_is_bound_by_no_date_that_is_over_when_it_is_done_again() -> None:
    matter = Matter().filed(by=AGENCY, bound_by=MONDAY + timedelta(days=1)).at(State.REPLIED).later(days=2)
    matter.take(Action.REWORK, acting(Role.CLERK, matter.case))
    assert the_clock(matter).bound_by is None
    assert matter.case.bound_by is None
