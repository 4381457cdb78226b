"""The gazetteer in its parts. A part is kept under the digest of what it holds, and the city says which are in force:
a changed place writes one part anew, and every earlier version of the city still finds its own.
"""

import hashlib
from collections.abc import Iterable, Iterator

import msgspec

from chalicelib.domain.gazetteer import PARTS, Gazetteer, Place, part_of
from chalicelib.storage.table import DeskItem

_PK = "gazetteer"
_DIGEST = 20  # hexadecimal digits


def parts_of(places: Gazetteer) -> dict[str, str]:
    """The parts of ``places``: each one's key with what is kept under it. Empty ones are left out."""
    parts: list[list[Place]] = [[] for _ in range(PARTS)]
    for one in sorted(places, key=lambda one: (one.name, one.areas)):
        parts[part_of(one.name)].append(one)
    bodies = (msgspec.json.encode(part).decode() for part in parts if part)
    return {hashlib.sha256(body.encode()).hexdigest()[:_DIGEST]: body for body in bodies}


def part_items(parts: dict[str, str], there: Iterable[str]) -> Iterator[DeskItem]:
    """What is to be written so that ``parts`` are kept, where those of the keys ``there`` are already."""
    known = set(there)
    return (DeskItem(_PK, key, body=body) for key, body in parts.items() if key not in known)


def load_places(keys: tuple[str, ...]) -> Gazetteer:
    """The places of the parts of ``keys``, by name. One batch of reads, of at most sixty-four items."""
    found = DeskItem.batch_get([(_PK, key) for key in keys], consistent_read=True) if keys else ()
    places = (place for item in found for place in msgspec.json.decode(item.body, type=tuple[Place, ...]))
    return tuple(sorted(places, key=lambda one: (one.name, one.areas)))
