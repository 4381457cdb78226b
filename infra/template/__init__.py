"""The stack's template: one file an idea, ``*.yaml`` in this folder, laid together.

``chalice package --merge-template`` lays it over the template that Chalice makes of app.py: maps are merged deeply,
everything else replaces what Chalice wrote.
"""

from functools import cache
from pathlib import Path
from typing import Any

import yaml
from chalice.package import YAMLTemplateSerializer

FILES = tuple(sorted(Path(__file__).parent.glob("*.yaml")))


@cache
def whole() -> dict[str, Any]:
    """All files as one template, short tags (``!Ref``) written out. Raises ValueError for what two of them define."""
    template: dict[str, Any] = {}
    for file in FILES:
        read = YAMLTemplateSerializer().load_template(file.read_text(encoding="utf-8"), file.name)
        _lay(read, over=template, where=file.name)
    return template


def write(path: Path) -> None:
    """Leave the whole template in ``path``, for whoever reads one file."""
    path.write_text(yaml.safe_dump(whole(), allow_unicode=True, sort_keys=False), encoding="utf-8")


def _lay(new: dict[str, Any], *, over: dict[str, Any], where: str) -> None:
    """Maps grow together, one resource's properties from several files too; nothing is said twice."""
    for name, content in new.items():
        if name not in over:
            over[name] = content
        elif _grows(content) and _grows(over[name]):
            _lay(content, over=over[name], where=f"{where}: {name}" if ":" not in where else f"{where}.{name}")
        else:
            raise ValueError(f"{where}: {name} is given already")


def _grows(content: object) -> bool:
    """Whether it is a map of names, and not a value that CloudFormation works out (``Ref``, ``Fn::If`` …)."""
    return isinstance(content, dict) and not any(name == "Ref" or name.startswith("Fn::") for name in content)
