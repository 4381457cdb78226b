"""What the template asks for, read from the template itself, and what a stage gives it."""

import os
import re
from collections.abc import Mapping
from typing import Any

from infra.deploy import NotDeployed
from infra.deploy.reading import parsed
from infra.deploy.stages import Stage
from infra.package import CHINA

SET_BY_US = frozenset({"DeskStage"})
SECRETS = "SUNLIGHT_PARAMETER_"  # before a parameter's name: the environment variable that holds a secret one
ORIGIN = "PublicOrigin"
ADDRESS = r"https://[a-z0-9.-]+(:\d+)?|http://127\.0\.0\.1:\d+"

Parameters = dict[str, dict[str, Any]]


def declared(template: str) -> Parameters:
    """The parameters that a template, as YAML text, asks for."""
    found: Parameters = parsed(template).get("Parameters", {})
    return found


def check_parameters(stage: Stage, asked: Parameters, partition: str) -> None:
    """Raises NotDeployed naming every parameter that the template does not take."""
    faults = [fault for name, value in stage.parameters.items() for fault in _faults(name, value, asked, partition)]
    faults += [
        f"parameters.{name}: must be given: {parameter.get('Description', '')}"
        for name, parameter in asked.items()
        if "Default" not in parameter and name not in {*stage.parameters, *SET_BY_US, ORIGIN} and not _secret(parameter)
    ]
    if partition == CHINA and ORIGIN not in stage.parameters:
        faults.append(f"parameters.{ORIGIN}: must be given: in the China regions the CDN has no name of its own")
    if faults:
        raise NotDeployed("\n  ".join([f"{stage.name} is not set right:", *faults]))


def _faults(name: str, value: str, asked: Parameters, partition: str) -> list[str]:
    where = f"parameters.{name}"
    if name not in asked:
        return [f"{where}: there is no such parameter; there are {', '.join(sorted(set(asked) - SET_BY_US))}"]
    if name in SET_BY_US:
        return [f"{where}: is set by the command itself"]
    parameter = asked[name]
    if _secret(parameter):
        return [f"{where}: a secret does not belong in a file: give it once as {SECRETS}{name}=… before the command"]
    if "AllowedValues" in parameter and value not in map(str, parameter["AllowedValues"]):
        return [f"{where}: {value!r} is none of {', '.join(map(str, parameter['AllowedValues']))}"]
    if "AllowedPattern" in parameter and not re.fullmatch(parameter["AllowedPattern"], value):
        why = parameter.get("ConstraintDescription", f"does not fit {parameter['AllowedPattern']}")
        return [f"{where}: {value!r}: {why}"]
    if parameter["Type"] == "Number":
        return _number_faults(where, value, parameter)
    if name == ORIGIN and not re.fullmatch(ADDRESS, value):
        return [
            f"{where}: {value!r} is no address like https://xinfang.example.cn, without a path or a slash at the end"
        ]
    if value.startswith("arn:") and value.split(":")[1] != partition:
        return [f"{where}: {value} is of another part of AWS ({value.split(':')[1]}) than this account ({partition})"]
    return []


def _number_faults(where: str, value: str, parameter: Mapping[str, Any]) -> list[str]:
    try:
        number = float(value)
    except ValueError:
        return [f"{where}: {value!r} is no number"]
    low, high = float(parameter.get("MinValue", "-inf")), float(parameter.get("MaxValue", "inf"))
    return [] if low <= number <= high else [f"{where}: {value} is not between {low:g} and {high:g}"]


def _secret(parameter: Mapping[str, Any]) -> bool:
    return str(parameter.get("NoEcho", "")).lower() == "true"


def values(stage: Stage, asked: Parameters, deployed: Mapping[str, str], desk_stage: str) -> list[dict[str, Any]]:
    """What CloudFormation is given: the stage's own, secrets from the environment or as they are, else defaults.

    ``deployed``: what the stack has now, empty for none. What the stage does not name goes back to its default, so that
    the file says all there is to say. Raises NotDeployed for a secret that was never given and has no default.
    """
    given: list[dict[str, Any]] = []
    for name, parameter in asked.items():
        if name in SET_BY_US:
            value: str | None = desk_stage
        elif _secret(parameter):
            value = os.environ.get(SECRETS + name)
            if value is None and name in deployed:
                given.append({"ParameterKey": name, "UsePreviousValue": True})
                continue
            if value is None and "Default" not in parameter:
                raise NotDeployed(f"{name} must be given once, as {SECRETS}{name}=… before the command")
        else:
            value = stage.parameters.get(name)
        if value is None:
            value = str(parameter["Default"])
        given.append({"ParameterKey": name, "ParameterValue": value})
    return given


def parameters_changed(
    given: list[dict[str, Any]], asked: Parameters, deployed: Mapping[str, str]
) -> list[tuple[str, str, str]]:
    """Name, value until now and new value of each parameter that changes. A secret shows no value."""
    changed = []
    for one in given:
        name, value = one["ParameterKey"], one.get("ParameterValue")
        if value is None or value == deployed.get(name):
            continue
        if _secret(asked[name]):
            if value != str(asked[name].get("Default", "")) or name in deployed:
                changed.append((name, "secret", "a new secret"))
        elif name in deployed or value != str(asked[name].get("Default", "")):
            changed.append((name, deployed.get(name, ""), value))
    return changed
