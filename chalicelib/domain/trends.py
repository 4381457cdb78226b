"""Comparisons and topics: what grew, what is hot (热点), what is budding (苗头)."""

from collections.abc import Mapping
from fractions import Fraction

from msgspec import Struct

from chalicelib.domain.city import City
from chalicelib.domain.report_tables import area_at
from chalicelib.domain.reports import Counts, Measure, Table, Totals
from chalicelib.domain.words import Level

MOST_TOPICS = 10
FEWEST = 5  # submissions a month: below it, nothing is a trend
GROWN = Fraction(2)  # times the usual: from it on, a topic is budding
USUAL_MONTHS = 3  # whose mean is the usual


class Change(Struct, frozen=True):
    """A figure now and in another period. ``before``: None where nothing is known of that."""

    now: int
    before: int | None

    @property
    def difference(self) -> int | None:
        """By how much it is more; negative when it is less."""
        return None if self.before is None else self.now - self.before

    @property
    def ratio(self) -> Fraction | None:
        """By which part of what it was it grew; None where there is nothing to compare with, or it was nought."""
        return Fraction(self.now - self.before, self.before) if self.before else None


def change(measure: Measure, now: Counts, before: Counts | None) -> Change:
    """How a figure stands against another period."""
    return Change(now.get(measure, 0), None if before is None else before.get(measure, 0))


class Topic(Struct, frozen=True):
    """A subject in a county. ``area``: "" where the place is not known, or is the whole city."""

    category: str
    area: str
    cases: int  # submissions
    people: int


class Budding(Struct, frozen=True):
    """A topic that grows. ``usual``: its mean of a month in the three months before."""

    topic: Topic
    monthly: Fraction
    usual: Fraction

    @property
    def times(self) -> Fraction | None:
        """How many times the usual it is; None where it is new."""
        return self.monthly / self.usual if self.usual else None


def topics(totals: Totals, city: City) -> dict[tuple[str, str], Topic]:
    """What was written about, by subject and county. Nothing of a sealed case is among it."""
    found: dict[tuple[str, str], Topic] = {}
    for key, counts in totals.of(Table.TOPIC).items():
        category, _, area = key.partition("|")
        place = category, area_at(area, city, Level.COUNTY)
        before = found.get(place, Topic(*place, 0, 0))
        found[place] = Topic(
            *place,
            before.cases + counts.get(Measure.ARRIVED, 0),
            before.people + counts.get(Measure.PEOPLE, 0),
        )
    return found


def hot(now: Mapping[tuple[str, str], Topic], most: int = MOST_TOPICS) -> tuple[Topic, ...]:
    """What most people wrote about; of equal ones, what came most often."""
    ranked = sorted(now.values(), key=lambda topic: (-topic.people, -topic.cases, topic.category, topic.area))
    return tuple(ranked[:most])


def budding(
    now: Mapping[tuple[str, str], Topic],
    months: int,
    before: Mapping[tuple[str, str], Topic] | None,
    most: int = MOST_TOPICS,
) -> tuple[Budding, ...]:
    """What grows fastest against the mean of the three months before: at least ``FEWEST`` a month, and ``GROWN`` times
    the usual. ``months``: of the period; ``before``: the three months, None where they are not known: then nothing.
    """
    if before is None:
        return ()
    found = []
    for place, topic in now.items():
        earlier = before.get(place)
        usual = Fraction(earlier.cases if earlier is not None else 0, USUAL_MONTHS)
        monthly = Fraction(topic.cases, months)
        if monthly >= FEWEST and monthly >= GROWN * usual:
            found.append(Budding(topic, monthly, usual))
    found.sort(key=lambda one: (-(one.monthly - one.usual), one.topic.category, one.topic.area))
    return tuple(sorted(found, key=lambda one: (one.times is not None, -(one.times or 0)))[:most])
