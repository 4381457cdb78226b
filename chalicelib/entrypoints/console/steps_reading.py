"""The steps by which a person puts right what was read out of a letter: where the matter lies, and its risks."""

from chalicelib.desk import handling
from chalicelib.domain.words import Action
from chalicelib.entrypoints.console.fields import unknown
from chalicelib.entrypoints.console.steps_arranging import Step
from chalicelib.entrypoints.console.visits import Visit

ON, OFF = "on", "off"

READING: dict[str, tuple[Action, Step]] = {
    "place": (
        Action.CORRECT_AREA,
        lambda case_id, version, visit: handling.correct_area(
            case_id, version, visit.seat.staff, visit.now, visit.form.get("area", "")
        ),
    ),
    "risk": (
        Action.MARK_RISK,
        lambda case_id, version, visit: handling.mark_risk(
            case_id, version, visit.seat.staff, visit.now, *_risk(visit), visit.form.get("words", "")
        ),
    ),
}


def _risk(visit: Visit) -> tuple[str, bool]:
    """Which risk, and whether it is to stand. Raises Invalid."""
    way, _, risk = visit.form.get("risk", "").partition(":")
    if way not in (ON, OFF) or not risk:
        raise unknown("risk")
    return risk, way == ON
