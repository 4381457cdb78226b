"""接访: leaders' reception days and joint receptions by departments, and the places on them that citizens book."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.domain.calendar import SHANGHAI
from chalicelib.domain.errors import Changed, FieldError, Invalid, NotFound, Refused
from chalicelib.domain.people import Staff
from chalicelib.domain.words import Role

MOST_PEOPLE = 5  # who speak for many are five at most (《信访工作条例》 art. 20)


class ReceptionKind(StrEnum):
    """Who receives."""

    LEADER = "leader"  # 领导接访
    JOINT = "joint"  # 联合接访


class BookingState(StrEnum):
    """What became of a booking."""

    BOOKED = "booked"
    HEARD = "heard"
    ABSENT = "absent"  # did not come
    CANCELLED = "cancelled"  # its place is free again


class Full(Refused):
    """Every place of the reception is taken."""

    code = "reception_full"


class Begun(Refused):
    """The reception has begun or is over: it is no longer booked, changed, or cancelled by who booked."""

    code = "reception_begun"


class CalledOff(Refused):
    """The reception does not take place."""

    code = "reception_called_off"


class NotYet(Refused):
    """Nobody is heard before the day."""

    code = "reception_not_yet"


class Settled(Refused):
    """Somebody was heard, or did not come: what is booked can no longer be cancelled or called off."""

    code = "booking_settled"


class Plan(Struct, frozen=True):
    """When and where who receives. Each booking has ``minutes``, one after the other."""

    kind: ReceptionKind
    host: str  # who receives, as citizens read it: name and office; "" for a joint reception
    leader: str | None  # login of the leader whose day it is, where there is an account
    units: tuple[str, ...]  # ids of the units that receive together
    starts_at: datetime
    place: str
    places: int
    minutes: int

    @property
    def ends_at(self) -> datetime:
        """When the last place's time is over."""
        return self.starts_at + timedelta(minutes=self.minutes * self.places)

    @property
    def day(self) -> date:
        """The civil day in Shanghai."""
        return self.starts_at.astimezone(SHANGHAI).date()


class Notice(Struct, frozen=True):
    """A change or a cancellation: when, by whom, and the reason that citizens read. ``before``: the plan it changed."""

    at: datetime
    by: str
    reason: str
    before: Plan


class Booking(Struct, frozen=True):
    """One place taken. Who took it is kept apart, encrypted; ``person`` is a keyed digest of it."""

    number: str
    place: int  # from 0, in the order of the day
    people: int
    person: str
    form: str  # fingerprint of the form's key
    booked_at: datetime
    state: BookingState = BookingState.BOOKED
    receipt: str = ""  # of the submission that the matter became
    sealed: bool = False  # it became an accusation: nobody of the staff is shown whose


class Reception(Struct, frozen=True):
    """A reception with the bookings that stand. ``version`` grows with each step."""

    id: str
    plan: Plan
    version: int
    planned_by: str
    bookings: tuple[Booking, ...] = ()  # in the order of the day
    changes: tuple[Notice, ...] = ()
    called_off: Notice | None = None

    @property
    def free(self) -> int:
        """How many places are left."""
        return self.plan.places - len(self.bookings)

    @property
    def untouched(self) -> bool:
        """Whether nobody was heard or missed yet."""
        return all(booking.state is BookingState.BOOKED for booking in self.bookings)

    def booking(self, number: str) -> Booking:
        """The booking of ``number``. Raises NotFound, also for one that was cancelled."""
        for booking in self.bookings:
            if booking.number == number:
                return booking
        raise NotFound()

    def time_of(self, booking: Booking) -> datetime:
        """When a booking's turn comes."""
        return self.plan.starts_at + timedelta(minutes=self.plan.minutes * booking.place)

    def open_at(self, at: datetime) -> bool:
        """Whether a place can be booked at ``at``."""
        return self.called_off is None and at < self.plan.starts_at and self.free > 0


def may_see(staff: Staff, reception: Reception) -> bool:
    """Whether ``staff`` may see a reception: a leader the own days only."""
    match staff.role:
        case Role.CLERK | Role.SUPERVISOR:
            return True
        case Role.LEADER:
            return reception.plan.leader == staff.login
        case _:
            return False


def change(reception: Reception, plan: Plan, reason: str, by: str, at: datetime, revision: int) -> Reception:
    """The reception as it is planned anew. ``revision``: how many changes whoever makes this one had seen.

    Raises CalledOff, Begun, Changed when somebody else changed it since, Invalid when booked places would be gone.
    """
    _stands(reception)
    if at >= reception.plan.starts_at:
        raise Begun()
    if revision != len(reception.changes):
        raise Changed()
    needed = max((booking.place + 1 for booking in reception.bookings), default=0)
    if plan.places < needed:
        raise Invalid([FieldError("places", "reception.places_taken", (("least", str(needed)),))])
    notice = Notice(at, by, reason, reception.plan)
    return _next(replace(reception, plan=plan, changes=(*reception.changes, notice)))


