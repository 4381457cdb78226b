"""The steps of supervision: an order given, answered, inspected, released; and inspections until a matter is done."""

from chalicelib.desk import handling, ordering
from chalicelib.domain.words import Action, Found, InspectionWay
from chalicelib.entrypoints.console.fields import chosen, unknown
from chalicelib.entrypoints.console.steps_arranging import Step
from chalicelib.entrypoints.console.visits import Visit

ORDERS: dict[str, tuple[Action, Step]] = {
    "order-answer": (
        Action.ANSWER_ORDER,
        lambda case_id, version, visit: ordering.answer_order(
            case_id, version, visit.seat.staff, visit.now, visit.form.get("words", "")
        ),
    ),
    "finding": (
        Action.INSPECT,
        lambda case_id, version, visit: ordering.inspect(
            case_id,
            version,
            visit.seat.staff,
            visit.now,
            chosen(InspectionWay, "way", visit),
            chosen(Found, "found", visit),
            visit.form.get("words", ""),
        ),
    ),
    "release": (
        Action.RELEASE,
        lambda case_id, version, visit: ordering.release(
            case_id, version, visit.seat.staff, visit.now, visit.form.get("words", "")
        ),
    ),
    "supervision": (
        Action.SUPERVISE,
        lambda case_id, version, visit: handling.supervise(
            case_id, version, visit.seat.staff, visit.now, visit.form.get("words", ""), _level(visit)
        ),
    ),
    "reminder": (
        Action.REMIND,
        lambda case_id, version, visit: handling.remind(
            case_id, version, visit.seat.staff, visit.now, visit.form.get("words", "")
        ),
    ),
    "inspections": (
        Action.ORDER_INSPECTION,
        lambda case_id, version, visit: ordering.order_inspection(
            case_id, version, visit.seat.staff, visit.now, visit.form.get("words", "")
        ),
    ),
    "inspections-end": (
        Action.END_INSPECTION,
        lambda case_id, version, visit: ordering.end_inspection(
            case_id, version, visit.seat.staff, visit.now, visit.form.get("words", "")
        ),
    ),
}
"""As in ``steps.STEPS``, of which these are a part."""


def _level(visit: Visit) -> int | None:
    """The level that was chosen; None where the form leaves it to the one in force."""
    chosen = visit.form.get("level", "")
    if chosen not in ("", "1", "2", "3"):
        raise unknown("level")
    return int(chosen) if chosen else None
