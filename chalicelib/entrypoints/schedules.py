"""What the schedules' functions do."""

import logging
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Protocol, cast

from chalice.app import CloudWatchEvent

from chalicelib.desk import assessing, cities, supervising

logger = logging.getLogger(__name__)

STOP_BEFORE_MS = 20_000  # of the function's time: what is left then is the next sweep's


class LambdaContext(Protocol):
    """What Lambda hands to a function beside its event."""

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds before Lambda ends the function."""


def sweep(event: CloudWatchEvent) -> dict[str, object]:
    """The supervision sweep, until little of the function's time is left."""
    milliseconds_left = cast(LambdaContext, event.context).get_remaining_time_in_millis
    cities.refreshed()
    swept = supervising.sweep(datetime.now(UTC), lambda: milliseconds_left() > STOP_BEFORE_MS)
    logger.info("swept %s", swept)
    return asdict(swept)


def assess_month() -> dict[str, object]:
    """The assessment of the month that has just ended. Fired twice, it writes the same."""
    cities.refreshed()
    month = assessing.month_before(datetime.now(UTC))
    return {"month": f"{month:%Y-%m}", "units": len(assessing.assess(month, datetime.now(UTC)).rows)}
