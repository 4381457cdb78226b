"""Cases and their records, read back."""

from collections.abc import Iterator

from msgspec import Struct

from chalicelib.domain.case import Case
from chalicelib.domain.errors import NotFound
from chalicelib.domain.events import Event
from chalicelib.storage.keys import case_key
from chalicelib.storage.records import unpack, unpack_event
from chalicelib.storage.table import DeskItem, get, under


def load(case_id: str) -> Case:
    """The case as it stands. Raises NotFound."""
    item = get(*case_key(case_id))
    if item is None:
        raise NotFound()
    return unpack(item.body, Case)


def record_of(case_id: str) -> list[Event]:
    """Everything that happened to a case, in order."""
    return [unpack_event(item.body) for item in under(f"case#{case_id}", "event#")]


def event(case_id: str, number: int) -> Event:
    """One line of a case's record. Raises NotFound."""
    item = get(f"case#{case_id}", f"event#{number:06}")
    if item is None:
        raise NotFound()
    return unpack_event(item.body)


class Page(Struct, frozen=True):
    """Some cases of a list, and the key of the last for asking on; None at the end."""

    cases: tuple[Case, ...]
    after: dict[str, dict[str, str]] | None


def listed(worklist: str, limit: int = 50, after: dict[str, dict[str, str]] | None = None) -> Page:
    """The cases of a worklist, nearest deadline first."""
    found = DeskItem.worklist_index.query(worklist, limit=limit, last_evaluated_key=after)
    return _page(found)


def watched(watch: str, limit: int = 50, after: dict[str, dict[str, str]] | None = None) -> Page:
    """The cases that supervisors look at, nearest deadline first."""
    return _page(DeskItem.watch_index.query(watch, limit=limit, last_evaluated_key=after))


def addressed_to(mailbox: str, limit: int = 50, after: dict[str, dict[str, str]] | None = None) -> Page:
    """The cases that came to a mailbox, newest first."""
    found = DeskItem.mailbox_index.query(mailbox, scan_index_forward=False, limit=limit, last_evaluated_key=after)
    return _page(found)


def _page(found: "Iterator[DeskItem]") -> Page:
    cases = tuple(unpack(item.body, Case) for item in found)
    return Page(cases, found.last_evaluated_key)  # type: ignore[attr-defined]
