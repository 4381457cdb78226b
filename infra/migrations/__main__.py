"""``python -m infra.migrations --stack NAME [--dry-run]``: docs/deploy.md, "Migrating"."""

import argparse
import sys
from datetime import timedelta

from botocore.exceptions import BotoCoreError, ClientError
from pynamodb.exceptions import PynamoDBException

from chalicelib.storage.table import configure
from infra.migrations import running, schema
from infra.migrations.running import Done
from infra.migrations.steps import LATEST, MIGRATIONS
from infra.office import NotSet, become_part_of

INTERRUPTED = 130


def main() -> int:
    """Run what is waiting; 0 when the table is of this release, 1 when something stands in the way."""
    parser = argparse.ArgumentParser(prog="python -m infra.migrations", description=__doc__)
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--stack", help="the name of the CloudFormation stack")
    where.add_argument("--here", action="store_true", help="the desk of this process's environment, not yet at work")
    parser.add_argument("--dry-run", action="store_true", help="count, and change nothing")
    parser.add_argument("--again", action="store_true", help="from the first on, whatever was done before")
    chosen = parser.parse_args()
    try:
        if chosen.stack:
            become_part_of(chosen.stack)
            configure()
        return _run(chosen)
    except NotSet as error:
        print(error, file=sys.stderr)
    except (ClientError, BotoCoreError, PynamoDBException) as error:
        print(
            f"AWS did not take it: {error}\nGive the same command again: it goes on where it stopped.", file=sys.stderr
        )
    except KeyboardInterrupt:
        print("\nstopped; the same command goes on from here", file=sys.stderr)
        return INTERRUPTED
    return 1


def _run(chosen: argparse.Namespace) -> int:
    migrations = list(MIGRATIONS) if chosen.again else running.waiting()
    print(f"the table is at schema {schema.reached().version}, this release writes {LATEST}")
    for migration in migrations:
        print(f"{migration.number}: {migration.what}", flush=True)
        if chosen.dry_run:
            done = running.count(migration)
        else:
            done = running.run(migration, timedelta(0) if chosen.here else running.in_flight(), _say)
        _tell(done, chosen.dry_run)
        if done.faults:
            return 1
    return 0


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


def _tell(done: Done, dry: bool) -> None:
    print(f"   {done.looked_at} cases looked at, {done.changed} {'to change' if dry else 'changed'}")
    for fault in done.faults:
        print(f"   {fault}", file=sys.stderr)
    if done.faults:
        print("   these stand in the way; all others are done. Mend them, then give the command again", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
