"""The two tables of the report: the latest months' scores, and the cases that took the most letters."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.calendar import SHANGHAI
from chalicelib.domain.city import City
from chalicelib.domain.words import UnitClass
from infra.replay.figures import Figures, UnitMonth
from infra.replay.playing import Replayed

LATEST_MONTHS = 3
MOST_ROWS = 10
MOST_CASES = 10


@dataclass(frozen=True, slots=True)
class Line:
    """One unit's line."""

    unit: str
    unit_class: UnitClass
    received: int
    replied: int
    on_time: int
    score: float | None
    rank: int | None


@dataclass(frozen=True, slots=True)
class Month:
    """A month's table. ``more``: units that did not fit."""

    name: str
    lines: tuple[Line, ...]
    more: int


@dataclass(frozen=True, slots=True)
class Joined:
    """A case of several letters."""

    title: str
    unit: str
    letters: int
    answered: int
    first: str
    last: str


def latest_months(figures: Figures, city: City, language: str) -> list[Month]:
    """The latest months in which units were ranked (or at least scored), the ranked lines first."""
    shown = _months_with(figures, lambda unit: unit.rank is not None)
    shown = shown or _months_with(figures, lambda unit: unit.score is not None)
    return [_month(month, figures, city, language) for month in shown[-LATEST_MONTHS:][::-1]]


def _months_with(figures: Figures, asked: Callable[[UnitMonth], bool]) -> list[str]:
    return sorted(month for month, units in figures.months.items() if any(map(asked, units.values())))


def _month(name: str, figures: Figures, city: City, language: str) -> Month:
    lines = [
        Line(
            unit_name(unit_id, city, language),
            unit.unit_class,
            unit.received,
            unit.replied,
            unit.on_time,
            unit.score,
            unit.rank,
        )
        for unit_id, unit in figures.months[name].items()
    ]
    by_class = list(UnitClass)
    lines.sort(
        key=lambda line: (line.rank is None, by_class.index(line.unit_class), line.rank or 0, -(line.score or 0))
    )
    return Month(name, tuple(lines[:MOST_ROWS]), max(0, len(lines) - MOST_ROWS))


def unit_name(unit_id: str, city: City, language: str) -> str:
    """The unit's name for a reader of ``language``."""
    unit = city.unit(unit_id)
    return unit.name.within(language) if unit else unit_id


def most_voices(replayed: Replayed, language: str) -> list[Joined]:
    """The cases of several letters, those of most letters first."""
    several = [told.case for told in replayed.told if len(told.case.voices) > 1]
    several.sort(key=lambda case: (-len(case.voices), case.opened_at))
    return [
        Joined(
            title=case.title,
            unit=unit_name(case.unit or "", replayed.city, language),
            letters=len(case.voices),
            answered=sum(voice.answered_at is not None for voice in case.voices),
            first=_day(min(voice.filed_at for voice in case.voices)),
            last=_day(max(voice.filed_at for voice in case.voices)),
        )
        for case in several[:MOST_CASES]
    ]


def _day(at: datetime) -> str:
    return f"{at.astimezone(SHANGHAI):%Y-%m-%d}"
