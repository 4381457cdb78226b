"""Whoever need not be told any more is left in peace: what was tried for them and never ended is ended."""

from collections.abc import Collection, Iterable
from datetime import datetime

from msgspec.structs import replace

from chalicelib.storage import notices
from chalicelib.storage.notices import TRIED_AGAIN_AFTER, Attempted, Sending, Settled, Settlement
from chalicelib.web.messages import DEFAULT, say


def leave_in_peace(attempts: Iterable[Attempted], event: int, told: Collection[str], at: datetime) -> datetime | None:
    """Settle what was tried of ``event`` for those who are not among ``told`` any more, the receipts (or bookings) that
    it concerns now: it is not tried again, and stands in no list of what a person is to see to.

    Gives when to look again, where one may be on its way at this very moment; None where none is.
    """
    on_their_way: list[datetime] = []
    for attempt in attempts:
        if attempt.event != event or attempt.recipient in told:
            continue
        cut_off_at = attempt.at + TRIED_AGAIN_AFTER
        if attempt.state is Sending.SENDING and at < cut_off_at:
            on_their_way.append(cut_off_at)
        elif attempt.state in (Sending.SENDING, Sending.FAILED):
            needless = Settlement(Settled.NEEDLESS, at, "", say("role.desk", DEFAULT))
            notices.end(replace(attempt, state=Sending.SETTLED, settlement=needless))
    return min(on_their_way, default=None)
