"""The figures of a replay, as one object."""

import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from chalicelib.domain.city import City
from chalicelib.domain.ranking import Row
from chalicelib.domain.words import Light, UnitClass
from infra.replay.letters import Letter, Skipped
from infra.replay.tally import Told
from infra.replay.timeline import Played

LEVELS = (1, 2, 3)


@dataclass(frozen=True, slots=True)
class UnitMonth:
    """One unit's month by the assessment. ``rank``, within ``unit_class``, is None for who is not ranked; ``score`` is
    None where nothing counted.
    """

    name: str
    unit_class: UnitClass
    received: int
    replied: int
    on_time: int
    score: float | None
    rank: int | None


@dataclass(frozen=True, slots=True)
class Figures:
    """What a replay came to. Each field is told in docs/replay.md."""

    submissions: int
    cases: int
    joined: int
    replied: int
    unanswered: int
    unanswered_late: int
    days_median: float | None
    days_p95: float | None
    yellow: int
    red: int
    supervision: dict[str, int]
    by_rule: int
    left_to_clerk: int
    notices: int
    skipped: int
    cut: int
    mended: int
    term_days: int | None
    join: bool
    sweeps: int
    unswept: int
    seconds: float
    months: dict[str, dict[str, UnitMonth]]


def figures_of(
    letters: Sequence[Letter],
    skipped: Sequence[Skipped],
    told: Sequence[Told],
    played: Played,
    city: City,
    *,
    join: bool,
    notices: int,
    seconds: float,
) -> Figures:
    """The figures of what was played. ``letters``: those that were filed."""
    submissions = [submission for case in told for submission in case.submissions]
    days = sorted(submission.days for submission in submissions if submission.days is not None)
    levels = Counter(level for case in told for level in case.levels)
    by_rule = sum(case.by_rule for case in told)
    return Figures(
        submissions=len(submissions),
        cases=len(told),
        joined=len(submissions) - len(told),
        replied=len(days),
        unanswered=len(submissions) - len(days),
        unanswered_late=sum(_waits_in_red(case) for case in told),
        days_median=round(statistics.median(days), 2) if days else None,
        days_p95=round(_percentile(days, 95), 2) if days else None,
        yellow=sum(case.worst is not Light.GREEN for case in told),
        red=sum(submission.in_time is False for submission in submissions),
        supervision={str(level): levels[level] for level in LEVELS},
        by_rule=by_rule,
        left_to_clerk=len(told) - by_rule,
        notices=notices,
        skipped=len(skipped),
        cut=sum(letter.cut for letter in letters),
        mended=sum(letter.mended for letter in letters),
        term_days=city.terms.single_days,
        join=join,
        sweeps=played.sweeps,
        unswept=played.unswept,
        seconds=round(seconds, 1),
        months=_months(played, city),
    )


def _waits_in_red(case: Told) -> int:
    """The citizens who still wait on a case that is overdue."""
    return sum(voice.answered_at is None for voice in case.case.voices) if case.case.light is Light.RED else 0


def _percentile(ordered: list[float], percent: int) -> float:
    """The smallest value that ``percent`` of all do not exceed."""
    return ordered[max(0, -(-len(ordered) * percent // 100) - 1)]


def _months(played: Played, city: City) -> dict[str, dict[str, UnitMonth]]:
    """Units to which nothing happened in a month are left out of it."""
    return {f"{month:%Y-%m}": units for month in sorted(played.months) if (units := _units(played, month, city))}


def _units(played: Played, month: date, city: City) -> dict[str, UnitMonth]:
    return {row.unit: _unit_month(row, city) for row in played.months[month].rows}


def _unit_month(row: Row, city: City) -> UnitMonth:
    unit = city.unit(row.unit)
    return UnitMonth(
        name=unit.name.zh if unit else row.unit,
        unit_class=row.unit_class,
        received=row.received,
        replied=row.replied,
        on_time=row.on_time,
        score=None if row.score is None else round(float(row.score), 2),
        rank=row.rank,
    )
