"""试算: how a month's ranks would move by other numbers. Nothing is kept of it."""

from collections.abc import Sequence

from msgspec import Struct

from chalicelib.domain.assessment import under
from chalicelib.domain.figures import Figures
from chalicelib.domain.formula import Formula
from chalicelib.domain.ranking import Assessed, Row, assessed_of, rank
from chalicelib.domain.words import UnitClass


class Move(Struct, frozen=True):
    """One unit's line as it is and as it would be."""

    before: Row
    after: Row

    @property
    def places(self) -> int | None:
        """How many places up (more than 0) or down it goes; None where it is not ranked in both."""
        if self.before.rank is None or self.after.rank is None:
            return None
        return self.before.rank - self.after.rank

    @property
    def points(self) -> float:
        """How many points more (or less)."""
        return round((self.after.score or 0.0) - (self.before.score or 0.0), 2)


class Moves(Struct, frozen=True):
    """The moves of one class, the biggest first."""

    unit_class: UnitClass
    moves: tuple[Move, ...]

    @property
    def moved(self) -> int:
        """How many units have another rank, or one where they had none, or none where they had one."""
        return sum(1 for move in self.moves if move.before.rank != move.after.rank)


def moves(rows: Sequence[Row], formula: Formula) -> tuple[Moves, ...]:
    """``rows`` of a month's table against what ``formula`` would make of the same figures, class by class."""
    again = [assessed_of(row) for row in rows]
    after = {row.unit: row for row in rank([_under(one, formula) for one in again], formula)}
    by_class: dict[UnitClass, list[Move]] = {}
    for row in rows:
        by_class.setdefault(row.unit_class, []).append(Move(row, after[row.unit]))
    return tuple(Moves(unit_class, tuple(sorted(found, key=_size))) for unit_class, found in sorted(by_class.items()))


def _under(one: Assessed, formula: Formula) -> Assessed:
    figures: Figures = under(one.figures, formula)
    return Assessed(one.unit, one.unit_class, figures)


def _size(move: Move) -> tuple[int, float, int, str]:
    """Who begins or ceases to be ranked comes first, then the biggest moves, then the biggest gains or losses."""
    places = move.places
    rank_changes = move.before.rank != move.after.rank
    big = abs(places) if places is not None else (10_000 if rank_changes else 0)
    return (-big, -abs(move.points), move.after.rank or 10_000, move.before.unit)
