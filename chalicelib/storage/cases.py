"""Cases and their records, read back."""

import re
from collections.abc import Iterable, Iterator

from msgspec import Struct

from chalicelib.domain.case import Case
from chalicelib.domain.errors import NotFound
from chalicelib.domain.events import Event
from chalicelib.storage.keys import case_key
from chalicelib.storage.records import read_event, unpack, unpack_event
from chalicelib.storage.table import DeskItem, get, under

_EVENT_SK = re.compile(r"event#[0-9]{6}")


def load(case_id: str) -> Case:
    """The case as it stands. Raises NotFound."""
    item = get(*case_key(case_id))
    if item is None:
        raise NotFound()
    return unpack(item.body, Case)


def load_all(case_ids: Iterable[str]) -> dict[str, Case]:
    """The cases of ``case_ids`` that are there, by their numbers. One read."""
    found = DeskItem.batch_get([case_key(case_id) for case_id in case_ids], consistent_read=True)
    return {case.case_id: case for case in (unpack(item.body, Case) for item in found)}


def record_of(case_id: str) -> list[Event]:
    """Everything that happened to a case, in order."""
    return [unpack_event(item.body) for item in under(f"case#{case_id}", "event#")]


def since(case: Case, version: int) -> list[Event]:
    """What happened to ``case`` after it stood at ``version``."""
    later = DeskItem.sk.between(f"event#{version + 1:06}", f"event#{case.version:06}")
    return [unpack_event(item.body) for item in DeskItem.query(f"case#{case.case_id}", later, consistent_read=True)]


def audited(case_id: str) -> list[Event | None]:
    """A case's record as it lies in the table: None for what is missing, or is not as it was written."""
    return audited_lines((item.sk, item.body) for item in under(f"case#{case_id}", "event#"))


def audited_lines(items: Iterable[tuple[str, str]]) -> list[Event | None]:
    """The same from the sort keys and bodies of all that stands as an event of one case."""
    found: dict[int, Event | None] = {}
    strange = 0
    for sk, body in items:
        if _EVENT_SK.fullmatch(sk):
            found[int(sk[-6:])] = read_event(body)
        else:
            strange += 1
    return [found.get(number) for number in range(1, max(found, default=0) + 1)] + [None] * strange


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


def pointed_to(name: str, limit: int = 50, after: dict[str, dict[str, str]] | None = None) -> Page:
    """The cases of a list beside the worklists, oldest first."""
    found = DeskItem.worklist_index.query(name, limit=limit, last_evaluated_key=after)
    keys = [case_key(item.body) for item in found]
    cases = (unpack(item.body, Case) for item in DeskItem.batch_get(keys))
    return Page(tuple(sorted(cases, key=lambda case: case.opened_at)), found.last_evaluated_key)


def how_many(name: str) -> int:
    """How many cases a list has; counted in the index, at a read unit for each few dozen."""
    return int(DeskItem.worklist_index.count(name))


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
