"""``python -m infra.learn_office --stack NAME letters FILE [--classes] | model FILE [--first] [--by NAME]``.

With the credentials of AWS's own tools: ``letters`` reads and masks, ``model`` writes to the bucket's models/.
"""

import argparse
import getpass
import sys
from datetime import UTC, datetime
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError
from pynamodb.exceptions import PynamoDBException

from chalicelib.domain.errors import Changed
from infra.learn_office.exporting import export
from infra.learn_office.working import Refused, put_to_work
from infra.office import NotSet, become_part_of


def main() -> int:
    """Do what the command line says; 0 when it was done."""
    parser = argparse.ArgumentParser(prog="python -m infra.learn_office", description=__doc__)
    parser.add_argument("--stack", required=True, help="the name of the CloudFormation stack")
    commands = parser.add_subparsers(dest="command", required=True)
    letters = commands.add_parser("letters", help="write the letters that persons have decided to FILE, masked")
    letters.add_argument("file", type=Path)
    letters.add_argument("--classes", action="store_true", help="by top class, not by category")
    model = commands.add_parser("model", help="put the model of FILE to work, if it beats the one at work")
    model.add_argument("file", type=Path)
    model.add_argument("--first", action="store_true", help="the first model: let it advise")
    model.add_argument("--by", default="", help="who puts it to work, as the console shows")
    chosen = parser.parse_args()
    now = datetime.now(UTC)
    try:
        become_part_of(chosen.stack)
        if chosen.command == "letters":
            print(export(chosen.file, now, chosen.classes))
        else:
            print(put_to_work(chosen.file, now, chosen.by or getpass.getuser(), chosen.first))
    except (NotSet, Refused, OSError) as error:
        print(f"nothing was changed: {error}", file=sys.stderr)
        return 1
    except Changed:
        print("nothing was changed: somebody else put a model to work just now", file=sys.stderr)
        return 1
    except (ClientError, BotoCoreError, PynamoDBException) as error:
        print(f"AWS did not take it: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
