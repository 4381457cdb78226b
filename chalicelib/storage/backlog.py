"""The campaign's two lists, read as keys: who owns what, and the cases of one page."""

from collections.abc import Iterator, Sequence
from datetime import date

from chalicelib.domain.backlog import Backlogged
from chalicelib.domain.case import Case
from chalicelib.storage.keys import case_key, pointer_key
from chalicelib.storage.placing import BACKLOG, BACKLOG_SETTLED
from chalicelib.storage.records import unpack
from chalicelib.storage.table import DeskItem


def still_open() -> Iterator[Backlogged]:
    """What is to be settled, oldest first. A dozen and more fit one read unit; no case is read."""
    return (_matter(item, BACKLOG) for item in DeskItem.worklist_index.query(BACKLOG))


def settled() -> Iterator[Backlogged]:
    """What is settled, latest first."""
    found = DeskItem.worklist_index.query(BACKLOG_SETTLED, scan_index_forward=False)
    return (_matter(item, BACKLOG_SETTLED) for item in found)


def _matter(item: DeskItem, name: str) -> Backlogged:
    said = item.sk.removeprefix(pointer_key(item.body, f"{name}#")[1])
    since, _, owner = said.partition("#")
    return Backlogged(item.body, owner, date.fromisoformat(since), settled=name == BACKLOG_SETTLED)


def cases_of(matters: Sequence[Backlogged]) -> tuple[Case, ...]:
    """The cases of ``matters``, in their order."""
    found = DeskItem.batch_get([case_key(one.case_id) for one in matters], consistent_read=True) if matters else ()
    cases = {case.case_id: case for case in (unpack(item.body, Case) for item in found)}
    return tuple(cases[one.case_id] for one in matters if one.case_id in cases)
