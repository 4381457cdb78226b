"""How far a table's items have come, and how far a migration under way: two kinds of items of the table itself."""

from datetime import datetime

from msgspec import Struct

from chalicelib.domain.errors import Changed
from chalicelib.storage.records import pack, unpack
from chalicelib.storage.table import DeskItem, get
from chalicelib.storage.unit_of_work import Work, commit

_PK = "schema"


class Schema(Struct, frozen=True):
    """The number of the last migration that is done; 0 for a table of before there were any."""

    version: int = 0
    at: datetime | None = None


class Checkpoint(Struct, frozen=True, omit_defaults=True):
    """How far one pass of a migration has come. ``after``: the key of the last item looked at; None at the start."""

    number: int
    tries: int = 1  # which pass this is
    after: tuple[str, str] | None = None
    looked_at: int = 0  # cases
    changed: int = 0  # in this pass
    changed_before: int = 0  # in the passes before
    moved: int = 0  # cases that were moved each time they were tried
    not_before: datetime | None = None  # the pass begins then


def reached() -> Schema:
    """How far the table's items have come."""
    item = get(_PK, "version")
    return Schema() if item is None else unpack(item.body, Schema)


def reach(version: int, at: datetime) -> None:
    """Say that the migrations up to ``version`` are done. Who is further already stays there."""
    try:
        commit(Work(at, newer=[DeskItem(_PK, "version", body=pack(Schema(version, at)), version=version)]))
    except Changed:
        return  # somebody ran them too


def checkpoint(number: int) -> Checkpoint:
    """Where to go on with a migration; its start when it never ran, or was done."""
    item = get(_PK, _run(number))
    return Checkpoint(number) if item is None else unpack(item.body, Checkpoint)


def keep(one: Checkpoint, at: datetime) -> None:
    """Go on from here if this run is cut off."""
    commit(Work(at, kept=[DeskItem(_PK, _run(one.number), body=pack(one))]))


def forget(number: int, at: datetime) -> None:
    """It is done."""
    commit(Work(at, gone=[DeskItem(_PK, _run(number))]))


def _run(number: int) -> str:
    return f"run#{number:04}"
