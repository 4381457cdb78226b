"""What is public, by its subject, latest first: for whoever is about to write on the same."""

from collections.abc import Iterable, Sequence

from chalicelib.domain.case import Case
from chalicelib.domain.deciding import Matter
from chalicelib.domain.submission import day_in_shanghai
from chalicelib.storage.keys import matter_key
from chalicelib.storage.records import pack, unpack
from chalicelib.storage.table import DeskItem

NO_SUBJECT = "-"


def changes(before: Case | None, after: Case, listed: Iterable[Matter]) -> tuple[list[DeskItem], list[DeskItem]]:
    """What a step of a case puts into the lists, and what it takes out of them. ``listed``: what it makes public.

    The list may lag behind (a case can be given another subject while it is public): whoever shows something of it
    asks the case itself whether it is public still.
    """
    put = [DeskItem(*_key(one.category, after), body=pack(one)) for one in listed]
    if before is None or before.published is None or before.published == after.published:
        return put, []
    gone = _key(before.category, before)
    return put, [DeskItem(*gone)] if gone not in {(one.pk, one.sk) for one in put} else []


def _key(category: str | None, case: Case) -> tuple[str, str]:
    assert case.published is not None
    return _list(category), f"{day_in_shanghai(case.published.at):%Y-%m-%d}#{case.case_id}"


def _list(category: str | None) -> str:
    return f"published#{category or NO_SUBJECT}"


def latest(category: str | None, limit: int) -> Sequence[Matter]:
    """What was last made public of one subject. One query."""
    found = DeskItem.query(_list(category), scan_index_forward=False, limit=limit)
    return [unpack(item.body, Matter) for item in found]


def of_cases(cases: Iterable[Case]) -> list[Matter]:
    """What is public of those of ``cases`` of which something is. One read, none where nothing is public."""
    keys = [matter_key(case.opened_at, case.case_id) for case in cases if case.published is not None]
    return [unpack(item.body, Matter) for item in DeskItem.batch_get(keys)] if keys else []
