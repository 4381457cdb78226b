"""The citizen is asked something: the unit's clocks stand still until there is an answer, or its time is over."""

from datetime import datetime, timedelta

from chalicelib.domain.case import Case
from chalicelib.domain.clocks import Clock
from chalicelib.domain.events import Asked, Reason, Resumed
from chalicelib.domain.handling import required_words
from chalicelib.domain.trade import Trade

ANSWERED = Reason("basis.citizen_answered", {})
SILENT = Reason("basis.citizen_silent", {})
BY_THE_UNIT = Reason("basis.unit_goes_on", {})
_DAY = timedelta(days=1)


def ask(case: Case, question: str, at: datetime, trade: Trade) -> Asked:
    """请来信人补充. Raises Invalid without words."""
    clock = _not_after(case.bound_by, trade.to_answer(at), at, trade)
    return Asked(required_words("question", question), clock.due_at, case.clocks, (clock,))


def _not_after(by: datetime | None, clock: Clock, at: datetime, trade: Trade) -> Clock:
    """Another agency's date does not wait for the citizen: she is asked to answer before it, while it is to come."""
    return clock if by is None or by <= at else clock.bound(by, trade.calendar, trade.near)


def resume(case: Case, at: datetime, basis: Reason) -> Resumed:
    """The clocks that stood still, put off by as long as they stood, in whole days: a term goes on ending at midnight.

    A day that was begun counts, but not where the unit itself goes on: it would win a day with every question.
    Raises ValueError for a case that waits for nobody.
    """
    if case.waiting is None:
        raise ValueError("the clocks of this case are running")
    whole = (at - case.waiting.since) // _DAY if basis == BY_THE_UNIT else -((case.waiting.since - at) // _DAY)
    return Resumed(basis, tuple(clock.put_off(whole) for clock in case.waiting.stopped))
