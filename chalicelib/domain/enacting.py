"""The formula's life: one person drafts it, another puts it in force, and from which month on."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.domain.errors import FieldError, Invalid, NotAllowed, RuleBroken
from chalicelib.domain.formula import Formula
from chalicelib.domain.people import Staff
from chalicelib.domain.words import Role

AHEAD = 12  # months for which a formula can be put in force beforehand
LONGEST_NOTE = 200


class Draft(Struct, frozen=True):
    """What is proposed. ``lock`` grows with each change; ``formula`` is None when it was put in force or dropped."""

    lock: int
    formula: Formula | None
    by: str  # login
    name: str
    at: datetime
    note: str = ""


class Enacted(Struct, frozen=True):
    """A version, in force for the months from ``since`` on until a later version is. Never changed.

    ``drafted_by``: who proposed it; ``restores``: the version it puts in force again, 0 for one that is new.
    """

    formula: Formula
    since: date
    by: str = ""  # login
    name: str = ""
    at: datetime | None = None
    drafted_by: str = ""  # name
    note: str = ""
    restores: int = 0

    @property
    def version(self) -> int:
        """Its number."""
        return self.formula.version


FIRST = Enacted(Formula(), date.min)
"""What every desk begins with."""


def may_draft(staff: Staff, desk_unit: str) -> bool:
    """Whether ``staff`` may propose a formula: the petition office's supervisors."""
    return staff.role is Role.SUPERVISOR and staff.unit == desk_unit


def may_enact(staff: Staff) -> bool:
    """Whether ``staff`` may put a formula in force."""
    return staff.role is Role.LEADER


def drafted(formula: Formula, before: Draft | None, note: str, by: Staff, at: datetime, desk_unit: str) -> Draft:
    """The draft with other numbers. Raises NotAllowed, and Invalid for a note that is too long."""
    if not may_draft(by, desk_unit):
        raise NotAllowed(action="formula")
    if len(note) > LONGEST_NOTE:
        raise Invalid([FieldError("note", "field.too_long", (("longest", str(LONGEST_NOTE)),))])
    return Draft(_next_lock(before), formula, by.login, by.name, at, note)


def dropped(draft: Draft, by: Staff, at: datetime, desk_unit: str) -> Draft:
    """Nothing is proposed any more. Raises NotAllowed."""
    if not (may_draft(by, desk_unit) or may_enact(by)):
        raise NotAllowed(action="formula")
    return Draft(_next_lock(draft), None, by.login, by.name, at)


def _next_lock(before: Draft | None) -> int:
    return before.lock + 1 if before is not None else 1


def enacted(
    draft: Draft, since: date, latest: Enacted, by: Staff, at: datetime, open_months: Sequence[date]
) -> Enacted:
    """The draft as the version after ``latest``. Raises NotAllowed, RuleBroken where there is no draft, Invalid."""
    if draft.formula is None:
        raise RuleBroken("formula.no_draft")
    _may_begin(by, since, open_months)
    numbered = replace(draft.formula, version=latest.version + 1)
    return Enacted(numbered, since, by.login, by.name, at, draft.name, draft.note)


def restored(
    earlier: Enacted, since: date, latest: Enacted, by: Staff, at: datetime, open_months: Sequence[date]
) -> Enacted:
    """An earlier version in force again, as the version after ``latest``. Raises NotAllowed, Invalid."""
    _may_begin(by, since, open_months)
    numbered = replace(earlier.formula, version=latest.version + 1)
    return Enacted(numbered, since, by.login, by.name, at, restores=earlier.version)


def _may_begin(by: Staff, since: date, open_months: Sequence[date]) -> None:
    if not may_enact(by):
        raise NotAllowed(action="formula")
    if since not in open_months:
        raise Invalid([FieldError("since", "formula.month_closed")])


def in_force(versions: Iterable[Enacted], month: date) -> Enacted:
    """The version by which ``month`` is counted: the last one that was put in force for it."""
    return max((one for one in (FIRST, *versions) if one.since <= month), key=lambda one: one.version)


def open_months(counted: Iterable[date], today: date) -> list[date]:
    """The months for which a formula may be put in force, earliest first: last month, this one and the next ones, but
    none that has a table already, nor any before it.
    """
    last = max(counted, default=date.min)
    return [month for month in (_plus(today, number) for number in range(-1, AHEAD + 1)) if month > last]


def _plus(day: date, months: int) -> date:
    years, month = divmod(day.month - 1 + months, 12)
    return date(day.year + years, month + 1, 1)
