"""Limits by person, by telephone and by address: what is counted, and what who is beyond them is told.

Counter staff, other agencies' programs and the desk's own channels do not come through here.
"""

from collections.abc import Iterable
from datetime import datetime

from chalicelib.config import config
from chalicelib.desk import cities
from chalicelib.desk.vault import vault
from chalicelib.domain.errors import TooMany
from chalicelib.domain.gates import day_of, hour_of, minute_of
from chalicelib.domain.people import Petitioner
from chalicelib.storage import counts
from chalicelib.storage.counts import Count, Exhausted
from chalicelib.storage.throttle import network_of

LOOPBACK = ("127.0.0.1", "::/64", "")
NO_BOUND = 10_000_000


def of_letter(petitioner: Petitioner, address: str, at: datetime) -> tuple[Count, ...]:
    """What a letter counts for: its writer, as far as she said who she is, and the address. Who says nothing is not
    turned away for it.
    """
    gates = cities.known().gates
    person = vault().person_of(petitioner)
    by_person = () if person is None else (Count("letters", person[:32], *day_of(at), gates.letters_of_person),)
    return (*by_person, _from_address("letters", address, at, gates.letters_from_address))


def letters_used(address: str, at: datetime) -> int:
    """How many letters came from ``address`` in this hour."""
    if _everybody(address):
        return 0
    return counts.used(_from_address("letters", address, at, cities.known().gates.letters_from_address))


def count_upload(address: str, at: datetime) -> None:
    """One more file from ``address``. Raises TooMany."""
    _take(_from_address("uploads", address, at, cities.known().gates.uploads_from_address), at)


def may_add(before: Iterable[datetime], at: datetime) -> None:
    """See that a letter had not too many additions today, which were made at ``before``. Raises TooMany."""
    today, ends = day_of(at)
    if sum(day_of(one)[0] == today for one in before) >= cities.known().gates.additions:
        raise too_many("additions_own", ends, at)


def count_message(talk_id: str, at: datetime) -> None:
    """One more message of a citizen in a talk. Raises TooMany."""
    _take(Count("messages", talk_id, *minute_of(at), cities.known().gates.messages), at)


def count_webhook(sender: str, at: datetime) -> None:
    """One more signed request of ``sender``. Raises TooMany."""
    _take(Count("webhooks", sender, *minute_of(at), cities.known().gates.webhooks), at)


def refused(exhausted: Exhausted, at: datetime) -> TooMany:
    """What who is beyond a limit is told: when to come again, and whom to ring meanwhile."""
    count = exhausted.count
    whose = "address" if count.whom.startswith("@") else "own"
    return too_many(f"{count.what}_{whose}", count.ends, at)


def too_many(what: str, ends: datetime, at: datetime) -> TooMany:
    """The same for a limit that is kept without a count."""
    city = cities.known()
    desk = city.unit(city.desk_unit)
    return TooMany(what, max(1, int((ends - at).total_seconds()) + 1), desk.phone if desk is not None else "")


def _from_address(what: str, address: str, at: datetime, most: int) -> Count:
    """An address is kept as a digest that nobody can undo, of this day only."""
    digest = vault().sign(f"address.{day_of(at)[0]}", network_of(address))[:22]
    return Count(what, f"@{digest}", *hour_of(at), NO_BOUND if _everybody(address) else most)


def _everybody(address: str) -> bool:
    """On a developer's machine a whole city's people come from one address."""
    return config().local and network_of(address) in LOOPBACK


def _take(count: Count, at: datetime) -> None:
    try:
        counts.take(count)
    except Exhausted as exhausted:
        raise refused(exhausted, at) from exhausted
