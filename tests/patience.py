"""A guard against what never ends. It measures nothing: what is guarded takes a thousandth of it."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

STUCK = 60  # seconds


@contextmanager
def never_stuck() -> Iterator[None]:
    """Fails when its block is not over after ``STUCK`` seconds; also inside one regular expression."""

    def stuck(_signal: int, _frame: FrameType | None) -> None:
        raise AssertionError(f"not done after {STUCK} s")

    before = signal.signal(signal.SIGALRM, stuck)
    signal.setitimer(signal.ITIMER_REAL, STUCK)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
