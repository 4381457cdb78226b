"""What becomes of a supervision order, and inspections until a matter is done. Each is one step, as in ``handling``."""

from datetime import datetime

from chalicelib.desk import cities
from chalicelib.desk.handling import take
from chalicelib.domain import ordering
from chalicelib.domain.case import Case
from chalicelib.domain.people import Staff
from chalicelib.domain.words import Action, Found, InspectionWay


def answer_order(case_id: str, version: int, by: Staff, at: datetime, words: str) -> Case:
    """The unit answers the order in writing."""
    return take(case_id, version, Action.ANSWER_ORDER, by, at, lambda case: ordering.answer_order(case, words, at))


def inspect(case_id: str, version: int, by: Staff, at: datetime, way: InspectionWay, found: Found, words: str) -> Case:
    """督查: what was found, with what follows from it."""
    return take(
        case_id,
        version,
        Action.INSPECT,
        by,
        at,
        lambda case: ordering.inspect(case, way, found, words, at, cities.trade()),
    )


def release(case_id: str, version: int, by: Staff, at: datetime, words: str) -> Case:
    """解除督办 by the office whose order it is."""
    return take(
        case_id, version, Action.RELEASE, by, at, lambda case: ordering.release(case, words, at, cities.trade())
    )


def order_inspection(case_id: str, version: int, by: Staff, at: datetime, words: str) -> Case:
    """A leader has it inspected until done."""
    return take(
        case_id,
        version,
        Action.ORDER_INSPECTION,
        by,
        at,
        lambda case: ordering.order_inspection(words, at, cities.trade()),
    )


def end_inspection(case_id: str, version: int, by: Staff, at: datetime, words: str) -> Case:
    """Who had it inspected is content."""
    return take(case_id, version, Action.END_INSPECTION, by, at, lambda case: ordering.end_inspection(words))
