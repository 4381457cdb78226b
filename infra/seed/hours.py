"""When the people of a story do something: the offices' hours, and a breath between two steps."""

from collections.abc import Generator
from datetime import datetime, time, timedelta

from chalicelib.domain.calendar import SHANGHAI, default_calendar

Steps = Generator[datetime, None, datetime]
"""A story under way: each item is the moment of its next step, which is taken when the story is resumed; in the end
the moment of its last step.
"""

OPENS, CLOSES = time(9), time(17, 15)
BREATH = timedelta(minutes=12)  # between two steps of the same people


def office(at: datetime) -> datetime:
    """The first moment from ``at`` at which the offices are open."""
    local = at.astimezone(SHANGHAI)
    if local.time() > CLOSES:
        local = datetime.combine(local.date() + timedelta(days=1), OPENS, SHANGHAI)
    elif local.time() < OPENS:
        local = datetime.combine(local.date(), OPENS, SHANGHAI)
    while not default_calendar().is_working_day(local.date()):
        local = datetime.combine(local.date() + timedelta(days=1), OPENS, SHANGHAI)
    return local
