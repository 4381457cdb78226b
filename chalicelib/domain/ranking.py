"""排名: scores of a month's figures, and ranks within each class of units, every point explained."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from fractions import Fraction
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.domain.figures import BONUSES, LATER, PENALTIES, Counts, Figures, Ground, Part, Rate
from chalicelib.domain.formula import Formula, Grade
from chalicelib.domain.words import UnitClass

HUNDRED = 100


class Unranked(StrEnum):
    """Why a unit has no rank."""

    CLASS = "class"  # units of its class are not ranked; the desk judges, and never is
    NOTHING = "nothing"  # nothing was to be measured
    FEW = "few"  # too few cases show nothing, however many citizens share one of them


class Component(Struct, frozen=True, omit_defaults=True):
    """One rate's share of a score: what was measured, and the value after small numbers were drawn to the mean."""

    part: Part
    good: str = "0"  # exact, as a fraction "7/2"
    of: int = 0
    drawn: float | None = None  # as scored; None for what does not count
    weight: float = 0.0  # of one
    points: float = 0.0
    cases: tuple[str, ...] = ()

    @property
    def rate(self) -> Rate:
        """As it was measured."""
        return Rate(Fraction(self.good), self.of, self.cases)

    @property
    def value(self) -> float | None:
        """The share as measured; None when there was nothing to measure."""
        value = self.rate.value
        return None if value is None else float(value)

    @property
    def low(self) -> float:
        """The lower end of its interval."""
        return self.rate.interval()[0]

    @property
    def high(self) -> float:
        """The upper end of its interval."""
        return self.rate.interval()[1]


class Charge(Struct, frozen=True):
    """Points taken off or added on one ground: ``each`` for each of ``cases``."""

    ground: Ground
    each: int
    cases: tuple[str, ...]

    @property
    def points(self) -> int:
        """All together, before the most that is taken off or added."""
        return self.each * len(self.cases)


class Row(Counts, frozen=True, kw_only=True, omit_defaults=True):
    """A unit's line in the table of its month. ``rank`` and ``grade`` are None for who is ``unranked``."""

    unit: str
    unit_class: UnitClass
    components: tuple[Component, ...]
    charges: tuple[Charge, ...] = ()
    penalty: int = 0
    bonus: int = 0
    score: float | None  # None where nothing was to be measured
    rank: int | None
    grade: Grade | None = None
    unranked: Unranked | None = None

    def charged(self, grounds: Sequence[Ground]) -> tuple[Charge, ...]:
        """What was taken off or added on some grounds."""
        return tuple(charge for charge in self.charges if charge.ground in grounds)

    @property
    def penalties(self) -> tuple[Charge, ...]:
        """What was taken off, ground by ground; ``penalty`` is no more than the formula's most."""
        return self.charged(PENALTIES)

    @property
    def bonuses(self) -> tuple[Charge, ...]:
        """What was added, ground by ground; ``bonus`` is no more than the formula's most."""
        return self.charged(BONUSES)


class Assessed(Struct, frozen=True):
    """A unit's figures, before they are compared."""

    unit: str
    unit_class: UnitClass
    figures: Figures


def rank(assessed: Sequence[Assessed], formula: Formula) -> tuple[Row, ...]:
    """The table of a month: ranked rows first within each class, the best first; equal scores share a rank."""
    rows: list[Row] = []
    parts = [part for part in Part if part not in LATER or any(one.figures.rates[part].of for one in assessed)]
    for unit_class in sorted({one.unit_class for one in assessed}):
        rows += _ranked([one for one in assessed if one.unit_class is unit_class], formula, parts)
    return tuple(rows)


def assessed_of(row: Row) -> Assessed:
    """The figures from which a line was made."""
    rates = {component.part: component.rate for component in row.components}
    grounds = {charge.ground: charge.cases for charge in row.charges}
    missing = {part: Rate(Fraction(0), 0) for part in Part}
    return Assessed(row.unit, row.unit_class, Figures(**_counts(row), rates=missing | rates, grounds=grounds))


def _counts(counted: Counts) -> dict[str, Any]:
    return {name: getattr(counted, name) for name in Counts.__struct_fields__}


def _ranked(of_class: Sequence[Assessed], formula: Formula, parts: Sequence[Part]) -> list[Row]:
    means = {part: _mean(of_class, part) for part in parts}
    scored = [(one, _components(one.figures, means, formula)) for one in of_class]
    scores = {one.unit: _score(one.figures, components, formula) for one, components in scored}
    unranked = {one.unit: _unranked(one, scores[one.unit], formula) for one in of_class}
    competing = [score for unit, score in scores.items() if score is not None and unranked[unit] is None]
    rows = [_row(one, components, scores[one.unit], unranked[one.unit], formula) for one, components in scored]
    placed = [_placed(row, scores[row.unit], competing, formula) for row in rows]
    return sorted(placed, key=lambda row: (row.rank is None, row.rank or 0, -(row.score or 0), row.unit))


