"""Names of places as letters call them: what was seen of each, and what was proposed to a person."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from chalicelib.domain.place_hints import Proposal, Sighting
from chalicelib.storage.records import pack, unpack
from chalicelib.storage.table import DeskItem, get

KEPT_FOR = timedelta(days=365)  # of what too few people wrote
_SEEN, _PROPOSED = "place-seen", "place-proposed"
MOST_PROPOSED = 200  # shown


def _key(area: str, name: str) -> str:
    return f"{area}#{name}"


def sightings(area: str, names: Iterable[str]) -> dict[str, Sighting]:
    """What was seen of ``names`` in ``area``, by name. One read."""
    found = DeskItem.batch_get([(_SEEN, _key(area, name)) for name in names], consistent_read=True)
    return {one.name: one for one in (unpack(item.body, Sighting) for item in found)}


def sighting_item(one: Sighting, at: datetime) -> DeskItem:
    """A sighting as the table keeps it, for a year from the last letter on."""
    return DeskItem(_SEEN, _key(one.area, one.name), body=pack(one), expires=int((at + KEPT_FOR).timestamp()))


def proposals() -> list[Proposal]:
    """What was proposed, whatever became of it. One query."""
    found = DeskItem.query(_PROPOSED, limit=MOST_PROPOSED, consistent_read=True)
    return [unpack(item.body, Proposal) for item in found]


def proposed(area: str, names: Iterable[str]) -> dict[str, Proposal]:
    """The proposals of ``names`` in ``area``, by name. One read, none for no names."""
    keys = [(_PROPOSED, _key(area, name)) for name in names]
    found = DeskItem.batch_get(keys, consistent_read=True) if keys else ()
    return {one.name: one for one in (unpack(item.body, Proposal) for item in found)}


def load_proposal(area: str, name: str) -> Proposal | None:
    """A proposal; None when there is none."""
    item = get(_PROPOSED, _key(area, name))
    return None if item is None else unpack(item.body, Proposal)


def proposal_item(one: Proposal) -> DeskItem:
    """A proposal as the table keeps it."""
    return DeskItem(_PROPOSED, _key(one.area, one.name), body=pack(one))
