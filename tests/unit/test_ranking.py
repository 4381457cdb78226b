"""排名: how a month is scored and ranked, worked by hand and by rule."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from chalicelib.domain.assessment import Fact, FactKind, Part, assess_unit
from chalicelib.domain.ranking import Assessed, rank
from chalicelib.domain.words import UnitClass
from tests.unit.month import (
    HIGHEST,
    WEIGHTS,
    alone,
    done,
    facts_of_a_month,
    fell_due,
    months_of_units,
    numbers,
    part,
    received,
    replied,
    row_of,
    signed,
    supervised,
    unit,
)


def test_the_score_is_the_weighted_rates_less_the_penalty_as_worked_by_hand() -> None:
    facts = [fact for case in numbers(6) for fact in done(case)]
    facts += [fact for case in ("x", "y") for fact in (received(case), signed(case), fell_due(case))]
    facts += [supervised("x", 1), supervised("y", 1), supervised("y", 2)]
    row = alone(facts)
    # R 8/8, T 6/8, S 6/6, Z 6/6: (15 + 25 x 3/4 + 30 + 25) / 95 x 100 = 93.42; x at level 1: 1; y at level 2: 3
    assert part(row, Part.TIMELINESS).value == 0.75
    assert part(row, Part.TIMELINESS).points == pytest.approx(19.74)
    assert row.penalty == 4
    assert row.penalised == {1: ("x",), 2: ("y",)}
    assert row.score == 89.42
    assert row.rank == 1


def test_a_small_unit_is_drawn_towards_its_class() -> None:
    many = [fact for case in numbers(45) for fact in (received(case), signed(case), replied(case))]
    few = [fact for case in numbers(5, "s") for fact in (received(case), signed(case), replied(case, case > "s002"))]
    few += [fell_due(case) for case in numbers(3, "s")]
    timeliness = part(row_of(rank([unit("many", many), unit("few", few)], WEIGHTS), "few"), Part.TIMELINESS)
    # the class: 47 of 50; its own 2 of 5 with five cases of the class's mean: (2 + 5 x 0.94) / (5 + 5)
    assert timeliness.value == 0.4
    assert timeliness.drawn == pytest.approx(0.67)
    assert timeliness.cases == ("s000", "s001", "s002")


def test_what_could_not_be_measured_gives_its_weight_to_the_rest_and_shows_it() -> None:
    row = alone([fact for case in numbers(5) for fact in (received(case), signed(case), replied(case))])
    assert [round(component.weight, 4) for component in row.components] == [0.375, 0.625, 0.0, 0.0]
    unrated = part(row, Part.SATISFACTION)
    assert (unrated.value, unrated.drawn, unrated.points, unrated.of) == (None, None, 0.0, 0)
    assert row.score == HIGHEST


def test_a_unit_of_which_nothing_could_be_measured_has_no_score_and_no_rank() -> None:
    row = alone([supervised("a", 1)])
    assert row.score is None
    assert row.rank is None
    assert row.penalised == {1: ("a",)}


def test_a_matter_counts_once_at_the_highest_level_and_the_penalty_has_an_end() -> None:
    facts = [fact for case in numbers(9) for fact in (*done(case), *(supervised(case, level) for level in (1, 2, 3)))]
    row = alone(facts)
    assert row.penalised == {3: tuple(numbers(9))}
    assert row.penalty == WEIGHTS.most_penalty
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
        WEIGHTS,
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
    rows = rank(units, WEIGHTS)
    assert [(row.unit, row.rank) for row in rows] == [("large", 1), ("small", 2), ("poor", 3)]
    assert part(row_of(rows, "small"), Part.TIMELINESS).low < 0.5  # and the page says how little is known
    assert row_of(rank(units, replace(WEIGHTS, prior=0)), "small").rank == 3


def _handled(case: str, answered: bool) -> list[Fact]:
    return [received(case), signed(case), replied(case) if answered else fell_due(case)]


def test_equal_scores_share_a_rank_and_the_next_is_counted_on() -> None:
    perfect = [fact for case in numbers(5) for fact in done(case)]
    poor = [*perfect, supervised("c000", 1)]
    rows = rank([unit("c", poor), unit("b", perfect), unit("a", perfect)], WEIGHTS)
    assert [(row.unit, row.rank) for row in rows] == [("a", 1), ("b", 1), ("c", 3)]


def test_units_are_ranked_within_their_class_and_the_desk_itself_never() -> None:
    perfect = [fact for case in numbers(5) for fact in done(case)]
    rows = rank([unit(name.value, perfect, name) for name in UnitClass], WEIGHTS)
    assert {row.unit_class: row.rank for row in rows} == {
        name: None if name is UnitClass.DESK else 1 for name in UnitClass
    }


def test_a_city_that_wants_three_rates_only_sets_the_fourth_to_nought() -> None:
    """接诉即办: response, solution and satisfaction."""
    thirds = replace(WEIGHTS, parts={**{one: Fraction(1, 3) for one in Part}, Part.TIMELINESS: Fraction(0)})
    facts = [fact for case in numbers(6) for fact in done(case)] + [fell_due("x")]
    row = rank([Assessed("u", UnitClass.COUNTY, assess_unit(facts, thirds))], thirds)[0]
    assert part(row, Part.TIMELINESS).weight == 0
    assert part(row, Part.TIMELINESS).value == pytest.approx(6 / 7)
    assert row.score == HIGHEST


@given(months_of_units)
def test_every_line_adds_up_from_its_parts(months: list[Assessed]) -> None:
    for row in rank(months, WEIGHTS):
        weights = sum(component.weight for component in row.components)
        if row.score is None:
            assert weights == 0
            continue
        assert weights == pytest.approx(1)
        assert 0 <= row.score <= HIGHEST
        points = sum(component.points for component in row.components)
        assert row.score == pytest.approx(
            max(0.0, points - row.penalty), abs=0.03
        )  # four parts and a sum, each rounded


@given(months_of_units)
def test_anyone_can_compute_a_drawn_rate_again_from_the_table_alone(months: list[Assessed]) -> None:
    rows = rank(months, WEIGHTS)
    for row in rows:
        peers = [other for other in rows if other.unit_class is row.unit_class]
        for shown in row.components:
            if shown.drawn is None:
                continue
            of_class = [part(peer, shown.part) for peer in peers]
            mean = sum(Fraction(one.good) for one in of_class) / sum(one.of for one in of_class)
            drawn = (Fraction(shown.good) + WEIGHTS.prior * mean) / (shown.of + WEIGHTS.prior)
            assert shown.drawn == float(drawn)


@given(months_of_units, st.data())
def test_ranks_are_complete_within_each_class_whatever_the_order_of_units(
    months: list[Assessed], data: st.DataObject
) -> None:
    rows = rank(months, WEIGHTS)
    assert sorted(row.unit for row in rows) == sorted(one.unit for one in months)
    assert rank(data.draw(st.permutations(months)), WEIGHTS) == rows
    for unit_class in UnitClass:
        ranks = [row.rank for row in rows if row.unit_class is unit_class and row.rank is not None]
        assert ranks == sorted(ranks)
        for place in ranks:
            assert place == 1 + sum(1 for other in ranks if other < place)


@given(months_of_units, st.data())
def test_a_late_answer_that_had_come_in_time_would_never_lower_the_units_score(
    months: list[Assessed], data: st.DataObject
) -> None:
    facts = data.draw(facts_of_a_month)
    keys = {(fact.case_id, fact.receipt) for fact in facts if fact.kind in (FactKind.DUE, FactKind.REPLIED)}
    rest = [fact for fact in facts if fact.kind not in (FactKind.DUE, FactKind.REPLIED)]
    ordered = sorted(keys)
    punctual = data.draw(st.integers(0, len(ordered)))
    fewer = [*rest, *(replied(case, at < punctual, receipt) for at, (case, receipt) in enumerate(ordered))]
    more = [*rest, *(replied(case, at <= punctual, receipt) for at, (case, receipt) in enumerate(ordered))]
    worse = row_of(rank([*months, unit("own", fewer)], WEIGHTS), "own").score
    better = row_of(rank([*months, unit("own", more)], WEIGHTS), "own").score
    assert (worse is None) is (better is None)
    assert (worse or 0) <= (better or 0)


@given(months_of_units, facts_of_a_month)
def test_one_more_answer_in_time_never_lowers_a_score_in_which_answers_are_measured(
    months: list[Assessed], facts: list[Fact]
) -> None:
    measured = [*facts, replied("known")]
    before = row_of(rank([*months, unit("own", measured)], WEIGHTS), "own").score
    after = row_of(rank([*months, unit("own", [*measured, replied("one more")])], WEIGHTS), "own").score
    assert before is not None
    assert after is not None
    assert before <= after
