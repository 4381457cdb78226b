"""The supervision room: orders by their offices, what is to be inspected, what is late; and circulars (通报)."""

from collections.abc import Collection, Iterable
from itertools import groupby

from msgspec import Struct

from chalicelib.desk import cities
from chalicelib.domain.case import Case
from chalicelib.domain.city import LEVELS, Unit
from chalicelib.domain.people import Staff, may_list
from chalicelib.storage import cases
from chalicelib.storage.cases import Page
from chalicelib.storage.placing import TO_INSPECT, UNSATISFIED, under_level

SHOWN = 200  # cases of a list


class Watched(Struct, frozen=True):
    """A list of the supervision room; ``more`` when it is longer than is shown."""

    name: str
    cases: tuple[Case, ...]
    more: bool


class Ordered(Struct, frozen=True):
    """What is under an order of ``level``, whose orders those are, and how many are not answered."""

    level: int
    offices: tuple[Unit, ...]
    watched: Watched
    unanswered: int


class Room(Struct, frozen=True):
    """The room as one person sees it: the highest level first."""

    ordered: tuple[Ordered, ...]
    to_inspect: Watched
    lists: tuple[Watched, ...]

    @property
    def empty(self) -> bool:
        """Whether there is nothing to see."""
        found = (*(one.watched for one in self.ordered), self.to_inspect, *self.lists)
        return not any(watched.cases for watched in found)


def room(staff: Staff) -> Room:
    """What is under an order, to be inspected, late or about to be, as far as ``staff`` may know of it."""
    ordered = tuple(_ordered(staff, level) for level in reversed(LEVELS) if level >= staff.supervises)
    lists = () if staff.supervises > 1 else ("red", "yellow", UNSATISFIED)
    return Room(
        ordered,
        _shown(staff, TO_INSPECT, cases.pointed_to(TO_INSPECT, SHOWN)),
        tuple(_shown(staff, name, cases.watched(name, SHOWN)) for name in lists),
    )


def _ordered(staff: Staff, level: int) -> Ordered:
    name = under_level(level)
    watched = _shown(staff, name, cases.watched(name, SHOWN))
    unanswered = sum(case.order is not None and case.order.answered_at is None for case in watched.cases)
    return Ordered(level, cities.current().supervised_by(level), watched, unanswered)


def _shown(staff: Staff, name: str, page: Page) -> Watched:
    found = (case for case in page.cases if may_list(staff, case))
    return Watched(name, tuple(sorted(found, key=_answered)), page.after is not None)


def _answered(case: Case) -> bool:
    """What the unit has not answered comes first, the rest as it was: by the order's term, or the case's."""
    return case.order is not None and case.order.answered_at is not None


class Blamed(Struct, frozen=True):
    """A unit in a circular, and its matters."""

    unit: Unit | None
    cases: tuple[Case, ...]


def circular(staff: Staff, level: int, chosen: Collection[str]) -> tuple[Blamed, ...]:
    """What a circular to the units tells: the matters ``chosen`` of those under an order of ``level``, or all of them,
    by unit. A sealed accusation is in no circular.
    """
    found = _shown(staff, under_level(level), cases.watched(under_level(level), SHOWN)).cases
    told = (case for case in found if not case.sealed and (not chosen or case.case_id in chosen))
    return tuple(_by_unit(told))


def _by_unit(told: Iterable[Case]) -> Iterable[Blamed]:
    by_unit = sorted(
        told, key=lambda case: (case.in_charge or "", case.order.answer_by if case.order else case.opened_at)
    )
    for unit, theirs in groupby(by_unit, key=lambda case: case.in_charge):
        yield Blamed(cities.current().unit(unit), tuple(theirs))
