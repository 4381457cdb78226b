"""排名: how a month is scored and ranked, worked by hand and by rule."""

from fractions import Fraction

import pytest
from msgspec.structs import replace

from chalicelib.domain.assessment import Fact, FactKind, assess_unit
from chalicelib.domain.figures import BONUSES, PENALTIES, Ground, Part
from chalicelib.domain.formula import BONUSES as ADDED
from chalicelib.domain.formula import PENALTIES as TAKEN
from chalicelib.domain.formula import WEIGHTS, Grade, three_rates
from chalicelib.domain.ranking import Assessed, Charge, Unranked, rank
from chalicelib.domain.words import Satisfaction, Solved, UnitClass
from tests.unit.month import (
    FORMULA,
    MARCH,
    alone,
    done,
    fell_due,
    numbers,
    once,
    part,
    rated,
    received,
    replied,
    row_of,
    signed,
    supervised,
    unit,
)


def test_each_rate_and_each_ground_has_its_number_in_the_formula() -> None:
    assert {*Part} == {*WEIGHTS}
    assert {*PENALTIES} == {*TAKEN}
    assert {*BONUSES} == {*ADDED}


def test_the_score_is_the_weighted_rates_less_the_penalty_as_worked_by_hand() -> None:
    facts = [fact for case in numbers(6) for fact in done(case)]
    facts += [fact for case in ("x", "y") for fact in (received(case), signed(case), fell_due(case))]
    facts += [supervised("x", 1), supervised("y", 1), supervised("y", 2)]
    row = alone(facts)
    # R 8/8, T 6/8, S 6/6, Z 6/6: (15 + 25 x 3/4 + 30 + 25) / 95 x 100 = 93.42; x at level 1: 1; y at level 2: 3
    # nobody's first petition has stood the term yet: its weight goes to the rest
    assert part(row, Part.TIMELINESS).value == 0.75
    assert part(row, Part.TIMELINESS).points == pytest.approx(19.74)
    assert row.penalty == 4
    assert row.penalties == (Charge(Ground.LEVEL_1, 1, ("x",)), Charge(Ground.LEVEL_2, 3, ("y",)))
    assert row.score == 89.42
    assert row.rank == 1
    assert row.grade is Grade.GOOD


def test_a_small_unit_is_drawn_towards_its_class() -> None:
    many = [fact for case in numbers(45) for fact in (received(case), signed(case), replied(case))]
    few = [fact for case in numbers(5, "s") for fact in (received(case), signed(case), replied(case, case > "s002"))]
    few += [fell_due(case) for case in numbers(3, "s")]
    timeliness = part(row_of(rank([unit("many", many), unit("few", few)], FORMULA), "few"), Part.TIMELINESS)
    # the class: 47 of 50; its own 2 of 5 with five cases of the class's mean: (2 + 5 x 0.94) / (5 + 5)
    assert timeliness.value == 0.4
    assert timeliness.drawn == pytest.approx(0.67)
    assert timeliness.cases == ("s000", "s001", "s002")


def test_what_could_not_be_measured_gives_its_weight_to_the_rest_and_shows_it() -> None:
    row = alone([fact for case in numbers(5) for fact in (received(case), signed(case), replied(case))])
    assert [round(component.weight, 4) for component in row.components] == [0.375, 0.625, 0.0, 0.0, 0.0, 0.0, 0.0]
    unrated = part(row, Part.SATISFACTION)
    assert (unrated.value, unrated.drawn, unrated.points, unrated.of) == (None, None, 0.0, 0)
    assert row.score == 100


def test_a_unit_of_which_nothing_could_be_measured_has_no_score_and_no_rank() -> None:
    row = alone([supervised("a", 1)])
    assert row.score is None
    assert row.rank is None
    assert row.unranked is Unranked.NOTHING
    assert row.penalties == (Charge(Ground.LEVEL_1, 1, ("a",)),)


def test_a_matter_counts_once_at_the_highest_level_and_the_penalty_has_an_end() -> None:
    facts = [fact for case in numbers(9) for fact in (*done(case), *(supervised(case, level) for level in (1, 2, 3)))]
    row = alone(facts)
    assert row.penalties == (Charge(Ground.LEVEL_3, 6, tuple(numbers(9))),)
    assert row.penalty == FORMULA.most_penalty
    assert row.score == 70.0


def test_a_score_does_not_fall_below_nought() -> None:
    facts = [fact for case in numbers(6) for fact in (received(case), fell_due(case), supervised(case, 3))]
    assert alone(facts).score == 0.0


def test_a_unit_with_fewer_than_five_cases_is_shown_but_not_ranked() -> None:
    rows = rank(
        [
            unit("four", [fact for case in numbers(4) for fact in done(case)]),
            unit("five", [fact for case in numbers(5) for fact in done(case)]),
        ],
        FORMULA,
    )
    assert [(row.unit, row.rank, row.score) for row in rows] == [("five", 1, 100.0), ("four", None, 100.0)]


def test_one_matter_of_twenty_citizens_does_not_make_a_unit_ranked() -> None:
    row = alone([fact for voice in numbers(20, "v") for fact in (received("a", voice), replied("a", receipt=voice))])
    assert row.due == 20
    assert row.rank is None


def test_one_unanswered_letter_does_not_make_a_unit_last() -> None:
    """4 answers of 5 against 82 of 100: too few to tell, and so they are drawn to the class, which answers 92 %."""
    units = [
        unit(name, [fact for case in numbers(due, name) for fact in _handled(case, int(case[-3:]) < answered)])
        for name, answered, due in (("small", 4, 5), ("poor", 82, 100), ("large", 195, 200))
    ]
    rows = rank(units, FORMULA)
    assert [(row.unit, row.rank) for row in rows] == [("large", 1), ("small", 2), ("poor", 3)]
    assert part(row_of(rows, "small"), Part.TIMELINESS).low < 0.5  # and the page says how little is known
    assert row_of(rank(units, replace(FORMULA, prior=0)), "small").rank == 3


