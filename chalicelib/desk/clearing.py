"""一日一清理: each morning the desk's and the units' open lists are read once, and what must not wait is set down."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from msgspec import Struct

from chalicelib.desk import cities
from chalicelib.domain.assessment import FactKind
from chalicelib.domain.calendar import SHANGHAI
from chalicelib.domain.case import Case
from chalicelib.domain.clearing import Arrivals, Clearing, Collecting, Endorsement, Session, endorsed, of_unit
from chalicelib.domain.errors import Changed, NotFound
from chalicelib.domain.facts import CITY
from chalicelib.domain.people import Staff
from chalicelib.domain.receptions import BookingState
from chalicelib.domain.roots import ONE_DAY, day_of
from chalicelib.domain.words import UNIT_ROLES, Channel, Kind, State
from chalicelib.storage import cases, clearings, owed, receptions
from chalicelib.storage.clearings import Line
from chalicelib.storage.facts import ledger_of
from chalicelib.storage.placing import DESK_LIST, open_at

PAGE = 100  # cases of one read
TRIES = 5


class Morning(Struct, frozen=True):
    """A day's list for one reader: as it was, what leaders said of it, and how each matter stands now."""

    clearing: Clearing
    endorsements: tuple[Endorsement, ...]
    now: dict[str, Case]


def make(now: datetime) -> Clearing:
    """The list of the day of ``now``. Made once: whoever comes later finds it."""
    day = day_of(now)
    kept = clearings.load(day)
    if kept is not None:
        return kept
    collecting = Collecting(day, now)
    for case in _open_cases():
        collecting.add(case, _answer_since(case))
    to_tell = len({one.recipient for one in owed.waiting(owed.OPEN)})
    made = collecting.closed(_arrivals(day - ONE_DAY), _sessions(day), to_tell)
    return made if clearings.save(made) else clearings.load(day) or made


def _open_cases() -> Iterator[Case]:
    """All that waits for the desk or for a unit, a page at a time."""
    for name in (DESK_LIST, *(open_at(unit.id) for unit in cities.current().units)):
        page = cases.listed(name, PAGE)
        yield from page.cases
        while page.after is not None:
            page = cases.listed(name, PAGE, page.after)
            yield from page.cases


def _answer_since(case: Case) -> datetime | None:
    """When the answer was written that awaits approval. Other steps may have followed: its own line says it."""
    if case.state is not State.AWAITING_APPROVAL or case.draft is None:
        return None
    return cases.event(case.case_id, case.draft).at


def _arrivals(day: date) -> Arrivals:
    """What came on ``day``, from the ledger of its month."""
    by_kind: dict[Kind, int] = {}
    by_channel: dict[Channel, int] = {}
    for told in ledger_of(CITY, day.replace(day=1)):
        came = sum(fact.kind is FactKind.ARRIVED and day_of(fact.at) == day for fact in told.facts)
        if came:
            by_kind[told.about.kind] = by_kind.get(told.about.kind, 0) + came
            by_channel[told.about.channel] = by_channel.get(told.about.channel, 0) + came
    return Arrivals(day, sum(by_kind.values()), by_kind, by_channel)


def _sessions(day: date) -> Iterator[Session]:
    begins = datetime.combine(day, time(), SHANGHAI)
    for one in receptions.between(begins, begins + ONE_DAY - timedelta(microseconds=1)):
        if one.called_off is None:
            booked = sum(booking.people for booking in one.bookings if booking.state is BookingState.BOOKED)
            yield Session(one.id, one.plan.starts_at, one.plan.place, one.plan.host, one.plan.units, booked)


def morning(staff: Staff, day: date) -> Morning:
    """A day's list as ``staff`` may see it: heads see their own unit's part. Raises NotFound."""
    clearing = clearings.load(day)
    if clearing is None:
        raise NotFound()
    if staff.role in UNIT_ROLES:
        clearing = of_unit(clearing, staff.unit or "")
    named = sorted({matter.case_id for part in clearing.parts.values() for matter in part})
    return Morning(clearing, tuple(clearings.endorsements(day)), cases.load_all(named) if named else {})


def endorse(staff: Staff, day: date, words: str, now: datetime) -> None:
    """批阅: a leader endorses the day's list. Raises NotAllowed, Invalid, NotFound."""
    endorsement = endorsed(staff, words, now)
    if clearings.load(day) is None:
        raise NotFound()
    for _ in range(TRIES):
        try:
            return clearings.endorse(day, endorsement, now)
        except Changed:
            continue
    raise Changed()


def days(most: int) -> list[Line]:
    """The last days that have a list, the last first."""
    return clearings.days(most)


def made_today(now: datetime) -> bool:
    """Whether the list of the day is there; the schedule makes it soon after midnight."""
    return bool(found := clearings.days(1)) and found[0].day == day_of(now)
