"""What a day's talks amount to, and how long somebody will wait."""

import math
from collections.abc import Sequence
from datetime import timedelta
from statistics import median

from msgspec import Struct

from chalicelib.domain.talk import End, Talk

USUAL = timedelta(minutes=8)  # of one talk, until enough of the day's are over to know better
ENOUGH = 3


class Figures(Struct, frozen=True):
    """A day. ``waited``: the median of those who were taken, None where nobody was; ``lost``: who left, was gone or was
    told that hours are over, before anybody took them; ``abandoned``: who was gone at any time.
    """

    talks: int
    taken: int
    lost: int
    abandoned: int
    filed: int
    waited: timedelta | None
    each: timedelta  # how long a talk takes


def figures(talks: Sequence[Talk]) -> Figures:
    """The figures of ``talks``."""
    waits = [talk.taken_at - talk.began_at for talk in talks if talk.taken_at is not None]
    lengths = [
        talk.ended_at - talk.taken_at for talk in talks if talk.ended_at is not None and talk.taken_at is not None
    ]
    return Figures(
        talks=len(talks),
        taken=len(waits),
        lost=sum(talk.ended_at is not None and talk.taken_at is None for talk in talks),
        abandoned=sum(talk.end is End.ABANDONED for talk in talks),
        filed=sum(bool(talk.receipt) for talk in talks),
        waited=_median(waits) if waits else None,
        each=max(_median(lengths), timedelta(minutes=1)) if len(lengths) >= ENOUGH else USUAL,
    )


def _median(spans: Sequence[timedelta]) -> timedelta:
    return timedelta(seconds=median(span.total_seconds() for span in spans))


def minutes_to_wait(ahead: int, clerks: int, each: timedelta) -> int:
    """Whole minutes, rounded up, until whoever has ``ahead`` before her is taken, by as many clerks as are there.

    Each clerk is thought to be in the middle of a talk: the first in the line waits half of one.
    """
    return math.ceil((ahead + 0.5) * (each / timedelta(minutes=1)) / max(1, clerks))
