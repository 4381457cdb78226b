"""安静时段: hours in which nobody's telephone rings for us at night. What is to be told then waits for their end."""

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta

from msgspec import Struct

from chalicelib.domain.calendar import SHANGHAI
from chalicelib.domain.errors import FieldError, Invalid
from chalicelib.domain.ways import Way

LONGEST = timedelta(hours=14)
NEEDED = timedelta(hours=4)  # between the end of the hours and what somebody has to know in good time
PROPOSED = (time(21), time(8))


class Quiet(Struct, frozen=True, omit_defaults=True, tag="quiet"):
    """From ``start`` to ``end``, on Shanghai's clock, over midnight where ``end`` is the earlier; none without ways."""

    start: time = PROPOSED[0]
    end: time = PROPOSED[1]
    ways: tuple[Way, ...] = ()

    def until(self, way: str, at: datetime) -> datetime | None:
        """When the hours end in which ``at`` falls; None outside of them, and for a way that knows none."""
        local = at.astimezone(SHANGHAI)
        if way not in self.ways or not self._holds(local.time()):
            return None
        day = local.date() if local.time() < self.end else local.date() + timedelta(days=1)
        return datetime.combine(day, self.end, SHANGHAI).astimezone(UTC)

    def _holds(self, clock: time) -> bool:
        if self.start <= self.end:
            return self.start <= clock < self.end
        return clock >= self.start or clock < self.end


def held_until(quiet: Quiet, way: str, at: datetime, needed_by: datetime | None = None) -> datetime | None:
    """Until when a notice waits; None for one that goes out at once.

    ``needed_by``: what it is about begins then. A notice that would come too late to be of use is not held back.
    """
    until = quiet.until(way, at)
    if until is not None and needed_by is not None and at < needed_by < until + NEEDED:
        return None
    return until


def read_quiet(raw: Mapping[str, str]) -> Quiet:
    """The hours of a form: ``start`` and ``end`` as HH:MM, ``quiet.sms`` and ``quiet.mail`` "yes" where they are kept.

    Raises Invalid naming the fields.
    """
    errors: list[FieldError] = []
    start, end = _clock(raw, "start", errors), _clock(raw, "end", errors)
    ways = tuple(way for way in Way if raw.get(f"quiet.{way}") == "yes")
    if not errors and ways and not timedelta(0) < _length(start, end) <= LONGEST:
        errors.append(FieldError("end", "quiet.length", (("most", str(LONGEST // timedelta(hours=1))),)))
    if errors:
        raise Invalid(errors)
    return Quiet(start, end, ways)


def _clock(raw: Mapping[str, str], field: str, errors: list[FieldError]) -> time:
    text = raw.get(field, "")
    try:
        return datetime.strptime(text, "%H:%M").replace(tzinfo=SHANGHAI).time()
    except ValueError:
        errors.append(FieldError(field, "quiet.not_time" if text else "field.empty"))
        return time()


def _length(start: time, end: time) -> timedelta:
    minutes = (end.hour - start.hour) * 60 + end.minute - start.minute
    return timedelta(minutes=minutes % (24 * 60))
