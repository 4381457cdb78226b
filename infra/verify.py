"""The auditor's command: computes the whole record again from the events. ``python -m infra.verify --stack NAME``.

Every case's chain, every case as folding its events gives it, and every closed day's root against the published one.
It reads the whole table, so it is run by a person, never by a request. One JSON object on standard output; exit code 1
when anything is wrong, and 2 when it could not be looked at. What each figure means: docs/record.md.
"""

import argparse
import hashlib
import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import date
from itertools import groupby
from typing import Never

import msgspec
from botocore.exceptions import BotoCoreError, ClientError
from pynamodb.exceptions import PynamoDBException
from tqdm import tqdm

from chalicelib.config import config
from chalicelib.domain.case import Case
from chalicelib.domain.chain import line_of, misfits
from chalicelib.domain.events import Event
from chalicelib.domain.folding import fold
from chalicelib.domain.roots import DayRoot, close, day_of, first_broken
from chalicelib.storage import roots
from chalicelib.storage.cases import audited_lines
from chalicelib.storage.keys import case_key
from chalicelib.storage.records import is_as_written, pack, unpack
from chalicelib.storage.table import DeskItem, raw_client
from infra.office import NotSet, become_part_of

CASE = "case#"


@dataclass(frozen=True, slots=True)
class Row:
    """What of an item is looked at."""

    pk: str
    sk: str
    body: str
    day: str
    day_hash: str


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong, and where: a case and its event, a case, or a day."""

    what: str  # chain, fold or root
    why: str
    case: str | None = None
    event: int | None = None
    day: str | None = None


@dataclass(slots=True)
class Findings:
    """What was looked at, and what is wrong."""

    cases: int = 0
    events: int = 0
    days: int = 0
    chain_breaks: int = 0
    fold_mismatches: int = 0
    root_mismatches: int = 0
    faults: list[Fault] = field(default_factory=list)

    def take(self, faults: Iterable[Fault]) -> None:
        """Count ``faults`` in."""
        for fault in faults:
            self.chain_breaks += fault.what == "chain"
            self.fold_mismatches += fault.what == "fold"
            self.root_mismatches += fault.what == "root"
            self.faults.append(fault)


def main() -> int:
    """Look at everything; 0 when nothing is wrong."""
    parser = argparse.ArgumentParser(prog="python -m infra.verify", description=__doc__)
    parser.add_argument("--stack", required=True, help="the name of the CloudFormation stack")
    try:
        become_part_of(parser.parse_args().stack)
        findings = verify()
    except (NotSet, ClientError, BotoCoreError, PynamoDBException) as error:
        print(f"the record could not be looked at: {error}", file=sys.stderr)
        return 2
    for fault in findings.faults:
        print(_in_words(fault), file=sys.stderr)
    print(json.dumps(asdict(findings), ensure_ascii=False, indent=2))
    return 1 if findings.faults else 0


def _in_words(fault: Fault) -> str:
    if fault.day is not None:
        return f"day {fault.day}: {fault.why}"
    where = f"case {fault.case}" + (f", event {fault.event}" if fault.event is not None else "")
    return f"{where}: {fault.why}"


def verify() -> Findings:
    """Everything that this process's table says of itself, computed again."""
    findings = Findings()
    days = Days()
    seen: set[str] = set()
    with tqdm(total=_about_how_many(), unit=" items", file=sys.stderr, dynamic_ncols=True, mininterval=0.5) as bar:
        for case_id, rows in _cases(bar):
            if case_id in seen:
                continue
            seen.add(case_id)
            faults, lines = _looked_at(case_id, rows)
            if faults:  # it may have been moved while it was read; what counts is one look at all of it
                faults, lines = _looked_at(case_id, list(_rows_of(case_id)))
            findings.cases += 1
            findings.events += len(lines)
            findings.take(faults)
            broken = {fault.event for fault in faults}
            for number, line in enumerate(lines, start=1):
                if line is not None:
                    days.take(line, sound=number not in broken)
    findings.days = len(days.closed)
    findings.take(days.faults())
    return findings


def _about_how_many() -> int:
    """The table's number of items, which AWS counts every six hours."""
    return int(raw_client().describe_table(TableName=config().table)["Table"]["ItemCount"])


def _cases(bar: "tqdm[Never]") -> Iterator[tuple[str, list[Row]]]:
    """Everything that stands under each case. A scan gives a partition's items together."""
    for pk, rows in groupby(_all_rows(bar), key=lambda row: row.pk):
        if pk.startswith(CASE):
            yield pk.removeprefix(CASE), list(rows)


def _all_rows(bar: "tqdm[Never]") -> Iterator[Row]:
    for page in raw_client().get_paginator("scan").paginate(TableName=config().table, ConsistentRead=True):
        for item in page["Items"]:
            yield Row(*(item.get(name, {}).get("S", "") for name in ("pk", "sk", "body", "day", "day_hash")))
        bar.update(len(page["Items"]))


