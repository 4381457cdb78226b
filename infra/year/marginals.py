"""The published figures of a year, and a fraction of them that still adds up. How they fit together: docs/year.md."""

from collections.abc import Sequence
from fractions import Fraction
from math import floor

from msgspec import Struct

CASES = 42_565
ANSWERED, ON_TIME = 41_722, 40_540  # 98.02 % of the cases; and in the promised term
CITY, COUNTY, TOWNSHIP = 21_661, 20_004, 900  # by the level of the mailbox
ADVICE = 11_477
SECRETARY, IN_PERSON, SECRETARY_ADVICE = 14_512, 6_415, 6_015  # of the city's: the party secretary's own mailbox
MAILBOXES = 1_020

COUNTIES = {
    "Dongyuan": (5_464, 5_239),
    "Heping": (7_339, 7_273),
    "Longchuan": (9_595, 9_238),
    "Zijin": (7_654, 7_567),
    "Lianping": (2_655, 2_655),
}
"""Received and handled, by the place that a letter speaks of."""

DISTRICT = "District"
"""The city's own district: whatever the five counties leave of the whole."""


def hamilton(weights: Sequence[int], total: int) -> list[int]:
    """``total`` shared out by ``weights``: each its whole part, and what is left to the largest remainders
    (Hamilton's method; of equal remainders the first).
    """
    quotas = [Fraction(weight * total, sum(weights)) for weight in weights]
    shares = [floor(quota) for quota in quotas]
    neediest = sorted(range(len(quotas)), key=lambda place: (shares[place] - quotas[place], place))
    for place in neediest[: total - sum(shares)]:
        shares[place] += 1
    return shares


class Marginals(Struct, frozen=True):
    """How many letters there are of each sort."""

    cases: int
    handled: dict[str, int]  # by place
    unhandled: dict[str, int]
    on_time: int
    late: int
    secretary_advice: int
    secretary_other: int
    city_other: int
    county: int
    township: int
    other_advice: int  # to whichever mailbox but the secretary's
    in_person: int  # of the secretary's: answered by the secretary

    @property
    def secretary(self) -> int:
        """Letters to the party secretary's mailbox."""
        return self.secretary_advice + self.secretary_other

    @property
    def advice(self) -> int:
        """Suggestions in all."""
        return self.secretary_advice + self.other_advice

    def received(self, place: str) -> int:
        """Letters about ``place``."""
        return self.handled[place] + self.unhandled[place]


def places() -> dict[str, tuple[int, int]]:
    """Received and handled by place, the city's own district among them: together they are the whole."""
    received = CASES - sum(received for received, _ in COUNTIES.values())
    handled = ANSWERED - sum(handled for _, handled in COUNTIES.values())
    return {**COUNTIES, DISTRICT: (received, handled)}


def scaled(fraction: Fraction) -> Marginals:
    """The figures of ``fraction`` of the year, the published ones for 1. Raises ValueError when that is not a case."""
    total = floor(CASES * fraction + Fraction(1, 2))
    if not 0 < total <= CASES:
        raise ValueError(f"{fraction} of {CASES} cases is none, or more than there are")
    cells = hamilton([cell for received, done in places().values() for cell in (done, received - done)], total)
    handled, unhandled = dict(zip(places(), cells[::2], strict=True)), dict(zip(places(), cells[1::2], strict=True))
    on_time, late = hamilton([ON_TIME, ANSWERED - ON_TIME], sum(cells[::2]))
    own, others = SECRETARY - SECRETARY_ADVICE, ADVICE - SECRETARY_ADVICE
    advice, other, city, county, township = hamilton([SECRETARY_ADVICE, own, CITY - SECRETARY, COUNTY, TOWNSHIP], total)
    elsewhere = CASES - SECRETARY
    return Marginals(
        total,
        handled,
        unhandled,
        on_time,
        late,
        advice,
        other,
        city,
        county,
        township,
        other_advice=hamilton([others, elsewhere - others], city + county + township)[0],
        in_person=hamilton([IN_PERSON, SECRETARY - IN_PERSON], advice + other)[0],
    )
