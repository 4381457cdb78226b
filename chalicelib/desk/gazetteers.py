"""The gazetteer in force, as this process knows it, and how it is changed: always together with the city."""

from collections.abc import Callable, Iterable

from msgspec.structs import replace

from chalicelib.city import default_gazetteer
from chalicelib.desk import cities
from chalicelib.domain.city import City
from chalicelib.domain.gazetteer import PACKAGED, Gazetteer
from chalicelib.storage import places
from chalicelib.storage.table import DeskItem

_known: tuple[tuple[str, ...], Gazetteer] | None = None


def of(city: City) -> Gazetteer:
    """The places of ``city``: read once, and again when they have changed."""
    global _known
    if _known is None or _known[0] != city.gazetteer:
        _known = (city.gazetteer, _read(city.gazetteer))
    return _known[1]


def _read(keys: tuple[str, ...]) -> Gazetteer:
    return default_gazetteer() if keys == (PACKAGED,) else places.load_places(keys)


def change(
    how: Callable[[City, Gazetteer], Gazetteer],
    with_city: Callable[[City], City] = lambda city: city,
    beside: Iterable[DeskItem] = (),
) -> City:
    """Set the gazetteer to what ``how`` makes of it and the city to what ``with_city`` does, as its next version, and
    write what goes ``beside``: all of it or nothing.

    Raises what ``how`` and ``with_city`` raise, and Changed when others were faster time after time.
    """
    written: list[DeskItem] = []

    def drawn(city: City) -> City:
        parts = places.parts_of(how(city, of(city)))
        written[:] = places.part_items(parts, city.gazetteer)
        return replace(with_city(city), gazetteer=tuple(parts))

    return cities.change(drawn, lambda city: [*written, *beside])
