"""Sweeps and scores the year that lies in the table, and prints what that took as one JSON object.

``python -m infra.year.measuring 12`` scores so many months, in a process of its own: its memory is that of the sweep
and the scoring alone.
"""

import json
import re
import sys
import time
from datetime import date, datetime, timedelta
from pathlib import Path

from msgspec import Struct, to_builtins
from tqdm import tqdm

from chalicelib.desk import cities, counting, supervising
from chalicelib.desk.assessing import Table
from chalicelib.domain.messages import AnyMessage
from chalicelib.domain.runs import Signature
from chalicelib.gateways import queues
from chalicelib.storage.assessments import lines
from chalicelib.storage.keys import outbox_key, shards
from chalicelib.storage.table import DeskItem, stamp
from infra.bench.counting import counted
from infra.year.plan import ENDS, MONTHS

MOMENTS = tuple(ENDS + timedelta(days=day) for day in (1, 4, 7, 10, 13, 16))  # midnights after the year
MB = 1_000_000


class WrongSweep(RuntimeError):
    """A sweep did not move exactly what was due."""


class Sweep(Struct):
    """One sweep: what was due by the index, and what that took."""

    at: datetime
    due: int
    items_read: int
    calls: int
    write_units: float
    notices: int
    seconds: float
    happened: dict[str, int]


class Scoring(Struct):
    """The months' scores."""

    items_read: int = 0
    calls: int = 0
    seconds: float = 0.0
    rows: int = 0  # units, month by month
    ranked: int = 0


class Measured(Struct):
    """What one process did."""

    sweeps: list[Sweep]
    scoring: Scoring
    peak_mb: float

    @property
    def reads_per_due(self) -> float:
        """Items read for each that was due."""
        return sum(sweep.items_read for sweep in self.sweeps) / max(1, sum(sweep.due for sweep in self.sweeps))


def main() -> int:
    """Measure, and print."""
    print(json.dumps(to_builtins(measure(int(sys.argv[1])))))
    return 0


def measure(months: int) -> Measured:
    """Sweep at each of ``MOMENTS``, then score the first ``months`` of the year. Raises WrongSweep."""
    cities.refreshed()
    sent = _overhear()
    sweeps = [_sweep(at, sent) for at in tqdm(MOMENTS, desc="sweeps", unit="", file=sys.stderr)]
    return Measured(sweeps, _score(MONTHS[:months]), peak_mb())


def _overhear() -> list[AnyMessage]:
    """What is sent goes to its queue as ever, and is noted."""
    sent: list[AnyMessage] = []
    honest = queues.send

    def send(messages: list[tuple[AnyMessage, str]]) -> None:
        honest(messages)
        sent.extend(message for message, _ in messages)

    queues.send = send
    return sent


def _sweep(at: datetime, sent: list[AnyMessage]) -> Sweep:
    due = sum(DeskItem.due_index.count(shard, DeskItem.due_at <= stamp(at)) for shard in shards())
    began = time.monotonic()
    with counted() as calls:
        swept = supervising.sweep(at)
    seconds = time.monotonic() - began
    if (swept.moved, swept.failed, swept.resent) != (due, 0, 0):
        raise WrongSweep(f"{swept} at {at}: {due} were due")
    notices = len(sent)
    _told(sent)
    return Sweep(at, due, calls.items_read, calls.number, calls.write_units, notices, seconds, swept.happened)


def _told(sent: list[AnyMessage]) -> None:
    """The queues' functions have acted upon what was sent: nothing of it is due again."""
    with DeskItem.batch_write() as batch:
        for message in sent:
            batch.delete(DeskItem(*outbox_key(message.id)))
    sent.clear()


def _score(months: tuple[date, ...]) -> Scoring:
    scoring, at = Scoring(), ENDS
    for month in tqdm(months, desc="scores", unit="", file=sys.stderr):
        began = time.monotonic()
        with counted() as calls:
            run = counting.count(month, Signature(at))  # as the schedule does
        scoring.seconds += time.monotonic() - began
        scoring.items_read += calls.items_read
        scoring.calls += calls.number
        assert run is not None  # nobody stopped it
        table = Table(run, lines(run)).assessment
        scoring.rows += len(table.rows)
        scoring.ranked += sum(row.rank is not None for row in table.rows)
    return scoring


def peak_mb() -> float:
    """The most memory that this process ever held."""
    status = Path("/proc/self/status")
    if status.exists():
        found = re.search(r"VmHWM:\s+(\d+) kB", status.read_text())
        assert found is not None  # every Linux tells
        return int(found[1]) * 1024 / MB
    import resource  # not there on every system

    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / MB if sys.platform == "darwin" else most * 1024 / MB


if __name__ == "__main__":
    raise SystemExit(main())