def call_off(reception: Reception, reason: str, by: str, at: datetime) -> Reception:
    """The reception does not take place. Raises CalledOff, Settled once somebody was heard, Begun after its day."""
    _stands(reception)
    if not reception.untouched:
        raise Settled()
    if at.astimezone(SHANGHAI).date() > reception.plan.day:
        raise Begun()
    return _next(replace(reception, called_off=Notice(at, by, reason, reception.plan)))


def book(reception: Reception, number: str, people: int, person: str, form: str, at: datetime) -> Reception:
    """The reception with its first free place booked.

    Raises CalledOff, Begun, Full, and Invalid for somebody who has a place on it already.
    """
    _stands(reception)
    if at >= reception.plan.starts_at:
        raise Begun()
    if any(booking.person == person for booking in reception.bookings):
        raise Invalid([FieldError("phone", "booking.same_phone")])
    taken = {booking.place for booking in reception.bookings}
    place = next((place for place in range(reception.plan.places) if place not in taken), None)
    if place is None:
        raise Full()
    booking = Booking(number, place, people, person, form, at)
    return _next(replace(reception, bookings=_in_order((*reception.bookings, booking))))


def cancel(reception: Reception, number: str, at: datetime) -> Reception:
    """The reception with a booking's place free again. Raises NotFound, Settled, Begun."""
    booking = reception.booking(number)
    if booking.state is not BookingState.BOOKED:
        raise Settled()
    if at >= reception.plan.starts_at:
        raise Begun()
    return _next(replace(reception, bookings=tuple(one for one in reception.bookings if one is not booking)))


def hear(reception: Reception, number: str, receipt: str, sealed: bool, at: datetime) -> Reception:
    """The matter was heard and became a submission. Who comes late is heard all the same.

    Raises NotFound, CalledOff, NotYet, Settled when it was heard before.
    """
    booking = _due(reception, number, at)
    return _marked(reception, replace(booking, state=BookingState.HEARD, receipt=receipt, sealed=sealed))


def miss(reception: Reception, number: str, at: datetime) -> Reception:
    """Nobody came. Raises as ``hear``; saying it twice is saying it once."""
    booking = _due(reception, number, at)
    return _marked(reception, replace(booking, state=BookingState.ABSENT))


class Figures(Struct, frozen=True):
    """What a month's receptions of one kind amount to: those held, who came, and the cases that it made."""

    month: date
    kind: ReceptionKind
    sessions: int
    people: int
    cases: int


def figures(receptions: Iterable[Reception], now: datetime) -> list[Figures]:
    """The figures of every month and kind that a reception was held in, latest month first."""
    counted: dict[tuple[date, ReceptionKind], Figures] = {}
    for reception in receptions:
        if reception.called_off is not None or reception.plan.starts_at > now:
            continue
        month, kind = reception.plan.day.replace(day=1), reception.plan.kind
        before = counted.get((month, kind), Figures(month, kind, 0, 0, 0))
        heard = [booking for booking in reception.bookings if booking.state is BookingState.HEARD]
        counted[month, kind] = Figures(
            month,
            kind,
            before.sessions + 1,
            before.people + sum(booking.people for booking in heard),
            before.cases + len(heard),
        )
    return sorted(counted.values(), key=lambda one: (-one.month.toordinal(), list(ReceptionKind).index(one.kind)))


def _stands(reception: Reception) -> None:
    if reception.called_off is not None:
        raise CalledOff()


def _due(reception: Reception, number: str, at: datetime) -> Booking:
    """A booking that may be heard now."""
    booking = reception.booking(number)
    _stands(reception)
    if at.astimezone(SHANGHAI).date() < reception.plan.day:
        raise NotYet()
    if booking.state is BookingState.HEARD:
        raise Settled()
    return booking


def _marked(reception: Reception, booking: Booking) -> Reception:
    bookings = tuple(booking if one.number == booking.number else one for one in reception.bookings)
    return _next(replace(reception, bookings=bookings))


def _in_order(bookings: tuple[Booking, ...]) -> tuple[Booking, ...]:
    return tuple(sorted(bookings, key=lambda booking: booking.place))


def _next(reception: Reception) -> Reception:
    return replace(reception, version=reception.version + 1)
