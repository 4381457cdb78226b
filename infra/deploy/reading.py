"""Templates as text and as what they say."""

from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from infra.deploy import NotDeployed

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the one in C, where PyYAML was built with it
CODE = "CodeUri: ./deployment.zip"  # as Chalice writes it


@lru_cache(maxsize=4)
def parsed(template: str) -> dict[str, Any]:
    """What a template in YAML says, in which short tags are written out, as Chalice leaves it."""
    said: dict[str, Any] = yaml.load(template, Loader=LOADER)  # safe, whichever it is
    return said


def with_code(template: Path, bucket: str, key: str) -> str:
    """A package's template, its functions taken from the code bucket. Raises NotDeployed for a strange template."""
    text = template.read_text(encoding="utf-8")
    if CODE not in text:
        raise NotDeployed(f"{template} names no {CODE.partition(' ')[2]}: package again")
    return text.replace(CODE, f"CodeUri: s3://{bucket}/{key}")
