"""Matters with a public decision, as programs of others may list them: by the moment of filing, month by month."""

from collections.abc import Iterable
from datetime import UTC, datetime

from chalicelib.domain.case import Case
from chalicelib.domain.deciding import Decision, Matter
from chalicelib.domain.events import DecisionPublished, Event
from chalicelib.storage import published
from chalicelib.storage.keys import matter_key, matters_key
from chalicelib.storage.records import pack, unpack
from chalicelib.storage.table import DeskItem, get


def changes(before: Case | None, after: Case, events: Iterable[Event]) -> tuple[list[DeskItem], list[DeskItem]]:
    """What a step of a case puts into the list, and what it takes out of it."""
    if after.published == (before.published if before is not None else None):
        return [], []
    key = matter_key(after.opened_at, after.case_id)
    made = [event for event in events if isinstance(event.payload, DecisionPublished)][-1:]
    listed = [_matter(after, event, event.payload) for event in made] if after.published is not None else []
    put, gone = published.changes(before, after, listed)
    if after.published is None:
        return put, [*gone, DeskItem(*key)]
    return [*put, *(DeskItem(*key, body=pack(one)) for one in listed)], gone


def _matter(case: Case, event: Event, said: object) -> Matter:
    assert isinstance(said, DecisionPublished)
    decision = Decision(case.case_id, said.title, said.text, said.outcome, case.answered_by or "", event.at)
    return Matter(case.opened_at, case.category, case.area, decision)


def filed_between(start: datetime, end: datetime) -> Iterable[Matter]:
    """The matters filed from ``start`` to ``end``, both included, latest first. One query a month."""
    months = [(year, month) for year, month in _months(start.astimezone(UTC), end.astimezone(UTC))]
    low, high = matter_key(start, "")[1], matter_key(end, "~")[1]
    for year, month in reversed(months):
        place = matters_key(datetime(year, month, 1, tzinfo=UTC).date())
        for item in DeskItem.query(place, DeskItem.sk.between(low, high), scan_index_forward=False):
            yield unpack(item.body, Matter)


def _months(start: datetime, end: datetime) -> Iterable[tuple[int, int]]:
    first, last = start.year * 12 + start.month - 1, end.year * 12 + end.month - 1
    return ((number // 12, number % 12 + 1) for number in range(first, last + 1))


def load(case: Case) -> Matter | None:
    """The public matter of a case; None when nothing of it is public."""
    item = get(*matter_key(case.opened_at, case.case_id)) if case.published is not None else None
    return None if item is None else unpack(item.body, Matter)
