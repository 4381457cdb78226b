"""季度、年度: months together, exactly, and ranked within each class."""

from datetime import date
from fractions import Fraction

import pytest
from msgspec.structs import replace

from chalicelib.domain.assessment import Part
from chalicelib.domain.ranking import rank
from chalicelib.domain.runs import Line
from chalicelib.domain.spans import Span, quarter_of, span, summed
from chalicelib.domain.words import UnitClass
from tests.unit.month import FORMULA, done, fell_due, numbers, received, unit


def lines(**cases: int) -> list[Line]:
    """A month in which each unit had so many matters; of those of ``b`` one fell due unanswered."""
    assessed = [
        unit(
            name,
            [
                fact
                for number in numbers(count, name)
                for fact in ([received(number), fell_due(number)] if (name, number[-1]) == ("b", "0") else done(number))
            ],
        )
        for name, count in cases.items()
    ]
    return [
        Line(row.unit, row.unit_class, "", 0, 0, cases[row.unit], place, row)
        for place, row in enumerate(rank(assessed, FORMULA))
    ]


@pytest.mark.parametrize(
    ("name", "months"), [("2026-03", [3]), ("2026-Q1", [1, 2, 3]), ("2026-Q4", [10, 11, 12]), ("2026", range(1, 13))]
)
def test_a_span_has_its_months(name: str, months: list[int]) -> None:
    found = span(name)
    assert found is not None
    assert found.months == tuple(date(2026, month, 1) for month in months)


@pytest.mark.parametrize(
    "name", ["", "26-03", "2026-13", "2026-00", "2026-Q5", "2026-3", "２０２６-03", "0000", "2026-03-01"]
)
def test_what_is_no_span_is_none(name: str) -> None:
    assert span(name) is None


def test_a_month_lies_in_its_quarter() -> None:
    assert {quarter_of(date(2026, month, 1)).name for month in (10, 11, 12)} == {"2026-Q4"}
    assert date(2026, 2, 1) in Span("2026-Q1").months


def test_counts_are_added_and_the_score_is_the_mean_of_the_ranked_months_by_their_matters() -> None:
    first, second = lines(a=10, b=20), lines(a=30, b=4)
    found = {one.unit: one for one in summed([first, second])}
    assert (found["a"].received, found["a"].months, found["a"].ranked) == (40, 2, 2)
    assert (found["b"].received, found["b"].months, found["b"].ranked) == (24, 2, 1), "four matters are not ranked"
    rows = [line.row for month in (first, second) for line in month if line.unit == "a" and line.row]
    points = (Fraction(str(row.score)) * count for row, count in zip(rows, (10, 30), strict=True))
    weighted = sum(points, Fraction(0)) / 40
    assert found["a"].score == float(round(weighted, 2))
    only = next(line.row for line in first if line.unit == "b" and line.row)
    assert found["b"].score == only.score
    assert (found["a"].rank, found["b"].rank) == (1, 2)
    assert found["b"].shares[Part.TIMELINESS].of == 24


def test_who_was_never_ranked_has_neither_score_nor_rank_and_stands_last() -> None:
    *_, last = summed([lines(a=6, b=2, c=6)])
    assert (last.unit, last.score, last.rank) == ("b", None, None)


def test_ranks_are_within_a_class() -> None:
    month = [
        replace(line, unit_class=UnitClass.COUNTY if line.unit == "b" else line.unit_class) for line in lines(a=6, b=6)
    ]
    assert {one.unit: one.rank for one in summed([month])} == {"a": 1, "b": 1}


def test_no_month_is_an_empty_table() -> None:
    assert summed([]) == ()
