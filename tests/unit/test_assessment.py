"""考核: how a unit's month is counted."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from chalicelib.domain.assessment import Fact, FactKind, assess_unit, under
from chalicelib.domain.figures import Answer, Ground, LeftOut, Part, Rate
from chalicelib.domain.formula import Formula
from chalicelib.domain.words import Satisfaction, Solved
from tests.unit.month import (
    FORMULA,
    MARCH,
    done,
    facts_of_a_month,
    fell_due,
    numbers,
    once,
    rated,
    received,
    replied,
    signed,
    supervised,
)


def test_a_month_is_counted_by_case_and_citizen() -> None:
    facts = [
        *done("a"),
        received("b"), signed("b", in_time=False), fell_due("b"), replied("b", in_time=False),
        rated("b", Solved.PARTLY, Satisfaction.FAIRLY),
        received("c"), fell_due("c"),
        received("d"), received("d", "second voice"), signed("d"), replied("d"), replied("d", receipt="second voice"),
        rated("d", Solved.NO, Satisfaction.NOT),
    ]  # fmt: skip
    figures = assess_unit(facts, FORMULA)
    assert (figures.received, figures.replied, figures.on_time, figures.due, figures.cases) == (5, 4, 3, 5, 4)
    assert figures.rates[Part.RESPONSE] == Rate(Fraction(2), 4, ("b", "c"))
    assert figures.rates[Part.TIMELINESS] == Rate(Fraction(3), 5, ("b", "c"))
    assert figures.rates[Part.SOLUTION] == Rate(Fraction(3, 2), 3, ("b", "d"))
    assert figures.rates[Part.SATISFACTION] == Rate(Fraction(9, 5), 3, ("b", "d"))
    assert figures.rates[Part.PARTICIPATION] == Rate(Fraction(3), 4, ("d",))
    assert figures.rates[Part.SETTLEMENT] == figures.rates[Part.EXAM] == Rate(Fraction(0), 0)
    assert figures.answers[Part.SOLUTION] == {"yes": Answer(1), "partly": Answer(1, ("b",)), "no": Answer(1, ("d",))}


@pytest.mark.parametrize(
    ("good", "of", "low", "high"),
    [(9, 10, 0.5958, 0.9821), (0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (1, 1, 0.2065, 1.0), (0, 0, 0.0, 1.0)],
)
def test_the_interval_beside_a_rate_is_wilsons(good: int, of: int, low: float, high: float) -> None:
    assert Rate(Fraction(good), of, ()).interval() == pytest.approx((low, high), abs=5e-5)


def test_a_citizen_who_rates_again_is_counted_with_the_last_word() -> None:
    first = [rated(case, Solved.NO, Satisfaction.NOT, day=12) for case in numbers(12)]
    last = [rated(case, Solved.YES, Satisfaction.SATISFIED, day=14) for case in numbers(12)]
    assert assess_unit([*last, *first], FORMULA).rates[Part.SOLUTION] == Rate(Fraction(12), 12, ())


def test_a_matter_dispatched_last_month_counts_where_it_is_signed() -> None:
    assert assess_unit([signed("a")], FORMULA).rates[Part.RESPONSE] == Rate(Fraction(1), 1, ())
    assert assess_unit([signed("a", in_time=False)], FORMULA).rates[Part.RESPONSE] == Rate(Fraction(0), 1, ("a",))


def test_first_petitions_that_stood_and_that_came_again_make_the_settlement_rate() -> None:
    stood = [once(FactKind.SETTLED, case, in_time=True) for case in numbers(3)]
    figures = assess_unit([*stood, once(FactKind.SETTLED, "again", in_time=False)], FORMULA)
    assert figures.rates[Part.SETTLEMENT] == Rate(Fraction(3), 4, ("again",))


def test_a_citizen_who_rates_a_month_later_counts_there_as_one_who_was_asked() -> None:
    rating = rated("a", Solved.YES, Satisfaction.SATISFIED)
    assert assess_unit([rating], FORMULA).rates[Part.PARTICIPATION] == Rate(Fraction(1), 1)


def test_what_is_taken_off_and_added_names_its_matters_once_and_supervision_at_its_highest() -> None:
    facts = [
        supervised("a", 1), supervised("a", 2), supervised("b", 3),
        once(FactKind.REWORKED, "a"), replace(once(FactKind.REWORKED, "a"), at=MARCH), once(FactKind.FALSE_REPLY, "c"),
        once(FactKind.ADOPTED, "d"), once(FactKind.PRAISED, "d"),
    ]  # fmt: skip
    assert assess_unit(facts, FORMULA).grounds == {
        Ground.LEVEL_2: ("a",), Ground.LEVEL_3: ("b",), Ground.REWORK: ("a",), Ground.FALSE_REPLY: ("c",),
        Ground.ADOPTED: ("d",), Ground.PRAISED: ("d",),
    }  # fmt: skip


def test_matters_sent_back_prolonged_and_ended_are_counted() -> None:
    kinds = (FactKind.RETURNED, FactKind.EXTENDED, FactKind.CONCLUDED)
    figures = assess_unit([once(kind, case) for kind in kinds for case in ("a", "b")], FORMULA)
    assert (figures.returned, figures.extended, figures.concluded) == (2, 2, 2)
    assert not figures.empty
    assert assess_unit([], FORMULA).empty


def test_a_sealed_accusation_is_counted_and_neither_scored_nor_listed() -> None:
    secret = [
        received("s"),
        signed("s", in_time=False),
        fell_due("s"),
        supervised("s", 1),
        once(FactKind.REWORKED, "s"),
    ]
    figures = assess_unit([*done("a"), *secret], FORMULA, sealed={"s"})
    assert (figures.received, figures.due, figures.on_time) == (2, 2, 1)
    assert figures.cases == 1
    assert figures.left_out == LeftOut(sealed=1)
    assert figures.grounds == {}
    assert all("s" not in rate.cases and rate.good == rate.of for rate in figures.rates.values())


def test_exam_marks_are_a_rate_of_a_hundred() -> None:
    assert assess_unit([], FORMULA, exam=Fraction(250, 3)).rates[Part.EXAM] == Rate(Fraction(5, 6), 1)


def test_another_formula_weighs_the_same_answers_otherwise() -> None:
    facts = [rated("a", Solved.PARTLY, Satisfaction.FAIRLY), rated("b", Solved.YES, Satisfaction.NOT)]
    generous = Formula(partly=100, fairly=70)
    figures = under(assess_unit(facts, FORMULA), generous)
    assert figures == assess_unit(facts, generous)
    assert figures.rates[Part.SOLUTION] == Rate(Fraction(2), 2)
    assert figures.rates[Part.SATISFACTION] == Rate(Fraction(7, 10), 2, ("a", "b"))


@given(facts_of_a_month, st.integers(0, 100), st.integers(0, 100))
def test_figures_under_another_formula_are_what_it_would_have_counted(
    facts: list[Fact], partly: int, fairly: int
) -> None:
    other = Formula(partly=partly, fairly=fairly)
    assert under(assess_unit(facts, FORMULA), other) == assess_unit(facts, other)


@given(facts_of_a_month, st.data())
def test_a_fact_that_was_contested_is_as_if_it_had_never_been_but_that_it_is_counted(
    facts: list[Fact], data: st.DataObject
) -> None:
    keys = sorted({fact.key for fact in facts})
    excluded = frozenset(data.draw(st.lists(st.sampled_from(keys), unique=True))) if keys else frozenset()
    figures = assess_unit(facts, FORMULA, excluded=excluded)
    never = assess_unit([fact for fact in facts if fact.key not in excluded], FORMULA)
    assert figures.left_out == LeftOut(contested=len(excluded))
    assert replace(figures, left_out=LeftOut()) == never


@given(facts_of_a_month, st.sets(st.sampled_from(numbers(8))))
def test_a_sealed_case_moves_no_rate(facts: list[Fact], sealed: set[str]) -> None:
    figures = assess_unit(facts, FORMULA, sealed=sealed)
    without = assess_unit([fact for fact in facts if fact.case_id not in sealed], FORMULA)
    assert (figures.rates, figures.grounds, figures.cases) == (without.rates, without.grounds, without.cases)
    assert figures.left_out.sealed == len({fact.case_id for fact in facts} & sealed)
    assert figures.received == assess_unit(facts, FORMULA).received


@given(facts_of_a_month, st.data())
def test_neither_the_order_of_facts_nor_telling_them_twice_changes_anything(
    facts: list[Fact], data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations([*facts, *facts]))
    assert assess_unit(shuffled, FORMULA) == assess_unit(facts, FORMULA)


@given(facts_of_a_month)
def test_no_rate_exceeds_its_whole_and_its_interval_holds_it(facts: list[Fact]) -> None:
    figures = assess_unit(facts, FORMULA)
    assert figures.on_time <= figures.replied <= figures.due
    assert figures.cases <= figures.due
    for rate in figures.rates.values():
        assert 0 <= rate.good <= rate.of
        low, high = rate.interval()
        assert 0 <= low <= high <= 1
        if rate.value is not None:
            assert low - 1e-9 <= float(rate.value) <= high + 1e-9
            assert bool(rate.cases) is (rate.good < rate.of)
