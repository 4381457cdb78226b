"""热度: how hot a topic is. People count, not letters: who writes ten times is one. Votes are damped by their
logarithm, for a single letter may have thousands of them.
"""

import math
from collections.abc import Collection
from datetime import date

from msgspec import Struct

FRESH_DAYS = 30
RUSH_DAYS = 2  # 苗头 is seen within two days
USUAL_DAYS = 28
BUDDING_PEOPLE, BUDDING_TIMES = 3, 3.0  # unless an office sets others
OLD, FRESH, BUDDING = 0.7, 0.2, 0.1  # of a topic's heat: whatever its age; by its fresh voices; while it grows fast


class Pulse(Struct, frozen=True):
    """How a topic lives. ``people``: all; ``fresh``: who first wrote within 30 days; ``lately``: within two; ``usual``:
    the mean of two days in the four weeks before.
    """

    people: int
    fresh: int
    lately: int
    usual: float

    def budding(self, people: int = BUDDING_PEOPLE, times: float = BUDDING_TIMES) -> bool:
        """Whether so many wrote within two days, and so many times the usual."""
        return self.lately >= people and self.lately >= times * self.usual


def pulse(first_days: Collection[date], today: date) -> Pulse:
    """The pulse of a topic on ``today``. ``first_days``: of each person, the day on which they first wrote of it."""
    ages = [(today - day).days for day in first_days]
    lately = sum(1 for age in ages if age < RUSH_DAYS)
    before = sum(1 for age in ages if RUSH_DAYS <= age < RUSH_DAYS + USUAL_DAYS)
    fresh = sum(1 for age in ages if age < FRESH_DAYS)
    return Pulse(len(ages), fresh, lately, before * RUSH_DAYS / USUAL_DAYS)


def heat(pulse: Pulse, votes: int = 0) -> float:
    """0 for nobody. Of two topics the one with half as many people again is the hotter, however old it is."""
    if not pulse.people:
        return 0.0
    life = OLD + FRESH * pulse.fresh / pulse.people
    if pulse.budding():
        life += BUDDING
    return round((pulse.people + math.log1p(max(0, votes))) * life, 2)
