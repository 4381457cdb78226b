"""The steps by which it is arranged who handles a case: leaders, conferences, assistance, direct handling."""

from collections.abc import Callable

from chalicelib.desk import arranging, cities, handling
from chalicelib.domain.case import Case
from chalicelib.domain.words import Action
from chalicelib.entrypoints.console.fields import moment
from chalicelib.entrypoints.console.visits import Visit

Step = Callable[[str, int, Visit], Case]

ARRANGING: dict[str, tuple[Action, Step]] = {
    "instructed-dispatch": (
        Action.DISPATCH_BY_INSTRUCTION,
        lambda case_id, version, visit: arranging.dispatch_by_instruction(
            case_id, version, visit.seat.staff, visit.now, visit.form.get("unit", ""), visit.form.get("words", "")
        ),
    ),
    "instruction": (
        Action.INSTRUCT,
        lambda case_id, version, visit: handling.instruct(
            case_id, version, visit.seat.staff, visit.now, visit.form.get("words", "")
        ),
    ),
    "direct-handling": (
        Action.HANDLE_DIRECTLY,
        lambda case_id, version, visit: arranging.handle_directly(case_id, version, visit.seat.staff, visit.now),
    ),
    "conference-result": (
        Action.HOLD_CONFERENCE,
        lambda case_id, version, visit: arranging.hold_conference(
            case_id,
            version,
            visit.seat.staff,
            visit.now,
            visit.form.get("present", ""),
            visit.form.get("minutes", ""),
            visit.form.get("opinion", ""),
            visit.form.get("lead", ""),
        ),
    ),
    "assisting-part": (
        Action.ASSIST,
        lambda case_id, version, visit: arranging.assist(
            case_id, version, visit.seat.staff, visit.now, visit.form.get("text", "")
        ),
    ),
    "assistance": (
        Action.ASK_ASSISTANCE,
        lambda case_id, version, visit: arranging.ask_assistance(
            case_id, version, visit.seat.staff, visit.now, visit.form.get("unit", ""), visit.form.get("words", "")
        ),
    ),
    "assistance-end": (
        Action.CALL_OFF_ASSISTANCE,
        lambda case_id, version, visit: arranging.call_off_assistance(
            case_id, version, visit.seat.staff, visit.now, visit.form.get("unit", ""), visit.form.get("words", "")
        ),
    ),
    "conference": (
        Action.CALL_CONFERENCE,
        lambda case_id, version, visit: arranging.call_conference(
            case_id,
            version,
            visit.seat.staff,
            visit.now,
            moment("on", visit),
            visit.form.get("place", ""),
            _ticked_units(visit),
            visit.form.get("words", ""),
        ),
    ),
    "conference-end": (
        Action.CALL_OFF_CONFERENCE,
        lambda case_id, version, visit: arranging.call_off_conference(
            case_id, version, visit.seat.staff, visit.now, visit.form.get("words", "")
        ),
    ),
    "owner": (
        Action.NAME_OWNER,
        lambda case_id, version, visit: arranging.name_owner(
            case_id, version, visit.seat.staff, visit.now, visit.form.get("owner", ""), visit.form.get("words", "")
        ),
    ),
}
"""As in ``steps.STEPS``, of which these are a part."""


def _ticked_units(visit: Visit) -> tuple[str, ...]:
    """The units whose boxes are ticked: ``unit.ID`` = "yes" for each."""
    return tuple(unit.id for unit in cities.current().units if visit.form.get(f"unit.{unit.id}") == "yes")
