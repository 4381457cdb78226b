"""季度、年度: what several months come to, from the lines as they were published."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from fractions import Fraction

from msgspec import Struct

from chalicelib.domain.assessment import Part
from chalicelib.domain.runs import Line
from chalicelib.domain.words import UnitClass

_NAME = re.compile(r"([0-9]{4})(?:-(?:Q([1-4])|(0[1-9]|1[0-2])))?")


class Span(Struct, frozen=True, order=True):
    """A month, a quarter or a year, by its name: "2026-03", "2026-Q1", "2026"."""

    name: str

    @property
    def months(self) -> tuple[date, ...]:
        """The first days of its months."""
        found = _NAME.fullmatch(self.name)
        assert found is not None  # ``span`` makes no other
        year, quarter, month = int(found[1]), found[2], found[3]
        first, last = (int(month), int(month)) if month else (1, 12)
        if quarter:
            first, last = 3 * int(quarter) - 2, 3 * int(quarter)
        return tuple(date(year, number, 1) for number in range(first, last + 1))


def span(name: str) -> Span | None:
    """The span of a name; None for what is none."""
    found = _NAME.fullmatch(name) if name.isascii() else None
    return Span(name) if found is not None and int(found[1]) > 0 else None


def quarter_of(month: date) -> Span:
    """The quarter in which ``month`` lies."""
    return Span(f"{month.year:04}-Q{(month.month + 2) // 3}")


class Share(Struct, frozen=True):
    """A rate over several months. ``good`` of ``of``, exact, as a fraction."""

    good: str
    of: int

    @property
    def value(self) -> float | None:
        """The rate, of one; None of nothing."""
        return float(Fraction(self.good) / self.of) if self.of else None


class Sum(Struct, frozen=True):
    """A unit over several months. ``ranked``: in how many of them it was ranked; ``score``: their mean, weighted by the
    matters of each; None for who never was. ``rank`` is within the class.
    """

    unit: str
    unit_class: UnitClass
    months: int
    ranked: int
    received: int
    replied: int
    on_time: int
    due: int
    rated: int
    penalty: int
    shares: dict[Part, Share]
    score: float | None
    rank: int | None


def summed(months: Sequence[Sequence[Line]]) -> tuple[Sum, ...]:
    """The units of several months' lines: the classes in order, in each the best first, who was never ranked last."""
    by_unit: dict[str, list[Line]] = {}
    for lines in months:
        for line in lines:
            if line.row is not None:
                by_unit.setdefault(line.unit, []).append(line)
    scores = {unit: _score(lines) for unit, lines in by_unit.items()}
    classes = {unit: lines[-1].unit_class for unit, lines in by_unit.items()}  # as it is ranked now
    sums = [_sum(unit, lines, scores, classes) for unit, lines in by_unit.items()]
    return tuple(sorted(sums, key=lambda one: (one.unit_class, one.rank is None, one.rank or 0, one.unit)))


def _score(lines: Iterable[Line]) -> Fraction | None:
    ranked = [line for line in lines if line.row is not None and line.row.rank is not None and line.cases]
    weight = sum(line.cases for line in ranked)
    points = sum((Fraction(str(line.row.score or 0)) * line.cases for line in ranked if line.row), Fraction(0))
    return points / weight if weight else None


def _sum(
    unit: str, lines: Sequence[Line], scores: Mapping[str, Fraction | None], classes: Mapping[str, UnitClass]
) -> Sum:
    rows = [line.row for line in lines if line.row is not None]
    own = scores[unit]
    better = sum(
        1
        for other, score in scores.items()
        if classes[other] is classes[unit] and score is not None and own is not None and score > own
    )
    return Sum(
        unit=unit,
        unit_class=classes[unit],
        months=len(rows),
        ranked=sum(row.rank is not None for row in rows),
        received=sum(row.received for row in rows),
        replied=sum(row.replied for row in rows),
        on_time=sum(row.on_time for row in rows),
        due=sum(row.due for row in rows),
        rated=sum(row.rated for row in rows),
        penalty=sum(row.penalty for row in rows),
        shares={
            part: Share(
                str(
                    sum((Fraction(one.good) for row in rows for one in row.components if one.part is part), Fraction(0))
                ),
                sum(one.of for row in rows for one in row.components if one.part is part),
            )
            for part in Part
        },
        score=None if own is None else float(round(own, 2)),
        rank=None if own is None else 1 + better,
    )
