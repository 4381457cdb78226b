"""排名: the rules that hold in every month, whatever happened in it."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from chalicelib.domain.assessment import Fact, FactKind
from chalicelib.domain.figures import Part
from chalicelib.domain.formula import WEIGHTS
from chalicelib.domain.ranking import Assessed, Row, assessed_of, rank
from chalicelib.domain.words import UnitClass
from chalicelib.storage.records import pack, unpack
from tests.unit.month import (
    FORMULA,
    HIGHEST,
    done,
    facts_of_a_month,
    months_of_units,
    once,
    part,
    replied,
    row_of,
    supervised,
    unit,
)

FEWER = settings(max_examples=50)  # each is a month of several units
KINDS_OF_PENALTY = (
    once(FactKind.REWORKED, "c001"), once(FactKind.FALSE_REPLY, "c001"), supervised("c001", 1), supervised("c001", 3),
)  # fmt: skip


@FEWER
@given(months_of_units)
def test_a_line_holds_all_that_it_was_made_of(months: list[Assessed]) -> None:
    known = {one.unit: one for one in months}
    for row in rank(months, FORMULA):
        kept = unpack(pack(row), Row)
        assert kept == row
        assert assessed_of(kept) == known[row.unit]


@FEWER
@given(months_of_units, st.integers(2, 3))
def test_only_how_weights_compare_counts(months: list[Assessed], times: int) -> None:
    scaled = replace(FORMULA, **{name: times * FORMULA.number(name) for name in WEIGHTS})
    assert rank(months, scaled) == rank(months, FORMULA)


@FEWER
@given(months_of_units)
def test_every_line_adds_up_from_its_parts(months: list[Assessed]) -> None:
    for row in rank(months, FORMULA):
        weights = sum(component.weight for component in row.components)
        if row.score is None:
            assert weights == 0
            continue
        assert weights == pytest.approx(1)
        assert 0 <= row.score <= HIGHEST
        points = sum(component.points for component in row.components)
        assert row.score == pytest.approx(
            min(HIGHEST, max(0.0, points - row.penalty + row.bonus)), abs=0.04
        )  # seven parts and a sum, each rounded
        assert row.penalty == min(FORMULA.most_penalty, sum(charge.points for charge in row.penalties))
        assert row.bonus == min(FORMULA.most_bonus, sum(charge.points for charge in row.bonuses))


@FEWER
@given(months_of_units)
def test_anyone_can_compute_a_drawn_rate_again_from_the_table_alone(months: list[Assessed]) -> None:
    rows = rank(months, FORMULA)
    for row in rows:
        peers = [other for other in rows if other.unit_class is row.unit_class]
        for shown in row.components:
            if shown.drawn is None:
                continue
            of_class = [part(peer, shown.part) for peer in peers]
            mean = sum(Fraction(one.good) for one in of_class) / sum(one.of for one in of_class)
            assert shown.part is not Part.EXAM
            drawn = (Fraction(shown.good) + FORMULA.prior * mean) / (shown.of + FORMULA.prior)
            assert shown.drawn == float(drawn)


@FEWER
@given(months_of_units, st.data())
def test_ranks_are_complete_within_each_class_whatever_the_order_of_units(
    months: list[Assessed], data: st.DataObject
) -> None:
    rows = rank(months, FORMULA)
    assert sorted(row.unit for row in rows) == sorted(one.unit for one in months)
    assert rank(data.draw(st.permutations(months)), FORMULA) == rows
    for unit_class in UnitClass:
        ranks = [row.rank for row in rows if row.unit_class is unit_class and row.rank is not None]
        assert ranks == sorted(ranks)
        for place in ranks:
            assert place == 1 + sum(1 for other in ranks if other < place)


@FEWER
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
    worse = row_of(rank([*months, unit("own", fewer)], FORMULA), "own").score
    better = row_of(rank([*months, unit("own", more)], FORMULA), "own").score
    assert (worse is None) is (better is None)
    assert (worse or 0) <= (better or 0)


@FEWER
@given(months_of_units, facts_of_a_month)
def test_one_more_answer_in_time_never_lowers_a_score_in_which_answers_are_measured(
    months: list[Assessed], facts: list[Fact]
) -> None:
    measured = [*facts, replied("known")]
    before = row_of(rank([*months, unit("own", measured)], FORMULA), "own").score
    after = row_of(rank([*months, unit("own", [*measured, replied("one more")])], FORMULA), "own").score
    assert before is not None
    assert after is not None
    assert before <= after


@FEWER
@given(months_of_units, facts_of_a_month)
def test_one_more_matter_done_well_never_lowers_a_score_in_which_all_is_measured(
    months: list[Assessed], facts: list[Fact]
) -> None:
    heavy = replace(FORMULA, participation=20)
    settled = once(FactKind.SETTLED, "known", in_time=True)
    measured = [*facts, *done("known"), settled]
    more = [*measured, *done("one more"), once(FactKind.SETTLED, "one more", in_time=True)]
    before = row_of(rank([*months, unit("own", measured)], heavy), "own").score
    after = row_of(rank([*months, unit("own", more)], heavy), "own").score
    assert before is not None
    assert after is not None
    assert before <= after


@FEWER
@given(months_of_units, facts_of_a_month, st.sampled_from([*KINDS_OF_PENALTY]))
def test_one_more_ground_to_take_points_off_never_raises_a_score(
    months: list[Assessed], facts: list[Fact], worse: Fact
) -> None:
    before = row_of(rank([*months, unit("own", facts)], FORMULA), "own").score
    after = row_of(rank([*months, unit("own", [*facts, worse])], FORMULA), "own").score
    assert (before is None) is (after is None)
    assert (before or 0) >= (after or 0)
