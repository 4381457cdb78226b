"""A deployed desk's data to a file, or from one. ``python -m infra.backup --stack NAME write|read FILE``.

Reading is for a new stack, which must be empty. The caller needs the rights to table, bucket and, to read, to both
KMS keys.
"""

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.config import config
from infra.backup.files import NotEmpty, NotReadable, take_in, write
from infra.office import NotSet, become_part_of


def main() -> int:
    """Do what the command line says; 0 when it was done."""
    parser = argparse.ArgumentParser(prog="python -m infra.backup", description=__doc__)
    parser.add_argument("--stack", required=True, help="the name of the CloudFormation stack")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("write", help="all data into FILE").add_argument("file", type=Path)
    commands.add_parser("read", help="all data of FILE into an empty desk").add_argument("file", type=Path)
    chosen = parser.parse_args()
    try:
        become_part_of(chosen.stack)
        database, storage = boto3.client("dynamodb"), boto3.client("s3")
        where = config().table, config().uploads_bucket
        if chosen.command == "write":
            about = write(database, storage, *where, chosen.file, datetime.now(UTC))
        else:
            about = take_in(database, storage, boto3.client("kms"), *where, config().kms_key, chosen.file)
    except (NotSet, NotReadable, NotEmpty, OSError) as error:
        print(f"nothing was changed: {error}", file=sys.stderr)
        return 1
    except (ClientError, BotoCoreError) as error:
        print(f"AWS did not take it: {error}", file=sys.stderr)
        return 1
    print(f"{about.items} items and {len(about.files)} files")
    return 0


if __name__ == "__main__":
    sys.exit(main())
