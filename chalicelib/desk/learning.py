"""The room of the model: what is at work, how it does, and what its keepers change about it."""

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.domain.case import Case
from chalicelib.domain.errors import Changed, NotAllowed, NotFound, RuleBroken
from chalicelib.domain.learning import (
    AtWork,
    Count,
    Decided,
    MonthSum,
    Trial,
    Trouble,
    may_manage,
    month_of_arrival,
    read_threshold,
)
from chalicelib.domain.people import Staff
from chalicelib.storage import cases, learning

MONTHS = 12  # that the page shows
SHOWN = 20  # entries of the history
STILL_MOVING = timedelta(minutes=10)  # how old the sum of this month and the last may be
SETTLED = timedelta(days=1)  # and of those before
MOST_CASES = 50  # of a list


class Room(Struct, frozen=True):
    """What the page shows. ``months``: earliest first; ``trial``: of the model at work, by the letters of these
    months; ``before``: what would be put back.
    """

    at_work: AtWork | None
    history: tuple[AtWork, ...]
    trouble: Trouble | None
    months: tuple[MonthSum, ...]
    trial: Trial
    before: AtWork | None

    @property
    def seen(self) -> int:
        """The version that a change is made against."""
        return self.at_work.version if self.at_work is not None else 0


def room(at: datetime) -> Room:
    """The room. Reads the sums of twelve months, and counts those anew that are too old."""
    at_work = learning.at_work()
    history = tuple(learning.history(SHOWN))
    months = tuple(sums(at))
    trouble = learning.trouble()
    fingerprint = at_work.fingerprint if at_work is not None else ""
    hinders = trouble is not None and at_work is not None and trouble.fingerprint == fingerprint
    return Room(
        at_work,
        history,
        trouble if hinders else None,
        months,
        trial_of(fingerprint, months),
        before(at_work, history),
    )


def sums(at: datetime) -> list[MonthSum]:
    """What persons decided in the last months, earliest first."""
    months = _months(at)
    known = learning.sums(months)
    return [_sum(month, known.get(month), at, moving=place >= MONTHS - 2) for place, month in enumerate(months)]


def _months(at: datetime) -> list[date]:
    month = month_of_arrival(at)
    found = [month]
    while len(found) < MONTHS:
        found.append((found[-1] - timedelta(days=1)).replace(day=1))
    return found[::-1]


def _sum(month: date, known: MonthSum | None, at: datetime, moving: bool) -> MonthSum:
    if known is not None and at - known.at < (STILL_MOVING if moving else SETTLED):
        return known
    counted = counted_month(month, learning.decisions_of(month), at)
    learning.keep_sum(counted)
    return counted


def counted_month(month: date, decisions: Iterable[Decided], at: datetime) -> MonthSum:
    """A month of decisions, counted."""
    counts: Counter[tuple[str, str, str, bool]] = Counter()
    without = 0
    for one in decisions:
        if one.said:
            counts[one.model, one.said, one.was, one.sure] += 1
        else:
            without += 1
    rows = tuple(Count(*key, letters) for key, letters in sorted(counts.items()))
    return MonthSum(month, at, rows, without)


def trial_of(fingerprint: str, months: Iterable[MonthSum]) -> Trial:
    """How the model of ``fingerprint`` does."""
    counts = [one for month in months for one in month.counts if fingerprint and one.model == fingerprint]
    right = [one for one in counts if one.said == one.was]
    return Trial(
        decided=sum(one.letters for one in counts),
        agreed=sum(one.letters for one in right),
        sure=sum(one.letters for one in counts if one.sure),
        sure_right=sum(one.letters for one in right if one.sure),
    )


def before(at_work: AtWork | None, history: Iterable[AtWork]) -> AtWork | None:
    """What ``put_back`` would put back: the latest entry with another model than the one at work, or with none."""
    if at_work is None or not at_work.fingerprint:
        return next((one for one in history if one.fingerprint), None)
    others = (one for one in history if one.version < at_work.version and one.fingerprint != at_work.fingerprint)
    return next(others, AtWork(0, at_work.at, "", ""))


def cases_of(said: str, was: str, at: datetime) -> list[Case]:
    """The cases of which the model said ``said`` and that were ``was``, latest first: fifty at most, of a quarter."""
    found: list[Decided] = []
    for month in _months(at)[:-4:-1]:
        found += (one for one in learning.decisions_of(month) if (one.said, one.was) == (said, was))
    latest = sorted(found, key=lambda one: one.arrived_at, reverse=True)[:MOST_CASES]
    known = cases.load_all([one.case_id for one in latest]) if latest else {}
    return [known[one.case_id] for one in latest if one.case_id in known]


def put_back(seen: int, by: Staff, at: datetime) -> AtWork:
    """The model before is at work again, as it was. ``seen``: the version that the page showed.

    Raises NotAllowed, Changed when somebody else was faster, NotFound where there was none before.
    """
    at_work = _managed(seen, by)
    earlier = before(at_work, learning.history(SHOWN))
    if earlier is None:
        raise NotFound()
    again = replace(earlier, version=seen + 1, at=at, login=by.login, name=by.name, restores=earlier.version)
    return _changed(again)


def set_threshold(typed: str, seen: int, by: Staff, at: datetime) -> AtWork:
    """From which confidence on the model is sure; typed in per cent, "" for what the model itself names.

    Raises NotAllowed, Changed, and Invalid for what is no such number.
    """
    sure_from = read_threshold(typed)
    at_work = _at_work(_managed(seen, by))
    return _changed(replace(at_work, version=seen + 1, at=at, login=by.login, name=by.name, sure_from=sure_from))


def let_decide(seen: int, by: Staff, at: datetime) -> AtWork:
    """The trial is over, and the model decides where it is sure.

    Raises NotAllowed, Changed, and RuleBroken while it has not passed.
    """
    at_work = _at_work(_managed(seen, by))
    if not trial_of(at_work.fingerprint, sums(at)).passed:
        raise RuleBroken("learning.not_passed")
    return _changed(replace(at_work, version=seen + 1, at=at, login=by.login, name=by.name, on_trial=False))


def _managed(seen: int, by: Staff) -> AtWork | None:
    if not may_manage(by):
        raise NotAllowed(action="learning")
    at_work = learning.at_work()
    if (at_work.version if at_work is not None else 0) != seen:
        raise Changed()
    return at_work


def _at_work(found: AtWork | None) -> AtWork:
    if found is None or found.card is None:
        raise NotFound()
    return found


def _changed(now: AtWork) -> AtWork:
    learning.put_to_work(now)
    return now
