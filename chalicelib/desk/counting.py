"""考核计算: a month is read once, unit by unit, kept as it was read, and counted from what is kept.

Whoever is cut off leaves nothing that anybody sees, and whoever goes on begins where the last one stopped: which units
are read, which formula is used and over whom it counts stands in the run's plan, by its month and never by who asks.
"""

import logging
from collections.abc import Callable, Iterable
from datetime import date, datetime
from fractions import Fraction

from chalicelib.desk import cities, exams, formulas
from chalicelib.domain.errors import RuleBroken
from chalicelib.domain.evaluating import Counted, UnitLines, evaluate
from chalicelib.domain.runs import (
    Considered,
    Kept,
    LeftOut,
    Plan,
    Run,
    Signature,
    contest_ends,
    frozen,
    is_over,
    lines_of,
)
from chalicelib.storage import assessments
from chalicelib.storage.exams import ExamMark
from chalicelib.storage.facts import ledger_of

SHEAF = 60_000  # characters after which another sheaf of units is begun

logger = logging.getLogger(__name__)


def count(month: date, by: Signature, go_on: Callable[[], bool] = lambda: True) -> Run | None:
    """Count ``month`` (its first day), or go on with it; None when time ran out, and the sweep goes on.

    A month that is counted stays as it is. Raises RuleBroken for one that is not over: what happens later would count
    nowhere.
    """
    known = assessments.load(month)
    if known is not None:
        assessments.finished(month)
        return known
    if not is_over(month, by.at):
        raise RuleBroken("assessment.not_over")
    plan = assessments.plan_of(month) or _begun(month, by)
    place = assessments.frozen_up_to(month)
    while place < len(plan.units):
        gathered = _gathered(month, plan.units[place:], go_on)
        if not gathered:
            return None
        place = assessments.freeze(month, place, gathered)
    return _kept(plan, by.at)


def go_on_with_unfinished(at: datetime, go_on: Callable[[], bool]) -> list[date]:
    """Finish what was begun and cut off, while ``go_on`` says yes; gives the months that are counted now."""
    finished = []
    for month in assessments.under_way():
        if go_on() and count(month, Signature(at), go_on) is not None:
            finished.append(month)
    return finished


def _begun(month: date, by: Signature) -> Plan:
    city, marks = cities.current(), exams.results_of(month)
    assessments.begin(
        Plan(
            month=month,
            formula=formulas.in_force(month).version,
            units=tuple(Considered(unit.id, unit.unit_class, _mean(marks.get(unit.id, []))) for unit in city.units),
            mailboxes=tuple(Kept(box.id, box.keeper, box.leader or "") for box in city.mailboxes),
            begun=by,
        )
    )
    plan = assessments.plan_of(month)
    assert plan is not None  # ours, or that of who was faster
    return plan


def _mean(marks: list[ExamMark]) -> str:
    """Of a unit's mailboxes in the exams that were closed in the month."""
    points = [mark.points for mark in marks]
    return str(Fraction(sum(points), len(points))) if points else ""


def _gathered(month: date, units: Iterable[Considered], go_on: Callable[[], bool]) -> list[UnitLines]:
    """The months of the next units, as many as are kept together and as there is time for."""
    gathered: list[UnitLines] = []
    size = 0
    for one in units:
        if size >= SHEAF or not go_on():
            break
        lines = found(one.unit, month)
        gathered.append((one.unit, lines))
        size += sum(map(len, lines))
    return gathered


def found(unit: str, month: date) -> tuple[str, ...]:
    """What a unit's ledger says of ``month`` now, in writing."""
    told = ledger_of(unit, month)
    return lines_of(frozen(one.case_id, one.about.mailbox, one.about.sealed, one.facts) for one in told)


def _kept(plan: Plan, at: datetime) -> Run:
    counted = evaluated(plan, ())
    assessments.keep(plan.month, counted)
    until = contest_ends(at, cities.current().terms.contest_days)
    assessments.first_head(Run(plan.month, 1, plan.formula, counted.stand, Signature(at, *_who(plan)), until))
    assessments.finished(plan.month)
    run = assessments.load(plan.month)
    assert run is not None  # ours, or that of who was faster
    logger.info("a month was counted", extra={"month": f"{run.month:%Y-%m}"})
    return run


def _who(plan: Plan) -> tuple[str, str]:
    return plan.begun.login, plan.begun.name


def evaluated(plan: Plan, left_out: Iterable[LeftOut]) -> Counted:
    """The month as it was read, counted by the plan's formula, without what is left out."""
    return evaluate(plan, assessments.frozen_months(plan.month), formulas.of_version(plan.formula), left_out)
