"""考核: how a unit's month is counted."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.assessment import Fact, Part, Rate, assess_unit
from chalicelib.domain.words import Satisfaction, Solved
from tests.unit.month import WEIGHTS, done, facts_of_a_month, fell_due, numbers, rated, received, replied, signed


def test_a_month_is_counted_by_case_and_citizen() -> None:
    facts = [
        *done("a"),
        received("b"), signed("b", in_time=False), fell_due("b"), replied("b", in_time=False),
        rated("b", Solved.PARTLY, Satisfaction.FAIRLY),
        received("c"), fell_due("c"),
        received("d"), received("d", "second voice"), signed("d"), replied("d"), replied("d", receipt="second voice"),
        rated("d", Solved.NO, Satisfaction.NOT),
    ]  # fmt: skip
    figures = assess_unit(facts, WEIGHTS)
    assert (figures.received, figures.replied, figures.on_time, figures.due, figures.cases) == (5, 4, 3, 5, 4)
    assert figures.rates[Part.RESPONSE] == Rate(Fraction(2), 4, ("b", "c"))
    assert figures.rates[Part.TIMELINESS] == Rate(Fraction(3), 5, ("b", "c"))
    assert figures.rates[Part.SOLUTION] == Rate(Fraction(3, 2), 3, ("b", "d"))
    assert figures.rates[Part.SATISFACTION] == Rate(Fraction(9, 5), 3, ("b", "d"))


@pytest.mark.parametrize(
    ("good", "of", "low", "high"),
    [(9, 10, 0.5958, 0.9821), (0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (1, 1, 0.2065, 1.0), (0, 0, 0.0, 1.0)],
)
def test_the_interval_beside_a_rate_is_wilsons(good: int, of: int, low: float, high: float) -> None:
    assert Rate(Fraction(good), of, ()).interval() == pytest.approx((low, high), abs=5e-5)


def test_a_citizen_who_rates_again_is_counted_with_the_last_word() -> None:
    first = [rated(case, Solved.NO, Satisfaction.NOT, day=12) for case in numbers(12)]
    last = [rated(case, Solved.YES, Satisfaction.SATISFIED, day=14) for case in numbers(12)]
    assert assess_unit([*last, *first], WEIGHTS).rates[Part.SOLUTION] == Rate(Fraction(12), 12, ())


def test_a_matter_dispatched_last_month_counts_where_it_is_signed() -> None:
    assert assess_unit([signed("a")], WEIGHTS).rates[Part.RESPONSE] == Rate(Fraction(1), 1, ())
    assert assess_unit([signed("a", in_time=False)], WEIGHTS).rates[Part.RESPONSE] == Rate(Fraction(0), 1, ("a",))


@given(facts_of_a_month, st.data())
def test_neither_the_order_of_facts_nor_telling_them_twice_changes_anything(
    facts: list[Fact], data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations([*facts, *facts]))
    assert assess_unit(shuffled, WEIGHTS) == assess_unit(facts, WEIGHTS)


@given(facts_of_a_month)
def test_no_rate_exceeds_its_whole_and_its_interval_holds_it(facts: list[Fact]) -> None:
    figures = assess_unit(facts, WEIGHTS)
    assert figures.on_time <= figures.replied <= figures.due
    assert figures.cases <= figures.due
    for rate in figures.rates.values():
        assert 0 <= rate.good <= rate.of
        low, high = rate.interval()
        assert 0 <= low <= high <= 1
        if rate.value is not None:
            assert low - 1e-9 <= float(rate.value) <= high + 1e-9
            assert bool(rate.cases) is (rate.good < rate.of)
