"""考核: the months' tables. Counted, contested, published; and counted again, to see that they are what they were."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

from msgspec import Struct

from chalicelib.desk import counting
from chalicelib.domain import runs
from chalicelib.domain.calendar import SHANGHAI
from chalicelib.domain.contests import ContestState
from chalicelib.domain.errors import Changed, NotFound
from chalicelib.domain.evaluating import Differs, difference
from chalicelib.domain.mailbox_figures import Box
from chalicelib.domain.people import Staff
from chalicelib.domain.ranking import Assessment
from chalicelib.domain.receipts import spoken
from chalicelib.domain.runs import Line, Run, RunStep, Signature
from chalicelib.storage import assessments, contests
from chalicelib.storage.unit_of_work import AlreadyThere, Work, commit


class Table(Struct, frozen=True):
    """A run with its lines, as the room shows it."""

    run: Run
    lines: tuple[Line, ...]

    @property
    def assessment(self) -> Assessment:
        """The table of scores."""
        rows = tuple(line.row for line in self.lines if line.row is not None)
        return Assessment(self.run.month, self.run.counted.at, self.run.formula, rows)


class Proof(Struct, frozen=True):
    """A run counted again. ``compared``: so many of ``of`` units; the rest follows from ``compared`` on.

    ``differing``: what the ledgers of these units say otherwise; ``lines``: keys of what comes out otherwise by the
    same facts, which would be the arithmetic's fault.
    """

    compared: int
    of: int
    differing: tuple[Differs, ...]
    lines: tuple[str, ...]

    @property
    def over(self) -> bool:
        """Whether every unit was compared."""
        return self.compared == self.of

    @property
    def same(self) -> bool:
        """Whether all that was compared is the same, bit for bit."""
        return not self.differing and not self.lines


def month_before(at: datetime) -> date:
    """The first day of the month that ended last before ``at``, by Shanghai's calendar."""
    first = at.astimezone(SHANGHAI).date().replace(day=1)
    return (first - timedelta(days=1)).replace(day=1)


def assess(month: date, at: datetime) -> Assessment:
    """Count ``month`` (its first day) to its end. Twice, or a year later, it is the same.

    Raises RuleBroken for a month that is not over.
    """
    run = counting.count(month, Signature(at))
    assert run is not None  # nobody stopped it
    return Table(run, assessments.lines(run)).assessment


def count_past(month: date, by: Staff, at: datetime, go_on: Callable[[], bool]) -> Run | None:
    """A supervisor has a month counted that was not yet; None while it goes on. Raises NotAllowed, RuleBroken."""
    runs.permit(RunStep.COUNT, by)
    return counting.count(month, Signature(at, by.login, by.name), go_on)


def publish(month: date, version: int, by: Staff, at: datetime) -> Run:
    """The leader approves: the run is frozen. ``version``: of the run as the leader saw it.

    Raises NotFound, Changed, NotAllowed, and RuleBroken while it may be contested or is.
    """
    run = _run(month)
    still_open = (one for one in contests.of_month(month) if one.state is ContestState.OPEN)
    published = runs.publish(run, by, at, (spoken(one.fact.case_id) for one in still_open))
    if run.version != version:
        raise Changed()
    try:
        commit(Work(at, new=[assessments.published_item(published)], versioned=[assessments.head_item(published)]))
    except AlreadyThere as there:
        raise Changed() from there
    return published


def recount(month: date, by: Staff, start: int = 0, go_on: Callable[[], bool] = lambda: True) -> Proof:
    """Count a run again from the ledgers, by its formula and its rulings; nothing is written.

    From the ``start``-th unit on, while ``go_on`` says yes: where every ledger says what was kept, what is counted from
    what was kept is what would be counted from the ledgers. Raises NotFound, NotAllowed.
    """
    runs.permit(RunStep.RECOUNT, by)
    run = _run(month)
    plan = assessments.plan_of(month)
    assert plan is not None  # no run is without
    differing, at = [], start
    for unit, kept in assessments.frozen_months(month, start):
        if at > start and not go_on():
            break
        differs = difference(unit, kept, counting.found(unit, month))
        differing += [differs] if differs is not None else []
        at += 1
    again = counting.evaluated(plan, run.left_out) if at == len(plan.units) else None
    wrong = () if again is None or again.stand == run.stand else assessments.otherwise(run, again)
    return Proof(at, len(plan.units), tuple(differing), wrong)


def table(month: date) -> Assessment | None:
    """A month's table of scores, None before it was counted."""
    found = run_table(month)
    return None if found is None else found.assessment


def run_table(month: date) -> Table | None:
    """A month's run with its lines, None before it was counted."""
    run = assessments.load(month)
    return None if run is None else Table(run, assessments.lines(run))


def mailboxes(run: Run) -> tuple[Box, ...]:
    """What became of each mailbox's letters in a run's month."""
    return assessments.boxes(run)


def months() -> list[date]:
    """The months that can be looked at, latest first."""
    return [run.month for run in assessments.runs()]


def _run(month: date) -> Run:
    run = assessments.load(month)
    if run is None:
        raise NotFound()
    return run
