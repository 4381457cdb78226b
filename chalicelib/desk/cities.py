"""The city's settings and calendar as this process knows them."""

import time
from collections.abc import Callable, Iterable
from functools import cache

from msgspec.structs import replace

from chalicelib.city import default_city
from chalicelib.domain.calendar import default_calendar
from chalicelib.domain.city import City
from chalicelib.domain.errors import Changed
from chalicelib.domain.trade import Trade
from chalicelib.storage import settings
from chalicelib.storage.table import DeskItem

KEPT_FOR = 300.0  # seconds; what an office changes is everywhere in force after this
TRIES = 5

_known: tuple[float, City] | None = None


def current() -> City:
    """The city in force, read anew when what is known is older than five minutes."""
    if _known is None or time.monotonic() - _known[0] > KEPT_FOR:
        return refreshed()
    return _known[1]


def known() -> City:
    """The city as it is known without asking again: a citizen's submission reads nothing but what it must."""
    return refreshed() if _known is None else _known[1]


def refreshed() -> City:
    """The city read anew."""
    return use(settings.load_city() or default_city())


def use(city: City) -> City:
    """Let ``city`` be the one in force for this process."""
    global _known
    _known = (time.monotonic(), city)
    _trade_of.cache_clear()
    return city


def trade() -> Trade:
    """The terms and the calendar in force."""
    return _trade_of(known().version)


@cache
def _trade_of(version: int) -> Trade:
    city = known()
    return Trade(city.terms, default_calendar().amended(city.days, city.years), city.offices)


def change(how: Callable[[City], City], beside: Callable[[City], Iterable[DeskItem]] = lambda city: ()) -> City:
    """Set the city to what ``how`` makes of it, as its next version, with what goes ``beside`` it. What others set at
    the same time stays set.

    Raises what ``how`` raises, and Changed when others were faster time after time.
    """
    for _ in range(TRIES):
        city = refreshed()
        changed = replace(how(city), version=city.version + 1)
        try:
            settings.save_city(changed, beside(changed))
        except Changed:
            continue
        return use(changed)
    raise Changed()
