"""Papers, the years' serial numbers, and the lists by which papers are found."""

from datetime import datetime

from msgspec import Struct

from chalicelib.domain.papers import Paper
from chalicelib.storage.records import pack, unpack
from chalicelib.storage.table import DeskItem, get, under
from chalicelib.storage.unit_of_work import Work, commit

DRAFTS = "papers#drafts"
SERIALS = "papers"
LONGEST_ID = 40


class Line(Struct, frozen=True):
    """A paper in a list. ``number`` is "" while it is a draft."""

    id: str
    title: str
    number: str
    at: datetime
    by: str


def load(paper_id: str) -> Paper | None:
    """The paper; None when there is none."""
    item = get(*_key(paper_id)) if len(paper_id) <= LONGEST_ID else None
    return None if item is None else unpack(item.body, Paper)


def _key(paper_id: str) -> tuple[str, str]:
    return f"paper#{paper_id}", "paper"


def save_new(paper: Paper, at: datetime) -> None:
    """Keep a draft. Raises AlreadyThere when there is one of the same period."""
    item = DeskItem(*_key(paper.id), body=pack(paper), version=paper.version)
    commit(Work(at, new=[item], kept=[_draft_line(paper, at)]))


def save_edited(paper: Paper, at: datetime) -> None:
    """Keep a draft as it was edited. Raises Changed when somebody was faster."""
    commit(Work(at, versioned=[_item(paper)], kept=[_draft_line(paper, at)]))


def _item(paper: Paper) -> DeskItem:
    return DeskItem(*_key(paper.id), body=pack(paper), version=paper.version)


def _draft_line(paper: Paper, at: datetime) -> DeskItem:
    by = (paper.edited or paper.drafted).name
    return DeskItem(DRAFTS, paper.id, body=pack(Line(paper.id, paper.title, "", at, by)))


def last_serial(year: int) -> int:
    """The last number given in a year; nought before the first."""
    item = get(SERIALS, _serial(year))
    return 0 if item is None else int(item.version or 0)


def _serial(year: int) -> str:
    return f"serial#{year}"


def save_issued(paper: Paper, at: datetime) -> None:
    """Keep an issued paper, and its number as the year's last: all of it, or nothing.

    Raises Changed when the paper was edited, or its number given to another, in the meantime.
    """
    number, signed = paper.number, paper.issued
    assert number is not None
    assert signed is not None
    serial = DeskItem(SERIALS, _serial(number.year), body=paper.id, version=number.serial)
    line = Line(paper.id, paper.title, str(number), signed.at, signed.name)
    listed = DeskItem(f"papers#{number.year}", f"{number.serial:05}", body=pack(line))
    first = [serial] if number.serial == 1 else []
    later = [] if first else [serial]
    gone = [DeskItem(DRAFTS, paper.id)]
    commit(Work(at, new=[*first, listed], versioned=[*later, _item(paper)], gone=gone))


def drafts() -> list[Line]:
    """What is not issued yet."""
    return [unpack(item.body, Line) for item in under(DRAFTS)]


def of_year(year: int) -> list[Line]:
    """The papers issued in a year, the last first."""
    return [unpack(item.body, Line) for item in under(f"papers#{year}")][::-1]


def years() -> list[int]:
    """The years in which papers were issued, the last first."""
    return [int(item.sk.removeprefix("serial#")) for item in under(SERIALS, "serial#")][::-1]
