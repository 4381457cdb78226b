"""What the monthly scoring reads for each case that it scores, however many there are."""

import sys
import time
from datetime import UTC, date, datetime, timedelta

from tqdm import tqdm

from chalicelib.desk import cities, counting
from chalicelib.domain.assessment import Fact, FactKind
from chalicelib.domain.calendar import SHANGHAI
from chalicelib.domain.facts import About, Entry
from chalicelib.domain.runs import Signature, following
from chalicelib.domain.words import Channel, Kind, Satisfaction, Solved
from chalicelib.storage.facts import ledger_item
from chalicelib.storage.table import DeskItem
from infra.bench.counting import counted

SIZES = (1_000, 50_000)
FIRST_MONTH = date(2026, 1, 1)
DIGITS = 3


class NotScored(RuntimeError):
    """The month was not counted."""


def measure(sizes: tuple[int, ...] = SIZES) -> dict[str, object]:
    """A month's scoring at each of ``sizes`` cases, a month and a run each. Raises NotScored."""
    figures: dict[str, dict[str, float]] = {
        "scoring_reads_per_case": {},
        "scoring_calls": {},
        "scoring_ms_per_case": {},
    }
    cities.refreshed()
    month = FIRST_MONTH
    for size in sizes:
        _load(month, size)
        over = datetime.combine(following(month), datetime.min.time(), SHANGHAI) + timedelta(hours=1)
        began = time.monotonic()
        with counted() as calls:
            run = counting.count(month, Signature(over))
        seconds = time.monotonic() - began
        if run is None:
            raise NotScored(f"{month}")
        figures["scoring_reads_per_case"][str(size)] = round(calls.items_read / size, DIGITS)
        figures["scoring_calls"][str(size)] = calls.number
        figures["scoring_ms_per_case"][str(size)] = round(seconds * 1000 / size, DIGITS)
        month = following(month)
    return dict(figures)


def _load(month: date, size: int) -> None:
    """The ledgers of ``month``: cases received, signed for, answered and rated, dealt out to the city's units."""
    units = [unit.id for unit in cities.current().units]
    about = About(kind=Kind.APPEAL, channel=Channel.WEB, mailbox="petitions", category="roads")
    at = datetime.combine(month, datetime.min.time(), UTC) + timedelta(days=10)
    with DeskItem.batch_write() as batch:
        for number in tqdm(range(size), desc=f"{size} scored cases", unit="", file=sys.stderr, mininterval=0.5):
            case_id = f"{month.month:02}{number:010}"
            entry = Entry(units[number % len(units)], month, case_id, about, _facts(case_id, at))
            batch.save(ledger_item(entry))


def _facts(case_id: str, at: datetime) -> tuple[Fact, ...]:
    return (
        Fact(FactKind.RECEIVED, case_id, case_id, at),
        Fact(FactKind.SIGNED, case_id, "", at, in_time=True),
        Fact(FactKind.REPLIED, case_id, case_id, at, in_time=True),
        Fact(FactKind.RATED, case_id, case_id, at, solved=Solved.YES, satisfaction=Satisfaction.SATISFIED),
    )
