"""The steps by which a case goes to the desk of another agency and back, or back to the agency that referred it."""

from chalicelib.desk import transferring
from chalicelib.domain.words import Action
from chalicelib.entrypoints.console.fields import number
from chalicelib.entrypoints.console.steps_arranging import Step

AGENCIES: dict[str, tuple[Action, Step]] = {
    "transfer": (
        Action.TRANSFER,
        lambda case_id, version, visit: transferring.transfer(
            case_id,
            version,
            visit.seat.staff,
            visit.now,
            visit.form.get("agency", ""),
            visit.form.get("words", ""),
        ),
    ),
    "transfer-extension": (
        Action.EXTEND_TRANSFER,
        lambda case_id, version, visit: transferring.extend(
            case_id,
            version,
            visit.seat.staff,
            visit.now,
            visit.form.get("reason", ""),
            number("days", visit),
        ),
    ),
    "transfer-return": (
        Action.RETURN_TRANSFER,
        lambda case_id, version, visit: transferring.recall(
            case_id, version, visit.seat.staff, visit.now, visit.form.get("words", "")
        ),
    ),
    "referral-return": (
        Action.RETURN_REFERRAL,
        lambda case_id, version, visit: transferring.return_referral(
            case_id, version, visit.seat.staff, visit.now, visit.form.get("words", "")
        ),
    ),
}
