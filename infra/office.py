"""What an office sets before anybody can sign in: its own city, and its first administrator.

``python -m infra.office --stack NAME city FOLDER|administrator LOGIN NAME``, with the credentials of AWS's own tools.
"""

import argparse
import getpass
import os
import sys
from collections.abc import Callable
from pathlib import Path

import boto3
from botocore.exceptions import BotoCoreError, ClientError
from msgspec.structs import replace
from pynamodb.exceptions import PynamoDBException

from chalicelib.city import BadCityData, load_city_files, load_places
from chalicelib.config import config
from chalicelib.desk import cities, gazetteers, keeping_accounts, signing_in
from chalicelib.domain.city import City
from chalicelib.domain.city_faults import faults_of
from chalicelib.domain.errors import Invalid
from chalicelib.domain.gazetteer import gazetteer_faults, redrawn
from chalicelib.domain.people import Staff
from chalicelib.domain.signing import STRICT, Signing
from chalicelib.domain.words import Role
from chalicelib.storage import settings
from chalicelib.web.messages import say
from infra.outputs import outputs_of, settings_of


class NotSet(Exception):
    """Nothing was changed, and why."""


def main() -> int:
    """Do what the command line says; 0 when it was done."""
    parser = argparse.ArgumentParser(prog="python -m infra.office", description=__doc__)
    parser.add_argument("--stack", required=True, help="the name of the CloudFormation stack")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("city", help="put the JSON files of FOLDER in force").add_argument("folder", type=Path)
    account = commands.add_parser("administrator", help="open an administrator's account; the password is asked for")
    account.add_argument("login")
    account.add_argument("name")
    chosen = parser.parse_args()
    return answered(
        chosen.stack,
        lambda: set_city(chosen.folder) if chosen.command == "city" else open_administrator(chosen.login, chosen.name),
    )


def answered(stack: str, work: Callable[[], str]) -> int:
    """Print what ``work`` says, done on the desk that ``stack`` is; 0 when it was done, else why not is said."""
    try:
        become_part_of(stack)
        print(work())
    except (NotSet, BadCityData, OSError) as error:
        print(f"nothing was changed: {error}", file=sys.stderr)
        return 1
    except (ClientError, BotoCoreError, PynamoDBException) as error:
        print(f"AWS did not take it: {error}", file=sys.stderr)
        return 1
    return 0


def become_part_of(stack: str) -> None:
    """Let this process work on the desk that ``stack`` is. Raises NotSet for a stack that is none."""
    described = boto3.client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]
    try:
        os.environ.update(settings_of(outputs_of(described), "production", "https://unknown.invalid"))
    except KeyError as error:
        raise NotSet(f"{stack} is no desk: it has no output {error}") from error
    config.cache_clear()


def set_city(folder: Path) -> str:
    """Put the city that ``folder`` describes in force. Once there is one, what the console sets (terms, calendar,
    agencies, applications, receivers, letterhead, hours of the chat, names of places learnt or added by hand) is the
    console's, and stays as it is.

    Raises BadCityData for a file that cannot be read, OSError for one that is missing, NotSet with every fault.
    """
    new, places = load_city_files(folder), load_places(folder)
    founded = settings.load_city() is None
    how = _founded(new) if founded else _redrawn(new)
    faults = [*faults_of(how(cities.refreshed())), *gazetteer_faults(places, new)]
    if faults:
        raise NotSet("\n  ".join(["the files do not fit together", *faults]))
    city = gazetteers.change(lambda old, there: redrawn(places, () if founded else there), how)
    return (
        f"{city.name.zh}: {len(city.units)} units, {len(city.mailboxes)} mailboxes, {len(gazetteers.of(city))} places; "
        f"version {city.version} is in force"
    )


def _founded(new: City) -> Callable[[City], City]:
    """Its administrators, leaders and whoever reads sealed accusations begin with a second step."""
    return lambda old: replace(new, signing=Signing(STRICT))


def _redrawn(new: City) -> Callable[[City], City]:
    return lambda old: replace(
        old,
        name=new.name,
        areas=new.areas,
        units=new.units,
        mailboxes=new.mailboxes,
        categories=new.categories,
        rules=new.rules,
        risks=new.risks,
        replies=new.replies,
        gates=new.gates,
        security=new.security,
        desk_unit=new.desk_unit,
    )


def open_administrator(login: str, name: str) -> str:
    """Open an account that may open all others; or let the only administrator in again, whose password or telephone is
    lost: no second step is asked of them, and no wrong try counts. Raises NotSet for what cannot be taken.
    """
    password = getpass.getpass("password: ")
    if getpass.getpass("again: ") != password:
        raise NotSet("the two were not the same")
    staff = Staff(login, name, Role.ADMINISTRATOR, cities.refreshed().desk_unit)
    try:
        signing_in.open_account(staff, password)
    except Invalid as refused:
        raise NotSet(
            "; ".join(say(f"error.{error.code}", "en", **dict(error.params)) for error in refused.errors)
        ) from refused
    keeping_accounts.forget_all(login)
    return f"{login} can sign in at /console"


if __name__ == "__main__":
    sys.exit(main())
