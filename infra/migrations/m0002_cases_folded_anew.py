"""A stored case is what folding its events gave then; of what was added to cases since, older ones know nothing."""

from datetime import datetime

from chalicelib.domain.case import Case
from chalicelib.domain.folding import fold
from chalicelib.storage.cases import audited
from chalicelib.storage.keys import case_key, pointer_key
from chalicelib.storage.placing import pointers
from chalicelib.storage.records import is_as_written, unpack
from chalicelib.storage.table import DeskItem, get, under
from chalicelib.storage.unit_of_work import Work, case_item, pointer_item

WHAT = "cases are folded from their events anew, and stand in the lists in which this release would put them"
PLACES = ("due_shard", "due_at", "worklist", "worklist_at", "watch", "watch_at", "mailbox", "mailbox_at")
LIST = "list#"


def work(case_id: str, at: datetime) -> Work | None:
    """The case as its record tells it, with its places. Raises ValueError for a record that is not whole."""
    item = get(*case_key(case_id))
    if item is None:
        raise ValueError("there are events, but no case")
    kept = unpack(item.body, Case)
    told = [line for line in audited(case_id)[: kept.version] if line is not None]
    if len(told) != kept.version:
        raise ValueError("its record is not whole: see `make verify`")
    folded = fold(told)
    listed = {pointer.sk.removeprefix(LIST) for pointer in under(item.pk, LIST)}
    wanted = {pointer.sk.removeprefix(LIST): pointer for pointer in _pointers(folded)}
    if _stands(item, folded) and listed == wanted.keys():
        return None
    gone = [DeskItem(*pointer_key(case_id, name)) for name in listed - wanted.keys()]
    added = [wanted[name] for name in wanted.keys() - listed]
    work = Work(at, kept=added, gone=gone)
    work.move(folded, folded, [])  # at its version, with no event: only how it is kept changes
    return work


def _pointers(case: Case) -> list[DeskItem]:
    return [pointer_item(case, name) for name in pointers(case)]


def _stands(item: DeskItem, case: Case) -> bool:
    """Whether a stored case is what this release would write, place for place."""
    wanted = case_item(case, case.moved_at)
    return is_as_written(item.body, wanted.body) and all(
        getattr(item, name) == getattr(wanted, name) for name in PLACES
    )
