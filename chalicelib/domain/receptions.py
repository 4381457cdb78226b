"""接访: leaders' reception days and joint receptions by departments, and the places on them that citizens book."""

from datetime import date, datetime, timedelta
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.domain.calendar import SHANGHAI
from chalicelib.domain.errors import Changed, FieldError, Invalid, NotFound
from chalicelib.domain.invitations import Invitation, Observation
from chalicelib.domain.reception_errors import Begun, CalledOff, Full, NotYet, Settled, TurnTaken

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

    def turn(self, place: int) -> datetime:
        """When the turn of a place comes."""
        return self.starts_at + timedelta(minutes=self.minutes * place)


class NewsKind(StrEnum):
    """What of a reception is told to who booked."""

    MOVED = "moved"  # planned anew
    CALLED_OFF = "called_off"
    SHIFTED = "shifted"  # one booking has another turn
    RELEASED = "released"  # one booking was taken off the list
    REMINDED = "reminded"  # the day before


class News(Struct, frozen=True):
    """One of the things that happened to a reception: when, by whom, and the reason that citizens read."""

    number: int  # from 1, in the order in which they happened
    kind: NewsKind
    at: datetime
    by: str
    reason: str
    before: Plan  # as it was until then
    booking: str = ""  # the one booking that it is about; "" for all of them
    place: int = 0  # that one's place until then


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
    news: tuple[News, ...] = ()
    lay: tuple[Invitation, ...] = ()  # 信访监督员: who was invited to be there, earliest first
    opinions: tuple[Observation, ...] = ()  # what they said of it, in order; of each the latest stands

    @property
    def changes(self) -> tuple[News, ...]:
        """How it was planned anew."""
        return tuple(one for one in self.news if one.kind is NewsKind.MOVED)

    @property
    def called_off(self) -> News | None:
        """Why it does not take place, if so."""
        return next((one for one in self.news if one.kind is NewsKind.CALLED_OFF), None)

    @property
    def free_turns(self) -> tuple[int, ...]:
        """The places that are left, from 0."""
        taken = {booking.place for booking in self.bookings}
        return tuple(place for place in range(self.plan.places) if place not in taken)

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
        return self.plan.turn(booking.place)

    def open_at(self, at: datetime) -> bool:
        """Whether a place can be booked at ``at``."""
        return self.called_off is None and at < self.plan.starts_at and self.free > 0


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
    return replace(_told(reception, NewsKind.MOVED, by, reason, at), plan=plan)


def call_off(reception: Reception, reason: str, by: str, at: datetime) -> Reception:
    """The reception does not take place. Raises CalledOff, Settled once somebody was heard, Begun after its day."""
    _stands(reception)
    if not reception.untouched:
        raise Settled()
    if at.astimezone(SHANGHAI).date() > reception.plan.day:
        raise Begun()
    return _told(reception, NewsKind.CALLED_OFF, by, reason, at)


def book(reception: Reception, number: str, people: int, person: str, form: str, at: datetime) -> Reception:
    """The reception with its first free place booked.

    Raises CalledOff, Begun, Full, and Invalid for somebody who has a place on it already.
    """
    _stands(reception)
    if at >= reception.plan.starts_at:
        raise Begun()
    if any(booking.person == person for booking in reception.bookings):
        raise Invalid([FieldError("phone", "booking.same_phone")])
    if not reception.free_turns:
        raise Full()
    booking = Booking(number, reception.free_turns[0], people, person, form, at)
    return _next(replace(reception, bookings=_in_order((*reception.bookings, booking))))


def cancel(reception: Reception, number: str, at: datetime) -> Reception:
    """The reception with a booking's place free again. Raises NotFound, Settled, Begun."""
    return _next(_without(reception, _changeable(reception, number, at)))


def shift(reception: Reception, number: str, place: int, reason: str, by: str, at: datetime) -> Reception:
    """The reception with a booking at another free turn.

    Raises NotFound, CalledOff, Settled, Begun, TurnTaken.
    """
    _stands(reception)
    booking = _changeable(reception, number, at)
    if place not in reception.free_turns:
        raise TurnTaken()
    bookings = (*_without(reception, booking).bookings, replace(booking, place=place))
    return replace(_told(reception, NewsKind.SHIFTED, by, reason, at, booking), bookings=_in_order(bookings))


def release(reception: Reception, number: str, reason: str, by: str, at: datetime) -> Reception:
    """The reception with a booking taken off by the office. Raises NotFound, CalledOff, Settled, Begun."""
    _stands(reception)
    booking = _changeable(reception, number, at)
    return _without(_told(reception, NewsKind.RELEASED, by, reason, at, booking), booking)


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


def remind(reception: Reception, at: datetime) -> Reception:
    """Whoever booked is reminded."""
    return _told(reception, NewsKind.REMINDED, "", "", at)


def _stands(reception: Reception) -> None:
    if reception.called_off is not None:
        raise CalledOff()


def _changeable(reception: Reception, number: str, at: datetime) -> Booking:
    """A booking that can still be changed."""
    booking = reception.booking(number)
    if booking.state is not BookingState.BOOKED:
        raise Settled()
    if at >= reception.plan.starts_at:
        raise Begun()
    return booking


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


def _without(reception: Reception, booking: Booking) -> Reception:
    return replace(reception, bookings=tuple(one for one in reception.bookings if one.number != booking.number))


def _told(
    reception: Reception, kind: NewsKind, by: str, reason: str, at: datetime, booking: Booking | None = None
) -> Reception:
    """The reception with one thing more that happened to it."""
    number = reception.news[-1].number + 1 if reception.news else 1
    news = News(number, kind, at, by, reason, reception.plan)
    if booking is not None:
        news = replace(news, booking=booking.number, place=booking.place)
    return _next(replace(reception, news=(*reception.news, news)))


def _in_order(bookings: tuple[Booking, ...]) -> tuple[Booking, ...]:
    return tuple(sorted(bookings, key=lambda booking: booking.place))


def _next(reception: Reception) -> Reception:
    return replace(reception, version=reception.version + 1)
