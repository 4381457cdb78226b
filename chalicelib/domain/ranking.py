"""排名: scores of a month's figures, and ranks within each class of units, every point explained."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from fractions import Fraction

from msgspec import Struct

from chalicelib.domain.assessment import Figures, Part, Weights
from chalicelib.domain.words import UnitClass

HUNDRED = 100


class Component(Struct, frozen=True):
    """One rate's share of a score: its own value, the value after small numbers were drawn to the class's mean."""

    part: Part
    good: str  # exact, as a fraction "7/2"
    of: int
    value: float | None  # as measured
    low: float
    high: float
    drawn: float | None  # as scored
    weight: float
    points: float
    cases: tuple[str, ...]


class Row(Struct, frozen=True):
    """A unit's line in the table of its month. ``rank`` is None for who had too few cases."""

    unit: str
    unit_class: UnitClass
    received: int
    replied: int
    on_time: int
    due: int
    rated: int
    components: tuple[Component, ...]
    penalty: int
    penalised: dict[int, tuple[str, ...]]  # supervision level: cases
    score: float | None  # None where nothing was to be measured
    rank: int | None


class Assessed(Struct, frozen=True):
    """A unit's figures, before they are compared."""

    unit: str
    unit_class: UnitClass
    figures: Figures


def rank(assessed: Sequence[Assessed], weights: Weights) -> tuple[Row, ...]:
    """The table of a month: ranked rows first within each class, the best first; equal scores share a rank."""
    rows: list[Row] = []
    for unit_class in sorted({one.unit_class for one in assessed}):
        rows += _ranked([one for one in assessed if one.unit_class is unit_class], weights)
    return tuple(rows)


def _ranked(of_class: Sequence[Assessed], weights: Weights) -> list[Row]:
    means = {part: _mean(of_class, part) for part in Part}
    scored = [(one, _components(one.figures, means, weights)) for one in of_class]
    scores = {one.unit: _score(one.figures, components, weights) for one, components in scored}
    competing = {one.unit for one in of_class if _ranks(one, scores, weights)}
    rows = []
    for one, components in scored:
        own = scores[one.unit]
        place = None
        if one.unit in competing and own is not None:
            place = 1 + sum(1 for other in competing if (scores[other] or 0) > own)
        rows.append(_row(one, components, own, place, weights))
    return sorted(rows, key=lambda row: (row.rank is None, row.rank or 0, -(row.score or 0), row.unit))


def _ranks(one: Assessed, scores: Mapping[str, Fraction | None], weights: Weights) -> bool:
    """The desk judges and is not judged; too few cases show nothing, however many citizens share one of them."""
    enough = one.figures.cases >= weights.fewest_ranked
    return enough and one.unit_class is not UnitClass.DESK and scores[one.unit] is not None


def _mean(of_class: Sequence[Assessed], part: Part) -> Fraction | None:
    """The class's own rate, all its units together."""
    of = sum(one.figures.rates[part].of for one in of_class)
    good = sum((one.figures.rates[part].good for one in of_class), Fraction(0))
    return good / of if of else None


class _Scored(Struct, frozen=True):
    part: Part
    drawn: Fraction | None
    weight: Fraction


def _components(figures: Figures, means: Mapping[Part, Fraction | None], weights: Weights) -> tuple[_Scored, ...]:
    """Each rate drawn to its class's mean (a beta prior of ``weights.prior`` cases), the weight of what could not be
    measured spread over the rest.
    """
    measured = [part for part in Part if figures.rates[part].of and weights.parts.get(part)]
    whole = sum((weights.parts[part] for part in measured), Fraction(0))
    scored = []
    for part in Part:
        rate, mean = figures.rates[part], means[part]
        if part not in measured or mean is None:
            scored.append(_Scored(part, None, Fraction(0)))
            continue
        drawn = (rate.good + weights.prior * mean) / (rate.of + weights.prior)
        scored.append(_Scored(part, drawn, weights.parts[part] / whole))
    return tuple(scored)


def _penalty(figures: Figures, weights: Weights) -> int:
    deducted = sum(weights.penalty_by_level.get(level, 0) * len(cases) for level, cases in figures.levels.items())
    return min(weights.most_penalty, deducted)


def _score(figures: Figures, components: tuple[_Scored, ...], weights: Weights) -> Fraction | None:
    if not any(component.weight for component in components):
        return None
    points = sum((HUNDRED * one.weight * one.drawn for one in components if one.drawn is not None), Fraction(0))
    return max(Fraction(0), points - _penalty(figures, weights))


def _row(
    one: Assessed, components: tuple[_Scored, ...], score: Fraction | None, place: int | None, weights: Weights
) -> Row:
    figures = one.figures
    return Row(
        unit=one.unit,
        unit_class=one.unit_class,
        received=figures.received,
        replied=figures.replied,
        on_time=figures.on_time,
        due=figures.due,
        rated=figures.rated,
        components=tuple(_shown(figures, component) for component in components),
        penalty=_penalty(figures, weights),
        penalised=figures.levels,
        score=None if score is None else float(round(score, 2)),
        rank=place,
    )


def _shown(figures: Figures, scored: _Scored) -> Component:
    rate = figures.rates[scored.part]
    low, high = rate.interval()
    points = HUNDRED * scored.weight * scored.drawn if scored.drawn is not None else Fraction(0)
    return Component(
        part=scored.part,
        good=str(rate.good),
        of=rate.of,
        value=None if rate.value is None else float(rate.value),
        low=low,
        high=high,
        drawn=None if scored.drawn is None else float(scored.drawn),
        weight=float(scored.weight),
        points=float(round(points, 2)),
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
