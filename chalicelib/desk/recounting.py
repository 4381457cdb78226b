"""重算: after the calendar is amended, every open case is counted anew, list by list and page by page, without a scan.

What was counted is kept after each page, so whoever works on it may be cut off anywhere, or work beside another: a case
that was counted is not changed by counting it again.
"""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from msgspec.structs import replace

from chalicelib.desk import cities
from chalicelib.desk.committing import Step, finish, untouched
from chalicelib.domain import amending
from chalicelib.domain.calendar import default_calendar
from chalicelib.domain.case import Case
from chalicelib.domain.city import City
from chalicelib.domain.errors import Changed
from chalicelib.domain.events import DESK
from chalicelib.domain.recounting import recount
from chalicelib.domain.submission import day_in_shanghai
from chalicelib.domain.supervision import due_now
from chalicelib.seen.lines import failure
from chalicelib.storage import cases, recounts
from chalicelib.storage.placing import DESK_LIST, open_at
from chalicelib.storage.recounts import Recount

logger = logging.getLogger(__name__)

PAGE = 25  # cases
EMPTY_AT_ONCE = 20  # lists
TRIES = 3
KNOWN_EVERYWHERE = timedelta(seconds=cities.KEPT_FOR) + timedelta(minutes=1)  # after a change of the calendar


def add_days(raw: Mapping[str, object], at: datetime) -> Recount:
    """Amend one day or a stretch of days (``amending.add``), and begin to recount. Raises Invalid."""

    def add(city: City) -> City:
        calendar = default_calendar().amended(city.days, city.years)
        return replace(city, days=amending.add(city.days, calendar, raw, day_in_shanghai(at)))

    cities.change(add)
    return begin(at)


def remove_days(raw: Mapping[str, object], at: datetime) -> Recount:
    """Take amended days back, and begin to recount. Raises NotFound, Invalid."""
    cities.change(lambda city: replace(city, days=amending.remove(city.days, raw, day_in_shanghai(at))))
    return begin(at)


def add_year(raw: Mapping[str, object], names: Mapping[str, str], at: datetime) -> Recount:
    """Enter all that is announced of the next year (``amending.add_year``), and begin to recount. Raises Invalid."""

    def add(city: City) -> City:
        calendar = default_calendar().amended(city.days, city.years)
        year, days = amending.add_year(city.days, calendar, raw, names, day_in_shanghai(at))
        return replace(city, days=days, years=(*city.years, year))

    cities.change(add)
    return begin(at)


def begin(amended_at: datetime) -> Recount:
    """Recount by the calendar in force, from the first list on. ``amended_at``: or when it was found to be another."""
    city = cities.known()
    lists = (DESK_LIST, *(open_at(unit.id) for unit in city.units))
    for _ in range(TRIES):
        kept = recounts.load()
        if kept is not None and kept.city > city.version:
            cities.refreshed()
            return kept  # somebody amended it again, and has begun
        begun = Recount(
            1 if kept is None else kept.version + 1,
            cities.trade().calendar.fingerprint,
            city.version,
            amended_at,
            lists,
            len(lists),
        )
        try:
            recounts.save(begun)
        except Changed:
            continue
        return begun
    raise Changed()


def under_way(at: datetime) -> Recount | None:
    """The recount that is to be worked on, None when there is none.

    One begins by itself where the calendar is another than the last that was counted by: who amended it was cut off
    before it could begin, or another package of the State Council's calendar was deployed.
    """
    kept = recounts.load()
    if kept is not None and kept.city > cities.known().version:
        cities.refreshed()
    calendar = cities.trade().calendar.fingerprint
    try:
        if kept is None and not cities.known().days:
            recounts.save(Recount(1, calendar, cities.known().version, at, finished_at=at))
            return None
        if kept is None or kept.calendar != calendar:
            kept = begin(at)
    except Changed:  # another has just begun it
        kept = recounts.load()
    return kept if kept is not None and kept.finished_at is None else None


def last() -> Recount | None:
    """How far the last recount has come; None where there never was one."""
    return recounts.load()


def try_again() -> None:
    """Where some cases could not be counted, count all once more."""
    kept = recounts.load()
    if kept is not None and kept.finished_at is not None and kept.failed:
        begin(kept.amended_at)


def work(at: datetime, go_on: Callable[[], bool]) -> Recount | None:
    """Work on the recount, if one is under way, while ``go_on`` says yes; gives how far it is then."""
    recount = under_way(at)
    while recount is not None and recount.finished_at is None and go_on():
        if recount.last_round and at < recount.amended_at + KNOWN_EVERYWHERE:
            break
        try:
            recount = _one_page(recount, at)
        except Changed:
            return recounts.load()  # another works on it, and is further
    return recount


def _one_page(recount: Recount, at: datetime) -> Recount:
    lists, page = _next_page(recount)
    changed = failed = 0
    for case in page.cases:
        try:
            changed += _count(case, recount.amended_at, at)
        except Exception as error:  # one that cannot be counted must not stop the others; the calendar's room tells
            logger.error("deadlines could not be counted anew", extra={"case": case.case_id, **failure(error)})
            failed += 1
    further = replace(
        recount,
        version=recount.version + 1,
        lists=lists if page.after else lists[1:],
        after=page.after,
        seen=recount.seen + len(page.cases),
        changed=recount.changed + changed,
        failed=recount.failed + failed,
    )
    if not further.lists:
        further = _round_over(further, at)
    recounts.save(further)
    return further


def _next_page(recount: Recount) -> tuple[tuple[str, ...], cases.Page]:
    """The lists that are left and a page of the first; empty ones are passed over, some at a time."""
    lists, page = recount.lists, cases.listed(recount.lists[0], PAGE, recount.after)
    for _ in range(EMPTY_AT_ONCE):
        if page.cases or page.after or len(lists) == 1:
            break
        lists = lists[1:]
        page = cases.listed(lists[0], PAGE)
    return lists, page


def _round_over(recount: Recount, at: datetime) -> Recount:
    """What a process that did not know the calendar yet filed or moved meanwhile is found by a second round."""
    if recount.last_round:
        return replace(recount, finished_at=at)
    lists = (DESK_LIST, *(open_at(unit.id) for unit in cities.known().units))
    return replace(recount, lists=lists, of=len(lists), seen=0, failed=0, last_round=True)


def _count(case: Case, amended_at: datetime, at: datetime) -> bool:
    """Count one case anew; gives whether that changed it."""
    for _ in range(TRIES):
        step = counted(case, amended_at, at)
        if not step.events:
            return False
        try:
            finish(step, at=at)
        except Changed:  # by somebody else, or the list showed an older state
            case = cases.load(case.case_id)
            continue
        return True
    raise Changed()


def counted(case: Case, amended_at: datetime, at: datetime) -> Step:
    """The case counted anew, and what is due by that; nothing when the calendar changes nothing about it."""
    trade, at = cities.trade(), max(at, case.moved_at)
    anew = recount(case, amended_at, at, trade)
    if anew is None:
        return untouched(case)
    step = untouched(case).then([anew], DESK, at)
    # up to where the record goes, not up to now: a light that changed since is recorded too
    return step.then(due_now(replace(step.after, moved_at=case.moved_at), at, trade), DESK, at)
