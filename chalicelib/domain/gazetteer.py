"""地名: the city's own gazetteer, finer than its areas: estates, roads, villages, schools, markets, landmarks.

A place lies in one area, the finest there is; a road may cross several. Names are the city's own words and stand in one
language. The gazetteer is kept in parts beside the city, so that neither outgrows an item of the table.
"""

import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.domain.city import City
from chalicelib.domain.errors import FieldError, Invalid

SHORTEST, LONGEST = 2, 30  # characters of a name
MOST_PLACES = 50_000
MOST_ALIASES = 30  # of one place
MOST_AREAS = 60  # that one road crosses
PARTS = 64
PACKAGED = "packaged"  # the one key of the gazetteer that comes with the default city


class PlaceKind(StrEnum):
    """What a place is."""

    ESTATE = "estate"  # 小区
    ROAD = "road"  # 道路
    VILLAGE = "village"  # 村
    SCHOOL = "school"
    MARKET = "market"
    LANDMARK = "landmark"  # 公园、广场、医院、车站…


class Place(Struct, frozen=True, omit_defaults=True):
    """A named place. ``areas``: codes of those in which it lies; ``learnt``: names by which letters call it, that the
    desk accepted; ``by_hand``: added in the console, and no part of the office's own file.
    """

    name: str
    kind: PlaceKind
    areas: tuple[str, ...]
    aliases: tuple[str, ...] = ()
    learnt: tuple[str, ...] = ()
    by_hand: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """Every name by which a letter may call it."""
        return tuple(dict.fromkeys((self.name, *self.aliases, *self.learnt)))


Gazetteer = tuple[Place, ...]


def part_of(name: str) -> int:
    """The part in which the place of ``name`` is kept: always the same, so a change writes one part anew."""
    return zlib.crc32(name.encode()) % PARTS


def gazetteer_faults(places: Gazetteer, city: City) -> Iterator[str]:
    """What does not fit together, each in one line, "places: what"."""
    if len(places) > MOST_PLACES:
        yield f"places: {len(places)} are more than {MOST_PLACES}"
    for name, times in Counter((one.name, one.areas) for one in places).items():
        if times > 1:
            yield f"places: {name[0]} is there {times} times in the same area"
    for one in places:
        yield from (f"places: {one.name}: {said}" for said in _faults_of(one, city))


def _faults_of(place: Place, city: City) -> Iterator[str]:
    if not place.areas:
        yield "it lies in no area"
    if len(place.areas) > MOST_AREAS or len(place.names) > MOST_ALIASES + 1:
        yield f"at most {MOST_AREAS} areas and {MOST_ALIASES} other names"
    yield from (f"{code} is not among the areas" for code in place.areas if city.area(code) is None)
    yield from (
        f"{name!r} has not {SHORTEST} to {LONGEST} characters, or begins or ends with a space"
        for name in place.names
        if not SHORTEST <= len(name) <= LONGEST or name != name.strip() or not name.isprintable()
    )


def added(places: Gazetteer, new: Place, city: City) -> Gazetteer:
    """``places`` with ``new``. Raises Invalid for one that is there, or does not fit."""
    if any(one.name == new.name and set(one.areas) & set(new.areas) for one in places):
        raise Invalid([FieldError("name", "places.known")])
    if len(places) >= MOST_PLACES:
        raise Invalid([FieldError("name", "places.full", (("most", str(MOST_PLACES)),))])
    if list(_faults_of(new, city)):
        raise Invalid([FieldError("name", "places.unfit", (("shortest", str(SHORTEST)), ("longest", str(LONGEST))))])
    return (*places, new)


def removed(places: Gazetteer, name: str, areas: tuple[str, ...]) -> Gazetteer:
    """``places`` without that one. Raises Invalid where it is not there."""
    left = tuple(one for one in places if (one.name, one.areas) != (name, areas))
    if len(left) == len(places):
        raise Invalid([FieldError("name", "places.gone")])
    return left


def taught(places: Gazetteer, name: str, areas: tuple[str, ...], alias: str) -> Gazetteer:
    """``places`` where that one is also called ``alias``. Raises Invalid where it is not there, or has many names."""
    found = next((one for one in places if (one.name, one.areas) == (name, areas)), None)
    if found is None:
        raise Invalid([FieldError("place", "places.gone")])
    if len(found.names) > MOST_ALIASES:
        raise Invalid([FieldError("place", "places.too_many", (("most", str(MOST_ALIASES)),))])
    learnt = replace(found, learnt=(*found.learnt, alias))
    return tuple(learnt if one is found else one for one in places)


def untaught(places: Gazetteer, alias: str, areas: tuple[str, ...]) -> Gazetteer:
    """``places`` as they were before ``alias`` was learnt there, as another name or as a place of its own."""
    return tuple(
        replace(one, learnt=tuple(name for name in one.learnt if name != alias)) if set(one.areas) & set(areas) else one
        for one in places
        if not (one.by_hand and one.name == alias and one.areas == areas)
    )


def redrawn(new: Iterable[Place], in_force: Gazetteer) -> Gazetteer:
    """An office's own file ``new``, with what was learnt and added by hand since."""
    learnt = {(one.name, one.areas): one.learnt for one in in_force if one.learnt}
    drawn = [replace(one, learnt=learnt.get((one.name, one.areas), ())) for one in new]
    there = {(one.name, one.areas) for one in drawn}
    return (*drawn, *(one for one in in_force if one.by_hand and (one.name, one.areas) not in there))


def matching(places: Gazetteer, wanted: str, most: int) -> tuple[Gazetteer, int]:
    """The places called by something that contains ``wanted``, at most ``most`` of them, and how many there are."""
    folded = wanted.strip().casefold()
    found = [one for one in places if any(folded in name.casefold() for name in one.names)]
    exact = sorted(found, key=lambda one: (not any(name.casefold() == folded for name in one.names), one.name))
    return tuple(exact[:most]), len(found)
