"""Plays the stories through the desk's own use cases on a clock of their own."""

import heapq
from collections import deque
from collections.abc import Callable, Iterator
from datetime import datetime, time, timedelta

from chalicelib.desk import supervising
from chalicelib.domain.calendar import SHANGHAI
from infra.seed.hours import Steps
from infra.seed.stories import Story
from infra.seed.telling import told

SWEPT_AT = time(8, 30)  # a real sweep comes every quarter of an hour; one a day tells the same story


def play(stories: tuple[Story, ...], now: datetime, work_off: Callable[[datetime], None]) -> None:
    """Play ``stories`` in the order of their moments up to ``now``, sweeping as time passes.

    ``work_off`` is called before each sweep and at the end: it acts upon the messages that were sent meanwhile.
    """
    running: list[tuple[datetime, int, Steps]] = []
    for number, story in enumerate(stories):
        steps = told(story, now)
        running.append((next(steps), number, steps))
    heapq.heapify(running)
    sweeps = deque(_sweeps(running[0][0], now))
    while running and running[0][0] <= now:
        at, number, steps = heapq.heappop(running)
        while sweeps and sweeps[0] <= at:
            _sweep(sweeps.popleft(), work_off)
        following = next(steps, None)
        if following is not None:
            heapq.heappush(running, (following, number, steps))
    for sweep_at in (*sweeps, now):
        _sweep(sweep_at, work_off)
    work_off(now)


def _sweeps(start: datetime, now: datetime) -> Iterator[datetime]:
    day = start.astimezone(SHANGHAI).date()
    while (at := datetime.combine(day, SWEPT_AT, SHANGHAI)) < now:
        if at > start:
            yield at
        day += timedelta(days=1)


def _sweep(at: datetime, work_off: Callable[[datetime], None]) -> None:
    work_off(at)
    supervising.sweep(at)
