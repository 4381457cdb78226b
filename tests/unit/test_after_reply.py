"""After the reply: called back, done again, looked at by the level above, and ended for good."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from chalicelib.domain import calling_back, reviewing
from chalicelib.domain.errors import NotAllowed, RuleBroken
from chalicelib.domain.events import CallBackDue, Payload, Rated, Replied, ReworkOrdered, Terminated
from chalicelib.domain.known import stands
from chalicelib.domain.supervision import due_now
from chalicelib.domain.terms import Terms
from chalicelib.domain.words import (
    Action,
    ClockName,
    Kind,
    Level,
    Outcome,
    ReviewLevel,
    ReworkGround,
    Role,
    State,
    UnitClass,
)
from tests.unit.matter import ACTORS, CITY, FIRST, MONDAY, TRADE, Matter, acting, content, unhappy

CITIZEN, CLERK = ACTORS[Role.CITIZEN], ACTORS[Role.CLERK]


def rated(matter: Matter, rating: Rated) -> list[Payload]:
    """What follows from a rating."""
    from chalicelib.domain.rating import rate

    decided = rate(matter.case, rating, matter.now, TRADE)
    matter.happens(*decided, by=CITIZEN)
    return decided


def test_whoever_is_not_satisfied_is_called_back() -> None:
    matter = Matter().at(State.REPLIED)
    assert any(isinstance(payload, CallBackDue) for payload in rated(matter, unhappy()))
    assert matter.case.call_back_due
    matter.take(Action.CALL_BACK, CLERK)
    assert not matter.case.call_back_due


def test_a_result_that_somebody_finds_fault_with_is_told_to_nobody_else_before_a_person_has_looked() -> None:
    matter, content_one = Matter().at(State.REPLIED), Matter().at(State.REPLIED)
    assert stands(matter.case)
    rated(content_one, content())
    assert stands(content_one.case)
    rated(matter, unhappy())
    assert not stands(replace(matter.case, call_back_due=False))
    assert not stands(replace(content_one.case, call_back_due=True))
    assert not stands(replace(content_one.case, state=State.IN_REVIEW))


def test_who_was_not_reached_stays_in_the_ledger() -> None:
    matter = Matter().at(State.REPLIED)
    rated(matter, unhappy())
    matter.happens(calling_back.call_back(False, None, None, "三次无人接听。"), by=CLERK)
    assert matter.case.call_back_due


def test_of_concluded_matters_the_lot_calls_so_many_of_a_hundred_and_always_the_same() -> None:
    matter = Matter().at(State.REPLIED)
    cases = [replace(matter.case, case_id=f"{number:012}") for number in range(2_000)]
    called = [case for case in cases if calling_back.due_when_concluded(case, TRADE)]
    assert 150 < len(called) < 250  # ten of a hundred
    assert called == [case for case in cases if calling_back.due_when_concluded(case, TRADE)]
    assert not calling_back.due_when_concluded(cases[0], replace(TRADE, terms=Terms(called_back_of_100=0)))
    assert calling_back.due_when_concluded(cases[0], replace(TRADE, terms=Terms(called_back_of_100=100)))


def test_a_matter_done_again_keeps_the_earlier_reply_and_is_answered_and_rated_anew() -> None:
    matter = Matter().at(State.REPLIED)
    rated(matter, unhappy())
    matter.later(days=1).take(Action.REWORK, CLERK)
    assert matter.case.state is State.IN_HANDLING
    assert matter.case.reworks == 1
    assert not matter.case.call_back_due
    (term,) = matter.case.clocks
    assert term.name is ClockName.HANDLE
    matter.take(Action.DRAFT, ACTORS[Role.HANDLER]).take(Action.REPLY, ACTORS[Role.HEAD])
    assert len([event for event in matter.events if isinstance(event.payload, Replied)]) == 2
    rated(matter, content())
    assert matter.case.ended


@pytest.mark.parametrize(("kind", "working_days"), [(Kind.APPEAL, 3), (Kind.CONSULTATION, 3), (Kind.ADVICE, 3)])
def test_rework_has_half_of_the_first_term_and_at_least_three_working_days(kind: Kind, working_days: int) -> None:
    matter = Matter().filed(kind=kind).at(State.REPLIED)
    (term,) = TRADE.to_rework(matter.now, kind, urgent=False)
    assert term.promised_by == TRADE.ends(Terms().rework_least, matter.now)
    assert TRADE.terms.rework_least.amount == working_days


def test_review_goes_one_level_up_and_re_review_two() -> None:
    town = next(unit for unit in CITY.units if unit.level is Level.TOWNSHIP and unit.unit_class is UnitClass.TOWNSHIP)
    case = replace(Matter().at(State.REPLIED).case, unit=town.id)
    first = CITY.unit(reviewing.reviewer_of(case, ReviewLevel.REVIEW, CITY))
    second = CITY.unit(reviewing.reviewer_of(case, ReviewLevel.RE_REVIEW, CITY))
    assert first is not None
    assert second is not None
    assert (first.level, second.level) == (Level.COUNTY, Level.CITY)
    area = CITY.area(town.area)
    assert area is not None
    assert first.area == area.parent


def test_every_unit_of_the_city_has_somebody_to_review_it() -> None:
    case = Matter().at(State.REPLIED).case
    for unit in CITY.units:
        for level in ReviewLevel:
            reviewer = CITY.unit(reviewing.reviewer_of(replace(case, unit=unit.id), level, CITY))
            assert reviewer is not None


def test_a_reply_upheld_twice_ends_the_petition_for_good() -> None:
    matter = Matter().at(State.TERMINATED)
    assert isinstance(matter.events[-1].payload, Terminated)
    assert matter.case.next_due_at(matter.now) is None
    with pytest.raises(Exception, match="terminated"):
        matter.take(Action.ASK_REVIEW, CITIZEN)


def test_a_reply_that_is_not_upheld_is_done_again_by_the_same_unit() -> None:
    matter = Matter().at(State.IN_REVIEW)
    unit = matter.case.unit
    decided = reviewing.decide_review(matter.case, False, "事实未查清。", matter.now, TRADE)
    matter.happens(*decided, by=acting(Role.HEAD, matter.case))
    assert isinstance(decided[-1], ReworkOrdered)
    assert decided[-1].ground is ReworkGround.REVIEW
    assert (matter.case.state, matter.case.unit, matter.case.in_charge) == (State.IN_HANDLING, unit, unit)


def test_an_opinion_on_what_nobody_reviews_is_none() -> None:
    with pytest.raises(RuleBroken, match=r"review\.none"):
        reviewing.decide_review(Matter().at(State.REPLIED).case, True, "维持。", MONDAY, TRADE)


def test_while_it_is_reviewed_the_reviewer_alone_has_it() -> None:
    matter = Matter().at(State.IN_REVIEW)
    assert matter.case.in_charge == matter.case.review.reviewer if matter.case.review else None
    assert matter.case.in_charge != matter.case.unit
    with pytest.raises(Exception, match="not_yours"):
        matter.take(Action.DECIDE_REVIEW, ACTORS[Role.HEAD])


def test_review_is_asked_for_within_thirty_days_and_not_after() -> None:
    matter = Matter().at(State.REPLIED)
    until = matter.case.review_until
    assert until is not None
    late = Matter().at(State.REPLIED)
    matter.now, late.now = until, until + timedelta(seconds=1)
    matter.take(Action.ASK_REVIEW, CITIZEN)
    assert matter.case.state is State.IN_REVIEW
    with pytest.raises(RuleBroken, match="too_late"):
        late.take(Action.ASK_REVIEW, CITIZEN)


@pytest.mark.parametrize("kind", [Kind.ADVICE, Kind.CONSULTATION, Kind.THANKS])
def test_the_law_gives_review_to_appeals_only(kind: Kind) -> None:
    matter = Matter().filed(kind=kind).at(State.REPLIED)
    with pytest.raises(RuleBroken, match="closed"):
        matter.take(Action.ASK_REVIEW, CITIZEN)


def test_who_was_never_answered_asks_for_no_review() -> None:
    matter = Matter().at(State.REPLIED)
    with pytest.raises(NotAllowed):
        reviewing.ask_review(matter.case, "999999999999", 1, "f" * 64, CITY, matter.now, TRADE)


def test_a_review_that_is_late_turns_red_and_is_supervised_like_everything() -> None:
    matter = Matter().at(State.IN_REVIEW)
    (clock,) = matter.case.clocks
    assert clock.name is ClockName.REVIEW
    kinds = {type(payload).__name__ for payload in due_now(matter.case, clock.red_at, TRADE)}
    assert {"LightChanged", "Supervised"} <= kinds


def test_a_concluded_matter_is_drawn_by_lot_when_its_window_is_over() -> None:
    matter = Matter(trade=replace(TRADE, terms=Terms(called_back_of_100=100))).at(State.REPLIED)
    assert matter.case.window_ends_at is not None
    matter.now = matter.case.window_ends_at
    matter.swept()
    assert (matter.case.state, matter.case.call_back_due) == (State.CONCLUDED, True)


def test_the_outcome_of_a_reply_is_kept_with_each() -> None:
    matter = Matter().at(State.REPLIED)
    replies = [event.payload for event in matter.events if isinstance(event.payload, Replied)]
    assert [reply.outcome for reply in replies] == [Outcome.SOLVED]
    assert replies[0].answers[0].receipt == FIRST
