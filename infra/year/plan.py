"""Who writes when, to which level, of which place, and what becomes of it: dealt out by lot, each sort exactly as often
as the figures say.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from fractions import Fraction
from random import Random

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.domain.calendar import SHANGHAI, default_calendar
from chalicelib.domain.words import Kind
from infra.year.marginals import Marginals, scaled

YEAR = 2025  # the last whose working days, and those of the year after, are all known
BEGINS = datetime(YEAR, 1, 1, tzinfo=SHANGHAI).astimezone(UTC)
ENDS = datetime(YEAR + 1, 1, 1, tzinfo=SHANGHAI).astimezone(UTC)
MONTHS = tuple(date(YEAR, month, 1) for month in range(1, 13))

BUSY = (0.9, 0.7, 1.1, 1.1, 1.0, 1.0, 1.0, 0.95, 1.05, 0.9, 1.1, 1.2)  # by month: few write at the Spring Festival
DAY_OFF = 0.35  # of a working day's letters
HOURS = (1, 0, 0, 0, 0, 1, 2, 4, 9, 13, 13, 9, 5, 5, 9, 10, 9, 7, 5, 5, 6, 5, 3, 2)  # of a day's letters, by hour
LAST_HOUR = 20  # of the year: who writes later is answered next year
TIME_TO_BE_LATE = timedelta(days=20)
SHARE_OF_THE_LATEST = Fraction(1, 2)  # of the unanswered: those who have only just written
SORTS = {Kind.APPEAL: 62, Kind.CONSULTATION: 33, Kind.THANKS: 5}  # of what is no suggestion
COMES_AGAIN, COMES_AGAIN_WITHIN = 0.08, 3_000  # letters by who wrote before, and among how many letters before
COUNTS_FOR = timedelta(days=90)  # in which a second letter is no first petition


class Box(StrEnum):
    """To what kind of mailbox."""

    SECRETARY = "secretary"
    CITY = "city"
    COUNTY = "county"
    TOWNSHIP = "township"


class Fate(StrEnum):
    """What becomes of it within the year."""

    ON_TIME = "on_time"
    LATE = "late"
    UNANSWERED = "unanswered"


class Letter(Struct, frozen=True):
    """One submission. ``person``: number of the first letter of whoever writes; ``first``: a first petition."""

    number: int
    filed_at: datetime
    place: str
    box: Box
    kind: Kind = Kind.APPEAL
    fate: Fate = Fate.ON_TIME
    in_person: bool = False
    person: int = 0
    first: bool = True


def plan(fraction: Fraction, seed: int) -> list[Letter]:
    """The letters of ``fraction`` of the year in the order of their filing; the same for the same ``seed``.

    Raises ValueError for a fraction that is no case.
    """
    figures, lots = scaled(fraction), Random(f"year {seed}")
    letters = _filed(figures, lots)
    for deal in (_kinds, _fates, _late, _in_person, _persons):
        letters = deal(letters, figures, lots)
    return letters


def _filed(figures: Marginals, lots: Random) -> list[Letter]:
    places = [place for place in figures.handled for _ in range(figures.received(place))]
    boxes = [Box.SECRETARY] * figures.secretary + [Box.CITY] * figures.city_other
    boxes += [Box.COUNTY] * figures.county + [Box.TOWNSHIP] * figures.township
    lots.shuffle(places)
    lots.shuffle(boxes)
    together = zip(sorted(_moments(figures.cases, lots)), places, boxes, strict=True)
    return [Letter(number, at, place, box) for number, (at, place, box) in enumerate(together)]


def _moments(number: int, lots: Random) -> Iterator[datetime]:
    days = [BEGINS.astimezone(SHANGHAI).date() + timedelta(days=passed) for passed in range((ENDS - BEGINS).days)]
    calendar = default_calendar()
    weights = [BUSY[day.month - 1] * (1 if calendar.is_working_day(day) else DAY_OFF) for day in days]
    for day in lots.choices(days, weights, k=number):
        hour = lots.choices(range(24), HOURS)[0]
        hour = min(hour, LAST_HOUR) if day == days[-1] else hour
        moment = time(hour, lots.randrange(60), lots.randrange(60), lots.randrange(1_000_000))
        yield datetime.combine(day, moment, SHANGHAI).astimezone(UTC)


def _kinds(letters: list[Letter], figures: Marginals, lots: Random) -> list[Letter]:
    secretary = [letter.number for letter in letters if letter.box is Box.SECRETARY]
    others = [letter.number for letter in letters if letter.box is not Box.SECRETARY]
    advice = {*lots.sample(secretary, figures.secretary_advice), *lots.sample(others, figures.other_advice)}
    kinds = lots.choices(list(SORTS), list(SORTS.values()), k=len(letters))
    return [
        replace(letter, kind=Kind.ADVICE if letter.number in advice else kind)
        for letter, kind in zip(letters, kinds, strict=True)
    ]


def _fates(letters: list[Letter], figures: Marginals, lots: Random) -> list[Letter]:
    """Unanswered are, of each place, some who have only just written, and some of the whole year."""
    unanswered: set[int] = set()
    for place, number in figures.unhandled.items():
        own = [letter.number for letter in letters if letter.place == place]
        latest = round(number * SHARE_OF_THE_LATEST)
        unanswered.update(own[len(own) - latest :])
        unanswered.update(lots.sample(own[: len(own) - latest], number - latest))
    return [replace(letter, fate=Fate.UNANSWERED) if letter.number in unanswered else letter for letter in letters]


def _late(letters: list[Letter], figures: Marginals, lots: Random) -> list[Letter]:
    """Late can be who wrote long enough before the year's end for a term to be over."""
    answered = [letter for letter in letters if letter.fate is Fate.ON_TIME]
    early = [letter.number for letter in answered if letter.filed_at < ENDS - TIME_TO_BE_LATE]
    late = set(lots.sample(early, figures.late))
    return [replace(letter, fate=Fate.LATE) if letter.number in late else letter for letter in letters]


def _in_person(letters: list[Letter], figures: Marginals, lots: Random) -> list[Letter]:
    own = [one.number for one in letters if one.box is Box.SECRETARY and one.fate is not Fate.UNANSWERED]
    chosen = set(lots.sample(own, figures.in_person))
    return [replace(letter, in_person=letter.number in chosen) for letter in letters]


def _persons(letters: list[Letter], figures: Marginals, lots: Random) -> list[Letter]:
    """Some have written before, of another matter."""
    dealt: list[Letter] = []
    latest: dict[int, datetime] = {}
    for letter in letters:
        person = letter.number
        if dealt and lots.random() < COMES_AGAIN:
            person = dealt[-lots.randint(1, min(len(dealt), COMES_AGAIN_WITHIN))].person
        before = latest.get(person)
        latest[person] = letter.filed_at
        first = before is None or before < letter.filed_at - COUNTS_FOR
        dealt.append(replace(letter, person=person, first=first))
    return dealt
