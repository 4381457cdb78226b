"""Who is told what of a reception on which they booked, and when they are reminded."""

from collections.abc import Collection
from datetime import datetime, time, timedelta

from chalicelib.domain.calendar import SHANGHAI
from chalicelib.domain.receptions import Booking, BookingState, News, NewsKind, Plan, Reception
from chalicelib.domain.submission import day_in_shanghai

REMINDED_FROM = time(9)  # in Shanghai, of the day before


def remind_at(reception: Reception) -> datetime | None:
    """When who booked is to be reminded; None where nobody is, or it was done.

    Who books later than that has the day fresh in mind, and a move that is told later is a reminder itself.
    """
    plan = reception.plan
    moment = datetime.combine(plan.day - timedelta(days=1), REMINDED_FROM, SHANGHAI)
    waited_for = any(one.state is BookingState.BOOKED and one.booked_at < moment for one in reception.bookings)
    if reception.called_off is not None or not waited_for:
        return None
    for news in reception.news:
        if news.kind is NewsKind.REMINDED and news.before.starts_at == plan.starts_at:
            return None
        if news.kind is NewsKind.MOVED and news.at >= moment and news.before.starts_at != plan.starts_at:
            return None
    return moment


def news_of(reception: Reception, number: int) -> News:
    """What happened to the reception as ``number``. News is never taken back."""
    return reception.news[number - 1]


def recipients(reception: Reception, news: News, at: datetime) -> tuple[str, ...]:
    """The bookings whose citizens are told of ``news`` at ``at``, as the reception stands then.

    Who gave the place back, or has booked again since hers was taken off, is left in peace. What has become untrue
    since is not told any more: the later news is. And nothing is told when it can be of no use.
    """
    if news.kind is NewsKind.RELEASED:
        again = any(one.number == news.booking and one.booked_at > news.at for one in reception.bookings)
        return (news.booking,) if not again and day_in_shanghai(at) <= reception.plan.day else ()
    return tuple(one.number for one in reception.bookings if _is_told(reception, news, one, at))


def _is_told(reception: Reception, news: News, booking: Booking, at: datetime) -> bool:
    if booking.state is not BookingState.BOOKED or not concerns(reception, news, booking):
        return False
    if any(later.number > news.number and _replaces(reception, later, booking) for later in reception.news):
        return False
    if news.kind is NewsKind.REMINDED:
        return at < reception.time_of(booking)
    return day_in_shanghai(at) <= reception.plan.day


def concerns(reception: Reception, news: News, booking: Booking) -> bool:
    """Whether ``news`` is anything to who made ``booking``: it came after it, and it is about it."""
    if booking.booked_at > news.at:
        return False
    match news.kind:
        case NewsKind.SHIFTED | NewsKind.RELEASED:
            return news.booking == booking.number
        case NewsKind.MOVED:
            place = place_after(reception, news, booking)
            return _as_seen(news.before, place) != _as_seen(plan_after(reception, news), place)
        case _:
            return True


def known_until(reception: Reception, news: News, number: str, told: Collection[int]) -> tuple[Plan, int]:
    """The plan, and her place on it, as who made a booking knew it until she is told of ``news``.

    ``told``: the numbers of the news that she was sent. What she was not told of, because more came on its heels, is
    nothing that she knew.
    """
    booking = next((one for one in reception.bookings if one.number == number), None)
    if booking is None:
        return news.before, news.place  # it was taken off the list: as it stood
    first = news
    for one in reversed(reception.news[: news.number - 1]):
        if one.kind is NewsKind.REMINDED or (one.booking and one.booking != number):
            continue
        if one.number in told or booking.booked_at > one.at:
            break
        first = one
    hers = (one.place for one in reception.news[first.number - 1 :] if one.booking == number)
    return first.before, next(hers, booking.place)


def plan_after(reception: Reception, news: News) -> Plan:
    """The plan that ``news`` left behind."""
    later = reception.news[news.number :]
    return later[0].before if later else reception.plan


def place_after(reception: Reception, news: News, booking: Booking) -> int:
    """The place that a booking had after ``news``."""
    later = (one for one in reception.news[news.number :] if one.kind is NewsKind.SHIFTED)
    return next((one.place for one in later if one.booking == booking.number), booking.place)


def seen_by(reception: Reception, number: str) -> tuple[News, ...]:
    """What who made a booking is shown on coming back: all that changed for her since, reminders left out."""
    booking = next((one for one in reception.bookings if one.number == number), None)
    if booking is None:
        return tuple(one for one in reception.news if one.kind is NewsKind.RELEASED and one.booking == number)
    return tuple(one for one in reception.news if _replaces(reception, one, booking))


def _replaces(reception: Reception, news: News, booking: Booking) -> bool:
    return news.kind is not NewsKind.REMINDED and concerns(reception, news, booking)


def _as_seen(plan: Plan, place: int) -> tuple[object, ...]:
    """What of a plan matters to who comes: how many others come, and whose account it is, does not."""
    return plan.turn(place), plan.place, plan.kind, plan.host, plan.units
