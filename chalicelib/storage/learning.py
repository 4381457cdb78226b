"""Models that were put to work, what persons decided of letters, and the months of it."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime

from chalicelib.domain.learning import AtWork, Decided, MonthSum, Trouble, month_of_arrival
from chalicelib.storage.records import pack, unpack
from chalicelib.storage.table import DeskItem, get, under
from chalicelib.storage.unit_of_work import Work, commit

MODELS = "models"  # the partition of all that ever was at work
_IN_FORCE = ("settings", "model")
_TROUBLE = ("settings", "model-trouble")
_SUMS = "decided-months"


def at_work() -> AtWork | None:
    """What is at work now; None where nothing ever was."""
    item = get(*_IN_FORCE)
    return None if item is None else unpack(item.body, AtWork)


def history(limit: int) -> list[AtWork]:
    """What was at work, latest first."""
    found = DeskItem.query(MODELS, scan_index_forward=False, limit=limit, consistent_read=True)
    return [unpack(item.body, AtWork) for item in found]


def entry(version: int) -> AtWork | None:
    """One entry of the history; None where there is none."""
    item = get(MODELS, f"{version:06}")
    return None if item is None else unpack(item.body, AtWork)


def put_to_work(now: AtWork) -> None:
    """Let ``now`` be at work, and keep it. Raises Changed when there is a version of its number or a later one."""
    in_force = DeskItem(*_IN_FORCE, body=pack(now), version=now.version)
    kept = DeskItem(MODELS, f"{now.version:06}", body=pack(now))
    commit(Work(now.at, newer=[in_force], kept=[kept]))


def trouble() -> Trouble | None:
    """What hindered the model last; None where nothing does."""
    item = get(*_TROUBLE, consistent=False)
    return None if item is None else unpack(item.body, Trouble)


def note_trouble(found: Trouble) -> None:
    """Remember what hinders the model, for the page."""
    commit(Work(found.at, kept=[DeskItem(*_TROUBLE, body=pack(found))]))


def forget_trouble(at: datetime) -> None:
    """The model could be read."""
    commit(Work(at, gone=[DeskItem(*_TROUBLE)]))


def decided_item(decided: Decided) -> DeskItem:
    """A decision as the table keeps it: one for a case, in the month in which its letter came."""
    return DeskItem(_month_key(month_of_arrival(decided.arrived_at)), decided.case_id, body=pack(decided))


def decisions_of(month: date) -> Iterator[Decided]:
    """What persons decided of the letters of one month, by their cases' numbers."""
    return (unpack(item.body, Decided) for item in under(_month_key(month)))


def decision_of(case_id: str, arrived_at: datetime) -> Decided | None:
    """What a person decided of one case; None where nobody had to."""
    item = get(_month_key(month_of_arrival(arrived_at)), case_id)
    return None if item is None else unpack(item.body, Decided)


def _month_key(month: date) -> str:
    return f"decided#{month:%Y-%m}"


def sums(months: Iterable[date]) -> dict[date, MonthSum]:
    """What was counted of ``months``. One read."""
    keys = [(_SUMS, f"{month:%Y-%m}") for month in months]
    found = (unpack(item.body, MonthSum) for item in DeskItem.batch_get(keys))
    return {one.month: one for one in found}


def keep_sum(counted: MonthSum) -> None:
    """Keep a month's sum, until it is counted again."""
    item = DeskItem(_SUMS, f"{counted.month:%Y-%m}", body=pack(counted))
    commit(Work(counted.at, kept=[item]))
