"""The room of the formula: its numbers, what they would change, who proposed which, and who put them in force."""

from datetime import date
from itertools import pairwise

from chalice.app import Blueprint, Response

from chalicelib.desk import cities, enacting
from chalicelib.desk.enacting import Room
from chalicelib.domain.enacting import Enacted, in_force, may_draft, may_enact
from chalicelib.domain.errors import Invalid, Refused
from chalicelib.domain.formula import GROUPS, JUDGED, NUMBERS, PRESETS, Change, Formula, changes_of, read_formula
from chalicelib.domain.submission import day_in_shanghai
from chalicelib.entrypoints.console.fields import unknown, whole
from chalicelib.entrypoints.console.visits import FORM, Visit, done, page, seated, words

formula = Blueprint(__name__)
ROOM, PLACE = "formula", "/console/formula"


@formula.route("/formula", methods=["GET"])
def numbers() -> Response:
    """The draft, or the formula in force; another one's numbers to begin with where ``preset`` or ``version`` asks."""
    return seated(formula, ROOM, _shown)


@formula.route("/formula/trial", methods=["POST"], content_types=FORM)
def try_out() -> Response:
    """How a month's ranks would move by the form's numbers. Nothing is written."""

    def work(visit: Visit) -> Response:
        try:
            typed = read_formula(visit.form)
        except Invalid as refused:
            return _shown(visit, refused)
        return _shown(visit, tried=typed)

    return seated(formula, ROOM, work)


@formula.route("/formula/draft", methods=["POST"], content_types=FORM)
def propose() -> Response:
    """Keep the form's numbers as the draft."""

    def work(visit: Visit) -> Response:
        try:
            enacting.propose(visit.form, whole(visit.form.get("lock", "")), visit.seat.staff, visit.now)
        except Refused as refused:
            return _shown(visit, refused)
        return done(PLACE, "formula_draft")

    return seated(formula, ROOM, work)


@formula.route("/formula/draft/removal", methods=["POST"], content_types=FORM)
def drop() -> Response:
    """Nothing is proposed any more."""

    def work(visit: Visit) -> Response:
        try:
            enacting.drop(whole(visit.form.get("lock", "")), visit.seat.staff, visit.now)
        except Refused as refused:
            return _shown(visit, refused)
        return done(PLACE, "formula_dropped")

    return seated(formula, ROOM, work)


@formula.route("/formula/versions", methods=["POST"], content_types=FORM)
def enact() -> Response:
    """The draft comes into force."""

    def work(visit: Visit) -> Response:
        try:
            lock, since = whole(visit.form.get("lock", "")), _since(visit)
            enacting.enact(lock, since, visit.seat.staff, visit.now)
        except Refused as refused:
            return _shown(visit, refused)
        return done(PLACE, "formula_enacted")

    return seated(formula, ROOM, work)


@formula.route("/formula/versions/{version}/restoring", methods=["POST"], content_types=FORM)
def restore(version: str) -> Response:
    """An earlier version comes into force again, as a new one."""

    def work(visit: Visit) -> Response:
        try:
            seen, since = whole(visit.form.get("seen", "")), _since(visit)
            enacting.restore(whole(version), seen, since, visit.seat.staff, visit.now)
        except Refused as refused:
            return _shown(visit, refused)
        return done(PLACE, "formula_enacted")

    return seated(formula, ROOM, work)


def _since(visit: Visit) -> date:
    month = _month(visit.form.get("since", ""))
    if month is None:
        raise unknown("since")
    return month


def _month(text: str) -> date | None:
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        return None


def _shown(visit: Visit, refused: Refused | None = None, tried: Formula | None = None) -> Response:
    """The page. What was typed is still there when it was refused or tried."""
    room, today = enacting.room(visit.now), day_in_shanghai(visit.now)
    staff, desk_unit = visit.seat.staff, cities.current().desk_unit
    current = in_force(room.versions, today.replace(day=1))
    proposed = room.proposed.formula if room.proposed is not None else None
    asked = _month(visit.form.get("month", visit.query.get("month", "")))
    chosen = asked if asked in room.months else next(iter(room.months), None)
    return page(
        visit,
        "formula",
        refused=refused,
        typed=visit.form if NUMBERS[0].name in visit.form else {},
        groups=GROUPS,
        start=_asked(visit, room) or proposed or current.formula,
        judged=JUDGED,
        presets=list(PRESETS),
        room=room,
        lock=_seen_lock(visit, room, refused),
        current=current,
        differences=_lines(visit, changes_of(current.formula, proposed)) if proposed is not None else [],
        history=_history(visit, room),
        chosen=chosen,
        next_month=next((month for month in room.open_months if month > today), None),
        trial=enacting.tried(chosen, tried) if tried is not None and chosen is not None else None,
        trying=None if tried is None else _lines(visit, changes_of(current.formula, tried)),
        may_draft=may_draft(staff, desk_unit),
        may_enact=may_enact(staff),
    )


def _seen_lock(visit: Visit, room: Room, refused: Refused | None) -> int:
    """Of the draft that the form's writer saw; who was told that it has changed sees the new one now."""
    told = refused is not None and refused.code == "formula.changed"
    return room.lock if told or "lock" not in visit.form else whole(visit.form["lock"])


def _asked(visit: Visit, room: Room) -> Formula | None:
    """The numbers that the form begins with, where a link asks for some."""
    version = whole(visit.query.get("version", ""))
    known = {one.version: one.formula for one in room.versions}
    return PRESETS.get(visit.query.get("preset", "")) or known.get(version)


def _history(visit: Visit, room: Room) -> list[tuple[Enacted, list[str]]]:
    """Each version with what it changed of the one before, latest first."""
    steps = pairwise(room.versions)
    lines = [_lines(visit, changes_of(before.formula, after.formula)) for after, before in steps]
    return list(zip(room.versions, [*lines, []], strict=True))


def _lines(visit: Visit, changes: tuple[Change, ...]) -> list[str]:
    """Each difference in a line: 响应率的权重：15 → 20."""
    return [
        f"{words(visit, f'formula.{one.name}')}{words(visit, 'formula.colon')}{_said(visit, one, one.before)} → "
        f"{_said(visit, one, one.after)}"
        for one in changes
    ]


def _said(visit: Visit, change: Change, value: str) -> str:
    if change.name != "ranked":
        return value
    return words(visit, "list.comma").join(words(visit, f"unit_class.{one}") for one in value.split(","))
