"""The template for the China regions: without what CloudFormation does not know there, not even by name.

A resource type that a region lacks makes CloudFormation refuse the template ("Unrecognized resource types"), whatever
its condition says. So what depends upon being outside China is worked out before.
"""

from typing import Any

KNOWN = {"InChina": True, "FrontedOutsideChina": False, "HasWebAcl": False}
THE_SAME = {"FrontedInChina": "Fronted"}
ONLY_OUTSIDE = "WebAclArn"
NOTHING = {"Ref": "AWS::NoValue"}


def for_china(template: dict[str, Any]) -> dict[str, Any]:
    """``template`` with every choice made that is known there."""
    settled = {"FrontedOutsideChina", "HasWebAcl", *THE_SAME}
    return {
        **template,
        "Parameters": {name: one for name, one in template["Parameters"].items() if name != ONLY_OUTSIDE},
        "Conditions": {name: one for name, one in template["Conditions"].items() if name not in settled},
        **{section: _chosen(_made_there(template[section])) for section in ("Globals", "Resources", "Outputs")},
    }


def _made_there(section: dict[str, Any]) -> dict[str, Any]:
    """Whatever is not for elsewhere only."""
    return {name: _under(one) for name, one in section.items() if KNOWN.get(one.get("Condition", ""), True)}


def _under(one: dict[str, Any]) -> dict[str, Any]:
    condition = one.get("Condition", "")
    return {**one, "Condition": THE_SAME[condition]} if condition in THE_SAME else one


def _chosen(value: Any) -> Any:
    """The branch that is taken where it is known; what is taken for nothing is left out."""
    if isinstance(value, list):
        return [one for one in map(_chosen, value) if one != NOTHING]
    if not isinstance(value, dict):
        return value
    if set(value) == {"Fn::If"}:
        condition, then, otherwise = value["Fn::If"]
        if condition in KNOWN:
            return _chosen(then if KNOWN[condition] else otherwise)
        return {"Fn::If": [THE_SAME.get(condition, condition), _branch(then), _branch(otherwise)]}
    made = {name: _chosen(one) for name, one in value.items()}
    return {name: one for name, one in made.items() if one != NOTHING}


def _branch(value: Any) -> Any:
    """One branch of a choice that stays: nothing is a branch too."""
    return value if value == NOTHING else _chosen(value)
