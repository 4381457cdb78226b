"""What must hold for somebody to act on a supervision order, or to have a matter inspected."""

from chalicelib.domain.case import Case
from chalicelib.domain.events import Actor
from chalicelib.domain.words import ANSWERED, Role


def awaits_answer(case: Case) -> bool:
    """Whether an order stands that is to be answered."""
    return case.order is not None and case.order.awaits_answer


def answers_order(case: Case, by: Actor) -> bool:
    """Whose the answer is: the unit's; where no unit has the matter, or the desk itself, the clerks'."""
    return by.role is not Role.CLERK or case.in_charge is None or case.direct


def of_its_office(case: Case, by: Actor) -> bool:
    """Whether the order is of ``by``'s office. A supervisor without a unit works for every office, and an order of no
    office is any supervisor's.
    """
    offices = case.order.offices if case.order is not None else ()
    return not offices or by.unit in offices or (by.role is Role.SUPERVISOR and by.unit is None)


def to_inspect(case: Case) -> bool:
    """Whether there is something to inspect: an order, a leader's word, or the answer to what was under supervision."""
    looked_at_again = case.state in ANSWERED and case.highest_level > 0
    return case.order is not None or case.inspection is not None or looked_at_again


def had_it_inspected(case: Case, by: Actor) -> bool:
    """Whether ``by`` may end the inspections: the leader who ordered them, or the head of an office."""
    return case.inspection is not None and (by.role is Role.HEAD or by.id == case.inspection.by)
