"""Brings back what the desk has lost. ``python -m infra.restore --stack NAME --at 2026-11-01T09:00+08:00``.

It restores the table of that moment beside the one at work, computes its whole record again, and tells by kind what the
desk at work lacks; with ``--bring-back`` it puts that back. A table that is gone is restored under its own name.
One JSON object on standard output; exit code 1 when something is still wrong. docs/runbook.md, docs/decisions/0031.
"""

import argparse
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError
from pynamodb.exceptions import PynamoDBException

from chalicelib.config import config
from chalicelib.domain.roots import DayRoot
from chalicelib.storage import roots, table
from infra.office import NotSet, become_part_of
from infra.outputs import outputs_of
from infra.restore.bringing import bring_back
from infra.restore.comparing import compare, to_bring_back
from infra.restore.fetching import NotFetched, beside, in_its_place, is_there
from infra.verify import Findings, verify

MOST_TOLD = 20  # faults of a record in the answer


def main() -> int:
    """Do what the command line says; 0 when the desk at work is whole afterwards."""
    parser = argparse.ArgumentParser(prog="python -m infra.restore", description=__doc__)
    parser.add_argument("--stack", required=True, help="the name of the CloudFormation stack")
    when = parser.add_mutually_exclusive_group(required=True)
    when.add_argument("--at", type=_moment, help="a moment of the last 35 days, with its zone: 2026-11-01T09:00+08:00")
    when.add_argument("--backup", default="", help="ARN of a backup; `last` for the last one of a table that is gone")
    parser.add_argument("--bring-back", action="store_true", help="put back what was lost, and mend what was altered")
    chosen = parser.parse_args()
    try:
        become_part_of(chosen.stack)
        backup = "" if chosen.backup == "last" else chosen.backup
        told = restore(chosen.at, backup, chosen.bring_back, store_key_of(chosen.stack))
    except (NotSet, NotFetched, ClientError, BotoCoreError, PynamoDBException) as error:
        print(f"nothing was changed: {error}", file=sys.stderr)
        return 2
    print(json.dumps(told, ensure_ascii=False, indent=2))
    return 0 if told["whole"] else 1


def store_key_of(stack: str) -> str:
    """The ARN of the key under which the stack keeps its table; "" for a stack that has none of its own."""
    described = boto3.client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]
    return outputs_of(described).get("StoreKeyArn", "")


def _moment(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise argparse.ArgumentTypeError("say the zone too: +08:00")
    return at


def restore(at: datetime | None, backup: str, put_back: bool, key: str = "") -> dict[str, Any]:
    """Restore, compare, and, where asked, bring back; gives all that a person wants to know of it."""
    database, live = boto3.client("dynamodb"), config().table
    if not is_there(database, live):
        taken = in_its_place(database, live, backup, key)
        record = verify()
        return {"restored": live, "from": taken, "record": _told(record), "whole": not record.faults}
    name = beside(database, live, at, backup, key)
    with _at(name):
        then, then_last = verify(), roots.last_root()
    now, now_last = verify(), roots.last_root()
    found = compare(database, live, name)
    lost = to_bring_back(found)
    told: dict[str, Any] = {
        "restored": name,
        "record_then": _told(then),
        "record_now": _told(now),
        "last_day": {"then": _day(then_last), "now": _day(now_last)},
        "differences": found.told(),
        "lost": len(lost),
    }
    if put_back:
        sound = {(fault.case, fault.event) for fault in then.faults}
        broken = [
            (f"case#{fault.case}", f"event#{fault.event:06}")
            for fault in now.faults
            if fault.what == "chain" and fault.event is not None and (fault.case, fault.event) not in sound
        ]
        told["brought_back"] = bring_back(database, live, name, lost, broken)
        now = verify()
        told["record_after"] = _told(now)
    told["whole"] = not now.faults and (put_back or not lost)
    return told


@contextmanager
def _at(name: str) -> Iterator[None]:
    """This process reads another table for a while."""
    before = os.environ["SUNLIGHT_TABLE"]
    _use(name)
    try:
        yield
    finally:
        _use(before)


def _use(name: str) -> None:
    os.environ["SUNLIGHT_TABLE"] = name
    config.cache_clear()
    table.configure()


def _told(found: Findings) -> dict[str, Any]:
    faults = [asdict(fault) for fault in found.faults[:MOST_TOLD]]
    return {
        "cases": found.cases,
        "events": found.events,
        "days": found.days,
        "wrong": len(found.faults),
        "first": faults,
    }


def _day(closed: DayRoot | None) -> dict[str, str] | None:
    return None if closed is None else {"day": closed.day.isoformat(), "root": closed.root}


if __name__ == "__main__":
    sys.exit(main())
