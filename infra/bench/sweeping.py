"""What a sweep reads for each case that is due, however many stand open."""

import sys
import time
from datetime import UTC, datetime, timedelta

from tqdm import tqdm

from chalicelib.desk import cities, supervising
from chalicelib.desk.committing import new_salt
from chalicelib.domain import handling
from chalicelib.domain.case import Case
from chalicelib.domain.events import CITIZEN, DESK, Actor, Filed, Payload, Reason, Registered
from chalicelib.domain.folding import record
from chalicelib.domain.words import Channel, Kind, Role
from chalicelib.storage.table import DeskItem
from chalicelib.storage.unit_of_work import case_item
from infra.bench.counting import counted

SIZES = (1_000, 50_000)
DUE = 200
NOW = datetime(2026, 3, 12, 2, 0, tzinfo=UTC)  # a Thursday, ten in the morning in Shanghai
YELLOW_BY_NOW = timedelta(days=6)  # a term of five working days, begun last Friday
STILL_GREEN = timedelta(hours=4)
UNIT = "dizhou-urban-management"


class WrongShare(RuntimeError):
    """The sweep did not move exactly the cases that were made to be due."""


def measure(sizes: tuple[int, ...] = SIZES, due: int = DUE) -> dict[str, object]:
    """The sweep at each of ``sizes`` open cases, of which ``due`` are due. Raises WrongShare."""
    figures: dict[str, dict[str, object]] = {
        "sweep_reads_per_due": {},
        "sweep_calls_per_due": {},
        "sweep_ms_per_due": {},
        "loading_seconds": {},
    }
    stored = 0
    for size in sizes:
        began = time.monotonic()
        _load(stored, size, due)
        stored, loaded = size, time.monotonic() - began
        # what the sweep before this one sent is due only two minutes later: this one meets cases alone
        began = time.monotonic()
        with counted() as calls:
            swept = supervising.sweep(NOW)
        seconds = time.monotonic() - began
        if (swept.moved, swept.failed, swept.resent) != (due, 0, 0):
            raise WrongShare(f"{swept} at {size} cases, {due} were due")
        figures["sweep_reads_per_due"][str(size)] = round(calls.items_read / due, 3)
        figures["sweep_calls_per_due"][str(size)] = round(calls.number / due, 3)
        figures["sweep_ms_per_due"][str(size)] = round(seconds * 1000 / due, 1)
        figures["loading_seconds"][str(size)] = round(loaded, 1)
    return dict(figures)


def _load(stored: int, size: int, due: int) -> None:
    """Fill the table up to ``size`` open cases, ``due`` of the new ones due.

    Only the cases themselves: their events and texts stand under other keys, and in no index that the sweep reads.
    """
    numbers = tqdm(range(stored, size), desc=f"{size} cases", unit="", file=sys.stderr, mininterval=0.5)
    with DeskItem.batch_write() as batch:
        for number in numbers:
            started_at = NOW - (YELLOW_BY_NOW if number < stored + due else STILL_GREEN)
            batch.save(case_item(open_case(number, started_at), started_at))


def open_case(number: int, at: datetime) -> Case:
    """An open case as the desk's own rules make it: registered, dispatched and signed for at ``at``."""
    case_id, trade = f"{number:012}", cities.trade()
    filed = Filed(
        receipt=f"{number:012}",
        kind=Kind.APPEAL,
        channel=Channel.WEB,
        mailbox="petitions",
        title="东湖路公交站台顶棚破损，下雨天等车的人都要淋雨",
        area=None,
        sealed=False,
        digest="0" * 64,
        clocks=trade.to_register(at),
    )
    case, _ = record(None, case_id, [filed], CITIZEN, at, new_salt)
    basis = Reason("basis.rule", {})
    registered = Registered("roads", None, UNIT, False, True, (), trade.to_accept(case.clocks, at))
    case = _then(case, registered, DESK, at)
    case = _then(case, handling.accept(case, at, basis, trade), DESK, at)
    case = _then(case, handling.dispatch(case, UNIT, at, basis, "", trade), DESK, at)
    return _then(case, handling.sign(case, trade), Actor(Role.HANDLER, "bench", UNIT, "承办人"), at)


def _then(case: Case, payload: Payload, by: Actor, at: datetime) -> Case:
    after, _ = record(case, case.case_id, [payload], by, at, new_salt)
    return after
