"""不是同一件: pairs of cases that a person has found to be two matters, so that nobody is asked about them again."""

from datetime import datetime

from msgspec import Struct

from chalicelib.storage.records import pack, unpack
from chalicelib.storage.table import DeskItem, under


class SetApart(Struct, frozen=True):
    """``other`` is not the matter of the case it is asked about: who said so, and when."""

    other: str
    by: str  # name
    unit: str | None
    at: datetime


def items(one: str, other: str, by: str, unit: str | None, at: datetime) -> list[DeskItem]:
    """The finding as the table keeps it: under each of the two cases."""
    return [
        DeskItem(_key(here), there, body=pack(SetApart(there, by, unit, at)))
        for here, there in ((one, other), (other, one))
    ]


def set_apart_from(case_id: str) -> tuple[SetApart, ...]:
    """The cases that are not the matter of ``case_id``. One query."""
    return tuple(unpack(item.body, SetApart) for item in under(_key(case_id)))


def _key(case_id: str) -> str:
    return f"apart#{case_id}"
