"""How it goes with an endpoint: whether it takes what it is sent, and whether it is to be left alone for a while."""

from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.domain.hooks import LONGEST_ASKED

LEFT_ALONE_AFTER = 5  # failures in a row
PROBED = (timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=1))  # after each further failure, the last again
PROBE_LASTS = timedelta(minutes=1)  # nobody else connects while one message tries
BUSY = frozenset({429, 502, 503, 504})  # the specification: the other side is under load, send less
BUSY_FOR = timedelta(minutes=1)
GONE = 410
NOTED_EVERY = timedelta(minutes=1)  # of successes: what is busy is not written to at each


class Health(Struct, frozen=True, omit_defaults=True):
    """What an administrator sees of an endpoint at a glance, and what keeps a dead one from being connected to."""

    delivered_at: datetime | None = None  # the last success, to the minute
    failures: int = 0  # in a row
    failing_since: datetime | None = None
    failed_at: datetime | None = None
    said: str = ""  # of the last failure: the status, or why there was none
    not_before: datetime | None = None  # nothing is sent there before

    def left_alone(self, at: datetime) -> bool:
        """Whether nothing is sent there at ``at``."""
        return self.not_before is not None and at < self.not_before

    @property
    def down(self) -> bool:
        """Whether it has failed so often that one message alone tries, for all."""
        return self.failures >= LEFT_ALONE_AFTER


def took(health: Health, at: datetime) -> Health:
    """After a success. The same value where it need not be written."""
    lately = health.delivered_at is not None and timedelta(0) <= at - health.delivered_at < NOTED_EVERY
    return health if lately and not health.failures and health.not_before is None else Health(delivered_at=at)


def failed(health: Health, at: datetime, status: int | None, said: str, asked: timedelta | None) -> Health:
    """After a failure. ``asked``: the pause that a Retry-After asks for: it is kept for all that is sent there."""
    failures = health.failures + 1
    pause = timedelta(0)
    if failures >= LEFT_ALONE_AFTER:
        pause = PROBED[min(failures - LEFT_ALONE_AFTER, len(PROBED) - 1)]
    if status in BUSY:
        pause = max(pause, BUSY_FOR if asked is None else asked)
    elif asked is not None:
        pause = max(pause, asked)
    return replace(
        health,
        failures=failures,
        failing_since=health.failing_since or at,
        failed_at=at,
        said=said,
        not_before=at + min(pause, LONGEST_ASKED) if pause else None,
    )


def probing(health: Health, at: datetime) -> Health:
    """While one message tries for all."""
    return replace(health, not_before=at + PROBE_LASTS)
