"""The totals of the months: a head that says what there is, and each table in as many parts as it needs.

The head is written last: a month that is half written is a month that is not there yet.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime

import msgspec
from msgspec import Struct

from chalicelib.domain.reports import Listing, Measure, Named, Table, Totals
from chalicelib.storage.keys import ledger_key
from chalicelib.storage.records import pack, unpack
from chalicelib.storage.table import DeskItem, get, under

HEADS = "totals"
LARGEST_PART = 200_000  # characters; an item may have 400 kB

_Rows = dict[str, dict[Measure, int]]


class Head(Struct, frozen=True):
    """What is kept of a month: when it was counted, its sum, its lists, and how many parts each table has."""

    month: date
    counted_at: datetime
    all: dict[Measure, int]
    lists: dict[Listing, tuple[Named, ...]]
    parts: dict[Table, int]


def save(month: date, totals: Totals, counted_at: datetime) -> Head:
    """Keep a month's totals. Written twice, they are the same."""
    parts = {}
    for table, rows in totals.tables.items():
        several = list(_parts(rows))
        for number, part in enumerate(several):
            DeskItem(_partition(month), f"{table}#{number:03}", body=msgspec.json.encode(part).decode()).save()
        parts[table] = len(several)
    head = Head(month, counted_at, totals.all, totals.lists, parts)
    DeskItem(HEADS, f"{month:%Y-%m}", body=pack(head)).save()
    return head


def _parts(rows: _Rows) -> Iterator[_Rows]:
    part: _Rows = {}
    size = 0
    for key, counts in rows.items():
        length = len(msgspec.json.encode({key: counts}))
        if part and size + length > LARGEST_PART:
            yield part
            part, size = {}, 0
        part[key] = counts
        size += length
    if part:
        yield part


def load(head: Head, tables: Iterable[Table] = tuple(Table)) -> Totals:
    """The totals of a month, with those tables that are asked for. One read a hundred parts."""
    keys = [
        (_partition(head.month), f"{table}#{number:03}")
        for table in tables
        for number in range(head.parts.get(table, 0))
    ]
    found: dict[Table, _Rows] = {}
    for item in DeskItem.batch_get(keys, consistent_read=True) if keys else ():
        rows = msgspec.json.decode(item.body, type=_Rows)
        found.setdefault(Table(item.sk.partition("#")[0]), {}).update(rows)
    return Totals(head.all, {table: dict(sorted(found[table].items())) for table in sorted(found)}, head.lists)


def _partition(month: date) -> str:
    return f"{HEADS}#{month:%Y-%m}"


def head_of(month: date) -> Head | None:
    """What is kept of a month; None before it was counted."""
    item = get(HEADS, f"{month:%Y-%m}")
    return None if item is None else unpack(item.body, Head)


def heads(first: date, last: date) -> list[Head]:
    """What is kept of the months from ``first`` to ``last``, in their order."""
    span = DeskItem.sk.between(f"{first:%Y-%m}", f"{last:%Y-%m}")
    return [unpack(item.body, Head) for item in DeskItem.query(HEADS, span, consistent_read=True)]


def months() -> list[date]:
    """The months that are counted, latest first."""
    return [date.fromisoformat(f"{item.sk}-01") for item in under(HEADS)][::-1]


def anything_in(unit: str, month: date) -> bool:
    """Whether a month's ledger has a case. Reads one item at most."""
    return next(iter(DeskItem.query(ledger_key(unit, month)[0], limit=1)), None) is not None
