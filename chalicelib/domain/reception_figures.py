"""What a month's receptions amount to."""

from collections.abc import Iterable
from datetime import date, datetime

from msgspec import Struct

from chalicelib.domain.receptions import BookingState, Reception, ReceptionKind


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