def _handled(case: str, answered: bool) -> list[Fact]:
    return [received(case), signed(case), replied(case) if answered else fell_due(case)]


def test_equal_scores_share_a_rank_and_the_next_is_counted_on() -> None:
    perfect = [fact for case in numbers(5) for fact in done(case)]
    poor = [*perfect, supervised("c000", 1)]
    rows = rank([unit("c", poor), unit("b", perfect), unit("a", perfect)], FORMULA)
    assert [(row.unit, row.rank) for row in rows] == [("a", 1), ("b", 1), ("c", 3)]


def test_units_are_ranked_within_their_class_and_the_desk_itself_never() -> None:
    perfect = [fact for case in numbers(5) for fact in done(case)]
    rows = rank([unit(name.value, perfect, name) for name in UnitClass], FORMULA)
    assert {row.unit_class: row.rank for row in rows} == {
        name: None if name is UnitClass.DESK else 1 for name in UnitClass
    }


def test_a_city_that_wants_three_rates_only_gets_what_is_worked_by_hand() -> None:
    """接诉即办: response 7/9, solution (5 + 1 x 0.5) / 7, satisfaction (6 x 1 + 0.8) / 7, whatever else happened."""
    facts = [fact for case in numbers(5) for fact in done(case)]
    facts += [received("p"), signed("p"), replied("p", False), rated("p", Solved.PARTLY, Satisfaction.FAIRLY)]
    facts += [received("n"), signed("n"), replied("n"), rated("n", Solved.NO, Satisfaction.SATISFIED)]
    facts += [received("x"), received("y"), signed("y", in_time=False), supervised("x", 3), once(FactKind.ADOPTED, "n")]
    rates = three_rates()
    row = rank([Assessed("u", UnitClass.COUNTY, assess_unit(facts, rates))], rates)[0]
    by_hand = 100 * (Fraction(7, 9) + Fraction(11, 14) + Fraction(34, 35)) / 3
    assert row.score == float(round(by_hand, 2)) == 84.5
    assert (row.penalty, row.bonus) == (0, 0)
    assert part(row, Part.TIMELINESS).weight == 0
    assert part(row, Part.TIMELINESS).value == pytest.approx(6 / 7)
    assert [charge.ground for charge in row.charges] == [Ground.LEVEL_3, Ground.ADOPTED], "and they are shown"


def test_points_are_added_for_adopted_advice_and_praise_up_to_a_most_and_the_score_to_its_ceiling() -> None:
    perfect = [fact for case in numbers(6) for fact in done(case)]
    two = alone([*perfect, once(FactKind.ADOPTED, "c000"), once(FactKind.PRAISED, "c001")])
    assert (two.bonus, two.score, two.grade) == (2, 102.0, Grade.EXCELLENT)
    many = alone([*perfect, *(once(FactKind.PRAISED, case) for case in numbers(6))])
    assert (many.bonus, many.score) == (5, 105.0)
    assert many.bonuses == (Charge(Ground.PRAISED, 1, tuple(numbers(6))),)
    capped = rank([unit("only", [*perfect, once(FactKind.ADOPTED, "c000")])], replace(FORMULA, ceiling=100))[0]
    assert (capped.bonus, capped.score) == (1, 100.0)


def test_rework_and_a_false_reply_are_taken_off_once_a_matter() -> None:
    perfect = [fact for case in numbers(6) for fact in done(case)]
    again = replace(once(FactKind.REWORKED, "c000"), at=MARCH)
    row = alone([*perfect, once(FactKind.REWORKED, "c000"), again, once(FactKind.FALSE_REPLY, "c001")])
    assert row.penalties == (Charge(Ground.REWORK, 1, ("c000",)), Charge(Ground.FALSE_REPLY, 5, ("c001",)))
    assert row.score == 94.0


def test_exam_marks_stand_as_they_are_and_are_drawn_to_nobody() -> None:
    by_exam = replace(FORMULA, exam=100)
    perfect = [fact for case in numbers(6) for fact in done(case)]
    units = [
        Assessed(name, UnitClass.COUNTY, assess_unit(perfect, by_exam, exam=marks))
        for name, marks in (("a", Fraction(80)), ("b", Fraction(250, 3)), ("c", None))
    ]
    rows = rank(units, by_exam)
    assert [(row.unit, row.score) for row in rows] == [("c", 100.0), ("b", 91.45), ("a", 89.74)]
    assert part(row_of(rows, "a"), Part.EXAM).drawn == 0.8


@pytest.mark.parametrize(
    ("score", "grade"),
    [("105", "excellent"), ("90", "excellent"), ("89.995", "excellent"), ("89.99", "good"), ("80", "good"),
     ("79.99", "passing"), ("60", "passing"), ("59.99", "failing"), ("0", "failing")],
)  # fmt: skip
def test_a_score_is_called_by_the_figure_that_is_shown(score: str, grade: str) -> None:
    assert FORMULA.grade(Fraction(score)) == grade


def test_a_class_that_is_not_to_be_ranked_is_scored_and_not_graded() -> None:
    perfect = [fact for case in numbers(5) for fact in done(case)]
    row = rank([unit("u", perfect, UnitClass.UTILITY)], replace(FORMULA, ranked=(UnitClass.COUNTY,)))[0]
    assert (row.score, row.rank, row.grade, row.unranked) == (100.0, None, None, Unranked.CLASS)
    own = rank([unit("desk", perfect, UnitClass.DESK)], replace(FORMULA, ranked=(UnitClass.DESK,)))[0]
    assert own.rank is None, "the desk never"
