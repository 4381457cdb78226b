"""Runs migrations over the table, page by page, beside a desk at work."""

import json
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Never

import msgspec
from msgspec import Struct
from msgspec.structs import replace
from tqdm import tqdm

from chalicelib.config import config
from chalicelib.domain.errors import Changed, NotFound
from chalicelib.storage.table import raw_client
from chalicelib.storage.unit_of_work import commit
from infra.migrations import schema
from infra.migrations.schema import Checkpoint
from infra.migrations.steps import LATEST, MIGRATIONS, Migration
from infra.package import ROOT

PAGE = 500  # items of the table looked at between two checkpoints
TRIES = 5  # of one case that is moved meanwhile
PREFIX = "case#"
FUNCTIONS = ROOT / ".chalice" / "config.json"


class Done(Struct, frozen=True):
    """What one migration did, or would do."""

    number: int
    looked_at: int
    changed: int
    faults: tuple[str, ...] = ()  # cases that could not be looked at, and why


def waiting() -> list[Migration]:
    """The migrations that this process's table has not seen to the end."""
    known = schema.reached().version
    return [migration for migration in MIGRATIONS if migration.number > known]


def is_empty() -> bool:
    """Whether nothing was ever written to the table."""
    return not raw_client().scan(TableName=config().table, Limit=1)["Items"]


def begin() -> None:
    """Say of a table in which older releases never wrote that there is nothing to migrate."""
    schema.reach(LATEST, datetime.now(UTC))


def count(migration: Migration) -> Done:
    """What a migration would change; nothing is written."""
    changed, faults, looked_at = 0, [], 0
    with _bar() as bar:
        for page, _ in _pages(None, bar):
            for case_id in page:
                looked_at += 1
                try:
                    changed += migration.work(case_id, datetime.now(UTC)) is not None
                except (ValueError, NotFound, msgspec.MsgspecError) as error:
                    faults.append(f"case {case_id}: {error}")
    return Done(migration.number, looked_at, changed, tuple(faults))


def in_flight() -> timedelta:
    """How long a function may hold what it has read: the longest of their timeouts."""
    stages = json.loads(FUNCTIONS.read_text(encoding="utf-8"))["stages"].values()
    return timedelta(
        seconds=max(one["lambda_timeout"] for stage in stages for one in stage["lambda_functions"].values())
    )


def run(migration: Migration, settle: timedelta, say: Callable[[str], None]) -> Done:
    """Change all that is to be changed, going on where a run before was cut off.

    A request that read a case before it was rewritten may still write what it read: its own condition is the case's
    version, which does not change. So the table is passed again until a pass finds nothing to change, and that pass
    begins ``settle`` after the last change, when every such request has ended.
    """
    now = schema.checkpoint(migration.number)
    while True:
        _wait_until(now.not_before, say)
        now, faults = _pass(migration, now)
        if not now.changed and not now.moved:
            break
        at = datetime.now(UTC)
        before = now.changed_before + now.changed
        now = Checkpoint(migration.number, now.tries + 1, changed_before=before, not_before=at + settle)
        schema.keep(now, at)
    at = datetime.now(UTC)
    if not faults:
        schema.reach(migration.number, at)
    schema.forget(migration.number, at)
    return Done(migration.number, now.looked_at, now.changed_before, tuple(faults))


def _wait_until(at: datetime | None, say: Callable[[str], None]) -> None:
    left = 0.0 if at is None else (at - datetime.now(UTC)).total_seconds()
    if left > 0:
        say(f"   waiting {left:.0f} s for what the desk was writing meanwhile, then looking once more")
        time.sleep(left)


def _pass(migration: Migration, begun: Checkpoint) -> tuple[Checkpoint, list[str]]:
    now, faults = begun, []
    with _bar() as bar:
        for page, after in _pages(begun.after, bar):
            changed = moved = 0
            for case_id in page:
                try:
                    done = _one(migration, case_id)
                except (ValueError, NotFound, msgspec.MsgspecError) as error:
                    faults.append(f"case {case_id}: {error}")
                    continue
                changed += done is True
                moved += done is None
            now = replace(
                now,
                after=after,
                looked_at=now.looked_at + len(page),
                changed=now.changed + changed,
                moved=now.moved + moved,
            )
            schema.keep(now, datetime.now(UTC))
    return now, faults


def _one(migration: Migration, case_id: str) -> bool | None:
    """Whether a case was changed; None when somebody moved it each time it was tried."""
    for _ in range(TRIES):
        at = datetime.now(UTC)
        work = migration.work(case_id, at)
        if work is None:
            return False
        try:
            commit(work)
        except Changed:
            continue
        return True
    return None


def _pages(after: tuple[str, str] | None, bar: "tqdm[Never]") -> Iterator[tuple[list[str], tuple[str, str] | None]]:
    """The cases of the table page by page, each with the key to go on from. Reads the whole table: by a person's
    command, never by a request's.
    """
    request: dict[str, Any] = {
        "TableName": config().table,
        "Limit": PAGE,
        "ConsistentRead": True,
        "ProjectionExpression": "pk",
        "FilterExpression": "sk = :case",
        "ExpressionAttributeValues": {":case": {"S": "case"}},
    }
    while True:
        begin = {} if after is None else {"ExclusiveStartKey": {"pk": {"S": after[0]}, "sk": {"S": after[1]}}}
        page = raw_client().scan(**request, **begin)
        last = page.get("LastEvaluatedKey")
        after = None if last is None else (last["pk"]["S"], last["sk"]["S"])
        yield [item["pk"]["S"].removeprefix(PREFIX) for item in page["Items"]], after
        bar.update(page["ScannedCount"])
        if after is None:
            return


def _bar() -> "tqdm[Never]":
    """A progress bar over the table's number of items, which AWS counts every six hours."""
    about = int(raw_client().describe_table(TableName=config().table)["Table"]["ItemCount"])
    return tqdm(total=about or None, unit=" items", file=sys.stderr, dynamic_ncols=True, leave=False, disable=None)
