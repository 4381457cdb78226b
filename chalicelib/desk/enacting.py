"""考核办法: who proposes a formula, who puts it in force and from when on, and what it would change."""

from collections.abc import Callable, Mapping
from datetime import date, datetime

from msgspec import Struct

from chalicelib.desk import assessing, cities, formulas
from chalicelib.domain import enacting, what_if
from chalicelib.domain.enacting import Draft, Enacted
from chalicelib.domain.errors import Changed, NotFound, RuleBroken
from chalicelib.domain.formula import Formula, read_formula
from chalicelib.domain.people import Staff
from chalicelib.domain.ranking import Assessment
from chalicelib.domain.submission import day_in_shanghai
from chalicelib.domain.what_if import Moves
from chalicelib.storage import formulas as stored


class Room(Struct, frozen=True):
    """What the room shows. ``versions`` and ``months`` (those that can be tried) come latest first, ``open_months``
    (those for which a formula may be put in force) earliest first. ``draft``: what was proposed last, or dropped.
    """

    versions: tuple[Enacted, ...]
    draft: Draft | None
    months: tuple[date, ...]
    open_months: tuple[date, ...]

    @property
    def lock(self) -> int:
        """By which the draft is changed, put in force or dropped; 0 where there never was one."""
        return self.draft.lock if self.draft is not None else 0

    @property
    def proposed(self) -> Draft | None:
        """What is proposed; None for nothing."""
        return self.draft if self.draft is not None and self.draft.formula is not None else None


class Trial(Struct, frozen=True):
    """A month as it was counted, and how each class would move by another formula."""

    table: Assessment
    formula: Formula
    classes: tuple[Moves, ...]


def room(at: datetime) -> Room:
    """Everything of the room at ``at``."""
    counted = assessing.months()
    open_months = enacting.open_months(counted, day_in_shanghai(at))
    return Room(tuple(formulas.versions()), stored.draft(), tuple(counted), tuple(open_months))


def propose(raw: Mapping[str, str], lock: int, by: Staff, at: datetime) -> Draft:
    """Keep the form's numbers as the draft. ``lock``: of the draft that its writer saw, 0 where there was none.

    Raises Invalid naming the fields, NotAllowed, and RuleBroken when somebody else has changed the draft since.
    """
    kept = _as_seen(lock)
    note = raw.get("note", "").strip()
    proposed = enacting.drafted(read_formula(raw), kept, note, by, at, cities.current().desk_unit)
    _or_changed(lambda: stored.save_draft(proposed, at))
    return proposed


def drop(lock: int, by: Staff, at: datetime) -> None:
    """Nothing is proposed any more. Raises NotAllowed, and RuleBroken as ``propose`` does."""
    kept = _as_seen(lock)
    if kept is None or kept.formula is None:
        raise RuleBroken("formula.no_draft")
    dropped = enacting.dropped(kept, by, at, cities.current().desk_unit)
    _or_changed(lambda: stored.save_draft(dropped, at))


def enact(lock: int, since: date, by: Staff, at: datetime) -> Enacted:
    """Put the draft in force for the months from ``since`` on. Raises NotAllowed, Invalid, RuleBroken."""
    kept = _as_seen(lock)
    if kept is None:
        raise RuleBroken("formula.no_draft")
    made = enacting.enacted(kept, since, formulas.versions()[0], by, at, _open_months(at))
    done = Draft(kept.lock + 1, None, by.login, by.name, at)
    _or_changed(lambda: stored.save_version(made, at, done))
    return made


def restore(number: int, seen: int, since: date, by: Staff, at: datetime) -> Enacted:
    """Put an earlier version in force again, as a new one. ``seen``: the latest version that the reader saw.

    Raises NotFound, NotAllowed, Invalid, RuleBroken.
    """
    known = formulas.versions()
    earlier = next((one for one in known if one.version == number), None)
    if earlier is None:
        raise NotFound()
    if known[0].version != seen:
        raise RuleBroken("formula.changed")
    made = enacting.restored(earlier, since, known[0], by, at, _open_months(at))
    _or_changed(lambda: stored.save_version(made, at))
    return made


def tried(month: date, formula: Formula) -> Trial | None:
    """How ``month`` would move by ``formula``; None where it has no table. Reads the table, writes nothing."""
    table = assessing.table(month)
    return None if table is None else Trial(table, formula, what_if.moves(table.rows, formula))


def _open_months(at: datetime) -> list[date]:
    return enacting.open_months(assessing.months(), day_in_shanghai(at))


def _as_seen(lock: int) -> Draft | None:
    kept = stored.draft()
    if (kept.lock if kept is not None else 0) != lock:
        raise RuleBroken("formula.changed")
    return kept


def _or_changed(save: Callable[[], None]) -> None:
    try:
        save()
    except Changed as error:
        raise RuleBroken("formula.changed") from error
