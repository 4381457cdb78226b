"""What the schedules' functions do."""

import logging
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Protocol, cast

from chalice.app import CloudWatchEvent

from chalicelib.desk import (
    assessing,
    cities,
    clearing,
    closing_days,
    counting,
    recounting,
    reporting,
    standing,
    supervising,
    topic_tending,
)
from chalicelib.domain.runs import Signature

logger = logging.getLogger(__name__)

STOP_BEFORE_MS = 20_000  # of the function's time: what is left then is the next sweep's


class LambdaContext(Protocol):
    """What Lambda hands to a function beside its event."""

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds before Lambda ends the function."""


def sweep(event: CloudWatchEvent) -> dict[str, object]:
    """The supervision sweep, then the recount by an amended calendar and what is left of a month's assessment, until
    little of the function's time is left.
    """
    cities.refreshed()
    now, go_on = datetime.now(UTC), _while_time_is_left(event)
    recount = recounting.under_way(now)
    swept = supervising.sweep(now, go_on, recount.amended_at if recount is not None else None)
    logger.info("the sweep is done", extra={"counts": _figures(swept)})
    if recount is not None:
        recounting.work(now, go_on)
        logger.info("deadlines were counted anew")
    counting.go_on_with_unfinished(now, go_on)
    standing.note_sweep(now, swept)
    return asdict(swept)


def _figures(swept: supervising.Swept) -> dict[str, int]:
    told = asdict(swept)
    happened: dict[str, int] = told.pop("happened")
    return {**told, **happened}


def _while_time_is_left(event: CloudWatchEvent) -> Callable[[], bool]:
    milliseconds_left = cast(LambdaContext, event.context).get_remaining_time_in_millis
    return lambda: milliseconds_left() > STOP_BEFORE_MS


def assess_month(event: CloudWatchEvent) -> dict[str, object]:
    """The assessment of the month that has just ended. Fired twice, it finds it counted; cut off, the sweep goes on."""
    cities.refreshed()
    now = datetime.now(UTC)
    month = assessing.month_before(now)
    run = counting.count(month, Signature(now), _while_time_is_left(event))
    reporting.close_months(now)
    return {"month": f"{month:%Y-%m}", "counted": run is not None}


def close_day(event: CloudWatchEvent) -> dict[str, object]:
    """The root of the day that is over, and of days that were missed; then the morning's list, and the hot topics.
    Fired twice, it finds nothing left to do.
    """
    closed = closing_days.close_days(datetime.now(UTC), _while_time_is_left(event))
    for day in closed.days:
        logger.info("a day was closed", extra={"day": day.day.isoformat(), "counts": {"events": day.events}})
    cities.refreshed()
    clearing.make(datetime.now(UTC))
    topic_tending.tend(datetime.now(UTC), _while_time_is_left(event))
    logger.info("the list of the morning and the topics are made")
    return {"closed": [day.day.isoformat() for day in closed.days], "left": closed.left}