def _rows_of(case_id: str) -> Iterator[Row]:
    for item in DeskItem.query(CASE + case_id, consistent_read=True):
        yield Row(item.pk, item.sk, item.body, item.day or "", item.day_hash or "")


def _looked_at(case_id: str, rows: list[Row]) -> tuple[list[Fault], list[Event | None]]:
    """What is wrong with one case, and its record."""
    told = [row for row in rows if row.sk.startswith("event#")]
    lines = audited_lines((row.sk, row.body) for row in told)
    wrong = set(misfits(case_id, lines))
    faults = [Fault("chain", _why(lines, number), case_id, number) for number in sorted(wrong)]
    placed = {row.sk: (row.day, row.day_hash) for row in told}
    for number, line in enumerate(lines, start=1):
        if line is None or number in wrong:
            continue
        if placed[f"event#{number:06}"] != (day_of(line.at).isoformat(), line.hash):
            faults.append(Fault("chain", "does not stand in its day's index", case_id, number))
    kept = next((row for row in rows if (row.pk, row.sk) == case_key(case_id)), None)
    why = _unlike(kept, lines) if not wrong else None  # of a broken record nothing can be folded
    return [*faults, *([Fault("fold", why, case_id)] if why else [])], lines


def _why(lines: list[Event | None], number: int) -> str:
    line = lines[number - 1]
    if line is None:
        return "is missing, or is not as it was written"
    before = lines[number - 2] if number > 1 else None
    if before is not None and line.previous != before.hash:
        return f"does not follow event {number - 1}, or that one was altered"
    return "was altered: its hash is not that of what it says"


def _unlike(kept: Row | None, lines: list[Event | None]) -> str | None:
    """Why the stored case is not what folding its record gives; None when it is."""
    if kept is None:
        return "there are events, but no case"
    events = [line for line in lines if line is not None]
    if not events:
        return "there is a case, but no event"
    try:
        case, folded = unpack(kept.body, Case), fold(events)
    except (msgspec.MsgspecError, ValueError) as error:
        return f"the stored case cannot be compared: {error}"
    if case.version != folded.version:
        return f"the record ends with event {folded.version}, the stored case with {case.version}"
    if case != folded or not is_as_written(kept.body, pack(case)):
        return "the stored case is not what its events tell"
    return None


class Days:
    """The closed days, and which events were found for each."""

    def __init__(self) -> None:
        self._found: list[Fault] = []
        self.closed = [closed for day in roots.all_days() if (closed := self._read(day)) is not None]
        self._day_of: dict[bytes, date] = {}  # of every leaf; about 150 bytes of memory each
        for closed in self.closed:
            for leaf in self._leaves(closed):
                self._day_of[bytes.fromhex(leaf)] = closed.day
        self._events: dict[date, list[str]] = {closed.day: [] for closed in self.closed}

    def _read(self, day: str) -> DayRoot | None:
        try:
            closed = roots.root_of(date.fromisoformat(day))
        except (ValueError, msgspec.MsgspecError) as error:
            self._wrong(day, f"its root cannot be read: {error}")
            return None
        if closed is not None and closed.day.isoformat() != day:
            self._wrong(day, f"holds the root of {closed.day}")
        return closed

    def _leaves(self, closed: DayRoot) -> list[str]:
        try:
            if not roots.leaves_agree(closed):
                self._wrong(closed.day.isoformat(), "its leaves do not make its root")
            return list(roots.leaves_of(closed))
        except (ValueError, msgspec.MsgspecError) as error:
            self._wrong(closed.day.isoformat(), f"its leaves cannot be read: {error}")
            return []

    def _wrong(self, day: str, why: str) -> None:
        self._found.append(Fault("root", why, day=day))

    def take(self, event: Event, sound: bool) -> None:
        """Count ``event`` for the day in whose root it stands, or should: by what it says, not by its stored hash.

        One that is not ``sound`` is told already, and what it says of its day cannot be believed.
        """
        digest = hashlib.sha256(line_of(event).encode())
        day = self._day_of.get(digest.digest())
        if day is None and sound and self.closed and day_of(event.at) < self.closed[-1].day:
            day = day_of(event.at)  # later, its day is not closed yet; or it came late, and stands in tonight's root
        if day is not None:
            self._events.setdefault(day, []).append(digest.hexdigest())

    def faults(self) -> Iterator[Fault]:
        """The days whose published root is not that of their events, or does not follow the day before."""
        yield from self._found
        broken = first_broken(self.closed)
        if broken is not None:
            yield Fault("root", "does not follow the day before, or was altered", day=broken.isoformat())
        for closed in self.closed:
            again, _ = close(closed.day, self._events.pop(closed.day, []), closed.previous)
            if (again.events, again.root) != (closed.events, closed.root):
                why = f"{again.events} events give another root than the one published over {closed.events}"
                yield Fault("root", why, day=closed.day.isoformat())
        for day, hashes in sorted(self._events.items()):
            yield Fault("root", f"{len(hashes)} events of a day without a root", day=day.isoformat())


if __name__ == "__main__":
    sys.exit(main())
