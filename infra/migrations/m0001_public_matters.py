"""Decisions that were published before there were lists of public matters stand in none of them."""

from datetime import datetime

from chalicelib.storage import cases, matters, published
from chalicelib.storage.table import get
from chalicelib.storage.unit_of_work import Work

WHAT = (
    "published decisions are put into the lists of public matters: by month, for programs, and by subject, for writers"
)


def work(case_id: str, at: datetime) -> Work | None:
    """The list items that a case with a public decision lacks."""
    case = cases.load(case_id)
    if case.published is None:
        return None
    listed = matters.load(case)
    if listed is None:
        items, _ = matters.changes(None, case, cases.record_of(case_id))
    else:  # under the subject that it had when it was listed: the case may have another by now
        items, _ = published.changes(None, case, [listed])
    missing = [item for item in items if get(item.pk, item.sk) is None]
    return Work(at, unmoved=[case], kept=missing) if missing else None
