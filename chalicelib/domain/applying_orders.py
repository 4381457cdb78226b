"""How each event of a supervision order, and of inspections, changes a case."""

from msgspec.structs import replace

from chalicelib.domain import events as happened
from chalicelib.domain.applying import apply
from chalicelib.domain.case import Case
from chalicelib.domain.events import Event
from chalicelib.domain.order import Inspection, Order, Released
from chalicelib.domain.words import ClockName, Found, Role


@apply.register
def _(payload: happened.Reminded, case: Case, event: Event) -> Case:
    """Who was told that the term to answer is ending needs no word of its half."""
    if payload.clock is None or payload.clock in case.reminded:
        return case
    reminded = replace(case, reminded=(*case.reminded, payload.clock))
    halfway = (clock for clock in case.clocks if clock.name is ClockName.HANDLE and clock.keeper_percent)
    told = next(halfway, None) if payload.clock is ClockName.HANDLE else None
    return reminded if told is None else replace(reminded, keeper_told=told.started_at)


@apply.register
def _(payload: happened.KeeperReminded, case: Case, event: Event) -> Case:
    return replace(case, keeper_told=payload.started_at)


@apply.register
def _(payload: happened.Supervised, case: Case, event: Event) -> Case:
    order = Order(payload.level, payload.answer_by, payload.next_level_at, payload.number, payload.offices)
    return replace(
        case,
        order=order,
        orders=max(case.orders, payload.number),
        highest_level=max(case.highest_level, payload.level),
        overseen_by=tuple(dict.fromkeys((*case.overseen_by, *payload.offices))),
    )


@apply.register
def _(payload: happened.OrderAnswered, case: Case, event: Event) -> Case:
    return case if case.order is None else replace(case, order=replace(case.order, answered_at=event.at))


@apply.register
def _(payload: happened.OrderOverdue, case: Case, event: Event) -> Case:
    return case if case.order is None else replace(case, order=replace(case.order, overdue=True))


@apply.register
def _(payload: happened.OrderInspected, case: Case, event: Event) -> Case:
    """What is done is inspected no longer; of everything else the next inspection will tell."""
    order, inspection = case.order, case.inspection
    if order is not None:
        order = replace(order, found=payload.found, inspected_at=event.at)
    if inspection is not None:
        inspection = None if payload.found is Found.DONE else replace(inspection, due=False)
    false_reply = case.false_reply or payload.found is Found.FALSE_REPLY
    return replace(case, order=order, inspection=inspection, false_reply=false_reply)


@apply.register
def _(payload: happened.OrderReleased, case: Case, event: Event) -> Case:
    return replace(case, order=None, released=Released(event.at, payload.again_at))


@apply.register
def _(payload: happened.InspectionOrdered, case: Case, event: Event) -> Case:
    unit = event.by.unit if event.by.role is Role.HEAD else None  # a leader speaks for no unit
    return replace(case, inspection=Inspection(event.by.id, unit, payload.next_at))


@apply.register
def _(payload: happened.InspectionDue, case: Case, event: Event) -> Case:
    ordered = case.inspection
    return case if ordered is None else replace(case, inspection=replace(ordered, next_at=payload.next_at, due=True))


@apply.register
def _(payload: happened.InspectionEnded, case: Case, event: Event) -> Case:
    return replace(case, inspection=None)
