"""By which ways a citizen is told: her own choice among those she left."""

from collections.abc import Collection
from enum import StrEnum
from typing import TYPE_CHECKING

from chalicelib.domain.people import Petitioner

if TYPE_CHECKING:
    from chalicelib.domain.fields import FieldReader

Ways = tuple[str, ...] | None
"""What she chose; None for who never chose, and is told by all that she left."""


class Way(StrEnum):
    """A way by which notices go out."""

    SMS = "sms"
    MAIL = "mail"


MISSING = {Way.SMS: "ways.no_phone", Way.MAIL: "ways.no_email"}


def left_by(petitioner: Petitioner) -> tuple[Way, ...]:
    """The ways that somebody left."""
    return tuple(way for way, there in ((Way.SMS, petitioner.phone), (Way.MAIL, petitioner.email)) if there)


def told_by(way: str, chosen: Ways) -> bool:
    """Whether who chose so is told by ``way``."""
    return chosen is None or way in chosen


def read_ways(reader: "FieldReader", left: Collection[Way], *, required: bool = False) -> Ways:
    """The field ``ways``: a list of the ways chosen, empty for none; None where it is absent and not ``required``.

    What cannot be taken is noted with ``reader``: an unknown way, and one for which nothing was left.
    """
    if reader.raw.get("ways") is None:
        if required:
            reader.refuse("ways", "field.empty")
        return None
    chosen = reader.texts("ways", most=len(Way))
    for way in chosen:
        if way not in set(Way):
            reader.refuse("ways", "field.unknown_choice")
        elif way not in left:
            reader.refuse("ways", MISSING[Way(way)])
    return tuple(way for way in Way if way in chosen)
