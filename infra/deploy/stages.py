"""A stage: one desk of an office, and what its file says of it. ``infra/stages/sample.toml`` explains the fields."""

import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct

from infra.deploy import NotDeployed
from infra.deploy.account import Account

FOLDER = Path(__file__).resolve().parents[1] / "stages"
NAME = re.compile(r"[a-z][a-z0-9-]{0,30}")  # "sunlight-NAME" stands in names of buckets and roles
FIELDS = {"account": str, "region": str, "code_bucket": str, "parameters": dict}


class Stage(Struct, frozen=True):
    """One desk. ``account`` and ``region``: where it stands and nowhere else; None for wherever the caller is."""

    name: str
    stack: str
    parameters: dict[str, str]
    account: str | None = None
    region: str | None = None
    code_bucket: str | None = None


def folder() -> Path:
    """Where the stages' files lie: ``STAGES`` in the environment, or ``infra/stages``."""
    return Path(os.environ.get("STAGES") or FOLDER)


def check_name(name: str) -> None:
    """Raises NotDeployed for what is no name of a stage."""
    if not NAME.fullmatch(name):
        raise NotDeployed(
            f"STAGE={name}: a stage has a name of up to 31 small letters, digits and hyphens, say STAGE=production"
        )


def load_stage(name: str) -> Stage:
    """The stage ``name`` as its file says. Raises NotDeployed naming every field that is wrong."""
    check_name(name)
    file = folder() / f"{name}.toml"
    try:
        said = tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise NotDeployed(f"{file} is missing: copy {FOLDER / 'sample.toml'} there and fill it in") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise NotDeployed(f"{file} cannot be read: {error}") from error
    if faults := list(_shape_faults(said)):
        raise NotDeployed("\n  ".join([f"{file} is not right:", *faults]))
    return Stage(
        name,
        f"sunlight-{name}",
        {key: _text(value) for key, value in said.get("parameters", {}).items()},
        said.get("account"),
        said.get("region"),
        said.get("code_bucket"),
    )


def _shape_faults(said: Mapping[str, Any]) -> list[str]:
    known = ", ".join(FIELDS)
    faults = [f"{name}: there is no such field; there are {known}" for name in said if name not in FIELDS]
    for name, kind in FIELDS.items():
        if name in said and not isinstance(said[name], kind):
            faults.append(f"{name}: wants {'a table' if kind is dict else 'a text in quotes'}, not {said[name]!r}")
    if isinstance(said.get("account"), str) and not re.fullmatch(r"\d{12}", said["account"]):
        faults.append(f"account: an AWS account has twelve digits, not {said['account']!r}")
    given = said.get("parameters", {})
    if isinstance(given, dict):
        faults += [
            f"parameters.{name}: wants a text, a number, true or false, not {value!r}"
            for name, value in given.items()
            if not isinstance(value, str | int | float)
        ]
    return faults


def _text(value: object) -> str:
    """As CloudFormation takes it: TOML's true and false are the template's yes and no."""
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


def check_place(stage: Stage, account: Account) -> None:
    """Raises NotDeployed when the caller is not where the stage's file says."""
    if stage.account is not None and stage.account != account.number:
        raise NotDeployed(
            f"account: {stage.name} stands in account {stage.account}, and these credentials are of {account.number}: "
            "choose others with AWS_PROFILE=…"
        )
    if stage.region is not None and stage.region != account.region:
        raise NotDeployed(
            f"region: {stage.name} stands in {stage.region}, and the region chosen is {account.region}: "
            f"set AWS_REGION={stage.region}"
        )