def _unranked(one: Assessed, score: Fraction | None, formula: Formula) -> Unranked | None:
    if not formula.ranks(one.unit_class):
        return Unranked.CLASS
    if score is None:
        return Unranked.NOTHING
    return Unranked.FEW if one.figures.cases < formula.fewest_ranked else None


def _placed(row: Row, score: Fraction | None, competing: Sequence[Fraction], formula: Formula) -> Row:
    """``row`` with its rank and what its score is called."""
    if row.unranked is not None or score is None:
        return row
    return replace(row, rank=1 + sum(1 for other in competing if other > score), grade=formula.grade(score))


def _mean(of_class: Sequence[Assessed], part: Part) -> Fraction | None:
    """The class's own rate, all its units together."""
    of = sum(one.figures.rates[part].of for one in of_class)
    good = sum((one.figures.rates[part].good for one in of_class), Fraction(0))
    return good / of if of else None


class _Scored(Struct, frozen=True):
    part: Part
    drawn: Fraction | None
    weight: Fraction

    @property
    def points(self) -> Fraction:
        return HUNDRED * self.weight * self.drawn if self.drawn is not None else Fraction(0)


def _components(figures: Figures, means: Mapping[Part, Fraction | None], formula: Formula) -> tuple[_Scored, ...]:
    """Each rate drawn to its class's mean (a beta prior of ``formula.prior`` cases), the weight of what could not be
    measured spread over the rest.
    """
    measured = [part for part in means if figures.rates[part].of and formula.number(part)]
    whole = sum(formula.number(part) for part in measured)
    scored = []
    for part, mean in means.items():
        rate = figures.rates[part]
        if part not in measured or mean is None:
            scored.append(_Scored(part, None, Fraction(0)))
            continue
        # an exam's marks are no sample of anything: they stand as they are
        prior = 0 if part is Part.EXAM else formula.prior
        drawn = (rate.good + prior * mean) / (rate.of + prior)
        scored.append(_Scored(part, drawn, Fraction(formula.number(part), whole)))
    return tuple(scored)


def _points(figures: Figures, grounds: Sequence[Ground], formula: Formula, most: int) -> int:
    """What comes together on some grounds, and no more than ``most``."""
    return min(most, sum(formula.number(ground) * len(figures.grounds.get(ground, ())) for ground in grounds))


def _penalty(figures: Figures, formula: Formula) -> int:
    return _points(figures, PENALTIES, formula, formula.most_penalty)


def _bonus(figures: Figures, formula: Formula) -> int:
    return _points(figures, BONUSES, formula, formula.most_bonus)


def _score(figures: Figures, components: tuple[_Scored, ...], formula: Formula) -> Fraction | None:
    if not any(component.weight for component in components):
        return None
    points = sum((one.points for one in components), Fraction(0))
    whole = points - _penalty(figures, formula) + _bonus(figures, formula)
    return min(Fraction(formula.ceiling), max(Fraction(0), whole))


def _row(
    one: Assessed,
    components: tuple[_Scored, ...],
    score: Fraction | None,
    unranked: Unranked | None,
    formula: Formula,
) -> Row:
    figures = one.figures
    return Row(
        **_counts(figures),
        unit=one.unit,
        unit_class=one.unit_class,
        components=tuple(_shown(figures, component) for component in components),
        charges=tuple(Charge(ground, formula.number(ground), cases) for ground, cases in figures.grounds.items()),
        penalty=_penalty(figures, formula),
        bonus=_bonus(figures, formula),
        score=None if score is None else float(round(score, 2)),
        rank=None,
        unranked=unranked,
    )


def _shown(figures: Figures, scored: _Scored) -> Component:
    rate = figures.rates[scored.part]
    return Component(
        part=scored.part,
        good=str(rate.good),
        of=rate.of,
        drawn=None if scored.drawn is None else float(scored.drawn),
        weight=float(scored.weight),
        points=float(round(scored.points, 2)),
        cases=rate.cases,
    )


class Assessment(Struct, frozen=True):
    """The table of one month, as it was counted: with the formula's version, so that it can be counted again."""

    month: date
    assessed_at: datetime
    weights: int
    rows: tuple[Row, ...]

    def row(self, unit: str) -> Row | None:
        """The line of ``unit``; None for who had nothing in the month."""
        return next((row for row in self.rows if row.unit == unit), None)
